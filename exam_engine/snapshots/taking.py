"""Pictures as they come from browsers of candidates who agreed."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import new_id
from exam_engine.core.errors import Fault
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT
from exam_engine.snapshots import queries
from exam_engine.snapshots.encryption import encrypt
from exam_engine.snapshots.errors import (
    SnapshotOutsideSittingError,
    SnapshotRefusedError,
    SnapshotsNotDecidedError,
    SnapshotTooSoonError,
)
from exam_engine.snapshots.models import Snapshot, SnapshotConsent, SnapshotSetting
from exam_engine.snapshots.schemas import CandidateSnapshots, Source, SourceState

LARGEST_PICTURE = 256 * 1024
"""Bytes: a picture of 960 × 720 takes a third of it."""


def asked_of(setting: SnapshotSetting | None, consent: SnapshotConsent | None) -> CandidateSnapshots | None:
    """Return what a candidate is asked; None where no pictures are taken."""
    if setting is None or not setting.is_on:
        return None
    return CandidateSnapshots(
        camera=setting.camera,
        screen=setting.screen,
        interval_seconds=setting.interval_seconds,
        retention_days=setting.retention_days,
        legal_basis=setting.legal_basis,
        is_agreed=consent.is_agreed if consent is not None else None,
    )


async def note_consent(session: AsyncSession, registration_id: UUID, *, is_agreed: bool, now: datetime) -> None:
    """Keep what a candidate said to the pictures; it can be changed, also to no in the middle of the exam.

    Raises
    ------
    NotFoundError
    SnapshotsNotDecidedError
    """
    facts = await sittings.find_registration(session, registration_id)
    setting = await queries.setting_of(session, facts.sitting_id)
    if setting is None or not setting.is_on:
        raise SnapshotsNotDecidedError
    told = hashlib.sha256(setting.legal_basis.encode()).hexdigest()
    consent = await queries.consent_of(session, registration_id, for_change=True)
    if consent is not None and consent.is_agreed == is_agreed:
        return
    if consent is None:
        consent = SnapshotConsent(
            registration_id=registration_id, is_agreed=is_agreed, told_sha256=told, decided_at=now
        )
    consent.is_agreed, consent.told_sha256, consent.decided_at = is_agreed, told, now
    session.add(consent)
    await session.flush()
    kind = "snapshots.agreed" if is_agreed else "snapshots.declined"
    said = {
        "registration": str(registration_id),
        "candidate_number": facts.candidate_number,
        "told_sha256": told,
    }
    hint_after_commit(session, SEAT, [registration_id])
    await sitting_log.append(session, facts.sitting_id, kind=kind, facts=said, now=now)


async def note_state(session: AsyncSession, registration_id: UUID, source: Source, state: SourceState) -> None:
    """Keep what became of a camera or a screen; nothing else follows from it.

    Raises
    ------
    SnapshotOutsideSittingError
        The candidate has not agreed.
    """
    consent = await queries.consent_of(session, registration_id, for_change=True)
    if consent is None or not consent.is_agreed:
        raise SnapshotOutsideSittingError
    if source == "camera":
        consent.camera_state = state
    else:
        consent.screen_state = state
    session.add(consent)
    hint_after_commit(session, SEAT, [registration_id])


async def take(
    session: AsyncSession, registration_id: UUID, source: Source, picture: bytes, *, master_key: bytes, now: datetime
) -> None:
    """Store a picture, encrypted; it is never opened here.

    Raises
    ------
    NotFoundError
    SnapshotRefusedError
        Neither JPEG nor WebP, or larger than LARGEST_PICTURE.
    SnapshotOutsideSittingError
        The sitting does not run, asks for no such pictures, or the candidate has not agreed.
    SnapshotTooSoonError
        The one before is younger than half the time between two.
    """
    media_type = _media_type(picture)
    facts = await sittings.find_registration(session, registration_id)
    sitting = await sittings.find_sitting(session, facts.sitting_id)
    setting = await queries.setting_of(session, facts.sitting_id)
    consent = await queries.consent_of(session, registration_id, for_change=True)
    wants = setting is not None and setting.is_on and (setting.camera if source == "camera" else setting.screen)
    runs = facts.opens_at <= now < sitting.ends_at
    if setting is None or setting.wrapped_key is None or not wants or not runs or not (consent and consent.is_agreed):
        raise SnapshotOutsideSittingError
    last = await queries.last_taken_at(session, registration_id, source)
    least = timedelta(seconds=setting.interval_seconds / 2)
    if last is not None and now - last < least:
        raise SnapshotTooSoonError(retry_after=max(1, int((last + least - now).total_seconds())))
    id_ = new_id()
    content = encrypt(master_key, setting.wrapped_key, facts.sitting_id, id_, picture)
    session.add(
        Snapshot(
            id=id_,
            registration_id=registration_id,
            sitting_id=facts.sitting_id,
            source=source,
            media_type=media_type,
            content=content,
            taken_at=now,
        )
    )
    await session.flush()


def _media_type(picture: bytes) -> str:
    if len(picture) > LARGEST_PICTURE:
        raise SnapshotRefusedError(faults=[Fault("snapshot_too_large", "body", {"limit_kb": LARGEST_PICTURE // 1024})])
    if picture[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    raise SnapshotRefusedError(faults=[Fault("snapshot_no_picture", "body")])
