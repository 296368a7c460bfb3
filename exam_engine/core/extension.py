"""What a package brings to the application; each package's ``api`` module holds one as ``extension``."""

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.config import Settings
from exam_engine.core.direct import DirectRoute
from exam_engine.core.jobs.context import JobContext

JobHandler = Callable[[JobContext], Awaitable[dict[str, Any]]]
Seed = Callable[[AsyncSession, datetime], Awaitable[None]]
BodyLimits = Callable[[Settings], Mapping[str, int]]
ItemParameterSource = Callable[[AsyncSession, Sequence[UUID]], Awaitable[list[dict[str, Any]]]]
"""Gives the calibrated among the item versions of the given ids as ``ItemParameters.to_dict`` writes them.

The items are named by the ids of the versions.
"""
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
    item_parameters : where approved parameters of item versions come from; only a package with a bank has them.
    seeds : bring reference data (syllabus, rule-sets) to its present state; safe to run again.
    """

    routers: tuple[APIRouter, ...]
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    lifespans: tuple[Lifespan, ...] = ()
    seeds: tuple[Seed, ...] = ()
    body_limits: BodyLimits | None = None
    direct_routes: tuple[DirectRoute, ...] = ()
    item_parameters: ItemParameterSource | None = None


def load_extensions(packages: tuple[str, ...]) -> list[Extension]:
    """Import the ``api`` module of each package and return what it brings."""
    extensions = []
    for package in packages:
        extension = importlib.import_module(f"{package}.api").extension
        if not isinstance(extension, Extension):
            raise TypeError(f"{package}.api.extension is not an Extension")
        extensions.append(extension)
    return extensions
