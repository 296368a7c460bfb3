"""Which acts take an act back: those that lead every item to exactly the state it had."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from item_bank.items.workflow import Act, ItemStatus

_WAYS_BACK: dict[tuple[Act, ItemStatus], tuple[Act, ...]] = {
    ("submit", "draft"): ("withdraw",),
    # What was returned or revised cannot come back as such: a reviewer's word stands in between.
    ("withdraw", "in_review"): ("submit",),
    ("pretest", "approved"): ("suspend", "resume"),
    ("release", "approved"): ("suspend", "resume"),
    ("release", "pretest"): ("suspend", "resume", "pretest"),
    ("suspend", "approved"): ("resume",),
    ("suspend", "pretest"): ("resume", "pretest"),
    ("suspend", "operational"): ("resume", "release"),
    ("resume", "suspended"): ("suspend",),
}
"""By act and former state. Approving, returning and retiring are decisions: they stay, and others follow them."""


class Moved(NamedTuple):
    """An item that an act led on, and from where."""

    item_id: UUID
    before: ItemStatus


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One act on some items; steps are taken in order."""

    act: Act
    item_ids: tuple[UUID, ...]


def way_back(act: Act, moved: Iterable[Moved]) -> tuple[UndoStep, ...]:
    """Return the acts that take an act back; items that cannot come back as they were are in none of them."""
    groups: dict[tuple[Act, ...], list[UUID]] = {}
    for item_id, before in moved:
        if acts := _WAYS_BACK.get((act, before)):
            groups.setdefault(acts, []).append(item_id)
    return tuple(UndoStep(one, tuple(ids)) for acts, ids in groups.items() for one in acts)
