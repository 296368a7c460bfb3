"""Alembic environment: every table of every package, on SQLite and PostgreSQL."""

import asyncio
import importlib
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from exam_engine.core.config import DEFAULT_PACKAGES, Settings
from exam_engine.core.db import UTCDateTime, async_url

_WORD_INDEX = ("item_words", "ix_item_words")

for package in DEFAULT_PACKAGES:
    root = Path(str(importlib.import_module(package).__file__)).parent
    for models in sorted(root.glob("**/models.py")):
        importlib.import_module(".".join((package, *models.relative_to(root).with_suffix("").parts)))


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write plain SQLAlchemy types into revisions, so that old revisions never import today's code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave aside the word index of items, which each database keeps in a form of its own and no model describes."""
    return not (name or parents.get("table_name") or "").startswith(_WORD_INDEX) if kind != "schema" else True


def run(connection: sa.Connection) -> None:
    """Run the migrations over an open connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run() -> None:
    """Open the configured database and migrate it."""
    url = context.config.attributes.get("database_url") or Settings().database_url
    target = async_url(url)
    if target.get_backend_name() == "sqlite" and target.database:
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(target)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(connect_and_run())
