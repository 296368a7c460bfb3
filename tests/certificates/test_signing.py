"""Signing keys: private halves readable by one account only, never overwritten, never mixed up."""

import hashlib
import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certificates.signing import KeyFacts, MissingKeyError, key_file, key_id, load_private_key, store_private_key
from tests.certificates.makers import KEY, KID


def test_a_stored_key_comes_back_and_is_named_by_its_public_half(tmp_path: Path) -> None:
    kid = store_private_key(tmp_path, KEY)
    assert kid == hashlib.sha256(KEY.public_key().public_bytes_raw()).digest()[:4]
    assert load_private_key(tmp_path, kid).private_bytes_raw() == KEY.private_bytes_raw()


def test_only_the_servers_account_can_read_the_file_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store_private_key(tmp_path, KEY)
    finally:
        os.umask(before)
    file = key_file(tmp_path, KID)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    store_private_key(tmp_path, KEY)
    with pytest.raises(FileExistsError):
        store_private_key(tmp_path, KEY)


def test_a_missing_damaged_or_exchanged_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingKeyError):
        load_private_key(tmp_path, KID)
    store_private_key(tmp_path, KEY)
    file = key_file(tmp_path, KID)
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    wrong_kind = generate_private_key(SECP256R1())
    for key in (other, wrong_kind):
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with pytest.raises(MissingKeyError):
            load_private_key(tmp_path, KID)
    file.write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(MissingKeyError):
        load_private_key(tmp_path, KID)


def make_key(revoked_at: datetime | None = None) -> KeyFacts:
    public = KEY.public_key().public_bytes_raw()
    return KeyFacts(key_id(public), public, date(2026, 12, 12), date(2028, 12, 12), revoked_at)


def test_a_key_vouches_from_its_first_day_to_the_day_before_its_last() -> None:
    key = make_key()
    assert [key.vouches_for(day) for day in (date(2026, 12, 11), date(2026, 12, 12))] == [False, True]
    assert [key.vouches_for(day) for day in (date(2028, 12, 11), date(2028, 12, 12))] == [True, False]


def test_a_revoked_key_vouches_for_nothing_whatever_date_is_written() -> None:
    assert not make_key(revoked_at=datetime(2027, 5, 1, tzinfo=UTC)).vouches_for(date(2027, 1, 1))
