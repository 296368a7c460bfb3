"""Routes of the minutes: proctors draw them up and sign, the board reads and may reopen them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.api import counted_login
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.download import private_file
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


@dataclass(frozen=True, slots=True)
class _RoomCall:
    """A request about the minutes of a room, by one of its proctors."""

    sitting_id: UUID
    room_id: UUID
    actor: Actor
    session: AsyncSession
    catalogue: Catalogue
    language: Language

    async def checked(self) -> "_RoomCall":
        await refuse_foreign_room(self.session, sitting_id=self.sitting_id, room_id=self.room_id, actor=self.actor)
        return self

    async def latest(self) -> RoomMinutes | None:
        return await queries.latest_of_room(self.session, self.sitting_id, self.room_id)

    async def view(self) -> MinutesView:
        session, minutes = self.session, await self.latest()
        content = await service.content_of(session, self.sitting_id, self.room_id, minutes)
        signed = {one.user_id: one for one in await queries.signatures_of(session, minutes.id)} if minutes else {}
        faults = [] if signed else await open_points(session, self.sitting_id, self.room_id, utc_now())
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
                        "is_self": user.id == self.actor.id,
                        "signed_at": signed[user.id].signed_at if user.id in signed else None,
                        "kind": ("typed" if signed[user.id].strokes is None else "drawn")
                        if user.id in signed
                        else None,
                    }
                )
                for user in await signers_of(session, self.sitting_id, self.room_id)
            ],
            open_points=[
                OpenPoint(code=fault.code, text=self.catalogue.text(fault.code, self.language, fault.params))
                for fault in faults
            ],
            sealed_at=minutes.sealed_at if minutes is not None else None,
            pdf_sha256=minutes.pdf_sha256 if minutes is not None else None,
            addenda=await _addenda(session, minutes),
        )

    async def authenticated(self, request: Request, user_id: UUID, password: str) -> User:
        """Return the proctor of the room whose password this is.

        Held to the same limit as the login, because this is another place where passwords could be tried; and outside
        of any transaction, which a writer would otherwise hold meanwhile.
        """
        await self.session.rollback()
        database = database_of(request)
        async with database.read() as reading:
            signer = await reading.get(User, user_id)
            if signer is None or not await sittings.may_proctor(reading, signer.id, self.sitting_id, self.room_id):
                raise NotFoundError
        async with counted_login(request, f"user:{signer.username}"), database.read() as reading:
            return await accounts.authenticate(reading, username=signer.username, password=password)


async def _reading(
    sitting_id: UUID,
    room_id: UUID,
    actor: ActorDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> _RoomCall:
    return await _RoomCall(sitting_id, room_id, actor, session, catalogue, language).checked()


async def _writing(
    sitting_id: UUID,
    room_id: UUID,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> _RoomCall:
    return await _RoomCall(sitting_id, room_id, actor, session, catalogue, language).checked()


Reading = Annotated[_RoomCall, Depends(_reading)]
Writing = Annotated[_RoomCall, Depends(_writing)]
WithAddenda = Annotated[
    bool, Query(description="Whether what was added after the sealing follows on pages of its own, behind its bytes.")
]


def _pdf(content: bytes, name: str) -> Response:
    return private_file(content, "application/pdf", name)


@room_minutes_router.get("")
async def read_minutes(call: Reading) -> MinutesView:
    """The minutes of the room: as signed, else as they would be signed now."""
    return await call.view()


@room_minutes_router.get("/file.pdf", response_class=Response)
async def read_minutes_pdf(call: Reading, with_addenda: WithAddenda = True) -> Response:
    """The sealed file with its addenda; before the last signature a preview that says so."""
    room = await sittings.find_room(call.session, call.sitting_id, call.room_id)
    content = await service.pdf_of(
        call.session, call.sitting_id, call.room_id, await call.latest(), with_addenda=with_addenda
    )
    return _pdf(content, f"Biên bản coi thi - {room.room_name} - {room.sitting_name}.pdf")


@room_minutes_router.put("/remarks")
async def set_remarks(call: Writing, body: Remarks) -> MinutesView:
    """Set what the proctors have to say besides; possible until somebody signs."""
    await service.set_remarks(
        call.session, call.sitting_id, call.room_id, remarks=body.remarks, actor=call.actor, now=utc_now()
    )
    return await call.view()


@room_minutes_router.post("/signatures", status_code=201)
async def sign_minutes(call: Writing, body: NewSignature, request: Request) -> MinutesView:
    """Sign the minutes as one of the room's proctors, who may use a colleague's browser; the last signature seals."""
    signer = await call.authenticated(request, body.user_id, body.password.get_secret_value())
    await service.sign(
        call.session,
        call.sitting_id,
        call.room_id,
        signer=signer,
        content_sha256=body.content_sha256,
        typed_name=body.typed_name,
        strokes=body.strokes,
        actor=call.actor,
        now=utc_now(),
    )
    return await call.view()


@room_minutes_router.delete("/signatures")
async def strike_signatures(call: Writing) -> MinutesView:
    """Strike the signatures of minutes that are not sealed, to change them."""
    await service.strike_signatures(call.session, call.sitting_id, call.room_id, actor=call.actor, now=utc_now())
    return await call.view()


@room_minutes_router.post("/addenda", status_code=201)
async def add_addendum(call: Writing, body: Addendum, request: Request) -> MinutesView:
    """Add something to sealed minutes, signed with one's own password; the sealed bytes stay as they are."""
    await call.authenticated(request, call.actor.id, body.password.get_secret_value())
    await sittings.refuse_room_at_site(call.session, call.sitting_id, call.room_id)
    minutes = await call.latest()
    if minutes is None:
        raise NotFoundError
    await service.add_addendum(call.session, minutes, text=body.text, actor=call.actor, now=utc_now())
    return await call.view()


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
async def read_sealed_minutes(
    sitting_id: UUID, minutes_id: UUID, session: ReadSessionDep, with_addenda: WithAddenda = True
) -> Response:
    """The sealed file with its addenda, or a preview of what is being signed."""
    minutes = await queries.minutes_by_id(session, sitting_id, minutes_id)
    if minutes is None:
        raise NotFoundError
    room = await sittings.find_room(session, sitting_id, minutes.room_id)
    content = await service.pdf_of(session, sitting_id, minutes.room_id, minutes, with_addenda=with_addenda)
    return _pdf(content, f"Biên bản coi thi - {room.room_name} - {room.sitting_name} - bản {minutes.version}.pdf")


@sitting_minutes_router.post("/{minutes_id}/reopening", dependencies=[REOPEN])
async def reopen_minutes(
    sitting_id: UUID, minutes_id: UUID, body: Reopening, actor: ActorDep, session: SessionDep
) -> MinutesList:
    """Let sealed minutes be drawn up anew, with a reason; what was sealed is kept."""
    await service.reopen(session, sitting_id, minutes_id, reason=body.reason, actor=actor, now=utc_now())
    return await _rows(session, sitting_id)
