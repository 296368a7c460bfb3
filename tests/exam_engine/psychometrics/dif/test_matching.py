from collections.abc import Callable

import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.dif import (
    DifError,
    DifResult,
    breslow_day_dif,
    group_curves,
    logistic_dif,
    mantel_dif,
    mantel_haenszel_dif,
    standardization_dif,
)
from exam_engine.psychometrics.dif.groups import TwoGroups, two_groups
from exam_engine.psychometrics.dif.matching import Matching, criterion, stratum_tables

SCORES = np.array([[1, 0, 2, 1], [0, 1, 1, 1], [1, 1, 0, -1], [0, -1, 2, 0], [1, 1, 1, 0]])


def _groups() -> TwoGroups:
    return two_groups(ResponseMatrix.from_array(SCORES), ["a", "b", "a", "b", "c"], reference="a", focal="b")


def _mask(*positions: int) -> BoolArray:
    return np.isin(np.arange(4), positions)


@pytest.mark.parametrize(
    ("kind", "anchors", "item", "expected"),
    [
        ("total", (0, 1, 2, 3), 0, [4, 3, 2, 2]),
        ("total", (1, 2), 0, [3, 2, 2, 2]),  # the item joins the anchors
        ("rest", (0, 1, 2, 3), 0, [3, 3, 1, 2]),  # the item leaves the anchors
        ("rest", (1, 2), 0, [2, 2, 1, 2]),
        ("total", (0, 1, 2, 3), 3, [4, 3, 2]),  # candidate 3 did not see item 4
        ("proportion", (0, 1, 2, 3), 0, [4 / 5, 3 / 5, 2 / 4, 2 / 4]),
    ],
)
def test_the_criterion_counts_the_items_it_should(
    kind: Matching, anchors: tuple[int, ...], item: int, expected: list[float]
) -> None:
    matched = criterion(_groups(), kind, _mask(*anchors)).of_item(item)

    assert matched.value.tolist() == expected


def test_candidates_who_saw_different_anchors_are_in_different_booklets() -> None:
    matched = criterion(_groups(), "total", _mask(0, 1, 2, 3)).of_item(0)

    booklet = matched.booklet
    assert booklet[0] == booklet[1]
    assert len(set(booklet.tolist())) == 3


def test_a_candidate_who_saw_no_anchor_is_not_matched() -> None:
    matched = criterion(_groups(), "rest", _mask(1)).of_item(0)

    assert matched.used.tolist() == [True, True, True, False]


def test_thick_strata_hold_about_equal_numbers_and_keep_equal_values_together() -> None:
    rng = np.random.default_rng(1)
    ability = rng.normal(size=1000)
    responses = ResponseMatrix.from_array(rng.integers(0, 2, (1000, 1)))
    groups = two_groups(responses, rng.choice(["a", "b"], 1000), reference="a", focal="b")

    tables = stratum_tables(criterion(groups, ability, _mask(0)[:1]), 0, 10)
    assert tables.counts.sum(axis=(1, 2)).tolist() == [100.0] * 10
    assert (np.diff(tables.value) > 0.0).all()

    tied = stratum_tables(criterion(groups, np.tile([0.0, 1.0, 1.0, 1.0], 250), _mask(0)[:1]), 0, 10)
    sizes = tied.counts.sum(axis=(1, 2))
    assert sizes[sizes > 0.0].tolist() == [250.0, 750.0]


def test_as_many_strata_as_scores_are_the_scores_themselves() -> None:
    rng = np.random.default_rng(6)
    responses = ResponseMatrix.from_array(rng.integers(0, 2, (500, 6)))
    groups = rng.choice(["a", "b"], 500)

    thin = mantel_haenszel_dif(responses, groups, reference="a", focal="b")
    thick = mantel_haenszel_dif(responses, groups, reference="a", focal="b", n_strata=10_000)

    np.testing.assert_allclose(thick.statistic, thin.statistic, rtol=1e-12)


def test_the_matching_score_may_come_from_outside() -> None:
    rng = np.random.default_rng(7)
    scores = rng.integers(0, 2, (500, 6))
    responses, groups = ResponseMatrix.from_array(scores), rng.choice(["a", "b", "c"], 500)

    inside = mantel_haenszel_dif(responses, groups, reference="a", focal="b")
    outside = mantel_haenszel_dif(
        responses, groups, reference="a", focal="b", matching=scores.sum(axis=1).astype(np.float64)
    )

    np.testing.assert_array_equal(outside.statistic, inside.statistic)
    assert outside.anchors == ()


@pytest.mark.parametrize(
    ("matching", "code"),
    [
        (np.array([0.1, 0.2, 0.3, 0.4, 0.5]), "dif.thin_matching"),
        (np.ones(4), "dif.matching"),
        (np.ones(6), "dif.matching"),
        (np.array([1.0, np.nan, 1.0, 2.0, 2.0]), "dif.matching"),
        ("theta", "dif.matching"),
    ],
)
def test_matching_values_that_cannot_match_are_refused(matching: Matching, code: str) -> None:
    responses = ResponseMatrix.from_array(np.clip(SCORES, -1, 1))

    with pytest.raises(DifError) as caught:
        mantel_haenszel_dif(responses, ["a", "b", "a", "b", "a"], reference="a", focal="b", matching=matching)

    assert caught.value.code == code


def test_matching_on_nothing_is_refused() -> None:
    responses = ResponseMatrix.from_array(np.clip(SCORES, -1, 1))

    with pytest.raises(DifError) as caught:
        mantel_haenszel_dif(responses, ["a", "b", "a", "b", "a"], reference="a", focal="b", anchors=[])
    assert caught.value.code == "dif.no_anchors"

    with pytest.raises(DifError) as caught:
        mantel_haenszel_dif(responses, ["a", "b", "a", "b", "a"], reference="a", focal="b", n_strata=1)
    assert caught.value.code == "dif.option"


@pytest.mark.parametrize("test", [mantel_haenszel_dif, mantel_dif, standardization_dif, breslow_day_dif, logistic_dif])
def test_an_item_nobody_saw_has_no_result_and_does_no_harm(test: Callable[..., DifResult]) -> None:
    rng = np.random.default_rng(10)
    scores = rng.integers(0, 2, (600, 6))
    scores[:, 2] = -1
    groups = rng.choice(["a", "b"], 600)

    with_item = test(ResponseMatrix.from_array(scores), groups, reference="a", focal="b")
    without = test(ResponseMatrix.from_array(np.delete(scores, 2, axis=1)), groups, reference="a", focal="b")

    assert np.isnan(with_item.statistic[2])
    assert "not_estimable" in with_item.flags[2]
    np.testing.assert_allclose(np.delete(with_item.statistic, 2), without.statistic, rtol=1e-9)
    curves = group_curves(ResponseMatrix.from_array(scores), groups, reference="a", focal="b", item="item_3")
    assert curves.value.size == 0


@pytest.mark.parametrize("test", [mantel_haenszel_dif, mantel_dif, standardization_dif, breslow_day_dif, logistic_dif])
def test_two_candidates_give_flags_and_accuse_no_item(test: Callable[..., DifResult]) -> None:
    result = test(ResponseMatrix.from_array([[0, 1], [1, 0]]), ["a", "b"], reference="a", focal="b")

    assert all("small_sample" in flags for flags in result.flags)
    assert set(result.classes) <= {"A", None}
    assert not (result.p < 0.05).any()
