"""Classical item analysis: difficulty and discrimination of dichotomous and polytomous items.

References
----------
Lord & Novick (1968), *Statistical Theories of Mental Test Scores*, ch. 15. Henrysson (1963), Psychometrika 28, 211–218
(item-rest correlation). Kelley (1939), Journal of Educational Psychology 30, 17–24 (27 % groups). Olsson, Drasgow &
Dorans (1982), Psychometrika 47, 337–347 (biserial as the two-category case of the polyserial correlation).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.classical.alpha import alpha_if_deleted
from exam_engine.psychometrics.classical.covariance import item_covariance
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.responses import ResponseMatrix

EXTREME_SHARE: Final = 0.27
"""Share of the candidates in the upper and in the lower group (Kelley 1939)."""

_ROWS_AT_ONCE = 16_384
_ROUNDING = 1e-12
"""Standard deviation that rounding may leave in a constant proportion."""


@dataclass(frozen=True, eq=False, slots=True)
class ItemStatistics:
    """Classical statistics of each item among the candidates who were shown it; arrays are (J,) unless said otherwise.

    Total and rest scores are shares of the points that the candidate's own items offer, so that candidates with
    different items compare; where all saw the same items every correlation equals the one with the sum score.

    Attributes
    ----------
    item_names : J names.
    max_scores : highest scores, by which difficulty and totals are scaled.
    n_responses : weighted number of candidates who were shown the item.
    mean, sd : of the item score; sd with divisor n − 1, NaN for fewer than two candidates.
    difficulty : mean score over highest score, the proportion correct p of a dichotomous item; NaN when nobody was
        shown the item.
    item_total : correlation with the total score, the item included.
    item_rest : correlation with the score on the candidate's other items (corrected for overlap). For a dichotomous
        item both are point-biserial correlations; NaN when either side does not vary.
    biserial_total, biserial_rest : the same, estimated for a normal trait behind the item; the polyserial correlation
        for more than two categories. They can exceed 1 when the score is far from normal.
    upper_lower : difficulty among the best 27 % less that among the worst 27 % by total score; candidates tied at the
        border count by the fraction that fills the group.
    alpha_if_deleted : coefficient alpha of the other items; NaN when it does not exist.
    category_counts : (J, K) weighted candidates by score 0 … K−1.
    category_rest_means : (J, K) mean rest score of those with each score; NaN when nobody has it.
    """

    item_names: tuple[str, ...]
    max_scores: IntArray
    n_responses: FloatArray
    mean: FloatArray
    sd: FloatArray
    difficulty: FloatArray
    item_total: FloatArray
    item_rest: FloatArray
    biserial_total: FloatArray
    biserial_rest: FloatArray
    upper_lower: FloatArray
    alpha_if_deleted: FloatArray
    category_counts: FloatArray
    category_rest_means: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def item_statistics(
    responses: ResponseMatrix, *, max_scores: ArrayLike | None = None, extreme_share: float = EXTREME_SHARE
) -> ItemStatistics:
    """Difficulty, discrimination and category counts of every item.

    Parameters
    ----------
    responses : weights count as numbers of candidates.
    max_scores : (J,) highest score of each item; the highest that anybody has when None. State it where a full score
        may be rare.
    extreme_share : share of the candidates in the upper and in the lower group, in (0, 0.5].

    Raises
    ------
    ClassicalDataError
        ``shape_mismatch`` or ``score_outside_range`` when max_scores do not fit the responses.
    ValueError
        When extreme_share is outside (0, 0.5].
    """
    if not 0.0 < extreme_share <= 0.5:
        raise ValueError(f"extreme_share is {extreme_share}; the extreme groups need a share in (0, 0.5]")
    highest = _max_scores(responses, max_scores)
    n_items, n_categories = highest.size, int(highest.max(initial=1)) + 1
    item, total, rest = np.zeros((3, n_items)), np.zeros((3, n_items)), np.zeros((3, n_items))
    counts, rest_sums, rest_counts = (np.zeros((n_items, n_categories)) for _ in range(3))
    for part in _parts(responses, highest):
        weighted = part.weights[:, None] * part.presented
        with_rest = part.weights[:, None] * part.has_rest
        item[0] += weighted.sum(axis=0)
        item[1] += (weighted * part.scores).sum(axis=0)
        total[1] += (weighted * part.total).sum(axis=0)
        rest[0] += with_rest.sum(axis=0)
        rest[1] += (with_rest * part.scores).sum(axis=0)
        rest[2] += (with_rest * part.rest).sum(axis=0)
        for category in range(n_categories):
            chosen = part.presented & (part.scores == category)
            counts[:, category] += part.weights @ chosen
            rest_sums[:, category] += (with_rest * chosen * part.rest).sum(axis=0)
            rest_counts[:, category] += (with_rest * chosen).sum(axis=0)
    n_responses = item[0]
    mean = _ratio(item[1], n_responses)
    centres = (mean, _ratio(total[1], n_responses), _ratio(rest[1], rest[0]), _ratio(rest[2], rest[0]))
    moments = np.zeros((6, n_items))
    for part in _parts(responses, highest):
        weighted = part.weights[:, None] * part.presented
        with_rest = part.weights[:, None] * part.has_rest
        x, t = part.scores - np.nan_to_num(centres[0]), part.total - np.nan_to_num(centres[1])
        y, r = part.scores - np.nan_to_num(centres[2]), part.rest - np.nan_to_num(centres[3])
        pairs = ((weighted, x, x), (weighted, t, t), (weighted, x, t))
        rest_pairs = ((with_rest, y, y), (with_rest, r, r), (with_rest, y, r))
        for row, (own, left, right) in enumerate(pairs + rest_pairs):
            moments[row] += (own * left * right).sum(axis=0)
    item_total = _correlation(moments[:3], n_responses)
    item_rest = _correlation(moments[3:], rest[0])
    population_sd = np.sqrt(_ratio(moments[0], n_responses))
    to_latent = _ratio(population_sd, _threshold_ordinates(counts, highest))
    enough = np.where(n_responses > 1.0, n_responses - 1.0, np.nan)
    return ItemStatistics(
        item_names=responses.item_names,
        max_scores=highest,
        n_responses=n_responses,
        mean=mean,
        sd=np.sqrt(moments[0] / enough),
        difficulty=mean / highest,
        item_total=item_total,
        item_rest=item_rest,
        biserial_total=item_total * to_latent,
        biserial_rest=item_rest * to_latent,
        upper_lower=_upper_lower(responses, highest, extreme_share),
        alpha_if_deleted=_alpha_if_deleted(responses),
        category_counts=counts,
        category_rest_means=_ratio(rest_sums, rest_counts),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """Some rows: scores with 0 where not presented, (B, J) shares of points in all and in the other items."""

    weights: FloatArray
    presented: BoolArray
    scores: FloatArray
    total: FloatArray
    rest: FloatArray
    has_rest: BoolArray


def _parts(responses: ResponseMatrix, highest: IntArray) -> Iterator[_Part]:
    for start in range(0, responses.scores.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        presented = responses.scores[rows] >= 0
        scores = np.where(presented, responses.scores[rows], 0).astype(np.float64)
        offered = presented @ highest.astype(np.float64)
        points = scores.sum(axis=1)
        other = offered[:, None] - presented * highest
        has_rest = presented & (other > 0.0)
        rest = np.divide(points[:, None] - scores, other, out=np.zeros_like(scores), where=has_rest)
        total = np.divide(points, offered, out=np.zeros_like(points), where=offered > 0.0)[:, None]
        yield _Part(responses.weights[rows], presented, scores, total, rest, has_rest)


def _max_scores(responses: ResponseMatrix, given: ArrayLike | None) -> IntArray:
    observed: IntArray = responses.n_categories - 1
    if given is None:
        return observed
    stated = np.asarray(given)
    if stated.shape != observed.shape:
        raise ClassicalDataError(
            "shape_mismatch", f"max_scores have shape {stated.shape}, expected one for each of {observed.size} items"
        )
    low = np.flatnonzero((stated < 1) | (stated < responses.scores.max(axis=0, initial=0)))
    if low.size:
        name, score = responses.item_names[low[0]], int(responses.scores[:, low[0]].max(initial=0))
        raise ClassicalDataError(
            "score_outside_range",
            f"item {name!r}: highest score {stated[low[0]]} is below 1 or below the score {score} that somebody has",
            item=name,
            score=score,
        )
    return stated.astype(np.intp)


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient; NaN where the denominator is 0."""
    result = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0.0)
    return result


def _correlation(moments: FloatArray, n: FloatArray) -> FloatArray:
    xx, yy, xy = moments
    varies = (xx > n * _ROUNDING**2) & (yy > n * _ROUNDING**2)
    return _ratio(xy, np.where(varies, np.sqrt(xx * yy), 0.0))


def _threshold_ordinates(counts: FloatArray, highest: IntArray) -> FloatArray:
    """(J,) sum over the item's thresholds of the normal density at the share of candidates below them."""
    below = np.cumsum(counts, axis=1)[:, :-1]
    share = _ratio(below, counts.sum(axis=1, keepdims=True))
    own = np.arange(below.shape[1]) < highest[:, None]
    inside = own & (share > 0.0) & (share < 1.0)
    z = ndtri(np.where(inside, share, 0.5))
    result: FloatArray = (np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)).sum(axis=1, where=inside)
    return result


def _upper_lower(responses: ResponseMatrix, highest: IntArray, share: float) -> FloatArray:
    totals = np.concatenate([part.total[:, 0] for part in _parts(responses, highest)] or [np.zeros(0)])
    distinct, place = np.unique(totals, return_inverse=True)
    result = np.full(highest.size, np.nan)
    for item in range(highest.size):
        shown = responses.scores[:, item] >= 0
        weights, where = responses.weights[shown], place[shown]
        by_total = np.bincount(where, weights, distinct.size).astype(np.float64)
        points = np.bincount(where, weights * responses.scores[shown, item], distinct.size).astype(np.float64)
        target = share * by_total.sum()
        if target <= 0.0:
            continue
        mean_points = np.nan_to_num(_ratio(points, by_total))
        lower, upper = (
            np.clip(target - (np.cumsum(order) - order), 0.0, order) for order in (by_total, by_total[::-1])
        )
        difference = upper[::-1] @ mean_points - lower @ mean_points
        result[item] = difference / (target * highest[item])
    return result


def _alpha_if_deleted(responses: ResponseMatrix) -> FloatArray:
    try:
        return alpha_if_deleted(item_covariance(responses))
    except ClassicalDataError:
        # Item statistics exist without it: too few items, or items that nobody saw together.
        return np.full(len(responses.item_names), np.nan)
