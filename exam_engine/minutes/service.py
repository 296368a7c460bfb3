"""The way of a room's minutes: drawn up, signed by each proctor, sealed, added to, reopened by the board."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import User
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.core.text import search_key
from exam_engine.delivery.log_rows import text_digest
from exam_engine.minutes import queries
from exam_engine.minutes.addenda_pdf import AddedText, pdf_with_addenda
from exam_engine.minutes.content import MinutesContent, digest
from exam_engine.minutes.errors import (
    MinutesAlreadySignedError,
    MinutesChangedError,
    MinutesNameDiffersError,
    MinutesNotSealedError,
    MinutesSealedError,
    MinutesSignedError,
    MinutesTooEarlyError,
)
from exam_engine.minutes.gathering import gather, open_points, signers_of
from exam_engine.minutes.models import MinutesAddendum, MinutesSignature, RoomMinutes
from exam_engine.minutes.pdf import render_minutes
from exam_engine.minutes.sheet import Signed
from exam_engine.sittings import service as sittings

Strokes = Sequence[Sequence[tuple[int, int]]]


async def content_of(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, minutes: RoomMinutes | None
) -> MinutesContent:
    """Return what minutes say: as it was signed, else as things stand."""
    if minutes is not None and minutes.content is not None:
        return MinutesContent.model_validate(minutes.content)
    return await gather(
        session,
        sitting_id,
        room_id,
        version=minutes.version if minutes is not None else 1,
        remarks=minutes.remarks if minutes is not None else "",
        drawn_up_at=None,
    )


async def pdf_of(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, minutes: RoomMinutes | None, *, with_addenda: bool
) -> bytes:
    """Return the sealed file, with its addenda behind it when asked; before the sealing a preview that says so."""
    content = await content_of(session, sitting_id, room_id, minutes)
    if minutes is None or minutes.pdf is None:
        signatures = await queries.signatures_of(session, minutes.id) if minutes is not None else []
        return await asyncio.to_thread(render_minutes, content, _signed(signatures), is_preview=True)
    added = [
        AddedText(one.text, one.added_at, one.added_by_name) for one in await queries.addenda_of(session, [minutes.id])
    ]
    # Nothing is put behind bytes that somebody has changed: they are shown as they are.
    if not with_addenda or not added or not is_unaltered(minutes):
        return minutes.pdf
    return await asyncio.to_thread(pdf_with_addenda, minutes.pdf, minutes.pdf_sha256 or "", content, added)


async def set_remarks(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, remarks: str, actor: Actor, now: datetime
) -> RoomMinutes:
    """Set what the proctors have to say besides.

    Raises
    ------
    MinutesSignedError, MinutesSealedError
    """
    minutes = await _locked(session, sitting_id, room_id)
    _refuse_signed(minutes)
    minutes.remarks = remarks
    session.add(minutes)
    await _record(session, "minutes.remarked", minutes, actor, now, {"text_sha256": text_digest(remarks)})
    return minutes


async def sign(
    session: AsyncSession,
    sitting_id: UUID,
    room_id: UUID,
    *,
    signer: User,
    content_sha256: str,
    typed_name: str | None,
    strokes: Strokes | None,
    actor: Actor,
    now: datetime,
) -> RoomMinutes:
    """Sign what was read; the first signature fixes the text, the last of all proctors seals the file.

    The password of ``signer`` was checked by the caller; ``actor`` is whose browser it was.

    Raises
    ------
    MinutesTooEarlyError, MinutesChangedError, MinutesSealedError, MinutesAlreadySignedError, MinutesNameDiffersError
    NotFoundError
        The signer is no proctor of the room.
    """
    minutes = await _locked(session, sitting_id, room_id)
    if minutes.sealed_at is not None:
        raise MinutesSealedError
    required = await signers_of(session, sitting_id, room_id)
    if signer.id not in {user.id for user in required}:
        raise NotFoundError
    if typed_name is not None and search_key(typed_name) != search_key(signer.display_name):
        raise MinutesNameDiffersError
    content = await content_of(session, sitting_id, room_id, minutes)
    if digest(content) != content_sha256:
        raise MinutesChangedError
    signatures = await queries.signatures_of(session, minutes.id)
    if signer.id in {one.user_id for one in signatures}:
        raise MinutesAlreadySignedError
    if not signatures:
        faults = await open_points(session, sitting_id, room_id, now)
        if faults:
            raise MinutesTooEarlyError(faults=faults)
        content = content.model_copy(update={"drawn_up_at": now})
        minutes.content, minutes.content_sha256 = content.model_dump(mode="json"), content_sha256
        session.add(minutes)
    signature = MinutesSignature(
        minutes_id=minutes.id,
        user_id=signer.id,
        signer_name=signer.display_name,
        strokes=[[(x, y) for x, y in stroke] for stroke in strokes] if strokes is not None else None,
        signed_at=now,
    )
    session.add(signature)
    await session.flush()
    kind = "drawn" if strokes is not None else "typed"
    said = {"signer": str(signer.id), "signature": kind, "content_sha256": content_sha256}
    await _record(session, "minutes.signed", minutes, actor, now, said)
    signatures.append(signature)
    if {user.id for user in required} <= {one.user_id for one in signatures}:
        await _seal(session, minutes, content, signatures, actor, now)
    return minutes


async def strike_signatures(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, actor: Actor, now: datetime
) -> RoomMinutes:
    """Strike the signatures under minutes that are not sealed: the text can be changed again.

    Raises
    ------
    MinutesSealedError
    """
    minutes = await _locked(session, sitting_id, room_id)
    if minutes.sealed_at is not None:
        raise MinutesSealedError
    struck = await queries.signatures_of(session, minutes.id)
    for one in struck:
        await session.delete(one)
    minutes.content = minutes.content_sha256 = None
    session.add(minutes)
    if struck:
        said = {"signers": [str(one.user_id) for one in struck]}
        await _record(session, "minutes.signatures_struck", minutes, actor, now, said)
    return minutes


async def add_addendum(
    session: AsyncSession, minutes: RoomMinutes, *, text: str, actor: Actor, now: datetime
) -> MinutesAddendum:
    """Add something to sealed minutes, whose bytes stay as they are; the caller has checked the actor's password.

    Raises
    ------
    MinutesNotSealedError
    """
    if minutes.sealed_at is None:
        raise MinutesNotSealedError
    addendum = MinutesAddendum(
        minutes_id=minutes.id, text=text, added_at=now, added_by=actor.id, added_by_name=actor.display_name
    )
    session.add(addendum)
    said = {"addendum": str(addendum.id), "text_sha256": text_digest(text)}
    await _record(session, "minutes.addendum", minutes, actor, now, said)
    return addendum


async def reopen(
    session: AsyncSession, sitting_id: UUID, minutes_id: UUID, *, reason: str, actor: Actor, now: datetime
) -> RoomMinutes:
    """Let sealed minutes be drawn up anew as the next version; what was sealed is kept.

    Raises
    ------
    NotFoundError
    MinutesNotSealedError
        Not sealed, or reopened already.
    """
    found = await queries.minutes_by_id(session, sitting_id, minutes_id)
    if found is None:
        raise NotFoundError
    await sittings.lock_room(session, sitting_id, found.room_id)
    await session.refresh(found)
    if found.sealed_at is None or found.reopened_at is not None:
        raise MinutesNotSealedError
    found.reopened_at, found.reopened_by_name, found.reopening_reason = now, actor.display_name, reason
    following = RoomMinutes(
        sitting_id=sitting_id, room_id=found.room_id, version=found.version + 1, remarks=found.remarks
    )
    session.add_all((found, following))
    await _record(session, "minutes.reopened", found, actor, now, {"reason_sha256": text_digest(reason)})
    return following


def is_unaltered(minutes: RoomMinutes) -> bool:
    """Whether the sealed file is, byte by byte, what its digest says."""
    return minutes.pdf is not None and hashlib.sha256(minutes.pdf).hexdigest() == minutes.pdf_sha256


async def _seal(
    session: AsyncSession,
    minutes: RoomMinutes,
    content: MinutesContent,
    signatures: Sequence[MinutesSignature],
    actor: Actor,
    now: datetime,
) -> None:
    minutes.pdf = await asyncio.to_thread(render_minutes, content, _signed(signatures))
    minutes.pdf_sha256 = hashlib.sha256(minutes.pdf).hexdigest()
    minutes.sealed_at = now
    session.add(minutes)
    said = {"pdf_sha256": minutes.pdf_sha256, "content_sha256": minutes.content_sha256}
    await _record(session, "minutes.sealed", minutes, actor, now, said)


def _signed(signatures: Sequence[MinutesSignature]) -> list[Signed]:
    return [
        Signed(one.signer_name, one.signed_at, tuple(tuple((x, y) for x, y in stroke) for stroke in one.strokes or ()))
        for one in signatures
    ]


def _refuse_signed(minutes: RoomMinutes) -> None:
    if minutes.sealed_at is not None:
        raise MinutesSealedError
    if minutes.content is not None:
        raise MinutesSignedError


async def _locked(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> RoomMinutes:
    """Return the minutes of a room, made when there are none; nobody else changes them until the transaction ends."""
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    await sittings.lock_room(session, sitting_id, room_id)
    found = await queries.latest_of_room(session, sitting_id, room_id)
    if found is None:
        found = RoomMinutes(sitting_id=sitting_id, room_id=room_id, version=1)
        session.add(found)
        await session.flush()
    return found


async def _record(
    session: AsyncSession, action: str, minutes: RoomMinutes, actor: Actor, now: datetime, details: dict[str, Any]
) -> None:
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="minutes",
        object_id=str(minutes.id),
        details={"minutes": str(minutes.id), "room": str(minutes.room_id), "version": minutes.version} | details,
        now=now,
        sitting_id=minutes.sitting_id,
    )
