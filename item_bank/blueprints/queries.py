"""SQL of blueprints."""

from collections.abc import Collection
from typing import Any
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


async def names_of(session: AsyncSession, blueprint_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of blueprints by their ids."""
    statement = select(Blueprint.id, Blueprint.name).where(col(Blueprint.id).in_(blueprint_ids))
    return dict((await session.exec(statement)).all())


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


async def has_cell_of(session: AsyncSession, module_code: str) -> bool:
    """Whether any blueprint has a cell of a module."""
    statement = select(BlueprintCell.module_code).where(BlueprintCell.module_code == module_code).limit(1)
    return (await session.exec(statement)).first() is not None


async def all_demands(session: AsyncSession) -> list[dict[str, Any]]:
    """Return the further demands of all blueprints."""
    return [dict(demands) for demands in await session.exec(select(Blueprint.demands))]
