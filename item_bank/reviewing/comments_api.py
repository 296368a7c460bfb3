"""Routes of comments on items and of enemies."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import utc_now
from item_bank.items import service as items
from item_bank.reviewing import comments, enemies, queries
from item_bank.reviewing.models import ItemComment
from item_bank.reviewing.schemas import (
    ChangedComment,
    CommentList,
    CommentSettlement,
    CommentView,
    EnemyList,
    EnemyView,
    NewComment,
    NewEnemy,
)

router = APIRouter(prefix="/api/items", tags=["item reviews"])


@router.get("/{item_id}/comments", dependencies=[requires(Permission.ITEM_READ)])
async def list_comments(item_id: UUID, actor: ActorDep, session: ReadSessionDep) -> CommentList:
    """Comments on all versions of an item, oldest first; those about the key only for those who may read keys."""
    await items.find_item(session, item_id, with_key=False)
    found, now = await comments.comments_of(session, item_id, actor), utc_now()
    is_open = [c for c, _ in found if c.parent_id is None and c.resolved_at is None and c.struck_at is None]
    return CommentList(
        items=[_comment(comment, number, actor, now) for comment, number in found],
        total=len(found),
        open=len(is_open),
    )


@router.post("/{item_id}/comments", status_code=201, dependencies=[requires(Permission.ITEM_COMMENT)])
async def add_comment(item_id: UUID, body: NewComment, actor: ActorDep, session: SessionDep) -> CommentView:
    """Comment on a version of an item or on a part of it, or answer a comment."""
    now = utc_now()
    comment = await comments.add_comment(
        session,
        item_id=item_id,
        version_number=body.version_number,
        place=body.place,
        text=body.text,
        parent_id=body.parent_id,
        actor=actor,
        now=now,
    )
    return await _stored(session, comment, actor, now)


@router.patch("/comments/{comment_id}", dependencies=[requires(Permission.ITEM_COMMENT)])
async def change_comment(comment_id: UUID, body: ChangedComment, actor: ActorDep, session: SessionDep) -> CommentView:
    """Change the words of an own comment in the first minutes after it was written."""
    now = utc_now()
    comment = await comments.change_comment(session, comment_id=comment_id, text=body.text, actor=actor, now=now)
    return await _stored(session, comment, actor, now)


@router.delete("/comments/{comment_id}", dependencies=[requires(Permission.ITEM_COMMENT)])
async def strike_comment(comment_id: UUID, actor: ActorDep, session: SessionDep) -> CommentView:
    """Strike out an own comment; it stays readable as struck out."""
    now = utc_now()
    comment = await comments.strike_comment(session, comment_id=comment_id, actor=actor, now=now)
    return await _stored(session, comment, actor, now)


@router.put("/comments/{comment_id}/settlement", dependencies=[requires(Permission.ITEM_COMMENT)])
async def settle_comment(
    comment_id: UUID, body: CommentSettlement, actor: ActorDep, session: SessionDep
) -> CommentView:
    """Say that what a comment asked for is done, or that it is not after all."""
    now = utc_now()
    comment = await comments.settle_comment(
        session, comment_id=comment_id, is_resolved=body.is_resolved, actor=actor, now=now
    )
    return await _stored(session, comment, actor, now)


@router.get("/{item_id}/enemies", dependencies=[requires(Permission.ITEM_READ)])
async def list_enemies(item_id: UUID, session: ReadSessionDep) -> EnemyList:
    """Items that never stand in a form with this one."""
    await items.find_item(session, item_id, with_key=False)
    return await _enemies(session, item_id)


@router.post("/{item_id}/enemies", dependencies=[requires(Permission.ITEM_COMMENT)])
async def add_enemy(item_id: UUID, body: NewEnemy, actor: ActorDep, session: SessionDep) -> EnemyList:
    """Say that another item gives this one away or the other way round; the bond holds for both."""
    await enemies.add_enemy(
        session, item_id=item_id, enemy_code=body.code, reason=body.reason, actor=actor, now=utc_now()
    )
    return await _enemies(session, item_id)


@router.delete("/{item_id}/enemies/{enemy_id}", dependencies=[requires(Permission.ITEM_COMMENT)])
async def remove_enemy(item_id: UUID, enemy_id: UUID, actor: ActorDep, session: SessionDep) -> EnemyList:
    """Let two items stand together again."""
    await enemies.remove_enemy(session, item_id=item_id, enemy_id=enemy_id, actor=actor, now=utc_now())
    return await _enemies(session, item_id)


async def _enemies(session: ReadSessionDep, item_id: UUID) -> EnemyList:
    rows = await queries.enemies_of(session, item_id)
    views = [
        EnemyView(
            id=row.item.id,
            code=row.item.code,
            status=row.item.status,
            stem_text=row.item.stem_text,
            reason=row.enmity.reason,
            created_by_name=row.enmity.created_by_name,
            created_at=row.enmity.created_at,
        )
        for row in rows
    ]
    return EnemyList(items=views, total=len(views))


async def _stored(session: SessionDep, comment: ItemComment, actor: Actor, now: datetime) -> CommentView:
    versions = await items.versions_by_id(session, [comment.item_version_id])
    return _comment(comment, versions[comment.item_version_id].version_number, actor, now)


def _comment(comment: ItemComment, version_number: int, actor: Actor, now: datetime) -> CommentView:
    return CommentView(
        id=comment.id,
        version_number=version_number,
        parent_id=comment.parent_id,
        place=comment.place,
        text=comment.text,
        author_name=comment.author_name,
        is_own=comment.author_id == actor.id,
        is_editable=comments.is_editable(comment, actor, now),
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        is_struck=comment.struck_at is not None,
        resolved_by_name=comment.resolved_by_name,
        resolved_at=comment.resolved_at,
    )
