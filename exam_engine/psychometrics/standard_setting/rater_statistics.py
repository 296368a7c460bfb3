"""How far judges agree, with each other and with how candidates answer.

References
----------
Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428; McGraw & Wong (1996), Psychological Methods 1, 30–46
(intraclass correlations). Brennan & Lockwood (1980), Applied Psychological Measurement 4, 219–240 (generalizability of
Angoff cuts). van der Linden (1982), Journal of Educational Measurement 19, 295–308 (consistency within a judge).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as t_distribution

from exam_engine.psychometrics.arrays import FloatArray

JudgeFlag = Literal["severe", "lenient", "disagrees_with_panel", "same_rating_everywhere"]

_SIGNIFICANCE = 0.05
_ROUNDING = 1e-9
"""Spread of ratings or cuts that are the same but for rounding."""


@dataclass(frozen=True, slots=True)
class JudgeStatistics:
    """One judge beside the panel.

    Attributes
    ----------
    judge, cut : name and cut in score points.
    severity : cut less the mean cut of the other judges; NaN for a single judge.
    severity_p : two-sided p-value of that difference as a draw from the other judges' distribution (deleted residual, t
        with P − 2 degrees of freedom), multiplied by the number of judges; NaN for fewer than three, or when the others
        all have the same cut.
    panel_correlation : of the judge's ratings with the mean ratings of the others, over items.
    difficulty_correlation : with the observed difficulties; NaN when none were given.
    conditional_correlation, conditional_rmse : with the expected scores at the panel's cut under the item parameters,
        as shares of the points; NaN when none were given.
    flags : ``severe`` or ``lenient`` when severity_p is below .05, ``disagrees_with_panel`` when panel_correlation is
        not positive, ``same_rating_everywhere``.
    """

    judge: str
    cut: float
    severity: float
    severity_p: float
    panel_correlation: float
    difficulty_correlation: float
    conditional_correlation: float
    conditional_rmse: float
    flags: tuple[JudgeFlag, ...]


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """Judges × items analysis of variance; all are NaN for a single judge or a single item.

    Attributes
    ----------
    single_agreement, panel_agreement : intraclass correlations ICC(A,1) and ICC(A,P): how alike the ratings of one
        judge, or the means of panels of P, are, differences in severity included.
    single_consistency, panel_consistency : ICC(C,1) and ICC(C,P): severity left aside.
    judge_variance, item_variance, residual_variance : components of a rating in score points; an estimate below 0 is 0.
    se_fixed_items : standard error of the mean cut over panels that judge these items.
    se_random_items : over panels and forms of as many items drawn alike.
    """

    single_agreement: float
    panel_agreement: float
    single_consistency: float
    panel_consistency: float
    judge_variance: float
    item_variance: float
    residual_variance: float
    se_fixed_items: float
    se_random_items: float


def rater_agreement(ratings: FloatArray, max_scores: FloatArray) -> RaterAgreement:
    """Agreement of (P, J) ratings in score points; intraclass correlations are of shares of each item's points."""
    n_judges, n_items = ratings.shape
    if n_judges < 2 or n_items < 2:
        return RaterAgreement(*[float("nan")] * 9)
    judges, items, residual = _mean_squares(ratings)
    judge_variance = max((judges - residual) / n_items, 0.0)
    item_variance = max((items - residual) / n_judges, 0.0)
    share_judges, share_items, share_residual = _mean_squares(ratings / max_scores)
    severity = n_judges / n_items * (share_judges - share_residual)
    return RaterAgreement(
        single_agreement=_share(share_items - share_residual, share_items + (n_judges - 1) * share_residual + severity),
        panel_agreement=_share(share_items - share_residual, share_items + severity / n_judges),
        single_consistency=_share(share_items - share_residual, share_items + (n_judges - 1) * share_residual),
        panel_consistency=_share(share_items - share_residual, share_items),
        judge_variance=judge_variance,
        item_variance=item_variance,
        residual_variance=residual,
        # Judges and their interaction with these items are not told apart in a cut: the mean square holds both.
        se_fixed_items=(n_items * judges / n_judges) ** 0.5,
        se_random_items=n_items
        * (judge_variance / n_judges + item_variance / n_items + residual / (n_judges * n_items)) ** 0.5,
    )


def judge_statistics(
    judges: tuple[str, ...],
    ratings: FloatArray,
    max_scores: FloatArray,
    *,
    difficulty: FloatArray | None = None,
    conditional: FloatArray | None = None,
) -> tuple[JudgeStatistics, ...]:
    """Hold each judge's (P, J) ratings against the others, (J,) difficulties and (J,) expected scores at the cut."""
    cuts, shares = ratings.sum(axis=1), ratings / max_scores
    result: list[JudgeStatistics] = []
    for place, judge in enumerate(judges):
        others = np.delete(cuts, place)
        severity, p_value = _severity(float(cuts[place]), others)
        panel_correlation = (
            _correlation(shares[place], np.delete(shares, place, axis=0).mean(axis=0)) if others.size else float("nan")
        )
        flags: list[JudgeFlag] = []
        if p_value < _SIGNIFICANCE:
            flags.append("severe" if severity > 0.0 else "lenient")
        if panel_correlation <= 0.0:
            flags.append("disagrees_with_panel")
        if shares.shape[1] > 1 and np.ptp(shares[place]) < _ROUNDING:
            flags.append("same_rating_everywhere")
        expected = None if conditional is None else conditional / max_scores
        result.append(
            JudgeStatistics(
                judge=judge,
                cut=float(cuts[place]),
                severity=severity,
                severity_p=p_value,
                panel_correlation=panel_correlation,
                difficulty_correlation=float("nan") if difficulty is None else _correlation(shares[place], difficulty),
                conditional_correlation=float("nan") if expected is None else _correlation(shares[place], expected),
                conditional_rmse=float("nan")
                if expected is None
                else float(np.sqrt(np.mean((shares[place] - expected) ** 2))),
                flags=tuple(flags),
            )
        )
    return tuple(result)


def _severity(cut: float, others: FloatArray) -> tuple[float, float]:
    if not others.size:
        return float("nan"), float("nan")
    severity = cut - float(others.mean())
    if others.size < 2:
        return severity, float("nan")
    error = float(others.std(ddof=1)) * (1.0 + 1.0 / others.size) ** 0.5
    if error < _ROUNDING:
        return severity, float("nan")
    p_value = 2.0 * float(t_distribution.sf(abs(severity) / error, others.size - 1))
    return severity, min(p_value * (others.size + 1), 1.0)


def _mean_squares(table: FloatArray) -> tuple[float, float, float]:
    """Of judges, items and residual in a complete two-way table."""
    n_judges, n_items = table.shape
    grand, by_judge, by_item = table.mean(), table.mean(axis=1), table.mean(axis=0)
    residual = table - by_judge[:, None] - by_item + grand
    return (
        float(n_items * ((by_judge - grand) ** 2).sum() / (n_judges - 1)),
        float(n_judges * ((by_item - grand) ** 2).sum() / (n_items - 1)),
        float((residual**2).sum() / ((n_judges - 1) * (n_items - 1))),
    )


def _share(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0.0 else float("nan")


def _correlation(x: FloatArray, y: FloatArray) -> float:
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 2 or min(np.ptp(x[known]), np.ptp(y[known])) < _ROUNDING:
        return float("nan")
    return float(np.corrcoef(x[known], y[known])[0, 1])
