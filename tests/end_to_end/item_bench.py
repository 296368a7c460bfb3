"""A page that shows one item at a time, made of the real components under the candidate page's security policy."""

import json
import mimetypes
import shutil
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.async_api import Locator, Route, ViewportSize, expect

from exam_engine.core.web import CONTENT_SECURITY_POLICY
from exam_engine.forms.schemas import ItemView
from tests.end_to_end.browsing import ROOT, Visit
from tests.end_to_end.item_samples import PICTURE_SIZE

UI = ROOT / "proctor_client" / "ui"
# Digests and clipboards exist only in secure contexts; nothing of this address ever reaches a network.
ORIGIN = "https://items.test"
_TAB_STOPS = 60
_WINDOW = ViewportSize(width=1280, height=800)

# What a candidate sees of the answer, whatever the kind of the item.
_SHOWN = """() => [
  ...document.querySelectorAll("main :is(input, select, textarea, [aria-pressed], li, svg circle)"),
].map((part) => [
    part.tagName,
    part.type === "file" ? "" : part.value,
    part.checked,
    part.getAttribute("aria-pressed"),
    ["LI", "circle"].includes(part.tagName) ? part.textContent + (part.getAttribute("cx") ?? "") : "",
]
  .join("|"))"""


def build(folder: Path) -> None:
    """Build the page as the shipped pages are built."""
    node = shutil.which("node")
    assert node is not None
    vite, page = UI / "node_modules" / "vite" / "bin" / "vite.js", UI / "tests" / "items"
    options: list[str | Path] = [
        "--config",
        page / "vite.config.ts",
        "--outDir",
        folder,
        "--emptyOutDir",
        "--logLevel",
        "error",
    ]
    subprocess.run([node, vite, "build", page, *options], check=True, capture_output=True, timeout=120, cwd=UI)


def picture() -> bytes:
    """Return the picture of all samples."""
    image = Image.new("RGB", PICTURE_SIZE, "#cfd8e4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 30, 140, 90), fill="#667788")
    draw.rectangle((40, 140, 600, 340), fill="white")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


class ItemBench:
    """One window with the page: shows items, tells what was answered."""

    def __init__(self, visit: Visit, built: Path) -> None:
        self.visit = visit
        self.page = visit.page
        self._built = built
        self._picture = picture()

    async def serve(self) -> None:
        """Answer for the page's address in this window."""
        await self.page.route("**/*", self._answer)

    async def open(self) -> None:
        """Open the page anew with nothing on it, in a window of the usual size."""
        await self.page.set_viewport_size(_WINDOW)
        await self.page.goto(f"{ORIGIN}/")
        await self.page.wait_for_function("window.bench !== undefined")

    async def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).lstrip("/") or "index.html"
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        if path.startswith("media/"):
            await route.fulfill(body=self._picture, content_type="image/png", headers=headers)
            return
        file = self._built / path
        if not file.is_file():
            await route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        await route.fulfill(body=file.read_bytes(), content_type=kind, headers=headers)

    async def show(self, item: ItemView, response: Sequence[str] = (), *, read_only: bool = False) -> None:
        """Show an item anew, as after opening the page, with a response given before."""
        # Another item in between, so that nothing of an earlier showing stays.
        await self.page.evaluate("bench.item = null")
        given = [item.model_dump(mode="json"), list(response), read_only]
        await self.page.evaluate("([item, response, isReadOnly]) => bench.show(item, response, isReadOnly)", given)
        # The controls of some kinds come as a part of their own.
        await expect(self.page.locator(".answer > *").first).to_be_attached()

    async def go_to(self, item: ItemView) -> None:
        """Go on to another item of the same paper."""
        await self.page.evaluate("(item) => bench.goTo(item)", item.model_dump(mode="json"))

    async def clear(self) -> None:
        """Take the answer back, as the candidate page's button does."""
        await self.page.evaluate("bench.response = []")

    async def response(self) -> list[str]:
        """Return the response as it stands."""
        found: list[str] = await self.page.evaluate("bench.response")
        return found

    async def reported(self) -> list[tuple[str, list[str]]]:
        """Return every response reported since the item was shown, with the item it was reported for."""
        found: list[Any] = json.loads(await self.page.evaluate("JSON.stringify(bench.reported)"))
        return [(ref, response) for ref, response in found]

    async def state(self) -> str:
        """Return how far the item is answered."""
        return str(await self.page.evaluate("bench.state"))

    async def shown(self) -> list[str]:
        """Return what the page shows of the answer."""
        found: list[str] = await self.page.evaluate(_SHOWN)
        return found

    async def tab_to(self, control: Locator) -> None:
        """Reach a control with the Tab key alone.

        Raises
        ------
        AssertionError
            It is no tab stop.
        """
        for _ in range(_TAB_STOPS):
            if await control.evaluate("(element) => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} is not reached with Tab")
