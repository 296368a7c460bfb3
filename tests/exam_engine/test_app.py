"""The application as a whole: what it loads, how it says that it lives, who may read its figures."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.core.extension import load_extensions
from load_tests.server import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Start = Callable[..., Awaitable[AsyncClient]]


@pytest.fixture
async def start(settings: Settings) -> AsyncIterator[Start]:
    """Return a function that starts an application with changed settings and gives a client at an address."""
    async with AsyncExitStack() as stack:

        async def make(address: str = "127.0.0.1", **changes: object) -> AsyncClient:
            app = create_app(settings.model_copy(update=changes))
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = ASGITransport(app, raise_app_exceptions=False, client=(address, 40000))
            return await stack.enter_async_context(AsyncClient(transport=transport, base_url="http://exam.test"))

        yield make


async def test_a_server_with_its_database_is_alive_and_ready(start: Start) -> None:
    client = await start()
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


@pytest.mark.parametrize("kind", ["not migrated", "not reachable"])
async def test_a_server_without_its_database_is_alive_but_not_ready(kind: str, start: Start, tmp_path: Path) -> None:
    urls = {
        "not migrated": f"sqlite:///{tmp_path / 'empty.db'}",
        "not reachable": f"postgresql://exam@127.0.0.1:{free_port()}/exam",
    }
    client = await start(database_url=urls[kind], packages=("exam_engine",))
    assert (await client.get("/healthz")).status_code == 200
    response = await client.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "server_not_ready")
    assert int(response.headers["retry-after"]) > 0
    assert "127.0.0.1" not in response.text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.9", {}, 403),
        # Everybody seems to come from loopback when a proxy stands there.
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.7"}, 403),
        ("10.0.0.9", {"x-forwarded-for": "127.0.0.1"}, 403),
        ("10.0.0.9", {"authorization": "Bearer "}, 403),
    ],
)
async def test_without_a_token_only_loopback_reads_the_metrics(
    address: str, headers: dict[str, str], status: int, start: Start
) -> None:
    client = await start(address)
    assert (await client.get("/metrics", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer dem-so-lieu", 200), ("Bearer dem-so-lie", 403), ("Bearer ", 403), ("", 403), ("Bearer số", 403)],
)
async def test_with_a_token_only_its_bearer_reads_the_metrics_from_anywhere(
    header: str, status: int, start: Start
) -> None:
    for address in ("10.0.0.9", "127.0.0.1"):
        client = await start(address, metrics_token="dem-so-lieu")
        response = await client.get("/metrics", headers=[(b"authorization", header.encode())])
        assert response.status_code == status


async def test_the_metrics_count_requests(start: Start) -> None:
    client = await start()
    await client.get("/healthz")
    text = (await client.get("/metrics")).text
    assert 'exam_http_request_seconds_count{method="GET",route="/healthz",status="200"}' in text


@pytest.mark.parametrize("path", ["/healthz", "/api/session", "/api/users", "/nowhere", "/metrics"])
async def test_every_answer_of_the_application_carries_the_security_headers(path: str, start: Start) -> None:
    response = await (await start("10.0.0.9")).get(path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-request-id"]


async def test_an_upload_may_be_as_large_as_the_installation_says(start: Start) -> None:
    client = await start(max_upload_bytes=1024)
    # Framing comes on top of the file: 64 KiB more than the file may pass the frame.
    for size, status in ((1024 + 64 * 1024, 422), (1024 + 64 * 1024 + 1, 413)):
        assert (await client.post("/api/session", content=b"x" * size)).status_code == status


def paths(app: FastAPI) -> set[str]:
    return set(app.openapi()["paths"])


def test_a_test_site_may_run_the_engine_without_any_item_bank(settings: Settings) -> None:
    site = create_app(settings.model_copy(update={"packages": ("exam_engine",)}))
    whole = create_app(settings)
    assert "/api/delivery/attempt" in paths(site)
    assert paths(whole) - paths(site) >= {"/api/items", "/api/certificates"}
    assert not [path for path in paths(site) if path.startswith(("/api/items", "/api/certificates"))]


@pytest.mark.parametrize(
    ("package", "reason"), [("no_such_package", ModuleNotFoundError), ("exam_engine.forms", AttributeError)]
)
def test_a_package_that_brings_nothing_stops_the_start(
    package: str, reason: type[Exception], settings: Settings
) -> None:
    with pytest.raises(reason):
        load_extensions((package,))
