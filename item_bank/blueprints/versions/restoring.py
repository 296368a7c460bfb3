"""Versions used again: brought back as the newest version, or as the beginning of a new blueprint."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from item_bank.blueprints import service as blueprints
from item_bank.blueprints.service import BlueprintRecord
from item_bank.blueprints.versions.errors import BlueprintVersionIsCurrentError
from item_bank.blueprints.versions.service import Origin, find_version, statement_of


async def restore(
    session: AsyncSession, *, blueprint_id: UUID, number: int, note: str, actor: Actor, now: datetime
) -> BlueprintRecord:
    """Let a blueprint state again what a version of it stated, as its newest version.

    Raises
    ------
    BlueprintNotFoundError, BlueprintVersionNotFoundError
    BlueprintVersionIsCurrentError
        The blueprint states that already.
    InvalidBlueprintError, BlueprintNameTakenError
        The syllabus, or the names of other blueprints, have changed since.
    """
    current = await blueprints.find_blueprint(session, blueprint_id)
    plan = statement_of(await find_version(session, blueprint_id, number))
    if plan == current.statement:
        raise BlueprintVersionIsCurrentError
    return await blueprints.change_blueprint(
        session,
        blueprint_id=blueprint_id,
        plan=plan,
        note=note,
        origin=Origin(blueprint_id, number),
        actor=actor,
        now=now,
    )


async def make_from(
    session: AsyncSession, *, blueprint_id: UUID, number: int, name: str, actor: Actor, now: datetime
) -> BlueprintRecord:
    """Store a new blueprint that states what a version of another states, under a name of its own.

    Raises
    ------
    BlueprintVersionNotFoundError, InvalidBlueprintError, BlueprintNameTakenError
    """
    plan = statement_of(await find_version(session, blueprint_id, number))
    return await blueprints.create_blueprint(
        session, plan=plan.model_copy(update={"name": name}), origin=Origin(blueprint_id, number), actor=actor, now=now
    )
