"""A page with nothing but rich-text fields, under the content security policy of the board's page."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from playwright.async_api import Locator, Page, expect
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from exam_engine.interactions.rich_text import LatexError, latex_to_mathml
from exam_engine.media.limits import DEFAULT_LIMITS
from exam_engine.media.preparing import PreparedMedia, prepare
from proctor_client.web import page_headers
from tests.end_to_end.browsing import ROOT

UI = ROOT / "proctor_client" / "ui"


def build(folder: Path) -> None:
    """Build the page as the shipped pages are built."""
    node = shutil.which("node")
    assert node is not None
    vite, config = UI / "node_modules" / "vite" / "bin" / "vite.js", UI / "tests" / "richtext" / "vite.config.ts"
    command: list[str | Path] = [
        node,
        vite,
        "build",
        "--config",
        config,
        "--outDir",
        folder,
        "--emptyOutDir",
        "--logLevel",
        "error",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=UI)


@dataclass
class EditorHouse:
    """A server of the page and of the two things that a field asks for: stored media and drawn formulas."""

    url: str
    stored: dict[str, PreparedMedia] = field(default_factory=dict)


def _application(folder: Path, house: EditorHouse) -> Starlette:
    async def store(request: Request) -> Response:
        async with request.form() as form:
            file, purpose = form["file"], form["purpose"]
            assert isinstance(file, UploadFile)
            assert purpose in {"picture", "sound"}
            content, name = await file.read(), file.filename or ""
        media = await run_in_threadpool(prepare, content, name, purpose, DEFAULT_LIMITS)  # type: ignore[arg-type]
        house.stored[media.sha256] = media
        changes = [{"code": change, "message": change} for change in media.changes]
        view = {"sha256": media.sha256, "width": media.width, "height": media.height, "changes": changes}
        return JSONResponse(view, 201)

    async def read(request: Request) -> Response:
        media = house.stored[request.path_params["sha256"]]
        return Response(media.content, media_type=media.content_type)

    async def draw(request: Request) -> Response:
        asked = await request.json()
        try:
            return JSONResponse({"mathml": latex_to_mathml(asked["latex"], display=asked["display"])})
        except LatexError as error:
            fault = {"place": error.fault.place, "code": error.fault.code, "message": "Sai cú pháp.", "fix": "Sửa lại."}
            problem = {"title": "Công thức có lỗi", "code": error.code, "detail": "", "errors": [fault]}
            return JSONResponse(problem, 422, media_type="application/problem+json")

    async def page(request: Request) -> Response:
        path = request.path_params["path"] or "index.html"
        return FileResponse(folder / path, headers=page_headers("/board"))

    return Starlette(
        routes=[
            Route("/api/media", store, methods=["POST"]),
            Route("/api/media/{sha256}", read),
            Route("/api/items/formulas", draw, methods=["POST"]),
            Route("/editor/{path:path}", page),
        ]
    )


@contextmanager
def editor_house(folder: Path) -> Iterator[EditorHouse]:
    """Build the page and serve it."""
    build(folder)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    house = EditorHouse(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(_application(folder, house), log_config=None, ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield house
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


class EditorPage:
    """The opened page: its fields by name, what they hold, and what the clipboard brings."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self, **state: str) -> None:
        """Open the page with values of fields, ``language``, ``disabled`` or ``error``; wait until one can write."""
        await self.page.goto("about:blank")
        await self.page.goto(f"/editor/index.html#{urlencode(state)}")
        await expect(self.page.get_by_role("textbox")).to_have_count(5)

    def field(self, name: str) -> Locator:
        """Return the text of a field."""
        return self.page.locator(f"[aria-labelledby=label-{name}]")

    def tool(self, name: str) -> Locator:
        """Return a button of the toolbar."""
        return self.page.get_by_role("toolbar").locator(f"[data-tool={name}]")

    async def value(self, name: str) -> str:
        """Return the HTML that the page got last from a field."""
        return str((await self.page.evaluate("readFields()"))["values"][name])

    async def new_gaps(self) -> list[dict[str, Any]]:
        """Return what the page was told of new gaps."""
        return list((await self.page.evaluate("readFields()"))["newGaps"])

    async def paste(self, name: str, *, html: str = "", text: str = "", picture: bytes | None = None) -> None:
        """Paste into a field as the clipboard of another program would."""
        await self.field(name).evaluate(
            """(element, [html, text, picture]) => {
              const data = new DataTransfer();
              if (html) data.setData("text/html", html);
              if (text) data.setData("text/plain", text);
              if (picture) data.items.add(new File([Uint8Array.from(picture)], "image.png", { type: "image/png" }));
              element.focus();
              const event = { clipboardData: data, bubbles: true, cancelable: true };
              element.dispatchEvent(new ClipboardEvent("paste", event));
            }""",
            [html, text, list(picture) if picture else None],
        )
