"""Rules of comments: where they stand, who changes them and until when, who settles them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import nfc
from item_bank.items.models import ItemVersion
from item_bank.reviewing import queries
from item_bank.reviewing.differences import taken_apart
from item_bank.reviewing.errors import (
    CommentClosedError,
    CommentNotFoundError,
    CommentPlaceError,
    ForeignCommentError,
    VersionNotFoundError,
)
from item_bank.reviewing.models import ItemComment

EDITABLE_FOR = timedelta(minutes=15)
"""How long who wrote a comment may change its words; later an answer would seem to answer something else."""

OF_THE_KEY = frozenset({"key", "explanation"})
"""Places about which only those read who may read keys."""

BESIDES_PARTS = OF_THE_KEY | {"", "metadata", "stimulus"}


async def add_comment(
    session: AsyncSession,
    *,
    item_id: UUID,
    version_number: int,
    place: str,
    text: str,
    parent_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> ItemComment:
    """Comment on a part of a version, or answer a comment; an answer stands where the comment stands.

    Raises
    ------
    VersionNotFoundError, CommentNotFoundError
    CommentPlaceError
        The version has no such part, or the actor may not read what is there.
    """
    version = await queries.find_version(session, item_id, version_number)
    if version is None:
        raise VersionNotFoundError
    if parent_id is not None:
        parent = await queries.find_comment(session, parent_id)
        if parent is None or parent.item_id != item_id or not may_read(parent, actor):
            raise CommentNotFoundError
        root_id = parent.parent_id or parent.id
        version_id, place = parent.item_version_id, parent.place
    else:
        root_id, version_id = None, version.id
        if place not in places_of(version) or (place in OF_THE_KEY and not may_read_keys(actor)):
            raise CommentPlaceError(place=place)
    comment = ItemComment(
        item_id=item_id,
        item_version_id=version_id,
        parent_id=root_id,
        place=place,
        text=nfc(text).strip(),
        author_id=actor.id,
        author_name=actor.display_name,
        created_at=now,
    )
    session.add(comment)
    await session.flush()
    await _record(session, "item.commented", comment, actor, now)
    return comment


async def change_comment(
    session: AsyncSession, *, comment_id: UUID, text: str, actor: Actor, now: datetime
) -> ItemComment:
    """Change the words of an own comment within :data:`EDITABLE_FOR`.

    Raises
    ------
    CommentNotFoundError, ForeignCommentError, CommentClosedError
    """
    comment = await _own_comment(session, comment_id, actor)
    if not is_editable(comment, actor, now):
        raise CommentClosedError
    comment.text, comment.edited_at = nfc(text).strip(), now
    session.add(comment)
    await session.flush()
    await _record(session, "item.comment_changed", comment, actor, now)
    return comment


async def strike_comment(session: AsyncSession, *, comment_id: UUID, actor: Actor, now: datetime) -> ItemComment:
    """Strike out an own comment: it stays readable as struck out, since others may have acted upon it.

    Raises
    ------
    CommentNotFoundError, ForeignCommentError
    """
    comment = await _own_comment(session, comment_id, actor)
    if comment.struck_at is None:
        comment.struck_at = now
        session.add(comment)
        await session.flush()
        await _record(session, "item.comment_struck", comment, actor, now)
    return comment


async def settle_comment(
    session: AsyncSession, *, comment_id: UUID, is_resolved: bool, actor: Actor, now: datetime
) -> ItemComment:
    """Say that what a comment asked for is done, or that it is not after all; answers go with their comment.

    Raises
    ------
    CommentNotFoundError
    """
    comment = await queries.find_comment(session, comment_id)
    if comment is None or comment.parent_id is not None or not may_read(comment, actor):
        raise CommentNotFoundError
    if (comment.resolved_at is not None) != is_resolved:
        comment.resolved_by = actor.id if is_resolved else None
        comment.resolved_by_name = actor.display_name if is_resolved else None
        comment.resolved_at = now if is_resolved else None
        session.add(comment)
        await session.flush()
        await _record(session, "item.comment_settled" if is_resolved else "item.comment_reopened", comment, actor, now)
    return comment


async def comments_of(session: AsyncSession, item_id: UUID, actor: Actor) -> list[tuple[ItemComment, int]]:
    """Return the comments on an item that the actor may read, oldest first, each with the number of its version."""
    return [row for row in await queries.comments_of(session, item_id) if may_read(row[0], actor)]


def places_of(version: ItemVersion) -> frozenset[str]:
    """Return the places of a version that a comment may be about."""
    content: Mapping[str, object] = version.content
    parts, _ = taken_apart(content)
    return BESIDES_PARTS | {part.place for part in parts}


def is_editable(comment: ItemComment, actor: Actor, now: datetime) -> bool:
    """Whether the actor may still change the words."""
    is_open = comment.struck_at is None and comment.resolved_at is None
    return comment.author_id == actor.id and is_open and now - comment.created_at <= EDITABLE_FOR


def may_read(comment: ItemComment, actor: Actor) -> bool:
    """Whether a comment says nothing that the actor may not know."""
    return comment.place not in OF_THE_KEY or may_read_keys(actor)


def may_read_keys(actor: Actor) -> bool:
    """Whether the actor may see keys."""
    return "item_key.read" in actor.permissions


async def _own_comment(session: AsyncSession, comment_id: UUID, actor: Actor) -> ItemComment:
    comment = await queries.find_comment(session, comment_id)
    if comment is None or not may_read(comment, actor):
        raise CommentNotFoundError
    if comment.author_id != actor.id:
        raise ForeignCommentError
    return comment


async def _record(session: AsyncSession, action: str, comment: ItemComment, actor: Actor, now: datetime) -> None:
    # The words stay out of the details: they may tell a key.
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="item",
        object_id=str(comment.item_id),
        after={"comment": str(comment.id), "text": comment.text},
        details={"comment": str(comment.id), "place": comment.place},
        now=now,
    )
