"""Score residuals at estimated abilities and their variances, in blocks of candidates; the ground of infit and outfit.

References
----------
Wright & Masters (1982), *Rating Scale Analysis*, ch. 5.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.fit.booklets import matched_abilities
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

_ROWS_AT_ONCE = 4096
_LARGEST_SPREAD = np.sqrt(2.0)
_BEYOND_THE_OUTERMOST = 0.1

SMALLEST_VARIANCE = float(np.sqrt(1e-5))
"""Score variances are taken to be at least this, so that one lucky guess at an item far too hard is not a thousand
times its weight; the value is that of R package mirt 1.45.1, 0 gives the textbook's definition."""

InfiniteAbility = Literal["leave_out", "edge"]
"""What becomes of candidates whose maximum likelihood estimate is infinite."""


class ResidualBlock(NamedTuple):
    """Residuals of some candidates; zero where an item was not presented.

    Parameters
    ----------
    rows : (n,) row numbers.
    presented : (n, J).
    residual : (n, J) score less expected score.
    variance, fourth : (n, J) second and fourth central moments of the score, the second at least the smallest variance.
    """

    rows: IntArray
    presented: BoolArray
    residual: FloatArray
    variance: FloatArray
    fourth: FloatArray


def finite_abilities(theta: FloatArray, responses: ResponseMatrix, infinite: InfiniteAbility) -> FloatArray:
    """Abilities with NaN for candidates to leave out; "edge" puts infinite ones just beyond the outermost finite one.

    Raises
    ------
    FitError
        ``abilities_differ`` when there is not one number per row or none is finite.
    """
    ability = matched_abilities(theta, responses)
    finite = np.isfinite(ability)
    if not finite.any():
        raise FitError("abilities_differ", "no ability is finite; estimate by EAP, MAP or WLE")
    if infinite == "leave_out":
        return np.where(finite, ability, np.nan)
    lowest, highest = ability[finite].min() - _BEYOND_THE_OUTERMOST, ability[finite].max() + _BEYOND_THE_OUTERMOST
    return np.clip(ability, lowest, highest)


def residual_blocks(
    responses: ResponseMatrix, items: ItemParameters, ability: FloatArray, smallest_variance: float
) -> Iterator[ResidualBlock]:
    """Yield residuals of the candidates whose ability is not NaN."""
    if not smallest_variance >= 0.0:
        raise FitError("options_differ", f"the smallest variance {smallest_variance} is not 0 or more")
    category = np.arange(items.d.shape[1] + 1, dtype=np.float64)
    for start in range(0, ability.size, _ROWS_AT_ONCE):
        rows = np.flatnonzero(~np.isnan(ability[start : start + _ROWS_AT_ONCE])) + start
        if not rows.size:
            continue
        scores = responses.scores[rows]
        presented = scores != NOT_PRESENTED
        p = category_probabilities(ability[rows], items)
        expected = p @ category
        squares = (category - expected[:, :, None]) ** 2
        variance = np.maximum(np.einsum("njk,njk->nj", p, squares), smallest_variance)
        fourth = np.einsum("njk,njk->nj", p, squares**2)
        yield ResidualBlock(
            rows,
            presented,
            np.where(presented, scores - expected, 0.0),
            np.where(presented, variance, 0.0),
            np.where(presented, fourth, 0.0),
        )


def standardised_mean_square(mean_square: FloatArray, spread: FloatArray) -> FloatArray:
    """Wilson–Hilferty cube-root transformation of a mean square with standard deviation ``spread`` to a z."""
    q = np.minimum(spread, _LARGEST_SPREAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: FloatArray = (np.cbrt(mean_square) - 1.0) * (3.0 / q) + q / 3.0
    return result
