"""Verdicts of reviewers: the answered checklist is kept, and the item goes on or back in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.core.text import nfc
from item_bank.items import deciding
from item_bank.items import queries as item_queries
from item_bank.items.errors import ItemNotFoundError
from item_bank.reviewing import queries
from item_bank.reviewing.checklists import (
    Answer,
    Verdict,
    answer_faults,
    questions_about,
    questions_of,
    stored_answers,
)
from item_bank.reviewing.errors import (
    ChecklistOutdatedError,
    InvalidReviewError,
    ReviewRefusedError,
    ReviewVersionError,
)
from item_bank.reviewing.models import ItemReview


@dataclass(frozen=True, slots=True)
class NewReview:
    """What a reviewer says about the version that they had before them."""

    version_number: int
    checklist_number: int
    answers: Sequence[Answer]
    verdict: Verdict
    note: str = ""


async def review_item(
    session: AsyncSession, *, item_id: UUID, review: NewReview, actor: Actor, now: datetime
) -> ItemReview:
    """Keep a review and carry out its verdict.

    Who may approve is decided where all approvals are, see :func:`item_bank.items.deciding.act`.

    Raises
    ------
    ItemNotFoundError, ReviewVersionError, ChecklistOutdatedError
    InvalidReviewError
        Naming each answer that the verdict lacks or that contradicts it.
    ReviewRefusedError
        The act is refused, for example since the reviewer wrote the item.
    """
    records = await item_queries.lock_records(session, item_ids=[item_id])
    if not records:
        raise ItemNotFoundError
    record = records[0]
    if record.version.version_number != review.version_number:
        raise ReviewVersionError(item=record.item.code, author=record.version.author_name)
    checklist = await queries.current_checklist(session)
    if checklist is None or checklist.number != review.checklist_number:
        raise ChecklistOutdatedError
    questions = questions_about(questions_of(checklist), record.item.interaction)
    if faults := answer_faults(questions, review.answers, review.verdict, review.note):
        raise InvalidReviewError(faults=faults)
    kept = ItemReview(
        item_id=item_id,
        item_version_id=record.version.id,
        checklist_number=checklist.number,
        answers=stored_answers(review.answers),
        verdict=review.verdict,
        note=nfc(review.note).strip(),
        reviewer_id=actor.id,
        reviewer_name=actor.display_name,
        created_at=now,
    )
    session.add(kept)
    await session.flush()
    outcome = await deciding.act(
        session,
        review.verdict,
        item_ids=[item_id],
        wanted=None,
        actor=actor,
        now=now,
        note=kept.note,
        checklist=checklist.number,
    )
    if outcome.refusals:
        # The exception takes the kept review back with it.
        reason = outcome.refusals[0].reason_code
        fault = Fault("review_wrong_status" if reason == "item_wrong_status" else reason)
        raise ReviewRefusedError(faults=[fault], item=record.item.code)
    return kept
