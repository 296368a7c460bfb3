"""The two groups whose candidates are compared, cut out of the response matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TwoGroups:
    """Responses of the reference and the focal group; candidates of other groups are left out.

    Parameters
    ----------
    scores : (N, J) int8 with ``NOT_PRESENTED``.
    weights : (N,) candidates a row stands for.
    is_focal : (N,) membership in the focal group; the others are the reference group.
    rows : (N,) positions of these rows in the response matrix, which has ``n_rows``.
    item_names : J names.
    reference, focal : names of the groups.
    """

    scores: ScoreArray
    weights: FloatArray
    is_focal: BoolArray
    rows: IntArray
    n_rows: int
    item_names: tuple[str, ...]
    reference: str
    focal: str

    @property
    def presented(self) -> BoolArray:
        """(N, J) whether the candidate was shown the item."""
        result: BoolArray = self.scores != NOT_PRESENTED
        return result

    @property
    def n_categories(self) -> IntArray:
        """(J,) highest score that anyone of both groups has, plus one; at least 2."""
        result: IntArray = self.scores.max(axis=0, initial=1).astype(np.intp) + 1
        return result

    def group_sizes(self, used: BoolArray) -> tuple[float, float]:
        """Candidates of the reference and the focal group among the rows used."""
        focal = float(self.weights[used & self.is_focal].sum())
        return float(self.weights[used].sum()) - focal, focal

    def refuse_polytomous(self, method: str, instead: str) -> None:
        """Refuse items with scores above 1.

        Raises
        ------
        DifError
            ``dif.polytomous`` naming the item and the method to use.
        """
        above = np.flatnonzero(self.n_categories > 2)
        if above.size:
            raise DifError(
                "dif.polytomous",
                f"item {self.item_names[above[0]]!r} has scores above 1; {method} is for right/wrong items, "
                f"use {instead}",
            )


def item_mask(item_names: Sequence[str], chosen: Sequence[str]) -> BoolArray:
    """(J,) which of the items are chosen.

    Raises
    ------
    DifError
        ``dif.unknown_item`` for a name that is not here.
    """
    unknown = [name for name in chosen if name not in item_names]
    if unknown:
        raise DifError("dif.unknown_item", f"item {unknown[0]!r} is not among the items under test")
    return np.isin(np.array(item_names), list(chosen))


def two_groups(responses: ResponseMatrix, groups: ArrayLike, *, reference: str, focal: str) -> TwoGroups:
    """Cut the two groups out of the responses.

    Parameters
    ----------
    responses : scored responses of all candidates.
    groups : (N,) group of each row, compared as text.
    reference, focal : names of the two groups.

    Raises
    ------
    DifError
        ``dif.group_labels`` when there is not one label per row, ``dif.same_group`` when both names are the same,
        ``dif.group_empty`` when nobody is in a group.
    """
    labels = np.asarray(groups).astype(str)
    if labels.shape != (responses.scores.shape[0],):
        raise DifError(
            "dif.group_labels",
            f"{responses.scores.shape[0]} rows of responses need one group label each, got shape {labels.shape}",
        )
    if reference == focal:
        raise DifError("dif.same_group", f"the reference and the focal group are both {reference!r}")
    for name in (reference, focal):
        if not (labels == name).any():
            known = ", ".join(sorted(set(labels.tolist())))
            raise DifError("dif.group_empty", f"nobody is in group {name!r}; the groups are {known}")
    rows = np.flatnonzero((labels == reference) | (labels == focal))
    return TwoGroups(
        scores=np.asarray(responses.scores[rows]),
        weights=responses.weights[rows],
        is_focal=labels[rows] == focal,
        rows=rows,
        n_rows=labels.size,
        item_names=responses.item_names,
        reference=reference,
        focal=focal,
    )
