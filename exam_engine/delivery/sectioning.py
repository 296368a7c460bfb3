"""The sections of stored attempts: their times, and the answers that count in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery import queries, time_queries
from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import ParsedBody, fold, parse_body
from exam_engine.delivery.models import Attempt, SealedPaper
from exam_engine.delivery.pauses import within
from exam_engine.delivery.queries import StoredOperation
from exam_engine.delivery.sections import (
    PaperSection,
    SectionClock,
    SectionTime,
    counted_answers,
    leavings,
    section_times,
)
from exam_engine.delivery.timings import timing_of
from exam_engine.forms import service as forms
from exam_engine.interactions.shuffling import shuffled_paper
from exam_engine.sittings import sections as sitting_sections
from exam_engine.sittings.section_plan import PlannedSection, section_of


@dataclass(frozen=True, slots=True)
class OrderedPaper:
    """The items of a form in the order of one paper, section by section; no sections when it is one piece."""

    views: tuple[dict[str, Any], ...]
    sections: tuple[PaperSection, ...]


def ordered_paper(
    items: Sequence[tuple[str, dict[str, Any]]], seed: int, plan: Sequence[PlannedSection]
) -> OrderedPaper:
    """Return the items of a form as a paper with this seed shows them.

    Parameters
    ----------
    items : module code and view of each item, in the order of the form; every one belongs to a section of the plan.
    """
    views = shuffled_paper([view for _, view in items], seed)
    if not plan:
        return OrderedPaper(tuple(views), ())
    modules = {view["ref"]: module_code for module_code, view in items}
    numbers = {
        view["ref"]: section_of(plan, interaction=view["interaction"], module_code=modules[view["ref"]])
        for view in views
    }
    views = sorted(views, key=lambda view: numbers[view["ref"]] or 0)
    sections = tuple(
        PaperSection(number, tuple(ref for ref, in_section in numbers.items() if in_section == number), one.navigation)
        for number, one in enumerate(plan, start=1)
    )
    return OrderedPaper(tuple(views), sections)


async def paper_of_attempt(
    session: AsyncSession, form_id: UUID, seed: int, plan: Sequence[PlannedSection]
) -> OrderedPaper:
    """Return a stored form as a paper with this seed shows it."""
    items = [(item.module_code, item.view) for item in await forms.items_of_form(session, form_id)]
    return ordered_paper(items, seed, plan)


def first_times(plan: Sequence[PlannedSection], timing: AttemptTiming, now: datetime) -> list[SectionTime]:
    """Return the times of the sections of an attempt that starts now."""
    deadline = timing.deadline or timing.closes_at
    return section_times(plan, SectionClock(now, deadline, timing.extra_time), {}) if plan else []


async def times_of(session: AsyncSession, attempt: Attempt, now: datetime) -> list[SectionTime]:
    """Return the times of an attempt's sections as journal, pauses and credits decide them; none without sections."""
    plan = await sitting_sections.section_plan(session, attempt.sitting_id)
    if not plan:
        return []
    journal = (await queries.operations_of(session, [attempt.id])).get(attempt.id, [])
    clock = (await _clocks(session, [attempt], now))[attempt.id]
    return section_times(plan, clock, leavings(parsed(journal), len(plan)))


async def section_of_items(
    session: AsyncSession, attempt: Attempt, now: datetime
) -> dict[str, tuple[datetime, datetime]]:
    """Return begin and end of the section of each item of an attempt's paper; nothing for a paper without sections."""
    times = {time.number: (time.starts_at, time.ends_at) for time in await times_of(session, attempt, now)}
    if not times:
        return {}
    plan = await sitting_sections.section_plan(session, attempt.sitting_id)
    paper = await session.get_one(SealedPaper, attempt.paper_id)
    ordered = await paper_of_attempt(session, attempt.form_id, paper.seed, plan)
    return {ref: times[section.number] for section in ordered.sections for ref in section.refs}


async def answers_that_count(
    session: AsyncSession, attempts: Sequence[Attempt], journals: Mapping[UUID, Sequence[StoredOperation]]
) -> dict[UUID, dict[str, list[str]]]:
    """Return the answers of closed attempts by ref, as they count; of papers that are the same for everybody.

    Parameters
    ----------
    journals : operations by attempt, in order.
    """
    plans = {id_: await sitting_sections.section_plan(session, id_) for id_ in {one.sitting_id for one in attempts}}
    sectioned = [attempt for attempt in attempts if plans[attempt.sitting_id]]
    clocks = await _clocks(session, sectioned, None)
    papers: dict[UUID, OrderedPaper] = {}
    found = {}
    for attempt in attempts:
        bodies = parsed(journals.get(attempt.id, ()))
        plan = plans[attempt.sitting_id]
        if not plan:
            found[attempt.id] = {ref: list(value) for ref, value in fold(bodies).values.items()}
            continue
        if attempt.paper_id not in papers:
            paper = await session.get_one(SealedPaper, attempt.paper_id)
            papers[attempt.paper_id] = await paper_of_attempt(session, attempt.form_id, paper.seed, plan)
        times = section_times(plan, clocks[attempt.id], leavings(bodies, len(plan)))
        found[attempt.id] = counted_answers(bodies, papers[attempt.paper_id].sections, times)
    return found


def parsed(operations: Iterable[StoredOperation]) -> list[ParsedBody]:
    """Return what stored operations say, in their order."""
    bodies = (parse_body(operation.body, operation.seq) for operation in operations)
    return [body for body in bodies if body is not None]


async def _clocks(session: AsyncSession, attempts: Sequence[Attempt], now: datetime | None) -> dict[UUID, SectionClock]:
    """The clocks of attempts; ``now`` is None where no pause goes on."""
    if not attempts:
        return {}
    ids = [attempt.registration_id for attempt in attempts]
    extra = await queries.extra_times_of(session, ids)
    pauses = await time_queries.pauses_of_sittings(session, {attempt.sitting_id for attempt in attempts})
    rooms = await time_queries.places_of(session, ids)
    granted: dict[UUID, list[tuple[datetime, timedelta]]] = {id_: [] for id_ in ids}
    for credit in await time_queries.credits_of(session, ids):
        if credit.decision == "granted" and credit.decided_at is not None:
            granted[credit.registration_id].append((credit.decided_at, timedelta(milliseconds=credit.credit_ms)))
    clocks = {}
    for attempt in attempts:
        id_ = attempt.registration_id
        # Started attempts have a deadline; while a pause goes on it moves on with it.
        deadline = timing_of(attempt, extra[id_]).deadline or attempt.closes_at
        until = now or attempt.closed_at or deadline
        own = [one for one in pauses[attempt.sitting_id] if one.holds(rooms[id_], id_)]
        clocks[attempt.id] = SectionClock(
            started_at=attempt.started_at,
            deadline=deadline if attempt.paused_since is None else deadline + (until - attempt.paused_since),
            extra_time=extra[id_],
            stood=within(((one.started_at, one.ended_at or until) for one in own), attempt.started_at, until),
            credits=granted[id_],
        )
    return clocks
