"""Items with their stimuli and media as writers need them, read from the bank under bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.media import service as media_service
from exam_engine.media.limits import MEGABYTE
from item_bank.exchange import queries
from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus, media_of_items
from item_bank.exchange.exporting.errors import ExportEmptyError, ExportTooLargeError
from item_bank.items.drafts import stored_drafts
from item_bank.items.errors import ItemNotFoundError
from item_bank.items.queries import records_by_id
from item_bank.items.records import ItemFilter, ItemRecord
from item_bank.items.search.queries import matching_ids

MOST_ITEMS = 5_000
MOST_MEDIA_BYTES = 150 * MEGABYTE
"""What one file may hold; it is made in memory while its reader waits."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What leaves the bank, in the order in which it was named, else by code; with the versions that are meant."""

    items: tuple[ExportedItem, ...]
    media: dict[str, ExportedMedia]
    version_ids: tuple[UUID, ...]


async def gather(
    session: AsyncSession, *, item_ids: Sequence[UUID] | None = None, wanted: ItemFilter | None = None
) -> Gathered:
    """Return the current versions of the named items, or of all that match.

    Raises
    ------
    ExportEmptyError
        Nothing is meant.
    ExportTooLargeError
        More than :data:`MOST_ITEMS` items, or media beyond :data:`MOST_MEDIA_BYTES`.
    ItemNotFoundError
        An id names no item.
    """
    ids = await matching_ids(session, wanted) if wanted is not None else list(dict.fromkeys(item_ids or ()))
    if not ids:
        raise ExportEmptyError
    if len(ids) > MOST_ITEMS:
        raise _too_large(len(ids))
    found = await records_by_id(session, ids)
    if len(found) < len(ids):
        raise ItemNotFoundError
    return await gather_records(session, [found[id_] for id_ in ids])


async def gather_records(session: AsyncSession, records: Sequence[ItemRecord]) -> Gathered:
    """Return items in the versions of the records, in their order, with their stimuli and media.

    Raises
    ------
    ExportTooLargeError
        Media beyond :data:`MOST_MEDIA_BYTES`.
    """
    drafts = await stored_drafts(session, records)
    stimuli = await _stimuli(session, [record.version.stimulus_version_id for record in records])
    items = tuple(
        ExportedItem(drafts[record.item.id], stimuli.get(record.version.stimulus_version_id)) for record in records
    )
    hashes = media_of_items(items)
    known = await media_service.describe(session, hashes)
    if sum(medium.size_bytes for medium in known.values()) > MOST_MEDIA_BYTES:
        raise _too_large(len(records))
    media = {
        sha256: ExportedMedia(medium.content, medium.content_type)
        for sha256, medium in (await media_service.read(session, known)).items()
    }
    return Gathered(items, media, tuple(record.version.id for record in records))


async def _stimuli(session: AsyncSession, version_ids: Sequence[UUID | None]) -> dict[UUID | None, ExportedStimulus]:
    wanted = {id_ for id_ in version_ids if id_ is not None}
    return {
        version.id: ExportedStimulus(code, version.title, version.content, version.language)
        for code, version in await queries.stimulus_versions(session, wanted)
    }


def _too_large(items: int) -> ExportTooLargeError:
    return ExportTooLargeError(items=items, most=MOST_ITEMS, megabytes=MOST_MEDIA_BYTES // MEGABYTE)
