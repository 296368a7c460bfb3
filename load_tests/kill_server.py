"""Kill the server while candidates save, start it again, and hold every receipt against what is stored.

``python -m load_tests.kill_server`` needs nothing but the project: it prepares a sitting in a database of its own
(``--database-url`` for PostgreSQL), lets candidates save through real HTTP, kills the server process with SIGKILL
several times, and at the end compares. The last line says ``acknowledged N, lost 0, doubled 0``; the exit code is 1
when anything was lost or doubled.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from load_tests.audit import audit_database
from load_tests.candidates import Acknowledged, SimulatedCandidate, Timings
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found."""

    candidates: int
    kills: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    save_p95_ms: float

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost or doubled, and something was acknowledged at all."""
        return self.lost == 0 and self.doubled == 0 and self.acknowledged > 0


async def run(settings: Settings, *, candidates: int, kills: int, seconds: float, folder: Path) -> Verdict:
    """Run the proof once; the database is migrated already."""
    database = Database(settings.database_url)
    rng = random.Random(20260801)
    try:
        sitting = await prepare_sitting(database, settings, candidates=candidates, now=utc_now(), rng=rng)
        server = ServerProcess(settings, port=free_port(), log_file=folder / "server.log")
        server.start()
        try:
            await server.wait_until_ready()
            timings, people = await _save_while_killing(server, sitting, kills=kills, seconds=seconds, rng=rng)
        finally:
            server.stop()
        receipts = [person.acknowledged for person in people if person.acknowledged is not None]
        return await compare(database, receipts, kills, timings)
    finally:
        await database.close()


async def _save_while_killing(
    server: ServerProcess, sitting: PreparedSitting, *, kills: int, seconds: float, rng: random.Random
) -> tuple[Timings, list[SimulatedCandidate]]:
    timings = Timings()
    limits = httpx.Limits(max_connections=None)
    clients = [
        httpx.AsyncClient(base_url=server.url, timeout=10, limits=limits) for _ in range(len(sitting.registered) + 1)
    ]
    try:
        people = people_of(sitting, clients, timings)
        await asyncio.gather(*(take_seat(person) for person in people))
        await unlock_all(clients[-1], sitting)
        await asyncio.gather(*(person.start() for person in people))
        is_over = asyncio.Event()
        saving = [asyncio.create_task(_keep_saving(person, is_over, random.Random(rng.random()))) for person in people]
        for _ in range(kills):
            await asyncio.sleep(seconds / (kills + 1))
            server.kill()
            server.start()
            await server.wait_until_ready()
        await asyncio.sleep(seconds / (kills + 1))
        is_over.set()
        await asyncio.gather(*saving)
    finally:
        for client in clients:
            await client.aclose()
    return timings, people


def people_of(
    sitting: PreparedSitting, clients: Sequence[httpx.AsyncClient], timings: Timings
) -> list[SimulatedCandidate]:
    """Return the candidates of a sitting, each with one of the clients."""
    return [
        SimulatedCandidate(
            client,
            access_code=sitting.access_code,
            candidate_number=registered.candidate_number,
            identity_suffix=registered.person.identity_suffix,
            timings=timings,
        )
        for client, registered in zip(clients, sitting.registered, strict=False)
    ]


async def take_seat(person: SimulatedCandidate) -> None:
    """Log in and confirm the own data."""
    await person.log_in()
    await person.check_own_data()


async def unlock_all(client: httpx.AsyncClient, sitting: PreparedSitting) -> None:
    """Log the proctor in and unlock the room."""
    login = await client.post("/api/session", json={"username": sitting.proctor_name, "password": PROCTOR_PASSWORD})
    client.headers[CSRF_HEADER] = login.json()["csrf_token"]
    url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}/unlock"
    (await client.post(url, json={"all": True})).raise_for_status()


async def _keep_saving(person: SimulatedCandidate, is_over: asyncio.Event, rng: random.Random) -> None:
    items = person.paper["items"]
    while not is_over.is_set():
        item = rng.choice(items)
        for _ in range(rng.randint(1, 3)):
            person.note("answer", item["ref"], [rng.choice(item["options"])["id"]])
        await person.save()
        await asyncio.sleep(rng.random() * 0.2)


async def compare(database: Database, receipts: list[Acknowledged], kills: int, timings: Timings) -> Verdict:
    """Hold what was acknowledged against what is stored."""
    audit = await audit_database(database, receipts)
    return Verdict(
        candidates=audit.attempts,
        kills=kills,
        acknowledged=audit.acknowledged,
        stored=audit.stored,
        lost=audit.lost,
        doubled=audit.doubled,
        save_p95_ms=timings.percentile("save", 0.95) * 1000,
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="time of saving, restarts not counted")
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database; SQLite when left out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exam-kill-") as name:
        folder = Path(name)
        settings = Settings(
            database_url=chosen.database_url or f"sqlite:///{folder / 'exam.db'}",
            data_dir=folder / "data",
            packages=("exam_engine",),
            login_attempts=10_000,
        )
        upgrade(settings.database_url)
        verdict = asyncio.run(
            run(settings, candidates=chosen.candidates, kills=chosen.kills, seconds=chosen.seconds, folder=folder)
        )
    print(
        f"{verdict.candidates} candidates, {verdict.kills} kills, {verdict.stored} operations stored, "
        f"save p95 {verdict.save_p95_ms:.0f} ms (waiting for restarts included)"
    )
    print(f"acknowledged {verdict.acknowledged}, lost {verdict.lost}, doubled {verdict.doubled}")
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
