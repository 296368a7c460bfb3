"""Bringing a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def alembic_config(database_url: str) -> Config:
    """Return the Alembic configuration for one database."""
    config = Config(str(PROJECT_ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Migrate a database up to a revision; must not be called from a running event loop."""
    if not any((PROJECT_ROOT / "migrations" / "versions").glob("*.py")):
        return build_unversioned(database_url)  # only until the first revision is written
    command.upgrade(alembic_config(database_url), revision)


def build_unversioned(database_url: str) -> None:
    """Create all tables straight from the models."""
    import asyncio

    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlmodel import SQLModel

    import exam_engine.core.jobs.models  # noqa: F401
    from exam_engine.audit.models import AuditHead
    from exam_engine.core.db import Database

    async def build() -> None:
        import importlib

        for package in ("exam_engine", "item_bank", "certificates"):
            root = PROJECT_ROOT / package
            for models in sorted(root.glob("**/models.py")):
                importlib.import_module(".".join((package, *models.relative_to(root).with_suffix("").parts)))
        database = Database(database_url)
        async with database.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
            await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        async with database.write() as session:
            session.add(AuditHead(id=1, seq=0, hash="0" * 64))
        await database.close()

    asyncio.run(build())
