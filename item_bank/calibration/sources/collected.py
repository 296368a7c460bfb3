"""What every source hands over, and what it must know of the items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from exam_engine.core.errors import Fault
from item_bank.calibration.errors import InvalidResponseFileError
from item_bank.calibration.response_matrix import (
    LONGEST_LABEL,
    MOST_CELLS,
    MOST_ITEMS,
    MOST_LABELS,
    NONE_CHOSEN,
    NOT_PRESENTED,
    Group,
    ResponseMatrix,
)

SourceName = Literal["choices", "scores", "sittings"]

MOST_FAULTS: Final = 100


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What a source must know of an item of the bank.

    Attributes
    ----------
    option_count : options of a single-choice item, 0 for other kinds.
    key : place of its right option, −1 for other kinds.
    highest_score : highest score category; None where people mark and any number may be.
    """

    option_count: int
    key: int
    highest_score: int | None


@dataclass(frozen=True, slots=True)
class Collected:
    """Responses with the items of their columns.

    Attributes
    ----------
    source : ``choices`` when it says which options were chosen, else ``scores``, or ``sittings``.
    highest_scores : J highest score categories.
    warnings : what is known against the data, ``{"code": …, "data": …}``.
    """

    matrix: ResponseMatrix
    item_codes: tuple[str, ...]
    highest_scores: tuple[int, ...]
    source: SourceName
    is_simulated: bool = False
    warnings: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Faults:
    """Faults of a file; the first hundred are kept, the others counted."""

    kept: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def add(self, code: str, line: int, column: str, **params: Any) -> None:
        """Note a fault at a line, counted from 1, and the name of a column."""
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(Fault(code, f"{line}:{column}", {"row": line, **params}))
        else:
            self.left_out += 1

    def raise_any(self) -> None:
        """Raise ``InvalidResponseFileError`` with all that was noted."""
        kept = [*self.kept]
        if self.left_out:
            kept.append(Fault("response_more_faults", "", {"count": self.left_out}))
        if kept:
            raise InvalidResponseFileError(faults=kept)


def refuse_size(candidates: int, items: int) -> None:
    """Raise ``InvalidResponseFileError`` for a table that is too large to be kept."""
    if items > MOST_ITEMS or items * candidates > MOST_CELLS:
        size = {"candidates": candidates, "items": items, "most_items": MOST_ITEMS, "most_cells": MOST_CELLS}
        raise InvalidResponseFileError(faults=[Fault("response_file_too_large", "", size)])


def collected(
    scores: NDArray[np.int8],
    chosen: NDArray[np.int8],
    codes: tuple[str, ...],
    known: Mapping[str, KnownItem],
    groups: Mapping[str, Group],
    *,
    is_simulated: bool,
) -> Collected:
    """Put filled tables together."""
    has_chosen = bool((chosen != NONE_CHOSEN).any())
    observed = scores.max(axis=0, initial=1).tolist()
    highest = [known[code].highest_score or max(1, found) for code, found in zip(codes, observed, strict=True)]
    return Collected(
        ResponseMatrix(scores, chosen if has_chosen else None, groups),
        codes,
        tuple(highest),
        "choices" if has_chosen else "scores",
        is_simulated,
    )


def empty_tables(candidates: int, items: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return tables of scores and chosen options in which nobody was presented anything."""
    shape = (candidates, items)
    return np.full(shape, NOT_PRESENTED, dtype=np.int8), np.full(shape, NONE_CHOSEN, dtype=np.int8)


def grouped(name: str, values: list[str], faults: Faults, line: int) -> Group | None:
    """Return the groups of a column; None when it is empty, or noted as a fault when it has too many labels."""
    labels = len({value for value in values if value})
    if labels > MOST_LABELS:
        faults.add("response_too_many_groups", line, name, labels=labels, most=MOST_LABELS)
        return None
    return Group.of([value[:LONGEST_LABEL] for value in values]) if labels else None
