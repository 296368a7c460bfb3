"""Requests to the application without a network, streams that never end by themselves included."""

import asyncio
import contextlib
from collections.abc import MutableMapping
from typing import Any

import httpx
from starlette.types import ASGIApp

_STREAM_SECONDS = 0.02
"""How long an event stream is listened to after its last event."""


class AppTransport(httpx.AsyncBaseTransport):
    """Hands requests to an application; leaves an event stream when it says nothing more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        unread = [body]
        is_left = asyncio.Event()
        news = asyncio.Event()
        start: dict[str, Any] = {}
        chunks: list[bytes] = []

        async def receive() -> MutableMapping[str, Any]:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await is_left.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))
            news.set()

        serving = asyncio.ensure_future(self._app(_scope(request), receive, send))
        try:
            while not serving.done():
                waiting = asyncio.ensure_future(news.wait())
                is_stream = any(value.startswith(b"text/event-stream") for _, value in start.get("headers", ()))
                await asyncio.wait(
                    [serving, waiting],
                    timeout=_STREAM_SECONDS if is_stream else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not waiting.done():
                    waiting.cancel()
                    if not serving.done():
                        is_left.set()
                        await serving
                news.clear()
            serving.result()
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await serving
        return httpx.Response(start["status"], headers=start["headers"], content=b"".join(chunks), request=request)


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": ("exam.test", 80),
        "client": ("127.0.0.1", 50_000),
        "root_path": "",
    }
