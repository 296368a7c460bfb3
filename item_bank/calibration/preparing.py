"""What a calibration computes: answers, keys, the items held on the bank's scale, and what is known against it."""

import zlib
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration import queries
from item_bank.calibration.estimation import FEWEST_ANCHORS, EstimationTask
from item_bank.calibration.models import CalibrationRun
from item_bank.calibration.options import CalibrationOptions
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemParameters
from item_bank.items.pool import key_place
from item_bank.items.response_functions import StoredParameters


async def prepare_task(session: AsyncSession, calibration_id: UUID) -> EstimationTask | None:
    """Return what to compute for a run; None when the run is not running."""
    record = await queries.find_run(session, calibration_id)
    if record is None or record.run.status != "running":
        return None
    run = record.run
    rows = await queries.items_of(session, calibration_id)
    version_ids = [row.item_version_id for row, _ in rows]
    keys = await keys_of(session, version_ids)
    versions = await items_service.versions_by_id(session, version_ids)
    option_ids = [[option["id"] for option in versions[id_].content["options"]] for id_ in version_ids]
    packed = await queries.choices_of(session, calibration_id)
    chosen = np.frombuffer(zlib.decompress(packed), dtype=np.int8).reshape(run.n_candidates, len(rows))
    options = CalibrationOptions.model_validate(run.options)
    item_ids = [row.item_id for row, _ in rows]
    in_force = await _in_force(session, item_ids)
    anchors = {}
    if options.holds_anchors:
        # A negative slope most likely stands for a wrong key; nothing may be linked by it.
        anchors = {row.position: in_force[row.item_id] for row, _ in rows if _may_hold(in_force.get(row.item_id))}
    return EstimationTask(
        chosen=chosen,
        keys=[ids.index(key_place(keys[id_].key)) for ids, id_ in zip(option_ids, version_ids, strict=True)],
        option_counts=[len(ids) for ids in option_ids],
        options=options,
        anchors={position: StoredParameters(row.a, row.b, row.c) for position, row in anchors.items()},
        warnings=tuple(
            await _warnings(session, run, options, list(anchors.values()), [row.item_id for row, _ in rows])
        ),
    )


async def _in_force(session: AsyncSession, item_ids: list[UUID]) -> dict[UUID, ItemParameters]:
    records = await items_service.items_by_id(session, item_ids)
    return {item_id: record.parameters for item_id, record in records.items() if record.parameters is not None}


def _may_hold(parameters: ItemParameters | None) -> bool:
    return parameters is not None and parameters.a > 0.0


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
