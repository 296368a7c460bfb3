"""What the bank knows of the items that a source speaks of."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.interactions.keys import KEY
from item_bank.calibration.score_levels import Levels, score_levels
from item_bank.calibration.sources.collected import KnownItem
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemVersion
from item_bank.items.pool import key_place
from item_bank.items.records import ItemRecord


async def known_items(session: AsyncSession, records: dict[str, ItemRecord]) -> dict[str, KnownItem]:
    """Return for each code what a source must know of the current version; items without a key are left out."""
    keys = await keys_of(session, [record.version.id for record in records.values()])
    found: dict[str, KnownItem] = {}
    for code, record in records.items():
        key = keys[record.version.id].key if record.version.id in keys else None
        if key is None:
            continue
        options = [option["id"] for option in record.version.content.get("options", ())]
        levels = score_levels(KEY.validate_python(key), len(options))
        is_single = record.item.interaction == "single_choice"
        found[code] = KnownItem(
            option_count=len(options) if is_single else 0,
            key=options.index(key_place(key)) if is_single else -1,
            highest_score=None if levels is None else len(levels) - 1,
        )
    return found


async def levels_of(session: AsyncSession, versions: Sequence[ItemVersion]) -> dict[UUID, Levels | None]:
    """Return the score categories of versions; None where people mark or nothing is the key."""
    keys = await keys_of(session, [version.id for version in versions])
    levels: dict[UUID, Levels | None] = {}
    for version in versions:
        key = keys[version.id].key if version.id in keys else None
        options = version.content.get("options", ())
        levels[version.id] = None if key is None else score_levels(KEY.validate_python(key), len(options))
    return levels
