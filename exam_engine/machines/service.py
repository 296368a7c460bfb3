"""Checks of the computers in exam rooms: taken in from the pages that made them, told to proctors and boards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.machines import queries
from exam_engine.machines.models import MachineCheck
from exam_engine.machines.schemas import (
    FINDINGS,
    CheckableRoom,
    CheckableSitting,
    Finding,
    MachineView,
    RoomMachines,
    RoomReadiness,
    SittingReadiness,
    Verdict,
)
from exam_engine.sittings import service as sittings


def worst_of(findings: Sequence[Finding]) -> Verdict:
    """Return what findings come to together; what nobody tried says nothing."""
    verdicts = {finding.verdict for finding in findings}
    if "bad" in verdicts:
        return "bad"
    return "warning" if "warning" in verdicts else "good"


async def checkable_sitting(session: AsyncSession, access_code: str) -> CheckableSitting:
    """Return the sitting of an access code with its rooms.

    Raises
    ------
    WrongCredentialsError
        No sitting that is ready has this code.
    """
    sitting, rooms = await sittings.sitting_by_code(session, access_code)
    return CheckableSitting(
        name=sitting.name,
        exam_name=sitting.exam_name,
        opens_at=sitting.opens_at,
        rooms=[CheckableRoom(id=room.id, name=room.name, seat_count=room.seat_count) for room in rooms],
    )


async def note_seat(
    session: AsyncSession,
    *,
    access_code: str,
    room_id: UUID,
    seat_number: int,
    findings: Sequence[Finding],
    now: datetime,
) -> Verdict:
    """Keep what somebody found at a seat before the exam; returns what it comes to.

    Raises
    ------
    WrongCredentialsError
        No sitting that is ready has this code.
    InvalidInputError
        The sitting has no such room, or the room no such seat.
    """
    sitting, rooms = await sittings.sitting_by_code(session, access_code)
    room = next((room for room in rooms if room.id == room_id), None)
    if room is None:
        raise InvalidInputError(faults=[Fault("machine_check_no_such_room", "room_id")])
    if seat_number > room.seat_count:
        raise InvalidInputError(faults=[Fault("machine_check_no_such_seat", "seat_number", {"count": room.seat_count})])
    return await _keep(session, (sitting.sitting_id, room_id, seat_number), findings, is_own=False, now=now)


async def note_own(
    session: AsyncSession, registration_id: UUID, findings: Sequence[Finding], *, now: datetime
) -> Verdict | None:
    """Keep what the page of a candidate found; None without a seat, where there is nobody to tell.

    Raises
    ------
    NotFoundError
    """
    facts = await sittings.find_registration(session, registration_id)
    if facts.room_id is None or facts.seat_number is None:
        return None
    return await _keep(session, (facts.sitting_id, facts.room_id, facts.seat_number), findings, is_own=True, now=now)


async def machines_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> RoomMachines:
    """Return the last check of each computer of a room.

    Raises
    ------
    NotFoundError
    """
    room = await sittings.find_room(session, sitting_id, room_id)
    items = [
        MachineView(
            seat_number=check.seat_number,
            verdict=worst_of(findings),
            findings=findings,
            is_own=check.is_own,
            checked_at=check.checked_at,
        )
        for check in await queries.checks_of_room(session, sitting_id, room_id)
        for findings in [FINDINGS.validate_python(check.findings)]
    ]
    return RoomMachines(seat_count=room.seat_count, items=items, total=len(items))


async def readiness_of(session: AsyncSession, sitting_id: UUID) -> SittingReadiness:
    """Return how far the computers of a sitting's rooms are checked.

    Raises
    ------
    NotFoundError
    """
    await sittings.find_sitting(session, sitting_id)
    counts: dict[UUID, dict[str, int]] = {}
    last: dict[UUID, datetime] = {}
    for room_id, verdict, count, checked_at in await queries.counts_of_sitting(session, sitting_id):
        counts.setdefault(room_id, {})[verdict] = count
        last[room_id] = max(checked_at, last.get(room_id, checked_at))
    items = [
        RoomReadiness(
            room_id=room.id,
            room_name=room.name,
            seat_count=room.seat_count,
            good=counts.get(room.id, {}).get("good", 0),
            warning=counts.get(room.id, {}).get("warning", 0),
            bad=counts.get(room.id, {}).get("bad", 0),
            last_checked_at=last.get(room.id),
        )
        for room in await sittings.rooms_of(session, sitting_id)
    ]
    return SittingReadiness(items=items, total=len(items))


async def _keep(
    session: AsyncSession,
    seat: tuple[UUID, UUID, int],
    findings: Sequence[Finding],
    *,
    is_own: bool,
    now: datetime,
) -> Verdict:
    verdict = worst_of(findings)
    check = await queries.check_of(session, seat)
    if check is None:
        sitting_id, room_id, seat_number = seat
        check = MachineCheck(
            sitting_id=sitting_id,
            room_id=room_id,
            seat_number=seat_number,
            verdict=verdict,
            findings=[],
            is_own=is_own,
            checked_at=now,
        )
    check.verdict, check.is_own, check.checked_at = verdict, is_own, now
    check.findings = FINDINGS.dump_python(list(findings), mode="json")
    session.add(check)
    await session.flush()
    return verdict
