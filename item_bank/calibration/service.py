"""Rules of calibrations: start, cancel, start again, store what was found, approve by a second person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import SecondPersonError
from exam_engine.core.jobs import service as jobs
from exam_engine.core.jobs.models import Job
from exam_engine.core.text import clean_line
from item_bank.calibration import queries
from item_bank.calibration.errors import (
    AcceptedItemUnknownError,
    CalibrationAlreadyApprovedError,
    CalibrationAnchorsChangedError,
    CalibrationNotConvergedError,
    CalibrationNotEndedError,
    CalibrationNotFoundError,
    CalibrationNotLinkedError,
    CalibrationNotReadyError,
    CalibrationNotRunningError,
    NothingAcceptedError,
)
from item_bank.calibration.estimation import Estimation, ItemEstimate
from item_bank.calibration.models import CalibrationChoices, CalibrationItem, CalibrationRun
from item_bank.calibration.options import CalibrationOptions
from item_bank.calibration.queries import RunRecord
from item_bank.calibration.response_matrix import NOT_REACHED, OMITTED
from item_bank.calibration.sources.collected import Collected
from item_bank.items import service as items_service
from item_bank.items.models import Item, ItemParameters
from item_bank.items.service import NewParameters

JOB_KIND = "calibration"


@dataclass(frozen=True, slots=True)
class AnsweredVersion:
    """Which version of an item the candidates answered."""

    item_id: UUID
    item_version_id: UUID


@dataclass(frozen=True, slots=True)
class CalibrationDetail:
    """A run with its items."""

    record: RunRecord
    items: list[tuple[CalibrationItem, Item]]


async def start(
    session: AsyncSession,
    *,
    name: str,
    data: Collected,
    versions: Mapping[str, AnsweredVersion],
    file_name: str,
    file_hash: str | None = None,
    options: CalibrationOptions,
    is_simulated: bool,
    actor: Actor,
    now: datetime,
) -> CalibrationRun:
    """Store the responses and queue the estimation.

    Parameters
    ----------
    data : the responses; ``versions`` says for each of its item codes what was answered.
    file_name : of the file, or what else names the source.
    file_hash : SHA-256 of the file; that of the responses where there was none.
    """
    matrix, data_hash = data.matrix, data.matrix.digest()
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    run = CalibrationRun(
        name=clean_line(name),
        is_simulated=is_simulated,
        file_name=clean_line(file_name)[:200],
        source=data.source,
        file_hash=file_hash or data_hash,
        data_hash=data_hash,
        n_candidates=matrix.n_persons,
        n_items=matrix.n_items,
        n_responses=matrix.n_responses,
        n_blank=int(((matrix.scores == OMITTED) | (matrix.scores == NOT_REACHED)).sum()),
        options=options.model_dump(),
        warnings=list(data.warnings),
        job_id=job.id,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )
    job.parameters = {"calibration_id": str(run.id)}
    await session.flush()
    session.add(run)
    await session.flush()
    session.add(CalibrationChoices(calibration_id=run.id, packed=matrix.pack()))
    session.add_all(
        [
            CalibrationItem(
                calibration_id=run.id,
                position=position,
                item_id=versions[code].item_id,
                item_version_id=versions[code].item_version_id,
                highest_score=highest,
            )
            for position, (code, highest) in enumerate(zip(data.item_codes, data.highest_scores, strict=True))
        ]
    )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="calibration.started",
        object_type="calibration",
        object_id=str(run.id),
        details={
            "name": run.name,
            "source": run.source,
            "sha256": run.file_hash,
            "data_sha256": run.data_hash,
            "candidates": run.n_candidates,
            "items": run.n_items,
            "is_simulated": is_simulated,
            "options": run.options,
        },
        now=now,
    )
    return run


async def cancel(session: AsyncSession, *, calibration_id: UUID, actor: Actor, now: datetime) -> None:
    """Give up a calibration that is queued or running; from now on nothing of it will be stored.

    Raises
    ------
    CalibrationNotFoundError, CalibrationNotRunningError
    """
    run = await queries.lock_run(session, calibration_id)
    if run is None:
        raise CalibrationNotFoundError
    if run.status != "running" or not await jobs.request_cancel(session, job_id=run.job_id, now=now):
        raise CalibrationNotRunningError
    run.status = "cancelled"
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="calibration.cancelled",
        object_type="calibration",
        object_id=str(run.id),
        details={"name": run.name},
        now=now,
    )


async def start_again(session: AsyncSession, *, calibration_id: UUID, actor: Actor, now: datetime) -> CalibrationRun:
    """Queue a calibration that failed or was cancelled once more, with the same answers and options.

    Who starts it again counts as the one who started it.

    Raises
    ------
    CalibrationNotFoundError, CalibrationNotEndedError
    """
    run = await queries.lock_run(session, calibration_id)
    record = await queries.find_run(session, calibration_id)
    if run is None or record is None:
        raise CalibrationNotFoundError
    if record.status not in {"failed", "cancelled"}:
        raise CalibrationNotEndedError
    parameters = {"calibration_id": str(run.id)}
    job = jobs.enqueue(session, kind=JOB_KIND, parameters=parameters, actor=actor, now=now)
    await session.flush()
    run.status, run.job_id, run.figures = "running", job.id, {}
    run.created_by, run.created_by_name = actor.id, actor.display_name
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="calibration.restarted",
        object_type="calibration",
        object_id=str(run.id),
        details={"name": run.name},
        now=now,
    )
    return run


async def find_job(session: AsyncSession, calibration_id: UUID) -> Job:
    """Return the work of a run, or of its latest start.

    Raises
    ------
    CalibrationNotFoundError
    """
    job = await queries.job_of(session, calibration_id)
    if job is None:
        raise CalibrationNotFoundError
    return job


async def store_estimation(
    session: AsyncSession, *, calibration_id: UUID, job_id: UUID, estimation: Estimation, actor: Actor, now: datetime
) -> CalibrationRun:
    """Keep what was found, unless the run was cancelled meanwhile or started again as another job.

    The parameters come into force by approval only.

    Raises
    ------
    CalibrationNotFoundError
    """
    run = await queries.lock_run(session, calibration_id)
    if run is None:
        raise CalibrationNotFoundError
    if run.status != "running" or run.job_id != job_id:
        return run
    if estimation.failure is not None:
        run.status, run.figures = "failed", {"failure": estimation.failure}
    else:
        run.status = "estimated"
        run.figures, run.warnings = estimation.figures, estimation.warnings
        run.log_likelihood = estimation.figures["log_likelihood"]
        run.iterations = estimation.figures["iterations"]
        run.converged = estimation.figures["converged"]
        run.max_gradient = estimation.figures["max_gradient"]
        run.marginal_reliability = estimation.marginal_reliability
        for (row, _), found in zip(await queries.items_of(session, calibration_id), estimation.items, strict=True):
            row.excluded_reason = found.excluded_reason
            row.a, row.se_a, row.b, row.se_b = found.a, found.se_a, found.b, found.se_b
            row.c, row.se_c, row.is_anchor = found.c, found.se_c, found.is_anchor
            row.model, row.steps, row.se_steps = found.model, found.steps, found.se_steps
            row.p, row.item_rest, row.n = found.p, found.item_rest, found.n
            row.fit, row.drift = found.fit, found.drift
            row.flags, row.empirical = found.flags, found.empirical
            session.add(row)
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=f"calibration.{run.status}",
        object_type="calibration",
        object_id=str(run.id),
        after={"items": [_audited(item) for item in estimation.items]},
        details={"converged": run.converged, "log_likelihood": run.log_likelihood},
        now=now,
    )
    return run


async def list_runs(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[RunRecord], int]:
    """Return a page of runs, newest first."""
    return await queries.find_page(session, offset=offset, limit=limit)


async def find_run(session: AsyncSession, calibration_id: UUID) -> CalibrationDetail:
    """Return a run with its items.

    Raises
    ------
    CalibrationNotFoundError
    """
    record = await queries.find_run(session, calibration_id)
    if record is None:
        raise CalibrationNotFoundError
    return CalibrationDetail(record, await queries.items_of(session, calibration_id))


async def approve(
    session: AsyncSession,
    *,
    calibration_id: UUID,
    accepts_new_scale: bool,
    accepted: Collection[UUID] | None = None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Put the parameters in force; return the codes of items left out because they changed since.

    Held items keep the parameters they have, and so do those that are not accepted.

    Parameters
    ----------
    accepted : ids of the items whose new parameters are accepted; all when None.
    accepts_new_scale : the approver knows that the parameters are on another scale than those of other items in force.

    Raises
    ------
    CalibrationNotFoundError, CalibrationNotReadyError, CalibrationAlreadyApprovedError, CalibrationNotConvergedError
    SecondPersonError
        The one who started the calibration may not approve it.
    CalibrationAnchorsChangedError
        Held items have other parameters now: the estimates are on a scale that is the bank's no more.
    AcceptedItemUnknownError, NothingAcceptedError
        An accepted item has no new parameters here, or none is accepted.
    CalibrationNotLinkedError
        Forms would mix items on two scales, and nobody said that this is known.
    """
    run = await queries.lock_run(session, calibration_id)
    if run is None:
        raise CalibrationNotFoundError
    if run.status == "approved":
        raise CalibrationAlreadyApprovedError
    if run.status != "estimated":
        raise CalibrationNotReadyError
    if not run.converged:
        raise CalibrationNotConvergedError
    if run.created_by == actor.id:
        raise SecondPersonError
    rows = await queries.items_of(session, calibration_id)
    anchors = [(row, item) for row, item in rows if row.is_anchor]
    parameters = _accepted(_new_parameters([row for row, _ in rows if not row.is_anchor]), accepted)
    if anchors:
        await _refuse_changed_anchors(session, anchors)
    elif not accepts_new_scale:
        elsewhere = await items_service.count_in_force(session, besides=[row.item_id for row in parameters])
        if elsewhere:
            raise CalibrationNotLinkedError(items=elsewhere)
    outdated = await items_service.put_parameters_in_force(
        session, calibration_id=calibration_id, parameters=parameters, is_simulated=run.is_simulated
    )
    in_force, left_out = {row.item_id for row in parameters}, set(outdated)
    for row, item in rows:
        if not row.is_anchor and row.a is not None:
            row.is_accepted = row.item_id in in_force and item.code not in left_out
            session.add(row)
    declined = sorted(item.code for row, item in rows if row.is_accepted is False and item.code not in left_out)
    run.status, run.approved_by, run.approved_by_name, run.approved_at = "approved", actor.id, actor.display_name, now
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="calibration.approved",
        object_type="calibration",
        object_id=str(run.id),
        after={"items": [[str(row.item_id), *_audited(row)] for row in parameters]},
        details={
            "items": len(parameters) - len(outdated),
            "left_out": outdated,
            "not_accepted": declined,
            "anchors": len(anchors),
            "accepts_new_scale": accepts_new_scale,
        },
        now=now,
    )
    return outdated


async def _refuse_changed_anchors(session: AsyncSession, anchors: list[tuple[CalibrationItem, Item]]) -> None:
    records = await items_service.items_by_id(session, [item.id for _, item in anchors])
    changed = sorted(
        item.code
        for row, item in anchors
        # An item that was edited since has none in force; it was itself when the candidates answered it.
        if (now := records[item.id].parameters) is not None and _differ(now, row)
    )
    if changed:
        raise CalibrationAnchorsChangedError(items=", ".join(changed))


def _differ(now: ItemParameters, row: CalibrationItem) -> bool:
    return (now.a, now.b, now.c, now.steps) != (row.a, row.b, row.c, row.steps)


def _audited(row: ItemEstimate | NewParameters) -> list[Any]:
    return [row.a, row.b, row.c, *([row.steps] if row.steps else [])]


def _accepted(parameters: list[NewParameters], accepted: Collection[UUID] | None) -> list[NewParameters]:
    if accepted is None:
        return parameters
    if set(accepted) - {row.item_id for row in parameters}:
        raise AcceptedItemUnknownError
    if not accepted:
        raise NothingAcceptedError
    return [row for row in parameters if row.item_id in set(accepted)]


def _new_parameters(rows: list[CalibrationItem]) -> list[NewParameters]:
    return [
        NewParameters(
            item_id=row.item_id,
            item_version_id=row.item_version_id,
            a=row.a,
            b=row.b,
            se_a=row.se_a,
            se_b=row.se_b,
            c=row.c,
            se_c=row.se_c,
            model=row.model,
            steps=row.steps,
            se_steps=row.se_steps,
            p=row.p,
            item_rest=row.item_rest,
            n=row.n,
        )
        for row in rows
        if row.a is not None
        and row.b is not None
        and row.se_a is not None
        and row.se_b is not None
        and row.p is not None
        and row.n is not None
    ]
