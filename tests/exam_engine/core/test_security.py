"""Passwords, tokens and key files."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exam_engine.core import security


def test_a_password_fits_its_own_hash_only() -> None:
    stored = security.hash_password("ngân hàng câu hỏi")
    assert stored.startswith("$argon2id$")
    assert "ngân hàng" not in stored
    assert security.verify_password(stored, "ngân hàng câu hỏi")
    assert not security.verify_password(stored, "ngân hàng câu hỏi ")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    assert security.hash_password("ngân hàng câu hỏi") != security.hash_password("ngân hàng câu hỏi")


@pytest.mark.parametrize("stored", [None, "", "-", "$argon2id$broken"])
def test_an_unknown_user_or_a_damaged_hash_fits_no_password(stored: str | None) -> None:
    assert not security.verify_password(stored, "")
    assert not security.verify_password(stored, "-")


def test_tokens_have_256_bits_and_never_repeat() -> None:
    tokens = {security.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {43}


def test_secrets_of_any_letters_can_be_compared() -> None:
    assert security.constant_time_equal("mật khẩu", "mật khẩu")
    assert not security.constant_time_equal("mật khẩu", "mật khẩ")


def test_a_key_file_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "papers.key"
    key = security.read_or_create_key(file)
    assert len(key) == 32
    assert security.read_or_create_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert security.read_or_create_key(tmp_path / "keys" / "receipts.key") != key


def test_threads_that_start_together_agree_on_one_key_and_leave_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "papers.key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: security.read_or_create_key(file), range(64)))
    assert len(keys) == 1
    assert [path.name for path in file.parent.iterdir()] == ["papers.key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from exam_engine.core.security import read_or_create_key;"
        "print(read_or_create_key(Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "papers.key")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1
