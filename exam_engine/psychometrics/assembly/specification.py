"""What may be chosen (the item pool) and what every form must satisfy (the test specification)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters


class SpecificationError(ValueError):
    """A pool or specification contradicts itself; ``code`` is stable, ``data`` holds the figures of the message."""

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemPool:
    """Items that may be chosen, with what the specification speaks of.

    Parameters
    ----------
    item_ids : J distinct ids.
    a, b : (J,) slope (per logit, positive) and difficulty (logits).
    attributes : attribute name → J values, for example ``{"module": (…), "level": (…)}``.
    expected_seconds : (J,) positive, or None when no specification will limit working time.
    enemies : sets of two or more item ids of which a form may hold one at most.
    c : (J,) lower asymptotes in [0, 1), 0 for an item without one; None when no item has one (2PL).

    Raises
    ------
    SpecificationError
        ``pool_shape``, ``repeated_item``, ``parameter_not_finite``, ``slope_not_positive``, ``asymptote_out_of_range``,
        ``seconds_not_positive``, ``unknown_item`` or ``enemy_set_too_small``.
    """

    item_ids: tuple[str, ...]
    a: FloatArray
    b: FloatArray
    attributes: Mapping[str, Sequence[str]]
    expected_seconds: FloatArray | None = None
    enemies: tuple[frozenset[str], ...] = ()
    c: FloatArray | None = None

    def __post_init__(self) -> None:
        """Check every part against the item ids."""
        n_items = len(self.item_ids)
        lengths = {"a": len(self.a), "b": len(self.b)}
        if self.c is not None:
            lengths["c"] = len(self.c)
        lengths |= {name: len(values) for name, values in self.attributes.items()}
        if self.expected_seconds is not None:
            lengths["expected_seconds"] = len(self.expected_seconds)
        for name, length in lengths.items():
            if length != n_items:
                raise SpecificationError(
                    "pool_shape", f"{name} has {length} values for {n_items} items", name=name, values=length
                )
        known = set(self.item_ids)
        if len(known) < n_items:
            repeated = next(item for item in self.item_ids if self.item_ids.count(item) > 1)
            raise SpecificationError("repeated_item", f"item {repeated!r} is in the pool twice", item=repeated)
        for index, (a, b) in enumerate(zip(self.a.tolist(), self.b.tolist(), strict=True)):
            item = self.item_ids[index]
            if not (math.isfinite(a) and math.isfinite(b)):
                raise SpecificationError(
                    "parameter_not_finite", f"item {item!r}: a = {a}, b = {b}; calibrate it or leave it out", item=item
                )
            if a <= 0.0:
                # a² would reward such an item for its wrong key.
                raise SpecificationError(
                    "slope_not_positive", f"item {item!r}: slope {a} is not positive; check its key", item=item
                )
            if self.c is not None and not 0.0 <= self.c[index] < 1.0:
                c = float(self.c[index])
                raise SpecificationError(
                    "asymptote_out_of_range", f"item {item!r}: lower asymptote {c} is not in [0, 1)", item=item
                )
            if self.expected_seconds is not None and not 0.0 < self.expected_seconds[index] < math.inf:
                seconds = float(self.expected_seconds[index])
                raise SpecificationError(
                    "seconds_not_positive", f"item {item!r}: expected time {seconds} s is not positive", item=item
                )
        for enemy_set in self.enemies:
            _refuse_unknown("enemy set", enemy_set, known)
            if len(enemy_set) < 2:
                raise SpecificationError("enemy_set_too_small", f"enemy set {sorted(enemy_set)} needs two items")

    @property
    def parameters(self) -> ItemParameters:
        """Response functions of the items."""
        return ItemParameters.dichotomous(self.item_ids, self.a, self.b, self.c)

    def matching(self, where: Mapping[str, str]) -> BoolArray:
        """(J,) which items have all the given attribute values."""
        chosen = np.ones(len(self.item_ids), dtype=np.bool_)
        for name, value in where.items():
            chosen &= np.array([own == value for own in self.attributes[name]], dtype=np.bool_)
        return chosen

    def among(self, items: Iterable[str]) -> BoolArray:
        """(J,) which items are among the given ids."""
        wanted = set(items)
        return np.array([item in wanted for item in self.item_ids], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class CellRequirement:
    """How many items of a form have the given attribute values.

    Parameters
    ----------
    where : attribute name → value, for example ``{"module": "IU03", "level": "VDC"}``.
    minimum, maximum : bounds on the count in each form, 0 ≤ minimum ≤ maximum.
    """

    where: Mapping[str, str]
    minimum: int
    maximum: int

    def __post_init__(self) -> None:
        """Refuse an empty cell description or range."""
        if not self.where:
            raise SpecificationError("cell_without_attributes", "a cell must name at least one attribute")
        if not 0 <= self.minimum <= self.maximum:
            raise SpecificationError(
                "cell_range",
                f"cell {cell_label(self.where)}: at least {self.minimum} and at most {self.maximum} is no range",
                where=dict(self.where),
                minimum=self.minimum,
                maximum=self.maximum,
            )

    @classmethod
    def exactly(cls, count: int, **where: str) -> Self:
        """Exactly ``count`` items with the given attribute values."""
        return cls(where, count, count)


@dataclass(frozen=True, kw_only=True)
class TestSpecification:
    """What every form, and the set of forms, must satisfy.

    Parameters
    ----------
    n_forms, length : number of forms and of items in each.
    theta_cut : ability at the cut score, where the least informative form is made as informative as possible.
    theta_points : further abilities where the forms must be equally informative.
    information_tolerance : at θ_cut and at every further point, the largest information of any form may exceed the
        smallest by this fraction.
    score_tolerance : largest difference between forms in expected number right at θ_cut; None for no limit.
    cells : counts by attribute.
    seconds : least and greatest total expected seconds of a form; None for no limit.
    max_uses : forms in which one item may appear.
    include : items that every form holds (anchor items); ``max_uses`` does not count for them.
    exclude : items that no form holds.

    Raises
    ------
    SpecificationError
        ``out_of_range``, ``repeated_cell`` or ``included_and_excluded``.
    """

    __test__: ClassVar[bool] = False  # the name is the field's own; this keeps test runners from collecting the class

    n_forms: int
    length: int
    theta_cut: float
    theta_points: tuple[float, ...] = ()
    information_tolerance: float = 0.05
    score_tolerance: float | None = None
    cells: tuple[CellRequirement, ...] = ()
    seconds: tuple[float, float] | None = None
    max_uses: int = 1
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse figures that no pool could satisfy."""
        for name in ("n_forms", "length", "max_uses"):
            if getattr(self, name) < 1:
                raise SpecificationError("out_of_range", f"{name} is {getattr(self, name)}; at least 1", name=name)
        if not all(math.isfinite(theta) for theta in self.thetas):
            raise SpecificationError("out_of_range", f"abilities {self.thetas} must be finite", name="theta_points")
        if not self.information_tolerance > 0.0:
            raise SpecificationError(
                "out_of_range", "information_tolerance must be positive", name="information_tolerance"
            )
        if self.score_tolerance is not None and not self.score_tolerance > 0.0:
            raise SpecificationError("out_of_range", "score_tolerance must be positive", name="score_tolerance")
        if self.seconds is not None and not 0.0 <= self.seconds[0] <= self.seconds[1]:
            raise SpecificationError("out_of_range", f"seconds {self.seconds} is no range", name="seconds")
        seen: set[frozenset[tuple[str, str]]] = set()
        for cell in self.cells:
            key = frozenset(cell.where.items())
            if key in seen:
                raise SpecificationError(
                    "repeated_cell", f"cell {cell_label(cell.where)} is given twice", where=dict(cell.where)
                )
            seen.add(key)
        both = self.include & self.exclude
        if both:
            raise SpecificationError(
                "included_and_excluded", f"items {sorted(both)} are both included and excluded", items=sorted(both)
            )

    @property
    def thetas(self) -> tuple[float, ...]:
        """Every ability at which information is compared, θ_cut first, none twice."""
        return tuple(dict.fromkeys((self.theta_cut, *self.theta_points)))

    def refuse_unknown_names(self, pool: ItemPool) -> None:
        """Check that the pool has the attributes, times and items the specification speaks of.

        Raises
        ------
        SpecificationError
            ``unknown_attribute``, ``unknown_item`` or ``seconds_unknown``.
        """
        for cell in self.cells:
            for name in cell.where:
                if name not in pool.attributes:
                    raise SpecificationError(
                        "unknown_attribute",
                        f"cell {cell_label(cell.where)}: the pool has no attribute {name!r}",
                        attribute=name,
                        known=sorted(pool.attributes),
                    )
        known = set(pool.item_ids)
        _refuse_unknown("include", self.include, known)
        _refuse_unknown("exclude", self.exclude, known)
        if self.seconds is not None and pool.expected_seconds is None:
            raise SpecificationError("seconds_unknown", "a limit on working time needs expected_seconds in the pool")


def cell_label(where: Mapping[str, str]) -> str:
    """The cell's values joined for a message, ``IU03 × VDC``."""
    return " × ".join(where.values())


def _refuse_unknown(place: str, items: Iterable[str], known: set[str]) -> None:
    unknown = sorted(set(items) - known)
    if unknown:
        raise SpecificationError("unknown_item", f"{place}: {unknown} are not in the pool", place=place, items=unknown)
