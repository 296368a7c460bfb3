"""What may be chosen: items with their response functions, categories, quantities, stimuli and enemies."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters

ANY: Final = "*"
"""As the value of an attribute in a condition: any value, as long as there is one."""

ITEM: Final = "item"
STIMULUS: Final = "stimulus"
"""Names that a condition may use besides the pool's own attributes."""


class SpecificationError(ValueError):
    """A pool or specification contradicts itself; ``code`` is stable, ``data`` holds the figures of the message."""

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class Interval:
    """Values of a quantity from ``minimum`` to ``maximum``, both included."""

    minimum: float = -math.inf
    maximum: float = math.inf

    def __str__(self) -> str:
        """``3…5``, ``≥ 3`` or ``≤ 5``."""
        if self.minimum == -math.inf:
            return f"≤ {self.maximum:g}"
        return f"≥ {self.minimum:g}" if self.maximum == math.inf else f"{self.minimum:g}…{self.maximum:g}"


Where = Mapping[str, str | Collection[str] | Interval]
"""A condition on items: attribute → the value, one of several values, ``ANY``, or an interval of a quantity.

All parts must hold. ``{"module": "IU03", "level": ("VD", "VDC"), "months_since": Interval(6)}``; ``"item"`` and
``"stimulus"`` stand for the ids.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemPool:
    """J items that may be chosen, with what a specification speaks of.

    Parameters
    ----------
    parameters : response functions; their names are the item ids.
    attributes : attribute → J values (``module``, ``level``, ``key`` …); an empty text where an item has none.
    quantities : quantity → (J,) finite amounts (``words``, ``seconds``, ``points``, ``previous_uses``,
        ``months_since`` …).
    stimuli : J stimulus ids, an empty text for an item on its own; empty when the pool has no stimuli.
    stimulus_quantities : quantity → stimulus id → amount of the stimulus itself (words of its passage).
    enemies : sets of two or more item ids of which a form may hold only so many (see ``EnemyLimit``).

    Raises
    ------
    SpecificationError
        ``pool_empty``, ``pool_shape``, ``quantity_not_finite``, ``slope_not_positive``, ``reserved_name``,
        ``unknown_item``, ``unknown_stimulus``, ``unknown_quantity`` or ``enemy_set_too_small``.
    """

    parameters: ItemParameters
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quantities: Mapping[str, FloatArray] = field(default_factory=dict)
    stimuli: tuple[str, ...] = ()
    stimulus_quantities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    enemies: tuple[frozenset[str], ...] = ()

    def __post_init__(self) -> None:
        """Check every part against the item ids."""
        n_items = len(self.item_ids)
        if n_items == 0:
            raise SpecificationError("pool_empty", "the pool has no items")
        lengths = {name: len(values) for name, values in self.attributes.items()}
        lengths |= {name: len(amounts) for name, amounts in self.quantities.items()}
        if self.stimuli:
            lengths[STIMULUS] = len(self.stimuli)
        for name, length in lengths.items():
            if length != n_items:
                raise SpecificationError(
                    "pool_shape", f"{name} has {length} values for {n_items} items", name=name, values=length
                )
        for name in (ITEM, STIMULUS):
            if name in self.attributes or name in self.quantities:
                raise SpecificationError("reserved_name", f"no attribute may be called {name!r}", name=name)
        for name, amounts in self.quantities.items():
            wrong = np.flatnonzero(~np.isfinite(amounts))
            if wrong.size:
                item = self.item_ids[wrong[0]]
                raise SpecificationError(
                    "quantity_not_finite",
                    f"item {item!r}: {name} is {amounts[wrong[0]]}; give it a number or leave the item out",
                    item=item,
                    name=name,
                )
        for item, slope in zip(self.item_ids, self.parameters.a.tolist(), strict=True):
            if slope <= 0.0:
                # Information grows with a², which would reward such an item for its wrong key.
                raise SpecificationError(
                    "slope_not_positive", f"item {item!r}: slope {slope} is not positive; check its key", item=item
                )
        for name, of_stimulus in self.stimulus_quantities.items():
            if name not in self.quantities:
                raise SpecificationError("unknown_quantity", f"{name!r} is a quantity of no item", name=name)
            for stimulus, amount in of_stimulus.items():
                if stimulus not in self._stimulus_places:
                    raise SpecificationError(
                        "unknown_stimulus", f"no item belongs to stimulus {stimulus!r}", stimulus=stimulus
                    )
                if not math.isfinite(amount):
                    raise SpecificationError(
                        "quantity_not_finite", f"stimulus {stimulus!r}: {name} is {amount}", item=stimulus, name=name
                    )
        for enemy_set in self.enemies:
            self.refuse_unknown("enemy set", enemy_set)
            if len(enemy_set) < 2:
                raise SpecificationError("enemy_set_too_small", f"enemy set {sorted(enemy_set)} needs two items")

    @property
    def item_ids(self) -> tuple[str, ...]:
        """J item ids, in the order of every array."""
        return self.parameters.names

    @cached_property
    def stimulus_ids(self) -> tuple[str, ...]:
        """S stimulus ids, in the order of first occurrence."""
        return tuple(dict.fromkeys(stimulus for stimulus in self.stimuli if stimulus))

    @cached_property
    def stimulus_of(self) -> IntArray:
        """(J,) index into ``stimulus_ids``, −1 for an item on its own."""
        if not self.stimuli:
            return np.full(len(self.item_ids), -1, dtype=np.intp)
        return np.array([self._stimulus_places.get(stimulus, -1) for stimulus in self.stimuli], dtype=np.intp)

    @cached_property
    def _stimulus_places(self) -> dict[str, int]:
        return {stimulus: index for index, stimulus in enumerate(self.stimulus_ids)}

    @cached_property
    def known_amounts(self) -> dict[str, Any]:
        """What was computed of measures, by their text: every engine and every form asks for the same ones."""
        return {}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Item id → index."""
        return {item: index for index, item in enumerate(self.item_ids)}

    @cached_property
    def enemy_places(self) -> tuple[IntArray, ...]:
        """Enemy sets as sorted item indices."""
        return tuple(self.indices(enemies) for enemies in self.enemies)

    def indices(self, items: Iterable[str]) -> IntArray:
        """Sorted indices of item ids."""
        return np.array(sorted(self.places[item] for item in set(items)), dtype=np.intp)

    def matching(self, where: Where) -> BoolArray:
        """(J,) which items meet the condition; all when it is empty.

        Raises
        ------
        SpecificationError
            ``unknown_attribute``, ``unknown_item``, or ``interval_of_attribute`` where a quantity is needed.
        """
        chosen = np.ones(len(self.item_ids), dtype=np.bool_)
        for name, wanted in where.items():
            chosen &= self._matching_one(name, wanted)
        return chosen

    def stimulus_amounts(self, quantity: str) -> FloatArray:
        """(S,) amounts of the stimuli themselves, 0 where none is given."""
        given = self.stimulus_quantities.get(quantity, {})
        return np.array([given.get(stimulus, 0.0) for stimulus in self.stimulus_ids], dtype=np.float64)

    def take(self, items: IntArray) -> "ItemPool":
        """The pool of only the items at the given indices; enemy sets and stimuli shrink with it."""
        kept = {self.item_ids[index] for index in items}
        stimuli = tuple(self.stimuli[index] for index in items) if self.stimuli else ()
        return ItemPool(
            parameters=self.parameters.take(items),
            attributes={name: [values[index] for index in items] for name, values in self.attributes.items()},
            quantities={name: np.asarray(amounts)[items] for name, amounts in self.quantities.items()},
            stimuli=stimuli,
            stimulus_quantities={
                name: {stimulus: amount for stimulus, amount in given.items() if stimulus in stimuli}
                for name, given in self.stimulus_quantities.items()
            },
            enemies=tuple(left for enemies in self.enemies if len(left := enemies & kept) > 1),
        )

    def refuse_unknown(self, place: str, items: Iterable[str]) -> None:
        """Raise ``unknown_item`` when an id is not in the pool."""
        unknown = sorted(set(items) - self.places.keys())
        if unknown:
            raise SpecificationError(
                "unknown_item", f"{place}: {unknown} are not in the pool", place=place, items=unknown
            )

    def _matching_one(self, name: str, wanted: str | Collection[str] | Interval) -> BoolArray:
        if name in self.quantities and isinstance(wanted, Interval):
            amounts = np.asarray(self.quantities[name])
            return np.asarray((amounts >= wanted.minimum) & (amounts <= wanted.maximum), dtype=np.bool_)
        values: Sequence[str]
        if name == ITEM:
            values = self.item_ids
        elif name == STIMULUS:
            values = self.stimuli or ("",) * len(self.item_ids)
        elif name in self.attributes:
            values = self.attributes[name]
        else:
            known = sorted([*self.attributes, *self.quantities])
            raise SpecificationError(
                "unknown_attribute", f"the pool has no attribute {name!r}", attribute=name, known=known
            )
        if isinstance(wanted, Interval):
            raise SpecificationError(
                "interval_of_attribute", f"{name!r} is not a number; name its values", attribute=name
            )
        if wanted == ANY:
            return np.array([bool(value) for value in values], dtype=np.bool_)
        wanted_values = {wanted} if isinstance(wanted, str) else set(wanted)
        if name == ITEM:
            self.refuse_unknown("condition", wanted_values)
        return np.array([value in wanted_values for value in values], dtype=np.bool_)


def describe(where: Where) -> str:
    """The condition's values joined for a message, ``IU03 × VDC``."""
    return " × ".join(
        value if isinstance(value, str) else str(value) if isinstance(value, Interval) else "/".join(sorted(value))
        for value in where.values()
    )
