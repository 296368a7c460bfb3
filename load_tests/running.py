"""One run: a site, people who load it, what the machine had to do, and the receipts afterwards."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psutil

from load_tests.audit import Audit
from load_tests.folder import OVER, PLAN, USAGE, VARIABLE
from load_tests.local_site import Site
from load_tests.machines import Usage, Watch, keep_watching, write_usage
from load_tests.plan import write_plan
from load_tests.protocol import Acknowledged
from load_tests.records import Part, parts_of, read_parts

T = TypeVar("T")
LOCUSTFILE = Path(__file__).with_name("locustfile.py")
Generating = Callable[[Callable[[int], None]], Awaitable[None]]
"""Lets the people act until the run is over; tells the process that plays them as soon as it is known."""


class GeneratorFailedError(Exception):
    """The process that plays the people ended badly."""


async def run_on(site: Site, folder: Path, generate: Generating) -> tuple[Part, Audit]:
    """Write the plan, let people act on it, and hold their receipts against what is stored."""
    write_plan(site.plan, folder / PLAN)
    seconds: list[Usage] = []
    watching: list[asyncio.Task[None]] = []

    def watch(generator_pid: int) -> None:
        groups = Watch(server=site.server_pids, database=site.database_pids, generator=[generator_pid])
        watching.append(asyncio.create_task(keep_watching(groups, seconds)))

    try:
        await generate(watch)
    finally:
        for task in watching:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    write_usage(seconds, folder / USAGE)
    part = read_parts(folder)
    receipts = [
        Acknowledged(UUID(end.attempt_id), end.last_seq, end.chain_head) for end in part.candidates if end.chain_head
    ]
    return part, await site.audit(receipts)


def by_locust(folder: Path, processes: int) -> Generating:
    """Return a generator that is a locust of its own, without its page."""
    environment = os.environ | {VARIABLE: str(folder.absolute()), "PYTHONPATH": os.pathsep.join(sys.path)}

    async def generate(tell: Callable[[int], None]) -> None:
        several = ["--processes", str(processes)] if processes > 1 else []
        with (folder / "locust.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary", *several),
                env=environment,
                stdout=log,
                stderr=log,
            )
            tell(process.pid)
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise
        # Locust ends with 1 when calls failed: that is for the report to judge.
        if code not in (0, 1) or not parts_of(folder):
            raise GeneratorFailedError(f"locust ended with {code}; see {folder / 'locust.log'}")

    return generate


def beside(pid: int, folder: Path) -> Generating:
    """Return a generator that runs already, with its page: this process only waits until it says that it is over."""

    async def generate(tell: Callable[[int], None]) -> None:
        tell(pid)
        while not (folder / OVER).exists():
            if not psutil.pid_exists(pid):
                raise GeneratorFailedError("locust is gone")
            await asyncio.sleep(0.3)

    return generate


def run_until_told_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; when the process is asked to end before, servers and copies go with it.

    Raises
    ------
    asyncio.CancelledError
        The process was asked to end.
    """

    async def run() -> T:
        task = asyncio.current_task()
        if task is not None and sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    return asyncio.run(run())


def stamp() -> str:
    """Return a name for the folder of a run that begins now."""
    return time.strftime("%Y%m%d-%H%M%S")
