"""The papers of closed attempts as candidates got and answered them: the order of items, and the answers that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery import queries
from exam_engine.delivery.models import Attempt, SealedPaper
from exam_engine.delivery.sectioning import answers_that_count, paper_of_attempt
from exam_engine.delivery.stages import counted_answers
from exam_engine.sittings import sections
from exam_engine.sittings.section_plan import PlannedSection


@dataclass(frozen=True, slots=True)
class AnsweredPaper:
    """One closed attempt.

    Attributes
    ----------
    refs : items that were presented, in the order in which the candidate got them.
    answers : by ref, as they stood when the attempt was closed; a missing ref was left without an answer.
    """

    attempt_id: UUID
    registration_id: UUID
    form_id: UUID
    refs: tuple[str, ...]
    answers: dict[str, list[str]]


async def answered_papers(session: AsyncSession, sitting_id: UUID) -> list[AnsweredPaper]:
    """Return the papers of the closed attempts of a sitting."""
    orders: dict[UUID, tuple[str, ...]] = {}
    plan = await sections.section_plan(session, sitting_id)
    papers = []
    for attempt in await queries.attempts_of_sitting(session, sitting_id):
        if attempt.closed_at is None:
            continue
        operations = (await queries.operations_of(session, [attempt.id])).get(attempt.id, [])
        stages = await queries.stages_of(session, attempt.id)
        if stages:
            refs: Sequence[str] = [ref for stage in stages for ref in stage.refs]
            answers = counted_answers(operations, stages)
        else:
            if attempt.paper_id not in orders:
                orders[attempt.paper_id] = await _order(session, attempt, plan)
            refs = orders[attempt.paper_id]
            answers = (await answers_that_count(session, [attempt], {attempt.id: operations}))[attempt.id]
        papers.append(AnsweredPaper(attempt.id, attempt.registration_id, attempt.form_id, tuple(refs), answers))
    return papers


async def _order(session: AsyncSession, attempt: Attempt, plan: Sequence[PlannedSection]) -> tuple[str, ...]:
    paper = await session.get_one(SealedPaper, attempt.paper_id)
    ordered = await paper_of_attempt(session, attempt.form_id, paper.seed, plan)
    return tuple(str(view["ref"]) for view in ordered.views)
