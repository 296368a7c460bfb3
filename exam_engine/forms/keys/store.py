"""Writing keys when a form is published and reading them when it is marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.forms.keys.models import FormKey


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What earns the points of one item: ``correct`` holds the option ids of the right response."""

    interaction: str
    correct: tuple[str, ...]
    points: Decimal


async def store_keys(session: AsyncSession, keys: Iterable[tuple[UUID, str, ItemKey]]) -> None:
    """Store keys, each with its form and item ref, in the caller's transaction."""
    rows = [
        {
            "form_id": form_id,
            "ref": ref,
            "interaction": key.interaction,
            "correct": list(key.correct),
            "points": str(key.points),
        }
        for form_id, ref, key in keys
    ]
    await session.exec(sa.insert(FormKey), params=rows)


async def keys_of_form(session: AsyncSession, form_id: UUID) -> dict[str, ItemKey]:
    """Return the keys of a form by item ref."""
    rows = (await session.exec(select(FormKey).where(FormKey.form_id == form_id))).all()
    return {row.ref: ItemKey(row.interaction, tuple(row.correct), Decimal(row.points)) for row in rows}
