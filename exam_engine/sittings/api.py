"""Routes of exams, centres, sittings and registrations."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.download import xlsx_response
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.problems import fault_view
from exam_engine.core.text import search_key
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms
from exam_engine.sittings import arranging, planning, queries, registering, rule_sets, service
from exam_engine.sittings.birth_dates import shown_birth_date
from exam_engine.sittings.candidate_list import ListFault, read_candidate_list
from exam_engine.sittings.identity_papers import masked
from exam_engine.sittings.list_sheets import PostedList, PostedRoom, PostedRow, candidate_template, posted_list
from exam_engine.sittings.lockdown_rules import LockdownRules
from exam_engine.sittings.planning import PlannedRoom, SittingOverview
from exam_engine.sittings.queries import RegistrationRow
from exam_engine.sittings.schemas import (
    AdministrationList,
    AdministrationView,
    AppliedImport,
    Arranged,
    CandidateImportView,
    CentreList,
    CentreView,
    ExamList,
    ExamView,
    FormChoice,
    NewAdministration,
    NewCentre,
    NewExam,
    NewRoom,
    NewSitting,
    ProctorView,
    ReadinessView,
    RegistrationChange,
    RegistrationList,
    RegistrationView,
    RoomAssignment,
    RoomView,
    RowFaultView,
    RuleSetList,
    RuleSetView,
    SittingChange,
    SittingCounts,
    SittingFormSetView,
    SittingFormView,
    SittingList,
    SittingRoomView,
    SittingView,
)
from exam_engine.sittings.section_plan import SECTION_PLAN
from exam_engine.sittings.sitting_time import sitting_status

router = APIRouter(prefix="/api", tags=["sittings"])

READ = requires(Permission.SITTING_READ)
WRITE = requires(Permission.SITTING_WRITE)
READ_REGISTRATIONS = requires(Permission.REGISTRATION_READ)
WRITE_REGISTRATIONS = requires(Permission.REGISTRATION_WRITE)

RegistrationSort = Literal[
    "candidate_number",
    "-candidate_number",
    "full_name",
    "-full_name",
    "birth_date",
    "-birth_date",
    "organisation",
    "-organisation",
    "seat_number",
    "-seat_number",
]


# --- exams, rule-sets, administrations, centres ----------------------------------------------------------------------


@router.get("/exams", dependencies=[READ])
async def list_exams(session: ReadSessionDep) -> ExamList:
    """All exams."""
    exams = [ExamView.model_validate(exam) for exam in await queries.exams(session)]
    return ExamList(items=exams, total=len(exams))


@router.post("/exams", status_code=201, dependencies=[WRITE])
async def create_exam(body: NewExam, actor: ActorDep, session: SessionDep) -> ExamView:
    """Create an exam."""
    exam = await planning.create_exam(
        session,
        code=body.code,
        name=body.name,
        standard_level=body.standard_level,
        duration_minutes=body.duration_minutes,
        actor=actor,
        now=utc_now(),
    )
    return ExamView.model_validate(exam)


@router.get("/rule-sets", dependencies=[READ])
async def list_rule_sets(session: ReadSessionDep) -> RuleSetList:
    """All rule-sets with the law they rest on."""
    found = [RuleSetView.model_validate(rule_set) for rule_set in await queries.rule_sets(session)]
    return RuleSetList(items=found, total=len(found))


@router.put("/rule-sets/{code}/window", dependencies=[WRITE])
async def change_window_rules(code: str, body: LockdownRules, actor: ActorDep, session: SessionDep) -> RuleSetView:
    """Say anew what a rule-set asks of the exam's window: how grave each event is, and what is blocked."""
    section = body.model_dump(mode="json", exclude_none=True)
    stored = await rule_sets.change_lockdown(session, code, section, actor=actor, now=utc_now())
    return RuleSetView.model_validate(stored)


@router.get("/administrations", dependencies=[READ])
async def list_administrations(session: ReadSessionDep) -> AdministrationList:
    """All exam rounds."""
    found = [AdministrationView.model_validate(row) for row in await queries.administrations(session)]
    return AdministrationList(items=found, total=len(found))


@router.post("/administrations", status_code=201, dependencies=[WRITE])
async def create_administration(body: NewAdministration, actor: ActorDep, session: SessionDep) -> AdministrationView:
    """Create an exam round."""
    administration = await planning.create_administration(
        session,
        exam_id=body.exam_id,
        name=body.name,
        council_name=body.council_name,
        place=body.place,
        number_template=body.number_template,
        rule_set_code=body.rule_set_code,
        actor=actor,
        now=utc_now(),
    )
    return AdministrationView.model_validate(administration)


@router.get("/centres", dependencies=[READ])
async def list_centres(session: ReadSessionDep) -> CentreList:
    """All centres with their rooms."""
    centres = [
        CentreView(
            id=centre.id,
            code=centre.code,
            name=centre.name,
            address=centre.address,
            rooms=[RoomView.model_validate(room) for room in rooms],
        )
        for centre, rooms in await queries.centres(session)
    ]
    return CentreList(items=centres, total=len(centres))


@router.post("/centres", status_code=201, dependencies=[WRITE])
async def create_centre(body: NewCentre, actor: ActorDep, session: SessionDep) -> CentreView:
    """Create a centre with its rooms."""
    centre, rooms = await planning.create_centre(
        session,
        code=body.code,
        name=body.name,
        address=body.address,
        rooms=[PlannedRoom(room.name, room.seat_count, room.row_width) for room in body.rooms],
        actor=actor,
        now=utc_now(),
    )
    return CentreView(
        id=centre.id,
        code=centre.code,
        name=centre.name,
        address=centre.address,
        rooms=[RoomView.model_validate(room) for room in rooms],
    )


@router.post("/centres/{centre_id}/rooms", status_code=201, dependencies=[WRITE])
async def add_room(centre_id: UUID, body: NewRoom, actor: ActorDep, session: SessionDep) -> RoomView:
    """Add a room to a centre."""
    room = await planning.add_room(
        session,
        centre_id=centre_id,
        room=PlannedRoom(body.name, body.seat_count, body.row_width),
        actor=actor,
        now=utc_now(),
    )
    return RoomView.model_validate(room)


# --- sittings --------------------------------------------------------------------------------------------------------


def sitting_view(overview: SittingOverview) -> SittingView:
    """Return a sitting with its status at this moment."""
    sitting = overview.sitting
    ends_at = service.ends_at(sitting, overview.longest_extra_time)
    return SittingView(
        id=sitting.id,
        name=sitting.name,
        administration=AdministrationView.model_validate(overview.administration),
        exam=ExamView.model_validate(overview.exam),
        rule_set_code=overview.rule_set.code if overview.rule_set is not None else None,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        duration_minutes=sitting.duration_minutes,
        grace_seconds=sitting.grace_seconds,
        unlock_needs_identity=sitting.unlock_needs_identity,
        credit_needs_second=sitting.credit_needs_second,
        sections=list(SECTION_PLAN.validate_python(sitting.sections)),
        status=sitting_status(sitting.status, opens_at=sitting.opens_at, ends_at=ends_at, now=utc_now()),
        access_code=sitting.access_code,
        rooms=[
            SittingRoomView(
                id=room.room.id,
                name=room.room.name,
                centre_code=room.centre.code,
                seat_count=room.room.seat_count,
                registered=room.registered,
                proctors=[ProctorView(id=id_, name=name) for id_, name in room.proctors],
            )
            for room in overview.rooms
        ],
        forms=[SittingFormView.model_validate(form) for form in overview.forms],
        form_set=SittingFormSetView.model_validate(overview.form_set) if overview.form_set is not None else None,
        counts=SittingCounts(registered=overview.registered, arranged=overview.arranged),
    )


@router.get("/sittings", dependencies=[READ])
async def list_sittings(session: ReadSessionDep, page: PageDep) -> SittingList:
    """Sittings, the latest opening first."""
    overviews, total = await planning.overviews(session, offset=page.offset, limit=page.limit)
    return SittingList(items=[sitting_view(overview) for overview in overviews], total=total)


@router.post("/sittings", status_code=201, dependencies=[WRITE])
async def create_sitting(body: NewSitting, actor: ActorDep, session: SessionDep) -> SittingView:
    """Create a draft sitting."""
    sitting = await planning.create_sitting(
        session,
        administration_id=body.administration_id,
        name=body.name,
        opens_at=body.opens_at,
        closes_at=body.closes_at,
        duration_minutes=body.duration_minutes,
        grace_seconds=body.grace_seconds,
        unlock_needs_identity=body.unlock_needs_identity,
        credit_needs_second=body.credit_needs_second,
        sections=body.sections,
        actor=actor,
        now=utc_now(),
    )
    return sitting_view(await planning.overview(session, sitting.id))


@router.get("/sittings/{sitting_id}", dependencies=[READ])
async def read_sitting(sitting_id: UUID, session: ReadSessionDep) -> SittingView:
    """One sitting with rooms, proctors, forms and counts."""
    return sitting_view(await planning.overview(session, sitting_id))


@router.patch("/sittings/{sitting_id}", dependencies=[WRITE])
async def change_sitting(sitting_id: UUID, body: SittingChange, actor: ActorDep, session: SessionDep) -> SittingView:
    """Change a draft sitting."""
    changes = body.model_dump(exclude_unset=True)
    await planning.change_sitting(session, sitting_id, changes=changes, actor=actor, now=utc_now())
    return sitting_view(await planning.overview(session, sitting_id))


@router.post("/sittings/{sitting_id}/rooms", dependencies=[WRITE])
async def assign_room(sitting_id: UUID, body: RoomAssignment, actor: ActorDep, session: SessionDep) -> SittingView:
    """Use a room in a sitting, or replace the proctors of one that is used."""
    await planning.assign_room(
        session, sitting_id, room_id=body.room_id, proctor_ids=body.proctor_ids, actor=actor, now=utc_now()
    )
    return sitting_view(await planning.overview(session, sitting_id))


@router.delete("/sittings/{sitting_id}/rooms/{room_id}", dependencies=[WRITE])
async def remove_room(sitting_id: UUID, room_id: UUID, actor: ActorDep, session: SessionDep) -> SittingView:
    """Take a room out of a draft sitting."""
    await planning.remove_room(session, sitting_id, room_id=room_id, actor=actor, now=utc_now())
    return sitting_view(await planning.overview(session, sitting_id))


@router.put("/sittings/{sitting_id}/forms", dependencies=[WRITE])
async def set_forms(sitting_id: UUID, body: FormChoice, actor: ActorDep, session: SessionDep) -> SittingView:
    """Choose the forms that rotate over the seats, or a set that has one for everybody."""
    if body.form_set_id is None:
        await planning.set_forms(session, sitting_id, form_ids=body.form_ids, actor=actor, now=utc_now())
    else:
        await planning.set_form_set(session, sitting_id, form_set_id=body.form_set_id, actor=actor, now=utc_now())
    return sitting_view(await planning.overview(session, sitting_id))


@router.post("/sittings/{sitting_id}/arrangement", dependencies=[WRITE])
async def arrange(sitting_id: UUID, actor: ActorDep, session: SessionDep) -> Arranged:
    """Sort the Vietnamese way; give numbers, seats and rotated forms."""
    return Arranged(arranged=await arranging.arrange(session, sitting_id, actor=actor, now=utc_now()))


@router.get("/sittings/{sitting_id}/readiness", dependencies=[READ])
async def read_readiness(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ReadinessView:
    """What is still missing before the sitting can be made ready."""
    faults = await service.check_ready(session, sitting_id)
    return ReadinessView(missing=[fault_view(fault, catalogue, language) for fault in faults])


# --- candidates ------------------------------------------------------------------------------------------------------


def _row_fault_view(fault: ListFault, catalogue: Catalogue, language: Language) -> RowFaultView:
    view = fault_view(fault.fault, catalogue, language)
    return RowFaultView(row=fault.row, column=fault.column, code=view.code, message=view.message, fix=view.fix)


@router.post("/sittings/{sitting_id}/candidate-imports", status_code=201, dependencies=[WRITE_REGISTRATIONS])
async def read_candidates(
    sitting_id: UUID,
    file: UploadFile,
    request: Request,
    actor: ActorDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> CandidateImportView:
    """Read an .xlsx list and report on every row; nobody is registered yet."""
    database = database_of(request)
    async with database.read() as session:
        exam_day = await registering.exam_day(session, sitting_id)
    content = await file.read()
    # Parsing takes seconds for a long list: in a thread, and before the write transaction begins.
    read = await asyncio.to_thread(read_candidate_list, content, exam_day)
    async with database.write() as session:
        report = await registering.store_import(
            session,
            sitting_id,
            file_name=file.filename or "",
            content=content,
            read=read,
            actor=actor,
            now=utc_now(),
        )
    return CandidateImportView(
        id=report.stored.id,
        file_name=report.stored.file_name,
        sheet_name=report.sheet_name,
        rows_read=report.stored.rows_read,
        new=report.new,
        already_registered=report.already_registered,
        errors=[_row_fault_view(fault, catalogue, language) for fault in report.errors],
        warnings=[_row_fault_view(fault, catalogue, language) for fault in report.warnings],
    )


@router.post("/sittings/{sitting_id}/candidate-imports/{import_id}/apply", dependencies=[WRITE_REGISTRATIONS])
async def apply_import(sitting_id: UUID, import_id: UUID, actor: ActorDep, session: SessionDep) -> AppliedImport:
    """Register everybody of a list without errors, all or nobody."""
    registered = await registering.apply_import(session, sitting_id, import_id, actor=actor, now=utc_now())
    return AppliedImport(registered=registered)


@router.get("/candidate-import-template", dependencies=[READ_REGISTRATIONS], response_class=Response)
async def read_template(catalogue: CatalogueDep, language: LanguageDep) -> Response:
    """An empty list to fill in, as .xlsx."""
    content = await asyncio.to_thread(candidate_template, lambda code: catalogue.text(code, language))
    return xlsx_response(content, catalogue.text("template_file_name", language))


def registration_view(row: RegistrationRow, form_codes: dict[UUID, str]) -> RegistrationView:
    """Return a registration as the board sees it."""
    registration, candidate = row.registration, row.candidate
    return RegistrationView.model_validate(
        {
            "id": registration.id,
            "candidate_number": registration.candidate_number,
            "full_name": candidate.full_name,
            "birth_date": shown_birth_date(candidate.birth_date),
            "sex": candidate.sex,
            "birth_place": candidate.birth_place,
            "identity_number_masked": masked(candidate.identity_number),
            "organisation": registration.organisation,
            "room_name": row.room.name if row.room is not None else None,
            "seat_number": registration.seat_number,
            "form_code": form_codes.get(registration.form_id) if registration.form_id is not None else None,
            "extra_minutes": registration.extra_minutes,
            "extra_percent": registration.extra_percent,
        }
    )


@router.get("/sittings/{sitting_id}/registrations", dependencies=[READ_REGISTRATIONS])
async def list_registrations(
    sitting_id: UUID,
    session: ReadSessionDep,
    page: PageDep,
    q: Annotated[str, Query(max_length=100)] = "",
    sort: RegistrationSort = "full_name",
) -> RegistrationList:
    """Candidates of a sitting; ``q`` finds a piece of a name, with or without marks, or of a candidate number."""
    rows, total = await queries.find_registrations(
        session,
        sitting_id,
        search=search_key(q),
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        offset=page.offset,
        limit=page.limit,
    )
    form_ids = await queries.form_ids_of_sitting(session, sitting_id)
    form_codes = {form.id: form.form_code for form in await forms.find_forms(session, form_ids)}
    return RegistrationList(items=[registration_view(row, form_codes) for row in rows], total=total)


@router.get("/sittings/{sitting_id}/registrations.xlsx", dependencies=[READ_REGISTRATIONS], response_class=Response)
async def export_registrations(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> Response:
    """The list to post up, a sheet for each room."""
    overview = await planning.overview(session, sitting_id)
    rows = await queries.registrations_of_sitting(session, sitting_id)
    rooms: dict[UUID | None, list[PostedRow]] = {}
    for row in rows:
        posted = PostedRow(
            candidate_number=row.registration.candidate_number or "",
            full_name=row.candidate.full_name,
            birth_date=shown_birth_date(row.candidate.birth_date),
            sex=row.candidate.sex,
            birth_place=row.candidate.birth_place,
            organisation=row.registration.organisation,
            seat_number=row.registration.seat_number,
        )
        rooms.setdefault(row.registration.room_id, []).append(posted)
    names = {room.room.id: f"{room.room.name} ({room.centre.code})" for room in overview.rooms}
    content = PostedList(
        council_name=overview.administration.council_name,
        administration_name=overview.administration.name,
        sitting_name=overview.sitting.name,
        exam_name=overview.exam.name,
        opens_at=overview.sitting.opens_at,
        rooms=[PostedRoom(names[room_id] if room_id else None, posted) for room_id, posted in rooms.items()],
    )
    sheet = await asyncio.to_thread(posted_list, content, lambda code: catalogue.text(code, language))
    return xlsx_response(sheet, f"{overview.sitting.name}.xlsx")


@router.patch("/registrations/{registration_id}", dependencies=[WRITE_REGISTRATIONS])
async def change_registration(
    registration_id: UUID, body: RegistrationChange, actor: ActorDep, session: SessionDep
) -> RegistrationView:
    """Grant extra time or correct a candidate's data."""
    changes = {
        field: value
        for field, value in body.model_dump(exclude_unset=True).items()
        if value is not None or field == "sort_name"
    }
    row = await registering.change_registration(session, registration_id, changes=changes, actor=actor, now=utc_now())
    form_ids = [row.registration.form_id] if row.registration.form_id is not None else []
    form_codes = {form.id: form.form_code for form in await forms.find_forms(session, form_ids)}
    return registration_view(row, form_codes)


@router.delete("/registrations/{registration_id}", status_code=204, dependencies=[WRITE_REGISTRATIONS])
async def remove_registration(registration_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Take a candidate out of a draft sitting."""
    await registering.remove_registration(session, registration_id, actor=actor, now=utc_now())
