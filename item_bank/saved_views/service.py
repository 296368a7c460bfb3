"""Rules of saved views: everybody keeps their own; shared ones are seen by all and changed by their owner."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from item_bank.saved_views.errors import SavedViewNameTakenError, SavedViewNotFoundError
from item_bank.saved_views.models import SavedView
from item_bank.saved_views.schemas import ViewBody


async def find_views(session: AsyncSession, actor: Actor) -> list[SavedView]:
    """Return one's own views by name, then those that others share."""
    statement = select(SavedView).where(sa.or_(col(SavedView.owner_id) == actor.id, col(SavedView.is_shared).is_(True)))
    found = (await session.exec(statement)).all()
    return sorted(found, key=lambda view: (view.owner_id != actor.id, view.name.casefold(), view.owner_name))


async def keep_view(session: AsyncSession, *, body: ViewBody, actor: Actor, now: datetime) -> SavedView:
    """Keep a view under a new name.

    Raises
    ------
    SavedViewNameTakenError
    """
    await _check_name(session, body.name, actor)
    view = SavedView(
        owner_id=actor.id, owner_name=actor.display_name, created_at=now, updated_at=now, **body.model_dump()
    )
    await _store(session, view, "saved_view.saved", actor, now)
    return view


async def change_view(
    session: AsyncSession, *, view_id: UUID, body: ViewBody, actor: Actor, now: datetime
) -> SavedView:
    """Change a view of one's own.

    Raises
    ------
    SavedViewNotFoundError, SavedViewNameTakenError
    """
    view = await _own(session, view_id, actor)
    if view.name != body.name:
        await _check_name(session, body.name, actor)
    view.sqlmodel_update(body.model_dump() | {"updated_at": now})
    await _store(session, view, "saved_view.saved", actor, now)
    return view


async def drop_view(session: AsyncSession, *, view_id: UUID, actor: Actor, now: datetime) -> None:
    """Delete a view of one's own.

    Raises
    ------
    SavedViewNotFoundError
    """
    view = await _own(session, view_id, actor)
    await session.delete(view)
    await _record(session, view, "saved_view.deleted", actor, now)


async def _own(session: AsyncSession, view_id: UUID, actor: Actor) -> SavedView:
    statement = select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == actor.id).with_for_update()
    view = (await session.exec(statement)).first()
    if view is None:
        raise SavedViewNotFoundError
    return view


async def _check_name(session: AsyncSession, name: str, actor: Actor) -> None:
    statement = select(SavedView.id).where(SavedView.owner_id == actor.id, SavedView.name == name)
    if (await session.exec(statement)).first() is not None:
        raise SavedViewNameTakenError(name=name)


async def _store(session: AsyncSession, view: SavedView, action: str, actor: Actor, now: datetime) -> None:
    session.add(view)
    try:
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise SavedViewNameTakenError(name=view.name) from error
    await _record(session, view, action, actor, now)


async def _record(session: AsyncSession, view: SavedView, action: str, actor: Actor, now: datetime) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="saved_view",
        object_id=str(view.id),
        details={"name": view.name, "is_shared": view.is_shared},
        now=now,
    )
