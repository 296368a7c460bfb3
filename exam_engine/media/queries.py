"""All SQL of media."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.media.models import Media, MediaContent, MediaOriginal

_BATCH = 500
"""Hashes asked for at once; SQLite takes at most 32,766 values in a statement."""
_CONTENT_BATCH = 50


async def find(session: AsyncSession, hashes: Iterable[str]) -> dict[str, Media]:
    """Return what is known of media, by hash; unknown hashes are left out."""
    found: dict[str, Media] = {}
    for batch in _batches(hashes, _BATCH):
        rows = (await session.exec(select(Media).where(col(Media.sha256).in_(batch)))).all()
        found.update((media.sha256, media) for media in rows)
    return found


async def existing(session: AsyncSession, hashes: Iterable[str]) -> set[str]:
    """Return those of the hashes that are stored."""
    found: set[str] = set()
    for batch in _batches(hashes, _BATCH):
        found.update((await session.exec(select(Media.sha256).where(col(Media.sha256).in_(batch)))).all())
    return found


async def find_by_originals(session: AsyncSession, originals: Iterable[str], purpose: str) -> dict[str, Media]:
    """Return the media that uploads became, by the hash of the upload."""
    found: dict[str, Media] = {}
    for batch in _batches(originals, _BATCH):
        statement = (
            select(MediaOriginal.original_sha256, Media)
            .join(Media, col(Media.sha256) == col(MediaOriginal.sha256))
            .where(col(MediaOriginal.original_sha256).in_(batch), col(MediaOriginal.purpose) == purpose)
        )
        found.update((await session.exec(statement)).all())
    return found


async def contents(session: AsyncSession, hashes: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of media, by hash; few at a time are asked for at once."""
    found: dict[str, bytes] = {}
    for batch in _batches(hashes, _CONTENT_BATCH):
        statement = select(MediaContent.sha256, MediaContent.content).where(col(MediaContent.sha256).in_(batch))
        found.update((await session.exec(statement)).all())
    return found


async def insert_media(session: AsyncSession, media: Media, content: bytes) -> bool:
    """Store a medium unless its hash is stored; returns whether it is new.

    Somebody else may store the same file at the same moment: whoever comes second waits for the first to commit.
    """
    is_new = await _insert_if_absent(session, Media, [media.model_dump()]) == 1
    if is_new:
        await _insert_if_absent(session, MediaContent, [{"sha256": media.sha256, "content": content}])
    return is_new


async def insert_originals(session: AsyncSession, originals: Iterable[tuple[str, str, str]]) -> None:
    """Remember which media uploads became: hash of the upload, purpose, hash of the medium."""
    rows = [
        {"original_sha256": original, "purpose": purpose, "sha256": stored}
        for original, purpose, stored in sorted(set(originals))
    ]
    for start in range(0, len(rows), _BATCH):
        await _insert_if_absent(session, MediaOriginal, rows[start : start + _BATCH])


async def _insert_if_absent(session: AsyncSession, table: type[Any], rows: Sequence[dict[str, Any]]) -> int:
    dialect = session.get_bind().dialect.name
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    result = await session.exec(insert.values(list(rows)).on_conflict_do_nothing())
    return int(result.rowcount)


def _batches(hashes: Iterable[str], size: int) -> Iterator[list[str]]:
    wanted = sorted(set(hashes))
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]
