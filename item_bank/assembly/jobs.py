"""The making of forms as long work."""

import asyncio
from typing import Any, Final
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.assembly import service
from item_bank.assembly.errors import AssemblyGivenUpError, InfeasibleAssemblyError
from item_bank.assembly.solving import solve

_LONGEST_TRAIL: Final = 240
"""Points of the search that are kept for the page to draw."""
_STAGES = {"bound": 0.15, "first_forms": 0.45, "improving": 0.8}
"""How far the work is taken to be in each stage: nobody knows how long a search for better forms takes."""


async def run_assembly(context: JobContext) -> dict[str, Any]:
    """Choose the items in another process and store the forms; a repeated job does nothing twice."""
    assembly_id = UUID(context.parameters["assembly_id"])
    async with context.database.read() as session:
        problem = await service.prepare_problem(session, assembly_id)
    if problem is not None:
        reporting = _Reporting(context, problem.options.form_count)
        await context.report(
            0.05, "assembly_progress.solving", forms=problem.options.form_count, items=len(problem.items)
        )
        solution = await context.compute_telling(solve, problem, on_word=reporting.report)
        await context.report(0.9, "assembly_progress.storing", trail=reporting.trail)
        async with context.database.write() as session:
            await service.store_solution(
                session,
                assembly_id=assembly_id,
                problem=problem,
                solution=solution,
                actor=context.actor,
                now=utc_now(),
            )
        if solution.status == "infeasible":
            raise InfeasibleAssemblyError
        if solution.status == "stopped":
            raise AssemblyGivenUpError
    return {"assembly_id": str(assembly_id)}


class _Reporting:
    """Turns what the search tells into progress, and keeps its trail."""

    def __init__(self, context: JobContext, form_count: int) -> None:
        self._context, self._form_count = context, form_count
        self._began = asyncio.get_running_loop().time()
        self._share = 0.05
        self.trail: list[dict[str, Any]] = []

    async def report(self, word: dict[str, Any]) -> None:
        """Store one word as progress and message."""
        seconds = round(asyncio.get_running_loop().time() - self._began, 2)
        self.trail.append({"seconds": seconds, **word})
        if len(self.trail) > _LONGEST_TRAIL:
            # Every second point goes; the shape of the curve stays.
            self.trail = self.trail[::2]
        done = word["forms_done"] / self._form_count
        share = 0.05 + (_STAGES[word["stage"]] - 0.05) * (done if word["stage"] == "first_forms" else 1.0)
        self._share = max(self._share, share)
        await self._context.report(
            self._share,
            f"assembly_progress.{word['stage']}",
            forms=self._form_count,
            forms_done=word["forms_done"],
            trail=self.trail,
        )
