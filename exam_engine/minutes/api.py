"""Routes of the minutes: proctors draw them up and sign, the board reads and may reopen them."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.api import counted_login
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.minutes import queries, service
from exam_engine.minutes.content import digest
from exam_engine.minutes.gathering import open_points, signers_of
from exam_engine.minutes.models import RoomMinutes
from exam_engine.minutes.schemas import (
    Addendum,
    AddendumView,
    MinutesList,
    MinutesRow,
    MinutesStatus,
    MinutesView,
    NewSignature,
    OpenPoint,
    Remarks,
    Reopening,
    SignerView,
)
from exam_engine.proctoring.service import refuse_foreign_room
from exam_engine.sittings import queries as sitting_queries
from exam_engine.sittings import service as sittings

room_minutes_router = APIRouter(
    prefix="/api/proctoring/sittings/{sitting_id}/rooms/{room_id}/minutes",
    tags=["minutes"],
    dependencies=[requires(Permission.PROCTOR_ROOM)],
)
sitting_minutes_router = APIRouter(prefix="/api/sittings/{sitting_id}/minutes", tags=["minutes"])

READ = requires(Permission.INCIDENT_READ)
REOPEN = requires(Permission.MINUTES_REOPEN)


def _status(minutes: RoomMinutes | None) -> MinutesStatus:
    if minutes is None or minutes.content is None:
        return "draft"
    if minutes.reopened_at is not None:
        return "reopened"
    return "sealed" if minutes.sealed_at is not None else "signing"


async def _addenda(session: AsyncSession, minutes: RoomMinutes | None) -> list[AddendumView]:
    found = await queries.addenda_of(session, [minutes.id]) if minutes is not None else []
    return [AddendumView(text=one.text, added_at=one.added_at, added_by=one.added_by_name) for one in found]


async def _view(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, actor: Actor, catalogue: Catalogue, language: Language
) -> MinutesView:
    minutes = await queries.latest_of_room(session, sitting_id, room_id)
    content = await service.content_of(session, sitting_id, room_id, minutes)
    signed = {one.user_id: one for one in await queries.signatures_of(session, minutes.id)} if minutes else {}
    faults = [] if signed else await open_points(session, sitting_id, room_id, utc_now())
    return MinutesView(
        id=minutes.id if minutes is not None else None,
        status=_status(minutes),
        content=content,
        content_sha256=digest(content),
        signers=[
            SignerView.model_validate(
                {
                    "user_id": user.id,
                    "name": user.display_name,
                    "is_self": user.id == actor.id,
                    "signed_at": signed[user.id].signed_at if user.id in signed else None,
                    "kind": ("typed" if signed[user.id].strokes is None else "drawn") if user.id in signed else None,
                }
            )
            for user in await signers_of(session, sitting_id, room_id)
        ],
        open_points=[
            OpenPoint(code=fault.code, text=catalogue.text(fault.code, language, fault.params)) for fault in faults
        ],
        sealed_at=minutes.sealed_at if minutes is not None else None,
        pdf_sha256=minutes.pdf_sha256 if minutes is not None else None,
        addenda=await _addenda(session, minutes),
    )


def _pdf(content: bytes, name: str) -> Response:
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
        },
    )


@room_minutes_router.get("")
async def read_minutes(
    sitting_id: UUID,
    room_id: UUID,
    actor: ActorDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MinutesView:
    """The minutes of the room: as signed, else as they would be signed now."""
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await _view(session, sitting_id, room_id, actor, catalogue, language)


@room_minutes_router.get("/file.pdf", response_class=Response)
async def read_minutes_pdf(sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep) -> Response:
    """The sealed file; before the last signature a preview that says so."""
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    minutes = await queries.latest_of_room(session, sitting_id, room_id)
    room = await sittings.find_room(session, sitting_id, room_id)
    content = await service.pdf_of(session, sitting_id, room_id, minutes)
    return _pdf(content, f"Biên bản coi thi - {room.room_name} - {room.sitting_name}.pdf")


@room_minutes_router.put("/remarks")
async def set_remarks(
    sitting_id: UUID,
    room_id: UUID,
    body: Remarks,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MinutesView:
    """Set what the proctors have to say besides; possible until somebody signs."""
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await service.set_remarks(session, sitting_id, room_id, remarks=body.remarks, actor=actor, now=utc_now())
    return await _view(session, sitting_id, room_id, actor, catalogue, language)


@room_minutes_router.post("/signatures", status_code=201)
async def sign_minutes(
    sitting_id: UUID,
    room_id: UUID,
    body: NewSignature,
    request: Request,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MinutesView:
    """Sign the minutes as one of the room's proctors, who may use a colleague's browser; the last signature seals."""
    async with database_of(request).read() as reading:
        await refuse_foreign_room(reading, sitting_id=sitting_id, room_id=room_id, actor=actor)
        signer = await reading.get(User, body.user_id)
        if signer is None or not await sittings.may_proctor(reading, signer.id, sitting_id, room_id):
            raise NotFoundError
    # Held to the same limit as the login: this is another place where passwords could be tried.
    async with counted_login(request, f"user:{signer.username}"), database_of(request).read() as reading:
        signer = await accounts.authenticate(
            reading, username=signer.username, password=body.password.get_secret_value()
        )
    await service.sign(
        session,
        sitting_id,
        room_id,
        signer=signer,
        content_sha256=body.content_sha256,
        typed_name=body.typed_name,
        strokes=body.strokes,
        actor=actor,
        now=utc_now(),
    )
    return await _view(session, sitting_id, room_id, actor, catalogue, language)


@room_minutes_router.delete("/signatures")
async def strike_signatures(
    sitting_id: UUID,
    room_id: UUID,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MinutesView:
    """Strike the signatures of minutes that are not sealed, to change them."""
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await service.strike_signatures(session, sitting_id, room_id, actor=actor, now=utc_now())
    return await _view(session, sitting_id, room_id, actor, catalogue, language)


@room_minutes_router.post("/addenda", status_code=201)
async def add_addendum(
    sitting_id: UUID,
    room_id: UUID,
    body: Addendum,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MinutesView:
    """Add something to sealed minutes; the sealed file stays as it is."""
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    minutes = await queries.latest_of_room(session, sitting_id, room_id)
    if minutes is None:
        raise NotFoundError
    await service.add_addendum(session, minutes, text=body.text, actor=actor, now=utc_now())
    return await _view(session, sitting_id, room_id, actor, catalogue, language)


async def _rows(session: AsyncSession, sitting_id: UUID) -> MinutesList:
    await sittings.find_sitting(session, sitting_id)
    written = await queries.minutes_of_sitting(session, sitting_id)
    items = []
    for room, _ in await sitting_queries.rooms_of_sitting(session, sitting_id):
        signers = await signers_of(session, sitting_id, room.id)
        versions: list[RoomMinutes | None] = [one for one in written if one.room_id == room.id]
        for minutes in versions or [None]:
            signed = await queries.signatures_of(session, minutes.id) if minutes is not None else []
            items.append(
                MinutesRow(
                    id=minutes.id if minutes is not None else None,
                    room_id=room.id,
                    room_name=room.name,
                    version=minutes.version if minutes is not None else 1,
                    status=_status(minutes),
                    signed=len(signed),
                    signers=len(signers),
                    sealed_at=minutes.sealed_at if minutes is not None else None,
                    pdf_sha256=minutes.pdf_sha256 if minutes is not None else None,
                    is_unaltered=minutes is not None and service.is_unaltered(minutes),
                    reopened_at=minutes.reopened_at if minutes is not None else None,
                    reopened_by=minutes.reopened_by_name if minutes is not None else None,
                    reopening_reason=minutes.reopening_reason if minutes is not None else None,
                    addenda=await _addenda(session, minutes),
                )
            )
    return MinutesList(items=items, total=len(items))


@sitting_minutes_router.get("", dependencies=[READ])
async def list_minutes(sitting_id: UUID, session: ReadSessionDep) -> MinutesList:
    """The minutes of all rooms of a sitting and how far they are."""
    return await _rows(session, sitting_id)


@sitting_minutes_router.get("/{minutes_id}/file.pdf", dependencies=[READ], response_class=Response)
async def read_sealed_minutes(sitting_id: UUID, minutes_id: UUID, session: ReadSessionDep) -> Response:
    """The file as it was sealed, or a preview of what is being signed."""
    minutes = await queries.minutes_by_id(session, sitting_id, minutes_id)
    if minutes is None:
        raise NotFoundError
    room = await sittings.find_room(session, sitting_id, minutes.room_id)
    content = await service.pdf_of(session, sitting_id, minutes.room_id, minutes)
    return _pdf(content, f"Biên bản coi thi - {room.room_name} - {room.sitting_name} - bản {minutes.version}.pdf")


@sitting_minutes_router.post("/{minutes_id}/reopening", dependencies=[REOPEN])
async def reopen_minutes(
    sitting_id: UUID, minutes_id: UUID, body: Reopening, actor: ActorDep, session: SessionDep
) -> MinutesList:
    """Let sealed minutes be drawn up anew, with a reason; what was sealed is kept."""
    await service.reopen(session, sitting_id, minutes_id, reason=body.reason, actor=actor, now=utc_now())
    return await _rows(session, sitting_id)
