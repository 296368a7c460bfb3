"""Routes of media, for staff: candidates get theirs inside the sealed paper."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Header, Path, Request, Response, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.media import service
from exam_engine.media.byte_ranges import UnsatisfiableRangeError, requested_range
from exam_engine.media.errors import MediaNotFoundError
from exam_engine.media.limits import Purpose, limits_of
from exam_engine.media.models import Media
from exam_engine.media.pictures import Change
from exam_engine.media.preparing import content_hash, prepare
from exam_engine.media.schemas import MediaChange, MediaView

PATH = "/api/media"
router = APIRouter(prefix=PATH, tags=["media"])

_PREPARING = ThreadPoolExecutor(2, thread_name_prefix="media")
"""Decodes two uploads at once, since each may need some hundred megabytes; threads of others stay free."""
_INLINE = ("image/", "audio/")
_HEADERS = {
    # Only for the browser that asked: what an item shows is secret until its sitting.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Packed already; and ranges count the bytes as they are stored.
    "Content-Encoding": "identity",
}


def body_limits(settings: Settings) -> dict[str, int]:
    """Return the paths whose bodies may be larger than other uploads, in bytes."""
    return {PATH: limits_of(settings).upload_bytes}


@router.post("", status_code=201, dependencies=[requires(Permission.ITEM_WRITE)])
async def store_media(
    file: UploadFile,
    purpose: Annotated[Purpose, Form(description="What it is for; decides what is taken and how it is kept.")],
    request: Request,
    actor: ActorDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> MediaView:
    """Check a file, re-encode it if it is a picture or a sound, and store it under the hash of its content."""
    content = await file.read()
    database = database_of(request)
    async with database.read() as session:
        original = content_hash(content)
        known = (await service.known_uploads(session, [original], purpose)).get(original)
    if known is not None:
        return _view(known, (), catalogue, language, was_there=True)
    # Decoding takes up to half a minute: neither the event loop nor the one writer of SQLite waits for it.
    limits = limits_of(request.app.state.settings)
    loop = asyncio.get_running_loop()
    prepared = await loop.run_in_executor(_PREPARING, prepare, content, file.filename or "", purpose, limits)
    async with database.write() as session:
        stored = await service.store(session, prepared=prepared, actor=actor, now=utc_now())
    return _view(stored.media, prepared.changes, catalogue, language, was_there=not stored.is_new)


@router.get(
    "/{sha256}",
    dependencies=[requires(Permission.ITEM_READ)],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, 206: {}, 304: {}, 416: {}},
)
async def read_media(
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    session: ReadSessionDep,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """The stored bytes: pictures and sound to show, everything else to save; parts of them on request."""
    etag = f'"{sha256}"'
    if if_none_match is not None and etag in if_none_match and await service.exist(session, [sha256]):
        return Response(status_code=304, headers={**_HEADERS, "ETag": etag})
    media = (await service.read(session, [sha256])).get(sha256)
    if media is None:
        raise MediaNotFoundError
    size = len(media.content)
    disposition = "inline" if media.content_type.startswith(_INLINE) else "attachment"
    headers = {
        **_HEADERS,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(media.original_name, safe='')}",
    }
    try:
        part = requested_range(range_ if if_range in {None, etag} else None, size)
    except UnsatisfiableRangeError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part is None:
        return Response(media.content, media_type=media.content_type, headers=headers)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return Response(media.content[part.first : part.last + 1], 206, headers, media.content_type)


def _view(
    media: Media, changes: tuple[Change, ...], catalogue: Catalogue, language: Language, *, was_there: bool
) -> MediaView:
    return MediaView(
        sha256=media.sha256,
        content_type=media.content_type,
        size_bytes=media.size_bytes,
        width=media.width,
        height=media.height,
        duration_ms=media.duration_ms,
        original_name=media.original_name,
        was_there=was_there,
        changes=[MediaChange(code=change, message=catalogue.text(f"media_{change}", language)) for change in changes],
    )
