"""Routes of saved views."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import utc_now
from item_bank.saved_views import service
from item_bank.saved_views.models import SavedView
from item_bank.saved_views.schemas import SavedViewList, SavedViewRow, ViewBody

router = APIRouter(prefix="/api/saved-views", tags=["saved views"])


@router.get("", dependencies=[requires(Permission.ITEM_READ)])
async def list_views(actor: ActorDep, session: ReadSessionDep) -> SavedViewList:
    """One's own views and those that others share."""
    found = await service.find_views(session, actor)
    return SavedViewList(items=[_row(view, actor) for view in found], total=len(found))


@router.post("", status_code=201, dependencies=[requires(Permission.ITEM_READ)])
async def keep_view(body: ViewBody, actor: ActorDep, session: SessionDep) -> SavedViewRow:
    """Keep a view under a name."""
    return _row(await service.keep_view(session, body=body, actor=actor, now=utc_now()), actor)


@router.put("/{view_id}", dependencies=[requires(Permission.ITEM_READ)])
async def change_view(view_id: UUID, body: ViewBody, actor: ActorDep, session: SessionDep) -> SavedViewRow:
    """Change a view of one's own."""
    return _row(await service.change_view(session, view_id=view_id, body=body, actor=actor, now=utc_now()), actor)


@router.delete("/{view_id}", status_code=204, dependencies=[requires(Permission.ITEM_READ)])
async def drop_view(view_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Delete a view of one's own."""
    await service.drop_view(session, view_id=view_id, actor=actor, now=utc_now())


def _row(view: SavedView, actor: Actor) -> SavedViewRow:
    return SavedViewRow.model_validate({**view.model_dump(), "is_own": view.owner_id == actor.id})
