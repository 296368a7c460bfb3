"""Stored items as drafts again: what they would be handed in as today."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.items import queries
from item_bank.items.content import ItemDraft, ItemMetadata
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Stimulus, StimulusVersion
from item_bank.items.records import ItemRecord


async def stored_drafts(session: AsyncSession, records: Sequence[ItemRecord]) -> dict[UUID, ItemDraft]:
    """Return the current versions of items as drafts, by the id of the item."""
    keys = await keys_of(session, [record.version.id for record in records])
    stimulus_codes = await _stimulus_codes(session, (record.version.stimulus_version_id for record in records))
    drafts = {}
    for record in records:
        version, stored = record.version, keys[record.version.id]
        stimulus_version_id = version.stimulus_version_id
        drafts[record.item.id] = ItemDraft(
            code=record.item.code,
            content=CONTENT.validate_python(version.content),
            key=None if stored.key is None else KEY.validate_python(stored.key),
            metadata=ItemMetadata(
                module_code=version.module_code,
                reference_code=version.reference_code,
                cognitive_level=version.cognitive_level,  # type: ignore[arg-type]  # held as text
                points=Decimal(version.points),
                expected_seconds=version.expected_seconds,
                source=version.source,
                tags=tuple(version.tags),
                stimulus_code=None if stimulus_version_id is None else stimulus_codes[stimulus_version_id],
            ),
            explanation=stored.explanation,
        )
    return drafts


async def _stimulus_codes(session: AsyncSession, version_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for batch in queries.batches(sorted({id_ for id_ in version_ids if id_ is not None})):
        statement = (
            select(StimulusVersion.id, Stimulus.code)
            .join(Stimulus, col(Stimulus.id) == col(StimulusVersion.stimulus_id))
            .where(col(StimulusVersion.id).in_(batch))
        )
        found.update((await session.exec(statement)).all())
    return found
