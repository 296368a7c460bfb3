"""What holds for uploads of every purpose: names, hashes, and words for each refusal."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exam_engine.media
from exam_engine.core.config import Settings
from exam_engine.core.i18n import load_messages
from exam_engine.media.limits import DEFAULT_LIMITS, limits_of
from exam_engine.media.preparing import file_name
from tests.exam_engine.media.makers import photograph, saved, taken


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\Users\\Lan\\Ảnh 1.png", "Ảnh 1.png"),
        ("/srv/lan/anh.png", "anh.png"),
        ("../../.htaccess", "htaccess"),
        ("Biểu  đồ\r\n.png", "Biểu đồ .png"),
        # The decomposed form, as file systems of Apple give it.
        ("A\u0309nh.png", "Ảnh.png"),
        ("", "file"),
        ("..", "file"),
        ("anh\u202egnp.exe", "anhgnp.exe"),
    ],
)
def test_names_are_one_clean_line_without_folders(given_name: str, kept: str) -> None:
    assert file_name(given_name) == kept


@given(st.text(max_size=400))
def test_a_name_fits_its_column_and_cleaning_it_again_changes_nothing(name: str) -> None:
    kept = file_name(name)
    assert 0 < len(kept) <= 200
    assert not set(kept) & set("/\\\0\r\n")
    assert file_name(kept) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert file_name("x" * 300 + ".png") == "x" * 196 + ".png"


def test_hashes_are_those_of_the_bytes() -> None:
    content = saved(photograph(9, 9), "BMP")
    kept = taken(content, "picture", "hinh.bmp")
    assert kept.original_sha256 == hashlib.sha256(content).hexdigest()
    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest() != kept.original_sha256
    assert (kept.purpose, kept.original_name, kept.duration_ms) == ("picture", "hinh.bmp", None)


def test_an_installation_that_sets_nothing_has_the_default_limits() -> None:
    assert limits_of(Settings()) == DEFAULT_LIMITS
    assert DEFAULT_LIMITS.upload_bytes == 25 * 1024 * 1024


def test_every_refusal_has_words_and_a_remedy_in_both_languages() -> None:
    source = "".join(file.read_text("utf-8") for file in Path(exam_engine.media.__path__[0]).glob("*.py"))
    codes = set(re.findall(r'"((?:media|picture|sound|attachment)_[a-z0-9_]+)"', source)) - {"media_not_found"}
    assert len(codes) > 25
    for language in ("vi", "en"):
        messages = load_messages("exam_engine", language)
        assert codes | {f"{code}.fix" for code in codes} <= messages.keys()
        told = {code for code in messages if re.match(r"(picture|sound|attachment)_", code) and "." not in code}
        assert told <= codes
