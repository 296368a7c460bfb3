"""What the eye should see before any test: mean scores of an item in both groups at equal standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.groups import item_mask, two_groups
from exam_engine.psychometrics.dif.matching import Matching, check_n_strata, criterion, stratum_tables
from exam_engine.psychometrics.responses import ResponseMatrix


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupCurves:
    """Points of a plot of one item, S strata in the order of the matching value within a booklet.

    Parameters
    ----------
    item, reference, focal : names.
    value : (S,) mean matching value.
    n : (S, 2) candidates, the reference group first.
    mean : (S, 2) mean score; NaN where nobody is.
    standard_error : (S, 2) of the mean; NaN below two candidates.
    """

    item: str
    reference: str
    focal: str
    value: FloatArray
    n: FloatArray
    mean: FloatArray
    standard_error: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; what does not exist is null."""
        rows = np.column_stack([self.value, self.n, self.mean, self.standard_error]).tolist()
        names = ("value", "n_reference", "n_focal", "mean_reference", "mean_focal", "se_reference", "se_focal")
        points = [
            {name: entry if np.isfinite(entry) else None for name, entry in zip(names, row, strict=True)}
            for row in rows
        ]
        return {"item": self.item, "reference": self.reference, "focal": self.focal, "points": points}


def group_curves(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    item: str,
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    n_strata: int | None = None,
) -> GroupCurves:
    """Mean scores of an item by group and stratum of the criterion on which the tests match.

    Parameters
    ----------
    responses, groups, reference, focal, anchors, matching, n_strata : as in ``mantel_haenszel_dif``.
    item : name of the item; any number of scores.

    Raises
    ------
    DifError
        For groups, items or matching values that do not allow the comparison.
    """
    check_n_strata(n_strata)
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    chosen = np.ones(len(cut.item_names), dtype=np.bool_) if anchors is None else item_mask(cut.item_names, anchors)
    place = int(np.flatnonzero(item_mask(cut.item_names, [item]))[0])
    tables = stratum_tables(criterion(cut, matching, chosen), place, n_strata)
    filled = tables.counts.sum(axis=(1, 2)) > 0.0
    counts = tables.counts[filled]
    score = np.arange(counts.shape[2], dtype=np.float64)
    n = counts.sum(axis=2)
    mean = np.divide(counts @ score, n, out=np.full(n.shape, np.nan), where=n > 0.0)
    squares = counts @ score**2 - n * np.nan_to_num(mean) ** 2
    # Rounding may leave a group of equal scores a spread slightly below 0.
    variance = np.divide(np.maximum(squares, 0.0), n - 1.0, out=np.full(n.shape, np.nan), where=n > 1.0)
    return GroupCurves(
        item=item,
        reference=reference,
        focal=focal,
        value=tables.value[filled],
        n=n,
        mean=mean,
        standard_error=np.sqrt(variance / np.where(n > 0.0, n, np.nan)),
    )
