"""Moving candidates to other seats of their room after the plan was posted: to an empty one, or two in exchange."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.sittings import queries
from exam_engine.sittings.errors import SeatEmptyError, SeatUnchangedError


@dataclass(frozen=True, slots=True)
class Reseated:
    """A candidate who sits somewhere else now."""

    registration_id: UUID
    from_seat: int
    to_seat: int


async def reseat(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, from_seat: int, to_seat: int
) -> list[Reseated]:
    """Move whoever sits at one seat of a room to another; whoever sits there comes in return.

    A number above those of the room's seats is a spare computer. Number, form and variant stay the candidate's own:
    their paper may be on the screen already.

    Raises
    ------
    SeatEmptyError
        Nobody sits there.
    SeatUnchangedError
        Both are the same seat.
    """
    if from_seat == to_seat:
        raise SeatUnchangedError(seat=from_seat)
    seated = await queries.lock_registrations_at(session, sitting_id, room_id, (from_seat, to_seat))
    one, other = seated.get(from_seat), seated.get(to_seat)
    if one is None:
        raise SeatEmptyError(seat=from_seat)
    moved = [Reseated(one.id, from_seat, to_seat)]
    if other is not None:
        # No two may sit at one seat, not even between two statements.
        other.seat_number = None
        session.add(other)
        await session.flush()
        moved.append(Reseated(other.id, to_seat, from_seat))
    one.seat_number = to_seat
    session.add(one)
    await session.flush()
    if other is not None:
        other.seat_number = from_seat
        session.add(other)
        await session.flush()
    return moved


async def take_places(session: AsyncSession, places: Mapping[UUID, int]) -> None:
    """Seat registrations of one room where each of them went on another server."""
    moved = await queries.lock_registrations(session, places)
    # No two may sit at one seat, not even between two statements.
    for registration in moved:
        registration.seat_number = None
        session.add(registration)
    await session.flush()
    for registration in moved:
        registration.seat_number = places[registration.id]
        session.add(registration)
    await session.flush()
