"""The load kit end to end: a real server, real people of locust, receipts audited, a report written.

Locust patches its whole process, so it runs in one of its own.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from exam_engine.accounts import service as accounts
from exam_engine.accounts.permissions import Role
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms
from exam_engine.sittings.rule_sets import load_default_rule_sets
from load_tests.load import main
from load_tests.options import Choice
from load_tests.records import Outcome, Recorder, parts_of, read_parts
from load_tests.sample_forms import sample_forms
from load_tests.server import ServerProcess, free_port

ROOT = Path(__file__).resolve().parents[2]


def run_load(folder: Path, *options: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "load_tests.load", "--folder", str(folder), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout)


@pytest.mark.slow
def test_ten_candidates_sit_an_exam_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    # An exam of 45 minutes in five seconds.
    ran = run_load(tmp_path, "--candidates", "10", "--speed", "540", "--room-size", "5", "--lang", "en")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "lost 0, doubled 0" in ran.stdout
    (folder,) = tmp_path.iterdir()
    report = json.loads((folder / "report.json").read_text())
    summary, verdicts = report["summary"], {one["code"]: one["verdict"] for one in report["criteria"]}
    assert (summary["candidates"], summary["started"], summary["submitted"], summary["gave_up"]) == (10, 10, 10, 0)
    # Forty questions each, most of them visited and answered.
    assert summary["stored"] == summary["acknowledged"] > 10 * 60
    assert {verdicts[code] for code in ("lost", "doubled", "absent", "failed")} == {"passed"}
    calls = {call["kind"]: call for call in summary["calls"]}
    assert calls["start"]["count"] == calls["submit"]["count"] == calls["login"]["count"] == 10
    assert calls["staff login"]["count"] == summary["proctors"] == 2
    assert {"board", "unlock", "message", "pause", "resume room", "heartbeat"} <= calls.keys()
    assert summary["counts"]["events"] >= 10
    assert summary["receipts_verified"] >= 10
    assert summary["machine"]["server_memory_max"] > 10_000_000
    for page in ("bao-cao.html", "report.html"):
        assert (folder / page).read_text().startswith("<!doctype html>")


def load(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["load", *options])
    return main()


def test_a_choice_that_makes_no_sense_ends_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        load(monkeypatch, "--folder", str(tmp_path), "--candidates", "0")
    assert ended.value.code == 2
    assert "Lựa chọn không hợp lệ" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        (None, "không dùng được"),
        ('[board]\nusername="a"\npassword="b"\n[[proctors]]\nusername="c"\n', "không dùng được"),
        (
            '[board]\nusername="a"\npassword="b"\n[[proctors]]\nusername="c"\npassword="d"\n',
            "Máy chủ từ chối POST /api/session",
        ),
    ],
)
def test_a_server_that_cannot_be_used_ends_with_two_and_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    accounts: str | None,
    said: str,
) -> None:
    staff = tmp_path / "accounts.toml"
    if accounts is not None:
        staff.write_text(accounts)
    host = ("--host", "http://127.0.0.1:1", "--staff", str(staff))
    assert load(monkeypatch, "--folder", str(tmp_path / "load"), *host) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("speed", "minutes", "practical", "expected"),
    [(1.0, 45, False, 45), (10.0, 45, False, 5), (600.0, 45, False, 1), (600.0, 45, True, 2)],
)
def test_the_sitting_lasts_whole_minutes_and_never_less_than_the_exam_takes(
    speed: float, minutes: int, practical: bool, expected: int
) -> None:
    choice = Choice(speed=speed, minutes=minutes, practical=practical)
    assert choice.working_minutes == expected
    assert choice.working_minutes >= minutes / speed


def test_records_of_several_processes_are_joined(tmp_path: Path) -> None:
    for name, count in (("part-1.json", 2), ("part-2.json", 3)):
        recorder = Recorder()
        for number in range(count):
            recorder.add("save", 1_000.0 + number, 5.0, Outcome.DONE)
        recorder.count("events", count)
        recorder.write(tmp_path / name)
    joined = read_parts(tmp_path)
    assert len(parts_of(tmp_path)) == 2
    assert (len(joined.calls["save"].at), joined.counts["events"]) == (5, 5)


def test_errors_are_kept_by_their_first_examples_and_counted(tmp_path: Path) -> None:
    recorder = Recorder()
    for number in range(100):
        recorder.add("save", float(number), 1.0, Outcome.FAILED, f"500 error {number % 20}")
    recorder.write(tmp_path / "part-1.json")
    errors = read_parts(tmp_path).errors
    assert [(error.text, error.at, error.count) for error in errors[:2]] == [
        ("500 error 0", 0.0, 5),
        ("500 error 1", 1.0, 5),
    ]
    assert len(errors) == 6
    assert sum(error.count for error in errors) == 100


@pytest.mark.extended
@pytest.mark.slow
async def test_a_server_that_runs_already_is_loaded_as_its_board_would(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    own = settings.model_copy(update={"packages": ("exam_engine",), "login_attempts": 1_000})
    server = ServerProcess(own, port=free_port(), log_file=tmp_path / "server.log")
    async with database.write() as session:
        await load_default_rule_sets(session)
        for name, role in (("hoidong", Role.BOARD_MEMBER), ("coithi1", Role.PROCTOR), ("coithi2", Role.PROCTOR)):
            await accounts.create_user(
                session,
                username=name,
                display_name=name,
                password="mot mat khau dai",
                roles=[role],
                actor=SYSTEM,
                now=utc_now(),
            )
        specs, rng = sample_forms(10, 45), random.Random(4)
        await forms.publish_forms(session, specs=specs, actor=SYSTEM, now=utc_now(), rng=rng)
    account = 'username = "{}"\npassword = "mot mat khau dai"\n'
    staff = tmp_path / "accounts.toml"
    proctors = "".join(f"[[proctors]]\n{account.format(name)}" for name in ("coithi1", "coithi2"))
    staff.write_text(f"[board]\n{account.format('hoidong')}{proctors}")
    folder = tmp_path / "load"
    folder.mkdir()
    server.start()
    try:
        await server.wait_until_ready()
        host = ("--host", server.url, "--staff", str(staff))
        people = ("--candidates", "8", "--items", "10", "--speed", "540", "--room-size", "4", "--verifiers", "0")
        ran = await asyncio.to_thread(run_load, folder, *host, *people)
    finally:
        server.stop()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (report,) = folder.glob("*/report.json")
    summary = json.loads(report.read_text())["summary"]
    assert (summary["started"], summary["lost"], summary["machine"]) == (8, 0, None)
    # The audit read the signed export of the sitting's log.
    assert summary["stored"] == summary["acknowledged"] > 8 * 10
    assert len(list(report.parent.glob("*.zip"))) == 1
