"""Asking for surveys, what they need, and what they found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.jobs import service as jobs
from exam_engine.interactions.content import CONTENT
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.queries import batches
from item_bank.items.records import ItemFilter
from item_bank.items.search.queries import matching_ids
from item_bank.quality import queries
from item_bank.quality.duplicates import ItemText
from item_bank.quality.reading import item_text
from item_bank.quality.survey.computing import SurveyedItem
from item_bank.quality.survey.errors import NothingToSurveyError, SurveyNotFoundError, SurveyNotReadyError

JOB_KIND = "item_survey"


async def start_survey(session: AsyncSession, *, wanted: ItemFilter, actor: Actor, now: datetime) -> tuple[UUID, int]:
    """Queue a survey of all items that match; return the id of the job and how many items it is about.

    What depends on keys is looked at only for those who may read them when they ask.

    Raises
    ------
    NothingToSurveyError
    """
    item_ids = await matching_ids(session, wanted)
    if not item_ids:
        raise NothingToSurveyError
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    parameters = {"item_ids": [str(item_id) for item_id in item_ids], "with_key": with_key}
    job = jobs.enqueue(session, kind=JOB_KIND, parameters=parameters, actor=actor, now=now)
    await session.flush()
    return job.id, len(item_ids)


async def surveyed_items(session: AsyncSession, item_ids: list[UUID], *, with_key: bool) -> list[SurveyedItem]:
    """Return the current versions of items, by code; keys and explanations are not read without ``with_key``."""
    records = (await items_service.items_by_id(session, item_ids)).values()
    keys = await keys_of(session, [record.version.id for record in records]) if with_key else {}
    return [
        SurveyedItem(
            id=record.item.id,
            code=record.item.code,
            module_code=record.item.module_code,
            cognitive_level=record.item.cognitive_level,
            stem_text=record.item.stem_text,
            content=record.version.content,
            key=key.key if (key := keys.get(record.version.id)) else None,
            explanation=key.explanation if key else "",
            has_stimulus=record.version.stimulus_version_id is not None,
        )
        for record in sorted(records, key=lambda record: record.item.code)
    ]


async def texts_of_bank(session: AsyncSession) -> dict[str, ItemText]:
    """Return what of each item in the bank is compared, by code."""
    texts: dict[str, ItemText] = {}
    for batch in batches(list(await queries.version_numbers(session))):
        for row in await queries.text_rows(session, batch):
            texts[row.code] = item_text(CONTENT.validate_python(row.content), row.stem_text)
    return texts


async def find_survey(session: AsyncSession, job_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return what a survey found; only who asked for it may read it.

    Raises
    ------
    SurveyNotFoundError, SurveyNotReadyError
    """
    job = await jobs.find(session, job_id)
    if job is None or job.kind != JOB_KIND or job.created_by != actor.id:
        raise SurveyNotFoundError
    if job.status != "succeeded" or job.result is None:
        raise SurveyNotReadyError
    return job.result | {"asked_at": job.created_at, "is_key_read": job.parameters["with_key"]}
