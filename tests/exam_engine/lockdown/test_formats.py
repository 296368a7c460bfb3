"""Files and keys of Safe Exam Browser: the published vectors, a second reader, and files that mean harm."""

import contextlib
import gzip
import hashlib
import os
import plistlib
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from exam_engine.lockdown.seb.config_key import config_key, seb_json
from exam_engine.lockdown.seb.encryption import decrypt, encrypt
from exam_engine.lockdown.seb.errors import (
    CertificateNeededError,
    DamagedFileError,
    PasswordNeededError,
    SebFileError,
    TooLargeFileError,
    UnhashableSettingsError,
    WrongPasswordError,
)
from exam_engine.lockdown.seb.exam_settings import ExamSettings, settings_of
from exam_engine.lockdown.seb.reading import LARGEST_FILE, LARGEST_UNPACKED, read_settings
from exam_engine.lockdown.seb.writing import encrypted_file, plain_file
from tests.exam_engine.lockdown.second_reader import config_key_of, json_of, values_of, xml_of

PASSWORD = "mat khau 2026"
VECTORS = "EXAM_TEST_SEB_VECTORS"

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
    b'"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
)
# Written by hand, with everything that the rules speak of: case, ties, nesting, empty ones, signs that JSON escapes.
SETTINGS = (
    HEAD
    + """<plist version="1.0"><dict>
  <key>originatorVersion</key><string>SEB_Win_3.9</string>
  <key>startURL</key><string>https://thi.example.vn/exam?a="1"&amp;b=\\2</string>
  <key>allowWLAN</key><false/>
  <key>allowWlan</key><true/>
  <key>allowQuit</key><true/>
  <key>Zoom</key><integer>2</integer>
  <key>examKeySalt</key><data>
    AAEC/w==
  </data>
  <key>volume</key><real>0.25</real>
  <key>whole</key><real>3.0</real>
  <key>empty</key><string></string>
  <key>dropped</key><dict/>
  <key>kept</key><array/>
  <key>rules</key><array><dict><key>regex</key><false/><key>active</key><true/>
    <key>OriginatorVersion</key><string>x</string></dict><string>Đề thi</string></array>
</dict></plist>""".encode()
)
JSON = (
    '{"allowQuit":true,"allowWlan":true,"allowWLAN":false,"empty":"","examKeySalt":"AAEC/w==","kept":[],'
    '"rules":[{"active":true,"regex":false},"Đề thi"],'
    '"startURL":"https://thi.example.vn/exam?a="1"&b=\\2","volume":0.25,"whole":3,"Zoom":2}'
)


def own_settings(**changed: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "start_url": "https://thi.example.vn/exam",
        "quit_url": "https://thi.example.vn/exam/quit?x",
        "allowed_addresses": ["*.wikipedia.org/wiki/*"],
        "quit_password_sha256": hashlib.sha256(b"giam thi").hexdigest(),
        "exam_key_salt": bytes(range(32)),
        "takes_files": False,
    }
    return settings_of(ExamSettings(**facts | changed))


def nested_gzip(content: bytes, layers: int) -> bytes:
    for _ in range(layers):
        content = gzip.compress(content)
    return content


def test_the_text_that_is_hashed_follows_the_published_rules() -> None:
    read = read_settings(SETTINGS)
    assert seb_json(read) == JSON
    assert config_key(read) == hashlib.sha256(JSON.encode()).hexdigest()


@pytest.mark.parametrize(
    "wrapped",
    [
        SETTINGS,
        b"\xef\xbb\xbf" + SETTINGS,
        gzip.compress(SETTINGS),
        gzip.compress(b"plnd" + gzip.compress(SETTINGS)),
        nested_gzip(b"plnd" + nested_gzip(b"\xef\xbb\xbf" + SETTINGS, 2), 2),
        b"pswd" + encrypt(gzip.compress(SETTINGS), PASSWORD, random_bytes=secrets.token_bytes),
        gzip.compress(
            b"pwcc"
            + encrypt(
                gzip.compress(SETTINGS),
                hashlib.sha256(PASSWORD.encode()).hexdigest(),
                random_bytes=secrets.token_bytes,
            )
        ),
    ],
    ids=["plain", "byte order mark", "gzip", "plnd", "packed twice", "pswd", "pwcc"],
)
def test_every_way_to_wrap_settings_is_read(wrapped: bytes) -> None:
    assert seb_json(read_settings(wrapped, PASSWORD)) == JSON


def test_own_files_are_read_by_a_second_reader_with_the_same_key() -> None:
    settings_ = own_settings()
    plain = plain_file(settings_)
    secret = encrypted_file(settings_, PASSWORD, random_bytes=secrets.token_bytes)
    assert json_of(xml_of(plain)) == seb_json(settings_)
    assert config_key_of(plain) == config_key_of(secret, PASSWORD) == config_key(settings_)
    assert values_of(xml_of(secret, PASSWORD))["startURL"] == "https://thi.example.vn/exam"
    assert read_settings(plain) == read_settings(secret, PASSWORD) == settings_


def test_a_file_of_ours_is_refused_without_its_password() -> None:
    secret = encrypted_file(own_settings(), PASSWORD, random_bytes=secrets.token_bytes)
    with pytest.raises(PasswordNeededError):
        read_settings(secret)
    with pytest.raises(WrongPasswordError):
        read_settings(secret, PASSWORD + "x")
    opened = bytearray(gzip.decompress(secret))
    opened[-40] ^= 1
    with pytest.raises(WrongPasswordError):
        read_settings(bytes(opened), PASSWORD)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"start_url": "https://thi.example.vn/exam2"}, "startURL"),
        ({"quit_url": "https://thi.example.vn/exam/quit?y"}, "quitURL"),
        ({"allowed_addresses": []}, "URLFilterRules"),
        ({"quit_password_sha256": None}, "hashedQuitPassword"),
        ({"exam_key_salt": bytes(32)}, "examKeySalt"),
        ({"takes_files": True}, "allowDownUploads"),
    ],
)
def test_each_choice_changes_its_setting_and_the_key(changed: dict[str, Any], key: str) -> None:
    one, other = own_settings(), own_settings(**changed)
    assert one[key] != other[key]
    assert config_key(one) != config_key(other)


def test_own_settings_are_of_a_form_that_all_versions_hash_alike() -> None:
    settings_ = own_settings()
    assert not any(isinstance(value, float | datetime) or value == {} for value in settings_.values())
    assert all(key.isascii() for key in settings_)
    assert settings_["sendBrowserExamKey"] is True


@pytest.mark.parametrize("prefix", [b"pkhs", b"phsk"])
def test_files_for_a_certificate_say_so(prefix: bytes) -> None:
    with pytest.raises(CertificateNeededError):
        read_settings(gzip.compress(prefix + bytes(20) + b"rsa"))


LAUGHS = b'<!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("harmful", "error"),
    [
        (b"", DamagedFileError),
        (b"plnd", DamagedFileError),
        (b"pswd\x02\x01", DamagedFileError),
        (b"pswd\x03\x01" + bytes(100), DamagedFileError),
        (LAUGHS + b"<plist><dict><key>a</key><string>&b;</string></dict></plist>", DamagedFileError),
        (
            b'<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]><plist><string>&a;</string></plist>',
            DamagedFileError,
        ),
        (LAUGHS.decode().encode("utf-16") + "<plist><dict/></plist>".encode("utf-16-le"), DamagedFileError),
        (b"<plist><array/></plist>", DamagedFileError),
        (b"<plist><dict><key>a</key><integer>1x</integer></dict></plist>", DamagedFileError),
        (b"<plist><dict><string>no key</string></dict></plist>", DamagedFileError),
        (b"bplist00" + bytes(40), DamagedFileError),
        (gzip.compress(SETTINGS)[:-9], DamagedFileError),
        (bytes(LARGEST_FILE + 1), TooLargeFileError),
        (gzip.compress(bytes(LARGEST_UNPACKED + 1)), TooLargeFileError),
        (nested_gzip(SETTINGS, 6), TooLargeFileError),
        (
            b"<plist><dict><key>a</key>" + b"<array>" * 5_000 + b"</array>" * 5_000 + b"</dict></plist>",
            TooLargeFileError,
        ),
    ],
)
def test_files_that_mean_harm_are_refused(harmful: bytes, error: type[SebFileError]) -> None:
    with pytest.raises(error):
        read_settings(harmful, PASSWORD)


def test_dates_have_no_key_because_versions_write_them_differently() -> None:
    with pytest.raises(UnhashableSettingsError):
        config_key({"exam": datetime(2026, 12, 12, tzinfo=UTC)})
    with pytest.raises(UnhashableSettingsError):
        config_key({"volume": float("nan")})


@given(st.binary(max_size=200))
def test_any_message_that_calls_itself_encrypted_is_refused(content: bytes) -> None:
    with pytest.raises(SebFileError):
        decrypt(content, "x")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for wrapped in (content, b"plnd" + content, b"plnd" + gzip.compress(content)):
        with pytest.raises(SebFileError):
            read_settings(wrapped, "x")


@given(st.integers(0, len(SETTINGS) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused(place: int, put: bytes) -> None:
    damaged = SETTINGS[:place] + put + SETTINGS[place + len(put) :]
    with contextlib.suppress(SebFileError):
        assert isinstance(read_settings(damaged), dict)


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31) | st.text("aÀ&<\"'\\ z", max_size=8) | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abAB", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcABC", min_size=1, max_size=5), VALUES, max_size=6))
@settings(max_examples=60)
def test_whatever_is_written_is_read_again_and_hashed_alike(values: dict[str, Any]) -> None:
    file = plain_file(values)
    assert read_settings(file) == values
    assert json_of(xml_of(file)) == seb_json(values)
    turned = dict(reversed(values.items())) | {"originatorVersion": "other"}
    assert config_key(turned) == config_key(values)


@pytest.mark.skipif(VECTORS not in os.environ, reason=f"{VECTORS} names no folder with the published files")
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("unencrypted_mac_001.seb", "4fa9af8ec8759eb7c680752ef4ee5eaf1a860628608fccae2715d519849f9292"),
        ("unencrypted_win_223.seb", "fc6f4ea5922717760f4d6d536c23b8d19bf20b52aa97940f5427a76e20f49026"),
    ],
)
def test_published_keys_are_reproduced(name: str, key: str) -> None:
    folder = Path(os.environ[VECTORS])
    read = read_settings((folder / name).read_bytes())
    assert config_key(read) == key
    text = folder / f"JSON_{name.removesuffix('.seb')}.txt"
    if text.exists():
        assert seb_json(read) == text.read_text(encoding="utf-8")


@pytest.mark.skipif(VECTORS not in os.environ, reason=f"{VECTORS} names no folder with the published files")
def test_the_published_encrypted_file_is_opened() -> None:
    content = (Path(os.environ[VECTORS]) / "encrypted.seb").read_bytes()
    read = read_settings(content, "test")
    assert read["startURL"].startswith("https://")
    assert plistlib.loads(xml_of(content, "test")) == read
    with pytest.raises(WrongPasswordError):
        read_settings(content, "Test")
