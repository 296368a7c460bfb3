"""A finished sitting as tables: what candidates answered, when, in which seats, and what is known of the items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.extension import load_extensions
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery import time_queries
from exam_engine.delivery.answered import AnsweredPaper, answered_papers
from exam_engine.delivery.journal import parse_body
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.pauses import PauseSpan, merged
from exam_engine.forensics import queries
from exam_engine.forensics.journal_facts import JournalFacts, Milliseconds, journal_facts
from exam_engine.forensics.neighbours import SeatPlace
from exam_engine.forensics.task import NO_SCORE, ForensicsTask
from exam_engine.forms import service as forms
from exam_engine.forms.models import FormItem
from exam_engine.marking import service as marking
from exam_engine.marking.service import ItemMark
from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.forensics import NO_OPTION
from exam_engine.sittings import service as sittings

_JOURNALS_AT_ONCE = 50
_LEAST_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    code: str
    options: int


async def gather(
    session: AsyncSession, sitting_id: UUID, *, packages: tuple[str, ...], seed: int, replications: int
) -> ForensicsTask:
    """Return a finished sitting as the computation takes it; reads only."""
    papers = sorted(await answered_papers(session, sitting_id), key=lambda paper: paper.registration_id)
    marks = await marking.marks(session, [paper.attempt_id for paper in papers])
    papers = [paper for paper in papers if paper.attempt_id in marks]
    items = {
        form_id: {item.ref: item for item in await forms.items_of_form(session, form_id)}
        for form_id in dict.fromkeys(paper.form_id for paper in papers)
    }
    paged = {form.id for form in await forms.find_forms(session, list(items)) if form.items_per_page > 1}
    columns = _columns(items)
    place_of = {column.name: place for place, column in enumerate(columns)}
    shape = (len(papers), len(columns))
    scores = np.full(shape, NO_SCORE, dtype=np.int8)
    chosen, first = np.full((2, *shape), NO_OPTION, dtype=np.int8)
    seconds = np.full(shape, np.nan)
    departures, away = np.zeros(len(papers), dtype=np.intp), np.zeros(len(papers))
    journals = await _journals(session, sitting_id, papers)
    for row, paper in enumerate(papers):
        facts = journals[paper.attempt_id]
        departures[row], away[row] = facts.departures, facts.away_seconds
        own = {mark.ref: mark for mark in marks[paper.attempt_id].items}
        for ref in paper.refs:
            item = items[paper.form_id][ref]
            column = place_of[str(item.item_version_id)]
            scores[row, column] = _score(own.get(ref))
            chosen[row, column] = _option(item, paper.answers.get(ref, ()))
            first[row, column] = _option(item, facts.first.get(ref, ()))
            # On a page of several items nobody knows which of them is being read.
            if paper.form_id in paged:
                continue
            if paper.answers.get(ref) and facts.seconds.get(ref, 0.0) >= _LEAST_SECONDS:
                seconds[row, column] = facts.seconds[ref]
    return ForensicsTask(
        candidates=tuple(str(paper.registration_id) for paper in papers),
        places=await _places(session, sitting_id, papers),
        items=tuple(column.name for column in columns),
        codes=tuple(column.code for column in columns),
        n_options=np.array([column.options for column in columns], dtype=np.intp),
        scores=scores,
        chosen=chosen,
        first=first,
        seconds=seconds,
        departures=departures,
        away_seconds=away,
        parameters=await _parameters(session, packages, [UUID(column.name) for column in columns]),
        seed=seed,
        replications=replications,
    )


def _columns(items: Mapping[UUID, Mapping[str, FormItem]]) -> list[_Column]:
    found: dict[str, _Column] = {}
    for of_form in items.values():
        for item in of_form.values():
            is_single = item.view["interaction"] == "single_choice"
            options = len(item.view.get("options", ())) if is_single else 0
            found[str(item.item_version_id)] = _Column(str(item.item_version_id), item.item_code, options)
    return sorted(found.values(), key=lambda column: (column.code, column.name))


def _score(mark: ItemMark | None) -> int:
    if mark is None or mark.flag == "awaiting_marker" or mark.max_points <= 0:
        return NO_SCORE
    return int(mark.points >= mark.max_points)


def _option(item: FormItem, answer: Sequence[str]) -> int:
    """Return the place of a chosen option in the version's own order, which is the same in every form."""
    if item.view["interaction"] != "single_choice" or len(answer) != 1:
        return NO_OPTION
    options = [option["id"] for option in item.view.get("options", ())]
    return options.index(answer[0]) if answer[0] in options else NO_OPTION


async def _journals(
    session: AsyncSession, sitting_id: UUID, papers: Sequence[AnsweredPaper]
) -> dict[UUID, JournalFacts]:
    attempts = {attempt.id: attempt for attempt in await delivery_queries.attempts_of_sitting(session, sitting_id)}
    pauses = (await time_queries.pauses_of_sittings(session, [sitting_id])).get(sitting_id, [])
    rooms = {
        facts.registration_id: facts.room_id for facts in await sittings.registrations_of_sitting(session, sitting_id)
    }
    found: dict[UUID, JournalFacts] = {}
    for start in range(0, len(papers), _JOURNALS_AT_ONCE):
        part = papers[start : start + _JOURNALS_AT_ONCE]
        operations = await delivery_queries.operations_of(session, [paper.attempt_id for paper in part])
        for paper in part:
            parsed = (parse_body(stored.body, stored.seq) for stored in operations.get(paper.attempt_id, []))
            held = [pause for pause in pauses if pause.holds(rooms[paper.registration_id], paper.registration_id)]
            found[paper.attempt_id] = journal_facts(
                (body for body in parsed if body is not None),
                paper.refs[0] if paper.refs else None,
                _paused(held, attempts[paper.attempt_id]),
            )
    return found


def _paused(pauses: Sequence[PauseSpan], attempt: Attempt) -> list[Milliseconds]:
    def after_start(instant: datetime) -> int:
        return (instant - attempt.started_at) // timedelta(milliseconds=1)

    spans = merged((pause.started_at, pause.ended_at) for pause in pauses if pause.ended_at is not None)
    return [(after_start(since), after_start(until)) for since, until in spans]


async def _places(session: AsyncSession, sitting_id: UUID, papers: Sequence[AnsweredPaper]) -> tuple[SeatPlace, ...]:
    widths = await queries.row_widths(session, sitting_id)
    facts = {facts.registration_id: facts for facts in await sittings.registrations_of_sitting(session, sitting_id)}
    found = []
    for paper in papers:
        own = facts[paper.registration_id]
        width = widths.get(own.room_id) if own.room_id is not None else None
        found.append(SeatPlace(str(own.room_id), own.seat_number, width))
    return tuple(found)


async def _parameters(
    session: AsyncSession, packages: tuple[str, ...], version_ids: Sequence[UUID]
) -> ItemParameters | None:
    for extension in load_extensions(packages):
        if extension.item_parameters is not None:
            known = await extension.item_parameters(session, version_ids)
            if known:
                return ItemParameters.from_dict(known)
    return None
