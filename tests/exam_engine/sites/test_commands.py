"""The whole way by the commands, over a real connection; without it by telephone and memory stick."""

import random
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import master_key
from exam_engine.sites import delegating
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from tests.conftest import make_actor
from tests.exam_engine.sites.conftest import settings_in
from tests.exam_engine.sites.course import prepared_folder
from tests.exam_engine.sites.site_commands import run_command


async def delegated(settings: Settings) -> tuple[PreparedSitting, str, str]:
    """Prepare a sitting and hand it over; returns it with the pull code and the release code."""
    database, now, rng = Database(settings.database_url), utc_now(), random.Random(5)
    try:
        sitting = await prepare_sitting(
            database, settings, candidates=2, now=now, rng=rng, item_count=3, grace=timedelta(0)
        )
        key, board = master_key(settings), make_actor("board_member")
        async with database.write() as session:
            made = await delegating.delegate(
                session,
                sitting.sitting_id,
                centre_id=None,
                site_name="Điểm thi",
                valid_for=timedelta(hours=1),
                release_lead=timedelta(0),
                master_key=key,
                actor=board,
                now=now,
                rng=rng,
            )
        code = delegating.stored_release_code(made.delegation, key)
        return sitting, made.pull_code, code
    finally:
        await database.close()


@pytest.mark.slow
@pytest.mark.extended
async def test_the_commands_hold_a_sitting_by_telephone_and_memory_stick(sqlite_template: Path, tmp_path: Path) -> None:
    centre = settings_in(prepared_folder(sqlite_template, tmp_path / "centre"))
    site = settings_in(tmp_path / "site")
    sitting, pull_code, release_code = await delegated(centre)
    server = ServerProcess(centre, port=free_port(), log_file=tmp_path / "centre.log")
    server.start()
    try:
        await server.wait_until_ready()
        mistyped = pull_code[:-1] + ("A" if pull_code[-1] != "A" else "B")
        for words, answer in (
            (("status",), "has pulled no sitting"),
            (("pull", "--from", server.url, "--code", mistyped), "Look at group 5 again"),
            (("pull", "--from", "http://203.0.113.7", "--code", pull_code), "must begin with https://"),
        ):
            code, said = await run_command(site, *words)
            assert (code, answer in said) == (1, True), said
        code, said = await run_command(site, "pull", "--from", server.url, "--code", pull_code)
        assert code == 0, said
    finally:
        server.stop()
    account = re.search(r"login name (\S+), password (\S+)", said)
    assert account is not None
    assert sitting.access_code in said

    # The Internet is gone.
    code, said = await run_command(site, "status")
    assert (code, "cannot be reached" in said, "Papers released: not yet" in said) == (0, True, True), said
    wrong = release_code[:-1] + ("A" if release_code[-1] != "A" else "B")
    assert (await run_command(site, "release", "--code", wrong))[0] == 1
    code, said = await run_command(site, "release", "--code", release_code)
    assert (code, "2 papers are open" in said) == (0, True), said

    local = ServerProcess(
        site.model_copy(update={"packages": ("exam_engine",)}), port=free_port(), log_file=tmp_path / "site.log"
    )
    local.start()
    try:
        await local.wait_until_ready()
        await hold(local.url, sitting, *account.groups())
        file = tmp_path / "ca-1.push"
        code, said = await run_command(site, "push", "--to-file", str(file))
        assert (code, "the whole sitting" in said) == (0, True), said
    finally:
        local.stop()
    code, said = await run_command(centre, "take-in", str(file))
    assert (code, "Everything is home: 2 attempts, 2 operations" in said) == (0, True), said
    code, said = await run_command(centre, "take-in", str(file))
    assert (code, " 0 new rows" in said) == (0, True), said


async def hold(url: str, sitting: PreparedSitting, username: str, password: str) -> None:
    """Let everybody sit the exam on the site's server."""
    room = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
    async with (
        httpx.AsyncClient(base_url=url, timeout=30) as proctor,
        httpx.AsyncClient(base_url=url, timeout=30) as one,
        httpx.AsyncClient(base_url=url, timeout=30) as other,
    ):
        login = await proctor.post("/api/session", json={"username": username, "password": password})
        proctor.headers["x-csrf-token"] = login.json()["csrf_token"]
        candidates = [
            SimulatedCandidate(
                client,
                access_code=sitting.access_code,
                candidate_number=registered.candidate_number,
                identity_suffix=registered.person.identity_suffix,
                timings=Timings(),
            )
            for client, registered in zip((one, other), sitting.registered, strict=True)
        ]
        for candidate in candidates:
            await candidate.log_in()
            await candidate.check_own_data()
        await proctor.post(f"{room}/unlock", json={"all": True})
        for candidate in candidates:
            await candidate.start()
            candidate.note(
                "answer", candidate.paper["items"][0]["ref"], [candidate.paper["items"][0]["options"][0]["id"]]
            )
            await candidate.submit()
