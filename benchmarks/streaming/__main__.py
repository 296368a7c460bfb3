"""Streams to many candidates: one instruction to all, one a second to all, idle, memory, opening.

Starts real server processes. On PostgreSQL the streams are on one server and the proctor on another, so that news goes
over the bus and the processor time of the first is that of streaming alone; on SQLite one server does both. The load
generator shares the machine; its own processor time is told.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import uvloop

from benchmarks.streaming.readers import Arrivals, Reader, open_readers
from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from exam_engine.delivery import seats
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.database_server import own_database


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    case: str
    streams: int
    open_seconds: float
    kib: float
    empty_core: float
    idle_core: float
    answered_ms: float
    last_ms: float
    last_worst_ms: float
    steady_core: float
    client_core: float
    lost: int


class Server:
    """A server process whose processor time and memory are looked at from outside."""

    def __init__(self, settings: Settings, log_file: Path) -> None:
        self._process = ServerProcess(settings, port=free_port(), log_file=log_file)
        self._process.start()
        self.url = self._process.url
        self.port = int(self.url.rsplit(":", 1)[1])

    async def ready(self) -> None:
        """Wait until it answers."""
        await self._process.wait_until_ready()

    def cpu(self) -> float:
        """Return the processor seconds that it has used."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def memory(self) -> int:
        """Return the bytes that only it holds."""
        return int(psutil.Process(self._process.pid).memory_full_info().uss)

    def stop(self) -> None:
        """Ask it to end."""
        self._process.stop()


async def _requests(database: Database, sitting: PreparedSitting) -> list[bytes]:
    """Log all candidates in, past the routes, and return what each sends to open a stream."""
    now, requests = utc_now(), []
    async with database.write() as session:
        for registered in sitting.registered:
            opened = accounts.open_session(
                session,
                user_id=None,
                registration_id=registered.registration_id,
                display_name=registered.person.full_name,
                lifetime=Settings().candidate_session,
                now=now,
            )
            await seats.take_seat(
                session,
                registration_id=registered.registration_id,
                login_session_id=opened.login_session.id,
                now=now,
            )
            requests.append(
                (
                    "GET /api/delivery/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
                    f"Accept-Encoding: gzip\r\nCookie: {SESSION_COOKIE}={opened.token}\r\n\r\n"
                ).encode()
            )
    return requests


class Proctor:
    """Sends messages to the whole room."""

    def __init__(self, client: httpx.AsyncClient, sitting_id: UUID, room_id: UUID) -> None:
        self._client = client
        self._url = f"/api/proctoring/sittings/{sitting_id}/rooms/{room_id}/messages"

    async def send(self, text: str) -> None:
        """Send one message to all seats."""
        (await self._client.post(self._url, json={"all": True, "text": text})).raise_for_status()


async def _proctor(server: Server, sitting: PreparedSitting) -> Proctor:
    client = httpx.AsyncClient(base_url=server.url, timeout=60)
    login = await client.post("/api/session", json={"username": sitting.proctor_name, "password": PROCTOR_PASSWORD})
    client.headers[CSRF_HEADER] = login.json()["csrf_token"]
    return Proctor(client, sitting.sitting_id, sitting.room_id)


async def measure(case: str, settings: Settings, *, streams: int, servers: int, seconds: int, folder: Path) -> Row:
    """Measure one database; with two servers the proctor is on the second."""
    database = Database(settings.database_url)
    sitting = await prepare_sitting(database, settings, candidates=streams, now=utc_now(), rng=random.Random(case))
    requests = await _requests(database, sitting)
    await database.close()
    running = [Server(settings, folder / f"{case}-{number}.log") for number in range(servers)]
    readers: list[Reader] = []
    try:
        for server in running:
            await server.ready()
        held, proctor = running[0], await _proctor(running[-1], sitting)
        arrivals = Arrivals()
        # A first stream has everything loaded that any stream needs.
        for reader in await open_readers(held.port, requests[:20], Arrivals()):
            reader.close()
        cpu, began = held.cpu(), time.perf_counter()
        await asyncio.sleep(10)
        empty_core = (held.cpu() - cpu) / (time.perf_counter() - began)
        memory, began = held.memory(), time.perf_counter()
        readers = await open_readers(held.port, requests, arrivals)
        open_seconds = time.perf_counter() - began
        kib = (held.memory() - memory) / streams / 1024
        idle_seconds = 2 * settings.stream_heartbeat.total_seconds()
        cpu, began = held.cpu(), time.perf_counter()
        await asyncio.sleep(idle_seconds)
        idle_core = (held.cpu() - cpu) / (time.perf_counter() - began)

        answered, last = [], []
        for number in range(5):
            arrivals.times.clear()
            began = time.perf_counter()
            await proctor.send(f"Lần {number}")
            answered.append((time.perf_counter() - began) * 1000)
            await arrivals.until(streams)
            last.append((max(arrivals.times) - began) * 1000)
            await asyncio.sleep(1)

        arrivals.times.clear()
        cpu, client_cpu, began = held.cpu(), time.process_time(), time.perf_counter()
        for number in range(seconds):
            await asyncio.sleep(max(0.0, began + number - time.perf_counter()))
            await proctor.send(f"Giây {number}")
        await arrivals.until(streams * seconds)
        await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
        elapsed, spent = time.perf_counter() - began, held.cpu() - cpu
        client_core = (time.process_time() - client_cpu) / elapsed
    finally:
        for reader in readers:
            reader.close()
        for server in running:
            server.stop()
    return Row(
        case=case,
        streams=streams,
        open_seconds=open_seconds,
        kib=kib,
        empty_core=empty_core,
        idle_core=idle_core,
        answered_ms=statistics.median(answered),
        last_ms=statistics.median(last),
        last_worst_ms=max(last),
        steady_core=spent / elapsed,
        client_core=client_core,
        lost=arrivals.lost,
    )


def _line(row: Row) -> str:
    return (
        f"| {row.case} | {row.streams:,} | {row.last_ms:,.0f} ({row.last_worst_ms:,.0f}) | {row.answered_ms:,.0f} "
        f"| {row.steady_core:.1%} | {row.idle_core:.1%} | {row.empty_core:.1%} "
        f"| {row.kib:.1f} | {row.open_seconds:.1f} | {row.client_core:.1%} | {row.lost} |"
    )


def main() -> int:
    """Print the table; ends with 1 when a stream was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("cases", nargs="*", default=["sqlite", "postgresql"], help="sqlite, postgresql")
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=15, help="seconds with one instruction to all in each")
    chosen = parser.parse_args()
    print(
        "| database | streams | to the last, ms (worst) | sender answered, ms | core at 1 event/s | core idle "
        "| core without streams | KiB/stream | opened in, s | client core | lost |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    lost = 0
    with tempfile.TemporaryDirectory(prefix="exam-bench-") as name:
        folder = Path(name)

        def run(case: str, url: str, servers: int) -> int:
            upgrade(url)
            settings = Settings(database_url=url, data_dir=folder / "data", packages=("exam_engine",))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                row = runner.run(
                    measure(
                        case, settings, streams=chosen.streams, servers=servers, seconds=chosen.seconds, folder=folder
                    )
                )
            print(_line(row), flush=True)
            return row.lost

        if "sqlite" in chosen.cases:
            lost += run("SQLite, one server", f"sqlite:///{folder / 'exam.db'}", 1)
        if "postgresql" in chosen.cases:
            with own_database() as own:
                lost += run("PostgreSQL, proctor on another server", own.url, 2)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
