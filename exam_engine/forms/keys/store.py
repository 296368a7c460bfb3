"""Writing keys when a form is published and reading them when it is marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.forms.keys.models import FormKey
from exam_engine.interactions.keys import KEY, ItemKey


@dataclass(frozen=True, slots=True)
class FormItemKey:
    """What earns the points of one item of a form."""

    key: ItemKey
    points: Decimal


async def store_keys(session: AsyncSession, keys: Iterable[tuple[UUID, str, FormItemKey]]) -> None:
    """Store keys, each with its form and item ref, in the caller's transaction."""
    rows = [
        {"form_id": form_id, "ref": ref, "key": stored.key.model_dump(mode="json"), "points": str(stored.points)}
        for form_id, ref, stored in keys
    ]
    await session.exec(sa.insert(FormKey), params=rows)


async def keys_of_form(session: AsyncSession, form_id: UUID) -> dict[str, FormItemKey]:
    """Return the keys of a form by item ref."""
    rows = (await session.exec(select(FormKey).where(FormKey.form_id == form_id))).all()
    return {row.ref: FormItemKey(KEY.validate_python(row.key), Decimal(row.points)) for row in rows}
