from itertools import combinations

import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, standardization_dif
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses
from tests.exam_engine.psychometrics.dif.tables import stratified_responses

# Reference 40 of 50 right and focal 15 of 25; reference 10 of 50 and focal 10 of 75.
TABLE = np.array([[[10, 40], [10, 15]], [[40, 10], [65, 10]]], dtype=np.float64)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("focal", 0.25 * (0.6 - 0.8) + 0.75 * (10 / 75 - 0.2)),
        ("reference", 0.5 * (0.6 - 0.8) + 0.5 * (10 / 75 - 0.2)),
        ("total", 0.375 * (0.6 - 0.8) + 0.625 * (10 / 75 - 0.2)),
    ],
)
def test_p_dif_is_the_weighted_mean_of_the_differences(weights: str, expected: float) -> None:
    responses, groups, stratum = stratified_responses(TABLE)

    result = standardization_dif(
        responses,
        groups,
        reference="reference",
        focal="focal",
        matching=stratum,
        stratum_weights=weights,  # type: ignore[arg-type]
    )

    assert result.effect[0] == pytest.approx(expected, rel=1e-12)
    assert result.favoured == ("reference",)


def test_the_standardised_odds_ratio_compares_both_groups_at_the_focal_distribution() -> None:
    responses, groups, stratum = stratified_responses(TABLE)

    result = standardization_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    reference, focal = 0.25 * 0.8 + 0.75 * 0.2, 0.25 * 0.6 + 0.75 * 10 / 75
    assert result.details["alpha_standardized"][0] == pytest.approx(
        reference / (1 - reference) / (focal / (1 - focal)), rel=1e-12
    )


def test_the_standard_error_is_the_spread_over_all_assignments_to_the_groups() -> None:
    # Two strata of polytomous scores; every choice of who is focal is equally likely when there is no DIF.
    strata = [([0, 1, 2, 2, 3], 2), ([0, 0, 1, 3], 2)]
    weights = np.array([2, 2]) / 4
    effects = []
    for first in combinations(range(5), 2):
        for second in combinations(range(4), 2):
            difference = []
            for (scores, _), chosen in zip(strata, (first, second), strict=True):
                focal = np.isin(np.arange(len(scores)), chosen)
                values = np.array(scores, dtype=np.float64)
                difference.append(values[focal].mean() - values[~focal].mean())
            effects.append(weights @ np.array(difference))
    column = np.array([[score] for part, _ in strata for score in part])
    groups = ["f", "f", "r", "r", "r", "f", "f", "r", "r"]
    stratum = np.repeat([0.0, 1.0], [5, 4])

    result = standardization_dif(ResponseMatrix.from_array(column), groups, reference="r", focal="f", matching=stratum)

    assert result.standard_error[0] == pytest.approx(np.std(effects), rel=1e-12)


# One stratum of 1000 + 1000 candidates; the reference group has half of the answers right.
@pytest.mark.parametrize(
    ("focal_right", "expected"), [(451, "A"), (449, "B"), (401, "B"), (399, "C"), (551, "B"), (601, "C")]
)
def test_classes_change_at_five_and_ten_percent(focal_right: int, expected: str) -> None:
    responses, groups, stratum = stratified_responses(
        np.array([[[500.0, 500.0], [1000.0 - focal_right, float(focal_right)]]])
    )

    result = standardization_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert result.classes == (expected,)


def test_strata_without_one_of_the_groups_do_not_count() -> None:
    lonely = np.concatenate([TABLE, [[[30.0, 70.0], [0.0, 0.0]], [[0.0, 0.0], [5.0, 20.0]]]])
    alone = standardization_dif(
        *stratified_responses(TABLE)[:2], reference="reference", focal="focal", matching=stratified_responses(TABLE)[2]
    )
    responses, groups, stratum = stratified_responses(lonely)

    result = standardization_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert result.effect[0] == pytest.approx(alone.effect[0], rel=1e-12)
    assert result.standard_error[0] == pytest.approx(alone.standard_error[0], rel=1e-12)


def test_the_simulated_shift_is_found_in_points() -> None:
    result = standardization_dif(simulated_responses(), GROUPS, reference="R", focal="F", purify=True)

    place = result.item_names.index("Item_11")
    # An intercept lower by 0.6 costs a focal candidate 0.6 · E[P(1 − P)], near 0.12 of a right answer.
    assert result.effect[place] == pytest.approx(-0.12, abs=0.04)
    assert result.classes[place] == "C"


def test_unknown_weights_are_refused() -> None:
    responses = ResponseMatrix.from_array([[0, 1], [1, 0]])

    with pytest.raises(DifError, match="none of"):
        standardization_dif(
            responses,
            ["a", "b"],
            reference="a",
            focal="b",
            stratum_weights="equal",  # type: ignore[arg-type]
        )
