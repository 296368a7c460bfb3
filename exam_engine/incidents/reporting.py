"""Reports of incidents: only ever added to, and each a row of the sitting's log."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.core.time import iso_utc
from exam_engine.delivery.log_rows import text_digest
from exam_engine.delivery.upload_examining import LONGEST_SECONDS, SOUND, TOO_SLOW, examined
from exam_engine.incidents import queries
from exam_engine.incidents.categories import IncidentCategory
from exam_engine.incidents.errors import (
    AttachmentRefusedError,
    IncidentCorrectedError,
    IncidentInFutureError,
    TooManyAttachmentsError,
)
from exam_engine.incidents.models import Incident, IncidentAttachment
from exam_engine.interactions.responses import ending_of
from exam_engine.sitting_log.rows import canonical

MOST_ATTACHMENTS = 10
LARGEST_ATTACHMENT = 6 * 1024 * 1024
"""A test site sends each file home in one request, in base64."""
ATTACHMENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
}
"""What a camera or a scanner gives, by the ending of its name."""
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports; texts are trimmed and in composed form."""

    category: IncidentCategory
    occurred_at: datetime
    description: str
    measures: str = ""
    witnesses: str = ""


async def report(
    session: AsyncSession,
    *,
    sitting_id: UUID,
    room_id: UUID,
    registration_id: UUID | None,
    said: Report,
    actor: Actor,
    now: datetime,
) -> Incident:
    """Add a report on a room, or on one seat of it.

    Raises
    ------
    IncidentInFutureError
        A tablet's clock that is a few minutes fast is forgiven: the report then says now.
    """
    return await _add(session, sitting_id, room_id, registration_id, None, said, actor, now)


async def correct(
    session: AsyncSession, incident_id: UUID, *, sitting_id: UUID, said: Report, actor: Actor, now: datetime
) -> Incident:
    """Add a report in the place of another, which stays to be read.

    Raises
    ------
    NotFoundError, IncidentInFutureError
    IncidentCorrectedError
        It is not the latest of its line.
    """
    earlier = await queries.lock_incident(session, sitting_id, incident_id)
    if earlier is None:
        raise NotFoundError
    if await queries.is_corrected(session, incident_id):
        raise IncidentCorrectedError
    return await _add(session, sitting_id, earlier.room_id, earlier.registration_id, incident_id, said, actor, now)


async def attach(
    session: AsyncSession,
    incident_id: UUID,
    *,
    sitting_id: UUID,
    file_name: str,
    content: bytes,
    actor: Actor,
    now: datetime,
) -> IncidentAttachment:
    """Keep a picture or PDF with a report; the same bytes twice are one file.

    Looking through it comes before the first statement, so that no other writer waits for a parser.

    Raises
    ------
    AttachmentRefusedError, TooManyAttachmentsError, NotFoundError
    """
    content_type = await _content_type(file_name, content)
    incident = await queries.lock_incident(session, sitting_id, incident_id)
    if incident is None:
        raise NotFoundError
    sha256 = hashlib.sha256(content).hexdigest()
    held = (await queries.attachments_of(session, [incident_id])).get(incident_id, [])
    same = next((one for one in held if one.sha256 == sha256), None)
    if same is not None:
        found = await queries.attachment_of(session, incident_id, same.id)
        if found is not None:
            return found
    if len(held) >= MOST_ATTACHMENTS:
        raise TooManyAttachmentsError(most=MOST_ATTACHMENTS)
    attachment = IncidentAttachment(
        incident_id=incident_id,
        file_name=file_name[-120:],
        content_type=content_type,
        sha256=sha256,
        size_bytes=len(content),
        content=content,
        added_at=now,
        added_by_name=actor.display_name,
    )
    session.add(attachment)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="incident.attached",
        object_type="incident",
        object_id=str(incident_id),
        details={
            "incident": str(incident_id),
            "attachment": str(attachment.id),
            "sha256": sha256,
            "size_bytes": len(content),
        },
        now=now,
        sitting_id=sitting_id,
    )
    return attachment


async def _content_type(file_name: str, content: bytes) -> str:
    ending = ending_of(file_name)
    if ending not in ATTACHMENT_TYPES:
        types = ", ".join(ATTACHMENT_TYPES)
        raise AttachmentRefusedError(faults=[Fault("incident_attachment_type", file_name, {"types": types})])
    if not 0 < len(content) <= LARGEST_ATTACHMENT:
        most = LARGEST_ATTACHMENT // (1024 * 1024)
        raise AttachmentRefusedError(faults=[Fault("incident_attachment_size", file_name, {"megabytes": most})])
    finding = await examined(file_name, content)
    if finding == TOO_SLOW:
        seconds = int(LONGEST_SECONDS)
        raise AttachmentRefusedError(faults=[Fault("incident_attachment_too_slow", file_name, {"seconds": seconds})])
    if finding != SOUND:
        raise AttachmentRefusedError(faults=[Fault("incident_attachment_unsound", file_name)])
    return ATTACHMENT_TYPES[ending]


async def _add(
    session: AsyncSession,
    sitting_id: UUID,
    room_id: UUID,
    registration_id: UUID | None,
    corrects: UUID | None,
    said: Report,
    actor: Actor,
    now: datetime,
) -> Incident:
    if said.occurred_at > now + _CLOCKS_DIFFER:
        raise IncidentInFutureError
    incident = Incident(
        sitting_id=sitting_id,
        room_id=room_id,
        registration_id=registration_id,
        category=said.category,
        occurred_at=min(said.occurred_at, now),
        description=said.description,
        measures=said.measures,
        witnesses=said.witnesses,
        corrects=corrects,
        reported_at=now,
        reported_by=actor.id,
        reported_by_name=actor.display_name,
    )
    session.add(incident)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="incident.reported" if corrects is None else "incident.corrected",
        object_type="incident",
        object_id=str(incident.id),
        details={
            "incident": str(incident.id),
            "corrects": str(corrects) if corrects is not None else None,
            "room": str(room_id),
            "registrations": [str(registration_id)] if registration_id is not None else [],
            "category": incident.category,
            "occurred_at": iso_utc(incident.occurred_at),
            "text_sha256": text_digest(
                canonical(
                    {
                        "description": incident.description,
                        "measures": incident.measures,
                        "witnesses": incident.witnesses,
                    }
                )
            ),
        },
        now=now,
        sitting_id=sitting_id,
    )
    return incident
