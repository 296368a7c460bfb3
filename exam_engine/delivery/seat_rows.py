"""Everything about a seat that decides where it stands, read at once for many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery import time_queries
from exam_engine.delivery.models import (
    Attempt,
    Instruction,
    JournalEntry,
    Pause,
    SealedPaper,
    Seat,
)
from exam_engine.delivery.pauses import PauseSpan
from exam_engine.lockdown.models import BrowserCheck, SafeExamBrowser
from exam_engine.sittings.models import Registration, Sitting, SittingRoom

_ATTEMPT, _INSTRUCTION, _SEAT = table_of(Attempt), table_of(Instruction), table_of(Seat)
_PAPER, _PAUSE = table_of(SealedPaper), table_of(Pause)
_ENTRY = table_of(JournalEntry)
_BROWSER, _CHECK = table_of(SafeExamBrowser), table_of(BrowserCheck)
_REGISTRATION, _SITTING, _SITTING_ROOM = table_of(Registration), table_of(Sitting), table_of(SittingRoom)


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Where a candidate stands, without names: what a stream needs of five tables.

    ``lacks_key`` is true at a test site until the papers are released. ``config_key`` is None where any browser will
    do; with it come the other keys that the sitting takes, and since when the candidate may do without. ``pauses`` are
    those that hold, or held, for the seat; read only of candidates who have not started.
    """

    registration_id: UUID
    sitting_id: UUID
    room_id: UUID | None
    candidate_number: str | None
    form_id: UUID | None
    variant: int | None
    extra_minutes: int
    extra_percent: int
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    grace_seconds: int
    confirmed_at: datetime | None
    unlocked_session_id: UUID | None
    attempt_id: UUID | None
    attempt_opens_at: datetime | None
    attempt_closes_at: datetime | None
    started_at: datetime | None
    duration_ms: int | None
    grace_ms: int | None
    paused_ms: int | None
    paused_since: datetime | None
    credit_ms: int | None
    ended_at: datetime | None
    finish_kind: str | None
    lacks_key: bool = False
    delegated_to: UUID | None = None
    config_key: str | None = None
    exam_keys: Sequence[Mapping[str, str]] | None = None
    accepts_config_key: bool | None = None
    exempted_at: datetime | None = None
    holder_session_id: UUID | None = None
    pauses: tuple[PauseSpan, ...] = ()


async def seat_rows(session: AsyncSession, registration_ids: Collection[UUID]) -> list[SeatRow]:
    """Return where candidates stand, by plain rows: many are read at once."""
    statement = (
        sa.select(
            sa.exists().where(_PAUSE.c.sitting_id == _REGISTRATION.c.sitting_id),
            _REGISTRATION.c.id,
            _REGISTRATION.c.sitting_id,
            _REGISTRATION.c.room_id,
            _REGISTRATION.c.candidate_number,
            _REGISTRATION.c.form_id,
            _REGISTRATION.c.variant,
            _REGISTRATION.c.extra_minutes,
            _REGISTRATION.c.extra_percent,
            _SITTING.c.opens_at,
            _SITTING.c.closes_at,
            _SITTING.c.duration_minutes,
            _SITTING.c.grace_seconds,
            _SEAT.c.confirmed_at,
            _SEAT.c.unlocked_session_id,
            _ATTEMPT.c.id,
            _ATTEMPT.c.opens_at,
            _ATTEMPT.c.closes_at,
            _ATTEMPT.c.started_at,
            _ATTEMPT.c.duration_ms,
            _ATTEMPT.c.grace_ms,
            _ATTEMPT.c.paused_ms,
            _ATTEMPT.c.paused_since,
            _ATTEMPT.c.credit_ms,
            _ATTEMPT.c.ended_at,
            _ATTEMPT.c.finish_kind,
            sa.exists().where(
                _PAPER.c.sitting_id == _REGISTRATION.c.sitting_id,
                _PAPER.c.form_id == _REGISTRATION.c.form_id,
                _PAPER.c.variant == _REGISTRATION.c.variant,
                _PAPER.c.wrapped_key.is_(None),
            ),
            _SITTING_ROOM.c.delegated_to,
            _BROWSER.c.config_key,
            _BROWSER.c.browser_exam_keys,
            _BROWSER.c.accepts_config_key,
            _CHECK.c.exempted_at,
            _ATTEMPT.c.holder_session_id,
        )
        .join(_SITTING, _SITTING.c.id == _REGISTRATION.c.sitting_id)
        .outerjoin(_SEAT, _SEAT.c.registration_id == _REGISTRATION.c.id)
        .outerjoin(_ATTEMPT, _ATTEMPT.c.registration_id == _REGISTRATION.c.id)
        .outerjoin(_BROWSER, _BROWSER.c.sitting_id == _REGISTRATION.c.sitting_id)
        .outerjoin(_CHECK, _CHECK.c.registration_id == _REGISTRATION.c.id)
        .outerjoin(
            _SITTING_ROOM,
            sa.and_(
                _SITTING_ROOM.c.sitting_id == _REGISTRATION.c.sitting_id,
                _SITTING_ROOM.c.room_id == _REGISTRATION.c.room_id,
            ),
        )
        .where(among(session, _REGISTRATION.c.id, registration_ids))
    )
    found = (await (await session.connection()).execute(statement)).all()
    rows = [SeatRow(*values) for _, *values in found]
    paused = {row.sitting_id for (has_pauses, *_), row in zip(found, rows, strict=True) if has_pauses}
    waiting = {row.sitting_id for row in rows if row.attempt_id is None} & paused
    if not waiting:
        return rows
    pauses = await time_queries.pauses_of_sittings(session, waiting)
    return [
        replace(row, pauses=tuple(one for one in pauses[row.sitting_id] if one.holds(row.room_id, row.registration_id)))
        if row.attempt_id is None and row.sitting_id in waiting
        else row
        for row in rows
    ]
