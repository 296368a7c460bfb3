"""The command line: exit codes and words that a script and a person can go by."""

import asyncio
import json
import ssl
import sys
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from exam_engine.accounts.models import User
from exam_engine.audit.models import AuditEntry
from exam_engine.cli import app
from exam_engine.core.db import Database
from load_tests.server import free_port

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the command line at the test's database."""
    monkeypatch.setenv("EXAM_DATABASE_URL", database_url)
    monkeypatch.setenv("EXAM_DATA_DIR", str(tmp_path / "data"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def in_database(url: str, *statements: sa.Executable) -> list[User]:
    async def work() -> list[User]:
        database = Database(url)
        async with database.write() as session:
            for statement in statements:
                await (await session.connection()).execute(statement)
        async with database.read() as session:
            users = list((await session.exec(select(User).order_by(User.username))).all())
        await database.close()
        return users

    return asyncio.run(work())


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    """Return a file with a good password."""
    file = tmp_path / "password"
    file.write_text("ngân hàng câu hỏi\n", encoding="utf-8")
    return str(file)


@pytest.mark.usefixtures("environment")
def test_checking_the_audit_record_ends_with_0_when_whole_and_1_at_the_place_when_not(
    database_url: str, password_file: str
) -> None:
    for name in ("quantri", "giamthi"):
        assert run("create-user", name, "--role", "administrator", "--password-file", password_file).exit_code == 0
    whole = run("verify-audit")
    assert (whole.exit_code, whole.stdout) == (0, "intact, 2 entries\n")
    in_database(database_url, sa.update(AuditEntry).where(col(AuditEntry.seq) == 2).values(actor_name="Người khác"))
    broken = run("verify-audit")
    assert (broken.exit_code, broken.stdout, broken.stderr) == (1, "", "broken at entry 2\n")


@embedded
@pytest.mark.usefixtures("environment")
def test_the_first_administrator_is_made_from_the_command_line(database_url: str, password_file: str) -> None:
    made = run(
        "create-user", "QuanTri", "--role", "administrator", "--role", "proctor", "--name", "Lê Thuỷ",
        "--password-file", password_file,
    )  # fmt: skip
    assert (made.exit_code, made.stdout) == (0, "created QuanTri: administrator, proctor\n")
    [user] = in_database(database_url)
    assert (user.username, user.display_name, user.roles) == ("quantri", "Lê Thuỷ", ["administrator", "proctor"])
    assert "ngân hàng" not in user.password_hash


@embedded
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("username", "role", "password", "words"),
    [
        ("quantri", "administrator", "123456789", "Mật khẩu quá yếu. Dùng ít nhất 10 ký tự"),
        ("quantri", "thu-ky", "ngân hàng câu hỏi", "Vai trò không hợp lệ: thu-ky"),
        ("quantri", "candidate", "ngân hàng câu hỏi", "Vai trò không hợp lệ: candidate"),
    ],
)
def test_a_user_that_cannot_be_made_is_explained_without_a_traceback(
    username: str, role: str, password: str, words: str, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(password, encoding="utf-8")
    refused = run("create-user", username, "--role", role, "--password-file", str(file))
    assert refused.exit_code == 1
    assert words in refused.stderr
    assert "Traceback" not in refused.output
    assert in_database(database_url) == []


@pytest.mark.usefixtures("environment")
@embedded
def test_what_a_rule_set_says_of_the_window_is_shown_checked_and_changed(tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    shown = run("window-rules", "TTLT17-2016-basic")
    assert shown.exit_code == 0
    section = json.loads(shown.stdout)
    file = tmp_path / "window.json"
    for text, words in (
        (json.dumps(section | {"events": {"copy": "grave"}}), "lockdown.events.copy.severity"),
        ("{", "window.json"),
    ):
        file.write_text(text, encoding="utf-8")
        refused = run("window-rules", "TTLT17-2016-basic", "--set", str(file))
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert words in refused.stderr
        assert json.loads(run("window-rules", "TTLT17-2016-basic").stdout) == section
    for changed in (section | {"fullscreen": True}, None):
        file.write_text(json.dumps(changed), encoding="utf-8")
        assert run("window-rules", "TTLT17-2016-basic", "--set", str(file)).exit_code == 0
        # What the board has set outlasts the next update.
        assert run("migrate").exit_code == 0
        assert json.loads(run("window-rules", "TTLT17-2016-basic").stdout) == changed
    unknown = run("window-rules", "khong-co")
    assert unknown.exit_code == 1
    assert "khong-co" in unknown.stderr
    assert run("verify-audit").exit_code == 0


def test_migrating_a_new_database_and_migrating_again_both_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAM_DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'exam.db'}")
    for _ in range(2):
        assert run("migrate").exit_code == 0
    assert run("verify-audit").stdout.startswith("intact, ")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EXAM_DATABSE_URL", "sqlite:///x", "EXAM_DATABSE_URL: no such setting; did you mean EXAM_DATABASE_URL?"),
        ("EXAM_LOGIN_ATTEMPTS", "0", "EXAM_LOGIN_ATTEMPTS: "),
        ("EXAM_JOB_PROCESSES", "bí mật", "EXAM_JOB_PROCESSES: "),
    ],
)
def test_settings_that_are_wrong_end_the_command_with_2_and_are_named(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    refused = run("verify-audit")
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert "bí mật" not in refused.output


def test_the_api_document_is_json_and_names_the_routes() -> None:
    document = json.loads(run("openapi").stdout)
    assert document["openapi"].startswith("3.")
    assert "/api/delivery/attempt" in document["paths"]


async def ask_once_up(url: str, authority: Path) -> httpx.Response:
    async with asyncio.timeout(60):
        while True:
            try:
                trusted = ssl.create_default_context(cafile=str(authority))
                async with httpx.AsyncClient(verify=trusted) as client:
                    return await client.get(url)
            except (httpx.ConnectError, FileNotFoundError):
                await asyncio.sleep(0.2)


@embedded
@pytest.mark.usefixtures("environment")
async def test_a_server_with_local_tls_is_trusted_through_its_authority_and_stops_when_asked(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "exam_engine.cli", "serve", "--tls", "--port", str(port)]
    log = tmp_path / "server.log"
    with log.open("wb") as out:
        server = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
    try:
        authority = tmp_path / "data" / "tls" / "authority.crt"
        response = await ask_once_up(f"https://localhost:{port}/readyz", authority)
    finally:
        server.terminate()
        async with asyncio.timeout(30):
            await server.wait()
    assert response.json() == {"status": "ready"}
    # Served over TLS: browsers are told to stay there, and nobody is told what serves.
    assert "strict-transport-security" in response.headers
    assert "server" not in response.headers
    told = log.read_text(encoding="utf-8")
    assert str(authority) in told
    assert "Application shutdown complete" in told
