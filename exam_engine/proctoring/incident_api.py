"""Routes over what went wrong in a room: proctors report it and propose what follows, the board reads and decides."""

from uuid import UUID

from fastapi import APIRouter, Response, UploadFile
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.download import private_file
from exam_engine.core.errors import NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.incidents import queries, reporting, violations
from exam_engine.incidents.models import Incident
from exam_engine.incidents.reporting import LARGEST_ATTACHMENT, Report
from exam_engine.proctoring import event_views, incident_views, service
from exam_engine.proctoring.incident_schemas import (
    AttachmentView,
    IncidentList,
    IncidentText,
    LadderView,
    NewIncident,
    NewViolation,
    ViolationDecision,
    ViolationList,
    Withdrawal,
)
from exam_engine.proctoring.schemas import EventTotals, SeatSelection
from exam_engine.sittings import service as sittings

room_incident_router = APIRouter(
    prefix="/api/proctoring/sittings/{sitting_id}/rooms/{room_id}",
    tags=["proctoring"],
    dependencies=[requires(Permission.PROCTOR_ROOM)],
)
sitting_incident_router = APIRouter(prefix="/api/sittings/{sitting_id}", tags=["sittings"])

READ = requires(Permission.INCIDENT_READ)
DECIDE = requires(Permission.VIOLATION_DECIDE)


def _said(body: IncidentText) -> Report:
    return Report(body.category, body.occurred_at, body.description, body.measures, body.witnesses)


async def _of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID, incident_id: UUID, actor: Actor) -> Incident:
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    incident = await queries.incident_of(session, sitting_id, incident_id)
    if incident is None or incident.room_id != room_id:
        raise NotFoundError
    return incident


async def _file(session: AsyncSession, incident_id: UUID, attachment_id: UUID) -> Response:
    found = await queries.attachment_of(session, incident_id, attachment_id)
    if found is None:
        raise NotFoundError
    return private_file(found.content, found.content_type, found.file_name)


@room_incident_router.get("/incidents")
async def list_incidents_of_room(
    sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep
) -> IncidentList:
    """What was reported in the room, the last to happen first."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await incident_views.incidents(session, sitting_id, room_id=room_id)


@room_incident_router.post("/incidents", status_code=201)
async def report_incident(
    sitting_id: UUID, room_id: UUID, body: NewIncident, actor: ActorDep, session: SessionDep
) -> IncidentList:
    """Report something that went wrong in the room or at one seat; answers with all of the room."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    if body.registration_id is not None:
        selection = SeatSelection(registration_ids=[body.registration_id])
        await service.chosen_seats(session, sitting_id, room_id, selection=selection, actor=actor)
    await reporting.report(
        session,
        sitting_id=sitting_id,
        room_id=room_id,
        registration_id=body.registration_id,
        said=_said(body),
        actor=actor,
        now=utc_now(),
    )
    return await incident_views.incidents(session, sitting_id, room_id=room_id)


@room_incident_router.post("/incidents/{incident_id}/correction", status_code=201)
async def correct_incident(
    sitting_id: UUID, room_id: UUID, incident_id: UUID, body: IncidentText, actor: ActorDep, session: SessionDep
) -> IncidentList:
    """Report a matter anew; the report before stays to be read."""
    await _of_room(session, sitting_id, room_id, incident_id, actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    await reporting.correct(session, incident_id, sitting_id=sitting_id, said=_said(body), actor=actor, now=utc_now())
    return await incident_views.incidents(session, sitting_id, room_id=room_id)


@room_incident_router.post("/incidents/{incident_id}/attachments", status_code=201)
async def attach_to_incident(
    sitting_id: UUID, room_id: UUID, incident_id: UUID, file: UploadFile, actor: ActorDep, session: SessionDep
) -> AttachmentView:
    """Keep a photo, scan or PDF with a report, once it was looked through."""
    content = await file.read(LARGEST_ATTACHMENT + 1)
    await _of_room(session, sitting_id, room_id, incident_id, actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    # The file is looked through outside of any transaction, which a writer would otherwise hold meanwhile.
    await session.rollback()
    found = await reporting.attach(
        session,
        incident_id,
        sitting_id=sitting_id,
        file_name=file.filename or "",
        content=content,
        actor=actor,
        now=utc_now(),
    )
    return AttachmentView(
        id=found.id,
        file_name=found.file_name,
        content_type=found.content_type,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
    )


@room_incident_router.get("/incidents/{incident_id}/attachments/{attachment_id}", response_class=Response)
async def read_attachment_in_room(
    sitting_id: UUID,
    room_id: UUID,
    incident_id: UUID,
    attachment_id: UUID,
    actor: ActorDep,
    session: ReadSessionDep,
) -> Response:
    """The bytes of an attachment, always as a download."""
    await _of_room(session, sitting_id, room_id, incident_id, actor)
    return await _file(session, incident_id, attachment_id)


@room_incident_router.get("/ladder")
async def read_ladder(sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep) -> LadderView:
    """The steps that may be proposed for candidates who break the rules; none where the rule-set has none."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await incident_views.ladder(session, sitting_id)


@room_incident_router.get("/violations")
async def list_violations_of_room(
    sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep
) -> ViolationList:
    """The violations proposed in the room and what became of them."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await incident_views.violations_of(session, sitting_id, actor=actor, room_id=room_id)


@room_incident_router.post("/violations", status_code=201)
async def propose_violation(
    sitting_id: UUID, room_id: UUID, body: NewViolation, actor: ActorDep, session: SessionDep
) -> ViolationList:
    """Propose a step of the ladder for a candidate of the room; a member of the board confirms it."""
    selection = SeatSelection(registration_ids=[body.registration_id])
    await service.chosen_seats(session, sitting_id, room_id, selection=selection, actor=actor)
    await violations.propose(
        session,
        sitting_id,
        room_id,
        body.registration_id,
        step=body.step,
        statement=body.statement,
        incident_id=body.incident_id,
        actor=actor,
        now=utc_now(),
    )
    return await incident_views.violations_of(session, sitting_id, actor=actor, room_id=room_id)


@room_incident_router.post("/violations/{violation_id}/retraction")
async def retract_violation(
    sitting_id: UUID, room_id: UUID, violation_id: UUID, actor: ActorDep, session: SessionDep
) -> ViolationList:
    """Take back one's own proposal that nobody has decided about."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    of_room = await queries.violations_of_sitting(session, sitting_id, room_id=room_id)
    if violation_id not in {one.id for one in of_room if one.proposed_by == actor.id}:
        raise NotFoundError
    await violations.decide(
        session, violation_id, sitting_id=sitting_id, is_confirmed=False, note="", actor=actor, now=utc_now()
    )
    return await incident_views.violations_of(session, sitting_id, actor=actor, room_id=room_id)


@sitting_incident_router.get("/incidents", dependencies=[READ])
async def list_incidents(sitting_id: UUID, session: ReadSessionDep) -> IncidentList:
    """What was reported in all rooms of a sitting, the last to happen first."""
    return await incident_views.incidents(session, sitting_id)


@sitting_incident_router.get(
    "/incidents/{incident_id}/attachments/{attachment_id}", dependencies=[READ], response_class=Response
)
async def read_attachment(
    sitting_id: UUID, incident_id: UUID, attachment_id: UUID, session: ReadSessionDep
) -> Response:
    """The bytes of an attachment, always as a download."""
    if await queries.incident_of(session, sitting_id, incident_id) is None:
        raise NotFoundError
    return await _file(session, incident_id, attachment_id)


@sitting_incident_router.get("/window-events", dependencies=[READ])
async def list_window_events(sitting_id: UUID, session: ReadSessionDep) -> EventTotals:
    """How often browsers told of each event of the exam's window, in all rooms of a sitting; none is a proof."""
    return await event_views.totals(session, sitting_id)


@sitting_incident_router.get("/violations", dependencies=[READ])
async def list_violations(sitting_id: UUID, actor: ActorDep, session: ReadSessionDep) -> ViolationList:
    """The violations proposed in a sitting and what became of them."""
    return await incident_views.violations_of(session, sitting_id, actor=actor)


@sitting_incident_router.post("/violations/{violation_id}/decision", dependencies=[DECIDE])
async def decide_violation(
    sitting_id: UUID, violation_id: UUID, body: ViolationDecision, actor: ActorDep, session: SessionDep
) -> ViolationList:
    """Confirm what somebody else proposed, or reject it; answers with all of the sitting."""
    await violations.decide(
        session,
        violation_id,
        sitting_id=sitting_id,
        is_confirmed=body.is_confirmed,
        note=body.note,
        actor=actor,
        now=utc_now(),
    )
    return await incident_views.violations_of(session, sitting_id, actor=actor)


@sitting_incident_router.post("/violations/{violation_id}/withdrawal", dependencies=[DECIDE])
async def withdraw_violation(
    sitting_id: UUID, violation_id: UUID, body: Withdrawal, actor: ActorDep, session: SessionDep
) -> ViolationList:
    """Take a confirmed violation back with a reason; answers with all of the sitting."""
    await violations.withdraw(
        session, violation_id, sitting_id=sitting_id, reason=body.reason, actor=actor, now=utc_now()
    )
    return await incident_views.violations_of(session, sitting_id, actor=actor)
