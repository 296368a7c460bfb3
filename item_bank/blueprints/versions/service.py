"""Rules of versions: every save that changes something is kept, under the next number, for ever."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.blueprints.versions import queries
from item_bank.blueprints.versions.errors import BlueprintVersionNotFoundError
from item_bank.blueprints.versions.models import BlueprintVersion


@dataclass(frozen=True, slots=True)
class Origin:
    """The version that a statement was taken over from."""

    blueprint_id: UUID
    number: int


def statement_of(version: BlueprintVersion) -> BlueprintStatement:
    """Return what a version states; what nobody could state yet when it was saved has its default."""
    return BlueprintStatement.model_validate(version.statement)


async def keep(
    session: AsyncSession,
    *,
    blueprint_id: UUID,
    statement: BlueprintStatement,
    note: str = "",
    origin: Origin | None = None,
    actor: Actor,
    now: datetime,
) -> BlueprintVersion:
    """Keep a saved statement as the next version and return it; the last one when it states the same.

    Called in the transaction of the save, which holds the blueprint's row.
    """
    last = await queries.last_version(session, blueprint_id)
    if last is not None and statement_of(last) == statement:
        return last
    version = BlueprintVersion(
        blueprint_id=blueprint_id,
        number=1 if last is None else last.number + 1,
        statement=statement.model_dump(mode="json"),
        note=clean_line(note),
        origin_blueprint_id=origin.blueprint_id if origin is not None else None,
        origin_number=origin.number if origin is not None else None,
        saved_by=actor.id,
        saved_by_name=actor.display_name,
        saved_at=now,
    )
    session.add(version)
    await session.flush()
    return version


async def list_versions(session: AsyncSession, blueprint_id: UUID) -> list[BlueprintVersion]:
    """Return the versions of a blueprint, newest first; empty for a blueprint that there is not."""
    return await queries.versions_of(session, blueprint_id)


async def find_version(session: AsyncSession, blueprint_id: UUID, number: int) -> BlueprintVersion:
    """Return one version.

    Raises
    ------
    BlueprintVersionNotFoundError
    """
    version = await session.get(BlueprintVersion, (blueprint_id, number))
    if version is None:
        raise BlueprintVersionNotFoundError
    return version


async def version_stating(session: AsyncSession, blueprint_id: UUID, statement: BlueprintStatement) -> int | None:
    """Return the number of the newest version that states just this, None when none does."""
    versions = await queries.versions_of(session, blueprint_id)
    return next((version.number for version in versions if statement_of(version) == statement), None)
