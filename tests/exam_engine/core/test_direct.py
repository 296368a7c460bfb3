"""Direct routes: answered before all others, guarded and framed like them; everything else goes on."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.responses import Response

from exam_engine.core.direct import DirectRoute, DirectRoutes
from exam_engine.core.errors import NotFoundError, PermissionDeniedError
from exam_engine.core.metrics import REGISTRY
from exam_engine.core.web import RequestFrame
from tests.exam_engine.core.small_app import LARGEST_BODY, small_app

ONE = UUID(int=0xABCDEF)
FRIEND = {"x-friend": "yes"}


async def only_friends(request: Request) -> None:
    if request.headers.get("x-friend") != "yes":
        raise PermissionDeniedError(permission="friend")


async def echo(request: Request) -> Response:
    if UUID(request.path_params["thing_id"]) != ONE:
        raise NotFoundError
    return Response(await request.body())


@pytest.fixture
def client() -> AsyncClient:
    app = FastAPI()
    app.state.catalogue = small_app().state.catalogue

    @app.api_route("/things/{thing_id}/echo", methods=["GET", "POST"])
    async def of_the_router(thing_id: str) -> str:
        return f"router {thing_id}"

    route = DirectRoute("POST", "/things/{thing_id:uuid}/echo", only_friends, echo)
    app.add_middleware(DirectRoutes, routes=(route,))
    app.add_middleware(RequestFrame, max_body_bytes=LARGEST_BODY, is_secure=False)
    return AsyncClient(transport=ASGITransport(app), base_url="http://exam.test")


def counted(status: str) -> float:
    labels = {"method": "POST", "route": "/things/{thing_id:uuid}/echo", "status": status}
    return REGISTRY.get_sample_value("exam_http_request_seconds_count", labels) or 0.0


async def test_a_direct_route_is_answered_before_the_router_with_the_headers_of_all(client: AsyncClient) -> None:
    before = counted("200")
    answer = await client.post(f"/things/{ONE}/echo", content=b"hello", headers=FRIEND)
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert counted("200") == before + 1


async def test_who_may_not_is_refused_before_the_body_is_looked_at(client: AsyncClient) -> None:
    answer = await client.post(f"/things/{ONE}/echo", content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_an_error_of_the_route_is_a_problem_in_the_language_asked_for(client: AsyncClient) -> None:
    answer = await client.post(f"/things/{UUID(int=2)}/echo", headers=FRIEND | {"accept-language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["title"].isascii()


async def test_a_body_that_is_too_large_is_refused(client: AsyncClient) -> None:
    answer = await client.post(f"/things/{ONE}/echo", content=b"x" * (LARGEST_BODY + 1), headers=FRIEND)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/things/{ONE}/echo"),
        ("POST", "/things/17/echo"),
        ("POST", f"/things/{ONE}0/echo"),
        ("POST", f"/things/{ONE}x/echo"),
    ],
)
async def test_another_method_and_what_is_no_uuid_goes_on_to_the_router(
    client: AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert answer.json() == f"router {path.split('/')[2]}"
