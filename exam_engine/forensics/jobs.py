"""The report as long work."""

from typing import Any
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from exam_engine.forensics import service
from exam_engine.forensics.computing import compute_report
from exam_engine.forensics.gathering import gather
from exam_engine.forensics.settings import REPLICATIONS

_SIMULATING = (0.10, 0.85)
"""Where the simulations begin and end in the progress of the whole."""
_AT = {"parameters": 0.05, "times": 0.85, "changes": 0.95}


async def make_report(context: JobContext) -> dict[str, Any]:
    """Gather, compute in another process and store; a repeated job does nothing twice."""
    report_id, sitting_id = UUID(context.parameters["report_id"]), UUID(context.parameters["sitting_id"])
    await context.report(0.01, "forensics_progress.gathering")
    async with context.database.read() as session:
        # The number of the report is the seed: the same report can be computed again.
        task = await gather(
            session,
            sitting_id,
            packages=context.settings.packages,
            seed=report_id.int % (1 << 32),
            replications=REPLICATIONS,
        )
    content = await context.compute_telling(compute_report, task, on_word=_reporting(context))
    async with context.database.write() as session:
        await service.store(session, report_id, content, now=utc_now())
    return {"report_id": str(report_id)}


def _reporting(context: JobContext) -> Any:
    async def report(word: dict[str, Any]) -> None:
        if word["stage"] == "simulating":
            first, last = _SIMULATING
            share = first + (last - first) * word["number"] / word["of"]
            await context.report(share, "forensics_progress.simulating", number=word["number"], of=word["of"])
        else:
            await context.report(_AT[word["stage"]], f"forensics_progress.{word['stage']}")

    return report
