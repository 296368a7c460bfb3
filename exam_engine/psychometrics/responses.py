"""Scored responses of candidates to items, stored as one byte per response."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray

NOT_PRESENTED: Final = -1
"""Stored score of an item the candidate was never shown.

An item that was shown and left blank is a wrong answer (score 0), because the candidate could have answered it;
an item that was never shown says nothing about the candidate and enters no likelihood.
"""

HIGHEST_SCORE: Final = 126
"""Highest score of an item that one signed byte holds with room to spare."""

_ROWS_CHECKED_AT_ONCE = 65_536

_Scalar = TypeVar("_Scalar", bound=np.generic)


class ResponseDataError(ValueError):
    """The response data contradict themselves; the message names the row or the item."""


@dataclass(frozen=True, eq=False)
class ResponseMatrix:
    """Scored responses, checked and read-only.

    Parameters
    ----------
    scores : (N, J) int8; 0 … K−1 (1 right, 0 wrong for K = 2), ``NOT_PRESENTED`` where the item was not shown. May be
        memory-mapped: it is checked in pieces and never copied.
    item_names : J distinct names.
    weights : (N,) positive; how many candidates a row stands for, 1 for a row per candidate.
    candidate_ids : N distinct ids in row order, or None when rows are response patterns.

    Raises
    ------
    ResponseDataError
        When shapes disagree, a name repeats, or a value is outside the ranges above.
    """

    scores: ScoreArray
    item_names: tuple[str, ...]
    weights: FloatArray
    candidate_ids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check the parts against each other and make them read-only."""
        scores, weights = self.scores, self.weights
        if scores.ndim != 2 or scores.dtype != np.int8:
            raise ResponseDataError(f"scores must be a two-dimensional int8 array, got {scores.ndim}-d {scores.dtype}")
        if scores.shape[1] != len(self.item_names):
            raise ResponseDataError(f"{scores.shape[1]} columns of scores but {len(self.item_names)} item names")
        refuse_repeats("item", self.item_names)
        if self.candidate_ids is not None:
            if len(self.candidate_ids) != scores.shape[0]:
                raise ResponseDataError(f"{scores.shape[0]} rows of scores but {len(self.candidate_ids)} candidates")
            refuse_repeats("candidate", self.candidate_ids)
        for start in range(0, scores.shape[0], _ROWS_CHECKED_AT_ONCE):
            outside = scores[start : start + _ROWS_CHECKED_AT_ONCE] < NOT_PRESENTED
            if outside.any():
                row, column = np.argwhere(outside)[0]
                raise ResponseDataError(
                    f"row {start + row + 1}, item {self.item_names[column]!r}: score {scores[start + row, column]} is "
                    f"neither 0 or more nor {NOT_PRESENTED} (not presented)"
                )
        if weights.shape != (scores.shape[0],):
            raise ResponseDataError(f"weights have shape {weights.shape}, expected ({scores.shape[0]},)")
        bad = ~(np.isfinite(weights) & (weights > 0))
        if bad.any():
            row = int(np.argmax(bad))
            raise ResponseDataError(f"row {row + 1}: weight {weights[row]} is not a positive number")
        object.__setattr__(self, "scores", _read_only(scores))
        object.__setattr__(self, "weights", _read_only(weights.astype(np.float64, copy=False)))

    @classmethod
    def from_array(
        cls,
        values: ArrayLike,
        item_names: Sequence[str] | None = None,
        *,
        weights: ArrayLike | None = None,
        candidate_ids: Sequence[str] | None = None,
    ) -> Self:
        """Take an (N, J) table of scores and, where the item was not presented, NaN or ``NOT_PRESENTED``.

        Items are named ``item_1`` … ``item_J`` when no names are given. Scores are whole numbers from 0 (wrong) to at
        most ``HIGHEST_SCORE``; anything else is refused with its place.
        """
        table = np.asarray(values)
        if table.ndim != 2:
            raise ResponseDataError(f"responses must be a table of candidates by items, got {table.ndim} dimension(s)")
        if table.dtype.kind not in "biuf":
            raise ResponseDataError(f"responses must be numbers, got {table.dtype}")
        missing = np.isnan(table) if table.dtype.kind == "f" else np.zeros(table.shape, dtype=np.bool_)
        if table.dtype.kind == "b":
            known = np.ones(table.shape, dtype=np.bool_)
        else:
            known = missing | ((table >= NOT_PRESENTED) & (table <= HIGHEST_SCORE) & (np.floor(table) == table))
        if not known.all():
            row, column = np.argwhere(~known)[0]
            raise ResponseDataError(
                f"row {row + 1}, column {column + 1}: {table[row, column]} is not a whole score from 0 to "
                f"{HIGHEST_SCORE} or a missing response"
            )
        names = tuple(item_names) if item_names is not None else _default_names(table.shape[1])
        return cls(
            scores=np.where(missing, NOT_PRESENTED, table).astype(np.int8),
            item_names=names,
            weights=_unit_weights(table.shape[0]) if weights is None else np.array(weights, dtype=np.float64),
            candidate_ids=None if candidate_ids is None else tuple(candidate_ids),
        )

    @classmethod
    def from_patterns(cls, patterns: ArrayLike, counts: ArrayLike, item_names: Sequence[str] | None = None) -> Self:
        """Take distinct response patterns and how many candidates gave each; patterns nobody gave are dropped."""
        table = np.asarray(patterns)
        frequency = np.asarray(counts, dtype=np.float64)
        if table.ndim != 2 or frequency.shape != (table.shape[0],):
            raise ResponseDataError(
                f"patterns of shape {table.shape} need one count per row, got counts of shape {frequency.shape}"
            )
        if not (np.isfinite(frequency) & (frequency >= 0)).all():
            raise ResponseDataError("counts of patterns must be non-negative numbers")
        given = frequency > 0
        return cls.from_array(table[given], item_names, weights=frequency[given])

    @classmethod
    def from_long(cls, rows: Iterable[tuple[str, str, object]], *, item_names: Sequence[str] | None = None) -> Self:
        """Take one (candidate, item, score) row per presented item, in any order; True scores 1, False 0.

        Candidates keep the order of their first row; items too, unless ``item_names`` fixes the columns, which also
        keeps a column for an item nobody saw.

        Raises
        ------
        ResponseDataError
            Naming the row: a pair given twice, an item outside ``item_names``, or a score that is not a whole number
            from 0 to ``HIGHEST_SCORE``.
        """
        candidates: dict[str, int] = {}
        fixed = item_names is not None
        items: dict[str, int] = {name: column for column, name in enumerate(item_names or ())}
        cells: dict[tuple[int, int], int] = {}
        for number, (candidate, item, score) in enumerate(rows, start=1):
            if not (isinstance(score, int | np.integer | np.bool_) and 0 <= int(score) <= HIGHEST_SCORE):
                raise ResponseDataError(
                    f"row {number}: score {score!r} is neither true/false nor a whole number from 0 to {HIGHEST_SCORE}"
                )
            if fixed and item not in items:
                raise ResponseDataError(f"row {number}: item {item!r} is not among the items of the design")
            cell = (candidates.setdefault(candidate, len(candidates)), items.setdefault(item, len(items)))
            if cell in cells:
                raise ResponseDataError(f"row {number}: candidate {candidate!r} already has a response to {item!r}")
            cells[cell] = int(score)
        scores = np.full((len(candidates), len(items)), NOT_PRESENTED, dtype=np.int8)
        if cells:
            places = np.array(list(cells), dtype=np.intp)
            scores[places[:, 0], places[:, 1]] = list(cells.values())
        return cls(
            scores=scores,
            item_names=tuple(items),
            weights=_unit_weights(len(candidates)),
            candidate_ids=tuple(candidates),
        )

    @property
    def presented(self) -> BoolArray:
        """(N, J) whether the candidate was shown the item."""
        result: BoolArray = self.scores != NOT_PRESENTED
        return result

    @property
    def n_categories(self) -> IntArray:
        """(J,) highest score that anyone has, plus one; at least 2."""
        highest = self.scores.max(axis=0, initial=1).astype(np.intp)
        result: IntArray = highest + 1
        return result

    @property
    def n_candidates(self) -> float:
        """Number of candidates, that is the sum of the weights."""
        return float(self.weights.sum())


def _default_names(n_items: int) -> tuple[str, ...]:
    return tuple(f"item_{number}" for number in range(1, n_items + 1))


def _unit_weights(n_rows: int) -> FloatArray:
    return np.ones(n_rows, dtype=np.float64)


def _read_only(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    view = array.view()
    view.flags.writeable = False
    return view


def refuse_repeats(kind: str, names: Sequence[str]) -> None:
    """Raise a ``ResponseDataError`` that names the first item or candidate that occurs twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ResponseDataError(f"{kind} {name!r} occurs more than once")
        seen.add(name)
