"""The application factory: loads the packages that the settings name and puts them together."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.routing import BaseRoute

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import PUBLIC, client_address
from exam_engine.accounts.admission import AdmissionBeforeBody
from exam_engine.accounts.login_cache import LoginCache
from exam_engine.accounts.login_gate import LoginGate
from exam_engine.accounts.models import User
from exam_engine.core.actor import SYSTEM, Actor
from exam_engine.core.bus import open_bus
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.direct import DirectRoutes
from exam_engine.core.errors import DomainError, PermissionDeniedError
from exam_engine.core.extension import load_extensions
from exam_engine.core.i18n import Catalogue
from exam_engine.core.jobs.models import Job
from exam_engine.core.jobs.runner import running_jobs
from exam_engine.core.metrics import REGISTRY
from exam_engine.core.migrate import upgrade
from exam_engine.core.problems import Problem, install_problem_handlers
from exam_engine.core.security import constant_time_equal
from exam_engine.core.stream_hub import StreamHub
from exam_engine.core.time import utc_now
from exam_engine.core.web import RequestFrame
from exam_engine.openapi import add_reference

API_DESCRIPTION = """\
Item bank, equal test forms, timed delivery, marking, results and certificates.

Log in with `POST /api/session`; the session cookie is HttpOnly, and every unsafe request carries the `csrf_token` of
the session view in the header `X-CSRF-Token`. Errors are `application/problem+json` with a stable `code`; texts follow
`Accept-Language` (`vi` by default, `en`).
"""

_MULTIPART_FRAME = 64 * 1024
"""Bytes that boundaries and headers of the parts may add to an uploaded file."""
_REFUSED: dict[int | str, dict[str, Any]] = {"4XX": {"model": Problem, "description": "Refused; see `code`."}}
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class NotReadyError(DomainError):
    """The database is not reachable or not migrated."""

    status = 503
    code = "server_not_ready"


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the database and bring the reference data of all packages to its present state; safe to run again.

    Must not be called from a running event loop.
    """
    upgrade(settings.database_url)

    async def seed() -> None:
        database = Database(settings.database_url)
        try:
            for extension in load_extensions(settings.packages):
                for seed_package in extension.seeds:
                    async with database.write() as session:
                        await seed_package(session, utc_now())
        finally:
            await database.close()

    asyncio.run(seed())


def create_app(settings: Settings) -> FastAPI:
    """Build the application for one installation."""
    extensions = load_extensions(settings.packages)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(settings.database_url)
            stack.push_async_callback(database.close)
            app.state.database = database
            app.state.bus = open_bus(settings, database)
            database.publish = app.state.bus.publish
            await stack.enter_async_context(app.state.bus.running())
            app.state.streams = StreamHub(
                heartbeat=settings.stream_heartbeat.total_seconds(), ended_logins=_ended_logins(database)
            )
            await stack.enter_async_context(app.state.streams.running())
            handlers = {kind: handler for extension in extensions for kind, handler in extension.jobs.items()}
            for extension in extensions:
                for enter in extension.lifespans:
                    await stack.enter_async_context(enter(app))
            await stack.enter_async_context(running_jobs(database, settings, handlers, _actor_of_job(database)))
            yield

    app = FastAPI(
        title="Exam engine",
        version="0.1.0",
        description=API_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=_REFUSED,
    )
    app.state.settings = settings
    app.state.catalogue = Catalogue(settings.packages)
    app.state.login_cache = LoginCache()
    app.state.login_gate = LoginGate()
    install_problem_handlers(app)
    app.router.routes.extend(_routes(settings.packages))
    _add_operations(app, settings)
    add_reference(app)
    if "proctor_client" not in settings.packages:
        _mount_pages(app)
    app.add_middleware(AdmissionBeforeBody)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    direct = [route for extension in extensions for route in extension.direct_routes]
    app.add_middleware(DirectRoutes, routes=direct)
    larger = [extension.body_limits(settings) for extension in extensions if extension.body_limits is not None]
    app.add_middleware(
        RequestFrame,
        max_body_bytes=settings.max_upload_bytes + _MULTIPART_FRAME,
        larger_bodies={path: size + _MULTIPART_FRAME for limits in larger for path, size in limits.items()},
        is_secure=settings.is_secure,
    )
    return app


@cache
def _routes(packages: tuple[str, ...]) -> tuple[BaseRoute, ...]:
    # Hundreds of routes whose parameters and schemas are worked out at the first request: once in a process is enough,
    # however many applications it makes. What differs between them is read from the request.
    router = APIRouter(responses=_REFUSED)
    for extension in load_extensions(packages):
        for part in extension.routers:
            router.include_router(part)
    return tuple(router.routes)


def _ended_logins(database: Database) -> Callable[[Collection[UUID]], Awaitable[set[UUID]]]:
    async def ended(login_session_ids: Collection[UUID]) -> set[UUID]:
        async with database.read() as session:
            return await accounts.ended_logins(session, login_session_ids, now=utc_now())

    return ended


def _actor_of_job(database: Database) -> Any:
    async def actor_of(job: Job) -> Actor:
        async with database.read() as session:
            user = await session.get(User, job.created_by)
        return accounts.actor_of_user(user, None) if user is not None else SYSTEM

    return actor_of


def _mount_pages(app: FastAPI) -> None:
    # The browser side talks to the server over HTTP only; here the server merely hands out its built files.
    importlib.import_module("proctor_client.web").mount_pages(app)


def _add_operations(app: FastAPI, settings: Settings) -> None:
    @app.get("/healthz", dependencies=[PUBLIC], tags=["operations"])
    async def alive() -> dict[str, str]:
        """Whether the process answers at all."""
        return {"status": "ok"}

    @app.get("/readyz", dependencies=[PUBLIC], tags=["operations"])
    async def ready(request: Request) -> dict[str, str]:
        """Whether the database answers and its tables are there."""
        database: Database = request.app.state.database
        try:
            async with database.read() as session:
                await session.exec(sa.text("SELECT version_num FROM alembic_version"))  # type: ignore[call-overload]
        except Exception as error:
            raise NotReadyError(retry_after=2) from error
        return {"status": "ready"}

    @app.get("/metrics", dependencies=[PUBLIC], tags=["operations"], response_class=Response)
    async def metrics(request: Request) -> Response:
        """Prometheus metrics; for loopback, or with the metrics token as bearer."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if settings.metrics_token:
            if not constant_time_equal(bearer, settings.metrics_token):
                raise PermissionDeniedError(permission="metrics")
        elif client_address(request) not in _LOOPBACK or "x-forwarded-for" in request.headers:
            # Behind a reverse proxy on the same machine everybody seems to come from loopback.
            raise PermissionDeniedError(permission="metrics")
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
