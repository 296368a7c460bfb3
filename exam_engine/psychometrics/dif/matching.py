"""Candidates of equal standing: the criterion on which the groups are matched, and its strata."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import TwoGroups

MatchingScore = Literal["total", "rest", "proportion"]
Matching: TypeAlias = MatchingScore | FloatArray | Sequence[float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemMatching:
    """Criterion for one item, on the rows of candidates who were shown it and can be matched.

    Parameters
    ----------
    used : (N,) mask of these rows.
    value : (n,) matching value of the rows used.
    booklet : (n,) which set of matching items the candidate was shown, numbered from 0.
    """

    used: BoolArray
    value: FloatArray
    booklet: IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Criterion:
    """Criterion for all items, for one set of anchors.

    Parameters
    ----------
    groups : the responses.
    kind : ``total`` adds the studied item to the anchors' score, ``rest`` takes it out, ``proportion`` divides the
        total by the highest score possible on the items shown; ``external`` is given.
    anchors : (J,) mask of the items that make the score.
    value, highest : (N,) score on the anchors and the highest score possible on those shown; the external value.
    booklet : (N,) which set of anchors the candidate was shown.
    """

    groups: TwoGroups
    kind: Literal["total", "rest", "proportion", "external"]
    anchors: BoolArray
    value: FloatArray
    highest: FloatArray
    booklet: IntArray

    def of_item(self, item: int) -> ItemMatching:
        """Matching values for the item at this position."""
        score = self.groups.scores[:, item]
        used = score >= 0
        value = self.value[used]
        if self.kind == "external":
            return ItemMatching(used=used, value=value, booklet=self.booklet[used])
        highest = self.highest[used]
        own, top = score[used].astype(np.float64), float(self.groups.n_categories[item] - 1)
        if self.kind == "rest":
            if self.anchors[item]:
                value, highest = value - own, highest - top
        elif not self.anchors[item]:
            value, highest = value + own, highest + top
        # A candidate who saw no other matching item has nothing to be matched on.
        known = highest > (0.0 if self.kind == "rest" else top)
        value, highest, booklet = value[known], highest[known], self.booklet[used][known]
        used = used.copy()
        used[used] = known
        if self.kind == "proportion":
            value = value / highest
        return ItemMatching(used=used, value=value, booklet=booklet)

    @property
    def anchor_names(self) -> tuple[str, ...]:
        """Names of the anchors; none for an external criterion."""
        if self.kind == "external":
            return ()
        return tuple(name for name, chosen in zip(self.groups.item_names, self.anchors, strict=True) if chosen)


def criterion(groups: TwoGroups, matching: Matching, anchors: BoolArray) -> Criterion:
    """Score the anchors, or check the values given.

    Parameters
    ----------
    groups : the responses of both groups.
    matching : the kind of score, or one value per row of the response matrix (an ability estimate, another test).
    anchors : (J,) mask of the matching items.

    Raises
    ------
    DifError
        ``dif.matching`` when the kind is unknown or the values given are not one finite number per row,
        ``dif.no_anchors`` when no item is left to match on.
    """
    if not isinstance(matching, str):
        values = np.asarray(matching, dtype=np.float64)
        if values.shape != (groups.n_rows,):
            raise DifError(
                "dif.matching", f"matching values have shape {values.shape}; give one for each of {groups.n_rows} rows"
            )
        values = values[groups.rows]
        if not np.isfinite(values).all():
            row = int(groups.rows[np.argmin(np.isfinite(values))])
            raise DifError("dif.matching", f"row {row + 1}: the matching value is not a finite number")
        nothing = np.zeros(values.size)
        return Criterion(
            groups=groups,
            kind="external",
            anchors=np.zeros_like(anchors),
            value=values,
            highest=nothing,
            booklet=nothing.astype(np.intp),
        )
    if matching not in ("total", "rest", "proportion"):
        raise DifError("dif.matching", f"matching {matching!r} is none of total, rest, proportion, nor an array")
    if not anchors.any():
        raise DifError("dif.no_anchors", "no item is left to match the candidates on; name anchors")
    value, highest = np.zeros(groups.rows.size), np.zeros(groups.rows.size)
    # Item by item, because a table of all scores as floating-point numbers would be large.
    for item, top in enumerate(groups.n_categories - 1):
        if anchors[item]:
            score = groups.scores[:, item]
            value += np.maximum(score, 0)
            highest += (score >= 0) * float(top)
    return Criterion(
        groups=groups,
        kind=matching,
        anchors=anchors,
        value=value,
        highest=highest,
        booklet=_booklets(groups.presented[:, anchors]),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StratumTables:
    """Responses to one item by stratum, group and score; S strata, K scores.

    Parameters
    ----------
    counts : (S, 2, K) candidates (sums of weights), the reference group first.
    value : (S,) mean matching value of the stratum; NaN where it is empty.
    """

    counts: FloatArray
    value: FloatArray

    @property
    def comparable(self) -> BoolArray:
        """(S,) whether both groups are in the stratum."""
        result: BoolArray = (self.counts.sum(axis=2) > 0.0).all(axis=1)
        return result

    @property
    def matched_share(self) -> float:
        """Share of the candidates who are in a stratum with both groups."""
        total = float(self.counts.sum())
        return float(self.counts[self.comparable].sum()) / total if total > 0.0 else 0.0


def stratum_tables(standard: Criterion, item: int, n_strata: int | None) -> StratumTables:
    """Count the responses to an item in strata of equal matching value within a booklet, or of quantile groups.

    Parameters
    ----------
    standard : the criterion of all items.
    item : position of the item.
    n_strata : None matches on each value (thin), else on intervals with about equal numbers of candidates (thick).

    Raises
    ------
    DifError
        ``dif.thin_matching`` when each value shall be a stratum but the values are not whole numbers.
    """
    groups, matched = standard.groups, standard.of_item(item)
    weights = groups.weights[matched.used]
    if n_strata is not None:
        level = np.empty(matched.value.size, dtype=np.intp)
        for booklet in np.unique(matched.booklet):
            rows = matched.booklet == booklet
            level[rows] = _quantile_groups(matched.value[rows], weights[rows], n_strata)
    elif (matched.value == np.floor(matched.value)).all():
        level = matched.value.astype(np.intp)
        level -= level.min(initial=0)
    else:
        raise DifError(
            "dif.thin_matching",
            "the matching values are not whole numbers, so hardly two candidates share one; give n_strata",
        )
    stratum = matched.booklet * (level.max(initial=0) + 1) + level
    if matched.booklet.max(initial=0) > 0:
        # Scores times booklets would leave most numbers unused; without booklets sorting would be the costly part.
        stratum = np.unique(stratum, return_inverse=True)[1]
    n_values, n_scores = int(stratum.max(initial=-1)) + 1, int(groups.n_categories[item])
    focal = groups.is_focal[matched.used].astype(np.intp)
    cell = (stratum * 2 + focal) * n_scores + groups.scores[matched.used, item]
    counts = np.bincount(cell, weights, n_values * 2 * n_scores).astype(np.float64).reshape(n_values, 2, n_scores)
    size = counts.sum(axis=(1, 2))
    total = np.bincount(stratum, weights * matched.value, n_values)
    value = np.divide(total, size, out=np.full(n_values, np.nan), where=size > 0.0)
    return StratumTables(counts=counts, value=value)


def check_n_strata(n_strata: int | None) -> None:
    """Refuse fewer than two strata.

    Raises
    ------
    DifError
        ``dif.option``.
    """
    if n_strata is not None and n_strata < 2:
        raise DifError("dif.option", f"n_strata is {n_strata}; at least 2 are needed")


def _quantile_groups(values: FloatArray, weights: FloatArray, n_groups: int) -> IntArray:
    """Group of each value such that equal values stay together and groups hold about equal weight."""
    distinct, place = np.unique(values, return_inverse=True)
    weight = np.bincount(place, weights, distinct.size)
    middle = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
    result: IntArray = np.floor(middle * n_groups).astype(np.intp)[place]
    return result


def _booklets(shown: BoolArray) -> IntArray:
    if shown.all():
        return np.zeros(shown.shape[0], dtype=np.intp)
    packed = np.packbits(shown, axis=1)
    rows = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    result: IntArray = np.unique(rows, return_inverse=True)[1].ravel()
    return result
