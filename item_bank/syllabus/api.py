"""Route of the syllabus, and loading it when the server starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
import structlog
from fastapi import APIRouter, FastAPI

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import Database, ReadSessionDep
from item_bank.syllabus import service
from item_bank.syllabus.schemas import ModuleList, ModuleView

log = structlog.get_logger()
router = APIRouter(prefix="/api/modules", tags=["syllabus"])


@asynccontextmanager
async def loaded_syllabus(app: FastAPI) -> AsyncIterator[None]:
    """Load the shipped frameworks when the server starts."""
    database: Database = app.state.database
    try:
        async with database.write() as session:
            await service.load_shipped(session)
    except sa.exc.IntegrityError:
        log.info("syllabus_loaded_by_another_worker")
    except sa.exc.DBAPIError as error:
        # A database that is away or not migrated is told by /readyz; the server must be up to tell it.
        log.warning("syllabus_not_loaded", exc_info=error)
    yield


@router.get("", dependencies=[requires(Permission.SYLLABUS_READ)])
async def list_modules(session: ReadSessionDep) -> ModuleList:
    """All modules with their sections."""
    syllabus = await service.find_syllabus(session)
    views = [
        ModuleView.model_validate({**module.model_dump(), "sections": syllabus.sections_of(module.code)})
        for module in syllabus.modules.values()
    ]
    return ModuleList(items=views, total=len(views))
