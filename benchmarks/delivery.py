"""Durable saves per second and their latency, over real HTTP, on SQLite and PostgreSQL in one run.

``python -m benchmarks.delivery`` starts a server process of its own for each database, lets candidates start, prepares
every request beforehand (chained operations, one answer each) and replays them over keep-alive connections, each
connection sending its next save when the one before is acknowledged. The client shares the machine's cores with the
server, so the figures are floors; the server's own CPU time per save is measured apart.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from exam_engine.delivery.journal import chain_hash, genesis_hash
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.database_server import PostgresqlServer, fresh_name, run_sql, with_database


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    database: str
    connections: int
    saves_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    server_cpu_us: float
    errors: int


async def _started(server: ServerProcess, sitting: PreparedSitting) -> list[SimulatedCandidate]:
    timings = Timings()
    people = [
        SimulatedCandidate(
            httpx.AsyncClient(base_url=server.url, timeout=60),
            access_code=sitting.access_code,
            candidate_number=registered.candidate_number,
            identity_suffix=registered.person.identity_suffix,
            timings=timings,
        )
        for registered in sitting.registered
    ]
    for person in people:
        await person.log_in()
        await person.check_own_data()
    async with httpx.AsyncClient(base_url=server.url) as proctor:
        login = await proctor.post(
            "/api/session", json={"username": sitting.proctor_name, "password": PROCTOR_PASSWORD}
        )
        proctor.headers[CSRF_HEADER] = login.json()["csrf_token"]
        url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}/unlock"
        (await proctor.post(url, json={"all": True})).raise_for_status()
    for person in people:
        await person.start()
    return people


def _requests(person: SimulatedCandidate, count: int) -> list[bytes]:
    """Return the bytes of ``count`` saves of one chained operation each."""
    cookie, csrf = person.client.cookies[SESSION_COOKIE], person.client.headers[CSRF_HEADER]
    chain, requests = genesis_hash(person.attempt_id), []
    items = person.paper["items"]
    for seq in range(1, count + 1):
        item = items[seq % len(items)]
        operation = {
            "seq": seq,
            "kind": "answer",
            "item": item["ref"],
            "value": [item["options"][seq % 4]["id"]],
            "at_ms": seq * 700,
        }
        text = json.dumps(operation, separators=(",", ":"))
        chain = chain_hash(chain, text)
        body = json.dumps({"epoch": 1, "ops": [{"seq": seq, "hash": chain, "body": text}], "confirmed": []}).encode()
        head = (
            f"POST /api/delivery/attempts/{person.attempt_id}/journal HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Cookie: {SESSION_COOKIE}={cookie}\r\n{CSRF_HEADER}: {csrf}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


async def _replay(port: int, requests: list[bytes], until: float, latencies: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    errors = 0
    for request in requests:
        began = time.perf_counter()
        if began > until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        latencies.append(time.perf_counter() - began)
        errors += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    return errors


def _cpu_seconds(url: str) -> float:
    port = int(url.rsplit(":", 1)[1])
    for process in psutil.process_iter():
        try:
            if any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in process.net_connections()):
                times = process.cpu_times()
                return float(times.user + times.system)
        except psutil.Error:
            continue
    raise RuntimeError("the server process was not found")


async def measure(
    settings: Settings, database_name: str, connections: int, seconds: float, folder: Path, *, seed: str
) -> Row:
    """Measure one database at one number of connections; every connection is one candidate."""
    database = Database(settings.database_url)
    sitting = await prepare_sitting(database, settings, candidates=connections, now=utc_now(), rng=random.Random(seed))
    await database.close()
    server = ServerProcess(settings, port=free_port(), log_file=folder / f"{database_name}.log")
    server.start()
    try:
        await server.wait_until_ready()
        people = await _started(server, sitting)
        prepared = [_requests(person, max(50, int(seconds * 6000 / connections))) for person in people]
        for person in people:
            await person.client.aclose()
        port = int(server.url.rsplit(":", 1)[1])
        latencies: list[float] = []
        cpu_before, began = _cpu_seconds(server.url), time.perf_counter()
        errors = await asyncio.gather(*(_replay(port, requests, began + seconds, latencies) for requests in prepared))
        elapsed, cpu = time.perf_counter() - began, _cpu_seconds(server.url) - cpu_before
    finally:
        server.stop()
    ranked = sorted(latencies)

    def percentile(share: float) -> float:
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000

    return Row(
        database=database_name,
        connections=connections,
        saves_per_second=len(latencies) / elapsed,
        p50_ms=statistics.median(ranked) * 1000,
        p95_ms=percentile(0.95),
        p99_ms=percentile(0.99),
        server_cpu_us=cpu / len(latencies) * 1e6,
        errors=sum(errors),
    )


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    server = PostgresqlServer()
    maintenance = server.start()
    name = fresh_name("exam_bench")
    run_sql(maintenance, f'CREATE DATABASE "{name}"')
    try:
        yield {"SQLite": f"sqlite:///{folder / 'exam.db'}", "PostgreSQL": with_database(maintenance, name)}
    finally:
        run_sql(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')
        server.stop()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=6.0, help="seconds of saving per line")
    parser.add_argument("--connections", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--rounds", type=int, default=3, help="each line is the round with the median throughput")
    chosen = parser.parse_args()
    print("| database | connections | saves/s | p50 ms | p95 ms | p99 ms | server CPU µs/save | errors |")
    print("|---|---|---|---|---|---|---|---|")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="exam-bench-") as name, _databases(Path(name)) as urls:
        folder = Path(name)
        for url in urls.values():
            upgrade(url)
        rows: dict[tuple[str, int], list[Row]] = {}
        for number in range(chosen.rounds):
            for database_name, url in urls.items():
                settings = Settings(
                    database_url=url, data_dir=folder / "data", packages=("exam_engine",), login_attempts=10_000
                )
                for connections in chosen.connections:
                    # Another seed for every round: the names of one round stay in the database of the next.
                    seed = f"{connections} connections, round {number}"
                    row = asyncio.run(measure(settings, database_name, connections, chosen.seconds, folder, seed=seed))
                    rows.setdefault((database_name, connections), []).append(row)
        for measured in rows.values():
            row = sorted(measured, key=lambda r: r.saves_per_second)[len(measured) // 2]
            failed += sum(r.errors for r in measured)
            print(
                f"| {row.database} | {row.connections} | {row.saves_per_second:,.0f} | {row.p50_ms:.1f} "
                f"| {row.p95_ms:.1f} | {row.p99_ms:.1f} | {row.server_cpu_us:,.0f} | {row.errors} |"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
