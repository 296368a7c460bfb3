"""Standardised difference of item scores: what focal candidates lose against reference candidates of equal standing.

References
----------
Dorans & Kulick (1986), Journal of Educational Measurement 23, 355-368 (STD P-DIF); Dorans & Schmitt (1991), ETS
RR-91-47 (more than two scores); Zwick & Thayer (1996), Journal of Educational and Behavioral Statistics 21, 187-201
(hypergeometric standard error); Zwick, Thayer & Mazzeo (1997), ETS RR-97-05 (classes of polytomous items).
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import two_groups
from exam_engine.psychometrics.dif.matching import Matching, StratumTables
from exam_engine.psychometrics.dif.result import DifResult, effect_classes, favoured_by_sign
from exam_engine.psychometrics.dif.stratified import StratifiedItems, compare_in_strata
from exam_engine.psychometrics.responses import ResponseMatrix

StratumWeights = Literal["focal", "reference", "total"]

P_DIF_BOUNDS: Final = (0.05, 0.10)
"""Bounds of B and C for right/wrong items, in proportions (Dorans & Kulick 1986)."""

STANDARDIZED_BOUNDS: Final = (0.17, 0.25)
"""Bounds of B and C for polytomous items, in standard deviations of the item (Zwick, Thayer & Mazzeo 1997)."""


def standardization_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    stratum_weights: StratumWeights = "focal",
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    n_strata: int | None = None,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Weighted mean over strata of the focal less the reference mean score of the item.

    The effect is STD P-DIF for right/wrong items and the standardised mean difference for polytomous ones, in points
    of the item; negative when the item is harder for the focal group.

    Parameters
    ----------
    responses, groups, reference, focal, anchors, matching, n_strata, purify, level, max_iterations : as in
        ``mantel_haenszel_dif``; items may have more than two scores.
    stratum_weights : whose distribution over the strata weights the differences.

    Returns
    -------
    DifResult with the squared ratio of effect and standard error as statistic (1 degree of freedom) and details
    ``standardized`` (effect in standard deviations of the item), ``alpha_standardized`` (odds ratio of the
    standardised proportions right, NaN for polytomous items) and ``matched_share``. Classes: by ``P_DIF_BOUNDS`` for
    right/wrong items, by ``STANDARDIZED_BOUNDS`` for others; A when p is not below .05.

    Raises
    ------
    DifError
        For groups, anchors, matching values or options that do not allow the test.
    """
    if stratum_weights not in ("focal", "reference", "total"):
        raise DifError("dif.option", f"stratum_weights {stratum_weights!r} is none of focal, reference, total")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    return compare_in_strata(
        cut,
        partial(_evaluate, stratum_weights=stratum_weights),
        anchors=anchors,
        matching=matching,
        n_strata=n_strata,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
    )


def standardized_difference(tables: StratumTables, stratum_weights: StratumWeights) -> tuple[float, float, float]:
    """Standardised mean difference (focal less reference), its variance without DIF, and the SD of the item."""
    counts = tables.counts[tables.comparable]
    score = np.arange(counts.shape[2], dtype=np.float64)
    size, total = counts.sum(axis=2), counts.sum(axis=(1, 2))
    weight = {"reference": size[:, 0], "focal": size[:, 1], "total": total}[stratum_weights]
    if weight.sum() == 0.0:
        return np.nan, np.nan, np.nan
    weight = weight / weight.sum()
    mean = counts @ score / size
    # With the margins fixed the focal sum has a hypergeometric variance, and the difference of means is linear in it.
    pooled = counts.sum(axis=1)
    between = (pooled @ score**2) * total - (pooled @ score) ** 2
    enough = total > 1.0
    of_sum = np.zeros_like(total)
    of_sum[enough] = (size.prod(axis=1) * between)[enough] / (total**2 * (total - 1.0))[enough]
    variance = float((weight**2 * (1.0 / size).sum(axis=1) ** 2) @ of_sum)
    everyone = tables.counts.sum(axis=(0, 1))
    share = everyone / everyone.sum()
    deviation = float(np.sqrt(share @ (score - share @ score) ** 2))
    return float(weight @ (mean[:, 1] - mean[:, 0])), variance, deviation


def _evaluate(items: StratifiedItems, stratum_weights: StratumWeights) -> DifResult:
    tables = items.tables
    effect, variance, deviation = np.array([standardized_difference(table, stratum_weights) for table in tables]).T
    unvarying = ~(variance > 0.0)
    statistic = np.where(unvarying, np.nan, effect**2 / np.where(unvarying, 1.0, variance))
    p = chi2.sf(statistic, 1)
    standardized = np.where(deviation > 0.0, effect / np.where(deviation > 0.0, deviation, 1.0), np.nan)
    dichotomous = items.groups.n_categories == 2
    by_item = [
        effect_classes(effect, p, *P_DIF_BOUNDS),
        effect_classes(standardized, p, *STANDARDIZED_BOUNDS),
    ]
    return items.result(
        method="standardization",
        effect_name="standardised mean difference, focal less reference (item score points)",
        statistic=statistic,
        df=np.ones_like(statistic),
        p=p,
        effect=effect,
        standard_error=np.where(unvarying, np.nan, np.sqrt(variance)),
        classes=tuple(by_item[0 if two else 1][item] for item, two in enumerate(dichotomous)),
        favoured=favoured_by_sign(-effect),
        details={
            "standardized": standardized,
            "alpha_standardized": np.array([_standardized_odds_ratio(table) for table in tables]),
        },
    )


def _standardized_odds_ratio(tables: StratumTables) -> float:
    """Odds ratio, reference to focal, of the proportions right when both groups are spread like the focal group."""
    counts = tables.counts[tables.comparable]
    if counts.shape[2] > 2 or not counts.size:
        return np.nan
    size = counts.sum(axis=2)
    right = (counts[:, :, 1] / size * size[:, 1:]).sum(axis=0) / size[:, 1].sum()
    if not ((right > 0.0) & (right < 1.0)).all():
        return np.nan
    odds: FloatArray = right / (1.0 - right)
    return float(odds[0] / odds[1])
