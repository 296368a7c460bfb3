"""What happened at one seat, told from the sitting's log and from what the server saw besides."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.delivery import (
    crediting,
    instruction_queries,
    queries,
    recovery_queries,
    seat_queries,
    seats,
    time_queries,
)
from exam_engine.delivery.models import Instruction
from exam_engine.delivery.window_events import EVENT_OF, times_of
from exam_engine.lockdown import queries as lockdown_queries
from exam_engine.proctoring.seat_schemas import TimelineEntry
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.service import LoggedAct

_INSTRUCTION_OF = {
    "message.sent": "message",
    "seat.paused": "pause",
    "seat.resumed": "resume",
    "attempt.ended": "end",
    "credit.granted": "credit",
}
_WINDOW_KINDS = (*EVENT_OF, "focus_gained", "fullscreen_back", "offline", "online")
_MOST_WINDOW_ENTRIES = 200
# What marking says has no place on a proctor's page.
_UNTOLD = frozenset({"attempt.marked", "attempt.remarked", "attempt.refused_late"})


async def timeline_of(
    session: AsyncSession, sitting_id: UUID, registration_id: UUID, *, now: datetime
) -> list[TimelineEntry]:
    """Return what happened at one seat, newest first.

    Raises
    ------
    NotFoundError
    """
    overview = await seats.seat_overview(session, registration_id)
    attempt, seat = overview.attempt, overview.seat
    ids = [registration_id] if attempt is None else [registration_id, attempt.id]
    rows = [row for row in await sitting_log.rows_about(session, sitting_id, ids) if row.kind not in _UNTOLD]
    names = await audit.names_of(session, {row.facts["audit"][0] for row in rows if "audit" in row.facts})
    texts = await _texts(session, registration_id, None if attempt is None else attempt.id)
    entries = [_entry(row, registration_id, names, texts) for row in rows]
    if seat is not None:
        entries.append(TimelineEntry(at=seat.logged_in_at, kind="seat.logged_in", by=None, text=""))
    if attempt is not None:
        lost = (await crediting.lost_times(session, [(attempt, overview.timing)], now))[attempt.id]
        entries += [
            TimelineEntry(at=since, kind="seat.silent", by=None, text="", seconds=int((until - since).total_seconds()))
            for since, until in lost.intervals
        ]
        entries += [
            TimelineEntry(
                at=attempt.started_at + timedelta(milliseconds=at_ms),
                kind=f"window.{kind}",
                by=None,
                text="",
                times=times_of(body),
                event=EVENT_OF.get(kind),
            )
            for kind, at_ms, body in await time_queries.captured(
                session, attempt.id, _WINDOW_KINDS, most=_MOST_WINDOW_ENTRIES
            )
        ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _entry(
    row: LoggedAct, registration_id: UUID, names: dict[int, str], texts: dict[tuple[str, datetime], str]
) -> TimelineEntry:
    said = row.facts.get("details", row.facts)
    is_persons_act = "audit" in row.facts and row.facts["actor"][1] == "user"
    entry = TimelineEntry(
        at=row.at,
        kind=row.kind if row.kind != "attempt.closed" else f"attempt.{said['finish_kind']}",
        by=names.get(row.facts["audit"][0]) if is_persons_act else None,
        text=texts.get((row.kind, row.at), ""),
        reason=said.get("reason") or said.get("verdict"),
    )
    if row.kind == "seat.swapped":
        entry.from_seat, entry.to_seat = said["seats"][said["registrations"].index(str(registration_id))]
    if "credit_ms" in said:
        entry.seconds = said["credit_ms"] // 1000
    if row.kind.startswith("recovery."):
        entry.operations = len(said["operations"])
    return entry


async def _texts(
    session: AsyncSession, registration_id: UUID, attempt_id: UUID | None
) -> dict[tuple[str, datetime], str]:
    """Words that people typed, by kind and instant of the act: the log has them as digests only."""
    texts: dict[tuple[str, datetime], str] = {}
    told: Sequence[Instruction] = await instruction_queries.instructions_of(session, [registration_id], limit=500)
    for kind, of in _INSTRUCTION_OF.items():
        texts |= {(kind, one.created_at): one.text for one in told if one.kind == of and of != "credit"}
    for move in await seat_queries.moves_of(session, [registration_id]):
        texts["seat.swapped", move.moved_at] = move.note
    for credit in await time_queries.credits_of(session, [registration_id]):
        texts["credit.proposed", credit.proposed_at] = credit.note
    browser = await lockdown_queries.check_of(session, registration_id)
    if browser is not None and browser.exempted_at is not None:
        texts["browser.exempted", browser.exempted_at] = browser.exemption_note
    for check in (await seat_queries.identity_checks_of(session, [registration_id])).values():
        texts["identity.doubted", check.checked_at] = check.note
    seat = await queries.seat_of(session, registration_id)
    if seat is not None and seat.reported_fault is not None and seat.confirmed_at is not None:
        texts["seat.fault_reported", seat.confirmed_at] = seat.reported_fault
    if attempt_id is not None:
        for recovery in await recovery_queries.recoveries_of(session, [attempt_id]):
            texts["recovery.proposed", recovery.proposed_at] = recovery.note
    return texts
