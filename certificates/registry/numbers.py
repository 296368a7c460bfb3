"""Register numbers and blanks, given inside the issuing transaction: in order, without a gap, none twice.

A number that is counted up in memory or by a database sequence is lost when the transaction fails. Here the last number
is a row that the transaction locks and changes, so it moves exactly when the certificates come to be.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import BlankNotAvailableError, BlankRangeOverlapError, BlankShortageError
from certificates.registry.models import Blank, BlankRange, RegisterSeries
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor

LARGEST_RANGE = 50_000


async def lock_series(session: AsyncSession, *, standard_level: str, year: int) -> RegisterSeries:
    """Return the series of a standard and year, locked to the end of the transaction; a new year starts at zero."""
    statement = (
        select(RegisterSeries)
        .where(RegisterSeries.standard_level == standard_level, RegisterSeries.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    series = (await session.exec(statement)).first()
    if series is None:
        # Another transaction may open the year at the same moment; then its row is there when the insert has failed.
        with suppress(IntegrityError):
            async with session.begin_nested():
                session.add(RegisterSeries(standard_level=standard_level, year=year))
        series = (await session.exec(statement)).one()
    return series


async def take_register_numbers(session: AsyncSession, series: RegisterSeries, count: int) -> range:
    """Return the next ``count`` sequence numbers of a locked series."""
    first = series.last_sequence + 1
    series.last_sequence += count
    session.add(series)
    await session.flush()
    return range(first, first + count)


async def take_blanks(session: AsyncSession, *, standard_level: str, count: int, now: datetime) -> list[str]:
    """Mark the next ``count`` available blanks of a standard as used and return their serial numbers in order.

    Raises
    ------
    BlankShortageError
    """
    await _lock_ranges(session, standard_level)
    statement = (
        select(Blank)
        .join(BlankRange, col(BlankRange.id) == col(Blank.range_id))
        .where(BlankRange.standard_level == standard_level, Blank.status == "available")
        .order_by(col(BlankRange.received_on), col(BlankRange.first_number), col(Blank.number))
        .limit(count)
        .execution_options(populate_existing=True)
    )
    blanks = (await session.exec(statement)).all()
    if len(blanks) < count:
        raise BlankShortageError(needed=count, available=len(blanks))
    for blank in blanks:
        blank.status, blank.changed_at = "used", now
        session.add(blank)
    await session.flush()
    return [blank.serial_number for blank in blanks]


async def add_blank_range(
    session: AsyncSession,
    *,
    standard_level: str,
    prefix: str,
    first_number: int,
    last_number: int,
    digits: int,
    received_on: date,
    note: str,
    actor: Actor,
    now: datetime,
) -> BlankRange:
    """Enter a delivery of blanks into the ledger, one row for each.

    Raises
    ------
    BlankRangeOverlapError
    """
    delivery = BlankRange(
        standard_level=standard_level,
        prefix=prefix,
        first_number=first_number,
        last_number=last_number,
        digits=digits,
        received_on=received_on,
        note=note,
        created_at=now,
    )
    serials = {number: f"{prefix}{number:0{digits}}" for number in range(first_number, last_number + 1)}
    session.add(delivery)
    await session.flush()
    try:
        async with session.begin_nested():
            rows = [
                {"serial_number": serial, "range_id": delivery.id, "number": number, "status": "available", "note": ""}
                for number, serial in serials.items()
            ]
            await session.exec(sa.insert(Blank), params=rows)
    except IntegrityError as error:
        raise BlankRangeOverlapError(first=serials[first_number], last=serials[last_number]) from error
    await audit.record(
        session,
        actor=actor,
        action="blank_range.received",
        object_type="blank_range",
        object_id=str(delivery.id),
        details={"first": serials[first_number], "last": serials[last_number], "count": len(serials)},
        now=now,
    )
    return delivery


async def write_off_blank(
    session: AsyncSession,
    *,
    serial_number: str,
    outcome: Literal["spoiled", "lost"],
    note: str,
    actor: Actor,
    now: datetime,
) -> Blank:
    """Account for a blank that will never become a certificate.

    Raises
    ------
    BlankNotAvailableError
    """
    blank = await session.get(Blank, serial_number)
    if blank is None:
        raise BlankNotAvailableError(serial_number=serial_number)
    delivery = await session.get_one(BlankRange, blank.range_id)
    await _lock_ranges(session, delivery.standard_level)
    await session.refresh(blank)
    if blank.status != "available":
        raise BlankNotAvailableError(serial_number=serial_number)
    blank.status, blank.changed_at, blank.note = outcome, now, note
    session.add(blank)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=f"blank.{outcome}",
        object_type="blank",
        object_id=serial_number,
        details={"note": note},
        now=now,
    )
    return blank


@dataclass(frozen=True, slots=True)
class RangeBalance:
    """A delivery of blanks and what became of them."""

    delivery: BlankRange
    counts: dict[str, int]


async def blank_balances(session: AsyncSession) -> list[RangeBalance]:
    """Return every delivery with its blanks counted by status, the latest first."""
    deliveries = (await session.exec(select(BlankRange).order_by(col(BlankRange.received_on).desc()))).all()
    statement = select(Blank.range_id, Blank.status, sa.func.count()).group_by(col(Blank.range_id), col(Blank.status))
    counts: dict[UUID, dict[str, int]] = {}
    for range_id, status, count in (await session.exec(statement)).all():
        counts.setdefault(range_id, {})[status] = count
    return [RangeBalance(delivery, counts.get(delivery.id, {})) for delivery in deliveries]


async def _lock_ranges(session: AsyncSession, standard_level: str) -> Sequence[UUID]:
    # Whoever takes or writes off blanks of a standard waits here: skipping or sharing rows would leave gaps.
    statement = select(BlankRange.id).where(BlankRange.standard_level == standard_level)
    return (await session.exec(statement.order_by(col(BlankRange.id)).with_for_update())).all()
