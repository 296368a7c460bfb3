"""The clock of a server is set in the middle of an exam: nobody loses or gains a second, also over a restart."""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.kill_server import compare, people_of, take_seat, unlock_all
from load_tests.prepared_sitting import prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.faults.stepping.api import SHIFT_VARIABLE

MINUTES = 45
ROUNDS_SECONDS = 2.5
"""Long enough for the server to have looked at its clock."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.extended])], indirect=True
)
async def test_a_clock_set_in_an_exam_is_followed_after_it(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    shift = tmp_path / "shift"
    shift.write_text("0", encoding="ascii")
    chosen = settings.model_copy(update={"packages": ("exam_engine", "tests.faults.stepping")})
    sitting = await prepare_sitting(
        database,
        chosen,
        candidates=3,
        now=utc_now(),
        rng=random.Random(7),
        item_count=3,
        duration=timedelta(minutes=MINUTES),
    )
    server = ServerProcess(chosen, port=free_port(), log_file=tmp_path / "server.log")

    def start() -> None:
        server.start(**{SHIFT_VARIABLE: str(shift)})

    start()
    try:
        await server.wait_until_ready()
        async with httpx.AsyncClient(base_url=server.url, timeout=10) as proctor:
            clients = [httpx.AsyncClient(base_url=server.url, timeout=10) for _ in sitting.registered]
            people = people_of(sitting, clients, Timings())
            await asyncio.gather(*(take_seat(person) for person in people))
            await unlock_all(proctor, sitting)
            await asyncio.gather(*(person.start() for person in people))
            began = utc_now()

            async def time_is_as_it_was() -> None:
                for person in people:
                    person.note("answer", person.paper["items"][0]["ref"], [_option(person)])
                    receipt = await person.save()
                    left = timedelta(milliseconds=receipt["remaining_ms"])
                    assert abs(left - (timedelta(minutes=MINUTES) - (utc_now() - began))) < timedelta(seconds=2)
                assert await _ahead(proctor) < timedelta(seconds=1)

            for seconds in (3600, -86_400, 40 * 60):
                shift.write_text(str(seconds), encoding="ascii")
                await asyncio.sleep(ROUNDS_SECONDS)
                await time_is_as_it_was()
            assert server.log_file.read_text(encoding="utf-8").count("clock_was_set") == 3
            server.kill()
            start()
            await server.wait_until_ready()
            await time_is_as_it_was()
            for person in people:
                await person.submit()
            await asyncio.sleep(ROUNDS_SECONDS)
            assert abs(await _ahead(proctor) - timedelta(minutes=40)) < timedelta(seconds=2)
            for client in clients:
                await client.aclose()
    finally:
        server.stop()
    receipts = [person.acknowledged for person in people if person.acknowledged is not None]
    compared = await compare(database, receipts, 1, Timings())
    assert (compared.candidates, compared.lost, compared.doubled) == (3, 0, 0)


def _option(person: SimulatedCandidate) -> str:
    option: str = person.paper["items"][0]["options"][0]["id"]
    return option


async def _ahead(client: httpx.AsyncClient) -> timedelta:
    """Return how far the server's time is ahead of the machine's."""
    told = (await client.get("/api/delivery/time")).raise_for_status().json()
    return datetime.fromisoformat(told["server_time"]) - utc_now()
