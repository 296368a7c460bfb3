"""SQL of incident reports and violations."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.incidents.models import Incident, IncidentAttachment, Violation

_ATTACHMENT, _VIOLATION = table_of(IncidentAttachment), table_of(Violation)


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """An attachment without its bytes."""

    id: UUID
    incident_id: UUID
    file_name: str
    content_type: str
    sha256: str
    size_bytes: int


async def incidents_of_sitting(
    session: AsyncSession, sitting_id: UUID, *, room_id: UUID | None = None
) -> list[Incident]:
    """Return the reports of a sitting, or of one room of it, in the order in which they were made."""
    statement = select(Incident).where(Incident.sitting_id == sitting_id)
    if room_id is not None:
        statement = statement.where(Incident.room_id == room_id)
    statement = statement.order_by(col(Incident.reported_at), col(Incident.id))
    return list((await session.exec(statement)).all())


async def incident_of(session: AsyncSession, sitting_id: UUID, incident_id: UUID) -> Incident | None:
    """Return a report of a sitting."""
    statement = select(Incident).where(Incident.id == incident_id, Incident.sitting_id == sitting_id)
    return (await session.exec(statement)).first()


async def lock_incident(session: AsyncSession, sitting_id: UUID, incident_id: UUID) -> Incident | None:
    """Return a report of a sitting, locked against others who would correct it or add to it."""
    statement = select(Incident).where(Incident.id == incident_id, Incident.sitting_id == sitting_id).with_for_update()
    return (await session.exec(statement)).first()


async def is_corrected(session: AsyncSession, incident_id: UUID) -> bool:
    """Whether another report corrects this one."""
    return (await session.exec(select(Incident.id).where(Incident.corrects == incident_id))).first() is not None


async def attachments_of(session: AsyncSession, incident_ids: Collection[UUID]) -> dict[UUID, list[AttachmentFacts]]:
    """Return what belongs to reports, without the bytes."""
    names = ("id", "incident_id", "file_name", "content_type", "sha256", "size_bytes")
    statement = (
        sa.select(*(_ATTACHMENT.c[name] for name in names))
        .where(among(session, _ATTACHMENT.c.incident_id, incident_ids))
        .order_by(_ATTACHMENT.c.added_at, _ATTACHMENT.c.id)
    )
    found: dict[UUID, list[AttachmentFacts]] = {}
    for row in (await (await session.connection()).execute(statement)).all():
        found.setdefault(row.incident_id, []).append(AttachmentFacts(*row))
    return found


async def attachment_of(session: AsyncSession, incident_id: UUID, attachment_id: UUID) -> IncidentAttachment | None:
    """Return a file of a report with its bytes."""
    statement = select(IncidentAttachment).where(
        IncidentAttachment.id == attachment_id, IncidentAttachment.incident_id == incident_id
    )
    return (await session.exec(statement)).first()


async def violations_of_sitting(
    session: AsyncSession, sitting_id: UUID, *, room_id: UUID | None = None
) -> list[Violation]:
    """Return the violations of a sitting, or of one room of it, in the order in which they were proposed."""
    statement = select(Violation).where(Violation.sitting_id == sitting_id)
    if room_id is not None:
        statement = statement.where(Violation.room_id == room_id)
    statement = statement.order_by(col(Violation.proposed_at), col(Violation.id))
    return list((await session.exec(statement)).all())


async def violations_of(session: AsyncSession, registration_id: UUID) -> list[Violation]:
    """Return the violations of one candidate in the order in which they were proposed."""
    statement = (
        select(Violation)
        .where(Violation.registration_id == registration_id)
        .order_by(col(Violation.proposed_at), col(Violation.id))
    )
    return list((await session.exec(statement)).all())


async def confirmed_among(session: AsyncSession, registration_ids: Collection[UUID]) -> list[Violation]:
    """Return the violations in force of these candidates."""
    statement = select(Violation).where(
        among(session, _VIOLATION.c.registration_id, registration_ids),
        col(Violation.decision) == "confirmed",
        col(Violation.withdrawn_at).is_(None),
    )
    return list((await session.exec(statement)).all())


async def lock_violation(session: AsyncSession, violation_id: UUID) -> Violation | None:
    """Return a violation, locked against others who would decide about it."""
    return (await session.exec(select(Violation).where(Violation.id == violation_id).with_for_update())).first()
