"""What the bank holds for the forms of a blueprint: of each module and level, and which items stay out and why."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from item_bank.assembly.bank import BankItem
from item_bank.blueprints.statement import BlueprintStatement

Cell = tuple[str, str]
"""A module's code and a cognitive level."""


@dataclass(frozen=True, slots=True)
class CellSupply:
    """What the bank holds of one module and level.

    ``available`` may stand in a form; ``held_back`` rest or were used too often; ``other_kinds`` are of kinds that no
    part takes. ``mean_points`` and ``mean_seconds`` are over what is available, None where there is nothing.
    """

    available: int
    held_back: int
    other_kinds: int
    mean_points: float | None
    mean_seconds: float | None


@dataclass(frozen=True)
class Supply:
    """The items that may stand in a form, whatever their module and level, and the counts of those that may not."""

    statement: BlueprintStatement
    items: tuple[BankItem, ...]
    held_back: Mapping[Cell, int]
    other_kinds: Mapping[Cell, int]

    @cached_property
    def by_cell(self) -> dict[Cell, list[BankItem]]:
        """The items by module and level."""
        found: defaultdict[Cell, list[BankItem]] = defaultdict(list)
        for item in self.items:
            found[(item.module_code, item.cognitive_level)].append(item)
        return dict(found)

    @cached_property
    def in_cells(self) -> list[BankItem]:
        """The items of the modules and levels that the blueprint names."""
        cells = {(cell.module_code, cell.cognitive_level) for cell in self.statement.cells}
        return [item for item in self.items if (item.module_code, item.cognitive_level) in cells]

    @cached_property
    def cells(self) -> dict[Cell, CellSupply]:
        """Every cell of which the bank has anything."""
        named = sorted({*self.by_cell, *self.held_back, *self.other_kinds})
        return {cell: self._cell(cell) for cell in named}

    def seconds(self, item: BankItem) -> int:
        """Return the working time of an item: what its author expects, else what its level is assumed to take."""
        return item.expected_seconds or self.statement.seconds_per_item.of(item.cognitive_level)

    def _cell(self, cell: Cell) -> CellSupply:
        items = self.by_cell.get(cell, [])
        count = len(items)
        return CellSupply(
            available=count,
            held_back=self.held_back.get(cell, 0),
            other_kinds=self.other_kinds.get(cell, 0),
            mean_points=sum(item.points for item in items) / count if count else None,
            mean_seconds=sum(self.seconds(item) for item in items) / count if count else None,
        )


def supply_of(items: Sequence[BankItem], statement: BlueprintStatement, *, now: datetime) -> Supply:
    """Return what may stand in a form, and count what may not."""
    usable: list[BankItem] = []
    held_back, other_kinds = Counter[Cell](), Counter[Cell]()
    for item in items:
        cell = (item.module_code, item.cognitive_level)
        if not statement.takes(item.interaction):
            other_kinds[cell] += 1
        elif _is_held_back(item, statement, now):
            held_back[cell] += 1
        else:
            usable.append(item)
    return Supply(statement, tuple(usable), held_back, other_kinds)


def _is_held_back(item: BankItem, statement: BlueprintStatement, now: datetime) -> bool:
    rests = statement.rest_months is not None and item.exposure.months_since(now) < statement.rest_months
    most = statement.maximum_previous_uses
    return rests or (most is not None and item.exposure.sittings > most)
