"""An exam on two servers whose lines are cut and healed: candidates, database and bus of the one, a board on the other.

What a server acknowledged is stored, whatever was cut; when all is healed, the board shows what is stored and the
candidates have every message.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

import httpx
import sqlalchemy as sa

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.kill_server import Verdict, compare, people_of, take_seat, unlock_all
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from load_tests.streams import EventReader, follow
from tests.faults.cut_link import Cut, Link, to_port, to_socket

LineName = Literal["candidates", "database", "bus"]
LINES: tuple[LineName, ...] = ("candidates", "database", "bus")
HEARTBEAT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PlannedCut:
    """One cut: which line, in what way, for how many seconds."""

    line: LineName
    how: StrEnum
    seconds: float = 1.2


EVERY_CUT = [PlannedCut(line, how) for line in LINES for how in Cut]
"""Of lines that this program carries."""

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class PartitionVerdict:
    """What an exam under cuts came to; ``faults`` are sentences and must be none."""

    cuts: int
    compared: Verdict
    faults: tuple[str, ...]


class Board:
    """A room board as its page keeps it: fetched when told so, rows replaced as they come."""

    def __init__(self, client: httpx.AsyncClient, sitting: PreparedSitting) -> None:
        self._client = client
        self.url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
        self.rows: dict[str, dict[str, Any]] = {}

    async def fetch(self) -> dict[str, dict[str, Any]]:
        """Return the rows as the server shows them now."""
        board = (await self._client.get(self.url)).raise_for_status().json()
        return {row["registration_id"]: row for row in board["seats"]}

    async def keep(self) -> None:
        """Follow the stream."""
        async for event in EventReader(self._client, f"{self.url}/events").events():
            if event.name == "board":
                self.rows = await self.fetch()
            elif event.name == "seat":
                self.rows[event.data["registration_id"]] = event.data


class Line(Protocol):
    """A line that can be cut and healed."""

    def cut(self, how: Any) -> None:
        """Break it in a way of its own."""

    def heal(self) -> None:
        """Mend it."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """A server and what it needs, with lines between them.

    Attributes
    ----------
    settings : of the server behind the lines.
    server : that server, not yet started.
    url : where candidates find it, over their line.
    """

    lines: Mapping[LineName, Line]
    settings: Settings
    server: ServerProcess
    url: str


Wired = Callable[[Settings], AbstractAsyncContextManager[Wiring]]
"""Joins a server to database and bus for an exam with the settings of the whole."""


def wired_through_links(bus_port: int, folder: Path) -> Wired:
    """Return wires of this program's own (:mod:`tests.faults.cut_link`), which need no rights on the machine."""

    @asynccontextmanager
    async def wired(settings: Settings) -> AsyncIterator[Wiring]:
        port = free_port()
        async with (
            to_port(port).running() as candidates,
            _to_database(settings.database_url).running() as database,
            to_port(bus_port).running() as bus,
        ):
            behind = settings.model_copy(
                update={
                    "database_url": at_address(settings.database_url, "127.0.0.1", database.port),
                    "bus_url": f"redis://127.0.0.1:{bus.port}/0",
                }
            )
            yield Wiring(
                {"candidates": candidates, "database": database, "bus": bus},
                behind,
                ServerProcess(behind, port=port, log_file=folder / "one.log"),
                f"http://127.0.0.1:{candidates.port}",
            )

    return wired


async def hold_under_cuts(
    settings: Settings, wired: Wired, *, cuts: Sequence[PlannedCut], candidates: int, seed: int, folder: Path
) -> PartitionVerdict:
    """Hold an exam on PostgreSQL and Redis while lines are cut one after another; the database is migrated."""
    chosen = settings.model_copy(
        update={"packages": ("exam_engine",), "login_attempts": 10_000, "stream_heartbeat": HEARTBEAT}
    )
    database, rng = Database(chosen.database_url), random.Random(seed)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        sitting = await prepare_sitting(database, chosen, candidates=candidates, now=utc_now(), rng=rng, item_count=5)
        wiring = await stack.enter_async_context(wired(chosen))
        other = ServerProcess(chosen, port=free_port(), log_file=folder / "other.log")
        for server in (wiring.server, other):
            # The lines may be carried by this very loop, and a server that ends says so to its database.
            stack.push_async_callback(asyncio.to_thread, server.stop)
            server.start()
        await asyncio.gather(wiring.server.wait_until_ready(), other.wait_until_ready())
        async with asyncio.timeout(_PATIENCE + sum(cut.seconds for cut in cuts)):
            return await _exam(stack, database, sitting, wiring, other.url, cuts, rng)


async def _exam(
    stack: AsyncExitStack,
    database: Database,
    sitting: PreparedSitting,
    wiring: Wiring,
    other_url: str,
    cuts: Sequence[PlannedCut],
    rng: random.Random,
) -> PartitionVerdict:
    clients = [
        await stack.enter_async_context(httpx.AsyncClient(base_url=wiring.url, timeout=2.0)) for _ in sitting.registered
    ]
    proctor = await stack.enter_async_context(httpx.AsyncClient(base_url=other_url, timeout=10.0))
    timings = Timings()
    people = people_of(sitting, clients, timings)
    await asyncio.gather(*(take_seat(person) for person in people))
    await unlock_all(proctor, sitting)
    await asyncio.gather(*(person.start() for person in people))
    board, is_over = Board(proctor, sitting), asyncio.Event()
    reading = [asyncio.create_task(board.keep()), *(asyncio.create_task(follow(person)) for person in people)]
    saving = [asyncio.create_task(_keep_saving(person, is_over, random.Random(rng.random()))) for person in people]
    texts = []
    for number, cut in enumerate(cuts):
        await asyncio.sleep(rng.random() * 0.4)
        line = wiring.lines[cut.line]
        line.cut(cut.how)
        texts.append(f"Thông báo {number}")
        said = await proctor.post(f"{board.url}/messages", json={"all": True, "text": texts[-1]})
        said.raise_for_status()
        await asyncio.sleep(cut.seconds)
        line.heal()
    is_over.set()
    await asyncio.gather(*saving)
    faults = await _catch_up(board, people, texts)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    receipts = [person.acknowledged for person in people if person.acknowledged is not None]
    return PartitionVerdict(len(cuts), await compare(database, receipts, 0, timings), tuple(faults))


async def _keep_saving(person: SimulatedCandidate, is_over: asyncio.Event, rng: random.Random) -> None:
    while True:
        # The last save comes after the last cut: what was held back meanwhile is sent with it.
        is_last = is_over.is_set()
        item = rng.choice(person.paper["items"])
        person.note("answer", item["ref"], [rng.choice(item["options"])["id"]])
        await person.save()
        if is_last:
            return
        await asyncio.sleep(rng.random() * 0.2)


async def _catch_up(board: Board, people: Sequence[SimulatedCandidate], texts: Sequence[str]) -> list[str]:
    """Wait until board and candidates have everything; return what they still lack after some heartbeats."""
    faults: list[str] = []
    for _ in range(100):
        shown = await board.fetch()
        # When somebody was last heard of goes on by itself.
        faults = [
            f"the board shows {board.rows.get(id_, {}).get('answered')} answers of {id_}, stored are {row['answered']}"
            for id_, row in shown.items()
            if board.rows.get(id_, {}).get("answered") != row["answered"]
        ]
        faults += [
            f"{person.candidate_number} did not get: {set(texts) - set(person.messages)}"
            for person in people
            if sorted(person.messages) != sorted(texts)
        ]
        if not faults:
            break
        await asyncio.sleep(0.1)
    return faults


def _to_database(url: str) -> Link:
    parsed = sa.make_url(url)
    folder = parsed.query.get("host")
    if isinstance(folder, str) and folder.startswith("/"):
        return to_socket(f"{folder}/.s.PGSQL.{parsed.port or 5432}")
    return to_port(parsed.port or 5432)


def at_address(url: str, host: str, port: int) -> str:
    """Return the URL of a PostgreSQL database with another address of its server."""
    parsed = sa.make_url(url)
    plain = parsed.set(host=host, port=port, query={}, username=parsed.username or "postgres")
    return plain.render_as_string(hide_password=False)
