"""Each demand of a blueprint, by itself, against what the bank holds: what is needed, what there is at most or least.

A demand that is met here may still be impossible together with others; see ``joint``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from item_bank.assembly.bank import BankItem
from item_bank.assembly.feasibility.supply import Supply
from item_bank.blueprints.statement import KEY_LETTERS, PartRange, PointsRange, SecondsRange, WordRange

Quantity = Literal["items", "stimuli", "points", "words", "seconds"]
Status = Literal["met", "tight", "short"]
_CAPPED = ("form_length", "module_totals", "level_totals")
"""Places whose supply is told as far as the cells allow; it says nothing about a second form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One bound of a blueprint; the place is counted in its statement, as in ``cells.3``.

    With side ``minimum`` the bank reaches ``available`` at most and ``needed`` are wanted; with side ``maximum`` no
    form has less than ``available`` and more than ``needed`` are not wanted. A ``tight`` count allows one form, but no
    second one without repeating items.
    """

    place: str
    quantity: Quantity
    side: Literal["minimum", "maximum"] = "minimum"
    needed: float
    available: float
    module: str | None = None
    level: str | None = None
    reference: str | None = None
    part: PartRange | None = None
    key: str | None = None

    @property
    def missing(self) -> float:
        """By how much it is not met; 0 when it is."""
        lack = self.needed - self.available if self.side == "minimum" else self.available - self.needed
        # Points are sums of decimal fractions.
        return max(0.0, round(lack, 6))

    @property
    def status(self) -> Status:
        """Whether it is met, and whether a second form could meet it too."""
        if self.missing > 0:
            return "short"
        is_count = self.quantity in {"items", "stimuli"} and not self.place.startswith(_CAPPED)
        return "tight" if is_count and 0 < self.available < 2 * self.needed else "met"


def demands_of(supply: Supply) -> list[Demand]:
    """Return every bound that counting can judge, in the order of the statement."""
    return [
        *_length(supply),
        *_cells(supply),
        *_totals(supply),
        *_references(supply),
        *_parts(supply),
        *_stimuli(supply),
        *_keys(supply),
        *_amounts(supply),
    ]


def _length(supply: Supply) -> Iterator[Demand]:
    if supply.statement.cells:
        needed = supply.statement.form_length
        yield Demand(place="form_length", quantity="items", needed=needed, available=_reach(supply))


def _reach(supply: Supply, module: str | None = None, level: str | None = None) -> int:
    """Return how many items of a module, a level or both one form can hold: cell by cell no more than it may."""
    return sum(
        min(cell.maximum, len(supply.by_cell.get((cell.module_code, cell.cognitive_level), ())))
        for cell in supply.statement.cells
        if module in {None, cell.module_code} and level in {None, cell.cognitive_level}
    )


def _cells(supply: Supply) -> Iterator[Demand]:
    for number, cell in enumerate(supply.statement.cells):
        yield Demand(
            place=f"cells.{number}",
            quantity="items",
            needed=cell.minimum,
            available=len(supply.by_cell.get((cell.module_code, cell.cognitive_level), ())),
            module=cell.module_code,
            level=cell.cognitive_level,
        )


def _totals(supply: Supply) -> Iterator[Demand]:
    for number, row in enumerate(supply.statement.module_totals):
        yield Demand(
            place=f"module_totals.{number}",
            quantity="items",
            needed=row.minimum,
            available=_reach(supply, module=row.module_code),
            module=row.module_code,
        )
    for number, total in enumerate(supply.statement.level_totals):
        yield Demand(
            place=f"level_totals.{number}",
            quantity="items",
            needed=total.minimum,
            available=_reach(supply, level=total.cognitive_level),
            level=total.cognitive_level,
        )


def lies_in(item: BankItem, reference: str) -> bool:
    """Whether an item is about a part of the syllabus or anything in it; IU04.1 does not hold IU04.10."""
    return f"{item.reference_code}.".startswith(f"{reference}.")


def _references(supply: Supply) -> Iterator[Demand]:
    for number, row in enumerate(supply.statement.reference_totals):
        yield Demand(
            place=f"reference_totals.{number}",
            quantity="items",
            needed=row.minimum,
            available=sum(lies_in(item, row.reference_code) for item in supply.in_cells),
            module=row.reference_code.split(".", maxsplit=1)[0],
            reference=row.reference_code,
        )


def _parts(supply: Supply) -> Iterator[Demand]:
    for number, part in enumerate(supply.statement.parts):
        items = [item for item in supply.in_cells if item.interaction in part.interactions]
        place = f"parts.{number}"
        yield Demand(place=place, quantity="items", needed=part.minimum, available=len(items), part=part)
        points = sorted(item.points for item in items)
        if part.minimum_points is not None:
            most = sum(points[max(0, len(points) - part.maximum) :])
            yield Demand(place=place, quantity="points", needed=part.minimum_points, available=most, part=part)
        if part.maximum_points is not None and len(points) >= part.minimum:
            least = sum(points[: part.minimum])
            yield Demand(
                place=place, quantity="points", side="maximum", needed=part.maximum_points, available=least, part=part
            )


def _stimuli(supply: Supply) -> Iterator[Demand]:
    if (rule := supply.statement.stimuli) is not None:
        sizes = Counter(item.stimulus for item in supply.in_cells if item.stimulus)
        whole = sum(size >= rule.items_minimum for size in sizes.values())
        yield Demand(place="stimuli", quantity="stimuli", needed=rule.minimum, available=whole)


def _keys(supply: Supply) -> Iterator[Demand]:
    if (balance := supply.statement.key_balance) is not None:
        found = Counter(item.key for item in supply.in_cells)
        for letter in KEY_LETTERS:
            yield Demand(
                place="key_balance", quantity="items", needed=balance.minimum, available=found[letter], key=letter
            )


def _amounts(supply: Supply) -> Iterator[Demand]:
    plan = supply.statement
    length = plan.form_length
    measures: tuple[tuple[Quantity, int | None, int | None, Callable[[BankItem], float]], ...] = (
        ("words", *_bounds(plan.words), lambda item: float(item.words)),
        ("seconds", *_bounds(plan.seconds), lambda item: float(supply.seconds(item))),
        ("points", *_bounds(plan.points), lambda item: item.points),
    )
    for quantity, minimum, maximum, measure in measures:
        values: Sequence[float] = sorted(map(measure, supply.in_cells))
        if len(values) < length:
            # The length itself is told to be out of reach; sums over fewer items would say nothing.
            continue
        if minimum is not None:
            most = sum(values[len(values) - length :])
            yield Demand(place=quantity, quantity=quantity, needed=minimum, available=most)
        if maximum is not None:
            least = sum(values[:length])
            yield Demand(place=quantity, quantity=quantity, side="maximum", needed=maximum, available=least)


def _bounds(bounds: PointsRange | WordRange | SecondsRange | None) -> tuple[int | None, int | None]:
    return (None, None) if bounds is None else (bounds.minimum, bounds.maximum)
