import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    ItemParameters,
    category_probabilities,
    random_forms,
    simulate_options,
    simulate_responses,
)

KEYS = ["B", "A"]
OPTIONS = [["A", "B", "C", "D"], ["A", "B"]]


def test_what_is_not_presented_leaves_the_other_answers_unchanged() -> None:
    theta, items = np.linspace(-2, 2, 50), ItemParameters.dichotomous(["a", "b", "c", "d"], 1.0, 0.0)
    presented = np.ones((50, 4), dtype=np.bool_)
    presented[:, 1] = False

    all_shown = simulate_responses(np.random.default_rng(2), theta, items).scores
    some_shown = simulate_responses(np.random.default_rng(2), theta, items, presented).scores

    assert (some_shown[:, 1] == NOT_PRESENTED).all()
    np.testing.assert_array_equal(some_shown[:, [0, 2, 3]], all_shown[:, [0, 2, 3]])


def test_options_agree_with_the_scores() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(-1, 2, size=(500, 2)).astype(np.int8)

    chosen = simulate_options(rng, scores, KEYS, OPTIONS)

    np.testing.assert_array_equal(chosen == np.array(KEYS), scores == 1)
    np.testing.assert_array_equal(chosen == "", scores == NOT_PRESENTED)
    assert set(chosen[scores[:, 0] == 0, 0]) == {"A", "C", "D"}


def test_distractors_are_chosen_in_proportion_to_their_weights() -> None:
    scores = np.zeros((20_000, 2), dtype=np.int8)

    chosen = simulate_options(np.random.default_rng(4), scores, KEYS, OPTIONS, [[3.0, 1.0, 0.0], [1.0]])

    shares = [(chosen[:, 0] == label).mean() for label in "ACD"]
    assert shares == pytest.approx([0.75, 0.25, 0.0], abs=0.015)
    assert (chosen[:, 1] == "B").all()


@pytest.mark.parametrize(
    ("keys", "options", "weights", "complaint"),
    [
        (["B"], OPTIONS, None, "keys has 1 entries for 2 items"),
        (["X", "A"], OPTIONS, None, "item 1: options"),
        (["B", "A"], [["A", "B"], ["A"]], None, "item 2: options"),
        (["B", "A"], [["B", "B", "A"], ["A", "B"]], None, "item 1: options"),
        (KEYS, OPTIONS, [[1.0], [1.0]], "item 1: distractor weights"),
        (KEYS, OPTIONS, [[1.0, -1.0, 1.0], [1.0]], "item 1: distractor weights"),
        (KEYS, OPTIONS, [[1.0, 1.0, 1.0], [0.0]], "item 2: distractor weights"),
    ],
)
def test_keys_options_and_weights_that_do_not_fit_are_refused(
    keys: list[str], options: list[list[str]], weights: list[list[float]] | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        simulate_options(np.random.default_rng(5), np.zeros((3, 2), dtype=np.int8), keys, options, weights)


def every_model() -> ItemParameters:
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["two"], 1.2, 0.3),
            ItemParameters.dichotomous(["four"], 1.5, -0.5, 0.2, 0.95),
            ItemParameters.polytomous(["graded"], "GRM", 1.1, [[-1.0, 0.2, 1.4]]),
            ItemParameters.polytomous(["partial"], "GPCM", 0.8, [[0.5, -0.5]]),
            ItemParameters.nominal(["nominal"], [[0.7, -0.4, 1.3]], [[0.2, 0.1, -0.5]]),
        ]
    )


def test_each_category_of_each_model_comes_as_often_as_the_model_says() -> None:
    items = every_model()

    scores = simulate_responses(np.random.default_rng(6), np.full(40_000, 0.4), items).scores

    expected = category_probabilities(np.array([0.4]), items)[0]
    for item in range(len(items)):
        shares = np.bincount(scores[:, item], minlength=4) / 40_000
        np.testing.assert_allclose(shares, expected[item], atol=0.01)


def test_simulated_candidates_keep_their_names_and_see_only_their_items() -> None:
    items, presented = every_model(), np.eye(5, dtype=np.bool_)

    found = simulate_responses(np.random.default_rng(8), np.zeros(5), items, presented, candidate_ids="abcde")

    assert found.item_names == items.names
    assert found.candidate_ids == tuple("abcde")
    np.testing.assert_array_equal(found.presented, presented)


def test_a_random_form_has_its_length_and_favours_no_item() -> None:
    presented = random_forms(np.random.default_rng(9), 8000, 40, 10)

    assert (presented.sum(axis=1) == 10).all()
    np.testing.assert_allclose(presented.mean(axis=0), 0.25, atol=0.025)
    assert random_forms(np.random.default_rng(9), 3, 4, 4).all()


@pytest.mark.parametrize("length", [0, 5])
def test_a_form_that_the_bank_cannot_fill_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="cannot be drawn from 4"):
        random_forms(np.random.default_rng(10), 3, 4, length)


def test_abilities_and_designs_that_do_not_fit_are_refused() -> None:
    rng, items = np.random.default_rng(11), every_model()
    with pytest.raises(ValueError, match="finite numbers"):
        simulate_responses(rng, np.array([np.nan]), items)
    with pytest.raises(ValueError, match="presented has shape"):
        simulate_responses(rng, np.zeros(3), items, np.ones((3, 4), dtype=np.bool_))
