"""Rules of calibrations: start, store what was found, approve by a second person, curves."""

import hashlib
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import SecondPersonError
from exam_engine.core.jobs import service as jobs
from exam_engine.core.text import clean_line
from exam_engine.psychometrics import item_information, p_correct
from item_bank.calibration import queries
from item_bank.calibration.errors import (
    CalibrationAlreadyApprovedError,
    CalibrationNotConvergedError,
    CalibrationNotFoundError,
    CalibrationNotReadyError,
    TooManyCurvesError,
    UnknownCurveItemError,
)
from item_bank.calibration.estimation import Estimation
from item_bank.calibration.models import CalibrationChoices, CalibrationItem, CalibrationRun
from item_bank.calibration.queries import RunRecord
from item_bank.calibration.response_file import BLANK, Choices
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Item
from item_bank.items.records import ItemRecord
from item_bank.items.service import NewParameters

JOB_KIND = "calibration"
THETA = np.linspace(-3.0, 3.0, 61)
"""Abilities at which curves are drawn, logits."""
MOST_CURVES = 20


@dataclass(frozen=True, slots=True)
class CalibrationDetail:
    """A run with its items."""

    record: RunRecord
    items: list[tuple[CalibrationItem, Item]]


@dataclass(frozen=True, slots=True)
class EstimationTask:
    """What the computation is given."""

    chosen: NDArray[np.int8]
    keys: list[int]
    option_counts: list[int]


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """Curves of one item over ``THETA`` and the observed points beside them."""

    code: str
    p: list[float]
    information: list[float]
    empirical: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of a run; ``test_information`` sums over all estimated items, its standard error is 1/√information."""

    test_information: list[float]
    standard_error: list[float]
    items: list[ItemCurve]


async def start(
    session: AsyncSession,
    *,
    name: str,
    choices: Choices,
    items: dict[str, ItemRecord],
    content: bytes,
    file_name: str,
    is_simulated: bool,
    actor: Actor,
    now: datetime,
) -> CalibrationRun:
    """Store the answers and queue the estimation."""
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    run = CalibrationRun(
        name=clean_line(name),
        is_simulated=is_simulated,
        file_name=clean_line(file_name)[:200],
        file_hash=hashlib.sha256(content).hexdigest(),
        n_candidates=choices.chosen.shape[0],
        n_items=choices.chosen.shape[1],
        n_responses=choices.n_responses,
        n_blank=int((choices.chosen == BLANK).sum()),
        job_id=job.id,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )
    job.parameters = {"calibration_id": str(run.id)}
    await session.flush()
    session.add(run)
    await session.flush()
    session.add(CalibrationChoices(calibration_id=run.id, chosen=zlib.compress(choices.chosen.tobytes())))
    session.add_all(
        [
            CalibrationItem(
                calibration_id=run.id,
                position=position,
                item_id=items[code].item.id,
                item_version_id=items[code].version.id,
            )
            for position, code in enumerate(choices.item_codes)
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
            "sha256": run.file_hash,
            "candidates": run.n_candidates,
            "items": run.n_items,
            "is_simulated": is_simulated,
        },
        now=now,
    )
    return run


async def prepare_task(session: AsyncSession, calibration_id: UUID) -> EstimationTask | None:
    """Return what to compute for a run; None when the run is finished already."""
    record = await queries.find_run(session, calibration_id)
    if record is None or record.run.status != "running":
        return None
    rows = await queries.items_of(session, calibration_id)
    version_ids = [row.item_version_id for row, _ in rows]
    keys = await keys_of(session, version_ids)
    versions = await items_service.versions_by_id(session, version_ids)
    option_ids = [[option["id"] for option in versions[id_].content["options"]] for id_ in version_ids]
    packed = await queries.choices_of(session, calibration_id)
    chosen = np.frombuffer(zlib.decompress(packed), dtype=np.int8).reshape(record.run.n_candidates, len(rows))
    return EstimationTask(
        chosen,
        [ids.index(keys[id_].correct[0]) for ids, id_ in zip(option_ids, version_ids, strict=True)],
        [len(ids) for ids in option_ids],
    )


async def store_estimation(
    session: AsyncSession, *, calibration_id: UUID, estimation: Estimation, actor: Actor, now: datetime
) -> CalibrationRun:
    """Keep what was found; the parameters come into force by approval only.

    Raises
    ------
    CalibrationNotFoundError
    """
    run = await queries.lock_run(session, calibration_id)
    if run is None:
        raise CalibrationNotFoundError
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
            row.p, row.item_rest, row.n = found.p, found.item_rest, found.n
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
        after={"items": [[item.a, item.b] for item in estimation.items]},
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


async def approve(session: AsyncSession, *, calibration_id: UUID, actor: Actor, now: datetime) -> list[str]:
    """Put the parameters in force; return the codes of items left out because they changed since.

    Raises
    ------
    CalibrationNotFoundError, CalibrationNotReadyError, CalibrationAlreadyApprovedError, CalibrationNotConvergedError
    SecondPersonError
        The one who started the calibration may not approve it.
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
    parameters = [
        NewParameters(row.item_id, row.item_version_id, row.a, row.b, row.se_a, row.se_b, row.p, row.item_rest, row.n)
        for row, _ in await queries.items_of(session, calibration_id)
        if row.a is not None
        and row.b is not None
        and row.se_a is not None
        and row.se_b is not None
        and row.p is not None
        and row.n is not None
    ]
    outdated = await items_service.put_parameters_in_force(
        session, calibration_id=calibration_id, parameters=parameters, is_simulated=run.is_simulated
    )
    run.status, run.approved_by, run.approved_by_name, run.approved_at = "approved", actor.id, actor.display_name, now
    session.add(run)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="calibration.approved",
        object_type="calibration",
        object_id=str(run.id),
        after={"items": [[str(row.item_id), row.a, row.b] for row in parameters]},
        details={"items": len(parameters) - len(outdated), "left_out": outdated},
        now=now,
    )
    return outdated


async def curves(session: AsyncSession, *, calibration_id: UUID, codes: Sequence[str]) -> Curves:
    """Return the curves of a run and of the named items.

    Raises
    ------
    CalibrationNotFoundError, TooManyCurvesError
    UnknownCurveItemError
        An item has no estimates in this run.
    """
    if len(codes) > MOST_CURVES:
        raise TooManyCurvesError(most=MOST_CURVES)
    detail = await find_run(session, calibration_id)
    estimated = {
        item.code: (row, row.a, row.b) for row, item in detail.items if row.a is not None and row.b is not None
    }
    for code in codes:
        if code not in estimated:
            raise UnknownCurveItemError(code=code)
    a, b = _columns([(a, b) for _, a, b in estimated.values()])
    information = item_information(THETA, a, b).sum(axis=1)
    drawn_a, drawn_b = _columns([estimated[code][1:] for code in codes])
    probability, drawn = p_correct(THETA, drawn_a, drawn_b), item_information(THETA, drawn_a, drawn_b)
    return Curves(
        information.tolist(),
        # Without items nothing is known and the error has no bound; JSON has no infinity, so the list stays empty.
        [1.0 / math.sqrt(value) for value in information.tolist()] if estimated else [],
        [
            ItemCurve(code, probability[:, index].tolist(), drawn[:, index].tolist(), estimated[code][0].empirical)
            for index, code in enumerate(codes)
        ],
    )


def _columns(parameters: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array(parameters, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
