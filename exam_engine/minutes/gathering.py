"""From what the server knows of a room to what its minutes say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import User
from exam_engine.core.actor import SYSTEM
from exam_engine.core.errors import Fault
from exam_engine.core.time import iso_utc
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery import seat_queries, time_queries
from exam_engine.delivery.models import Attempt
from exam_engine.forms import service as forms
from exam_engine.incidents import violations
from exam_engine.minutes.content import (
    CreditLine,
    DoubtLine,
    IncidentLine,
    MinutesContent,
    MoveLine,
    PaperUse,
    PauseLine,
    Person,
    ViolationLine,
)
from exam_engine.proctoring import incident_views
from exam_engine.sittings import queries as sitting_queries
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import RegistrationFacts


async def signers_of(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> list[User]:
    """Return the proctors assigned to a room, who all sign, by name."""
    assigned = [
        user for room, user in await sitting_queries.proctors_of_sitting(session, sitting_id) if room == room_id
    ]
    found = [await session.get(User, id_) for id_ in assigned]
    return sorted((user for user in found if user is not None), key=lambda user: (user.display_name, user.id))


async def open_points(session: AsyncSession, sitting_id: UUID, room_id: UUID, now: datetime) -> list[Fault]:
    """Return why it is too early to sign: somebody works, or may still start."""
    registrations = await sittings.registrations_of_room(session, sitting_id, room_id)
    attempts = await delivery_queries.attempts_of(session, [one.registration_id for one in registrations])
    working = sum(attempt.closed_at is None for attempt in attempts.values())
    faults = []
    if working:
        faults.append(Fault("minutes_too_early.working", "attempts", {"count": working}))
    sitting = await sittings.find_sitting(session, sitting_id)
    if len(attempts) < len(registrations) and now <= sitting.closes_at:
        faults.append(Fault("minutes_too_early.may_start", "closes_at", {"until": iso_utc(sitting.closes_at)}))
    return faults


async def gather(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, version: int, remarks: str, drawn_up_at: datetime | None
) -> MinutesContent:
    """Return what the minutes of a room say as things stand.

    Raises
    ------
    NotFoundError
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    room = await sittings.find_room(session, sitting_id, room_id)
    centres = {one.id: centre for one, centre in await sitting_queries.rooms_of_sitting(session, sitting_id)}
    registrations = await sittings.registrations_of_room(session, sitting_id, room_id)
    people = {one.registration_id: one for one in registrations}
    ids = list(people)
    attempts = await delivery_queries.attempts_of(session, ids)
    finishes = Counter(attempt.finish_kind for attempt in attempts.values() if attempt.closed_at is not None)
    finished = [attempt.finished_at for attempt in attempts.values() if attempt.finished_at is not None]
    signers = await signers_of(session, sitting_id, room_id)
    return MinutesContent(
        version=version,
        council_name=sitting.council_name,
        place=sitting.place,
        centre_name=centres[room_id].name if room_id in centres else "",
        administration_name=sitting.administration_name,
        exam_name=sitting.exam_name,
        sitting_name=sitting.name,
        room_name=room.room_name,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        duration_minutes=int(sitting.duration.total_seconds() // 60),
        drawn_up_at=drawn_up_at,
        proctors=tuple(user.display_name for user in signers),
        registered=len(registrations),
        absent=tuple(_person(one) for one in _by_number(registrations) if one.registration_id not in attempts),
        first_started_at=min((attempt.started_at for attempt in attempts.values()), default=None),
        last_finished_at=max(finished, default=None),
        submitted=finishes["submitted"],
        timed_out=finishes["time_over"],
        ended=finishes["ended"],
        papers=await _papers(session, list(attempts.values())),
        pauses=await _pauses(session, sitting_id, room_id, people),
        credits=tuple(
            CreditLine(
                candidate_number=people[one.registration_id].candidate_number or "",
                seconds=one.credit_ms // 1000,
                reason=one.reason,
                proposed_by=one.proposed_by_name,
                decided_by=one.decided_by_name or "",
            )
            for one in await time_queries.credits_of(session, ids)
            if one.decision == "granted"
        ),
        moves=tuple(
            MoveLine(
                candidate_number=people[one.registration_id].candidate_number or "",
                at=one.moved_at,
                from_seat=one.from_seat,
                to_seat=one.to_seat,
                reason=one.reason,
            )
            for one in sorted(await seat_queries.moves_of(session, ids), key=lambda one: (one.moved_at, one.id))
        ),
        doubts=tuple(
            DoubtLine(
                candidate_number=people[id_].candidate_number or "", reason=check.reason or "other", note=check.note
            )
            for id_, check in sorted((await seat_queries.identity_checks_of(session, ids)).items())
            if check.verdict == "doubted"
        ),
        incidents=await _incidents(session, sitting_id, room_id),
        has_ladder=await violations.ladder_of_sitting(session, sitting_id) is not None,
        violations=await _violations(session, sitting_id, room_id),
        remarks=remarks,
    )


def _by_number(registrations: Sequence[RegistrationFacts]) -> list[RegistrationFacts]:
    return sorted(registrations, key=lambda one: (one.candidate_number or "", one.registration_id))


def _person(facts: RegistrationFacts) -> Person:
    return Person(
        candidate_number=facts.candidate_number or "",
        full_name=facts.full_name,
        birth_date=facts.birth_date,
        seat_number=facts.seat_number,
    )


async def _papers(session: AsyncSession, attempts: Sequence[Attempt]) -> tuple[PaperUse, ...]:
    used = Counter(attempt.form_id for attempt in attempts)
    codes = {form.id: form.form_code for form in await forms.find_forms(session, list(used))}
    uses = [PaperUse(form_code=codes[id_], candidates=count) for id_, count in used.items()]
    return tuple(sorted(uses, key=lambda use: use.form_code))


async def _pauses(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, people: Mapping[UUID, RegistrationFacts]
) -> tuple[PauseLine, ...]:
    lines = []
    for one in await time_queries.pauses_of_sitting(session, sitting_id):
        if one.registration_id is not None:
            if one.registration_id not in people:
                continue
            whom = people[one.registration_id].candidate_number or ""
        elif one.room_id not in {None, room_id}:
            continue
        else:
            whom = "sitting" if one.room_id is None else "room"
        lines.append(PauseLine(whom=whom, reason=one.reason, started_at=one.started_at, ended_at=one.ended_at))
    return tuple(lines)


async def _incidents(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> tuple[IncidentLine, ...]:
    found = await incident_views.incidents(session, sitting_id, room_id=room_id)
    return tuple(
        IncidentLine(
            at=one.latest.occurred_at,
            category=one.latest.category,
            candidate_number=one.candidate_number,
            seat_number=one.seat_number,
            description=one.latest.description,
            measures=one.latest.measures,
            witnesses=one.latest.witnesses,
            reported_by=one.latest.reported_by,
            attachments=sum(len(entry.attachments) for entry in (one.latest, *one.earlier)),
            was_corrected=bool(one.earlier),
        )
        for one in reversed(found.items)
    )


async def _violations(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> tuple[ViolationLine, ...]:
    found = await incident_views.violations_of(session, sitting_id, actor=SYSTEM, room_id=room_id)
    return tuple(
        ViolationLine(
            candidate_number=one.candidate_number,
            full_name=one.full_name,
            step=one.reached.name_vi,
            deduction_percent=one.reached.deduction_percent,
            statement=one.statement,
            state="withdrawn" if one.withdrawn_at is not None else one.decision or "waiting",
            decided_by=one.decided_by,
        )
        for one in found.items
    )
