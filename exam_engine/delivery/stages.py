"""Stages of an attempt: opening the first, going on to the next, and what the answers to all of them amount to."""

import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import NotFoundError
from exam_engine.delivery import queries, staging
from exam_engine.delivery.errors import NotStagedError, StageOutOfOrderError
from exam_engine.delivery.journal import fold, parse_body
from exam_engine.delivery.models import Attempt, AttemptStage
from exam_engine.delivery.paper_media import PackedMedia, packed_media
from exam_engine.delivery.queries import StoredOperation
from exam_engine.delivery.staging import StagedDesign, StagedForm, Step
from exam_engine.forms import service as forms
from exam_engine.forms.models import Form
from exam_engine.interactions.shuffling import with_shuffled_options
from exam_engine.marking import service as marking
from exam_engine.marking.service import ScaledMark

_POINT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class OpenedStage:
    """A stage with its items as this candidate sees them; without items the test is over."""

    number: int
    items: list[dict[str, Any]]
    media: PackedMedia


@dataclass(frozen=True, slots=True)
class StagedOutcome:
    """What a closed attempt of a staged form is marked by."""

    answers: dict[str, list[str]]
    presented: frozenset[str]
    scaled: ScaledMark


async def open_first(session: AsyncSession, attempt: Attempt, form: Form, now: datetime) -> None:
    """Open the first stage of an attempt that starts; nothing for a linear form."""
    if form.design == "linear":
        return
    staged = await _staged_form(session, form)
    begin = time.perf_counter()
    step = staging.begin(staged, _seed(attempt.id))
    await _add_stage(session, attempt, 1, step, now, time.perf_counter() - begin)


async def open_next(session: AsyncSession, attempt: Attempt, number: int, now: datetime) -> OpenedStage:
    """Close the open stage as the journal stands and return the one after it; asked again, the same one.

    Raises
    ------
    NotStagedError, StageOutOfOrderError
    """
    stages = await queries.stages_of(session, attempt.id)
    if not stages:
        raise NotStagedError
    current = stages[-1]
    if 1 <= number <= current.number:
        return (await _views(session, attempt, [stages[number - 1]]))[0]
    if number != current.number + 1 or not current.refs:
        raise StageOutOfOrderError(open=current.number)
    form = await _form(session, attempt)
    staged = await _staged_form(session, form)
    current.closed_seq = attempt.last_seq
    session.add(current)
    operations = (await queries.operations_of(session, [attempt.id])).get(attempt.id, [])
    scores = await _scores(session, form, current, counted_answers(operations, [current]))
    begin = time.perf_counter()
    step = staging.proceed(staged, current.state, scores)
    stage = await _add_stage(session, attempt, number, step, now, time.perf_counter() - begin)
    return (await _views(session, attempt, [stage]))[0]


async def opened(session: AsyncSession, attempt: Attempt) -> list[OpenedStage]:
    """Return all stages of an attempt so far; none of a linear form."""
    return await _views(session, attempt, await queries.stages_of(session, attempt.id))


async def outcome(
    session: AsyncSession, attempt: Attempt, operations: Sequence[StoredOperation]
) -> StagedOutcome | None:
    """Return what a closed attempt earns on the scale of its form; None for a linear one.

    Items that were not reached count as wrong, as omitted items of a linear form do: nobody gains by stopping early.
    """
    stages = await queries.stages_of(session, attempt.id)
    if not stages:
        return None
    form = await _form(session, attempt)
    staged = await _staged_form(session, form)
    answers = counted_answers(operations, stages)
    last = stages[-1]
    step = Step(last.state, tuple(last.refs))
    scores = await _scores(session, form, last, answers) if last.refs else {}
    while step.items:
        step = staging.proceed(staged, step.state, scores)
        scores = dict.fromkeys(step.items, 0)
    points = staging.reported_points(staged, staging.ability(staged, step.state))
    return StagedOutcome(
        answers=answers,
        presented=frozenset(ref for stage in stages for ref in stage.refs),
        scaled=ScaledMark(Decimal(points).quantize(_POINT), Decimal(form.max_points)),
    )


def counted_answers(operations: Sequence[StoredOperation], stages: Sequence[AttemptStage]) -> dict[str, list[str]]:
    """Return the answers that count: for each stage its items, as they stood when the next one was asked for."""
    parsed = [(entry.seq, body) for entry in operations if (body := parse_body(entry.body, entry.seq)) is not None]
    answers: dict[str, list[str]] = {}
    for stage in stages:
        last = stage.closed_seq
        sheet = fold(body for seq, body in parsed if last is None or seq <= last)
        answers |= {ref: list(sheet.values[ref]) for ref in stage.refs if ref in sheet.values}
    return answers


async def _scores(
    session: AsyncSession, form: Form, stage: AttemptStage, answers: dict[str, list[str]]
) -> dict[str, int]:
    """Scores of a stage's items by item code."""
    earned = marking.item_scores(await marking.keyed_form(session, form.id, stage.refs), answers, stage.refs)
    codes = {item.ref: item.item_code for item in await forms.items_of_form(session, form.id)}
    return {codes[ref]: int(score.is_correct) for ref, score in earned.items()}


async def _add_stage(
    session: AsyncSession, attempt: Attempt, number: int, step: Step, now: datetime, seconds: float
) -> AttemptStage:
    refs = {item.item_code: item.ref for item in await forms.items_of_form(session, attempt.form_id)}
    stage = AttemptStage(
        attempt_id=attempt.id,
        number=number,
        refs=[refs[code] for code in step.items],
        state=step.state,
        opened_at=now,
        opened_seq=attempt.last_seq,
        selection_ms=round(1000 * seconds, 3),
    )
    session.add(stage)
    await session.flush()
    return stage


async def _views(session: AsyncSession, attempt: Attempt, stages: Sequence[AttemptStage]) -> list[OpenedStage]:
    if not stages:
        return []
    form = await _form(session, attempt)
    views = {item.ref: item.view for item in await forms.items_of_form(session, attempt.form_id)}
    return [
        OpenedStage(
            stage.number,
            # Seeded by attempt and item, so that a reload shows the options where they were.
            [with_shuffled_options(views[ref], random.Random(f"{attempt.id}:{ref}")) for ref in stage.refs],
            await packed_media(session, [views[ref] for ref in stage.refs], form_code=form.form_code),
        )
        for stage in stages
    ]


async def _form(session: AsyncSession, attempt: Attempt) -> Form:
    form = await forms.find_form(session, attempt.form_id)
    if form is None:
        raise NotFoundError
    return form


async def _staged_form(session: AsyncSession, form: Form) -> StagedForm:
    return StagedForm(form.id, cast(StagedDesign, form.design), await forms.routing_rules(session, form.id))


def _seed(attempt_id: UUID) -> int:
    return int.from_bytes(hashlib.sha256(attempt_id.bytes).digest()[:7], "big")
