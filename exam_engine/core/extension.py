"""What a package brings to the application; each package's ``api`` module holds one as ``extension``."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.config import Settings
from exam_engine.core.direct import DirectRoute
from exam_engine.core.jobs.context import JobContext

JobHandler = Callable[[JobContext], Awaitable[dict[str, Any]]]
Seed = Callable[[AsyncSession, datetime], Awaitable[None]]
BodyLimits = Callable[[Settings], Mapping[str, int]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Extension:
    """Routers, handlers of long work and background lifespans of one package.

    Attributes
    ----------
    routers : included in the application as they are; every route declares its permission.
    jobs : handler by job kind.
    lifespans : entered in order after the database is open, left in reverse order.
    body_limits : paths whose request bodies may be larger than ``max_upload_bytes``, with their size in bytes.
    direct_routes : routes of the routers that are asked so often that they are answered before all others.
    seeds : bring reference data (syllabus, rule-sets) to its present state; safe to run again.
    """

    routers: tuple[APIRouter, ...]
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    lifespans: tuple[Lifespan, ...] = ()
    seeds: tuple[Seed, ...] = ()
    body_limits: BodyLimits | None = None
    direct_routes: tuple[DirectRoute, ...] = ()
