"""Rules of media: the same bytes are kept once, nothing that is kept ever changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.media import queries
from exam_engine.media.errors import MediaNotFoundError
from exam_engine.media.limits import Purpose
from exam_engine.media.models import Media
from exam_engine.media.preparing import PreparedMedia


@dataclass(frozen=True, slots=True)
class MediaBytes:
    """A stored medium with its content; pixels and milliseconds where they apply."""

    sha256: str
    content_type: str
    content: bytes = field(repr=False)
    original_name: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """What storing came to."""

    media: Media
    is_new: bool


async def store(session: AsyncSession, *, prepared: PreparedMedia, actor: Actor, now: datetime) -> StoredMedia:
    """Store one prepared medium; see :func:`store_all`."""
    return (await store_all(session, prepared=[prepared], actor=actor, now=now))[prepared.sha256]


async def store_all(
    session: AsyncSession, *, prepared: Iterable[PreparedMedia], actor: Actor, now: datetime
) -> dict[str, StoredMedia]:
    """Store prepared media under the hashes of their contents; returns what each came to, by that hash.

    The same content is stored once, whoever brings it; what was there already keeps the name and owner it came with
    first. New media are recorded. Call it before other recorded acts of the transaction: two that store the same file
    wait for each other.
    """
    given = list(prepared)
    by_hash = {media.sha256: media for media in given}
    # One order for all, and the record last: else two imports of the same files could wait crosswise for ever.
    new = {}
    for sha256, media in sorted(by_hash.items()):
        row = _row(media, actor, now)
        if await queries.insert_media(session, row, media.content):
            new[sha256] = row
    # Prepared content gives itself when it is prepared again, so what leaves the bank is known when it comes back.
    originals = [(media.original_sha256, media.purpose, media.sha256) for media in given]
    await queries.insert_originals(session, [*originals, *((own, purpose, own) for _, purpose, own in originals)])
    for sha256, row in new.items():
        facts = {"content_type": row.content_type, "size_bytes": row.size_bytes, "purpose": by_hash[sha256].purpose}
        await audit.record(
            session,
            actor=actor,
            action="media.stored",
            object_type="media",
            object_id=sha256,
            now=now,
            after={"sha256": sha256},
            details=facts,
        )
    known = await queries.find(session, by_hash.keys() - new.keys())
    stored = {sha256: StoredMedia(media, is_new=False) for sha256, media in known.items()}
    return stored | {sha256: StoredMedia(row, is_new=True) for sha256, row in new.items()}


def _row(prepared: PreparedMedia, actor: Actor, now: datetime) -> Media:
    return Media(
        sha256=prepared.sha256,
        content_type=prepared.content_type,
        size_bytes=len(prepared.content),
        width=prepared.width,
        height=prepared.height,
        duration_ms=prepared.duration_ms,
        original_name=prepared.original_name,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )


async def find(session: AsyncSession, sha256: str) -> Media:
    """Return what is known of one medium.

    Raises
    ------
    MediaNotFoundError
    """
    media = (await queries.find(session, [sha256])).get(sha256)
    if media is None:
        raise MediaNotFoundError
    return media


async def describe(session: AsyncSession, hashes: Iterable[str]) -> dict[str, Media]:
    """Return what is known of media without loading their bytes, by hash; unknown hashes are left out."""
    return await queries.find(session, hashes)


async def known_uploads(session: AsyncSession, originals: Iterable[str], purpose: Purpose) -> dict[str, Media]:
    """Return the media that uploads became earlier, by the hash of the upload; these need not be prepared again."""
    return await queries.find_by_originals(session, originals, purpose)


async def exist(session: AsyncSession, hashes: Iterable[str]) -> set[str]:
    """Return those of the hashes that are stored."""
    return await queries.existing(session, hashes)


async def read(session: AsyncSession, hashes: Iterable[str]) -> dict[str, MediaBytes]:
    """Return media with their bytes, by hash; unknown hashes are left out.

    Everything asked for is held in memory at once: ask for no more than is used together.
    """
    wanted = set(hashes)
    contents = await queries.contents(session, wanted)
    return {
        media.sha256: MediaBytes(
            sha256=media.sha256,
            content_type=media.content_type,
            content=contents[media.sha256],
            original_name=media.original_name,
            width=media.width,
            height=media.height,
            duration_ms=media.duration_ms,
        )
        for media in (await queries.find(session, wanted)).values()
    }
