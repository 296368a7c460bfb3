"""Steps of the ladder against candidates: proposed by one person, in force once another has confirmed them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.errors import NotFoundError, SecondPersonError
from exam_engine.delivery import ending, seat_queries, seats
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery.log_rows import text_digest
from exam_engine.incidents import queries
from exam_engine.incidents.errors import (
    NoLadderError,
    SuspendedError,
    UnknownStepError,
    ViolationDecidedError,
    ViolationNotInForceError,
)
from exam_engine.incidents.models import Violation
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.violation_ladder import BadLadderError, ViolationLadder, ViolationStep, ladder_of


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a candidate's violations come to: the step that takes most, and the basis that it rests on."""

    step: ViolationStep
    legal_basis: str

    @property
    def deduction(self) -> Decimal:
        """The share of the mark that it takes."""
        return self.step.deduction


def steps_in_force(violations: Sequence[Violation]) -> dict[UUID, ViolationStep]:
    """Return the step that each confirmed violation of one candidate has come to, by its id.

    They are taken in the order of their confirmation: one that repeats a step is raised as the ladder says. Withdrawing
    one lowers those that were raised because of it.
    """
    confirmed = sorted(
        (one for one in violations if one.decision == "confirmed" and one.withdrawn_at is None),
        key=lambda one: (one.decided_at or one.proposed_at, one.id),
    )
    reached: dict[UUID, ViolationStep] = {}
    for one in confirmed:
        before = [step.code for step in reached.values()]
        reached[one.id] = ViolationLadder.model_validate(one.ladder).reached(one.step, before)
    return reached


def penalty(violations: Sequence[Violation]) -> Penalty | None:
    """Return what the violations of one candidate come to; None when none is in force."""
    reached = steps_in_force(violations)
    if not reached:
        return None
    bases = {one.id: ViolationLadder.model_validate(one.ladder).legal_basis for one in violations}
    id_, step = max(reached.items(), key=lambda pair: (pair[1].deduction, pair[1].ends_attempt))
    return Penalty(step, bases[id_])


async def penalties_of_sitting(session: AsyncSession, sitting_id: UUID) -> dict[UUID, Penalty]:
    """Return what violations come to, by registration; nobody without one in force."""
    of: dict[UUID, list[Violation]] = {}
    for one in await queries.violations_of_sitting(session, sitting_id):
        of.setdefault(one.registration_id, []).append(one)
    found = {id_: penalty(violations) for id_, violations in of.items()}
    return {id_: one for id_, one in found.items() if one is not None}


async def suspended_among(session: AsyncSession, registration_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these candidates have a violation in force that ends their exam."""
    of: dict[UUID, list[Violation]] = {}
    for one in await queries.confirmed_among(session, registration_ids):
        of.setdefault(one.registration_id, []).append(one)
    return {id_ for id_, found in of.items() if any(step.ends_attempt for step in steps_in_force(found).values())}


async def lock_suspended_among(session: AsyncSession, registration_ids: Collection[UUID]) -> set[UUID]:
    """Return the same, and keep others from deciding about these candidates until the transaction ends."""
    await seat_queries.lock_registrations(session, registration_ids)
    return await suspended_among(session, registration_ids)


async def refuse_suspended(session: AsyncSession, registration_ids: Collection[UUID]) -> None:
    """Refuse to let candidates go on while a violation in force ends their exam.

    Raises
    ------
    SuspendedError
    """
    if suspended := await lock_suspended_among(session, registration_ids):
        numbers = await seat_queries.seat_numbers(session, suspended)
        raise SuspendedError(seats=", ".join(str(number) for number in sorted(numbers.values())))


async def undecided_count(session: AsyncSession, sitting_id: UUID) -> int:
    """Return how many violations of a sitting wait for the second person."""
    return sum(one.decision is None for one in await queries.violations_of_sitting(session, sitting_id))


async def ladder_of_sitting(session: AsyncSession, sitting_id: UUID) -> tuple[str, ViolationLadder] | None:
    """Return the ladder of a sitting with the code of its rule-set; None where there is none.

    Raises
    ------
    NotFoundError
    NoLadderError
        There is one that cannot be read.
    """
    rule_set = await sittings.rule_set_of(session, sitting_id)
    if rule_set is None:
        return None
    try:
        ladder = ladder_of(rule_set.rule)
    except BadLadderError as error:
        raise NoLadderError from error
    return (rule_set.code, ladder) if ladder is not None else None


async def propose(
    session: AsyncSession,
    sitting_id: UUID,
    room_id: UUID,
    registration_id: UUID,
    *,
    step: str,
    statement: str,
    incident_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> Violation:
    """Propose a step of the ladder for a candidate; nothing follows until another person has confirmed it.

    Raises
    ------
    NoLadderError, UnknownStepError, SittingSettledError
    NotFoundError
        The incident is of another room.
    """
    await sittings.lock_unsettled(session, sitting_id)
    found = await ladder_of_sitting(session, sitting_id)
    if found is None:
        raise NoLadderError
    rule_set_code, ladder = found
    if ladder.step(step) is None:
        raise UnknownStepError
    if incident_id is not None:
        incident = await queries.incident_of(session, sitting_id, incident_id)
        if incident is None or incident.room_id != room_id:
            raise NotFoundError
    violation = Violation(
        sitting_id=sitting_id,
        room_id=room_id,
        registration_id=registration_id,
        incident_id=incident_id,
        rule_set_code=rule_set_code,
        ladder=ladder.model_dump(mode="json"),
        step=step,
        statement=statement,
        proposed_at=now,
        proposed_by=actor.id,
        proposed_by_name=actor.display_name,
    )
    session.add(violation)
    await session.flush()
    await _record(session, "violation.proposed", violation, actor, now, {"statement_sha256": text_digest(statement)})
    return violation


async def decide(
    session: AsyncSession,
    violation_id: UUID,
    *,
    sitting_id: UUID,
    is_confirmed: bool,
    note: str,
    actor: Actor,
    now: datetime,
) -> Violation:
    """Confirm what somebody else proposed, or reject it; the proposer may only take it back.

    A step that ends the attempt ends it now; whoever has not started is locked.

    Raises
    ------
    SecondPersonError
        Whoever proposed it cannot confirm it.
    ViolationDecidedError, SittingSettledError, NotFoundError
    """
    await sittings.lock_unsettled(session, sitting_id)
    violation = await queries.lock_violation(session, violation_id)
    if violation is None or violation.sitting_id != sitting_id:
        raise NotFoundError
    if violation.decision is not None:
        raise ViolationDecidedError
    if is_confirmed and violation.proposed_by == actor.id:
        raise SecondPersonError
    # Two decisions about one candidate: the second knows what the first has come to.
    await seat_queries.lock_registrations(session, [violation.registration_id])
    violation.decision = "confirmed" if is_confirmed else "rejected"
    violation.decision_note = note
    violation.decided_at, violation.decided_by, violation.decided_by_name = now, actor.id, actor.display_name
    session.add(violation)
    await session.flush()
    if not is_confirmed:
        await _record(session, "violation.rejected", violation, actor, now)
        return violation
    reached = steps_in_force(await queries.violations_of(session, violation.registration_id))[violation.id]
    said = {"reached": reached.code, "deduction": str(reached.deduction)}
    await _record(session, "violation.confirmed", violation, actor, now, said)
    if reached.ends_attempt:
        whom = [violation.registration_id]
        if await delivery_queries.attempts_of(session, whom):
            await ending.end(session, whom, reason="violation", note=reached.name.vi, actor=actor, now=now)
        else:
            await seats.lock(session, registration_ids=whom, actor=actor, now=now)
    return violation


async def withdraw(
    session: AsyncSession, violation_id: UUID, *, sitting_id: UUID, reason: str, actor: Actor, now: datetime
) -> Violation:
    """Take a confirmed violation back: it takes nothing off the mark any more.

    An attempt that was ended stays ended; proctors may reopen it as long as it is not closed.

    Raises
    ------
    ViolationNotInForceError, SittingSettledError, NotFoundError
    """
    await sittings.lock_unsettled(session, sitting_id)
    violation = await queries.lock_violation(session, violation_id)
    if violation is None or violation.sitting_id != sitting_id:
        raise NotFoundError
    if violation.decision != "confirmed" or violation.withdrawn_at is not None:
        raise ViolationNotInForceError
    violation.withdrawn_at, violation.withdrawn_by_name = now, actor.display_name
    violation.withdrawal_reason = reason
    session.add(violation)
    await session.flush()
    await _record(session, "violation.withdrawn", violation, actor, now, {"reason_sha256": text_digest(reason)})
    return violation


async def _record(
    session: AsyncSession,
    action: str,
    violation: Violation,
    actor: Actor,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    hint_after_commit(session, SEAT, [violation.registration_id])
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="registration",
        object_id=str(violation.registration_id),
        details={
            "violation": str(violation.id),
            "registrations": [str(violation.registration_id)],
            "rule_set": violation.rule_set_code,
            "step": violation.step,
        }
        | (details or {}),
        now=now,
        sitting_id=violation.sitting_id,
    )
