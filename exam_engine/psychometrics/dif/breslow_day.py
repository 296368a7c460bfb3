"""Breslow–Day test that the odds ratio of a right/wrong item is the same at all scores: non-uniform functioning.

References
----------
Breslow & Day (1980), *Statistical Methods in Cancer Research* 1, 142-146; Tarone (1985), Biometrika 72, 91-95
(correction for the estimated odds ratio); Breslow & Day (1980), 148-150 (trend); Penfield (2003), Applied Measurement
in Education 16, 89-109 (use for items).
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import two_groups
from exam_engine.psychometrics.dif.mantel_haenszel import common_odds_ratio
from exam_engine.psychometrics.dif.matching import Matching, StratumTables
from exam_engine.psychometrics.dif.result import DifResult
from exam_engine.psychometrics.dif.stratified import StratifiedItems, compare_in_strata
from exam_engine.psychometrics.responses import ResponseMatrix

BreslowDayStatistic = Literal["breslow_day", "tarone", "trend"]


def breslow_day_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    statistic: BreslowDayStatistic = "tarone",
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    n_strata: int | None = None,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test whether the odds ratio between the groups is the same in all strata.

    The effect is the change of the log odds ratio (reference to focal) per unit of the matching value: one step of
    Newton's method from no change. It has no established classes and names no group.

    Parameters
    ----------
    responses, groups, reference, focal, anchors, matching, n_strata, purify, level, max_iterations : as in
        ``mantel_haenszel_dif``.
    statistic : ``tarone`` corrects Breslow and Day's sum for the odds ratio being estimated without efficiency;
        ``breslow_day`` does not; ``trend`` asks only for a change along the matching value (1 degree of freedom, the
        most powerful against crossing curves, and safe with small strata).

    Returns
    -------
    DifResult with details ``alpha`` (common odds ratio) and ``matched_share``.

    Raises
    ------
    DifError
        For groups, anchors, matching values or items that do not allow the test.
    """
    if statistic not in ("breslow_day", "tarone", "trend"):
        raise DifError("dif.option", f"statistic {statistic!r} is none of breslow_day, tarone, trend")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    cut.refuse_polytomous("the Breslow–Day test", "logistic_dif")
    return compare_in_strata(
        cut,
        partial(_evaluate, statistic=statistic),
        anchors=anchors,
        matching=matching,
        n_strata=n_strata,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
    )


def _evaluate(items: StratifiedItems, statistic: BreslowDayStatistic) -> DifResult:
    tables = items.tables
    value, df, slope, variance, alpha = np.array([_heterogeneity(table, statistic) for table in tables]).T
    return items.result(
        method={"breslow_day": "Breslow-Day", "tarone": "Breslow-Day-Tarone", "trend": "Breslow-Day trend"}[statistic],
        effect_name="change of the log odds ratio per unit of the matching value",
        statistic=value,
        df=df,
        p=chi2.sf(value, df),
        effect=slope,
        standard_error=np.sqrt(variance),
        classes=(None,) * len(tables),
        favoured=(None,) * len(tables),
        details={"alpha": alpha},
    )


def _heterogeneity(tables: StratumTables, statistic: BreslowDayStatistic) -> tuple[float, float, float, float, float]:
    """Statistic, degrees of freedom, slope, variance of the slope and common odds ratio of one item."""
    alpha = common_odds_ratio(tables)[0]
    size, right = tables.counts.sum(axis=2), tables.counts[:, :, 1].sum(axis=1)
    # Strata where the margins leave the table no freedom say nothing about its odds ratio.
    free = (size > 0.0).all(axis=1) & (right > 0.0) & (right < size.sum(axis=1))
    if not np.isfinite(alpha) or free.sum() < 2:
        return np.nan, np.nan, np.nan, np.nan, alpha
    n_r, n_f, right = size[free, 0], size[free, 1], right[free]
    expected = _expected_right(alpha, n_r, n_f, right)
    variance = 1.0 / (
        1.0 / expected + 1.0 / (n_r - expected) + 1.0 / (right - expected) + 1.0 / (n_f - right + expected)
    )
    deviation = tables.counts[free, 0, 1] - expected
    score = tables.value[free]
    spread = float(variance @ score**2 - (variance @ score) ** 2 / variance.sum())
    trend = float(deviation @ score)
    slope, slope_variance = (trend / spread, 1.0 / spread) if spread > 0.0 else (np.nan, np.nan)
    if statistic == "trend":
        return (trend**2 / spread if spread > 0.0 else np.nan), 1.0, slope, slope_variance, alpha
    total = float((deviation**2 / variance).sum())
    if statistic == "tarone":
        total -= float(deviation.sum() ** 2 / variance.sum())
    return total, float(free.sum() - 1), slope, slope_variance, alpha


def _expected_right(alpha: float, n_r: FloatArray, n_f: FloatArray, right: FloatArray) -> FloatArray:
    """Right answers of the reference group at which the stratum's odds ratio is alpha, the margins as observed.

    They solve (1 − α) x² + (n_f − m + α (n_r + m)) x − α n_r m = 0; the form below keeps its accuracy as α → 1.
    """
    linear = n_f - right + alpha * (n_r + right)
    constant = alpha * n_r * right
    result: FloatArray = 2.0 * constant / (linear + np.sqrt(linear**2 + 4.0 * (1.0 - alpha) * constant))
    return result
