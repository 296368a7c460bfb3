"""Reports on what is unusual in a finished sitting: asked for and read by the board, every look on record.

Nothing here writes to marks, results or certificates, and nothing there reads from here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.core.jobs import service as jobs
from exam_engine.core.jobs.models import Job
from exam_engine.forensics import queries
from exam_engine.forensics.errors import ForensicsRunningError, NoForensicReportError
from exam_engine.forensics.models import ForensicReport
from exam_engine.forensics.settings import VERSION
from exam_engine.results.item_responses import refuse_unfinished
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import RegistrationFacts, SittingFacts

JOB_KIND = "forensics.report"


@dataclass(frozen=True, slots=True)
class SittingForensics:
    """What is there for a sitting.

    Attributes
    ----------
    job : the latest work, if a report was ever asked for.
    report : the newest report that can be read, which may be older than the work.
    candidates : by the id of the registration as text; those who are named in the report.
    """

    sitting: SittingFacts
    job: Job | None
    report: ForensicReport | None
    candidates: dict[str, RegistrationFacts]


async def start(session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime) -> ForensicReport:
    """Ask for a report.

    Raises
    ------
    NotFoundError
    ResultsNotReadyError
        The sitting is not over, or attempts are open or unmarked.
    ForensicsRunningError
        A report is being made.
    """
    await sittings.lock_sitting(session, sitting_id)
    await refuse_unfinished(session, sitting_id, now=now)
    latest = await queries.latest(session, sitting_id)
    if latest is not None and latest[1].status in {"queued", "running"}:
        raise ForensicsRunningError
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    report = ForensicReport(
        sitting_id=sitting_id,
        job_id=job.id,
        version=VERSION,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )
    job.parameters = {"report_id": str(report.id), "sitting_id": str(sitting_id)}
    await session.flush()
    session.add(report)
    await session.flush()
    await _record(session, "forensics.started", sitting_id, report, actor=actor, now=now)
    return report


async def store(session: AsyncSession, report_id: UUID, content: dict[str, Any], *, now: datetime) -> None:
    """Keep what was computed; a repeated computation changes nothing."""
    report = await queries.find(session, report_id)
    if report is not None and report.finished_at is None:
        report.content, report.finished_at = content, now
        session.add(report)


async def read(
    session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime, is_export: bool = False
) -> SittingForensics:
    """Return what is there for a sitting; a look at a report goes on record.

    Raises
    ------
    NotFoundError
    NoForensicReportError
        There is no report to take out.
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    latest = await queries.latest(session, sitting_id)
    report = await queries.latest_finished(session, sitting_id)
    if report is None and is_export:
        raise NoForensicReportError
    candidates: dict[str, RegistrationFacts] = {}
    if report is not None and report.content is not None:
        kinds = report.content["kinds"].values()
        named = {id_ for kind in kinds for finding in kind["findings"] for id_ in finding["candidates"]}
        candidates = {
            str(facts.registration_id): facts
            for facts in await sittings.registrations_of_sitting(session, sitting_id)
            if str(facts.registration_id) in named
        }
        action = "forensics.exported" if is_export else "forensics.read"
        await _record(session, action, sitting_id, report, actor=actor, now=now)
    return SittingForensics(sitting, latest[1] if latest is not None else None, report, candidates)


async def work_on(session: AsyncSession, sitting_id: UUID) -> Job:
    """Return the latest work on a sitting, which tells nothing of any report.

    Raises
    ------
    NotFoundError
        No report was ever asked for.
    """
    latest = await queries.latest(session, sitting_id)
    if latest is None:
        raise NotFoundError
    return latest[1]


async def _record(
    session: AsyncSession, action: str, sitting_id: UUID, report: ForensicReport, *, actor: Actor, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="sitting",
        object_id=str(sitting_id),
        details={"report": str(report.id), "version": report.version},
        now=now,
    )
