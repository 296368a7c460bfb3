"""SQL of results."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.results.models import Result, ResultRound


async def round_of(session: AsyncSession, sitting_id: UUID) -> ResultRound | None:
    """Return the round of a sitting's results."""
    return await session.get(ResultRound, sitting_id)


async def rounds(session: AsyncSession, sitting_ids: Sequence[UUID]) -> dict[UUID, ResultRound]:
    """Return the rounds of those sittings that have one."""
    statement = select(ResultRound).where(col(ResultRound.sitting_id).in_(sitting_ids))
    return {found.sitting_id: found for found in (await session.exec(statement)).all()}


async def results_of(session: AsyncSession, sitting_id: UUID) -> list[Result]:
    """Return the proposed results of a sitting in list order."""
    statement = select(Result).where(Result.sitting_id == sitting_id).order_by(col(Result.position))
    return list((await session.exec(statement)).all())


async def remove_results(session: AsyncSession, sitting_id: UUID) -> None:
    """Delete the proposed results of a sitting."""
    await session.exec(sa.delete(Result).where(col(Result.sitting_id) == sitting_id))


async def approved_result(session: AsyncSession, registration_id: UUID) -> tuple[Result, ResultRound] | None:
    """Return a registration's result if it is approved."""
    statement = (
        select(Result, ResultRound)
        .join(ResultRound, col(ResultRound.sitting_id) == col(Result.sitting_id))
        .where(Result.registration_id == registration_id, ResultRound.status == "approved")
    )
    row = (await session.exec(statement)).first()
    return (row[0], row[1]) if row else None


async def approved_rounds(session: AsyncSession) -> list[ResultRound]:
    """Return all approved rounds, the latest approval first."""
    statement = (
        select(ResultRound).where(ResultRound.status == "approved").order_by(col(ResultRound.approved_at).desc())
    )
    return list((await session.exec(statement)).all())


async def counts_by_decision(session: AsyncSession, sitting_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many proposed results of each sitting are a pass, a fail, absent."""
    statement = (
        select(Result.sitting_id, Result.decision, sa.func.count())
        .where(col(Result.sitting_id).in_(sitting_ids))
        .group_by(col(Result.sitting_id), col(Result.decision))
    )
    counts: dict[UUID, dict[str, int]] = {}
    for sitting_id, decision, count in (await session.exec(statement)).all():
        counts.setdefault(sitting_id, {})[decision] = count
    return counts
