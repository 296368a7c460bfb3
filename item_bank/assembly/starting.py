"""Starting an assembly: the blueprint as it stands, options that can be had, locks taken over."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.core.jobs import service as jobs
from item_bank.assembly import queries
from item_bank.assembly.bank import RecentForm, in_cells, load_bank, load_recent_forms
from item_bank.assembly.errors import AssemblyNumberTakenError, InvalidAssemblyError
from item_bank.assembly.models import Assembly
from item_bank.assembly.options import AssemblyOptions
from item_bank.blueprints import service as blueprints_service
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items import service as items_service

JOB_KIND = "assembly"


async def start(
    session: AsyncSession, *, blueprint_id: UUID, options: AssemblyOptions, actor: Actor, now: datetime
) -> Assembly:
    """Queue the making of forms to a blueprint as it stands now.

    Raises
    ------
    BlueprintNotFoundError
    InvalidAssemblyError
        Naming each option that cannot be had.
    AssemblyNumberTakenError
        Another assembly was started at the same moment.
    """
    statement = (await blueprints_service.find_blueprint(session, blueprint_id)).statement
    await _refuse_bad_options(session, blueprint_id, statement, options)
    recent = await load_recent_forms(session, statement, now=now)
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    assembly = Assembly(
        number=await queries.next_number(session),
        blueprint_id=blueprint_id,
        blueprint=statement.model_dump(mode="json"),
        options=options.model_dump(mode="json"),
        recent_forms=[_recent_data(form) for form in recent],
        form_count=options.form_count,
        seed=options.seed,
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
        details={"blueprint": statement.name, "forms": options.form_count, "options": assembly.options},
        now=now,
    )
    return assembly


async def locked_items(session: AsyncSession, assembly_id: UUID) -> dict[int, tuple[str, ...]]:
    """Return the codes of the locked items of an assembly, by form number."""
    held: defaultdict[int, list[str]] = defaultdict(list)
    for place in await queries.items_of(session, assembly_id):
        if place.row.is_locked:
            held[place.row.form_number].append(place.item.code)
    return {number: tuple(codes) for number, codes in held.items()}


async def _refuse_bad_options(
    session: AsyncSession, blueprint_id: UUID, statement: BlueprintStatement, options: AssemblyOptions
) -> None:
    faults = _contradictions(statement, options)
    faults += await _item_faults(session, statement, options)
    if options.keep_locks_of is not None:
        faults += await _lock_faults(session, blueprint_id, statement, options, options.keep_locks_of)
    if faults:
        raise InvalidAssemblyError(faults=faults)


def _contradictions(statement: BlueprintStatement, options: AssemblyOptions) -> list[Fault]:
    barred = set(options.exclude)
    faults = [
        Fault("assembly_item_both", f"include.{place}", {"code": code})
        for place, code in enumerate(options.include)
        if code in barred
    ]
    included = len(set(options.include))
    if included > statement.form_length:
        params = {"items": included, "form_length": statement.form_length}
        faults.append(Fault("assembly_include_too_long", "include", params))
    return faults


async def _item_faults(session: AsyncSession, statement: BlueprintStatement, options: AssemblyOptions) -> list[Fault]:
    if not options.include and not options.exclude:
        return []
    known = await items_service.items_by_code(session, sorted({*options.include, *options.exclude}))
    faults = [
        Fault("assembly_item_unknown", f"{field}.{place}", {"code": code})
        for field, codes in (("include", options.include), ("exclude", options.exclude))
        for place, code in enumerate(codes)
        if code not in known
    ]
    if options.include:
        usable = {item.code for item in in_cells(await load_bank(session), statement)}
        faults += [
            Fault("assembly_item_unusable", f"include.{place}", {"code": code})
            for place, code in enumerate(options.include)
            if code in known and code not in usable
        ]
    return faults


async def _lock_faults(
    session: AsyncSession, blueprint_id: UUID, statement: BlueprintStatement, options: AssemblyOptions, source: UUID
) -> list[Fault]:
    record = await queries.find_assembly(session, source)
    if record is None or record.assembly.blueprint_id != blueprint_id:
        return [Fault("assembly_locks_elsewhere", "keep_locks_of")]
    held = await locked_items(session, source)
    if not held:
        return [Fault("assembly_no_locks", "keep_locks_of", {"number": record.assembly.number})]
    usable = {item.code for item in in_cells(await load_bank(session), statement)}
    barred = set(options.exclude)
    faults = [
        Fault("assembly_lock_unusable", "keep_locks_of", {"code": code, "form": number})
        for number, codes in sorted(held.items())
        for code in codes
        if code not in usable or code in barred
    ]
    if max(held) > options.form_count:
        faults.append(Fault("assembly_too_few_for_locks", "form_count", {"form": max(held)}))
    return faults


def _recent_data(form: RecentForm) -> dict[str, Any]:
    return {
        "form_code": form.form_code,
        "title": form.title,
        "last_used": form.last_used.isoformat(),
        "item_codes": sorted(form.item_codes),
    }
