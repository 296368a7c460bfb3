"""Routes of site mode: the board's over delegations, and those that sites themselves ask."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.access import PUBLIC, ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import engine_of
from exam_engine.sites import completing, delegating, handing_over, queries, taking_in
from exam_engine.sites.codes import in_groups
from exam_engine.sites.models import SiteDelegation
from exam_engine.sites.portions import Portion
from exam_engine.sites.schemas import (
    CompletedView,
    CompletionBody,
    DelegationList,
    DelegationState,
    DelegationView,
    FreshDelegation,
    HomeState,
    NewDelegation,
    PortionBody,
    PulledData,
    PullRequest,
    ReleaseCode,
    TakenView,
    Withdrawal,
)
from exam_engine.sittings import service as sittings

router = APIRouter(prefix="/api", tags=["sites"])

SYNC = requires(Permission.SITE_SYNC)


def _state(delegation: SiteDelegation, now: datetime) -> DelegationState:
    if delegation.withdrawn_at is not None:
        return "withdrawn"
    if delegation.pushed_at is not None:
        return "home"
    if delegation.first_pushed_at is not None:
        return "coming_home"
    if delegation.pulled_at is not None:
        return "pulled"
    return "waiting" if now < delegation.code_expires_at else "expired"


async def _view(session: AsyncSession, delegation: SiteDelegation, now: datetime) -> DelegationView:
    room_ids = delegating.room_ids_of(delegation)
    rooms = [room for room in await queries.rooms_of_sitting(session, delegation.sitting_id) if room.id in room_ids]
    return DelegationView(
        id=delegation.id,
        sitting_id=delegation.sitting_id,
        centre_id=delegation.centre_id,
        site_name=delegation.site_name,
        state=_state(delegation, now),
        rooms=[room.name for room in rooms],
        seats=len(await queries.registration_ids(session, delegation.sitting_id, room_ids)),
        created_at=delegation.created_at,
        created_by=delegation.created_by_name,
        code_expires_at=delegation.code_expires_at,
        releases_at=await delegating.releases_at(session, delegation),
        pulled_at=delegation.pulled_at,
        public_key=delegation.public_key,
        first_pushed_at=delegation.first_pushed_at,
        pushed_at=delegation.pushed_at,
        withdrawn_at=delegation.withdrawn_at,
        withdrawn_by=delegation.withdrawn_by_name,
        withdrawal_reason=delegation.withdrawal_reason,
    )


# --- the board ---


@router.get("/sittings/{sitting_id}/delegations", dependencies=[requires(Permission.SITTING_READ)])
async def list_delegations(sitting_id: UUID, session: ReadSessionDep) -> DelegationList:
    """Rooms of a sitting that were handed over to sites, and how far each has come."""
    await sittings.find_sitting(session, sitting_id)
    now = utc_now()
    views = [await _view(session, one, now) for one in await queries.delegations_of_sitting(session, sitting_id)]
    return DelegationList(items=views, total=len(views))


@router.post("/sittings/{sitting_id}/delegations", status_code=201, dependencies=[requires(Permission.SITE_DELEGATE)])
async def delegate(
    sitting_id: UUID, body: NewDelegation, request: Request, actor: ActorDep, session: SessionDep
) -> FreshDelegation:
    """Hand the rooms of a centre, or all of a sitting, over to a site; the pull code is shown this once.

    From the moment at which the site pulls, nobody starts in these rooms here.
    """
    now = utc_now()
    made = await delegating.delegate(
        session,
        sitting_id,
        centre_id=body.centre_id,
        site_name=body.site_name,
        valid_for=timedelta(hours=body.valid_hours),
        release_lead=timedelta(minutes=body.release_lead_minutes),
        master_key=engine_of(request).master_key,
        actor=actor,
        now=now,
        rng=random.SystemRandom(),
    )
    view = await _view(session, made.delegation, now)
    return FreshDelegation(**view.model_dump(), pull_code=in_groups(made.pull_code))


@router.post("/site-delegations/{delegation_id}/withdrawal", dependencies=[requires(Permission.SITE_DELEGATE)])
async def withdraw(delegation_id: UUID, body: Withdrawal, actor: ActorDep, session: SessionDep) -> DelegationView:
    """Take a delegation back while nothing of it has come home; the site is let in no more."""
    now = utc_now()
    delegation = await delegating.withdraw(session, delegation_id, reason=body.reason, actor=actor, now=now)
    return await _view(session, delegation, now)


@router.post("/site-delegations/{delegation_id}/release-code", dependencies=[requires(Permission.SITE_DELEGATE)])
async def tell_release_code(delegation_id: UUID, request: Request, actor: ActorDep, session: SessionDep) -> ReleaseCode:
    """Tell the release code, to be read out to a site that the network does not reach; recorded, and not before T0."""
    delegation = await delegating.find(session, delegation_id, lock=True)
    code = await delegating.release_code(
        session, delegation, master_key=engine_of(request).master_key, actor=actor, now=utc_now()
    )
    return ReleaseCode(release_code=in_groups(code))


# --- sites ---


@router.post("/site/pull", dependencies=[PUBLIC])
async def pull(body: PullRequest, request: Request, session: SessionDep) -> PulledData:
    """What a pull code stands for: a sitting with its seats and sealed papers; no item, no answer key.

    The same site may ask again until something of its work has come home.
    """
    handed = await handing_over.hand_over(
        session,
        code=body.code,
        public_key=body.public_key,
        signature=body.signature,
        master_key=engine_of(request).master_key,
        now=utc_now(),
    )
    return PulledData(
        delegation_id=handed.delegation.id,
        sitting_id=handed.delegation.sitting_id,
        site_name=handed.delegation.site_name,
        releases_at=handed.releases_at,
        token=handed.token,
        tables=handed.tables,
        paper_keys=handed.paper_keys,
    )


async def _own(session: AsyncSession, actor: Actor) -> SiteDelegation:
    delegation = await queries.delegation_of_user(session, actor.id)
    if delegation is None:
        raise NotFoundError
    return delegation


@router.post("/site/release", dependencies=[SYNC])
async def fetch_release_code(request: Request, actor: ActorDep, session: SessionDep) -> ReleaseCode:
    """The release code for a site that asks by itself; 425 before it is time."""
    delegation = await _own(session, actor)
    code = await delegating.release_code(
        session, delegation, master_key=engine_of(request).master_key, actor=actor, now=utc_now()
    )
    return ReleaseCode(release_code=in_groups(code))


@router.post("/site/portions", dependencies=[SYNC])
async def take_portion(body: PortionBody, actor: ActorDep, session: SessionDep) -> TakenView:
    """Rows of one table that a site brings home: checked and written whole, or not at all. Repeating is harmless."""
    delegation = await _own(session, actor)
    portion = Portion(body.push, body.table, body.rows)
    taken = await taking_in.take_portion(session, delegation.id, portion, now=utc_now())
    return TakenView(new=taken.new, changed=taken.changed, already_there=taken.already_there)


@router.post("/site/completion", dependencies=[SYNC])
async def complete(body: CompletionBody, request: Request, actor: ActorDep) -> CompletedView:
    """The end of a push: everything is held against the site's signed log, and counts from then on."""
    database = database_of(request)
    async with database.read() as session:
        delegation = await _own(session, actor)
    done = await completing.complete(database, delegation.id, push=body.push, actor=actor, now=utc_now())
    return CompletedView(
        attempts=done.attempts,
        operations=done.operations,
        log_rows=done.log_rows,
        root=done.root,
        pushed_at=done.pushed_at,
    )


@router.get("/site/state", dependencies=[SYNC])
async def read_state(actor: ActorDep, session: ReadSessionDep) -> HomeState:
    """How much of a site's work is here."""
    delegation = await _own(session, actor)
    registrations = await queries.registration_ids(session, delegation.sitting_id, delegating.room_ids_of(delegation))
    return HomeState(
        state=_state(delegation, utc_now()),
        rows=await queries.counts_at_home(session, delegation, registrations),
        pushed_at=delegation.pushed_at,
    )
