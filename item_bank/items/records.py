"""What questions to the bank take and give: a filter, an item with its current version and parameters."""

from dataclasses import dataclass
from uuid import UUID

from item_bank.items.models import Item, ItemParameters, ItemVersion


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are meant; an empty tuple asks for no restriction, values within one are alternatives.

    ``q`` is a text as people type it (see `search.parsing`), in which ``me`` is who asks. An assignee of None means
    items that nobody is assigned to. A reference is any entry of the syllabus, a module too, with all that lies in it.
    """

    modules: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    has_key: bool | None = None
    authors: tuple[UUID, ...] = ()
    assignees: tuple[UUID | None, ...] = ()
    tags: tuple[str, ...] = ()
    q: str = ""
    me: UUID | None = None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item with its current version and the parameters in force, if any."""

    item: Item
    version: ItemVersion
    parameters: ItemParameters | None


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item as a list shows it: without its content."""

    item: Item
    parameters: ItemParameters | None
