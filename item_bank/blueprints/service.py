"""Rules of blueprints: statements that hold together, names that are unique, supply beside demand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line
from item_bank.blueprints import queries
from item_bank.blueprints.consistency import faults_of
from item_bank.blueprints.errors import BlueprintNameTakenError, BlueprintNotFoundError, InvalidBlueprintError
from item_bank.blueprints.models import Blueprint, BlueprintCell
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.blueprints.versions import service as versions
from item_bank.blueprints.versions.service import Origin
from item_bank.items import pool
from item_bank.syllabus import service as syllabus_service

_COLUMNS = frozenset({"name", "form_length", "duration_minutes", "cut_theta", "cells"})
"""Parts of a statement that have columns of their own; the others are kept together."""


@dataclass(frozen=True, slots=True)
class BlueprintRecord:
    """A stored blueprint with its cells."""

    blueprint: Blueprint
    cells: list[BlueprintCell]

    @property
    def statement(self) -> BlueprintStatement:
        """Everything it states."""
        return BlueprintStatement.model_validate(
            {
                **self.blueprint.demands,
                "name": self.blueprint.name,
                "form_length": self.blueprint.form_length,
                "duration_minutes": self.blueprint.duration_minutes,
                "cut_theta": self.blueprint.cut_theta,
                "cells": [
                    {
                        "module_code": cell.module_code,
                        "cognitive_level": cell.cognitive_level,
                        "minimum": cell.minimum,
                        "maximum": cell.maximum,
                    }
                    for cell in self.cells
                ],
            }
        )

    @property
    def facts(self) -> dict[str, Any]:
        """Everything it states, as JSON values."""
        return self.statement.model_dump(mode="json")


async def list_blueprints(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[BlueprintRecord], int]:
    """Return a page of blueprints by name."""
    found, total = await queries.find_page(session, offset=offset, limit=limit)
    cells = await queries.cells_of(session, [blueprint.id for blueprint in found])
    return [BlueprintRecord(blueprint, cells[blueprint.id]) for blueprint in found], total


async def find_blueprint(session: AsyncSession, blueprint_id: UUID) -> BlueprintRecord:
    """Return one blueprint.

    Raises
    ------
    BlueprintNotFoundError
    """
    blueprint = await session.get(Blueprint, blueprint_id)
    if blueprint is None:
        raise BlueprintNotFoundError
    return BlueprintRecord(blueprint, (await queries.cells_of(session, [blueprint_id]))[blueprint_id])


async def names_of(session: AsyncSession, blueprint_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of blueprints by their ids."""
    return await queries.names_of(session, blueprint_ids)


async def supply(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Return for each (module code, cognitive level) how many items forms may be made of."""
    return await pool.supply(session)


async def names_module(session: AsyncSession, module_code: str) -> bool:
    """Whether any blueprint asks for items of a module."""
    if await queries.has_cell_of(session, module_code):
        return True
    totals = [demands.get("module_totals", ()) for demands in await queries.all_demands(session)]
    return any(total["module_code"] == module_code for rows in totals for total in rows)


async def create_blueprint(
    session: AsyncSession,
    *,
    plan: BlueprintStatement,
    note: str = "",
    origin: Origin | None = None,
    actor: Actor,
    now: datetime,
) -> BlueprintRecord:
    """Store a new blueprint; its first version says with ``note`` why, and from which version it was made.

    Raises
    ------
    InvalidBlueprintError, BlueprintNameTakenError
    """
    return await _store(session, None, plan, _Reason(note, origin), actor, now)


async def change_blueprint(
    session: AsyncSession,
    *,
    blueprint_id: UUID,
    plan: BlueprintStatement,
    note: str = "",
    origin: Origin | None = None,
    actor: Actor,
    now: datetime,
) -> BlueprintRecord:
    """Replace what a blueprint states, as a new version; forms made before keep the statement they were made to.

    Raises
    ------
    BlueprintNotFoundError, InvalidBlueprintError, BlueprintNameTakenError
    """
    return await _store(session, await find_blueprint(session, blueprint_id), plan, _Reason(note, origin), actor, now)


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a statement is saved, and which version it was taken over from."""

    note: str
    origin: Origin | None


async def _store(
    session: AsyncSession,
    before: BlueprintRecord | None,
    plan: BlueprintStatement,
    reason: _Reason,
    actor: Actor,
    now: datetime,
) -> BlueprintRecord:
    syllabus = await syllabus_service.find_syllabus(session)
    if faults := faults_of(plan, syllabus.modules, syllabus.parts):
        raise InvalidBlueprintError(faults=faults)
    name = clean_line(plan.name)
    namesake = await queries.find_by_name(session, name)
    if namesake is not None and (before is None or namesake.id != before.blueprint.id):
        raise BlueprintNameTakenError(name=name)
    facts_before = before.facts if before is not None else None
    if before is None:
        blueprint = Blueprint(
            name=name,
            form_length=plan.form_length,
            duration_minutes=plan.duration_minutes,
            cut_theta=plan.cut_theta,
            changed_by=actor.id,
            changed_by_name=actor.display_name,
            created_at=now,
            updated_at=now,
        )
    else:
        blueprint = before.blueprint
        blueprint.name, blueprint.form_length = name, plan.form_length
        blueprint.duration_minutes, blueprint.cut_theta = plan.duration_minutes, plan.cut_theta
        blueprint.changed_by, blueprint.changed_by_name, blueprint.updated_at = actor.id, actor.display_name, now
        await queries.delete_cells(session, blueprint.id)
    blueprint.demands = plan.model_dump(mode="json", exclude=set(_COLUMNS))
    session.add(blueprint)
    await session.flush()
    session.add_all([BlueprintCell(blueprint_id=blueprint.id, **cell.model_dump()) for cell in plan.cells])
    await session.flush()
    record = await find_blueprint(session, blueprint.id)
    version = await versions.keep(
        session,
        blueprint_id=blueprint.id,
        statement=record.statement,
        note=reason.note,
        origin=reason.origin,
        actor=actor,
        now=now,
    )
    await audit.record(
        session,
        actor=actor,
        action="blueprint.created" if before is None else "blueprint.changed",
        object_type="blueprint",
        object_id=str(blueprint.id),
        before=facts_before,
        after=record.facts,
        details={"name": name, "form_length": plan.form_length, "version": version.number},
        now=now,
    )
    return record
