"""SQL of the versions of blueprints."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.blueprints.versions.models import BlueprintVersion


async def versions_of(session: AsyncSession, blueprint_id: UUID) -> list[BlueprintVersion]:
    """Return the versions of a blueprint, newest first."""
    statement = select(BlueprintVersion).where(BlueprintVersion.blueprint_id == blueprint_id)
    return list((await session.exec(statement.order_by(col(BlueprintVersion.number).desc()))).all())


async def last_version(session: AsyncSession, blueprint_id: UUID) -> BlueprintVersion | None:
    """Return the newest version of a blueprint."""
    statement = select(BlueprintVersion).where(BlueprintVersion.blueprint_id == blueprint_id)
    return (await session.exec(statement.order_by(col(BlueprintVersion.number).desc()).limit(1))).first()
