"""Routes of files handed in: the candidate brings them in parts, markers and the board fetch them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import Database, ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError, UploadTooLargeError
from exam_engine.core.time import utc_now
from exam_engine.delivery import handed_in, upload_queries, uploading
from exam_engine.delivery.engine import engine_of
from exam_engine.delivery.models import Upload
from exam_engine.delivery.schemas import Sha256
from exam_engine.delivery.upload_writer import UploadPart
from exam_engine.delivery.uploading import LARGEST_PART, Holder
from exam_engine.sittings import service as sittings

router = APIRouter(tags=["delivery"])

_OWN = "/api/delivery/attempts/{attempt_id}/uploads"
_TAKE = requires(Permission.ATTEMPT_TAKE)
_READ = requires(Permission.WORK_READ)


class NewUpload(BaseModel):
    """A file that is going to be brought."""

    model_config = ConfigDict(extra="forbid")

    epoch: int = Field(ge=1)
    item: str = Field(pattern="^[a-z0-9]{1,8}$", examples=["q31"])
    file_name: str = Field(min_length=1, max_length=120, pattern=r'^[^/\\:*?"<>|\x00-\x1f]+$', examples=["bai.docx"])
    size_bytes: int = Field(ge=1, le=100_000_000)
    sha256: Sha256


class UploadView(BaseModel):
    """How much of a file has arrived."""

    id: UUID
    item: str
    file_name: str
    size_bytes: int
    received_bytes: int = Field(description="Where the next part begins.")
    sha256: str
    is_complete: bool = Field(description="All bytes are here and their SHA-256 is the one announced.")
    finding: str | None = Field(
        description="sound, not_examined for types that cannot be looked through, a code of what is wrong; null until "
        "the file was looked through."
    )
    begun_at: datetime


class UploadList(BaseModel):
    """The files of an attempt in the order in which they were begun."""

    items: list[UploadView]
    largest_part_bytes: int


class HandedInFile(BaseModel):
    """A file that counts for a task, as the journal names it."""

    registration_id: UUID
    candidate_number: str | None
    item: str
    file_name: str
    sha256: str
    upload_id: UUID | None = Field(description="Null: its bytes never fully arrived.")
    size_bytes: int | None
    finding: str | None


class HandedInFiles(BaseModel):
    """The files that count in a sitting, by candidate number and task."""

    items: list[HandedInFile]
    total: int


def upload_view(upload: Upload) -> UploadView:
    """Return a file as its owner sees it."""
    return UploadView(
        id=upload.id,
        item=upload.item_ref,
        file_name=upload.file_name,
        size_bytes=upload.size_bytes,
        received_bytes=upload.received_bytes,
        sha256=upload.sha256,
        is_complete=upload.completed_at is not None,
        finding=upload.finding,
        begun_at=upload.begun_at,
    )


@router.post(_OWN, dependencies=[_TAKE])
async def begin_upload(attempt_id: UUID, body: NewUpload, actor: ActorDep, session: SessionDep) -> UploadView:
    """Announce a file, or ask how much of it has arrived; repeating is harmless."""
    upload = await uploading.begin(
        session,
        _holder(actor, attempt_id, body.epoch),
        item_ref=body.item,
        file_name=body.file_name,
        size_bytes=body.size_bytes,
        sha256=body.sha256,
        now=utc_now(),
    )
    return upload_view(upload)


@router.get(_OWN, dependencies=[_TAKE])
async def read_uploads(attempt_id: UUID, actor: ActorDep, session: ReadSessionDep) -> UploadList:
    """The files of one's attempt."""
    uploads = await uploading.own_uploads(session, attempt_id=attempt_id, registration_id=actor.id)
    return UploadList(items=[upload_view(upload) for upload in uploads], largest_part_bytes=LARGEST_PART)


@router.patch(
    _OWN + "/{upload_id}",
    dependencies=[_TAKE],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def add_part(
    attempt_id: UUID,
    upload_id: UUID,
    request: Request,
    actor: ActorDep,
    upload_offset: Annotated[int, Header(ge=0, le=100_000_000, description="Where in the file the bytes begin.")],
    seat_epoch: Annotated[int, Header(ge=1, lt=2**31)],
) -> UploadView:
    """Bring bytes that follow what has arrived; repeating is harmless. The last part is checked against the hash."""
    content = await request.body()
    if len(content) > LARGEST_PART:
        raise UploadTooLargeError
    holder = _holder(actor, attempt_id, seat_epoch)
    part = UploadPart(holder, upload_id, upload_offset, content, arrived_at=utc_now())
    upload = await engine_of(request).uploads.store(part)
    if upload.completed_at is None and upload.received_bytes == upload.size_bytes:
        upload = await uploading.finish(database_of(request), upload.id, now=utc_now())
    return upload_view(upload)


@router.get("/api/sittings/{sitting_id}/handed-in-files", dependencies=[_READ])
async def read_handed_in_files(sitting_id: UUID, session: ReadSessionDep) -> HandedInFiles:
    """The files that count in the closed attempts of a sitting, and those that were named but never arrived."""
    await sittings.find_sitting(session, sitting_id)
    files = [
        HandedInFile(
            registration_id=file.registration_id,
            candidate_number=file.candidate_number,
            item=file.item_ref,
            file_name=file.file_name,
            sha256=file.sha256,
            upload_id=file.upload.id if file.upload is not None else None,
            size_bytes=file.upload.size_bytes if file.upload is not None else None,
            finding=file.upload.finding if file.upload is not None else None,
        )
        for file in await handed_in.files_that_count(session, sitting_id)
    ]
    return HandedInFiles(items=files, total=len(files))


@router.get("/api/sittings/{sitting_id}/handed-in-files/{upload_id}", dependencies=[_READ], response_class=Response)
async def read_handed_in_file(sitting_id: UUID, upload_id: UUID, request: Request) -> Response:
    """A file that was handed in, to save; it is never shown by this server."""
    database = database_of(request)
    async with database.read() as session:
        upload = await session.get(Upload, upload_id)
        if (
            upload is None
            or upload.completed_at is None
            or await upload_queries.sitting_of_upload(session, upload_id) != sitting_id
        ):
            raise NotFoundError
    return StreamingResponse(
        _bytes_of(database, upload_id),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.file_name, safe='')}",
            "Content-Length": str(upload.size_bytes),
        },
    )


async def _bytes_of(database: Database, upload_id: UUID) -> AsyncIterator[bytes]:
    async with database.read() as session:
        async for part in upload_queries.contents(session, upload_id):
            yield part


def _holder(actor: Actor, attempt_id: UUID, epoch: int) -> Holder:
    if actor.session_id is None:
        raise NotFoundError
    return Holder(attempt_id, actor.id, actor.session_id, epoch)
