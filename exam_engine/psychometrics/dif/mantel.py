"""Mantel's test and its relatives for items with more than two scores.

References
----------
Mantel (1963), Journal of the American Statistical Association 58, 690-700; Somes (1986), American Statistician 40,
106-108 (generalised test); Zwick, Donoghue & Grima (1993), Journal of Educational Measurement 30, 233-251 (both, for
items); Liu & Agresti (1996), Biometrics 52, 1223-1234, and Penfield & Algina (2003), Journal of Educational
Measurement 40, 353-370 (cumulative common odds ratio); Zwick, Thayer & Mazzeo (1997), ETS RR-97-05 (classes).
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import two_groups
from exam_engine.psychometrics.dif.matching import Matching, StratumTables
from exam_engine.psychometrics.dif.result import DifResult, effect_classes, favoured_by_sign
from exam_engine.psychometrics.dif.standardization import STANDARDIZED_BOUNDS, standardized_difference
from exam_engine.psychometrics.dif.stratified import StratifiedItems, compare_in_strata
from exam_engine.psychometrics.responses import ResponseMatrix

MantelStatistic = Literal["mantel", "generalized", "liu_agresti"]


def mantel_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    statistic: MantelStatistic = "mantel",
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    n_strata: int | None = None,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test items with ordered or unordered scores within strata of the matching criterion.

    The effect is the standardised mean difference in standard deviations of the item (focal less reference).

    Parameters
    ----------
    responses, groups, reference, focal, anchors, matching, n_strata, purify, level, max_iterations : as in
        ``mantel_haenszel_dif``; items may have any number of scores.
    statistic : ``mantel`` tests for a difference of mean scores (1 degree of freedom, without continuity correction);
        ``generalized`` for any difference of the score distributions (one less than the number of scores), also
        where the groups differ in spread or the scores are only names; ``liu_agresti`` tests the cumulative common
        odds ratio by its own standard error.

    Returns
    -------
    DifResult with details ``liu_agresti_log_odds`` (logarithm of the cumulative common odds ratio, reference to focal:
    positive when the item favours the reference group), ``liu_agresti_standard_error`` and ``matched_share``. Classes:
    A when p is not below .05 or the effect below .17; C from .25 on; B otherwise.

    Raises
    ------
    DifError
        For groups, anchors, matching values or options that do not allow the test.
    """
    if statistic not in ("mantel", "generalized", "liu_agresti"):
        raise DifError("dif.option", f"statistic {statistic!r} is none of mantel, generalized, liu_agresti")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
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


def _evaluate(items: StratifiedItems, statistic: MantelStatistic) -> DifResult:
    tables = items.tables
    log_odds, log_odds_variance = np.array([_liu_agresti(table) for table in tables]).T
    df = np.ones(len(tables))
    if statistic == "mantel":
        value = np.array([_mantel(table) for table in tables])
    elif statistic == "generalized":
        value, df = np.array([_generalized(table) for table in tables]).T
    else:
        value = log_odds**2 / log_odds_variance
    p = chi2.sf(value, df)
    difference, variance, deviation = np.array([standardized_difference(table, "focal") for table in tables]).T
    spread = np.where(deviation > 0.0, deviation, np.nan)
    return items.result(
        method={"mantel": "Mantel", "generalized": "generalized Mantel-Haenszel", "liu_agresti": "Liu-Agresti"}[
            statistic
        ],
        effect_name="standardised mean difference, focal less reference (item standard deviations)",
        statistic=value,
        df=df,
        p=p,
        effect=difference / spread,
        standard_error=np.sqrt(variance) / spread,
        classes=effect_classes(difference / spread, p, *STANDARDIZED_BOUNDS),
        favoured=favoured_by_sign(-difference),
        details={
            "liu_agresti_log_odds": log_odds,
            "liu_agresti_standard_error": np.sqrt(log_odds_variance),
        },
    )


def _mantel(tables: StratumTables) -> float:
    counts = tables.counts[tables.counts.sum(axis=(1, 2)) > 1.0]
    score = np.arange(counts.shape[2], dtype=np.float64)
    size, pooled, total = counts.sum(axis=2), counts.sum(axis=1), counts.sum(axis=(1, 2))
    expected = size[:, 1] / total * (pooled @ score)
    between = total * (pooled @ score**2) - (pooled @ score) ** 2
    variance = float((size.prod(axis=1) * between / (total**2 * (total - 1.0))).sum())
    if variance <= 0.0:
        return np.nan
    return float((counts[:, 1] @ score - expected).sum() ** 2 / variance)


def _generalized(tables: StratumTables) -> tuple[float, float]:
    """Statistic of the general association and its degrees of freedom; scores nobody has are left out."""
    counts = tables.counts[tables.counts.sum(axis=(1, 2)) > 1.0]
    counts = counts[:, :, counts.sum(axis=(0, 1)) > 0.0]
    size, pooled, total = counts.sum(axis=2), counts.sum(axis=1), counts.sum(axis=(1, 2))
    deviation = (counts[:, 1] - size[:, 1:] * pooled / total[:, None]).sum(axis=0)
    factor = size.prod(axis=1) / (total**2 * (total - 1.0))
    covariance = np.diag((factor * total) @ pooled) - (pooled * factor[:, None]).T @ pooled
    # The last score is what the others leave; without it the covariance has full rank unless strata are too few.
    reduced, rank = covariance[:-1, :-1], deviation.size - 1
    if rank == 0 or np.linalg.matrix_rank(reduced) < rank:
        return np.nan, np.nan
    return float(deviation[:-1] @ np.linalg.solve(reduced, deviation[:-1])), float(rank)


def _liu_agresti(tables: StratumTables) -> tuple[float, float]:
    """Logarithm of the cumulative common odds ratio, reference to focal, and its variance.

    Summed over the cuts between scores, a pair of one candidate of each group counts for the ratio with the points by
    which the reference candidate is ahead, and against it with the points behind. The variance is that of a sum over
    such pairs (a two-sample U-statistic with the ratio as its parameter), which holds for few large and for many small
    strata alike.
    """
    total = tables.counts.sum(axis=(1, 2))
    counts, total = tables.counts[total > 0.0], total[total > 0.0]
    score = np.arange(counts.shape[2], dtype=np.float64)
    ahead = np.maximum(score[:, None] - score, 0.0)
    r, f = counts[:, 0] / total[:, None], counts[:, 1]
    in_favour, against = float(np.einsum("sa,ab,sb->", r, ahead, f)), float(np.einsum("sb,ab,sa->", f, ahead.T, r))
    if in_favour == 0.0 or against == 0.0:
        return np.nan, np.nan
    ratio = in_favour / against
    kernel = ahead - ratio * ahead.T
    r, weight = counts[:, 0], 1.0 / total**2
    by_reference, by_focal = f @ kernel.T, r @ kernel
    variance = float(
        weight @ (r * by_reference**2).sum(axis=1)
        + weight @ (f * by_focal**2).sum(axis=1)
        - weight @ np.einsum("sa,ab,sb->s", r, kernel**2, f)
    )
    # The estimate of a variance from few pairs may come out at 0 or below, which is no error of estimate.
    return float(np.log(ratio)), variance / in_favour**2 if variance > 0.0 else np.nan
