"""Borderline group and borderline regression: cuts from what judges think of candidates whom they watched.

References
----------
Livingston & Zieky (1982), *Passing Scores* (borderline group). Wood, Humphrey-Murto & Norman (2006), Advances in Health
Sciences Education 11, 115–122 (borderline regression). Cizek & Bunch (2007), *Standard Setting*, ch. 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import linregress

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.panel import PanelCut, PanelSummary, panel_cut, pass_mark
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow, WorksheetRow, filled_number

RegressionFlag = Literal["slope_not_positive", "borderline_outside_ratings"]

FEW_BORDERLINE = 10
"""Candidates in the borderline group below which ``few_borderline`` warns."""


@dataclass(frozen=True, eq=False, slots=True)
class BorderlineGroupResult:
    """Cut of the borderline group.

    Attributes
    ----------
    cut : summary of the scores of the borderline candidates, with its standard error over candidates.
    pass_mark : lowest whole score that reaches it.
    n_rated : candidates with a rating.
    few_borderline : whether the group has fewer than ten candidates.
    """

    cut: PanelCut
    pass_mark: int
    n_rated: int
    few_borderline: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


@dataclass(frozen=True, eq=False, slots=True)
class BorderlineRegressionResult:
    """Cut of the regression of scores on global ratings.

    Attributes
    ----------
    cut, standard_error : predicted mean score at the borderline rating, and its standard error over candidates.
    pass_mark : lowest whole score that reaches the cut.
    slope, intercept, r_squared, residual_sd : of the line.
    n_rated : candidates with a rating.
    flags : ``slope_not_positive``: ratings and scores do not go together, the cut means nothing;
        ``borderline_outside_ratings``: nobody was rated at or beyond the borderline, the cut is extrapolated.
    """

    cut: float
    standard_error: float
    pass_mark: int
    slope: float
    intercept: float
    r_squared: float
    residual_sd: float
    n_rated: int
    flags: tuple[RegressionFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def candidate_worksheet(judges: Sequence[str], candidates: Sequence[str]) -> list[WorksheetRow]:
    """Rows to fill in, one a judge and candidate; ``rating`` is empty and may stay so where a judge saw nothing.

    The rating is a global one, e.g. 1 fail, 2 borderline, 3 pass, 4 good; for contrasting groups 1 competent, 0 not.
    """
    return [{"judge": judge, "candidate": candidate, "rating": None} for judge in judges for candidate in candidates]


def candidate_ratings(rows: Sequence[FilledRow], candidates: Sequence[str]) -> FloatArray:
    """(N,) mean rating of each candidate over the judges who gave one; NaN where nobody did.

    Raises
    ------
    StandardSettingError
        Naming judge and candidate: ``unknown_name``, ``rating_twice`` or ``rating_outside_range`` (not a number).
    """
    place = {candidate: row for row, candidate in enumerate(candidates)}
    sums, counts = np.zeros(len(place)), np.zeros(len(place))
    seen: set[tuple[str, str]] = set()
    for row in rows:
        judge, candidate = str(row["judge"]), str(row["candidate"])
        where = f"judge {judge!r}, candidate {candidate!r}"
        if candidate not in place:
            raise StandardSettingError("unknown_name", f"{where}: no such candidate", judge=judge, candidate=candidate)
        if (judge, candidate) in seen:
            raise StandardSettingError("rating_twice", f"{where}: two ratings", judge=judge, candidate=candidate)
        seen.add((judge, candidate))
        rating = filled_number(row, "rating", where)
        if np.isnan(rating):
            continue
        if np.isinf(rating):
            raise StandardSettingError(
                "rating_outside_range", f"{where}: {rating} is not a rating", judge=judge, candidate=candidate
            )
        sums[place[candidate]] += rating
        counts[place[candidate]] += 1
    result = np.full(len(place), np.nan)
    np.divide(sums, counts, out=result, where=counts > 0)
    return result


def borderline_group_result(
    scores: ArrayLike,
    ratings: ArrayLike,
    *,
    borderline: float,
    summary: PanelSummary = "median",
    trim: float = 0.1,
) -> BorderlineGroupResult:
    """Cut at the middle of the scores of the candidates who were rated borderline.

    Parameters
    ----------
    scores, ratings : (N,) scores and global ratings; NaN ratings are left out. Mean ratings of several judges count as
        borderline when they are less than half a step away.
    borderline : the rating that means borderline.

    Raises
    ------
    StandardSettingError
        ``shape_mismatch`` or ``score_outside_range``; ``too_few_ratings`` when nobody was rated borderline.
    """
    x, rating = rated(scores, ratings)
    group = x[np.abs(rating - borderline) < 0.5]
    if not group.size:
        raise StandardSettingError(
            "too_few_ratings",
            f"none of {x.size} rated candidates is borderline ({borderline:g})",
            borderline=borderline,
        )
    cut = panel_cut(group, summary=summary, trim=trim)
    return BorderlineGroupResult(
        cut=cut, pass_mark=pass_mark(cut.cut), n_rated=x.size, few_borderline=group.size < FEW_BORDERLINE
    )


def borderline_regression_result(
    scores: ArrayLike, ratings: ArrayLike, *, borderline: float
) -> BorderlineRegressionResult:
    """Cut at the score that the regression of scores on ratings predicts for the borderline rating.

    All rated candidates count, so the cut is steadier than that of the borderline group.

    Parameters
    ----------
    scores, ratings : (N,) scores and global ratings; NaN ratings are left out.
    borderline : the rating that means borderline.

    Raises
    ------
    StandardSettingError
        ``shape_mismatch`` or ``score_outside_range``; ``too_few_ratings`` for fewer than three candidates or one rating
        for all.
    """
    x, rating = rated(scores, ratings)
    if x.size < 3 or np.ptp(rating) == 0.0:
        raise StandardSettingError(
            "too_few_ratings", f"a regression needs 3 candidates and 2 different ratings, got {x.size} candidates"
        )
    line = linregress(rating, x)
    cut = float(line.intercept + line.slope * borderline)
    residual = x - line.intercept - line.slope * rating
    sd = float(np.sqrt(residual @ residual / (x.size - 2)))
    distance = (borderline - float(rating.mean())) ** 2 / float(((rating - rating.mean()) ** 2).sum())
    flags: list[RegressionFlag] = []
    if not line.slope > 0.0:
        flags.append("slope_not_positive")
    if not rating.min() <= borderline <= rating.max():
        flags.append("borderline_outside_ratings")
    return BorderlineRegressionResult(
        cut=cut,
        standard_error=sd * (1.0 / x.size + distance) ** 0.5,
        pass_mark=pass_mark(cut),
        slope=float(line.slope),
        intercept=float(line.intercept),
        r_squared=float(line.rvalue) ** 2,
        residual_sd=sd,
        n_rated=x.size,
        flags=tuple(flags),
    )


def rated(scores: ArrayLike, ratings: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Scores and ratings of the candidates who have a rating, checked."""
    x, rating = np.asarray(scores, dtype=np.float64), np.asarray(ratings, dtype=np.float64)
    if x.ndim != 1 or rating.shape != x.shape:
        raise StandardSettingError(
            "shape_mismatch", f"scores of shape {x.shape} and ratings of shape {rating.shape} need one row a candidate"
        )
    known = np.isfinite(rating)
    bad = known & ~np.isfinite(x)
    if bad.any():
        row = int(np.argmax(bad))
        raise StandardSettingError("score_outside_range", f"row {row + 1}: score {x[row]} is not a number", row=row + 1)
    return x[known], rating[known]
