"""SQL of blueprints."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.blueprints.models import Blueprint, BlueprintCell


async def find_page(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[Blueprint], int]:
    """Return a page of blueprints by name, and how many there are."""
    statement = select(Blueprint).order_by(col(Blueprint.name)).offset(offset).limit(limit)
    total = (await session.exec(select(sa.func.count()).select_from(Blueprint))).one()
    return list((await session.exec(statement)).all()), total


async def find_by_name(session: AsyncSession, name: str) -> Blueprint | None:
    """Return the blueprint of that name."""
    return (await session.exec(select(Blueprint).where(Blueprint.name == name))).first()


async def cells_of(session: AsyncSession, blueprint_ids: list[UUID]) -> dict[UUID, list[BlueprintCell]]:
    """Return the cells of blueprints, by module and level."""
    statement = (
        select(BlueprintCell)
        .where(col(BlueprintCell.blueprint_id).in_(blueprint_ids))
        .order_by(col(BlueprintCell.module_code), col(BlueprintCell.cognitive_level))
    )
    cells: dict[UUID, list[BlueprintCell]] = {id_: [] for id_ in blueprint_ids}
    for cell in await session.exec(statement):
        cells[cell.blueprint_id].append(cell)
    return cells


async def delete_cells(session: AsyncSession, blueprint_id: UUID) -> None:
    """Delete the cells of a blueprint."""
    await session.exec(sa.delete(BlueprintCell).where(col(BlueprintCell.blueprint_id) == blueprint_id))
