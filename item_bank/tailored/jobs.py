"""The making of tailored papers as long work."""

from typing import Any, Final
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.tailored import service
from item_bank.tailored.errors import InfeasibleTailoredPaperError, TailoredPaperStoppedError
from item_bank.tailored.making import make

_STAGES: Final = {
    "bound": 0.15,
    "first_forms": 0.4,
    "improving": 0.6,
    "forms": 0.85,
    "exposure": 0.3,
    "simulation": 0.7,
}
"""How far the work is taken to be in each stage."""


async def make_tailored_paper(context: JobContext) -> dict[str, Any]:
    """Make the paper in another process and store it; a repeated job does nothing twice."""
    paper_id = UUID(context.parameters["paper_id"])
    async with context.database.read() as session:
        problem = await service.prepare_problem(session, paper_id, now=utc_now())
    if problem is not None:
        await context.report(0.05, "tailored_progress.preparing", items=len(problem.items))

        async def report(word: dict[str, Any]) -> None:
            share = _STAGES[word["stage"]] * (word["done"] / word["of"] if word["stage"] == "forms" else 1.0)
            await context.report(
                max(0.05, share), f"tailored_progress.{word['stage']}", done=word["done"], of=word["of"]
            )

        made = await context.compute_telling(make, problem, on_word=report)
        await context.report(0.95, "tailored_progress.storing")
        async with context.database.write() as session:
            await service.store(
                session, paper_id=paper_id, problem=problem, made=made, actor=context.actor, now=utc_now()
            )
        if made.status == "infeasible":
            raise InfeasibleTailoredPaperError
        if made.status == "stopped":
            raise TailoredPaperStoppedError
    return {"paper_id": str(paper_id)}
