"""What questions to the bank take and give: a filter, an item with its current version and parameters."""

from dataclasses import dataclass

from item_bank.items.models import Item, ItemParameters, ItemVersion


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are meant; None asks for no restriction."""

    module: str | None = None
    level: str | None = None
    status: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item with its current version and the parameters in force, if any."""

    item: Item
    version: ItemVersion
    parameters: ItemParameters | None
