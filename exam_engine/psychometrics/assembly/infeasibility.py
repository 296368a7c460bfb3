"""Why no forms exist: shortages counted directly, else a smallest set of requirements that exclude each other.

References
----------
Chinneck & Dravnieks (1991), ORSA Journal on Computing 3, 157–168 (the deletion filter).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from exam_engine.psychometrics.assembly.model import AssemblyModel, NamedRow, RowCode
from exam_engine.psychometrics.assembly.specification import ItemPool, TestSpecification, cell_label

ShortageCode = Literal["cell_supply", "pool_supply", "cells_exceed_length", "cells_below_length"]

_STATISTICAL: Final[frozenset[RowCode]] = frozenset({"information_closeness", "score_closeness"})
"""Dropped first whenever the rest is impossible without them: a board can change counts more easily."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One requirement that cannot be met, or that cannot be met together with the others named.

    Attributes
    ----------
    code : a ``ShortageCode``, which stands alone, or a ``RowCode`` of the specification.
    data : the figures, JSON values.
    """

    code: ShortageCode | RowCode
    data: Mapping[str, Any]

    def __str__(self) -> str:
        """Say it in English, for logs; user-facing words come from the message catalogue."""
        figures = dict(self.data)
        where = figures.pop("where", None)
        cell = f" {cell_label(where)}" if where else ""
        return f"{self.code}{cell} ({', '.join(f'{name} {value}' for name, value in figures.items())})"


class InfeasibleError(ValueError):
    """No forms meet the specification.

    Attributes
    ----------
    conflicts : shortages, each of which must be mended; or requirements of which at least one must give way.
    kind : ``shortages`` or ``contradiction``.
    is_minimal : whether no requirement named could be left out of the explanation; False when the search for a
        shorter one met its node limit.
    """

    def __init__(
        self, kind: Literal["shortages", "contradiction"], conflicts: tuple[Conflict, ...], *, is_minimal: bool
    ) -> None:
        super().__init__(f"no forms meet the specification; {kind}: " + "; ".join(map(str, conflicts)))
        self.kind = kind
        self.conflicts = conflicts
        self.is_minimal = is_minimal


def find_shortages(pool: ItemPool, specification: TestSpecification) -> tuple[Conflict, ...]:
    """What can be seen by counting: cells and pool with too few items, cells that do not add up to the length."""
    usable = ~pool.among(specification.exclude)
    # How many forms each item can serve.
    uses = np.full(len(pool.item_ids), min(specification.max_uses, specification.n_forms))
    uses[pool.among(specification.include)] = specification.n_forms
    uses[~usable] = 0
    conflicts: list[Conflict] = []

    def supply(chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], needed: int) -> dict[str, Any] | None:
        available = int((chosen & usable).sum())
        if available >= needed and int(uses[chosen].sum()) >= needed * specification.n_forms:
            return None
        return {
            "needed_per_form": needed,
            "n_forms": specification.n_forms,
            "max_uses": specification.max_uses,
            "available": available,
            "excluded": int((chosen & ~usable).sum()),
        }

    for cell in specification.cells:
        short = supply(pool.matching(cell.where), cell.minimum)
        if short is not None:
            conflicts.append(Conflict("cell_supply", {"where": dict(cell.where), **short}))
    short = supply(np.ones(len(pool.item_ids), dtype=np.bool_), specification.length)
    if short is not None:
        conflicts.append(Conflict("pool_supply", short))
    conflicts.extend(_cells_against_length(pool, specification, usable))
    return tuple(conflicts)


def find_contradiction(model: AssemblyModel, *, node_limit: int) -> InfeasibleError:
    """Drop every requirement without which the rest stays impossible; what remains excludes itself.

    Which set remains depends on the order of dropping, so several orders are tried and the shortest set is told. The
    linear relaxation is asked first because it is quick; when it is possible the contradiction lies in the whole
    numbers, and the integer programme is asked instead.
    """
    integer = model.feasibility(model.rows, integer=False, node_limit=node_limit) != "impossible"
    best: tuple[NamedRow, ...] | None = None
    is_decided = True
    for order in _drop_orders(model.rows)[: 1 if integer else None]:
        kept = list(model.rows)
        undecided = False
        for row in order:
            rest = [other for other in kept if other is not row]
            answer = model.feasibility(rest, integer=integer, node_limit=node_limit)
            if answer == "impossible":
                kept = rest
            undecided |= answer == "undecided"
        if best is None or len(kept) < len(best):
            best, is_decided = tuple(kept), not undecided
    conflicts = tuple(Conflict(row.code, row.data) for row in best or model.rows)
    return InfeasibleError("contradiction", conflicts, is_minimal=is_decided)


def _drop_orders(rows: tuple[NamedRow, ...]) -> list[list[NamedRow]]:
    statistical = [row for row in rows if row.code in _STATISTICAL]
    cells = [row for row in rows if row.code == "cell"]
    others = [row for row in rows if row.code != "cell" and row.code not in _STATISTICAL]
    return [
        statistical + cells + others,
        statistical + others + cells,
        statistical + others + cells[::-1],
        statistical + others[::-1] + cells,
    ]


def _cells_against_length(
    pool: ItemPool, specification: TestSpecification, usable: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> list[Conflict]:
    """A table of disjoint cells must add up to the length; by far the commonest slip in a specification."""
    if not specification.cells:
        return []
    names = {frozenset(cell.where) for cell in specification.cells}
    if len(names) > 1:
        return []
    least = sum(cell.minimum for cell in specification.cells)
    most = sum(cell.maximum for cell in specification.cells)
    data = {"cells": len(specification.cells), "minimum": least, "maximum": most, "length": specification.length}
    if least > specification.length:
        return [Conflict("cells_exceed_length", data)]
    covered = np.zeros(len(pool.item_ids), dtype=np.bool_)
    for cell in specification.cells:
        covered |= pool.matching(cell.where)
    if most < specification.length and covered[usable].all():
        return [Conflict("cells_below_length", data)]
    return []
