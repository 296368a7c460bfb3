"""Means and covariances of item scores when not everybody was shown every item.

References
----------
Little & Rubin (2019), *Statistical Analysis with Missing Data*, 3rd ed., ch. 3 (available and complete cases).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

MissingRule = Literal["pairwise", "complete", "refuse"]
"""What happens to responses that are missing by design.

``pairwise`` estimates each covariance from the candidates who were shown both items, ``complete`` uses the candidates
who were shown every item, ``refuse`` raises an error when anything is missing. Without missing responses all agree.
"""

_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False, slots=True)
class ItemCovariance:
    """Covariances of item scores; weights count as numbers of candidates.

    Attributes
    ----------
    item_names : J names.
    mean : (J,) mean scores.
    covariance : (J, J) with divisor n − 1.
    pair_counts : (J, J) weighted number of candidates behind each covariance.
    complete : whether every covariance rests on the same candidates.
    """

    item_names: tuple[str, ...]
    mean: FloatArray
    covariance: FloatArray
    pair_counts: FloatArray
    complete: bool

    @property
    def n_candidates(self) -> float:
        """Weighted number of candidates behind the thinnest covariance."""
        return float(self.pair_counts.min())

    @property
    def varies(self) -> BoolArray:
        """(J,) whether the item's score varies beyond what rounding leaves."""
        result: BoolArray = np.diagonal(self.covariance) > 1e-20
        return result

    @property
    def total_variance(self) -> float:
        """Variance of the sum of all items."""
        return float(self.covariance.sum())


def item_covariance(responses: ResponseMatrix, *, missing: MissingRule = "pairwise") -> ItemCovariance:
    """Covariances of all pairs of items.

    Raises
    ------
    ClassicalDataError
        ``too_few_items`` (fewer than two), ``responses_missing`` (``missing="refuse"``), ``too_few_candidates`` (fewer
        than two who saw every item, for ``missing="complete"``) or ``items_never_together``, naming two items that
        fewer than two candidates were shown together.
    """
    n_items = len(responses.item_names)
    if n_items < 2:
        raise ClassicalDataError("too_few_items", f"at least 2 items are needed, got {n_items}", n_items=n_items)
    rows = responses.presented.all(axis=1)
    if missing == "refuse" and not rows.all():
        row = int(np.argmin(rows))
        item = responses.item_names[int(np.argmin(responses.presented[row]))]
        raise ClassicalDataError(
            "responses_missing",
            f"row {row + 1} was not shown item {item!r}; choose the items of one form, or missing='pairwise'",
            row=row + 1,
            item=item,
        )
    scores, weights = responses.scores, responses.weights
    if missing == "complete":
        scores, weights = scores[rows], weights[rows]
        if weights.sum() < 2.0:
            raise ClassicalDataError(
                "too_few_candidates",
                "fewer than two candidates were shown every item; choose the items of one form, or missing='pairwise'",
                n_candidates=float(weights.sum()),
            )
    counts = np.zeros((n_items, n_items))
    first = np.zeros(n_items)
    for start in range(0, scores.shape[0], _ROWS_AT_ONCE):
        block, own = scores[start : start + _ROWS_AT_ONCE], weights[start : start + _ROWS_AT_ONCE]
        shown = (block != NOT_PRESENTED).astype(np.float64)
        counts += (shown * own[:, None]).T @ shown
        first += own @ (block * shown)
    if counts.min() < 2.0:
        one, other = np.unravel_index(int(np.argmin(counts)), counts.shape)
        names = (responses.item_names[one], responses.item_names[other])
        raise ClassicalDataError(
            "items_never_together",
            f"items {names[0]!r} and {names[1]!r} were shown together to {counts.min():g} candidates; "
            "choose items of one form",
            items=names,
            n_candidates=float(counts.min()),
        )
    mean = first / np.diagonal(counts)
    products, sums = np.zeros_like(counts), np.zeros_like(counts)
    for start in range(0, scores.shape[0], _ROWS_AT_ONCE):
        block, own = scores[start : start + _ROWS_AT_ONCE], weights[start : start + _ROWS_AT_ONCE]
        shown = (block != NOT_PRESENTED).astype(np.float64)
        centred = (block - mean) * shown
        products += (centred * own[:, None]).T @ centred
        sums += (centred * own[:, None]).T @ shown
    # The mean of item i among those who also saw item j differs from its overall mean: sums[i, j] / counts[i, j].
    covariance = (products - sums * sums.T / counts) / (counts - 1.0)
    return ItemCovariance(
        item_names=responses.item_names,
        mean=mean,
        covariance=0.5 * (covariance + covariance.T),
        pair_counts=counts,
        complete=bool((counts == counts[0, 0]).all()),
    )


def total_scores(responses: ResponseMatrix) -> FloatArray:
    """(N,) sums of the item scores.

    Raises
    ------
    ClassicalDataError
        ``responses_missing`` naming the row and the item: sums over different items do not compare.
    """
    shown = responses.presented
    if not shown.all():
        row, column = np.argwhere(~shown)[0]
        raise ClassicalDataError(
            "responses_missing",
            f"row {row + 1} was not shown item {responses.item_names[column]!r}: sums over different items do not "
            "compare; choose the items and candidates of one form",
            row=int(row) + 1,
            item=responses.item_names[column],
        )
    result: FloatArray = responses.scores.sum(axis=1, dtype=np.float64)
    return result
