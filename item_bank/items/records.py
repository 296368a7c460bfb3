"""What questions to the bank take and give: a filter, an item with its current version and parameters."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

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


class PoolRow(NamedTuple):
    """An item that forms may be made of, with its current version, key and parameters in force.

    ``key`` is the letter of the right option; it serves the balance of keys and leaves the server never.
    """

    item_id: UUID
    version_id: UUID
    code: str
    module_code: str
    cognitive_level: str
    stem_text: str
    stem_digest: str
    words: int
    a: float
    b: float
    c: float | None
    is_simulated: bool
    key: str
