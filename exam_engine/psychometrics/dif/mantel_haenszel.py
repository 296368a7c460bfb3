"""Mantel–Haenszel test of right/wrong items with the ETS classes.

References
----------
Mantel & Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; Holland & Thayer (1988), in Wainer &
Braun, *Test Validity*, 129-145; Robins, Breslow & Greenland (1986), Biometrics 42, 311-323, which is the variance of
Phillips & Holland (1987), Biometrics 43, 425-431, in another order; Zwick (2012), ETS RR-12-08 (classes).
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.groups import two_groups
from exam_engine.psychometrics.dif.matching import Matching, StratumTables
from exam_engine.psychometrics.dif.result import SIGNIFICANT, DifResult, EffectClass, favoured_by_sign
from exam_engine.psychometrics.dif.stratified import StratifiedItems, compare_in_strata
from exam_engine.psychometrics.responses import ResponseMatrix

DELTA_PER_LOG_ODDS: Final = -2.35
"""ETS delta units per unit of the log odds ratio: 4 for the scale, 1.7 from logistic to normal, rounded."""

_ONE_SIDED_5_PERCENT: Final = 1.6448536269514722


def mantel_haenszel_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    n_strata: int | None = None,
    continuity_correction: bool = True,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test whether the odds of a right answer are the same in both groups at equal scores.

    The effect is MH D-DIF, −2.35 ln α, in ETS delta units: negative when the item is harder for the focal group.

    Parameters
    ----------
    responses : right/wrong responses; not-presented ones are left out, and candidates are compared only with
        candidates who were shown the same anchors.
    groups : (N,) group of each candidate; rows of other groups are left out.
    reference, focal : names of the groups.
    anchors : items that make the matching score, None for all of them. The studied item is always part of ``total``:
        without it the statistic is biased when the groups differ in ability (Holland & Thayer 1988).
    matching : ``total``, ``rest``, ``proportion`` (of the highest score on the items shown), or one value per row.
    n_strata : None matches on every score, else on this many groups of about equal size.
    continuity_correction : take 1/2 off the absolute deviation, as R package difR does.
    purify, level, max_iterations : find the anchors by repeating the test without items with p below the level.

    Returns
    -------
    DifResult with details ``alpha`` (common odds ratio, reference to focal), ``log_alpha_standard_error`` and
    ``matched_share``. Classes: A when |delta| < 1 or p is not below .05; C when |delta| is at least 1.5 and
    significantly above 1 (one-sided 5 %); B otherwise.

    Raises
    ------
    DifError
        For groups, anchors, matching values or items that do not allow the test.
    """
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    cut.refuse_polytomous("the Mantel–Haenszel test", "mantel_dif")
    return compare_in_strata(
        cut,
        partial(_evaluate, continuity_correction=continuity_correction),
        anchors=anchors,
        matching=matching,
        n_strata=n_strata,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
    )


def common_odds_ratio(tables: StratumTables) -> tuple[float, float]:
    """Mantel–Haenszel odds ratio of the reference to the focal group and the variance of its logarithm, both NaN when
    no stratum has the pairs of answers they need.
    """  # noqa: D205
    (b, a), (d, c) = np.moveaxis(tables.counts, 0, 2)
    total = tables.counts.sum(axis=(1, 2))
    some = total > 0.0
    a, b, c, d, total = a[some], b[some], c[some], d[some], total[some]
    concordant, discordant = a * d / total, b * c / total
    r, s = concordant.sum(), discordant.sum()
    if r == 0.0 or s == 0.0:
        return np.nan, np.nan
    alpha = float(r / s)
    variance = float(((a * d + alpha * b * c) * (a + d + alpha * (b + c)) / total**2).sum() / (2.0 * r**2))
    return alpha, variance


def _evaluate(items: StratifiedItems, *, continuity_correction: bool) -> DifResult:
    tables = items.tables
    statistic = np.array([_chi_square(table, continuity_correction=continuity_correction) for table in tables])
    alpha, variance = np.array([common_odds_ratio(table) for table in tables]).T
    p = chi2.sf(statistic, 1)
    delta, error = DELTA_PER_LOG_ODDS * np.log(alpha), abs(DELTA_PER_LOG_ODDS) * np.sqrt(variance)
    return items.result(
        method="Mantel-Haenszel",
        effect_name="MH D-DIF (ETS delta)",
        statistic=statistic,
        df=np.ones_like(statistic),
        p=p,
        effect=delta,
        standard_error=error,
        classes=_ets_classes(delta, error, p),
        favoured=favoured_by_sign(-delta),
        details={"alpha": alpha, "log_alpha_standard_error": np.sqrt(variance)},
    )


def _chi_square(tables: StratumTables, *, continuity_correction: bool) -> float:
    counts = tables.counts
    total = counts.sum(axis=(1, 2))
    # A stratum of one candidate has no variance to compare with.
    counts, total = counts[total > 1.0], total[total > 1.0]
    right, of_group = counts[:, :, 1].sum(axis=1), counts.sum(axis=2)
    expected = of_group[:, 0] * right / total
    variance = float((of_group.prod(axis=1) * right * (total - right) / (total**2 * (total - 1.0))).sum())
    if variance <= 0.0:
        return np.nan
    deviation = abs(float((counts[:, 0, 1] - expected).sum()))
    return (deviation - 0.5 * continuity_correction) ** 2 / variance


def _ets_classes(delta: FloatArray, error: FloatArray, p: FloatArray) -> tuple[EffectClass | None, ...]:
    classes: list[EffectClass | None] = []
    for size, standard_error, chance in zip(np.abs(delta), error, p, strict=True):
        if not (np.isfinite(size) and np.isfinite(chance)):
            classes.append(None)
        elif size < 1.0 or chance >= SIGNIFICANT:
            classes.append("A")
        else:
            classes.append("C" if size >= 1.5 and size - 1.0 > _ONE_SIDED_5_PERCENT * standard_error else "B")
    return tuple(classes)
