"""Letting count what a browser that lost its seat still held: put forward with a reason, admitted by a second person.

Nothing of it ever enters the journal. What was admitted is a record of its own, which marking reads beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.errors import NotFoundError, SecondPersonError
from exam_engine.delivery import log_rows, queries, recovery_queries
from exam_engine.delivery.errors import RecoveryDecidedError, RecoveryRefusedError, RecoveryStagedError
from exam_engine.delivery.journal import genesis_hash
from exam_engine.delivery.leftovers import JudgedOperation, judge
from exam_engine.delivery.models import Attempt, Recovery
from exam_engine.delivery.queries import StoredOperation
from exam_engine.delivery.reasons import RecoveryReason
from exam_engine.delivery.sectioning import section_of_items
from exam_engine.delivery.timings import timing_of
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT

MOST_HELD = 1000
"""Operations of one attempt that are judged; more than that a browser can hold only when it has gone wild."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """All that browsers which lost the seat of one attempt still held, and what was put forward of it."""

    attempt: Attempt
    operations: list[JudgedOperation]
    recoveries: list[Recovery]


async def leftovers_of(session: AsyncSession, registration_ids: Sequence[UUID], now: datetime) -> list[Leftovers]:
    """Return the leftovers of candidates; most have none."""
    attempts = await recovery_queries.attempts_with_leftovers(session, registration_ids)
    recoveries = await recovery_queries.recoveries_of(session, [attempt.id for attempt in attempts])
    return [
        Leftovers(
            attempt, await _judged(session, attempt, now), [one for one in recoveries if one.attempt_id == attempt.id]
        )
        for attempt in attempts
    ]


async def propose(
    session: AsyncSession,
    sitting_id: UUID,
    registration_id: UUID,
    *,
    operations: Sequence[tuple[int, str]],
    reason: RecoveryReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> Recovery:
    """Put operations forward, each named by number and hash, to count after all.

    Raises
    ------
    NotFoundError
        The candidate has no attempt in this sitting, or no such operation is held.
    RecoveryRefusedError
        One of them may not count, or was put forward before.
    RecoveryStagedError, SittingSettledError
    """
    await sittings.lock_unsettled(session, sitting_id)
    attempt = await queries.attempt_of(session, registration_id, lock=True)
    if attempt is None or attempt.sitting_id != sitting_id:
        raise NotFoundError
    if await queries.staged_among(session, [attempt.id]):
        raise RecoveryStagedError
    await _refuse_inadmissible(session, attempt, operations, now)
    pending = await recovery_queries.recoveries_of(session, [attempt.id])
    named = {(seq, hash_) for one in pending if one.decision != "rejected" for seq, hash_ in one.operations}
    if named & set(operations):
        raise RecoveryRefusedError(seq=min(named & set(operations))[0])
    recovery = Recovery(
        attempt_id=attempt.id,
        registration_id=registration_id,
        sitting_id=sitting_id,
        operations=list(operations),
        reason=reason,
        note=note,
        proposed_at=now,
        proposed_by=actor.id,
        proposed_by_name=actor.display_name,
    )
    session.add(recovery)
    await session.flush()
    hint_after_commit(session, SEAT, [registration_id])
    said = {"reason": reason, "note_sha256": log_rows.text_digest(note)}
    await _record(session, "recovery.proposed", recovery, actor, now, said)
    return recovery


async def decide(
    session: AsyncSession, recovery_id: UUID, *, sitting_id: UUID, is_admitted: bool, actor: Actor, now: datetime
) -> Recovery:
    """Admit what somebody else has put forward, or reject it.

    An attempt that is marked already is marked again.

    Raises
    ------
    SecondPersonError
        Whoever put it forward cannot admit it.
    RecoveryRefusedError
        Since then the candidate has given a later answer.
    RecoveryDecidedError, SittingSettledError, NotFoundError
    """
    await sittings.lock_unsettled(session, sitting_id)
    recovery = await recovery_queries.lock_recovery(session, recovery_id)
    if recovery is None or recovery.sitting_id != sitting_id:
        raise NotFoundError
    if recovery.decision is not None:
        raise RecoveryDecidedError
    if is_admitted:
        if recovery.proposed_by == actor.id:
            raise SecondPersonError
        attempt = await queries.lock_attempt(session, recovery.attempt_id)
        if attempt is None:
            raise NotFoundError
        await _refuse_inadmissible(session, attempt, [(seq, hash_) for seq, hash_ in recovery.operations], now)
        attempt.marked_at = None
        session.add(attempt)
    recovery.decision = "admitted" if is_admitted else "rejected"
    recovery.decided_at, recovery.decided_by, recovery.decided_by_name = now, actor.id, actor.display_name
    session.add(recovery)
    hint_after_commit(session, SEAT, [recovery.registration_id])
    await _record(session, f"recovery.{recovery.decision}", recovery, actor, now, {})
    return recovery


async def admitted_operations(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, list[StoredOperation]]:
    """Return by attempt what was admitted; nothing for most."""
    found = await recovery_queries.admitted_bodies(session, attempt_ids)
    return {attempt_id: [StoredOperation(seq, body) for seq, body in bodies] for attempt_id, bodies in found.items()}


async def _judged(session: AsyncSession, attempt: Attempt, now: datetime) -> list[JudgedOperation]:
    held = await recovery_queries.held_operations(session, attempt.id, most=MOST_HELD)
    arrivals = await recovery_queries.first_arrivals(session, attempt.id)
    return judge(
        held,
        timing=timing_of(attempt, await queries.extra_time_of(session, attempt.registration_id)),
        hashes={0: genesis_hash(attempt.id)}
        | await recovery_queries.entry_hashes(session, attempt.id, {one.seq - 1 for one in held}),
        last_answers=await recovery_queries.last_answers(session, attempt.id),
        went_on_at={
            one.epoch: min(at for epoch, at in arrivals.items() if epoch > one.epoch)
            for one in held
            if any(epoch > one.epoch for epoch in arrivals)
        },
        section_of=await section_of_items(session, attempt, now),
    )


async def _refuse_inadmissible(
    session: AsyncSession, attempt: Attempt, operations: Sequence[tuple[int, str]], now: datetime
) -> None:
    judged = {(one.held.seq, one.held.hash): one.judgement for one in await _judged(session, attempt, now)}
    for seq, hash_ in operations:
        judgement = judged.get((seq, hash_))
        if judgement is None:
            raise NotFoundError
        if not judgement.is_admissible:
            raise RecoveryRefusedError(seq=seq)


async def _record(
    session: AsyncSession, action: str, recovery: Recovery, actor: Actor, now: datetime, said: dict[str, Any]
) -> None:
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="attempt",
        object_id=str(recovery.attempt_id),
        details={
            "recovery": str(recovery.id),
            "registration": str(recovery.registration_id),
            "operations": [[seq, hash_] for seq, hash_ in recovery.operations],
        }
        | said,
        now=now,
        sitting_id=recovery.sitting_id,
    )
