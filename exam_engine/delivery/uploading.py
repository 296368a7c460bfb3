"""Files handed in for practical tasks: begun with name, size and hash, brought in parts, whole once the hash is right.

What counts is said by the journal: an answer names a file by its SHA-256. The bytes may arrive before that operation or
after it, as long as anything may arrive, so that a slow line in the last minute costs nobody their work.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Database
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.delivery import queries, upload_queries
from exam_engine.delivery.clock import Phase
from exam_engine.delivery.errors import (
    AttemptClosedError,
    NotPracticalError,
    SeatFencedError,
    TooManyUploadsError,
    UploadDamagedError,
    UploadPartError,
    UploadRefusedError,
    UploadsIncompleteError,
)
from exam_engine.delivery.models import Attempt, Upload
from exam_engine.delivery.timings import timing_of
from exam_engine.forms import service as forms
from exam_engine.forms.schemas import ITEM_VIEW
from exam_engine.interactions.content import FileUpload
from exam_engine.interactions.responses import ending_of

LARGEST_PART = 1 << 20
"""Bytes; an old line of 1 Mbit/s brings it in eight seconds."""
MOST_UPLOADS = 200
MOST_BYTES = 500_000_000
"""Of one attempt, all versions of all files together."""
_OPEN_PHASES = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.GRACE})


@dataclass(frozen=True, slots=True)
class Holder:
    """The browser that acts: whose attempt it means, and what it believes to hold."""

    attempt_id: UUID
    registration_id: UUID
    login_session_id: UUID
    epoch: int


async def begin(
    session: AsyncSession,
    holder: Holder,
    *,
    item_ref: str,
    file_name: str,
    size_bytes: int,
    sha256: str,
    now: datetime,
) -> Upload:
    """Announce a file, or find out how much of it has arrived; the same file for the same task is one upload.

    Raises
    ------
    NotPracticalError
        The item takes no files.
    UploadRefusedError
        Type or size are not what the task takes.
    TooManyUploadsError, SeatFencedError, AttemptClosedError, NotFoundError
    """
    attempt = await _open_attempt(session, holder, now, lock=True)
    uploads = await upload_queries.uploads_of(session, [attempt.id])
    for known in uploads:
        if (known.item_ref, known.sha256, known.size_bytes) == (item_ref, sha256, size_bytes):
            return known
    task = await _task(session, attempt, item_ref)
    if ending_of(file_name) not in task.file_types:
        types = ", ".join(f".{ending}" for ending in task.file_types)
        raise UploadRefusedError(faults=[Fault("task_file_type", "file_name", {"types": types})])
    if size_bytes > task.max_file_bytes:
        params = {"megabytes": f"{task.max_file_bytes / 1_000_000:g}"}
        raise UploadRefusedError(faults=[Fault("task_file_too_large", "size_bytes", params)])
    if any(known.item_ref == item_ref and known.sha256 == sha256 for known in uploads):
        raise UploadRefusedError(faults=[Fault("task_file_size_differs", "size_bytes")])
    if len(uploads) >= MOST_UPLOADS or size_bytes + sum(known.size_bytes for known in uploads) > MOST_BYTES:
        raise TooManyUploadsError(most=MOST_UPLOADS, megabytes=MOST_BYTES // 1_000_000)
    upload = Upload(
        attempt_id=attempt.id,
        item_ref=item_ref,
        file_name=file_name,
        sha256=sha256,
        size_bytes=size_bytes,
        begun_at=now,
    )
    session.add(upload)
    await session.flush()
    return upload


async def add_part(
    session: AsyncSession, holder: Holder, upload_id: UUID, *, start: int, content: bytes, now: datetime
) -> Upload:
    """Store bytes of a file that follow what has arrived; bytes that have arrived before change nothing.

    Raises
    ------
    UploadPartError
        They leave a gap, go past the end, or are none; ``received`` says where to go on.
    SeatFencedError, AttemptClosedError, NotFoundError
    """
    attempt = await _open_attempt(session, holder, now)
    upload = await upload_queries.lock_upload(session, upload_id)
    if upload is None or upload.attempt_id != attempt.id:
        raise NotFoundError
    end = start + len(content)
    if content and end <= upload.received_bytes:
        return upload
    if not content or start != upload.received_bytes or end > upload.size_bytes:
        raise UploadPartError(received=upload.received_bytes)
    await upload_queries.add_part(session, upload.id, start, content)
    upload.received_bytes = end
    session.add(upload)
    return upload


async def finish(database: Database, upload_id: UUID, *, now: datetime) -> Upload:
    """Check a file whose last byte has arrived against its hash; the bytes are read outside of write transactions.

    Raises
    ------
    UploadDamagedError
        They are other bytes than were announced; they are deleted, and the file has to be sent again.
    """
    digest, size = hashlib.sha256(), 0
    async with database.read() as session:
        async for part in upload_queries.contents(session, upload_id):
            digest.update(part)
            size += len(part)
    async with database.write() as session:
        upload = await upload_queries.lock_upload(session, upload_id)
        if upload is None:
            raise NotFoundError
        if upload.completed_at is not None or upload.received_bytes < upload.size_bytes:
            return upload
        is_whole = size == upload.size_bytes and digest.hexdigest() == upload.sha256
        if is_whole:
            upload.completed_at = now
        else:
            await upload_queries.remove_parts(session, upload.id)
            upload.received_bytes = 0
        session.add(upload)
    if not is_whole:
        raise UploadDamagedError
    return upload


async def own_uploads(session: AsyncSession, *, attempt_id: UUID, registration_id: UUID) -> list[Upload]:
    """Return the files of a candidate's attempt, those that have not fully arrived included.

    Raises
    ------
    NotFoundError
    """
    attempt = await queries.attempt_of(session, registration_id)
    if attempt is None or attempt.id != attempt_id:
        raise NotFoundError
    return await upload_queries.uploads_of(session, [attempt.id])


async def refuse_missing_files(session: AsyncSession, attempt_id: UUID, hashes: Sequence[str]) -> None:
    """Refuse to go on while files that a browser speaks of have not fully arrived.

    Raises
    ------
    UploadsIncompleteError
        The faults name them by their hashes.
    """
    if not hashes:
        return
    uploads = await upload_queries.uploads_of(session, [attempt_id])
    whole = {upload.sha256 for upload in uploads if upload.completed_at is not None}
    missing = [sha256 for sha256 in dict.fromkeys(hashes) if sha256 not in whole]
    if missing:
        raise UploadsIncompleteError(faults=[Fault("file_not_arrived", sha256) for sha256 in missing])


async def _open_attempt(session: AsyncSession, holder: Holder, now: datetime, *, lock: bool = False) -> Attempt:
    attempt = await queries.attempt_of(session, holder.registration_id, lock=lock)
    if attempt is None or attempt.id != holder.attempt_id:
        raise NotFoundError
    if attempt.epoch != holder.epoch or attempt.holder_session_id != holder.login_session_id:
        raise SeatFencedError
    timing = timing_of(attempt, await queries.extra_time_of(session, holder.registration_id))
    if attempt.closed_at is not None or timing.phase(now) not in _OPEN_PHASES:
        raise AttemptClosedError
    return attempt


async def _task(session: AsyncSession, attempt: Attempt, item_ref: str) -> FileUpload:
    item = await forms.item_of_form(session, attempt.form_id, item_ref)
    view = ITEM_VIEW.validate_python(item.view) if item is not None else None
    if not isinstance(view, FileUpload):
        raise NotPracticalError
    return view
