"""Hands out the built browser side: pages, hashed assets, service workers."""

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from exam_engine.accounts.access import PUBLIC
from exam_engine.core.web import CONTENT_SECURITY_POLICY

STATIC = Path(__file__).parent / "static"
PAGES = {
    "/": "index.html",
    "/check": "check.html",
    "/exam": "exam.html",
    "/exam/practice": "practice.html",
    "/proctor": "proctor.html",
    "/board": "board.html",
    "/v": "verify.html",
}
_IMMUTABLE = "public, max-age=31536000, immutable"


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        # Only names under assets/ carry a content hash; everything else must be asked for again.
        response.headers["Cache-Control"] = _IMMUTABLE if path.startswith("assets/") else "no-cache"
        if path == "exam-sw.js":
            response.headers["Service-Worker-Allowed"] = "/exam"
        if path == "practice-sw.js":
            response.headers["Service-Worker-Allowed"] = "/exam/practice"
        if path == "verify-sw.js":
            response.headers["Service-Worker-Allowed"] = "/v"
        return response


def page_headers(route: str) -> dict[str, str]:
    """Return the headers in which a page differs from other answers."""
    headers = {"Cache-Control": "no-cache"}
    if route == "/board":
        # The editor of rich texts reads what is pasted through a policy of its own; no other page may make one.
        headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY} ProseMirrorClipboard"
    return headers


def mount_pages(app: FastAPI) -> None:
    """Add the pages to the application; without built files they answer 404 and the API still works."""

    def add(route: str, file_name: str) -> None:
        async def page() -> FileResponse:
            file = STATIC / file_name
            if not file.is_file():
                raise HTTPException(404)
            return FileResponse(file, headers=page_headers(route), media_type="text/html")

        app.add_api_route(route, page, methods=["GET", "HEAD"], include_in_schema=False, dependencies=[PUBLIC])

    for route, file_name in PAGES.items():
        add(route, file_name)
    app.mount("/static", _Assets(directory=STATIC, check_dir=False), name="static")
