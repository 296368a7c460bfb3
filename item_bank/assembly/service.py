"""Rules of assemblies: start, store the forms, show how equal they are, publish by a second person."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, SecondPersonError
from exam_engine.core.jobs import service as jobs
from exam_engine.forms import service as forms_service
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information
from item_bank.assembly import queries
from item_bank.assembly.errors import (
    AssemblyItemsChangedError,
    AssemblyNotFoundError,
    AssemblyNotPublishableError,
    AssemblyNumberTakenError,
)
from item_bank.assembly.models import AssembledItem, Assembly
from item_bank.assembly.queries import AssemblyRecord
from item_bank.assembly.solving import TOLERANCE, PoolItem, Problem, Solution
from item_bank.blueprints import service as blueprints_service
from item_bank.items import service as items_service
from item_bank.items.keys.store import keys_of
from item_bank.items.models import Item
from item_bank.items.response_functions import StoredParameters, response_table
from item_bank.syllabus import service as syllabus_service

JOB_KIND = "assembly"
THETA = np.linspace(-3.0, 3.0, 61)
"""Abilities at which the curves of forms are drawn, logits."""

_STATUS = {"assembled": "assembled", "infeasible": "infeasible", "stopped": "failed"}


@dataclass(frozen=True, slots=True)
class FormDraft:
    """One form of an assembly with its figures."""

    form_code: str
    items: list[tuple[AssembledItem, Item]]
    information: list[float]
    expected_score: list[float]
    information_at_cut: float
    cells: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class AssemblyDetail:
    """An assembly with its forms; ``overlap`` counts the items that two forms share."""

    record: AssemblyRecord
    forms: list[FormDraft]
    overlap: list[list[int]]


async def start(
    session: AsyncSession, *, blueprint_id: UUID, form_count: int, seed: int, actor: Actor, now: datetime
) -> Assembly:
    """Queue the making of forms to a blueprint as it stands now.

    Raises
    ------
    BlueprintNotFoundError
    AssemblyNumberTakenError
        Another assembly was started at the same moment.
    """
    blueprint = await blueprints_service.find_blueprint(session, blueprint_id)
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    assembly = Assembly(
        number=await queries.next_number(session),
        blueprint_id=blueprint_id,
        blueprint=blueprint.facts,
        form_count=form_count,
        seed=seed,
        tolerance=TOLERANCE,
        job_id=job.id,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )
    job.parameters = {"assembly_id": str(assembly.id)}
    await session.flush()
    session.add(assembly)
    try:
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise AssemblyNumberTakenError from error
    await audit.record(
        session,
        actor=actor,
        action="assembly.started",
        object_type="assembly",
        object_id=str(assembly.id),
        details={"blueprint": assembly.blueprint["name"], "forms": form_count, "seed": seed},
        now=now,
    )
    return assembly


async def prepare_problem(session: AsyncSession, assembly_id: UUID) -> Problem | None:
    """Return what to compute for an assembly; None when it is finished already."""
    record = await queries.find_assembly(session, assembly_id)
    if record is None or record.assembly.status != "running":
        return None
    assembly = record.assembly
    pool = tuple(
        PoolItem(
            item_id=str(found.item.id),
            module_code=found.item.module_code,
            cognitive_level=found.item.cognitive_level,
            a=parameters.a,
            b=parameters.b,
            c=parameters.c,
        )
        for found in await items_service.assembly_pool(session)
        if (parameters := found.parameters) is not None
    )
    return Problem(
        pool=pool,
        cells=tuple(
            (cell["module_code"], cell["cognitive_level"], cell["count"]) for cell in assembly.blueprint["cells"]
        ),
        form_length=assembly.blueprint["form_length"],
        form_count=assembly.form_count,
        cut_theta=assembly.blueprint["cut_theta"],
        seed=assembly.seed,
        tolerance=assembly.tolerance,
    )


async def store_solution(
    session: AsyncSession, *, assembly_id: UUID, problem: Problem, solution: Solution, actor: Actor, now: datetime
) -> None:
    """Keep the forms, or why there are none.

    Raises
    ------
    AssemblyNotFoundError
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    assembly.status = _STATUS[solution.status]
    assembly.pool_size = len(problem.pool)
    assembly.objective, assembly.bound, assembly.gap = solution.objective, solution.bound, solution.gap
    assembly.max_relative_difference = solution.max_relative_difference
    assembly.conflict = solution.conflict
    chosen = {item.item_id: item for item in problem.pool}
    records = await items_service.items_by_id(session, [UUID(id_) for form in solution.forms for id_ in form])
    assembly.is_simulated = any(r.parameters is not None and r.parameters.is_simulated for r in records.values())
    session.add(assembly)
    for form_number, form in enumerate(solution.forms, start=1):
        for position, id_ in enumerate(form, start=1):
            item = chosen[id_]
            session.add(
                AssembledItem(
                    assembly_id=assembly.id,
                    form_number=form_number,
                    position=position,
                    item_id=UUID(id_),
                    item_version_id=records[UUID(id_)].version.id,
                    module_code=item.module_code,
                    cognitive_level=item.cognitive_level,
                    a=item.a,
                    b=item.b,
                    c=item.c,
                )
            )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action=f"assembly.{assembly.status}",
        object_type="assembly",
        object_id=str(assembly.id),
        after={"forms": solution.forms},
        details={"pool": assembly.pool_size, "objective": assembly.objective, "gap": assembly.gap},
        now=now,
    )


async def list_assemblies(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[AssemblyRecord], int]:
    """Return a page of assemblies, newest first."""
    return await queries.find_page(session, offset=offset, limit=limit)


async def find_assembly(session: AsyncSession, assembly_id: UUID) -> AssemblyDetail:
    """Return an assembly with its forms and their figures.

    Raises
    ------
    AssemblyNotFoundError
    """
    record = await queries.find_assembly(session, assembly_id)
    if record is None:
        raise AssemblyNotFoundError
    rows = await queries.items_of(session, assembly_id)
    forms = [
        _form_draft(record.assembly, number, list(items))
        for number, items in groupby(rows, key=lambda row: row[0].form_number)
    ]
    members = [{row.item_id for row, _ in form.items} for form in forms]
    return AssemblyDetail(record, forms, [[len(one & other) for other in members] for one in members])


def _form_draft(assembly: Assembly, number: int, items: list[tuple[AssembledItem, Item]]) -> FormDraft:
    parameters = response_table(
        [str(row.position) for row, _ in items], [StoredParameters(row.a, row.b, row.c) for row, _ in items]
    )
    cut = np.array([assembly.blueprint["cut_theta"]])
    counts = Counter((row.module_code, row.cognitive_level) for row, _ in items)
    return FormDraft(
        form_code=form_code(assembly.number, number),
        items=items,
        information=fisher_information(THETA, parameters).sum(axis=1).tolist(),
        expected_score=expected_item_scores(THETA, parameters).sum(axis=1).tolist(),
        information_at_cut=float(fisher_information(cut, parameters).sum()),
        cells=[(module, level, count) for (module, level), count in sorted(counts.items())],
    )


def form_code(assembly_number: int, form_number: int) -> str:
    """Return the code printed on a form: 101, 102 for the first assembly, 201 and so on for the second."""
    return f"{assembly_number}{form_number:02d}"


async def publish(
    session: AsyncSession, *, assembly_id: UUID, actor: Actor, now: datetime, rng: random.Random
) -> list[UUID]:
    """Freeze the forms for use in sittings and return their ids.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotPublishableError
    SecondPersonError
        The one who had the forms made may not publish them.
    AssemblyItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    if assembly.status != "assembled":
        raise AssemblyNotPublishableError
    if assembly.created_by == actor.id:
        raise SecondPersonError
    detail = await find_assembly(session, assembly_id)
    await _refuse_changed(session, detail)
    specs = await _form_specs(session, detail)
    forms = await forms_service.publish_forms(session, specs=specs, actor=actor, now=now, rng=rng)
    assembly.status = "published"
    assembly.published_form_ids = [str(form.id) for form in forms]
    assembly.published_by_name, assembly.published_at = actor.display_name, now
    session.add(assembly)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="assembly.published",
        object_type="assembly",
        object_id=str(assembly.id),
        after={"forms": [[form.form_code, form.content_hash] for form in forms]},
        details={"forms": [form.form_code for form in forms]},
        now=now,
    )
    return [form.id for form in forms]


async def _refuse_changed(session: AsyncSession, detail: AssemblyDetail) -> None:
    rows = [(form.form_code, row, item) for form in detail.forms for row, item in form.items]
    current = await items_service.items_by_id(session, [item.id for _, _, item in rows])
    faults = [
        Fault("assembly_item_changed", f"{code}/{row.position}", {"code": item.code, "form_code": code})
        for code, row, item in rows
        if item.status != "approved" or current[item.id].version.id != row.item_version_id
    ]
    if faults:
        raise AssemblyItemsChangedError(faults=faults)


async def _form_specs(session: AsyncSession, detail: AssemblyDetail) -> list[FormSpec]:
    assembly = detail.record.assembly
    modules = (await syllabus_service.find_syllabus(session)).modules
    version_ids = [row.item_version_id for form in detail.forms for row, _ in form.items]
    versions = await items_service.versions_by_id(session, version_ids)
    keys = await keys_of(session, version_ids)

    def published(row: AssembledItem, item: Item) -> PublishedItem:
        version = versions[row.item_version_id]
        options: list[dict[str, Any]] = version.content["options"]
        correct = keys[version.id].correct
        return PublishedItem(
            item_code=item.code,
            item_version_id=version.id,
            module_code=row.module_code,
            module_name=modules[row.module_code].name,
            cognitive_level=row.cognitive_level,
            points=Decimal(version.points),
            stem=version.content["stem"],
            options=[option["html"] for option in options],
            correct=[index for index, option in enumerate(options) if option["id"] in correct],
        )

    return [
        FormSpec(
            form_code=form.form_code,
            title=assembly.blueprint["name"],
            duration_minutes=assembly.blueprint["duration_minutes"],
            items=[published(row, item) for row, item in form.items],
            source={
                "assembly_id": str(assembly.id),
                "blueprint_id": str(assembly.blueprint_id),
                "cut_theta": assembly.blueprint["cut_theta"],
                "information_at_cut": form.information_at_cut,
                "max_relative_difference": assembly.max_relative_difference,
            },
        )
        for form in detail.forms
    ]
