"""Items of the bank handed over for publication: what candidates see, with the key apart."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.forms.schemas import PublishedItem, PublishedStimulus
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.items import queries
from item_bank.items import service as items_service
from item_bank.items.errors import KeyMissingError
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Item, ItemVersion, StimulusVersion
from item_bank.syllabus import service as syllabus_service


async def published_items(session: AsyncSession, version_ids: Iterable[UUID]) -> dict[UUID, PublishedItem]:
    """Return the items to publish by the id of their version."""
    wanted = sorted(set(version_ids))
    modules = (await syllabus_service.find_syllabus(session)).modules
    versions = await items_service.versions_by_id(session, wanted)
    keys = await keys_of(session, wanted)
    statement = select(Item.id, Item.code).where(col(Item.id).in_({version.item_id for version in versions.values()}))
    codes = dict((await session.exec(statement)).all())
    stimuli = await _stimuli(session, versions.values())
    found = {}
    for version in versions.values():
        key = keys[version.id].key
        if key is None:
            raise KeyMissingError(item=codes[version.item_id])
        found[version.id] = PublishedItem(
            item_code=codes[version.item_id],
            item_version_id=version.id,
            module_code=version.module_code,
            module_name=modules[version.module_code].name,
            cognitive_level=version.cognitive_level,
            points=Decimal(version.points),
            content=CONTENT.validate_python(version.content),
            key=KEY.validate_python(key),
            stimulus=stimuli.get(version.stimulus_version_id) if version.stimulus_version_id is not None else None,
        )
    return found


async def _stimuli(session: AsyncSession, versions: Iterable[ItemVersion]) -> dict[UUID, PublishedStimulus]:
    wanted = {version.stimulus_version_id for version in versions} - {None}
    found = {}
    for batch in queries.batches(sorted(wanted, key=str)):
        rows = await session.exec(select(StimulusVersion).where(col(StimulusVersion.id).in_(batch)))
        for row in rows:
            found[row.id] = PublishedStimulus(
                stimulus_version_id=row.id, title=row.title, language=row.language, content=row.content
            )
    return found
