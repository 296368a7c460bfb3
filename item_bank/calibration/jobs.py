"""The estimation as long work."""

import math
from typing import Any
from uuid import UUID

from exam_engine.core.errors import Fault
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.calibration import service
from item_bank.calibration.errors import CalibrationFailedError
from item_bank.calibration.estimation import estimate
from item_bank.calibration.preparing import prepare_task

_SHARES = {"fit": (0.05, 0.65), "drift": (0.65, 0.85), "item_fit": (0.85, 0.95)}
"""Where each stage begins and ends in the progress of the whole."""
_CONVERGED = 1e-6


async def run_calibration(context: JobContext) -> dict[str, Any]:
    """Estimate in another process and store what was found; a repeated job does nothing twice."""
    calibration_id = UUID(context.parameters["calibration_id"])
    async with context.database.read() as session:
        task = await prepare_task(session, calibration_id)
    if task is not None:
        await context.report(0.02, "calibration_progress.estimating", items=len(task.items))
        estimation = await context.compute_telling(estimate, task, on_word=_Reporting(context).report)
        await context.report(0.95, "calibration_progress.storing")
        async with context.database.write() as session:
            await service.store_estimation(
                session,
                calibration_id=calibration_id,
                job_id=context.job_id,
                estimation=estimation,
                actor=context.actor,
                now=utc_now(),
            )
        if estimation.failure is not None:
            code, figures = estimation.failure["code"], estimation.failure["data"]
            raise CalibrationFailedError(faults=[Fault(f"calibration_fault.{code}", params=figures)])
    return {"calibration_id": str(calibration_id)}


class _Reporting:
    """Turns what the computation tells into progress that never goes back."""

    def __init__(self, context: JobContext) -> None:
        self._context, self._share = context, 0.0

    async def report(self, word: dict[str, Any]) -> None:
        """Store one word as progress and message."""
        first, last = _SHARES[word["stage"]]
        figures = {name: value for name, value in word.items() if name != "stage"}
        done = 0.0
        if 0.0 < (change := figures.get("change", math.inf)) < 1.0:
            # EM converges linearly: the logarithm of the change falls about evenly.
            done = min(math.log(change) / math.log(_CONVERGED), 1.0)
        self._share = max(self._share, first + done * (last - first))
        await self._context.report(self._share, f"calibration_progress.{word['stage']}", **figures)
