"""Durable saves beside a bare route of the same server process: ``python -m benchmarks.delivery``.

Each database has a server process of its own. Saves (one chained operation each, acknowledged with a signed receipt
after the commit) and calls of a FastAPI route that only validates the same body and returns as many bytes take turns
within the same seconds. The load generator shares the machine's cores with the server, so that throughput is a floor;
the CPU time of server and database processes is counted apart.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks.delivery.client import Connection, Sent, closed_loop, connected, open_loop
from benchmarks.delivery.processes import cpu_seconds, databases
from benchmarks.delivery.sitting import Working, working_candidates
from exam_engine.core.config import Settings
from exam_engine.core.migrate import upgrade
from load_tests.server import ServerProcess, free_port

PEER = "/bare/attempts"


@dataclass(frozen=True, slots=True)
class Turns:
    """What the turns of one line measured: all requests of a kind, and its CPU microseconds a request turn by turn."""

    saves: Sent
    bare: Sent
    save_us: list[float]
    database_us: list[float]
    bare_us: list[float]

    @property
    def ratio(self) -> float:
        """CPU of a save, database included, by that of a call of the bare route of the same turn; the median."""
        pairs = zip(self.save_us, self.database_us, self.bare_us, strict=True)
        return statistics.median((save + database) / bare for save, database, bare in pairs)


async def take_turns(
    server: Sequence[psutil.Process],
    database: Sequence[psutil.Process],
    connections: Sequence[Connection],
    people: Sequence[Working],
    *,
    turns: int,
    requests: int,
) -> Turns:
    """Send ``requests`` saves and as many calls of the bare route, ``turns`` times."""
    each = max(2, requests // len(people))
    measured = Turns(Sent(), Sent(), [], [], [])
    await closed_loop(connections, [person.saves(2) for person in people])
    for _ in range(turns):
        for kind in ("bare", "save"):
            if kind == "bare":
                own = [replace(person).saves(each, path=PEER) for person in people]
            else:
                own = [person.saves(each) for person in people]
            before, database_before = cpu_seconds(server), cpu_seconds(database)
            sent = await closed_loop(connections, own)
            us = (cpu_seconds(server) - before) / len(sent.seconds) * 1e6
            if kind == "bare":
                measured.bare.join(sent)
                measured.bare_us.append(us)
            else:
                measured.saves.join(sent)
                measured.save_us.append(us)
                measured.database_us.append((cpu_seconds(database) - database_before) / len(sent.seconds) * 1e6)
    return measured


async def measure(
    name: str,
    url: str,
    database: Sequence[psutil.Process],
    folder: Path,
    workers: int,
    chosen: argparse.Namespace,
    closed: list[str],
    opened: list[str],
) -> int:
    """Add the lines of one database and number of workers; return how many requests failed."""
    settings = Settings(
        database_url=url,
        data_dir=folder / "data",
        packages=("exam_engine", "benchmarks.delivery"),
        login_attempts=10_000,
    )
    most = max([*chosen.connections, *([2_000] if chosen.rates else [])])
    people = await working_candidates(settings, most, seed=f"{name} {workers}")
    server = ServerProcess(settings, port=free_port(), log_file=folder / f"{name}-{workers}.log", workers=workers)
    server.start()
    failed = 0
    try:
        await server.wait_until_ready()
        process = [psutil.Process(server.pid)]
        port = int(server.url.rsplit(":", 1)[1])
        connections = await connected(port, most)
        for count in chosen.connections:
            turns = await take_turns(
                process,
                database,
                connections[:count],
                people[:count],
                turns=chosen.turns,
                requests=max(chosen.requests, 4 * count),
            )
            failed += turns.saves.errors + turns.bare.errors
            closed.append(closed_line(name, workers, count, turns))
        # As on the day: everybody was there before, so that the server knows their logins.
        await closed_loop(connections, [person.saves(1) for person in people])
        for rate in chosen.rates:
            sent = await open_loop(connections, lambda n: people[n].saves(1)[0], rate, chosen.seconds, name)
            failed += sent.errors
            opened.append(open_line(name, workers, rate, sent))
        for connection in connections:
            connection.close()
    finally:
        server.stop()
    return failed


CLOSED_HEAD = """\
| database | workers | connections | saves/s | p50 ms | p95 ms | p99 ms | CPU µs a save: server | database | bare/s \
| CPU µs bare | ratio | errors |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""
OPEN_HEAD = """\
| database | workers | saves/s wanted | made | p50 ms | p95 ms | p99 ms | errors |
|---|---|---|---|---|---|---|---|"""


def closed_line(name: str, workers: int, connections: int, turns: Turns) -> str:
    """Return a line of the table of closed loops."""
    saves, bare = turns.saves, turns.bare
    cells = (
        name,
        str(workers),
        f"{connections:,}",
        f"{len(saves.seconds) / saves.elapsed:,.0f}",
        *(f"{saves.percentile_ms(share):.1f}" for share in (0.5, 0.95, 0.99)),
        f"{statistics.median(turns.save_us):.0f}",
        f"{statistics.median(turns.database_us):.0f}",
        f"{len(bare.seconds) / bare.elapsed:,.0f}",
        f"{statistics.median(turns.bare_us):.0f}",
        f"{turns.ratio:.2f}",
        str(saves.errors + bare.errors),
    )
    return f"| {' | '.join(cells)} |"


def open_line(name: str, workers: int, rate: float, sent: Sent) -> str:
    """Return a line of the table of open loops."""
    latencies = (f"{sent.percentile_ms(share):.1f}" for share in (0.5, 0.95, 0.99))
    cells = (name, str(workers), f"{rate:,.0f}", f"{len(sent.seconds) / sent.elapsed:,.0f}", *latencies)
    return f"| {' | '.join(cells)} | {sent.errors} |"


def main() -> int:
    """Print the tables; return 1 when any request failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--connections", type=int, nargs="*", default=[64, 512, 2_000])
    parser.add_argument("--rates", type=float, nargs="*", default=[500, 1_500, 3_000], help="open loop, saves/s")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--databases", nargs="*", default=["SQLite", "PostgreSQL"])
    parser.add_argument("--turns", type=int, default=5, help="of each line, saves and bare calls in turn")
    parser.add_argument("--requests", type=int, default=4_000, help="saves, and bare calls, of a turn")
    parser.add_argument("--seconds", type=float, default=8.0, help="of an open loop")
    chosen = parser.parse_args()
    failed = 0
    closed: list[str] = []
    opened: list[str] = []
    with tempfile.TemporaryDirectory(prefix="exam-bench-") as name, databases(Path(name)) as known:
        for database in chosen.databases:
            url, processes = known[database]
            upgrade(url)
            for workers in chosen.workers:
                failed += asyncio.run(measure(database, url, processes, Path(name), workers, chosen, closed, opened))
    print(CLOSED_HEAD, *closed, sep="\n")
    if opened:
        print("", OPEN_HEAD, *opened, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
