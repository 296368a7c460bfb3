"""Asking for long work and looking after it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.jobs.models import Job

MOST_TRIES = 3
SILENCE = timedelta(seconds=60)
"""A running job that has not been heard of for this long lost its server and is queued again."""


def enqueue(session: AsyncSession, *, kind: str, parameters: dict[str, Any], actor: Actor, now: datetime) -> Job:
    """Queue work in the caller's transaction: no commit, no job."""
    job = Job(kind=kind, parameters=parameters, created_by=actor.id, created_by_name=actor.display_name, created_at=now)
    session.add(job)
    return job


async def claim_next(session: AsyncSession, *, kinds: list[str], now: datetime) -> Job | None:
    """Take the oldest queued job of the given kinds; two workers never take the same one."""
    await _revive_orphans(session, now=now)
    statement = (
        select(Job)
        .where(Job.status == "queued", col(Job.kind).in_(kinds))
        .order_by(col(Job.created_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = (await session.exec(statement)).first()
    if job is None:
        return None
    job.status, job.started_at, job.heartbeat_at, job.tries = "running", now, now, job.tries + 1
    session.add(job)
    return job


async def _revive_orphans(session: AsyncSession, *, now: datetime) -> None:
    orphaned = sa.and_(col(Job.status) == "running", col(Job.heartbeat_at) < now - SILENCE)
    await session.exec(
        sa.update(Job)
        .where(orphaned, col(Job.cancel_requested_at).is_not(None))
        .values(status="cancelled", finished_at=now)
    )
    await session.exec(
        sa.update(Job)
        .where(orphaned, col(Job.tries) >= MOST_TRIES)
        .values(status="failed", finished_at=now, error={"code": "job_abandoned", "params": {"tries": MOST_TRIES}})
    )
    await session.exec(sa.update(Job).where(orphaned, col(Job.tries) < MOST_TRIES).values(status="queued"))


async def beat(session: AsyncSession, *, job_id: UUID, now: datetime) -> None:
    """Say that a running job is alive."""
    await session.exec(sa.update(Job).where(col(Job.id) == job_id).values(heartbeat_at=now))


async def request_cancel(session: AsyncSession, *, job_id: UUID, now: datetime) -> bool:
    """Ask that a job be given up, in the caller's transaction; return whether it had not ended yet.

    A queued job ends here. The server that runs a running one sees the request within a second and stops the work.
    """
    job = (await session.exec(select(Job).where(Job.id == job_id).with_for_update())).first()
    if job is None or job.status not in {"queued", "running"}:
        return False
    job.cancel_requested_at = job.cancel_requested_at or now
    if job.status == "queued":
        job.status, job.finished_at = "cancelled", now
    session.add(job)
    return True


async def is_cancel_requested(session: AsyncSession, job_id: UUID) -> bool:
    """Whether somebody asked that a job be given up."""
    statement = select(Job.cancel_requested_at).where(Job.id == job_id)
    return (await session.exec(statement)).first() is not None


async def finish(
    session: AsyncSession,
    *,
    job_id: UUID,
    result: dict[str, Any] | None,
    error: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Store how a job ended; one that somebody asked to give up ends cancelled, whatever its handler still said."""
    job = (await session.exec(select(Job).where(Job.id == job_id).with_for_update())).first()
    if job is None:
        return
    job.finished_at = now
    if job.cancel_requested_at is not None:
        job.status = "cancelled"
    elif error is not None:
        job.status, job.error = "failed", error
    else:
        job.status, job.result, job.progress = "succeeded", result, 1.0
    session.add(job)


async def find(session: AsyncSession, job_id: UUID) -> Job | None:
    """Return a job."""
    return await session.get(Job, job_id)
