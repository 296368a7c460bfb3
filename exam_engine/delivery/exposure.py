"""How often items and forms have been handed out: what the next assembly must know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery.models import Attempt
from exam_engine.forms.models import Form, FormItem
from exam_engine.sittings.models import Sitting


@dataclass(frozen=True, slots=True)
class ItemExposure:
    """How often an item has been used: published forms, sittings in which it was handed out, candidates who had it."""

    item_code: str
    forms: int
    sittings: int
    candidates: int
    last_used: datetime | None


async def item_exposures(session: AsyncSession) -> list[ItemExposure]:
    """Return the use of every item that stands in a published form; a candidate counts from the start of an attempt."""
    used = (
        sa.select(col(Attempt.sitting_id), col(Attempt.form_id), sa.func.count().label("candidates"))
        .group_by(col(Attempt.sitting_id), col(Attempt.form_id))
        .subquery()
    )
    statement = (
        sa.select(
            col(FormItem.item_code),
            sa.func.count(sa.distinct(col(FormItem.form_id))),
            sa.func.count(sa.distinct(used.c.sitting_id)),
            sa.func.coalesce(sa.func.sum(used.c.candidates), 0),
            sa.func.max(col(Sitting.opens_at)),
        )
        .outerjoin(used, used.c.form_id == col(FormItem.form_id))
        .outerjoin(Sitting, col(Sitting.id) == used.c.sitting_id)
        .group_by(col(FormItem.item_code))
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return [
        ItemExposure(code, forms, sittings, int(candidates), last) for code, forms, sittings, candidates, last in rows
    ]


@dataclass(frozen=True, slots=True)
class UsedForm:
    """A form that was handed out, with its items and the latest sitting it was handed out in."""

    form_code: str
    title: str
    last_used: datetime
    item_codes: frozenset[str]


async def used_forms(session: AsyncSession, *, since: datetime) -> list[UsedForm]:
    """Return the forms of attempts in sittings that opened at or after an instant, latest first."""
    statement = (
        sa.select(col(Form.id), col(Form.form_code), col(Form.title), sa.func.max(col(Sitting.opens_at)))
        .join(Attempt, col(Attempt.form_id) == col(Form.id))
        .join(Sitting, col(Sitting.id) == col(Attempt.sitting_id))
        .where(col(Sitting.opens_at) >= since)
        .group_by(col(Form.id), col(Form.form_code), col(Form.title))
        .order_by(sa.func.max(col(Sitting.opens_at)).desc(), col(Form.form_code))
    )
    connection = await session.connection()
    forms = (await connection.execute(statement)).all()
    codes: dict[UUID, set[str]] = {form_id: set() for form_id, *_ in forms}
    if codes:
        members = sa.select(col(FormItem.form_id), col(FormItem.item_code)).where(col(FormItem.form_id).in_(codes))
        for form_id, code in (await connection.execute(members)).all():
            codes[form_id].add(code)
    return [UsedForm(code, title, last, frozenset(codes[form_id])) for form_id, code, title, last in forms]
