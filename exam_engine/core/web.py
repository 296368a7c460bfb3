"""Web plumbing around all routes: request id, logs, metrics, body limit, security headers."""

import time
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exam_engine.core.errors import UploadTooLargeError
from exam_engine.core.event_stream import STREAM, EventStream
from exam_engine.core.metrics import HTTP_SECONDS
from exam_engine.core.problems import problem_response, unexpected_response

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html exam-sw item-html"
)
# The interactive API reference is the one page that needs more; it stands alone and talks to this server only.
_HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), display-capture=(self), microphone=(), geolocation=()",
}
_HSTS = b"max-age=31536000"


class RequestFrame:
    """Outermost ASGI layer: gives each request an id, refuses oversized bodies, adds headers, counts and logs.

    ``larger_bodies`` holds the paths whose bodies may be larger than ``max_body_bytes``, each with its own limit.
    Unexpected errors are answered here, so that their answers carry the headers too. Event streams are served here,
    when all that belongs to the request which opened them is done.
    """

    def __init__(
        self, app: ASGIApp, *, max_body_bytes: int, is_secure: bool, larger_bodies: Mapping[str, int] | None = None
    ) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.larger_bodies = {path: max(max_body_bytes, size) for path, size in (larger_bodies or {}).items()}
        self.is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status: int | None = None
        received = 0
        max_body_bytes = self.larger_bodies.get(scope["path"], self.max_body_bytes)
        is_cut_off = _content_length(scope) > max_body_bytes

        async def limited_receive() -> Message:
            nonlocal received, is_cut_off
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_body_bytes:
                is_cut_off = True
                raise BodyTooLargeError
            return message

        async def framed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, request_id)
            await send(message)

        async def send_of_application(message: Message) -> None:
            # Whatever the application makes of a body that was cut off, the answer is ours.
            if not is_cut_off or status is not None:
                await framed_send(message)

        try:
            try:
                if not is_cut_off:
                    await self.app(scope, limited_receive, send_of_application)
            except Exception as error:
                if not is_cut_off:
                    response = unexpected_response(Request(scope), error)
                    if status is not None:
                        raise
                    await response(scope, receive, framed_send)
            if is_cut_off and status is None:
                await _oversized_response(scope)(scope, receive, framed_send)
        finally:
            stream: EventStream | None = scope.get(STREAM)
            if stream is not None:
                status = 200
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "other")
            HTTP_SECONDS.labels(scope["method"], route, str(status or 500)).observe(seconds)
            if status is None or status >= 500 or seconds > 1.0:
                log.warning("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000))
        if stream is not None:
            # Counted above as what it took to open it: how long it stays says nothing of the server.
            await stream.serve(receive, send, framed_send)

    def _add_headers(self, message: MutableMapping[str, Any], request_id: str) -> None:
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
        present = {name.lower() for name, _ in headers}
        headers.extend((name, value) for name, value in _HEADERS.items() if name not in present)
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        if self.is_secure:
            headers.append((b"strict-transport-security", _HSTS))
        headers.append((b"x-request-id", request_id.encode()))
        message["headers"] = headers


class BodyTooLargeError(Exception):
    """The body grew past the limit while it was read."""


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _oversized_response(scope: Scope) -> Response:
    response = problem_response(Request(scope), UploadTooLargeError())
    # The rest of the body is not read, so the connection cannot be used again.
    response.headers["connection"] = "close"
    return response
