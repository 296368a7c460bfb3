"""The start and the end of a large sitting: ``python -m benchmarks.delivery.storm [--candidates 2000]``.

Everybody is logged in, confirmed, unlocked and holds the sealed paper before the sitting opens. Candidates then start,
at instants drawn from a few seconds as browsers spread them; each saves once; and all hand in at the same deadline,
spread likewise. Measured are the seconds of each request, those until all are closed and marked, and errors. Server,
load generator and database share the machine.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID

import psutil
import sqlalchemy as sa
from sqlmodel import col, select

from benchmarks.delivery.client import Connection, Sent, connected
from benchmarks.delivery.processes import cpu_seconds, databases
from benchmarks.delivery.sitting import Working, seated_candidates
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from exam_engine.delivery.journal import genesis_hash
from exam_engine.delivery.models import Attempt
from load_tests.server import ServerProcess, free_port

PATIENCE = 120.0
"""Seconds in which all must be closed and marked."""


def post(person: Working, path: str, body: dict[str, object]) -> bytes:
    """Return the bytes of a request."""
    text = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        f"Cookie: {SESSION_COOKIE}={person.token}\r\n{CSRF_HEADER}: {person.csrf}\r\n\r\n"
    )
    return head.encode() + text


async def spread(people: Sequence[Working], seconds: float, act: Callable[[int], Awaitable[bool]]) -> Sent:
    """Let everybody act at an instant of their own within some seconds."""
    rng, sent, began = random.Random(len(people)), Sent(), time.perf_counter()

    async def one(number: int, wait: float) -> None:
        await asyncio.sleep(wait)
        started = time.perf_counter()
        is_good = await act(number)
        sent.seconds.append(time.perf_counter() - started)
        sent.errors += not is_good

    await asyncio.gather(*(one(number, rng.random() * seconds) for number in range(len(people))))
    sent.elapsed = time.perf_counter() - began
    return sent


async def started_attempts(database: Database, sitting_id: UUID) -> dict[UUID, UUID]:
    """Return the attempts of a sitting by registration."""
    async with database.read() as session:
        rows = await session.exec(
            select(Attempt.registration_id, Attempt.id).where(col(Attempt.sitting_id) == sitting_id)
        )
        return dict(rows.all())


async def until_marked(database: Database, sitting_id: UUID, wanted: int) -> float:
    """Return the seconds until all attempts are closed and marked.

    Raises
    ------
    TimeoutError
    """
    began = time.perf_counter()
    statement = (
        sa.select(sa.func.count())
        .select_from(Attempt)
        .where(col(Attempt.sitting_id) == sitting_id, col(Attempt.marked_at).is_not(None))
    )
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.read() as session:
                if (await (await session.connection()).execute(statement)).scalar_one() == wanted:
                    return time.perf_counter() - began
            await asyncio.sleep(0.2)


async def storm(name: str, url: str, folder: Path, chosen: argparse.Namespace) -> tuple[list[str], int]:
    """Return the lines of one database, and how many requests failed."""
    settings = Settings(database_url=url, data_dir=folder / "data", packages=("exam_engine",), login_attempts=10_000)
    sitting_id, people = await seated_candidates(settings, chosen.candidates, seed=name)
    database = Database(url)
    server = ServerProcess(settings, port=free_port(), log_file=folder / f"{name}.log", workers=chosen.workers)
    server.start()
    try:
        await server.wait_until_ready()
        processes = [psutil.Process(server.pid)]
        port = int(server.url.rsplit(":", 1)[1])
        connections = await connected(port, len(people))
        lines, failed = [], 0

        def line(what: str, sent: Sent, cpu: float, note: str = "") -> None:
            nonlocal failed
            failed += sent.errors
            cells = (name, what, f"{len(sent.seconds):,}", f"{sent.elapsed:.1f}",
                     *(f"{sent.percentile_ms(share):,.0f}" for share in (0.5, 0.95, 0.99)),
                     f"{cpu / len(sent.seconds) * 1e3:.2f}", note, str(sent.errors))  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")

        async def asked(number: int, request: bytes) -> bool:
            # As browsers do: what the server closed is opened again, and what it closed at this moment asked again.
            if not connections[number].is_open:
                [connections[number]] = await connected(port, 1)
            if await connections[number].send(request):
                return True
            if connections[number].is_open:
                return False
            [connections[number]] = await connected(port, 1)
            return await connections[number].send(request)

        before = cpu_seconds(processes)
        starts = [post(person, "/api/delivery/attempt", {}) for person in people]
        sent = await spread(people, chosen.seconds, lambda n: asked(n, starts[n]))
        line("start", sent, cpu_seconds(processes) - before)
        attempts = await started_attempts(database, sitting_id)
        for person in people:
            person.attempt_id = attempts.get(person.registration_id, person.attempt_id)
            person.chain = genesis_hash(person.attempt_id)
        before = cpu_seconds(processes)
        sent = await spread(people, chosen.seconds, lambda n: asked(n, people[n].saves(1)[0]))
        line("first save", sent, cpu_seconds(processes) - before)
        ends = [
            post(
                person,
                f"/api/delivery/attempts/{person.attempt_id}/submission",
                {"epoch": 1, "last_seq": person.seq, "chain_head": person.chain},
            )
            for person in people
        ]
        before, began = cpu_seconds(processes), time.perf_counter()
        sent = await spread(people, chosen.seconds, lambda n: asked(n, ends[n]))
        await until_marked(database, sitting_id, len(people))
        all_marked = time.perf_counter() - began
        line("hand in", sent, cpu_seconds(processes) - before, f"all marked after {all_marked:.1f} s")
        close_all(connections)
    finally:
        server.stop()
        await database.close()
    return lines, failed


def close_all(connections: Sequence[Connection]) -> None:
    """Close the connections."""
    for connection in connections:
        connection.close()


def main() -> int:
    """Print the table; return 1 when any request failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="within which everybody starts, and hands in")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--databases", nargs="*", default=["SQLite", "PostgreSQL"])
    chosen = parser.parse_args()
    print("| database | act | requests | s in all | p50 ms | p95 ms | p99 ms | server CPU ms each | | errors |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="exam-storm-") as name, databases(Path(name)) as known:
        for database in chosen.databases:
            url = known[database][0]
            upgrade(url)
            lines, errors = asyncio.run(storm(database, url, Path(name), chosen))
            failed += errors
            print(*lines, sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
