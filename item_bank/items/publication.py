"""Items of the bank handed over for publication: what candidates see, with the key apart."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.forms.schemas import PublishedItem
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Item
from item_bank.syllabus import service as syllabus_service


async def published_items(session: AsyncSession, version_ids: Iterable[UUID]) -> dict[UUID, PublishedItem]:
    """Return the items to publish by the id of their version."""
    wanted = sorted(set(version_ids))
    modules = (await syllabus_service.find_syllabus(session)).modules
    versions = await items_service.versions_by_id(session, wanted)
    keys = await keys_of(session, wanted)
    statement = select(Item.id, Item.code).where(col(Item.id).in_({version.item_id for version in versions.values()}))
    codes = dict((await session.exec(statement)).all())
    found = {}
    for version in versions.values():
        options: list[dict[str, Any]] = version.content["options"]
        correct = keys[version.id].correct
        found[version.id] = PublishedItem(
            item_code=codes[version.item_id],
            item_version_id=version.id,
            module_code=version.module_code,
            module_name=modules[version.module_code].name,
            cognitive_level=version.cognitive_level,
            points=Decimal(version.points),
            stem=version.content["stem"],
            options=[option["html"] for option in options],
            correct=[index for index, option in enumerate(options) if option["id"] in correct],
        )
    return found
