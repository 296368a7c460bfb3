"""Real processes: the central server, or the push itself, killed at a step; run again, everything is home once."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery.engine import root_signer
from exam_engine.delivery.log_closing import close_log
from exam_engine.evidence.export import export_pieces
from exam_engine.evidence.verification import verify_file
from exam_engine.sites import queries
from load_tests.server import ServerProcess, free_port
from tests.exam_engine.sites.conftest import Held, settings_in
from tests.exam_engine.sites.site_commands import run_command
from tests.faults.crashing.steps import PUSH_STEPS, STEP_VARIABLE, TIMES_VARIABLE

PATIENCE = 120.0


@asynccontextmanager
async def restarted(server: ServerProcess, **environment: str) -> AsyncIterator[list[int]]:
    """Run a server that is started again whenever it was killed; yields the process ids it has had."""
    server.start(**environment)
    pids = [server.pid]

    async def watch() -> None:
        while True:
            if server.has_ended:
                server.start()
                pids.append(server.pid)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        await server.wait_until_ready()
        yield pids
    finally:
        watching.cancel()
        server.stop()


async def prepared(held: Held, folder: Path) -> tuple[ServerProcess, Settings]:
    """Return the central server, and the site's settings, whose way home leads there."""
    port = free_port()
    centre = settings_in(held.folder / "centre").model_copy(
        update={"packages": ("exam_engine", "tests.faults.crashing")}
    )
    site = settings_in(held.folder / "site")
    away = Database(site.database_url)
    async with away.write() as session:
        pulled = await queries.pulled(session, held.sitting_id)
        assert pulled is not None
        pulled.central_url = f"http://127.0.0.1:{port}"
        session.add(pulled)
    await away.close()
    return ServerProcess(centre, port=port, log_file=folder / "centre.log"), site


async def faults_at_home(held: Held, folder: Path) -> list[str]:
    """Return what is wrong at the central server once everything must be home and marked."""
    settings = settings_in(held.folder / "centre")
    home = Database(settings.database_url)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with home.read() as session:
                    attempts = await delivery_queries.attempts_of_sitting(session, held.sitting_id)
                if attempts and all(attempt.marked_at for attempt in attempts):
                    break
                await asyncio.sleep(0.2)
        async with home.write() as session:
            await close_log(session, held.sitting_id, signer=root_signer(settings), actor=SYSTEM, now=utc_now())
        file = folder / "sitting.zip"
        with file.open("wb") as target:
            async for piece in export_pieces(home, held.sitting_id):
                target.write(piece)
        verdict = verify_file(file)
        faults = [f"{fault.code} {fault.place}" for fault in verdict.faults]
        if (verdict.attempts, verdict.operations) != (4, 4 * 5):
            faults.append(f"{verdict.attempts} attempts, {verdict.operations} operations")
        return faults
    finally:
        await home.close()


@pytest.mark.slow
@pytest.mark.extended
@pytest.mark.parametrize("step", PUSH_STEPS)
async def test_a_central_server_killed_while_a_site_comes_home(step: str, held: Held, tmp_path: Path) -> None:
    server, site = await prepared(held, tmp_path)
    environment = {STEP_VARIABLE: step, TIMES_VARIABLE: str(PUSH_STEPS[step][1])}
    async with restarted(server, **environment) as pids:
        code, said = -1, ""
        for _ in range(5):
            if code == 0:
                break
            code, said = await run_command(site, "push")
        assert code == 0, said
        assert "Everything is home: 4 attempts, 20 operations" in said
        assert await faults_at_home(held, tmp_path) == []
        again, said = await run_command(site, "push")
        assert (again, " 0 new rows" in said) == (0, True)
    assert len(pids) == 2, "the server was to be killed once"


@pytest.mark.slow
@pytest.mark.extended
@pytest.mark.parametrize("seed", range(4))
async def test_a_push_killed_at_any_moment_is_run_again(seed: int, held: Held, tmp_path: Path) -> None:
    rng = random.Random(seed)
    server, site = await prepared(held, tmp_path)
    async with restarted(server) as pids:
        codes = [(await run_command(site, "push", killed_after=0.8 + rng.random() * 1.5))[0] for _ in range(4)]
        code, said = await run_command(site, "push")
        assert code == 0, said
        assert -signal.SIGKILL in codes or set(codes) == {0}
        assert await faults_at_home(held, tmp_path) == []
    assert len(pids) == 1
