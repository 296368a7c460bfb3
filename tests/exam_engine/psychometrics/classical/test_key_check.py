import numpy as np
import pytest

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    ResponseMatrix,
    item_statistics,
    key_check,
    simulate_options,
    simulate_scores,
)
from exam_engine.psychometrics.arrays import ScoreArray
from tests.exam_engine.psychometrics import published

LABELS = ["A", "B", "C", "D"]


def pilot(seed: int, n_candidates: int = 400, n_items: int = 20) -> ScoreArray:
    rng = np.random.default_rng(seed)
    return simulate_scores(
        rng, rng.normal(size=n_candidates), rng.uniform(0.8, 1.6, n_items), rng.uniform(-1, 1, n_items)
    )


def names(n_items: int) -> list[str]:
    return [f"q{number}" for number in range(1, n_items + 1)]


def test_lsat6_has_its_published_difficulties_and_the_textbook_item_rest_correlation() -> None:
    statistics = item_statistics(published.pattern_responses(published.LSAT6_PATTERNS))

    # 924, 709, 553, 763 and 870 of the 1000 candidates had the items right.
    np.testing.assert_allclose(statistics.difficulty, [0.924, 0.709, 0.553, 0.763, 0.870], atol=1e-12)
    rows = published.expanded_responses(published.LSAT6_PATTERNS).scores.astype(float)
    expected = [np.corrcoef(rows[:, item], np.delete(rows, item, axis=1).sum(axis=1))[0, 1] for item in range(5)]
    np.testing.assert_allclose(statistics.item_rest, expected, rtol=1e-10)


def test_statistics_use_only_those_who_saw_the_item() -> None:
    table = [[1, 1, NOT_PRESENTED], [0, 1, NOT_PRESENTED], [1, 0, NOT_PRESENTED], [1, NOT_PRESENTED, NOT_PRESENTED]]

    statistics = item_statistics(ResponseMatrix.from_array(table))

    np.testing.assert_array_equal(statistics.n_responses, [4, 3, 0])
    np.testing.assert_allclose(statistics.difficulty, [0.75, 2 / 3, np.nan])
    # Item 2's rest scores are 1, 0, 1 against answers 1, 1, 0; item 3 has none.
    np.testing.assert_allclose(statistics.item_rest[1:], [-0.5, np.nan])


def test_a_key_typed_wrongly_is_found_and_the_right_one_suspected() -> None:
    scores = pilot(1)
    true_keys = ["A"] * 20
    chosen = simulate_options(np.random.default_rng(2), scores, true_keys, [LABELS] * 20)
    keys = dict.fromkeys(names(20), "A") | {"q7": "C"}

    checks = key_check(chosen, keys, dict.fromkeys(names(20), LABELS))

    assert set(checks[6].flags) >= {"negative_discrimination", "distractor_above_key"}
    assert checks[6].suspected_key == "A"
    for check in checks[:6] + checks[7:]:
        assert "negative_discrimination" not in check.flags
        assert check.suspected_key is None


def test_option_counts_add_up_and_carry_rest_means() -> None:
    chosen = np.array([["A", "B"], ["A", "C"], ["", "B"], ["D", "E"]])

    first, second = key_check(chosen, {"q1": "A", "q2": "B"}, {"q1": LABELS, "q2": LABELS})

    assert [(option.label, option.count) for option in first.options] == [
        ("A", 2),
        ("B", 0),
        ("C", 0),
        ("D", 1),
        ("", 1),
    ]
    assert [option.rest_mean for option in first.options] == [0.5, None, None, 0.0, 1.0]
    assert first.difficulty == 0.5
    assert [(option.label, option.count) for option in second.options][-1] == ("E", 1)
    assert sum(option.proportion for option in second.options) == pytest.approx(1.0)


def test_a_blank_counts_as_wrong_and_an_item_not_shown_does_not_count() -> None:
    chosen = np.array([["A", "A"], ["", "A"], ["", "B"]])
    presented = np.array([[True, True], [True, True], [False, True]])

    first, _ = key_check(chosen, {"q1": "A", "q2": "A"}, dict.fromkeys(["q1", "q2"], LABELS), presented)

    assert first.n_responses == 2
    assert first.difficulty == 0.5


def test_an_item_nobody_saw_has_no_figures_and_no_flags() -> None:
    chosen = np.array([["", "A"], ["", "B"]])
    presented = np.array([[False, True], [False, True]])

    first, _ = key_check(chosen, {"q1": "A", "q2": "A"}, dict.fromkeys(["q1", "q2"], LABELS), presented)

    assert (first.n_responses, first.difficulty, first.item_rest, first.flags) == (0, None, None, ())


@pytest.mark.parametrize(
    ("n_right", "flag"),
    [(0, "key_not_chosen"), (9, "too_hard"), (10, None), (95, None), (96, "too_easy")],
)
def test_difficulty_flags_hold_on_each_side_of_their_boundaries(n_right: int, flag: str | None) -> None:
    chosen = np.full((100, 2), "B")
    chosen[:n_right, 0] = "A"

    first, _ = key_check(chosen, {"q1": "A", "q2": "A"}, dict.fromkeys(["q1", "q2"], LABELS))

    assert {"key_not_chosen", "too_hard", "too_easy"} & set(first.flags) == ({flag} if flag else set())


def test_ten_able_candidates_on_a_distractor_raise_suspicion_and_nine_do_not() -> None:
    for n_able, suspected in ((10, "B"), (9, None)):
        # Column 1 is checked; columns 2 and 3 tell who is able: the first candidates have both right.
        chosen = np.full((60, 3), "D")
        chosen[:, 0] = "A"
        chosen[:n_able, 0] = "B"
        chosen[:n_able, 1:] = "A"
        chosen[20:30, 1] = "A"

        first, _, _ = key_check(chosen, dict.fromkeys(names(3), "A"), dict.fromkeys(names(3), LABELS))

        assert first.suspected_key == suspected


def test_keys_that_do_not_fit_the_answers_are_refused() -> None:
    chosen = np.array([["A"]])
    with pytest.raises(ValueError, match="1 columns of answers but 2 keys"):
        key_check(chosen, {"q1": "A", "q2": "A"}, dict.fromkeys(["q1", "q2"], LABELS))
    with pytest.raises(ValueError, match="item 'q1': key 'E' is not among its options"):
        key_check(chosen, {"q1": "E"}, {"q1": LABELS})
    with pytest.raises(ValueError, match="item 'q1': key 'A' is not among its options"):
        key_check(chosen, {"q1": "A"}, {})
