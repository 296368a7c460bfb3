"""Hofstee: a compromise between the cuts and the fail rates that judges would accept.

The curve of fail rates against cuts is met with the line from (lowest cut, highest fail rate) to (highest cut, lowest
fail rate).

References
----------
Hofstee (1983), in Anderson & Helmick (eds), *On Educational Testing*, 109–127. Cizek & Bunch (2007), *Standard
Setting*, ch. 12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.worksheet import FilledRow, WorksheetRow, filled_number

HofsteeStatus = Literal["crossed", "curve_above_box", "curve_below_box"]
_BOUNDS = ("lowest_cut", "highest_cut", "lowest_fail_rate", "highest_fail_rate")


@dataclass(frozen=True, slots=True)
class HofsteeBounds:
    """What is acceptable: cuts in score points and fail rates as shares of candidates."""

    lowest_cut: float
    highest_cut: float
    lowest_fail_rate: float
    highest_fail_rate: float


@dataclass(frozen=True, eq=False, slots=True)
class HofsteeResult:
    """Where the curve meets the line.

    Attributes
    ----------
    status : ``crossed``; ``curve_above_box`` when even the lowest cut fails more than the highest fail rate;
        ``curve_below_box`` when even the highest cut fails less than the lowest fail rate.
    cut, fail_rate : where they meet; NaN when they do not: the judges then have to look again.
    nearest_cut : the cut, or the end of the range that comes closest to what the judges accept.
    standard_error : of the cut over judges by the jackknife; NaN for fewer than three judges, or when leaving one out
        moves the curve off the box.
    pass_mark, pass_mark_fail_rate : lowest possible score that reaches the nearest cut, and the candidates below it.
    bounds : of the panel, by mean or median.
    judges, judge_bounds : as filled in.
    cuts, fail_rates : the curve.
    """

    status: HofsteeStatus
    cut: float
    fail_rate: float
    nearest_cut: float
    standard_error: float
    pass_mark: float
    pass_mark_fail_rate: float
    bounds: HofsteeBounds
    judges: tuple[str, ...]
    judge_bounds: tuple[HofsteeBounds, ...]
    cuts: FloatArray
    fail_rates: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def hofstee_worksheet(judges: Sequence[str], *, maximum: float) -> list[WorksheetRow]:
    """Rows to fill in, one a judge: cuts in score points up to ``maximum``, fail rates in 0 … 1."""
    return [{"judge": judge, "maximum": maximum, **dict.fromkeys(_BOUNDS)} for judge in judges]


def hofstee_result(
    rows: Sequence[FilledRow],
    scores: ArrayLike,
    *,
    maximum: float,
    step: float = 1.0,
    weights: ArrayLike | None = None,
    summary: Literal["mean", "median"] = "mean",
) -> HofsteeResult:
    """Find the compromise.

    Parameters
    ----------
    rows : filled rows of ``hofstee_worksheet``.
    scores : (N,) scores of the candidates, 0 … maximum.
    step : distance between possible scores; between possible cuts the curve is drawn straight, as on paper.
    weights : (N,) how many candidates a score stands for; 1 when None.
    summary : how the judges' bounds are put together.

    Raises
    ------
    StandardSettingError
        ``rating_missing``, ``rating_twice``, ``rating_outside_range`` or ``bounds_out_of_order`` naming the judge;
        ``score_outside_range`` or ``shape_mismatch`` of the scores.
    """
    judges, table = _bounds_of(rows, maximum)
    x, own = _checked_scores(scores, weights, maximum)
    if not step > 0.0:
        raise ValueError(f"step is {step}; possible scores need a positive distance")
    cuts = np.arange(0.0, maximum + 0.5 * step, step)
    order = np.argsort(x)
    below = np.concatenate([[0.0], np.cumsum(own[order])]) / own.sum()
    fail_rates = below[np.searchsorted(x[order], cuts - 1e-9, side="left")]
    middle = np.median if summary == "median" else np.mean
    status, cut, rate, nearest = _meet(middle(table, axis=0), cuts, fail_rates)
    mark = float(np.ceil(nearest / step - 1e-9)) * step
    error = float("nan")
    if len(judges) > 2 and status == "crossed":
        left_out = np.array(
            [_meet(middle(np.delete(table, j, axis=0), axis=0), cuts, fail_rates)[1] for j in range(len(judges))]
        )
        error = float(np.sqrt((len(judges) - 1) * left_out.var()))
    return HofsteeResult(
        status=status,
        cut=cut,
        fail_rate=rate,
        nearest_cut=nearest,
        standard_error=error,
        pass_mark=mark,
        pass_mark_fail_rate=float(np.average(x < mark - 1e-9, weights=own)),
        bounds=HofsteeBounds(*(float(bound) for bound in middle(table, axis=0))),
        judges=judges,
        judge_bounds=tuple(HofsteeBounds(*row) for row in table.tolist()),
        cuts=cuts,
        fail_rates=fail_rates,
    )


def _meet(bounds: FloatArray, cuts: FloatArray, fail_rates: FloatArray) -> tuple[HofsteeStatus, float, float, float]:
    """Status, cut, fail rate and nearest cut; the curve rises and the line does not, so they meet once."""
    low, high, least, most = (float(bound) for bound in bounds)
    knots = np.unique(np.concatenate([[low, high], cuts[(cuts > low) & (cuts < high)]]))
    curve = np.interp(knots, cuts, fail_rates)
    line = most - (most - least) * (knots - low) / (high - low) if high > low else np.array([most])
    if curve[0] > most:
        return "curve_above_box", float("nan"), float("nan"), low
    if curve[-1] < least:
        return "curve_below_box", float("nan"), float("nan"), high
    excess = curve - line
    after = int(np.argmax(excess >= 0.0))
    if after == 0:
        return "crossed", low, float(curve[0]), low
    share = -excess[after - 1] / (excess[after] - excess[after - 1])
    cut = float(knots[after - 1] + share * (knots[after] - knots[after - 1]))
    return "crossed", cut, float(np.interp(cut, cuts, fail_rates)), cut


def _bounds_of(rows: Sequence[FilledRow], maximum: float) -> tuple[tuple[str, ...], FloatArray]:
    table: dict[str, list[float]] = {}
    for row in rows:
        judge = str(row["judge"])
        if judge in table:
            raise StandardSettingError("rating_twice", f"judge {judge!r} has two rows", judge=judge)
        values: list[float] = []
        for field in _BOUNDS:
            limit = maximum if field.endswith("cut") else 1.0
            number = filled_number(row, field, f"judge {judge!r}")
            if np.isnan(number):
                raise StandardSettingError("rating_missing", f"judge {judge!r}: {field} is empty", judge=judge)
            if not 0.0 <= number <= limit:
                raise StandardSettingError(
                    "rating_outside_range",
                    f"judge {judge!r}: {field} {number:g} is outside 0 … {limit:g}",
                    judge=judge,
                    field=field,
                )
            values.append(number)
        if values[0] > values[1] or values[2] > values[3]:
            raise StandardSettingError(
                "bounds_out_of_order",
                f"judge {judge!r}: the lowest cut or fail rate is above the highest ({values})",
                judge=judge,
            )
        table[judge] = values
    if not table:
        raise StandardSettingError("nothing_to_judge", "no judge has given bounds")
    return tuple(table), np.array(list(table.values()))


def _checked_scores(scores: ArrayLike, weights: ArrayLike | None, maximum: float) -> tuple[FloatArray, FloatArray]:
    x = np.asarray(scores, dtype=np.float64)
    own = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if x.ndim != 1 or not x.size or own.shape != x.shape or not (np.isfinite(own) & (own > 0.0)).all():
        raise StandardSettingError(
            "shape_mismatch", f"scores of shape {x.shape} need one row and one positive weight a candidate"
        )
    outside = ~((x >= 0.0) & (x <= maximum))
    if outside.any():
        row = int(np.argmax(outside))
        raise StandardSettingError(
            "score_outside_range", f"row {row + 1}: score {x[row]} is outside 0 … {maximum:g}", row=row + 1
        )
    return x, own
