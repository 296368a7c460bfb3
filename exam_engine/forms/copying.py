"""Copying published forms with keys and media into another database, row by row, under their own ids."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Table, table_of
from exam_engine.forms.keys.models import FormKey
from exam_engine.forms.media import media_of_views
from exam_engine.forms.models import Form, FormItem, FormRouting, FormSet
from exam_engine.media.models import Media, MediaContent

_TOGETHER = 200
"""Rows of which so many ids are asked for at once."""


async def copy_forms(source: AsyncSession, target: AsyncSession, form_ids: Sequence[UUID]) -> None:
    """Copy forms into a database that has none of them yet; nothing is written to the source."""
    await _copy(source, target, FormSet, "id", await _sets_of(source, form_ids))
    for model, column in ((Form, "id"), (FormRouting, "form_id"), (FormItem, "form_id"), (FormKey, "form_id")):
        await _copy(source, target, model, column, form_ids)
    hashes: set[str] = set()
    for some in _groups(form_ids):
        views = await source.exec(select(FormItem.view).where(col(FormItem.form_id).in_(some)))
        hashes |= media_of_views(views.all()).keys()
    for medium in (Media, MediaContent):
        await _copy(source, target, medium, "sha256", sorted(hashes))


async def _sets_of(source: AsyncSession, form_ids: Sequence[UUID]) -> list[UUID]:
    found: set[UUID] = set()
    for some in _groups(form_ids):
        sets = await source.exec(select(Form.form_set_id).where(col(Form.id).in_(some)))
        found |= {id_ for id_ in sets.all() if id_ is not None}
    return sorted(found)


async def _copy(
    source: AsyncSession, target: AsyncSession, model: type[Table], column: str, ids: Sequence[Any]
) -> None:
    table = table_of(model)
    reading, writing = await source.connection(), await target.connection()
    for some in _groups(ids):
        found = await reading.execute(sa.select(table).where(table.c[column].in_(some)))
        rows = [dict(row) for row in found.mappings()]
        if rows:
            await writing.execute(sa.insert(table), rows)


def _groups(ids: Sequence[Any]) -> list[Sequence[Any]]:
    return [ids[start : start + _TOGETHER] for start in range(0, len(ids), _TOGETHER)]
