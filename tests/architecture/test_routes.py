"""Every route declares its permission, and every role is held to it."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from exam_engine.accounts.access import Requirement
from exam_engine.accounts.permissions import PERMISSIONS, Permission, Role
from exam_engine.app import create_app
from exam_engine.core.config import Settings
from tests.conftest import ClientFactory

NOBODY = "nobody"
# Answered only to loopback or to the bearer of a token, which no role has.
GUARDED_OTHERWISE = {"/metrics"}


def api_routes(app: FastAPI) -> list[tuple[str, RouteContext]]:
    contexts = [context for context in iter_route_contexts(app.routes) if context.methods]
    return [(method, context) for context in contexts for method in sorted(set(context.methods or ()) - {"HEAD"})]


def requirements(route: RouteContext) -> list[Requirement]:
    return [d.dependency for d in route.dependencies or () if isinstance(d.dependency, Requirement)]


def test_the_walk_sees_the_routes_of_all_packages() -> None:
    seen = {f"{method} {route.path}" for method, route in api_routes(create_app(Settings()))}
    assert {"POST /api/users", "GET /api/items", "GET /api/results", "POST /api/delivery/attempt"} <= seen
    documented = {
        f"{method.upper()} {path}"
        for path, operations in create_app(Settings()).openapi()["paths"].items()
        for method in operations
    }
    assert documented <= seen


def test_every_route_declares_exactly_one_requirement() -> None:
    app = create_app(Settings())
    undeclared = [f"{method} {route.path}" for method, route in api_routes(app) if len(requirements(route)) != 1]
    assert undeclared == []


def test_every_permission_is_asked_for_somewhere_and_held_by_somebody() -> None:
    app = create_app(Settings())
    asked = {r.permission for _, route in api_routes(app) for r in requirements(route) if r.permission is not None}
    held = {permission for permissions in PERMISSIONS.values() for permission in permissions}
    # Keys are not a route of their own: who may read them sees them inside an item.
    assert set(Permission) - asked == {Permission.ITEM_KEY_READ}
    assert held == set(Permission)


def test_only_these_routes_are_open_to_everybody() -> None:
    app = create_app(Settings())
    public = {
        f"{method} {route.path}" for method, route in api_routes(app) if requirements(route)[0].permission is None
    }
    assert public == {
        "GET /",
        "GET /api/delivery/time",
        "GET /api/docs",
        "GET /api/docs.css",
        "GET /api/machine-checks/stream",
        "GET /api/openapi.json",
        "GET /api/practice/paper",
        "GET /api/session",
        "GET /api/verification/certificates/{public_id}",
        "GET /api/verification/keys",
        "GET /api/verification/statuses",
        "GET /board",
        "GET /c",
        "GET /c/icon.svg",
        "GET /c/style.css",
        "GET /c/{typed}",
        "GET /check",
        "GET /exam",
        "GET /exam/practice",
        "GET /healthz",
        "GET /metrics",
        "GET /papers/{paper_id}.bin",
        "GET /proctor",
        "GET /readyz",
        "GET /v",
        # Whoever knows the access code of a sitting may say how its computers do.
        "POST /api/machine-checks",
        "POST /api/machine-checks/rooms",
        "POST /api/practice/marking",
        "POST /api/session",
        "POST /api/session/candidate",
        # Whoever knows a pull code of 89 random bits is the site that it was made for.
        "POST /api/site/pull",
        "DELETE /api/session",
    }


def filled_path(route: RouteContext) -> str:
    return re.sub(r"\{[^}]*\}", "00000000-0000-4000-8000-000000000000", route.path or "")


@pytest.mark.parametrize("role", [NOBODY, *Role])
async def test_each_role_on_each_route(role: str, app: FastAPI, client_for: ClientFactory) -> None:
    client = await client_for() if role == NOBODY else await client_for(role)
    held = PERMISSIONS[Role(role)] if role != NOBODY else frozenset()
    wrong = []
    for method, route in api_routes(app):
        permission = requirements(route)[0].permission
        if route.path in GUARDED_OTHERWISE or (permission is None and method == "DELETE"):
            continue
        status = (await client.request(method, filled_path(route), json={} if method != "GET" else None)).status_code
        if permission is None or permission in held:
            is_right = status not in {401, 403} or route.path == "/api/session"
        else:
            is_right = status == (401 if role == NOBODY else 403)
        # 503 is an answer: this fresh installation has no certificate keys yet.
        if not is_right or (status >= 500 and status != 503):
            wrong.append(f"{method} {route.path}: {status}")
    assert wrong == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", sorted(Role))
async def test_no_unsafe_route_works_without_the_csrf_token(role: str, app: FastAPI, client_for: ClientFactory) -> None:
    client = await client_for(role)
    del client.headers["x-csrf-token"]
    for method, route in api_routes(app):
        permission = requirements(route)[0].permission
        if method == "GET" or permission is None or permission not in PERMISSIONS[Role(role)]:
            continue
        response = await client.request(method, filled_path(route), json={})
        assert (response.status_code, response.json()["code"]) == (403, "csrf_failed"), f"{method} {route.path}"
