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

# The filter tries to drop requirements in this order, so what remains is said in the terms a board can change most
# easily: the length and the cells rather than statistical closeness.
_DROP_ORDER: Final[tuple[RowCode, ...]] = (
    "score_closeness",
    "information_closeness",
    "enemies",
    "cell",
    "seconds",
    "max_uses",
    "exclude",
    "include",
    "length",
)


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
    is_minimal : of a contradiction, whether dropping any one of its requirements makes the rest possible (False when
        the search for a smaller set met its node limit).
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

    The linear relaxation is asked first because it is quick; when it is possible the contradiction lies in the whole
    numbers, and the integer programme is asked instead.
    """
    rank = {code: position for position, code in enumerate(_DROP_ORDER)}
    rows: list[NamedRow] = sorted(model.rows, key=lambda row: rank[row.code])
    integer = not model.is_infeasible(rows, integer=False, node_limit=node_limit)
    kept = list(rows)
    for row in rows:
        rest = [other for other in kept if other is not row]
        if model.is_infeasible(rest, integer=integer, node_limit=node_limit):
            kept = rest
    order = {id(row): position for position, row in enumerate(model.rows)}
    kept.sort(key=lambda row: order[id(row)])
    conflicts = tuple(Conflict(row.code, row.data) for row in kept)
    return InfeasibleError("contradiction", conflicts, is_minimal=not integer)


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
