"""Comparing persons with their identity papers: confirmed, doubted with a reason, or taken back until the start."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.delivery import log_rows, queries, seat_queries, seats
from exam_engine.delivery.errors import AttemptRunningError
from exam_engine.delivery.models import IdentityCheck
from exam_engine.delivery.reasons import DoubtReason
from exam_engine.delivery.unlock_rules import Verdict
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.seat_records import record_seats


async def confirm(session: AsyncSession, registration_ids: Sequence[UUID], *, actor: Actor, now: datetime) -> int:
    """Note that these persons are who they say; returns of how many that was news."""
    return await _note(session, registration_ids, "confirmed", None, "", actor=actor, now=now)


async def doubt(
    session: AsyncSession,
    registration_ids: Sequence[UUID],
    *,
    reason: DoubtReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Note a doubt about these persons, at any time; returns of how many that was news.

    Whoever has not started is locked again. An attempt that runs goes on: what becomes of it is for people to decide.
    """
    noted = await _note(session, registration_ids, "doubted", reason, note, actor=actor, now=now)
    await _lock_who_waits(session, registration_ids, actor=actor, now=now)
    return noted


async def withdraw(session: AsyncSession, registration_ids: Sequence[UUID], *, actor: Actor, now: datetime) -> int:
    """Take back what was noted of these persons, and the unlock with it; returns of how many there was anything.

    Raises
    ------
    AttemptRunningError
        One of them has started: a new word may be noted, the old one stands in the log.
    """
    if await queries.attempts_of(session, registration_ids):
        raise AttemptRunningError
    known = await seat_queries.identity_checks_of(session, registration_ids)
    withdrawn = [id_ for id_ in registration_ids if id_ in known]
    if not withdrawn:
        return 0
    for id_ in withdrawn:
        known[id_].verdict, known[id_].reason, known[id_].note = "withdrawn", None, ""
        known[id_].checked_at, known[id_].checked_by, known[id_].checked_by_name = now, actor.id, actor.display_name
        session.add(known[id_])
    hint_after_commit(session, SEAT, withdrawn)
    await record_seats(session, "identity.withdrawn", withdrawn, actor, now)
    await _lock_who_waits(session, withdrawn, actor=actor, now=now)
    return len(withdrawn)


async def unchecked_present(session: AsyncSession, registration_ids: Sequence[UUID]) -> list[UUID]:
    """Return who of these has logged in and was not looked at yet: whom an act on all is for."""
    present = await queries.seats_of(session, registration_ids)
    known = await seat_queries.identity_checks_of(session, registration_ids)
    return [id_ for id_ in registration_ids if id_ in present and id_ not in known]


async def _note(
    session: AsyncSession,
    registration_ids: Sequence[UUID],
    verdict: Verdict,
    reason: DoubtReason | None,
    note: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    # Two proctors at the same door: the second finds what the first has noted.
    await seat_queries.lock_registrations(session, registration_ids)
    known = await seat_queries.all_identity_checks_of(session, registration_ids)
    noted = []
    for id_ in registration_ids:
        check = known.get(id_)
        if check is not None and (check.verdict, check.reason, check.note) == (verdict, reason, note):
            continue
        if check is None:
            check = IdentityCheck(
                registration_id=id_, verdict=verdict, checked_at=now, checked_by=actor.id, checked_by_name=""
            )
        check.verdict, check.reason, check.note = verdict, reason, note
        check.checked_at, check.checked_by, check.checked_by_name = now, actor.id, actor.display_name
        session.add(check)
        noted.append(id_)
    hint_after_commit(session, SEAT, noted)
    said = {} if reason is None else {"reason": reason, "note_sha256": log_rows.text_digest(note)}
    await record_seats(session, f"identity.{verdict}", noted, actor, now, said)
    return len(noted)


async def _lock_who_waits(
    session: AsyncSession, registration_ids: Sequence[UUID], *, actor: Actor, now: datetime
) -> None:
    if not await seat_queries.needing_identity(session, registration_ids):
        return
    started = await queries.attempts_of(session, registration_ids)
    waiting = [id_ for id_ in registration_ids if id_ not in started]
    await seats.lock(session, registration_ids=waiting, actor=actor, now=now)
