"""Incident reports and violations, as proctors and the board read them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.incidents import queries, violations
from exam_engine.incidents.models import Incident, Violation
from exam_engine.incidents.queries import AttachmentFacts
from exam_engine.proctoring.incident_schemas import (
    AttachmentView,
    IncidentEntry,
    IncidentList,
    IncidentView,
    LadderView,
    StepView,
    ViolationList,
    ViolationView,
)
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import RegistrationFacts
from exam_engine.sittings.violation_ladder import ViolationLadder, ViolationStep


async def incidents(session: AsyncSession, sitting_id: UUID, *, room_id: UUID | None = None) -> IncidentList:
    """Return the matters reported in a sitting, or in one room of it, the last to happen first."""
    reports = await queries.incidents_of_sitting(session, sitting_id, room_id=room_id)
    files = await queries.attachments_of(session, [one.id for one in reports])
    people = await _people(session, sitting_id)
    rooms = {id_: (await sittings.find_room(session, sitting_id, id_)).room_name for id_ in _rooms(reports)}
    by_id = {one.id: one for one in reports}
    corrected = {one.corrects for one in reports if one.corrects is not None}
    views = []
    for last in reports:
        if last.id in corrected:
            continue
        line, at = [], last
        while at.corrects is not None:
            at = by_id[at.corrects]
            line.append(at)
        person = people.get(last.registration_id) if last.registration_id is not None else None
        views.append(
            IncidentView(
                room_id=last.room_id,
                room_name=rooms[last.room_id],
                registration_id=last.registration_id,
                seat_number=person.seat_number if person is not None else None,
                candidate_number=person.candidate_number if person is not None else None,
                full_name=person.full_name if person is not None else None,
                latest=_entry(last, files),
                earlier=[_entry(one, files) for one in line],
            )
        )
    views.sort(key=lambda view: view.latest.occurred_at, reverse=True)
    return IncidentList(items=views, total=len(views))


async def violations_of(
    session: AsyncSession, sitting_id: UUID, *, actor: Actor, room_id: UUID | None = None
) -> ViolationList:
    """Return the violations of a sitting, or of one room of it, in the order in which they were proposed."""
    # What a step has come to follows from all that a candidate has, in whatever room it was.
    found = await queries.violations_of_sitting(session, sitting_id)
    people = await _people(session, sitting_id)
    rooms = {id_: (await sittings.find_room(session, sitting_id, id_)).room_name for id_ in _rooms(found)}
    reached: dict[UUID, ViolationStep] = {}
    for registration_id in {one.registration_id for one in found}:
        own = [one for one in found if one.registration_id == registration_id]
        in_force = violations.steps_in_force(own)
        reached |= in_force
        before = [step.code for step in in_force.values()]
        for one in own:
            if one.decision is None:
                reached[one.id] = ViolationLadder.model_validate(one.ladder).reached(one.step, before)
    items = [
        _violation(one, people[one.registration_id], rooms[one.room_id], reached.get(one.id), actor)
        for one in found
        if room_id is None or one.room_id == room_id
    ]
    return ViolationList(items=items, total=len(items))


async def ladder(session: AsyncSession, sitting_id: UUID) -> LadderView:
    """Return the ladder of a sitting."""
    found = await violations.ladder_of_sitting(session, sitting_id)
    if found is None:
        return LadderView(legal_basis="", steps=[])
    return LadderView(legal_basis=found[1].legal_basis, steps=[step_view(step) for step in found[1].steps])


def step_view(step: ViolationStep) -> StepView:
    """Return a step with its share in per cent."""
    percent = (step.deduction * Decimal(100)).normalize()
    return StepView(
        code=step.code,
        name_vi=step.name.vi,
        name_en=step.name.en,
        deduction_percent=f"{percent:f}",
        ends_attempt=step.ends_attempt,
    )


async def _people(session: AsyncSession, sitting_id: UUID) -> dict[UUID, RegistrationFacts]:
    return {one.registration_id: one for one in await sittings.registrations_of_sitting(session, sitting_id)}


def _rooms(rows: Sequence[Incident] | Sequence[Violation]) -> set[UUID]:
    return {row.room_id for row in rows}


def _entry(report: Incident, files: Mapping[UUID, Sequence[AttachmentFacts]]) -> IncidentEntry:
    return IncidentEntry.model_validate(
        {
            "id": report.id,
            "category": report.category,
            "occurred_at": report.occurred_at,
            "description": report.description,
            "measures": report.measures,
            "witnesses": report.witnesses,
            "reported_at": report.reported_at,
            "reported_by": report.reported_by_name,
            "attachments": [
                AttachmentView(
                    id=file.id,
                    file_name=file.file_name,
                    content_type=file.content_type,
                    size_bytes=file.size_bytes,
                    sha256=file.sha256,
                )
                for file in files.get(report.id, ())
            ],
        }
    )


def _violation(
    one: Violation, person: RegistrationFacts, room_name: str, reached: ViolationStep | None, actor: Actor
) -> ViolationView:
    step = ViolationLadder.model_validate(one.ladder).reached(one.step, [])
    return ViolationView.model_validate(
        {
            "id": one.id,
            "room_name": room_name,
            "registration_id": one.registration_id,
            "seat_number": person.seat_number,
            "candidate_number": person.candidate_number or "",
            "full_name": person.full_name,
            "incident_id": one.incident_id,
            "step": step_view(step),
            "reached": step_view(reached or step),
            "statement": one.statement,
            "proposed_at": one.proposed_at,
            "proposed_by": one.proposed_by_name,
            "is_own": one.proposed_by == actor.id,
            "decision": one.decision,
            "decision_note": one.decision_note,
            "decided_at": one.decided_at,
            "decided_by": one.decided_by_name,
            "withdrawn_at": one.withdrawn_at,
            "withdrawn_by": one.withdrawn_by_name,
            "withdrawal_reason": one.withdrawal_reason,
        }
    )
