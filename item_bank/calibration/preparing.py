"""What a calibration computes: responses, keys, the items held on the bank's scale, and what is known against it."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration import queries
from item_bank.calibration.anchoring import FEWEST_ANCHORS
from item_bank.calibration.estimation import EstimationTask, TaskItem
from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.calibration.options import CalibrationOptions
from item_bank.calibration.responses import key_places, responses_of
from item_bank.items import service as items_service
from item_bank.items.models import Item, ItemParameters
from item_bank.items.response_functions import StoredParameters


async def prepare_task(session: AsyncSession, calibration_id: UUID) -> EstimationTask | None:
    """Return what to compute for a run; None when the run is not running."""
    record = await queries.find_run(session, calibration_id)
    if record is None or record.run.status != "running":
        return None
    run = record.run
    rows = await queries.items_of(session, calibration_id)
    options = CalibrationOptions.model_validate(run.options)
    in_force = await _in_force(session, [row.item_id for row, _ in rows]) if options.holds_anchors else {}
    held = {row.position: in_force[row.item_id] for row, _ in rows if row.item_id in in_force}
    # Parameters of other categories say nothing of these; a negative slope most likely stands for a wrong key.
    anchors = {
        row.position: held[row.position]
        for row, _ in rows
        if row.position in held and held[row.position].a > 0.0 and _has_categories(held[row.position], row)
    }
    return EstimationTask(
        responses=await responses_of(session, run),
        items=await _task_items(session, rows),
        options=options,
        anchors={position: StoredParameters.of(parameters) for position, parameters in anchors.items()},
        warnings=(
            *run.warnings,
            *await _warnings(session, run, options, list(anchors.values()), [row.item_id for row, _ in rows]),
            *_other_categories([row for row, _ in rows], held),
        ),
    )


async def _task_items(session: AsyncSession, rows: list[tuple[CalibrationItem, Item]]) -> list[TaskItem]:
    places = await key_places(session, [row for row, _ in rows])
    versions = await items_service.versions_by_id(session, [row.item_version_id for row, _ in rows])
    return [
        TaskItem(
            highest_score=row.highest_score,
            option_count=len(versions[row.item_version_id].content["options"]) if place >= 0 else 0,
            key=place,
            module=item.module_code,
        )
        for (row, item), place in zip(rows, places, strict=True)
    ]


async def _in_force(session: AsyncSession, item_ids: list[UUID]) -> dict[UUID, ItemParameters]:
    records = await items_service.items_by_id(session, item_ids)
    return {item_id: record.parameters for item_id, record in records.items() if record.parameters is not None}


def _has_categories(parameters: ItemParameters, row: CalibrationItem) -> bool:
    return len(StoredParameters.of(parameters).thresholds) == row.highest_score


def _other_categories(rows: list[CalibrationItem], held: dict[int, ItemParameters]) -> list[dict[str, Any]]:
    other = sum(row.position in held and not _has_categories(held[row.position], row) for row in rows)
    return [{"code": "anchors_of_other_categories", "data": {"items": other}}] if other else []


async def _warnings(
    session: AsyncSession,
    run: CalibrationRun,
    options: CalibrationOptions,
    anchors: list[ItemParameters],
    item_ids: list[UUID],
) -> list[dict[str, Any]]:
    warnings: list[dict[str, Any]] = []
    elsewhere = await items_service.count_in_force(session, besides=item_ids)
    if not anchors:
        if options.holds_anchors:
            warnings.append({"code": "no_anchors", "data": {}})
        if elsewhere:
            warnings.append({"code": "scale_not_linked", "data": {"items": elsewhere}})
    elif len(anchors) < FEWEST_ANCHORS:
        warnings.append({"code": "few_anchors", "data": {"anchors": len(anchors), "needed": FEWEST_ANCHORS}})
    simulated = sum(parameters.is_simulated for parameters in anchors)
    if simulated and not run.is_simulated:
        warnings.append({"code": "anchors_simulated", "data": {"anchors": simulated}})
    return warnings
