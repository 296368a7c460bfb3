"""The board's side at the central server: handing rooms of a sitting over, taking them back, giving the papers free."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import site_accounts
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id
from exam_engine.core.errors import Fault, InvalidInputError, NotFoundError
from exam_engine.core.security import token_digest
from exam_engine.core.text import clean_line
from exam_engine.delivery.papers import unwrap_key, wrap_key
from exam_engine.lockdown import queries as lockdown_queries
from exam_engine.sites import queries
from exam_engine.sites.codes import new_code
from exam_engine.sites.errors import (
    CannotDelegateError,
    DelegationHomeError,
    DelegationWithdrawnError,
    NotPulledError,
    NotReleasedYetError,
)
from exam_engine.sites.models import SiteDelegation
from exam_engine.sittings import service as sittings

LONGEST_RELEASE_RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Delegated:
    """A fresh delegation with its pull code, which is stored nowhere."""

    delegation: SiteDelegation
    pull_code: str


async def delegate(
    session: AsyncSession,
    sitting_id: UUID,
    *,
    centre_id: UUID | None,
    site_name: str,
    valid_for: timedelta,
    release_lead: timedelta,
    master_key: bytes,
    actor: Actor,
    now: datetime,
    rng: random.Random,
) -> Delegated:
    """Hand the rooms of one centre, or all of a sitting, over to a site: whoever has the pull code gets them.

    Nothing changes here before the site pulls.

    Parameters
    ----------
    valid_for : how long the pull code is taken.
    release_lead : how long before the opening of the sitting the papers may be released.
    rng : ``random.SystemRandom`` outside tests.

    Raises
    ------
    NotFoundError, SittingNotRunningError
    CannotDelegateError
        The faults say why.
    """
    sitting = await sittings.lock_ready(session, sitting_id)
    rooms = [
        room
        for room in await queries.rooms_of_sitting(session, sitting_id)
        if centre_id is None or room.centre_id == centre_id
    ]
    room_ids = [room.id for room in rooms]
    taken = {room_id for one in await standing(session, sitting_id) for room_id in one.room_ids}
    faults = []
    if sitting.is_pulled:
        faults.append(Fault("site_of_a_site", "sitting"))
    if not rooms:
        faults.append(Fault("site_without_rooms", "centre_id"))
    if (await sittings.find_sitting(session, sitting_id)).ends_at < now:
        faults.append(Fault("site_sitting_over", "closes_at"))
    faults += [Fault("site_room_taken", "rooms", {"room": room.name}) for room in rooms if str(room.id) in taken]
    if await lockdown_queries.browser_of(session, sitting_id) is not None:
        faults.append(Fault("site_safe_exam_browser", "safe_exam_browser"))
    if await queries.has_attempts(session, sitting_id, room_ids):
        faults.append(Fault("site_room_started", "rooms"))
    faults += [
        Fault("site_form_staged", "forms", {"form": form.form_code})
        for form in await queries.staged_forms(session, sitting_id, room_ids)
    ]
    if faults:
        raise CannotDelegateError(faults=faults)
    pull_code, release_code, delegation_id = new_code(rng), new_code(rng), new_id()
    delegation = SiteDelegation(
        id=delegation_id,
        sitting_id=sitting_id,
        centre_id=centre_id,
        site_name=clean_line(site_name),
        room_ids=[str(room_id) for room_id in room_ids],
        code_digest=token_digest(pull_code),
        code_expires_at=now + valid_for,
        release_lead_minutes=int(release_lead.total_seconds() // 60),
        wrapped_release_code=wrap_key(master_key, release_code.encode(), delegation_id),
        created_at=now,
        created_by=actor.id,
        created_by_name=actor.display_name,
    )
    session.add(delegation)
    await session.flush()
    await record(session, "site.delegated", delegation, actor, now, {"rooms": delegation.room_ids})
    return Delegated(delegation, pull_code)


async def standing(session: AsyncSession, sitting_id: UUID) -> list[SiteDelegation]:
    """Return the delegations of a sitting that were neither taken back nor brought home."""
    found = await queries.delegations_of_sitting(session, sitting_id)
    return [one for one in found if one.withdrawn_at is None and one.pushed_at is None]


async def find(session: AsyncSession, delegation_id: UUID, *, lock: bool = False) -> SiteDelegation:
    """Return a delegation.

    Raises
    ------
    NotFoundError
    """
    delegation = await queries.delegation(session, delegation_id, lock=lock)
    if delegation is None:
        raise NotFoundError
    return delegation


async def withdraw(
    session: AsyncSession, delegation_id: UUID, *, reason: str, actor: Actor, now: datetime
) -> SiteDelegation:
    """Take a delegation back: the rooms are held here again and the site is let in no more.

    Raises
    ------
    NotFoundError
    DelegationWithdrawnError, DelegationHomeError
        It was taken back before; something of it has come home.
    InvalidInputError
        No reason.
    """
    delegation = await find(session, delegation_id, lock=True)
    if delegation.withdrawn_at is not None:
        raise DelegationWithdrawnError
    if delegation.first_pushed_at is not None:
        raise DelegationHomeError
    text = clean_line(reason)
    if not text:
        raise InvalidInputError(faults=[Fault("withdrawal_reason_missing", "reason")])
    delegation.withdrawn_at, delegation.withdrawn_by_name = now, actor.display_name
    delegation.withdrawal_reason = text
    session.add(delegation)
    if delegation.pulled_at is not None:
        await queries.hold_rooms(session, delegation.sitting_id, room_ids_of(delegation), None)
    if delegation.user_id is not None:
        await site_accounts.close_account(session, user_id=delegation.user_id, now=now)
    await session.flush()
    details = {"reason": text, "was_pulled": delegation.pulled_at is not None}
    await record(session, "site.withdrawn", delegation, actor, now, details)
    return delegation


async def release_code(
    session: AsyncSession, delegation: SiteDelegation, *, master_key: bytes, actor: Actor, now: datetime
) -> str:
    """Return the code that opens the papers of a delegation, and record who was told.

    Raises
    ------
    DelegationWithdrawnError, NotPulledError
    NotReleasedYetError
        Too early; with the seconds after which to ask again.
    """
    if delegation.withdrawn_at is not None:
        raise DelegationWithdrawnError
    if delegation.pulled_at is None:
        raise NotPulledError
    at = await releases_at(session, delegation)
    if now < at:
        wait = int((at - now).total_seconds()) + 1
        raise NotReleasedYetError(retry_after=min(wait, LONGEST_RELEASE_RETRY_SECONDS))
    code = stored_release_code(delegation, master_key)
    await record(session, "site.papers_released", delegation, actor, now, {})
    return code


def stored_release_code(delegation: SiteDelegation, master_key: bytes) -> str:
    """Return the release code of a delegation, whatever the time; for those who do not tell it."""
    return unwrap_key(master_key, delegation.wrapped_release_code, delegation.id).decode()


async def releases_at(session: AsyncSession, delegation: SiteDelegation) -> datetime:
    """Return from when on the papers of a delegation may be released."""
    sitting = await sittings.find_sitting(session, delegation.sitting_id)
    return sitting.opens_at - timedelta(minutes=delegation.release_lead_minutes)


def room_ids_of(delegation: SiteDelegation) -> list[UUID]:
    """Return the rooms of a delegation."""
    return [UUID(room_id) for room_id in delegation.room_ids]


async def record(
    session: AsyncSession,
    action: str,
    delegation: SiteDelegation,
    actor: Actor,
    now: datetime,
    details: dict[str, object],
) -> None:
    """Record an act on a delegation, in the audit record and in the log of the sitting."""
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="site_delegation",
        object_id=str(delegation.id),
        details={"delegation": str(delegation.id), **details},
        now=now,
        sitting_id=delegation.sitting_id,
    )
