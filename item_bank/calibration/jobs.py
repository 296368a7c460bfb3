"""The estimation as long work."""

from typing import Any
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.calibration import service
from item_bank.calibration.errors import CalibrationFailedError
from item_bank.calibration.estimation import estimate


async def run_calibration(context: JobContext) -> dict[str, Any]:
    """Estimate in another process and store what was found; a repeated job does nothing twice."""
    calibration_id = UUID(context.parameters["calibration_id"])
    async with context.database.read() as session:
        task = await service.prepare_task(session, calibration_id)
    if task is not None:
        await context.report(0.1, "calibration_progress.estimating", items=len(task.keys))
        estimation = await context.compute(estimate, task.chosen, task.keys, task.option_counts)
        await context.report(0.9, "calibration_progress.storing")
        async with context.database.write() as session:
            await service.store_estimation(
                session, calibration_id=calibration_id, estimation=estimation, actor=context.actor, now=utc_now()
            )
        if estimation.failure is not None:
            raise CalibrationFailedError(**estimation.failure)
    return {"calibration_id": str(calibration_id)}
