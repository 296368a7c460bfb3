"""Route of changing many items."""

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import SessionDep
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.bulk.changes import Change
from item_bank.bulk.schemas import ChangeReport, ChangeRequest, ChangeUndo, MetadataChange
from item_bank.bulk.service import change_items
from item_bank.items.errors import ApprovalTargetError
from item_bank.items.refusals import refusal_views
from item_bank.items.selecting import selected

router = APIRouter(prefix="/api/items", tags=["items"])


@router.post("/changes", dependencies=[requires(Permission.ITEM_WRITE)])
async def change_many_items(
    body: ChangeRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ChangeReport:
    """Change tags, level or syllabus reference of drafts; each that changes gets a new version."""
    if (body.item_ids is None) == (body.all_matching is None):
        raise ApprovalTargetError
    wanted = None if body.all_matching is None else selected(body.all_matching, actor)
    asked = body.change
    outcome = await change_items(
        session,
        item_ids=body.item_ids,
        wanted=wanted,
        change=Change(asked.level, asked.reference_code, tuple(asked.add_tags), tuple(asked.remove_tags)),
        actor=actor,
        now=utc_now(),
        note=body.note,
    )
    return ChangeReport(
        done=outcome.done,
        unchanged=outcome.unchanged,
        refused=refusal_views(outcome.refusals, catalogue, language),
        undo=[ChangeUndo(change=MetadataChange.model_validate(change), item_ids=ids) for change, ids in outcome.undo],
    )
