"""The items of an adaptive test: parameters, content areas and enemies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AdaptivePool:
    """Items from which tests are made one item at a time; J items, A content areas.

    Parameters
    ----------
    items : J items of any models.
    areas : J content areas, one an item; all items are of one unnamed area when None.
    enemies : sets of item names of which a candidate may see at most one.

    Attributes
    ----------
    area_names : the A areas in alphabetical order.
    area_of : (J,) position of each item's area in ``area_names``.
    closes : (J, E) for each item, the items that nobody who has it may have later: itself and its enemies; filled up
        with J.

    Raises
    ------
    AdaptiveTestError
        ``empty_pool``, ``bad_areas`` or ``unknown_item``.
    """

    items: ItemParameters
    areas: tuple[str, ...] | None = None
    enemies: tuple[tuple[str, ...], ...] = ()
    area_names: tuple[str, ...] = field(init=False)
    area_of: IntArray = field(init=False)
    closes: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Check the parts against each other and number the areas."""
        n_items = len(self.items)
        if n_items == 0:
            raise AdaptiveTestError("empty_pool", "the pool has no items")
        areas = self.areas if self.areas is not None else ("",) * n_items
        if len(areas) != n_items:
            raise AdaptiveTestError(
                "bad_areas", f"{len(areas)} content areas for {n_items} items; give each item one", areas=len(areas)
            )
        names, area_of = np.unique(np.array(areas), return_inverse=True)
        object.__setattr__(self, "area_names", tuple(str(name) for name in names))
        object.__setattr__(self, "area_of", area_of.astype(np.intp))
        object.__setattr__(self, "closes", self._closed_by_each())

    @classmethod
    def from_positions(
        cls, items: ItemParameters, areas: Sequence[str] | None = None, enemies: Sequence[Sequence[int]] = ()
    ) -> Self:
        """The same with enemy sets as positions in ``items``."""
        return cls(
            items=items,
            areas=None if areas is None else tuple(areas),
            enemies=tuple(tuple(items.names[item] for item in group) for group in enemies),
        )

    def _closed_by_each(self) -> IntArray:
        place = {name: item for item, name in enumerate(self.items.names)}
        closed = [{item} for item in range(len(self.items))]
        for group in self.enemies:
            unknown = [name for name in group if name not in place]
            if unknown:
                raise AdaptiveTestError(
                    "unknown_item", f"enemy item {unknown[0]!r} is not in the pool; correct its name", item=unknown[0]
                )
            members = {place[name] for name in group}
            for item in members:
                closed[item] |= members
        table = np.full((len(closed), max(map(len, closed))), len(closed), dtype=np.intp)
        for item, members in enumerate(closed):
            table[item, : len(members)] = sorted(members)
        return table
