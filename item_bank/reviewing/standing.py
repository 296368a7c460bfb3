"""All that is known about an item besides what it says: who it belongs to, what was done with it, where it was used."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.delivery.exposure import ItemExposure, item_exposures
from exam_engine.forms.models import Form, FormItem
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.items import queries as item_queries
from item_bank.items.errors import ItemNotFoundError
from item_bank.items.history.models import ItemEvent
from item_bank.items.history.store import events_of
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Item
from item_bank.items.records import ItemRecord
from item_bank.reviewing import queries
from item_bank.reviewing.permits import ItemAct, Standing, permits


@dataclass(frozen=True, slots=True)
class FormUse:
    """A published form that holds an item, at a position counted from 1."""

    form: Form
    position: int
    version_number: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """An item as its page shows it besides its content."""

    record: ItemRecord
    permits: list[tuple[ItemAct, str | None]]
    events: list[ItemEvent]
    chain: list[Item]
    forms: list[FormUse]
    exposure: ItemExposure | None


async def whereabouts(session: AsyncSession, item_id: UUID, actor: Actor) -> Whereabouts:
    """Return what the page of an item needs.

    Raises
    ------
    ItemNotFoundError
    """
    record = await item_queries.find_record(session, item_id)
    if record is None:
        raise ItemNotFoundError
    writers = (await item_queries.writers_since_approval(session, [item_id]))[item_id]
    standing = Standing(
        item=record.item,
        version=record.version,
        writers=writers | {record.version.key_author_id},
        is_complete=await _is_complete(session, record),
        successor=await item_queries.code_of_successor(session, item_id),
    )
    exposures = await item_exposures(session, item_code=record.item.code)
    return Whereabouts(
        record=record,
        permits=list(permits(standing, actor)),
        events=await events_of(session, item_id),
        chain=await queries.supersession(session, record.item),
        forms=await _forms(session, item_id),
        exposure=exposures[0] if exposures else None,
    )


async def _is_complete(session: AsyncSession, record: ItemRecord) -> bool:
    key = (await keys_of(session, [record.version.id]))[record.version.id].key
    content = CONTENT.validate_python(record.version.content)
    return not check_item(content, None if key is None else KEY.validate_python(key))


async def _forms(session: AsyncSession, item_id: UUID) -> list[FormUse]:
    versions = {version.id: version.version_number for version in await item_queries.versions_of(session, item_id)}
    # Forms know items by their version: a code may once have meant another bank's item.
    statement = (
        select(Form, FormItem.position, FormItem.item_version_id)
        .join(FormItem, col(FormItem.form_id) == col(Form.id))
        .where(col(FormItem.item_version_id).in_(versions))
        .order_by(col(Form.published_at).desc(), col(Form.form_code))
        .limit(MOST_FORMS)
    )
    rows = await session.exec(statement)
    return [FormUse(form, position, versions[version_id]) for form, position, version_id in rows]


MOST_FORMS = 200
"""How many forms are named; personal papers are published by the hundred."""
