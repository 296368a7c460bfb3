"""Routes of reviews: checklists, verdicts, assignment; loading the shipped checklist when the server starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
import structlog
from fastapi import APIRouter, FastAPI

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import Database, ReadSessionDep, SessionDep
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.items import service as items
from item_bank.items.errors import ApprovalTargetError
from item_bank.items.selecting import selected
from item_bank.reviewing import assigning, checklists, queries, reviews
from item_bank.reviewing.comments import may_read_keys
from item_bank.reviewing.models import ItemReview, ReviewChecklist
from item_bank.reviewing.schemas import (
    AnswerView,
    AssigneeList,
    AssigneeView,
    AssignmentOutcome,
    AssignmentRefusalView,
    AssignmentRequest,
    ChecklistList,
    ChecklistView,
    NewChecklist,
    NewReviewBody,
    ReviewList,
    ReviewView,
)

log = structlog.get_logger()
router = APIRouter(prefix="/api", tags=["item reviews"])


@asynccontextmanager
async def loaded_checklist(app: FastAPI) -> AsyncIterator[None]:
    """Store the shipped checklist when the server starts in an installation that has none."""
    database: Database = app.state.database
    try:
        async with database.write() as session:
            await checklists.load_shipped(session, utc_now())
    except sa.exc.IntegrityError:
        log.info("checklist_loaded_by_another_worker")
    except sa.exc.DBAPIError as error:
        # A database that is away or not migrated is told by /readyz; the server must be up to tell it.
        log.warning("checklist_not_loaded", exc_info=error)
    yield


@router.get("/review-checklists", dependencies=[requires(Permission.ITEM_READ)])
async def list_checklists(session: ReadSessionDep) -> ChecklistList:
    """All versions of what reviewers are asked; the first is in force."""
    found = await queries.checklists(session)
    return ChecklistList(items=[_checklist(checklist) for checklist in found], total=len(found))


@router.post("/review-checklists", status_code=201, dependencies=[requires(Permission.CHECKLIST_WRITE)])
async def replace_checklist(body: NewChecklist, actor: ActorDep, session: SessionDep) -> ChecklistView:
    """Put a new version of the checklist in force; reviews keep the one that they answered."""
    made = await checklists.replace_checklist(
        session, questions=body.questions, note=body.note, actor=actor, now=utc_now(), based_on=body.based_on
    )
    return _checklist(made)


@router.get("/items/{item_id}/reviews", dependencies=[requires(Permission.ITEM_READ)])
async def list_reviews(item_id: UUID, actor: ActorDep, session: ReadSessionDep) -> ReviewList:
    """Reviews of all versions of an item, latest first."""
    await items.find_item(session, item_id, with_key=False)
    found = await queries.reviews_of(session, item_id)
    return ReviewList(
        items=[_review(review, number, with_key=may_read_keys(actor)) for review, number in found], total=len(found)
    )


@router.post("/items/{item_id}/reviews", status_code=201, dependencies=[requires(Permission.ITEM_APPROVE)])
async def review_item(item_id: UUID, body: NewReviewBody, actor: ActorDep, session: SessionDep) -> ReviewView:
    """Approve an item with a complete checklist or send it back with a reason; never by who wrote it or its key."""
    review = await reviews.review_item(
        session,
        item_id=item_id,
        review=reviews.NewReview(body.version_number, body.checklist_number, body.answers, body.verdict, body.note),
        actor=actor,
        now=utc_now(),
    )
    return _review(review, body.version_number, with_key=may_read_keys(actor))


@router.get("/items/assignees", dependencies=[requires(Permission.ITEM_ASSIGN)])
async def list_assignees(session: ReadSessionDep) -> AssigneeList:
    """Active staff that write or review items."""
    found = await assigning.assignees(session)
    views = [
        AssigneeView(
            id=one.user.id,
            display_name=one.user.display_name,
            may_write=one.may_write,
            may_review=one.may_review,
            assigned=one.assigned,
        )
        for one in found
    ]
    return AssigneeList(items=views, total=len(views))


@router.post("/items/assignments", dependencies=[requires(Permission.ITEM_ASSIGN)])
async def assign_items(
    body: AssignmentRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssignmentOutcome:
    """Give items to one person, or to nobody; what waits for review goes to no writer of it."""
    if (body.item_ids is None) == (body.all_matching is None):
        raise ApprovalTargetError
    wanted = None if body.all_matching is None else selected(body.all_matching, actor)
    assigned = await assigning.assign(
        session,
        item_ids=body.item_ids,
        wanted=wanted,
        assignee_id=body.assignee_id,
        note=body.note,
        actor=actor,
        now=utc_now(),
    )
    return AssignmentOutcome(
        done=assigned.done,
        unchanged=assigned.unchanged,
        refused=[
            AssignmentRefusalView(
                code=refusal.code,
                reason_code=refusal.reason_code,
                reason=catalogue.text(refusal.reason_code, language, {"value": refusal.code}),
            )
            for refusal in assigned.refusals
        ],
    )


def _checklist(checklist: ReviewChecklist) -> ChecklistView:
    return ChecklistView(
        number=checklist.number,
        questions=checklists.questions_of(checklist),
        note=checklist.note,
        created_by_name=checklist.created_by_name,
        created_at=checklist.created_at,
    )


def _review(review: ItemReview, version_number: int, *, with_key: bool) -> ReviewView:
    return ReviewView(
        id=review.id,
        version_number=version_number,
        checklist_number=review.checklist_number,
        answers=[
            AnswerView(code=given["code"], answer=given["answer"], remark=given["remark"] if with_key else None)
            for given in review.answers
        ],
        verdict=review.verdict,
        note=review.note if with_key else None,
        reviewer_name=review.reviewer_name,
        created_at=review.created_at,
    )
