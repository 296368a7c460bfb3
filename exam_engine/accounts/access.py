"""How routes know who calls and whether they may: the declarations that every route carries."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.params import Depends as DependsParam

from exam_engine.accounts import service
from exam_engine.accounts.login_cache import LoginCache
from exam_engine.accounts.models import LoginSession
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import database_of
from exam_engine.core.errors import CsrfError, NotAuthenticatedError, PermissionDeniedError
from exam_engine.core.security import constant_time_equal, token_digest
from exam_engine.core.time import utc_now

SESSION_COOKIE = "exam_session"
CSRF_HEADER = "x-csrf-token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def find_login(request: Request) -> tuple[Actor, LoginSession] | None:
    """Return who calls, or None; looked up once a request."""
    if not hasattr(request.state, "login"):
        token = request.cookies.get(SESSION_COOKIE) or _bearer(request)
        request.state.login = await _look_up(request, token) if token else None
    login_found: tuple[Actor, LoginSession] | None = request.state.login
    return login_found


def _bearer(request: Request) -> str:
    """Return the token of a machine, which has no cookie."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def _look_up(request: Request, token: str) -> tuple[Actor, LoginSession] | None:
    cache: LoginCache = request.app.state.login_cache
    digest, now = token_digest(token), utc_now()
    login = cache.find(digest, now)
    if login is None:
        async with database_of(request).read() as session:
            login = await service.actor_of_token(session, digest=digest, now=now)
        if login is not None:
            cache.keep(digest, *login, now)
    return login


class Requirement:
    """What a route declares: a permission, or None for a public route."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> None:
        """Refuse the request before anything else of it is looked at.

        Raises
        ------
        NotAuthenticatedError, PermissionDeniedError, CsrfError
        """
        if self.permission is None:
            if request.method not in _SAFE_METHODS:
                _check_same_origin(request)
            return
        login = await find_login(request)
        if login is None:
            raise NotAuthenticatedError
        actor, login_session = login
        if self.permission.value not in actor.permissions:
            raise PermissionDeniedError(permission=self.permission.value)
        # No browser adds a bearer by itself, so there is nothing that another site could make it do.
        if request.method not in _SAFE_METHODS and SESSION_COOKIE in request.cookies:
            given = request.headers.get(CSRF_HEADER, "")
            if not constant_time_equal(given, login_session.csrf_token):
                raise CsrfError


def requires(permission: Permission) -> DependsParam:
    """Declare that a route needs a permission; goes into the route's ``dependencies``."""
    return DependsParam(Requirement(permission))


PUBLIC = DependsParam(Requirement(None))
"""Declares that a route is open to all; unsafe methods must still come from our own pages."""


def _check_same_origin(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CsrfError
        return
    origin = request.headers.get("origin")
    if origin is not None:
        settings: Settings = request.app.state.settings
        allowed = {urlsplit(settings.public_url).netloc, request.headers.get("host", "")}
        if urlsplit(origin).netloc not in allowed:
            raise CsrfError


async def _current_actor(request: Request) -> Actor:
    login = await find_login(request)
    if login is None:
        raise NotAuthenticatedError
    return login[0]


ActorDep = Annotated[Actor, Depends(_current_actor)]


def client_address(request: Request) -> str:
    """Return the caller's network address; a forwarding header counts only from a trusted proxy."""
    settings: Settings = request.app.state.settings
    peer = request.client.host if request.client else "unknown"
    # A proxy adds the address it saw at the end, some in a header line of its own; what stands before may be made up.
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-1].strip()
    return forwarded if forwarded and peer in settings.trusted_proxies else peer
