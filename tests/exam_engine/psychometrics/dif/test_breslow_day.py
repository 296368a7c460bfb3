from typing import Literal

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.dif import DifError, DifResult, breslow_day_dif
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, simulated_responses
from tests.exam_engine.psychometrics.dif.tables import ADMISSIONS, MIGRAINE, stratified_responses


@pytest.mark.parametrize(("table", "published", "df"), [(ADMISSIONS, 18.8255, 5), (MIGRAINE, 1.4929, 1)])
def test_published_tables_give_their_published_statistic(table: np.ndarray, published: float, df: int) -> None:
    responses, groups, stratum = stratified_responses(table)

    result = breslow_day_dif(
        responses, groups, reference="reference", focal="focal", matching=stratum, statistic="breslow_day"
    )

    assert result.statistic[0] == pytest.approx(published, abs=1e-4)
    assert result.df[0] == df
    assert result.p[0] == pytest.approx(chi2.sf(result.statistic[0], df))


def test_tarone_and_trend_are_the_defining_sums_over_fitted_tables() -> None:
    responses, groups, stratum = stratified_responses(ADMISSIONS)
    wrong, right = ADMISSIONS[:, :, 0], ADMISSIONS[:, :, 1]
    n, m = wrong + right, right.sum(axis=1)
    total = n.sum(axis=1)
    alpha = (right[:, 0] * wrong[:, 1] / total).sum() / (wrong[:, 0] * right[:, 1] / total).sum()

    def fitted(k: int) -> float:
        def excess(x: float) -> float:
            return float(x * (n[k, 1] - m[k] + x) - alpha * (n[k, 0] - x) * (m[k] - x))

        return float(brentq(excess, max(0.0, m[k] - n[k, 1]) + 1e-9, min(n[k, 0], m[k]) - 1e-9, xtol=1e-12))

    expected = np.array([fitted(k) for k in range(6)])
    variance = 1 / (1 / expected + 1 / (n[:, 0] - expected) + 1 / (m - expected) + 1 / (n[:, 1] - m + expected))
    deviation, score = right[:, 0] - expected, np.arange(6.0)
    breslow_day = (deviation**2 / variance).sum()
    tarone = breslow_day - deviation.sum() ** 2 / variance.sum()
    spread = (score**2 * variance).sum() - (score * variance).sum() ** 2 / variance.sum()
    trend = (score * deviation).sum() ** 2 / spread

    def statistic(name: Literal["tarone", "trend"]) -> DifResult:
        return breslow_day_dif(
            responses, groups, reference="reference", focal="focal", matching=stratum, statistic=name
        )

    assert statistic("tarone").statistic[0] == pytest.approx(tarone, rel=1e-9)
    by_trend = statistic("trend")
    assert by_trend.statistic[0] == pytest.approx(trend, rel=1e-9)
    assert by_trend.df[0] == 1
    assert by_trend.effect[0] == pytest.approx((score * deviation).sum() / spread, rel=1e-9)


def test_the_trend_finds_the_flat_curve_of_the_focal_group() -> None:
    result = breslow_day_dif(simulated_responses(), GROUPS, reference="R", focal="F", statistic="trend")

    # The slope of item 17 is higher for the reference group, so its odds ratio rises with the score.
    place = result.item_names.index("Item_17")
    assert result.p.argmin() == place
    assert result.p_holm[place] < 0.01
    assert result.effect[place] > 0.0


def test_equal_odds_ratios_in_all_strata_give_a_statistic_of_zero() -> None:
    table = np.array([[[20, 40], [10, 20]], [[30, 30], [20, 20]], [[8, 4], [2, 1]]], dtype=np.float64)
    responses, groups, stratum = stratified_responses(table)

    result = breslow_day_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert result.details["alpha"][0] == pytest.approx(1.0)
    assert result.statistic[0] == pytest.approx(0.0, abs=1e-12)


def test_one_stratum_has_nothing_to_compare() -> None:
    responses, groups, stratum = stratified_responses(MIGRAINE[:1])

    result = breslow_day_dif(responses, groups, reference="reference", focal="focal", matching=stratum)

    assert np.isnan(result.statistic[0])
    assert "not_estimable" in result.flags[0]


def test_an_unknown_statistic_is_refused() -> None:
    responses = ResponseMatrix.from_array([[0, 1], [1, 0]])

    with pytest.raises(DifError, match="none of"):
        breslow_day_dif(responses, ["a", "b"], reference="a", focal="b", statistic="woolf")  # type: ignore[arg-type]
