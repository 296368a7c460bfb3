"""A sitting of three hours as fast as it goes: the server's memory stays flat (``python -m load_tests.long_sitting``).

Every candidate saves, sends heartbeats and comes back to the event stream as often as in three hours, without the
pauses in between. The memory of the server process is looked at all along; the exit code is 1 when, after the first
third, it still grows by more than the bound.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import psutil

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.kill_server import people_of, take_seat, unlock_all
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from load_tests.streams import CANDIDATE_EVENTS, EventReader

SAVES_PER_MINUTE = 2
HEARTBEATS_PER_MINUTE = 2
MINUTES_PER_STREAM = 20
"""After so many minutes the network is gone for a moment, and the stream is opened anew."""
LARGEST_GROWTH_MB = 16.0
_MB = 1024 * 1024


async def hold(settings: Settings, folder: Path, *, candidates: int, minutes: int) -> list[float]:
    """Hold the sitting on a migrated database; returns the server's memory in MB after each minute."""
    database, rng = Database(settings.database_url), random.Random(7)
    length = timedelta(minutes=minutes)
    sitting = await prepare_sitting(
        database, settings, candidates=candidates, now=utc_now(), rng=rng, duration=length, window=2 * length
    )
    await database.close()
    server = ServerProcess(settings, port=free_port(), log_file=folder / "server.log")
    server.start()
    try:
        await server.wait_until_ready()
        return await _minutes(server, sitting, minutes, rng)
    finally:
        server.stop()


async def _minutes(server: ServerProcess, sitting: PreparedSitting, minutes: int, rng: random.Random) -> list[float]:
    process = psutil.Process(server.pid)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=60))
            for _ in range(len(sitting.registered) + 1)
        ]
        people = people_of(sitting, clients, Timings())
        await asyncio.gather(*(take_seat(person) for person in people))
        await unlock_all(clients[-1], sitting)
        await asyncio.gather(*(person.start() for person in people))
        streams: list[asyncio.Task[None]] = []
        memory = []
        for minute in range(minutes):
            if minute % MINUTES_PER_STREAM == 0:
                await _leave(streams)
                streams = [asyncio.create_task(_read(person)) for person in people]
            await asyncio.gather(*(_minute(person, rng) for person in people))
            memory.append(process.memory_info().rss / _MB)
        await _leave(streams)
        await asyncio.gather(*(person.submit() for person in people))
    return memory


async def _minute(person: SimulatedCandidate, rng: random.Random) -> None:
    for _ in range(SAVES_PER_MINUTE):
        item = rng.choice(person.paper["items"])
        person.note("navigate", item["ref"])
        person.note("answer", item["ref"], [rng.choice(item["options"])["id"]])
        await person.save()
    for _ in range(HEARTBEATS_PER_MINUTE):
        await person.save()


async def _read(person: SimulatedCandidate) -> None:
    async for _ in EventReader(person.client, CANDIDATE_EVENTS).events():
        pass


async def _leave(streams: Sequence[asyncio.Task[None]]) -> None:
    for task in streams:
        task.cancel()
    for task in streams:
        with contextlib.suppress(asyncio.CancelledError):
            await task


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=180, help="of the sitting, not of the clock on the wall")
    chosen = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="exam-long-") as name:
        folder = Path(name)
        settings = Settings(
            database_url=f"sqlite:///{folder / 'exam.db'}",
            data_dir=folder / "data",
            packages=("exam_engine",),
            login_attempts=10_000,
        )
        upgrade(settings.database_url)
        memory = asyncio.run(hold(settings, folder, candidates=chosen.candidates, minutes=chosen.minutes))
    warm = memory[len(memory) // 3]
    growth = max(memory[len(memory) // 3 :]) - warm
    requests = chosen.candidates * chosen.minutes * (SAVES_PER_MINUTE + HEARTBEATS_PER_MINUTE)
    print(f"{chosen.candidates} candidates, {chosen.minutes} minutes in {time.perf_counter() - began:.0f} s")
    print("MB " + " ".join(f"{one:.0f}" for one in memory[:: max(1, len(memory) // 18)]))
    print(f"{requests:,} requests; {warm:.1f} MB after the first third, at most {growth:.1f} MB more after it")
    return 1 if growth > LARGEST_GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
