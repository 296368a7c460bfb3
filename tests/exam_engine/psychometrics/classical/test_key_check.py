import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters, key_check, simulate_options, simulate_responses
from exam_engine.psychometrics.arrays import ScoreArray

LABELS = ["A", "B", "C", "D"]


def pilot(seed: int, n_candidates: int = 400, n_items: int = 20) -> ScoreArray:
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n_candidates)
    names = [f"q{item}" for item in range(n_items)]
    items = ItemParameters.dichotomous(names, rng.uniform(0.8, 1.6, n_items), rng.uniform(-1, 1, n_items))
    return simulate_responses(rng, theta, items).scores


def names(n_items: int) -> list[str]:
    return [f"q{number}" for number in range(1, n_items + 1)]


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


def test_weights_are_rows_that_stand_for_several_candidates() -> None:
    rng = np.random.default_rng(4)
    chosen = rng.choice(LABELS, size=(80, 4))
    weights = rng.integers(1, 5, 80)
    keys, options = dict.fromkeys(names(4), "A"), dict.fromkeys(names(4), LABELS)

    weighted = key_check(chosen, keys, options, weights=weights.astype(float))
    repeated = key_check(np.repeat(chosen, weights, axis=0), keys, options)

    for one, other in zip(weighted, repeated, strict=True):
        assert (one.flags, one.suspected_key, one.n_responses) == (
            other.flags,
            other.suspected_key,
            other.n_responses,
        )
        assert one.item_rest == pytest.approx(other.item_rest, rel=1e-12)
        assert [option.rest_mean for option in one.options] == pytest.approx(
            [option.rest_mean for option in other.options], rel=1e-12
        )


def test_a_check_is_stored_with_null_for_what_is_not_defined() -> None:
    first, _ = key_check(np.array([["A", "A"]]), {"q1": "A", "q2": "A"}, dict.fromkeys(["q1", "q2"], LABELS))

    stored = first.to_dict()

    assert stored["item_rest"] is None
    assert stored["options"][0] == {
        "label": "A",
        "count": 1.0,
        "proportion": 1.0,
        "rest_mean": 1.0,
        "point_biserial": None,
    }
