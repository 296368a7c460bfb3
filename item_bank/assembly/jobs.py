"""The making of forms as long work."""

from typing import Any
from uuid import UUID

from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.assembly import service
from item_bank.assembly.errors import AssemblyGivenUpError, InfeasibleAssemblyError
from item_bank.assembly.solving import solve


async def run_assembly(context: JobContext) -> dict[str, Any]:
    """Choose the items in another process and store the forms; a repeated job does nothing twice."""
    assembly_id = UUID(context.parameters["assembly_id"])
    async with context.database.read() as session:
        problem = await service.prepare_problem(session, assembly_id)
    if problem is not None:
        forms, items = problem.form_count, len(problem.pool)
        await context.report(0.1, "assembly_progress.solving", forms=forms, items=items)
        solution = await context.compute(solve, problem)
        await context.report(0.9, "assembly_progress.storing")
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
