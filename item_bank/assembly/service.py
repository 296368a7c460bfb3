"""Rules of assemblies: give up, store what was found, list, delete."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.jobs import service as jobs
from exam_engine.core.jobs.models import Job
from exam_engine.psychometrics.response_functions import fisher_information
from item_bank.assembly import queries
from item_bank.assembly.bank import BankItem, in_cells, load_bank
from item_bank.assembly.detail import recent_forms
from item_bank.assembly.errors import (
    AssemblyNotDeletableError,
    AssemblyNotFoundError,
    AssemblyNotRunningError,
)
from item_bank.assembly.figures import relative_difference
from item_bank.assembly.models import AssembledItem, Assembly
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.queries import AssemblyFilter, AssemblyRecord
from item_bank.assembly.solving import Problem, Solution
from item_bank.assembly.starting import locked_items
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items.response_functions import StoredParameters, response_table

SORT_FIELDS = queries.SORT_FIELDS
DELETABLE = frozenset({"assembled", "infeasible", "failed", "cancelled"})
_STATUS = {"assembled": "assembled", "infeasible": "infeasible", "stopped": "failed"}


async def prepare_problem(session: AsyncSession, assembly_id: UUID) -> Problem | None:
    """Return what to compute for an assembly; None when it is finished already."""
    record = await queries.find_assembly(session, assembly_id)
    if record is None or record.assembly.status != "running":
        return None
    assembly = record.assembly
    statement = BlueprintStatement.model_validate(assembly.blueprint)
    options = AssemblyOptions.model_validate(assembly.options)
    held = {} if options.keep_locks_of is None else await locked_items(session, options.keep_locks_of)
    return Problem(
        items=tuple(in_cells(await load_bank(session), statement)),
        statement=statement,
        options=options,
        recent=tuple(recent_forms(assembly)),
        held=held,
        now=assembly.created_at,
    )


async def store_solution(
    session: AsyncSession, *, assembly_id: UUID, problem: Problem, solution: Solution, actor: Actor, now: datetime
) -> None:
    """Keep the forms, or why there are none, unless the assembly was given up meanwhile.

    Raises
    ------
    AssemblyNotFoundError
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    if assembly.status != "running":
        return
    assembly.status = _STATUS[solution.status]
    assembly.pool_size = len(problem.items)
    assembly.objective, assembly.bound, assembly.gap = solution.value, solution.bound, solution.gap
    assembly.engine, assembly.stop_reason = solution.engine, solution.stop_reason
    assembly.conflict, assembly.repairs = solution.conflict, solution.repairs
    by_code = {item.code: item for item in problem.items}
    forms = [[by_code[code] for code in form] for form in solution.forms]
    assembly.is_simulated = any(item.is_simulated for form in forms for item in form)
    if forms:
        assembly.max_relative_difference = difference_at_cut(problem.statement, forms)
    session.add(assembly)
    for number, form in enumerate(forms, start=1):
        held = set(problem.held.get(number, ()))
        for position, item in enumerate(form, start=1):
            session.add(assembled_item(assembly_id, number, position, item, is_locked=item.code in held))
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=f"assembly.{assembly.status}",
        object_type="assembly",
        object_id=str(assembly.id),
        after={"forms": solution.forms},
        details={
            "pool": assembly.pool_size,
            "objective": assembly.objective,
            "bound": assembly.bound,
            "gap": assembly.gap,
        },
        now=now,
    )


def assembled_item(
    assembly_id: UUID, number: int, position: int, item: BankItem, *, is_locked: bool = False
) -> AssembledItem:
    """Return the row of an item in its place."""
    return AssembledItem(
        assembly_id=assembly_id,
        form_number=number,
        position=position,
        item_id=item.item_id,
        item_version_id=item.version_id,
        module_code=item.module_code,
        cognitive_level=item.cognitive_level,
        a=item.a,
        b=item.b,
        c=item.c,
        words=item.words,
        is_locked=is_locked,
        exposure=item.exposure.to_dict(),
    )


def difference_at_cut(statement: BlueprintStatement, forms: Sequence[Sequence[BankItem]]) -> float:
    """Return by which share the most informative form at the cut score exceeds the least."""
    cut = np.array([statement.cut_theta])
    sums = []
    for form in forms:
        table = response_table([item.code for item in form], [StoredParameters(i.a, i.b, i.c) for i in form])
        sums.append(float(fisher_information(cut, table).sum()))
    return relative_difference(sums)


async def list_assemblies(
    session: AsyncSession, wanted: AssemblyFilter, *, sort: str, offset: int, limit: int
) -> tuple[list[AssemblyRecord], int]:
    """Return a page of assemblies and how many match."""
    return await queries.find_page(session, wanted, sort=sort, offset=offset, limit=limit)


async def find_job(session: AsyncSession, assembly_id: UUID) -> tuple[Assembly, Job]:
    """Return an assembly and its work.

    Raises
    ------
    AssemblyNotFoundError
    """
    record, job = await queries.find_assembly(session, assembly_id), await queries.job_of(session, assembly_id)
    if record is None or job is None:
        raise AssemblyNotFoundError
    return record.assembly, job


async def cancel(session: AsyncSession, *, assembly_id: UUID, actor: Actor, now: datetime) -> None:
    """Give up an assembly that is queued or running; from now on nothing of it will be stored.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotRunningError
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    if assembly.status != "running" or not await jobs.request_cancel(session, job_id=assembly.job_id, now=now):
        raise AssemblyNotRunningError
    assembly.status = "cancelled"
    session.add(assembly)
    await session.flush()
    await _record(session, assembly, "assembly.cancelled", actor, now)


async def delete(session: AsyncSession, *, assembly_id: UUID, actor: Actor, now: datetime) -> None:
    """Delete a draft that nobody approved or published; the record of acts keeps that there was one.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotDeletableError
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    record = await queries.find_assembly(session, assembly_id)
    if assembly is None or record is None:
        raise AssemblyNotFoundError
    if record.status not in DELETABLE:
        raise AssemblyNotDeletableError
    await queries.delete_assembly(session, assembly_id)
    await _record(session, assembly, "assembly.deleted", actor, now)


async def _record(session: AsyncSession, assembly: Assembly, action: str, actor: Actor, now: datetime) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="assembly",
        object_id=str(assembly.id),
        details={"number": assembly.number, "blueprint": assembly.blueprint["name"]},
        now=now,
    )
