"""Candidates grouped by what they were shown, so that statistics of whole tests respect a design with missing items."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

AbilityDensity = Quadrature | Mapping[str, Quadrature] | None
"""Density of ability: one for all candidates, one per group name, or None for the standard normal."""

_ROWS_AT_ONCE = 65_536


class Booklet(NamedTuple):
    """Candidates of one group who were all shown the same items.

    Parameters
    ----------
    group : name of the group, None without groups.
    columns : numbers of the columns of responses, increasing.
    rows : (n,) row numbers of the candidates.
    n_candidates : sum of their weights.
    """

    group: str | None
    columns: IntArray
    rows: IntArray
    n_candidates: float


def matched_abilities(theta: FloatArray, responses: ResponseMatrix) -> FloatArray:
    """Abilities as an (N,) array of floats without NaN.

    Raises
    ------
    FitError
        ``abilities_differ`` when there is not one number for each row.
    """
    ability = np.asarray(theta, dtype=np.float64)
    if ability.shape != (responses.scores.shape[0],):
        raise FitError(
            "abilities_differ",
            f"abilities of shape {ability.shape} do not match {responses.scores.shape[0]} rows of responses",
        )
    if np.isnan(ability).any():
        row = int(np.argmax(np.isnan(ability)))
        raise FitError("abilities_differ", f"row {row + 1} has no ability; leave the row out of both")
    return ability


def densities_by_group(ability: AbilityDensity, groups: Sequence[str] | None) -> dict[str | None, Quadrature]:
    """One density per group; a single density serves every group.

    Raises
    ------
    FitError
        ``groups_differ`` when a group has no density or densities by name come without groups.
    """
    if groups is None:
        if isinstance(ability, Mapping):
            raise FitError("groups_differ", "densities by group need groups, one name for each row of responses")
        return {None: normal_quadrature() if ability is None else ability}
    names = dict.fromkeys(groups)
    if not isinstance(ability, Mapping):
        common = normal_quadrature() if ability is None else ability
        return dict.fromkeys(names, common)
    missing = [name for name in names if name not in ability]
    if missing:
        raise FitError("groups_differ", f"group {missing[0]!r} has no density of ability")
    return {name: ability[name] for name in names}


def find_booklets(scores: ScoreArray, weights: FloatArray, groups: Sequence[str] | None) -> list[Booklet]:
    """Candidates by group and by the items they were shown, largest booklet first; nobody without any item.

    Raises
    ------
    FitError
        ``groups_differ`` when there is not one group for each row.
    """
    n_rows = scores.shape[0]
    if groups is not None and len(groups) != n_rows:
        raise FitError("groups_differ", f"{len(groups)} groups for {n_rows} rows of responses")
    names: list[str | None] = [None] if groups is None else list(dict.fromkeys(groups))
    booklets: list[Booklet] = []
    for name in names:
        rows = np.arange(n_rows) if groups is None else np.flatnonzero(np.asarray(groups, dtype=object) == name)
        booklets.extend(_booklets_of(name, rows, scores, weights))
    return sorted(booklets, key=lambda booklet: -booklet.n_candidates)


def _booklets_of(name: str | None, rows: IntArray, scores: ScoreArray, weights: FloatArray) -> list[Booklet]:
    packed = np.concatenate(
        [
            np.packbits(scores[rows[start : start + _ROWS_AT_ONCE]] != NOT_PRESENTED, axis=1)
            for start in range(0, max(rows.size, 1), _ROWS_AT_ONCE)
        ]
    )
    if (packed == packed[:1]).all():
        patterns, of_row = packed[:1], np.zeros(rows.size, dtype=np.intp)
    else:
        patterns, of_row = np.unique(packed, axis=0, return_inverse=True)
    order = np.argsort(of_row, kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(of_row, minlength=len(patterns)))[:-1])
    found = []
    for pattern, part in zip(patterns, parts, strict=True):
        columns = np.flatnonzero(np.unpackbits(pattern, count=scores.shape[1]))
        if columns.size and part.size:
            found.append(Booklet(name, columns, part, float(weights[part].sum())))
    return found
