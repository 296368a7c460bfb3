"""Scored responses of candidates to items, stored as one byte per response."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, ScoreArray

NOT_PRESENTED: Final = -1
"""Stored score of an item the candidate was never shown.

An item that was shown and left blank is a wrong answer (score 0), because the candidate could have answered it;
an item that was never shown says nothing about the candidate and enters no likelihood.
"""


_Scalar = TypeVar("_Scalar", bound=np.generic)


class ResponseDataError(ValueError):
    """The response data contradict themselves; the message names the row or the item."""


@dataclass(frozen=True, eq=False)
class ResponseMatrix:
    """Scored responses, checked and read-only.

    Parameters
    ----------
    scores : (N, J) int8; 1 right, 0 wrong, ``NOT_PRESENTED`` where the item was not shown.
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
        _refuse_repeats("item", self.item_names)
        if self.candidate_ids is not None:
            if len(self.candidate_ids) != scores.shape[0]:
                raise ResponseDataError(f"{scores.shape[0]} rows of scores but {len(self.candidate_ids)} candidates")
            _refuse_repeats("candidate", self.candidate_ids)
        outside = (scores < NOT_PRESENTED) | (scores > 1)
        if outside.any():
            row, column = np.argwhere(outside)[0]
            raise ResponseDataError(
                f"row {row + 1}, item {self.item_names[column]!r}: score {scores[row, column]} is not 0, 1 or "
                f"{NOT_PRESENTED} (not presented)"
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
        """Take an (N, J) table of 0, 1 and, where the item was not presented, NaN or ``NOT_PRESENTED``.

        Items are named ``item_1`` … ``item_J`` when no names are given.
        """
        table = np.asarray(values)
        if table.ndim != 2:
            raise ResponseDataError(f"responses must be a table of candidates by items, got {table.ndim} dimension(s)")
        if table.dtype.kind not in "biuf":
            raise ResponseDataError(f"responses must be numbers, got {table.dtype}")
        missing = np.isnan(table) if table.dtype.kind == "f" else np.zeros(table.shape, dtype=np.bool_)
        known = missing | (table == 0) | (table == 1)
        if table.dtype.kind != "b":
            known |= table == NOT_PRESENTED
        if not known.all():
            row, column = np.argwhere(~known)[0]
            raise ResponseDataError(
                f"row {row + 1}, column {column + 1}: {table[row, column]} is not 0, 1 or a missing response"
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
    def from_long(cls, rows: Iterable[tuple[str, str, bool | int]], *, item_names: Sequence[str] | None = None) -> Self:
        """Take one (candidate, item, correct) row per presented item, in any order.

        Candidates keep the order of their first row; items too, unless ``item_names`` fixes the columns, which also
        keeps a column for an item nobody saw.

        Raises
        ------
        ResponseDataError
            Naming the row: a pair given twice, an item outside ``item_names``, or ``correct`` not 0/1.
        """
        candidates: dict[str, int] = {}
        fixed = item_names is not None
        items: dict[str, int] = {name: column for column, name in enumerate(item_names or ())}
        cells: dict[tuple[int, int], int] = {}
        for number, (candidate, item, correct) in enumerate(rows, start=1):
            if correct not in (0, 1):
                raise ResponseDataError(f"row {number}: correct is {correct!r}, expected true/false or 1/0")
            if fixed and item not in items:
                raise ResponseDataError(f"row {number}: item {item!r} is not among the items of the design")
            cell = (candidates.setdefault(candidate, len(candidates)), items.setdefault(item, len(items)))
            if cell in cells:
                raise ResponseDataError(f"row {number}: candidate {candidate!r} already has a response to {item!r}")
            cells[cell] = int(correct)
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


def _refuse_repeats(kind: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ResponseDataError(f"{kind} {name!r} occurs more than once")
        seen.add(name)
