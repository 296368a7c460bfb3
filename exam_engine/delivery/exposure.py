"""How often items and forms have been handed out: what the next assembly must know."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery.models import Attempt, AttemptStage
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


async def item_exposures(session: AsyncSession, *, item_code: str | None = None) -> list[ItemExposure]:
    """Return the use of every item that stands in a published form; a candidate counts from the start of an attempt.

    In a multistage or adaptive form only those candidates count who were given the item.

    Parameters
    ----------
    item_code : of the one item that is asked about; all when None.
    """
    connection = await session.connection()
    asked = _asked(item_code)
    held = sa.select(col(FormItem.item_code), sa.func.count()).where(asked).group_by(col(FormItem.item_code))
    forms: dict[str, int] = {row[0]: row[1] for row in (await connection.execute(held)).all()}
    found: dict[str, list[_Use]] = {code: [] for code in forms}
    for code, use in [*await _uses_of_linear_forms(session, asked), *await _uses_of_staged_forms(session, asked)]:
        found[code].append(use)
    return [
        ItemExposure(
            item_code=code,
            forms=forms[code],
            sittings=len({use.sitting_id for use in uses}),
            candidates=sum(use.candidates for use in uses),
            last_used=max((use.opened_at for use in uses), default=None),
        )
        for code, uses in found.items()
    ]


def _asked(item_code: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if item_code is None else col(FormItem.item_code) == item_code


class _Use(NamedTuple):
    """An item in a form that was handed out in a sitting."""

    sitting_id: UUID
    opened_at: datetime
    candidates: int


async def _uses_of_linear_forms(session: AsyncSession, asked: sa.ColumnElement[bool]) -> list[tuple[str, _Use]]:
    used = (
        sa.select(col(Attempt.sitting_id), col(Attempt.form_id), sa.func.count().label("candidates"))
        .group_by(col(Attempt.sitting_id), col(Attempt.form_id))
        .subquery()
    )
    statement = (
        sa.select(col(FormItem.item_code), used.c.sitting_id, col(Sitting.opens_at), used.c.candidates)
        .join(used, used.c.form_id == col(FormItem.form_id))
        .join(Form, col(Form.id) == col(FormItem.form_id))
        .join(Sitting, col(Sitting.id) == used.c.sitting_id)
        .where(col(Form.design) == "linear", asked)
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return [(code, _Use(sitting_id, opened_at, candidates)) for code, sitting_id, opened_at, candidates in rows]


async def _uses_of_staged_forms(session: AsyncSession, asked: sa.ColumnElement[bool]) -> list[tuple[str, _Use]]:
    connection = await session.connection()
    named = (
        sa.select(col(FormItem.form_id), col(FormItem.ref), col(FormItem.item_code))
        .join(Form, col(Form.id) == col(FormItem.form_id))
        .where(col(Form.design) != "linear", asked)
    )
    codes = {(form_id, ref): code for form_id, ref, code in (await connection.execute(named)).all()}
    if not codes:
        return []
    statement = (
        sa.select(col(Attempt.form_id), col(Attempt.sitting_id), col(Sitting.opens_at), col(AttemptStage.refs))
        .join(Attempt, col(Attempt.id) == col(AttemptStage.attempt_id))
        .join(Sitting, col(Sitting.id) == col(Attempt.sitting_id))
        .where(col(Attempt.form_id).in_({form_id for form_id, _ in codes}))
    )
    given = Counter(
        (form_id, ref, sitting_id, opened_at)
        for form_id, sitting_id, opened_at, refs in (await connection.execute(statement)).all()
        for ref in refs
        if (form_id, ref) in codes
    )
    return [
        (codes[form_id, ref], _Use(sitting_id, opened_at, candidates))
        for (form_id, ref, sitting_id, opened_at), candidates in given.items()
    ]


@dataclass(frozen=True, slots=True)
class UsedForm:
    """A form that was handed out, with its items and the latest sitting it was handed out in."""

    form_code: str
    title: str
    last_used: datetime
    item_codes: frozenset[str]


async def used_forms(session: AsyncSession, *, since: datetime) -> list[UsedForm]:
    """Return the forms of attempts in sittings that opened at or after an instant, latest first.

    Forms that differ from candidate to candidate are left out: nobody else had the same.
    """
    statement = (
        sa.select(col(Form.id), col(Form.form_code), col(Form.title), sa.func.max(col(Sitting.opens_at)))
        .join(Attempt, col(Attempt.form_id) == col(Form.id))
        .join(Sitting, col(Sitting.id) == col(Attempt.sitting_id))
        .where(col(Sitting.opens_at) >= since, col(Form.design) == "linear", col(Form.form_set_id).is_(None))
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
