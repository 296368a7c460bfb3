"""The frame around every request: body limit, headers, request id, metrics."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import pytest
from fastapi import FastAPI, Request, Response, UploadFile
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel
from starlette.responses import StreamingResponse
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from exam_engine.core.metrics import REGISTRY
from tests.exam_engine.core.small_app import LARGEST_BODY, small_app

PROMISED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Note(BaseModel):
    text: str


def app_with_routes(*, is_secure: bool = False, larger_bodies: Mapping[str, int] | None = None) -> FastAPI:
    app = small_app(is_secure=is_secure, larger_bodies=larger_bodies)

    @app.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.post("/note")
    async def note(body: Note) -> dict[str, int]:
        return {"characters": len(body.text)}

    @app.post("/upload")
    async def upload(file: UploadFile) -> dict[str, int]:
        return {"bytes": len(await file.read())}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("mật khẩu là 123456")

    @app.get("/half-broken")
    async def half_broken() -> StreamingResponse:
        async def content() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("connection to the archive lost")

        return StreamingResponse(content())

    @app.get("/kept")
    async def kept() -> Response:
        return Response(b"paper", headers={"Cache-Control": "public, immutable", "Referrer-Policy": "origin"})

    @app.get("/things/{thing}")
    async def thing(thing: Annotated[str, "any"]) -> dict[str, str]:
        return {"thing": thing}

    return app


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://exam.test")


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 500):
        yield body[start : start + 500]


async def test_a_body_as_large_as_allowed_is_read() -> None:
    async with client_of(app_with_routes()) as client:
        announced = await client.post("/raw", content=b"x" * LARGEST_BODY)
        chunked = await client.post("/raw", content=in_chunks(b"x" * LARGEST_BODY))
    assert announced.json() == chunked.json() == {"bytes": LARGEST_BODY}


@pytest.mark.parametrize("path", ["/raw", "/note", "/upload"])
@pytest.mark.parametrize("is_announced", [True, False])
async def test_one_byte_more_is_refused_whether_announced_or_sent_in_chunks(path: str, is_announced: bool) -> None:
    start = b'--abc\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' if path == "/upload" else b""
    body = start.ljust(LARGEST_BODY + 1, b"x")
    types = {"/raw": "text/plain", "/note": "application/json", "/upload": "multipart/form-data; boundary=abc"}
    async with client_of(app_with_routes()) as client:
        response = await client.post(
            path,
            content=body if is_announced else in_chunks(body),
            headers={"content-type": types[path], "accept-language": "en"},
        )
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["connection"] == "close"
    assert (response.json()["code"], response.json()["title"]) == ("upload_too_large", "The file is too large")
    assert PROMISED.items() <= dict(response.headers).items()


async def test_a_path_with_a_larger_limit_leaves_the_others_theirs() -> None:
    larger = LARGEST_BODY * 3
    # A limit below the common one does not make a path stricter: it is the least that every path takes.
    app = app_with_routes(larger_bodies={"/raw": larger, "/note": 1})
    note = b'{"text": "abc"}'
    async with client_of(app) as client:
        assert (await client.post("/raw", content=b"x" * larger)).json() == {"bytes": larger}
        assert (await client.post("/raw", content=in_chunks(b"x" * (larger + 1)))).status_code == 413
        assert (await client.post("/raw", content=b"x" * (larger + 1))).status_code == 413
        assert (await client.post("/raw/", content=b"x" * (LARGEST_BODY + 1))).status_code == 413
        assert (await client.post("/upload", content=b"x" * (LARGEST_BODY + 1))).status_code == 413
        assert (await client.post("/note", content=note, headers={"content-type": "application/json"})).json() == {
            "characters": 3
        }


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", ""])
async def test_a_content_length_that_is_no_number_does_not_lift_the_limit(length: str) -> None:
    async with client_of(app_with_routes()) as client:
        request = client.build_request("POST", "/raw", content=in_chunks(b"x" * (LARGEST_BODY + 1)))
        request.headers["content-length"] = length
        assert (await client.send(request)).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/things/a", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/raw", 405),
        ("POST", "/note", 422),
        ("GET", "/broken", 500),
    ],
)
async def test_every_answer_carries_the_security_headers_and_an_id_of_its_own(
    method: str, path: str, status: int
) -> None:
    async with client_of(app_with_routes()) as client:
        first, second = await client.request(method, path), await client.request(method, path)
    assert first.status_code == status
    assert PROMISED.items() <= dict(first.headers).items()
    policy = first.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(first.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_pages_show_pictures_and_play_sound_of_this_server_and_of_sealed_papers_only() -> None:
    async with client_of(app_with_routes()) as client:
        policy = (await client.get("/things/a")).headers["content-security-policy"]
    directives = {name: sources for name, *sources in (part.split() for part in policy.split(";"))}
    # What a candidate sees and hears comes out of the sealed paper, as blobs of the page.
    assert directives["img-src"] == directives["media-src"] == ["'self'", "blob:"]
    assert directives["default-src"] == ["'none'"]


async def test_a_route_may_set_its_own_caching_but_each_header_stands_once() -> None:
    async with client_of(app_with_routes()) as client:
        response = await client.get("/kept")
    assert response.headers.get_list("cache-control") == ["public, immutable"]
    assert response.headers.get_list("referrer-policy") == ["origin"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_browsers_are_told_to_stay_on_tls_only_where_tls_is_served() -> None:
    async with client_of(app_with_routes()) as plain, client_of(app_with_routes(is_secure=True)) as secure:
        assert "strict-transport-security" not in (await plain.get("/things/a")).headers
        assert "max-age=" in (await secure.get("/things/a")).headers["strict-transport-security"]


async def test_an_unexpected_error_tells_nothing_of_the_inside() -> None:
    async with client_of(app_with_routes()) as client:
        response = await client.get("/broken", headers={"accept-language": "vi"})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/errors/unexpected",
        "title": "Máy chủ gặp lỗi ngoài dự kiến",
        "status": 500,
        "code": "unexpected",
        "detail": "Thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên kèm giờ xảy ra.",
        "errors": [],
        "params": {},
    }


async def test_the_log_of_an_unexpected_error_names_the_request_that_the_answer_names() -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        async with client_of(app_with_routes()) as client:
            response = await client.get("/broken")
    [unexpected] = [event for event in logged if event["event"] == "unexpected_error"]
    assert unexpected["request_id"] == response.headers["x-request-id"]
    assert isinstance(unexpected["exc_info"], RuntimeError)


async def test_an_answer_that_breaks_off_halfway_is_not_dressed_up_as_a_whole_one() -> None:
    async with client_of(app_with_routes()) as client:
        with pytest.raises(RuntimeError, match="archive"):
            await client.get("/half-broken")


def counted(route: str, status: str) -> float:
    labels = {"method": "GET", "route": route, "status": status}
    return REGISTRY.get_sample_value("exam_http_request_seconds_count", labels) or 0.0


async def test_requests_are_counted_by_route_pattern_and_not_by_address() -> None:
    before, elsewhere = counted("/things/{thing}", "200"), counted("other", "404")
    async with client_of(app_with_routes()) as client:
        for thing in ("a", "b", "c"):
            await client.get(f"/things/{thing}")
            await client.get(f"/nowhere/{thing}")
    assert counted("/things/{thing}", "200") - before == 3
    assert counted("other", "404") - elsewhere == 3
    assert counted("/things/a", "200") == 0
