"""What proctors do to seats, on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.sittings import service as sittings


async def record_seats(
    session: AsyncSession,
    action: str,
    registration_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record an act of a proctor on seats of one sitting, in the audit and in the sitting's log."""
    if not registration_ids:
        return
    await session.flush()
    # A proctor acts in one room of one sitting.
    sitting_id = (await sittings.find_registration(session, registration_ids[0])).sitting_id
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="registration",
        object_id=str(registration_ids[0]) if len(registration_ids) == 1 else f"{len(registration_ids)} registrations",
        details={"registrations": [str(registration_id) for registration_id in registration_ids]} | dict(details or {}),
        now=now,
        sitting_id=sitting_id,
    )
