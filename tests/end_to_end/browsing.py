"""Real Chromium: how it is found and started, and what every page must keep to."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    async_playwright,
    expect,
)

from proctor_client.web import PAGES, STATIC

ROOT = Path(__file__).resolve().parents[2]
# No sandbox: tests run as root in containers, and the only pages opened are our own.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

PATIENCE_MS = 15_000
"""How long a state may take to come on a busy machine."""


class ClientNotBuiltError(Exception):
    """The browser side has no built files."""


def find_chromium() -> str:
    """Return the path of a Chromium: the one that the environment names, or what the setup finds."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = subprocess.run([ROOT / "setup" / "find-chromium.sh"], capture_output=True, text=True, check=True)
    return found.stdout.strip()


@asynccontextmanager
async def chromium(path: str | None = None, more_arguments: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """Start Chromium, or the browser at ``path``, without a window.

    Raises
    ------
    ClientNotBuiltError
    """
    missing = [name for name in PAGES.values() if not (STATIC / name).is_file()]
    if missing:
        raise ClientNotBuiltError(f"{', '.join(missing)} missing in {STATIC}: run `npm run build` in proctor_client/ui")
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path or find_chromium(), args=[*_ARGUMENTS, *more_arguments]
        )
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """One person's browser window and all that its pages complained of or asked for elsewhere."""

    def __init__(self, context: BrowserContext, page: Page, origin: str) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self.console_errors: list[str] = []
        self.page_errors: list[str] = []
        self.outside_requests: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_page_error)
        context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console_errors.append(f"{message.text} ({message.location['url']})")

    def _on_page_error(self, error: WebError) -> None:
        self.page_errors.append(str(error.error))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self.outside_requests.append(request.url)

    def forget(self) -> None:
        """Begin anew: what was complained of so far has been looked at."""
        for complaints in (self.console_errors, self.page_errors, self.outside_requests):
            complaints.clear()

    def faults(self) -> list[str]:
        """Return what no page may ever do: throw, break the content security policy, ask another origin."""
        refused = [text for text in self.console_errors if "Content Security Policy" in text or "TrustedHTML" in text]
        return [*self.page_errors, *refused, *(f"asked {url}" for url in self.outside_requests)]


@asynccontextmanager
async def visits(browser: Browser, origin: str) -> AsyncIterator[Callable[..., Any]]:
    """Give a function that opens a window for one more person; all are closed, and judged, at the end.

    Raises
    ------
    AssertionError
        A page did what no page may ever do.
    """
    opened: list[Visit] = []

    async def open_visit(path: str | None = None, **options: Any) -> Visit:
        context = await browser.new_context(
            **{"base_url": origin, "locale": "vi-VN", "viewport": {"width": 1280, "height": 800}} | options
        )
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context, await context.new_page(), origin)
        opened.append(visit)
        if path is not None:
            await visit.page.goto(path)
        return visit

    try:
        yield open_visit
    finally:
        for visit in opened:
            await visit.context.close()
    faults = [fault for visit in opened for fault in visit.faults()]
    assert faults == []
