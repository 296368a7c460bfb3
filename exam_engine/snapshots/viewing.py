"""Looking at pictures: never without a reason, and every look is on record."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.sittings import service as sittings
from exam_engine.snapshots import queries
from exam_engine.snapshots.encryption import decrypt
from exam_engine.snapshots.errors import SnapshotsErasedError, SnapshotsNotDecidedError, ViewingOverError
from exam_engine.snapshots.models import Snapshot, SnapshotSetting, SnapshotViewing
from exam_engine.snapshots.schemas import (
    OpenedViewing,
    SnapshotView,
    ViewingList,
    ViewingView,
    WatchedCandidate,
    WatchedCandidates,
)

VIEWING_LASTS = timedelta(minutes=30)


async def candidates_of(session: AsyncSession, sitting_id: UUID) -> WatchedCandidates:
    """Return who agreed, what their browsers could do and how many pictures there are; no picture.

    Raises
    ------
    NotFoundError
    """
    await sittings.find_sitting(session, sitting_id)
    registrations = await sittings.registrations_of_sitting(session, sitting_id)
    consents = await queries.consents_of(session, [facts.registration_id for facts in registrations])
    counts: dict[tuple[UUID, str], int] = {}
    last: dict[UUID, datetime] = {}
    for taken in await queries.taken_in_sitting(session, sitting_id):
        counts[taken.registration_id, taken.source] = taken.pictures
        last[taken.registration_id] = max(taken.last_taken_at, last.get(taken.registration_id, taken.last_taken_at))
    items = [
        WatchedCandidate.model_validate(
            {
                "registration_id": facts.registration_id,
                "candidate_number": facts.candidate_number or "",
                "full_name": facts.full_name,
                "room_name": facts.room_name or "",
                "seat_number": facts.seat_number,
                "is_agreed": consent.is_agreed if consent else None,
                "camera_state": consent.camera_state if consent else None,
                "screen_state": consent.screen_state if consent else None,
                "camera_count": counts.get((facts.registration_id, "camera"), 0),
                "screen_count": counts.get((facts.registration_id, "screen"), 0),
                "last_taken_at": last.get(facts.registration_id),
            }
        )
        for facts in registrations
        for consent in [consents.get(facts.registration_id)]
    ]
    return WatchedCandidates(items=items, total=len(items))


async def open_viewing(
    session: AsyncSession, sitting_id: UUID, *, registration_id: UUID, reason: str, actor: Actor, now: datetime
) -> OpenedViewing:
    """Note that somebody looks at the pictures of a candidate, and return what there is to see.

    Raises
    ------
    NotFoundError
        No such candidate in the sitting.
    SnapshotsNotDecidedError, SnapshotsErasedError
    """
    facts = await sittings.find_registration(session, registration_id)
    if facts.sitting_id != sitting_id:
        raise NotFoundError
    await _kept_setting(session, sitting_id)
    viewing = SnapshotViewing(
        sitting_id=sitting_id,
        registration_id=registration_id,
        viewer_id=actor.id,
        viewer_name=actor.display_name,
        reason=reason,
        at=now,
    )
    session.add(viewing)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="snapshots.viewed",
        object_type="registration",
        object_id=str(registration_id),
        details={"sitting": str(sitting_id), "candidate_number": facts.candidate_number},
        now=now,
    )
    items = [
        SnapshotView.model_validate({"id": id_, "source": source, "taken_at": taken_at})
        for id_, source, taken_at in await queries.pictures_of(session, registration_id)
    ]
    return OpenedViewing(viewing_id=viewing.id, items=items, total=len(items))


async def picture(
    session: AsyncSession, snapshot_id: UUID, *, viewing_id: UUID, master_key: bytes, actor: Actor, now: datetime
) -> tuple[bytes, str]:
    """Return a picture and its media type, for whoever has opened a viewing of its candidate.

    Raises
    ------
    ViewingOverError
        The viewing is somebody else's, of another candidate, or older than VIEWING_LASTS.
    NotFoundError
    """
    viewing = await session.get(SnapshotViewing, viewing_id)
    if viewing is None or viewing.viewer_id != actor.id or now - viewing.at >= VIEWING_LASTS:
        raise ViewingOverError
    found = await session.get(Snapshot, snapshot_id)
    if found is None:
        raise NotFoundError
    if found.registration_id != viewing.registration_id:
        raise ViewingOverError
    setting = await _kept_setting(session, found.sitting_id)
    wrapped = setting.wrapped_key or b""
    return decrypt(master_key, wrapped, found.sitting_id, found.id, found.content), found.media_type


async def viewings_of(session: AsyncSession, sitting_id: UUID) -> ViewingList:
    """Return every look at pictures of a sitting.

    Raises
    ------
    NotFoundError
    """
    await sittings.find_sitting(session, sitting_id)
    viewings = await queries.viewings_of_sitting(session, sitting_id)
    people = await sittings.registrations_among(session, {viewing.registration_id for viewing in viewings})
    known = {facts.registration_id: facts for facts in people}
    items = [
        ViewingView(
            at=viewing.at,
            viewer_name=viewing.viewer_name,
            full_name=known[viewing.registration_id].full_name,
            candidate_number=known[viewing.registration_id].candidate_number or "",
            reason=viewing.reason,
        )
        for viewing in viewings
    ]
    return ViewingList(items=items, total=len(items))


async def _kept_setting(session: AsyncSession, sitting_id: UUID) -> SnapshotSetting:
    setting = await queries.setting_of(session, sitting_id)
    if setting is None:
        raise SnapshotsNotDecidedError
    if setting.wrapped_key is None:
        raise SnapshotsErasedError
    return setting
