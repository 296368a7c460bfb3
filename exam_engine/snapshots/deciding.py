"""The board's decision that pictures are taken in a sitting, and the end of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import RoomAtSiteError
from exam_engine.snapshots import queries
from exam_engine.snapshots.encryption import new_wrapped_key
from exam_engine.snapshots.errors import SnapshotsBegunError, SnapshotsErasedError, SnapshotsNotDecidedError
from exam_engine.snapshots.models import SnapshotSetting
from exam_engine.snapshots.schemas import SnapshotRule


async def decide(
    session: AsyncSession, sitting_id: UUID, rule: SnapshotRule, *, master_key: bytes, actor: Actor, now: datetime
) -> SnapshotSetting:
    """Have pictures taken in a sitting, or change how, before it opens.

    Raises
    ------
    NotFoundError, SittingSettledError
    RoomAtSiteError
        A site holds a room: its server takes none.
    SnapshotsBegunError
        The sitting is open, or somebody has answered what was decided before: nobody is asked for less and then
        given more.
    SnapshotsErasedError
    """
    sitting = await sittings.lock_unsettled(session, sitting_id)
    if await sittings.rooms_at_sites(session, sitting_id):
        raise RoomAtSiteError
    if now >= sitting.opens_at:
        raise SnapshotsBegunError
    found = await queries.setting_of(session, sitting_id, for_change=True)
    if found is not None:
        if found.erased_at is not None:
            raise SnapshotsErasedError
        registered = [facts.registration_id for facts in await sittings.registrations_of_sitting(session, sitting_id)]
        if await queries.consents_of(session, registered):
            raise SnapshotsBegunError
    setting = found or SnapshotSetting(
        sitting_id=sitting_id, wrapped_key=new_wrapped_key(master_key, sitting_id), **rule.model_dump(), **_on(now)
    )
    before = _facts(found) if found is not None else None
    for name, value in (rule.model_dump() | _on(now)).items():
        setattr(setting, name, value)
    session.add(setting)
    await session.flush()
    await _record(session, "snapshots.decided", setting, sitting.status, before, actor, now)
    return setting


async def end(session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take no further pictures; those there are stay for their time. Harmless where none are taken.

    Raises
    ------
    NotFoundError
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    setting = await queries.setting_of(session, sitting_id, for_change=True)
    if setting is None or not setting.is_on:
        return
    before = _facts(setting)
    setting.is_on, setting.changed_at = False, now
    session.add(setting)
    await session.flush()
    # Once all is over the log of the sitting takes nothing more.
    status = sitting.status if now < sitting.ends_at else "over"
    await _record(session, "snapshots.ended", setting, status, before, actor, now)


async def erase(session: AsyncSession, sitting_id: UUID, *, reason: str, actor: Actor, now: datetime) -> int:
    """Erase the pictures of a sitting before their time; returns how many there were.

    Raises
    ------
    NotFoundError
    SnapshotsNotDecidedError, SnapshotsErasedError
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    setting = await queries.setting_of(session, sitting_id, for_change=True)
    if setting is None:
        raise SnapshotsNotDecidedError
    if setting.erased_at is not None:
        raise SnapshotsErasedError
    before = _facts(setting)
    erased = await erase_now(session, setting, now)
    details = {"pictures": erased, "reason": reason}
    status = sitting.status if now < sitting.ends_at else "over"
    await _record(session, "snapshots.erased", setting, status, before, actor, now, details)
    return erased


async def erase_now(session: AsyncSession, setting: SnapshotSetting, now: datetime) -> int:
    """Delete the pictures and their key; returns how many there were."""
    erased = await queries.erase_pictures(session, setting.sitting_id)
    setting.wrapped_key, setting.erased_at, setting.is_on = None, now, False
    session.add(setting)
    await session.flush()
    return erased


def erased_after(setting: SnapshotSetting, ends_at: datetime) -> datetime:
    """Return when the pictures of a sitting are erased by themselves."""
    return ends_at + timedelta(days=setting.retention_days)


def _on(now: datetime) -> dict[str, Any]:
    return {"is_on": True, "changed_at": now}


def _facts(setting: SnapshotSetting) -> dict[str, Any]:
    return setting.model_dump(
        include={"is_on", "camera", "screen", "interval_seconds", "retention_days", "legal_basis"}
    )


async def _record(
    session: AsyncSession,
    action: str,
    setting: SnapshotSetting,
    sitting_status: str,
    before: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="sitting",
        object_id=str(setting.sitting_id),
        before=before,
        after=_facts(setting),
        details=details or _facts(setting),
        now=now,
        # The log begins when the sitting is made ready, and ends with its results.
        sitting_id=setting.sitting_id if sitting_status == "ready" else None,
    )
