"""Files of practical tasks beside saves: ``python -m benchmarks.delivery.files [--candidates 40 --megabytes 3]``.

Candidates bring a file each over HTTP, all at once, in the parts that the page uses, while others save at random
instants. Measured are seconds a file, megabytes a second, and the saves' latency alone and beside the files. Server,
database and load generator share the machine.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil

from benchmarks.delivery.client import Connection, Sent, connected, open_loop
from benchmarks.delivery.processes import cpu_seconds, databases
from benchmarks.delivery.sitting import Working, working_candidates
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.migrate import upgrade
from load_tests.handing_in import bring_file
from load_tests.sample_forms import sample_forms, sections_of
from load_tests.server import ServerProcess, free_port

SAVERS, RATE, SECONDS = 200, 100.0, 5.0
"""Who saves beside the files, how many saves a second come of all of them, and how long alone before."""
TASK = "q04"
"""The fourth item of a paper of three questions and a task."""


async def bring_all(url: str, people: Sequence[Working], size: int) -> Sent:
    """Let everybody bring a file of their own at once."""
    sent, began = Sent(), time.perf_counter()

    async def one(person: Working) -> None:
        headers = {CSRF_HEADER: person.csrf}
        cookies = {SESSION_COOKIE: person.token}
        async with httpx.AsyncClient(base_url=url, headers=headers, cookies=cookies, timeout=120) as client:
            content, started = os.urandom(size), time.perf_counter()
            view = await bring_file(
                client, attempt_id=person.attempt_id, epoch=1, item=TASK, name="bai.docx", content=content
            )
            sent.seconds.append(time.perf_counter() - started)
            sent.errors += not view["is_complete"]

    await asyncio.gather(*(one(person) for person in people))
    sent.elapsed = time.perf_counter() - began
    return sent


async def measure(name: str, url: str, folder: Path, chosen: argparse.Namespace) -> tuple[str, int]:
    """Return the line of one database, and how many requests failed."""
    settings = Settings(database_url=url, data_dir=folder / "data", packages=("exam_engine",), login_attempts=10_000)
    people = await working_candidates(
        settings,
        SAVERS + chosen.candidates,
        seed=name,
        specs=sample_forms(3, 110, with_task=True),
        sections=sections_of(110),
    )
    server = ServerProcess(settings, port=free_port(), log_file=folder / f"{name}.log", workers=chosen.workers)
    server.start()
    connections: list[Connection] = []
    try:
        await server.wait_until_ready()
        connections = await connected(int(server.url.rsplit(":", 1)[1]), SAVERS)
        size = round(chosen.megabytes * 1_000_000)
        alone = await open_loop(connections, lambda n: people[n].saves(1)[0], RATE, SECONDS, name)
        processes = [psutil.Process(server.pid)]
        before = cpu_seconds(processes)
        bringing = asyncio.create_task(bring_all(server.url, people[SAVERS:], size))
        beside = Sent()
        while not bringing.done():
            beside.join(await open_loop(connections, lambda n: people[n].saves(1)[0], RATE, 1.0, f"{name} beside"))
        files = await bringing
        cpu = cpu_seconds(processes) - before
    finally:
        for connection in connections:
            connection.close()
        server.stop()
    megabytes = chosen.candidates * chosen.megabytes
    failed = alone.errors + beside.errors + files.errors
    cells = (
        name,
        f"{chosen.candidates} × {chosen.megabytes:g} MB",
        f"{files.elapsed:.1f}",
        f"{megabytes / files.elapsed:.1f}",
        f"{files.percentile_ms(0.5) / 1000:.1f}",
        f"{files.percentile_ms(1.0) / 1000:.1f}",
        f"{cpu / megabytes * 1000:.0f}",
        f"{alone.percentile_ms(0.5):.0f} / {alone.percentile_ms(0.99):.0f}",
        f"{beside.percentile_ms(0.5):.0f} / {beside.percentile_ms(0.99):.0f}",
        str(failed),
    )
    return f"| {' | '.join(cells)} |", failed


def main() -> int:
    """Print the table; return 1 when any request failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=40)
    parser.add_argument("--megabytes", type=float, default=3.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--databases", nargs="*", default=["SQLite", "PostgreSQL"])
    chosen = parser.parse_args()
    print("| database | files | s in all | MB/s | s a file: median | longest | server CPU ms a MB "
          "| save ms alone: p50 / p99 | beside the files | errors |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="exam-files-") as name, databases(Path(name)) as known:
        for database in chosen.databases:
            url = known[database][0]
            upgrade(url)
            line, errors = asyncio.run(measure(database, url, Path(name), chosen))
            failed += errors
            print(line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
