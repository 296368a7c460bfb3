"""A whole exam over HTTP on which something is struck at one step of the server's work, and what is left of it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from exam_engine.core.absence import is_database_away
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries
from exam_engine.evidence.export import export_pieces
from exam_engine.evidence.verification import verify_file
from exam_engine.marking import service as marking
from exam_engine.sitting_log import service as sitting_log
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.kill_server import Verdict, compare, people_of, take_seat, unlock_all
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.faults.crashing.steps import STEP_VARIABLE, STEPS, TIMES_VARIABLE
from tests.faults.crashing.victims import FLAG_VARIABLE, VICTIM_VARIABLE
from tests.faults.victims import SERVER, Victim

PATIENCE = 90.0
SAVES = 6


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """What a killed exam came to; ``faults`` are sentences and must be none."""

    kills: int
    compared: Verdict
    faults: tuple[str, ...]


async def kill_at(
    step: str, settings: Settings, *, candidates: int, seed: int, folder: Path, victim: Victim = SERVER
) -> StepVerdict:
    """Hold an exam in which a victim is struck once at a step and healed; the database is migrated.

    Everybody starts, saves, hands in; the server closes, marks and signs the log. What candidates were told is then
    held against what is stored, their marks against what they chose, and the exported log against itself.
    """
    chosen = settings.model_copy(
        update={"packages": ("exam_engine", "tests.faults.crashing"), "login_attempts": 10_000}
    )
    database, rng = Database(chosen.database_url), random.Random(seed)
    sitting = await prepare_sitting(database, chosen, candidates=candidates, now=utc_now(), rng=rng, item_count=5)
    name = f"{victim.name}-{step}".replace(" ", "-")
    flag = folder / f"{name}-{seed}.struck"
    server = ServerProcess(chosen, port=free_port(), log_file=folder / f"{name}.log")
    armed = {STEP_VARIABLE: step, TIMES_VARIABLE: str(STEPS[step][1])}
    server.start(**armed, **{VICTIM_VARIABLE: victim.target(), FLAG_VARIABLE: str(flag)})
    healed = asyncio.Event()

    async def watch() -> None:
        await _until(lambda: asyncio.to_thread(flag.exists))
        await victim.heal(server)
        healed.set()

    watching = asyncio.create_task(watch())
    try:
        async with asyncio.timeout(PATIENCE):
            await server.wait_until_ready()
            # The strike after the last step comes when all is stored.
            (people, timings), _ = await asyncio.gather(_exam(server, sitting, rng), watching)
            await _until(lambda: _is_settled(database, sitting))
        receipts = [person.acknowledged for person in people if person.acknowledged is not None]
        compared = await compare(database, receipts, int(healed.is_set()), timings)
        faults = await _faults(database, sitting, people, folder)
        if server.has_ended:
            faults.append("the server ended by itself")
    finally:
        watching.cancel()
        server.stop()
        await database.close()
    return StepVerdict(compared.kills, compared, tuple(faults))


async def _exam(
    server: ServerProcess, sitting: PreparedSitting, rng: random.Random
) -> tuple[dict[SimulatedCandidate, int], Timings]:
    timings = Timings()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=10))
            for _ in range(len(sitting.registered) + 1)
        ]
        people = people_of(sitting, clients, timings)
        await asyncio.gather(*(take_seat(person) for person in people))
        await unlock_all(clients[-1], sitting)
        earned = await asyncio.gather(*(_sit(person, random.Random(rng.random())) for person in people))
    return dict(zip(people, earned, strict=True)), timings


async def _sit(person: SimulatedCandidate, rng: random.Random) -> int:
    """Start, answer, hand in; return the points that the answers are worth."""
    await person.start()
    is_right: dict[str, bool] = {}
    for _ in range(SAVES):
        item = rng.choice(person.paper["items"])
        option = rng.choice(item["options"])
        person.note("answer", item["ref"], [option["id"]])
        is_right[item["ref"]] = option["content"] == "Phương án thứ nhất"
        await person.save()
        await asyncio.sleep(rng.random() * 0.1)
    await person.submit()
    return sum(is_right.values())


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():  # noqa: ASYNC110 - the server is another process
        await asyncio.sleep(0.2)


async def _is_settled(database: Database, sitting: PreparedSitting) -> bool:
    try:
        async with database.read() as session:
            attempts = await queries.attempts_of_sitting(session, sitting.sitting_id)
            roots = await sitting_log.roots_of(session, sitting.sitting_id)
    except Exception as error:
        if not is_database_away(error):
            raise
        return False
    return bool(roots) and len(attempts) == len(sitting.registered) and all(one.marked_at for one in attempts)


async def _faults(
    database: Database, sitting: PreparedSitting, earned: dict[SimulatedCandidate, int], folder: Path
) -> list[str]:
    faults = []
    async with database.read() as session:
        attempts = {one.id: one for one in await queries.attempts_of_sitting(session, sitting.sitting_id)}
        marks = await marking.marks(session, list(attempts))
    if set(attempts) != {person.attempt_id for person in earned} or len(attempts) != len(earned):
        faults.append("not everybody has one attempt")
    for person, points in earned.items():
        attempt_id = person.attempt_id
        if attempts[attempt_id].finish_kind != "submitted":
            faults.append(f"attempt {attempt_id} was not handed in")
        if marks[attempt_id].raw != points:
            faults.append(f"attempt {attempt_id} earned {points} and was given {marks[attempt_id].raw}")
    file = folder / "log.zip"
    with file.open("wb") as target:
        async for piece in export_pieces(database, sitting.sitting_id):
            target.write(piece)
    verdict = verify_file(file)
    faults += [f"{fault.code} {fault.place}" for fault in verdict.faults]
    if verdict.attempts != len(earned):
        faults.append("the log does not speak of everybody")
    return faults
