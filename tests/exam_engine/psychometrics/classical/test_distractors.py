import json

import numpy as np
import pytest

from exam_engine.psychometrics.classical import ClassicalDataError, distractor_analysis

LABELS = ["A", "B", "C"]


def two_items() -> dict[str, list[str]]:
    return dict.fromkeys(["q1", "q2"], LABELS)


def test_options_are_counted_by_ability_group() -> None:
    # Ten candidates ranked by an outside criterion; the five best choose the key.
    chosen = np.array([["B"], ["B"], ["C"], ["C"], [""], ["A"], ["A"], ["A"], ["A"], ["A"]])
    criterion = np.arange(10.0)

    (table,) = distractor_analysis(chosen, {"q1": "A"}, {"q1": LABELS}, criterion=criterion, n_groups=2)

    np.testing.assert_array_equal(table.group_sizes, [5, 5])
    by_label = {option.label: option for option in table.options}
    np.testing.assert_allclose(by_label["A"].group_proportions, [0.0, 1.0])
    np.testing.assert_allclose(by_label["B"].group_proportions, [0.4, 0.0])
    np.testing.assert_allclose(by_label[""].group_proportions, [0.2, 0.0])
    assert by_label["A"].criterion_mean == pytest.approx(7.0)
    assert by_label["A"].point_biserial == pytest.approx(np.corrcoef(chosen[:, 0] == "A", criterion)[0, 1])
    assert [option.label for option in table.options] == ["A", "B", "C", ""]


def test_an_item_is_held_against_the_other_items_only() -> None:
    chosen = np.array([["A", "A", "A"], ["A", "B", "B"], ["B", "A", "B"], ["C", "B", "A"]])
    credit, options = dict.fromkeys(["q1", "q2", "q3"], "A"), dict.fromkeys(["q1", "q2", "q3"], LABELS)

    first = distractor_analysis(chosen, credit, options)[0]

    assert [option.criterion_mean for option in first.options] == [0.5, 0.5, 0.5]


def test_partial_credit_counts_in_the_criterion() -> None:
    chosen = np.array([["A", "A"], ["B", "B"], ["C", "C"]])
    credit: dict[str, str | dict[str, float]] = {"q1": {"A": 2.0, "B": 1.0}, "q2": "A"}

    first, second = distractor_analysis(chosen, credit, two_items())

    assert [option.credit for option in first.options] == [2.0, 1.0, 0.0]
    assert [option.criterion_mean for option in second.options] == [1.0, 0.5, 0.0]
    # Only C earns nothing in the first item, so only C is a distractor.
    assert [option.flags for option in first.options] == [(), (), ()]


def test_a_distractor_is_flagged_below_five_percent_and_when_the_able_choose_it() -> None:
    for n_rare, flags in ((4, ("rarely_chosen",)), (5, ())):
        chosen = np.full((100, 1), "A")
        chosen[:n_rare, 0] = "B"
        chosen[50:90, 0] = "C"
        (table,) = distractor_analysis(chosen, {"q1": "A"}, {"q1": LABELS}, criterion=np.arange(100.0))
        assert table.options[1].flags == flags
        assert table.options[2].flags == ("attracts_able",)


def test_equally_able_candidates_stay_in_one_group() -> None:
    chosen = np.full((6, 1), "A")
    (table,) = distractor_analysis(
        chosen, {"q1": "A"}, {"q1": LABELS}, criterion=np.array([1.0, 1, 1, 1, 2, np.nan]), n_groups=5
    )

    np.testing.assert_array_equal(table.group_sizes, [0, 0, 4, 0, 1])
    assert np.isnan(table.options[0].group_proportions[0])
    stored = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert stored["options"][0]["group_proportions"] == [None, None, 1.0, None, 1.0]


def test_weights_are_numbers_of_candidates() -> None:
    rng = np.random.default_rng(1)
    chosen, weights = rng.choice([*LABELS, ""], size=(60, 3)), rng.integers(1, 4, 60)
    presented = rng.random((60, 3)) < 0.8
    credit, options = dict.fromkeys(["q1", "q2", "q3"], "A"), dict.fromkeys(["q1", "q2", "q3"], LABELS)

    weighted = distractor_analysis(chosen, credit, options, presented, weights=weights.astype(float))
    repeated = distractor_analysis(
        np.repeat(chosen, weights, axis=0), credit, options, np.repeat(presented, weights, axis=0)
    )

    for one, other in zip(weighted, repeated, strict=True):
        np.testing.assert_array_equal(one.group_sizes, other.group_sizes)
        for left, right in zip(one.options, other.options, strict=True):
            np.testing.assert_allclose(left.group_proportions, right.group_proportions)
            assert left.point_biserial == pytest.approx(right.point_biserial)


def test_what_does_not_fit_the_answers_is_refused() -> None:
    chosen = np.array([["A", "B"], ["B", "A"]])
    with pytest.raises(ClassicalDataError, match=r"item 'q2': 1\.0 points for 'E'") as error:
        distractor_analysis(chosen, {"q1": "A", "q2": {"A": 1.0, "E": 1.0}}, two_items())
    assert error.value.code == "unknown_credit"
    with pytest.raises(ClassicalDataError, match="no option earns points"):
        distractor_analysis(chosen, {"q1": "A", "q2": {"A": 0.0}}, two_items())
    with pytest.raises(ClassicalDataError, match="earn 0 or more"):
        distractor_analysis(chosen, {"q1": "A", "q2": {"A": 1.0, "B": -1.0}}, two_items())
    keys = {"q1": "A", "q2": "A"}
    with pytest.raises(ClassicalDataError, match="weights has shape"):
        distractor_analysis(chosen, keys, two_items(), weights=np.ones(3))
    with pytest.raises(ClassicalDataError, match="criterion has shape"):
        distractor_analysis(chosen, keys, two_items(), criterion=np.ones(3))
    with pytest.raises(ValueError, match="n_groups"):
        distractor_analysis(chosen, keys, two_items(), n_groups=1)
