"""The candidate page on a slow PC: ``python -m benchmarks.candidate_page [--turns 5] [--answers 2000]``.

Real Chromium, its processor slowed down six times and its line held to 1.6 Mbit/s with 150 ms to and fro. Measured are

- opening: from nothing kept to fields that take letters, with the bytes that came over the line until then;
- question 1: from the key's arrival, and from the press of the button, until a task that is queued behind the first
  painting of its options gets its turn;
- a page opened anew in the middle of the exam on another PC, where nothing is kept, until the question is there;
- clicks: from a real click of the mouse until the next frame is painted, as the browser's Event Timing has it;
- memory, at full speed: thousands of answers and changes of the question, each saved and acknowledged, far more than
  three hours bring; heap, nodes and listeners once the garbage is collected, after each third.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, expect

from exam_engine.app import bring_up_to_date
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import seats
from load_tests.prepared_sitting import PreparedSitting, Registered, prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.end_to_end.browsing import chromium
from tests.end_to_end.exam_desk import ExamDesk

SLOWER = 6
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
    "connectionType": "cellular3g",
}
ITEMS = 40
CLICKS = 120

# Marks the instants on the page itself: a driver's own steps take longer than what is measured.
_NOTE_INSTANTS = """(() => {
  const instants = (globalThis.instants = {});
  const fetched = globalThis.fetch;
  globalThis.fetch = async (request, ...rest) => {
    const answer = await fetched(request, ...rest);
    if (String(request.url ?? request).endsWith("/api/delivery/attempt")) instants.key ??= performance.now();
    return answer;
  };
  const usable = {
    fields: () => document.querySelector("form input:not(:disabled)"),
    question: () => document.querySelector("[data-ref] input:not(:disabled)"),
  };
  addEventListener("click", ({ target }) => {
    if (target.closest?.("button")?.textContent.includes("Bắt đầu làm bài")) instants.press = performance.now();
  }, { capture: true });
  new MutationObserver(() => {
    for (const [name, find] of Object.entries(usable)) {
      if (instants[name] !== undefined || !find()) continue;
      instants[name] = null;
      requestAnimationFrame(() => setTimeout(() => { instants[name] = performance.now(); }));
    }
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  globalThis.clicks = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "click") globalThis.clicks.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
})()"""

# What a candidate does, without pauses: an answer, sometimes a mark, the next question.
_WORK = """async (answers) => {
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const buttons = (place) => [...document.querySelectorAll(`${place} button`)];
  for (let n = 0; n < answers; n += 1) {
    const options = [...document.querySelectorAll("[data-ref] input")];
    options[(n * 7 + 1) % options.length].click();
    if (n % 10 === 0) buttons("article").find((one) => one.textContent.includes("ánh dấu")).click();
    await wait(10);
    const palette = buttons("#palette").filter((one) => one.getAttribute("aria-label")?.startsWith("Câu"));
    palette[(n * 13 + 5) % palette.length].click();
    await wait(10);
  }
}"""


@dataclass(frozen=True, slots=True)
class Slow:
    """One run on the slow PC; ms, and bytes over the line."""

    opened: float
    opened_bytes: int
    from_key: float
    from_press: float
    reopened: float
    clicks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What the page holds on to after garbage was collected."""

    operations: int
    heap_bytes: int
    nodes: int
    listeners: int


class Line:
    """Chromium's own slow line and slow processor, and what came over the line."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self.received = 0
        session.on("Network.loadingFinished", self._on_finished)

    def _on_finished(self, event: dict[str, float]) -> None:
        self.received += int(event["encodedDataLength"])

    @classmethod
    async def slow(cls, page: Page) -> "Line":
        """Slow a page down."""
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", LINE)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return cls(session)


async def instant(page: Page, name: str) -> float:
    """Wait until an instant is noted and return it, ms after the page began."""
    await page.wait_for_function("(name) => globalThis.instants?.[name] != null", arg=name, timeout=60_000)
    return float(await page.evaluate("(name) => globalThis.instants[name]", name))


async def slow_run(browser: Browser, server: ServerProcess, unlock: "Unlock", taker: Registered) -> Slow:
    """Go through an exam's start on the slow PC, and once more from another one."""
    context = await browser.new_context(base_url=server.url, locale="vi-VN", viewport={"width": 1280, "height": 800})
    try:
        await context.add_init_script(_NOTE_INSTANTS)
        page = await context.new_page()
        line = await Line.slow(page)
        await page.goto("/exam")
        opened, opened_bytes = await instant(page, "fields"), line.received
        desk = ExamDesk(page)
        await desk.sign_in(unlock.prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
        await desk.confirm_data()
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await unlock(taker)
        await page.get_by_role("button", name="Bắt đầu làm bài").click(timeout=60_000)
        question = await instant(page, "question")
        key, press = await instant(page, "key"), await instant(page, "press")
        for number in range(2, CLICKS // 3 + 2):
            await page.get_by_role("radio").nth(number % 4).click()
            await page.get_by_role("button", name="ánh dấu").first.click()
            await desk.in_palette(number % ITEMS + 1).click()
        clicks = tuple(await page.evaluate("globalThis.clicks"))
        cookies: list[Any] = list(await context.cookies())
    finally:
        await context.close()
    context = await browser.new_context(base_url=server.url, locale="vi-VN", viewport={"width": 1280, "height": 800})
    try:
        await context.add_init_script(_NOTE_INSTANTS)
        await context.add_cookies(cookies)
        page = await context.new_page()
        await Line.slow(page)
        await page.goto("/exam")
        reopened = await instant(page, "question")
    finally:
        await context.close()
    return Slow(opened, opened_bytes, question - key, question - press, reopened, clicks)


class Unlock:
    """Unlocks a seat as the proctor of the room does."""

    def __init__(self, settings: Settings, prepared: PreparedSitting) -> None:
        self._settings = settings
        self.prepared = prepared

    async def __call__(self, taker: Registered) -> None:
        """Unlock the seat of one candidate."""
        database = Database(self._settings.database_url)
        try:
            async with database.write() as session:
                await seats.unlock(session, registration_ids=[taker.registration_id], actor=SYSTEM, now=utc_now())
        finally:
            await database.close()


async def held_by(page: Page, operations: int) -> Held:
    """Collect the garbage and count what is left."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in (await session.send("Performance.getMetrics"))["metrics"]}
    await session.detach()
    return Held(operations, int(metrics["JSHeapUsedSize"]), int(metrics["Nodes"]), int(metrics["JSEventListeners"]))


async def long_session(
    browser: Browser, server: ServerProcess, unlock: Unlock, taker: Registered, answers: int
) -> list[Held]:
    """Work much, and look at the memory after a third, two thirds and all of it."""
    context = await browser.new_context(base_url=server.url, locale="vi-VN", viewport={"width": 1280, "height": 800})
    try:
        page = await context.new_page()
        await page.goto("/exam")
        desk = ExamDesk(page)
        await desk.sign_in(unlock.prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
        await desk.confirm_data()
        await unlock(taker)
        await desk.start()
        found = []
        for _ in range(3):
            await page.evaluate(_WORK, answers // 3)
            await desk.everything_saved()
            operations = await page.evaluate(
                """() => new Promise((resolve) => {
                  indexedDB.open("exam").onsuccess = ({ target: { result } }) => {
                    const counting = result.transaction("ops").objectStore("ops").count();
                    counting.onsuccess = () => { result.close(); resolve(counting.result); };
                  };
                })"""
            )
            found.append(await held_by(page, operations))
    finally:
        await context.close()
    return found


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(runs: list[Slow], held: list[Held]) -> None:
    """Print the tables."""
    print("| on the slow PC | median | longest |")
    print("|---|---|---|")
    for name, values in (
        ("opening to fields, s", [run.opened / 1000 for run in runs]),
        ("bytes until then, KB", [run.opened_bytes / 1000 for run in runs]),
        ("key to question 1, s", [run.from_key / 1000 for run in runs]),
        ("press to question 1, s", [run.from_press / 1000 for run in runs]),
        ("another PC, nothing kept, to the question, s", [run.reopened / 1000 for run in runs]),
    ):
        print(f"| {name} | {statistics.median(values):.2f} | {max(values):.2f} |")
    clicks = [duration for run in runs for duration in run.clicks]
    typical, most = percentile(clicks, 0.5), percentile(clicks, 0.95)
    print(f"\n{len(clicks)} clicks to paint: p50 {typical:.0f} ms, p95 {most:.0f} ms\n")
    print("| operations | heap, MB | nodes | listeners |")
    print("|---|---|---|---|")
    for one in held:
        print(f"| {one.operations:,} | {one.heap_bytes / 1e6:.2f} | {one.nodes:,} | {one.listeners:,} |")


async def measure(chosen: argparse.Namespace, folder: Path) -> None:
    """Measure everything and print the tables."""
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}",
        data_dir=folder / "data",
        public_url=f"http://127.0.0.1:{port}",
        login_attempts=1_000,
    )
    await asyncio.to_thread(bring_up_to_date, settings)
    database = Database(settings.database_url)
    prepared = await prepare_sitting(
        database, settings, candidates=chosen.turns + 1, now=utc_now(), rng=random.Random(6), item_count=ITEMS
    )
    await database.close()
    unlock = Unlock(settings, prepared)
    server = ServerProcess(settings, port=port, log_file=folder / "server.log")
    server.start()
    try:
        await server.wait_until_ready()
        async with chromium() as browser:
            expect.set_options(timeout=60_000)
            runs = [await slow_run(browser, server, unlock, taker) for taker in prepared.registered[:-1]]
            held = await long_session(browser, server, unlock, prepared.registered[-1], chosen.answers)
    finally:
        server.stop()
    show(runs, held)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--answers", type=int, default=2_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exam-page-") as name:
        asyncio.run(measure(chosen, Path(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
