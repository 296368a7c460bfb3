"""Which language an answer speaks, and how texts are filled."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from exam_engine.core.i18n import Catalogue, load_messages, preferred_language


def asking(header: str | None) -> Request:
    headers = [] if header is None else [(b"accept-language", header.encode("latin-1"))]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("vi", "vi"),
        ("en", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("EN-gb", "en"),
        # The weight decides, not the place in the list.
        ("en;q=0.3,vi;q=0.9", "vi"),
        ("vi;q=0.3,en;q=0.9", "en"),
        ("vi;q=0.3, en ; q = 0.9", "en"),
        # Equal weights: the house speaks Vietnamese.
        ("en,vi", "vi"),
        ("en;q=0.5,vi;q=0.5", "vi"),
        # Zero means "not this one".
        ("vi;q=0,en;q=0.1", "en"),
        ("en;q=0", "vi"),
        ("fr-FR,fr;q=0.9", "vi"),
        ("fr,en;q=0.1", "en"),
        ("*", "vi"),
        # Neither Old English nor any language whose name merely begins alike.
        ("ang", "vi"),
        ("enm,vic", "vi"),
        ("en;q=high", "vi"),
        ("en;q=7,vi;q=1", "vi"),
        (";;;,,q=1", "vi"),
    ],
)
def test_the_preferred_language_follows_the_weights(header: str | None, language: str) -> None:
    assert preferred_language(asking(header)) == language


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_header_gives_one_of_the_two_languages(header: str) -> None:
    assert preferred_language(asking(header)) in {"vi", "en"}


def test_a_text_keeps_places_for_which_no_value_came() -> None:
    catalogue = Catalogue(("exam_engine",))
    assert catalogue.text("username_taken", "en", {"username": "thuy"}) == "The login name thuy is taken"
    assert catalogue.text("username_taken", "en") == "The login name {username} is taken"


def test_a_value_that_looks_like_a_place_is_not_filled_again() -> None:
    text = Catalogue(("exam_engine",)).text("username_taken", "en", {"username": "{secret}", "secret": "x"})
    assert text == "The login name {secret} is taken"


def test_a_code_without_text_is_shown_and_not_found() -> None:
    catalogue = Catalogue(("exam_engine",))
    assert catalogue.text("no_such_code", "vi") == "no_such_code"
    assert catalogue.find("no_such_code", "vi") is None


def test_a_code_given_by_two_packages_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "second_package" / "messages").mkdir(parents=True)
    (tmp_path / "second_package" / "__init__.py").touch()
    (tmp_path / "second_package" / "messages" / "vi.toml").write_text('[a]\n"not_found" = "Không có"', encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match="'not_found' is defined twice"):
        Catalogue(("exam_engine", "second_package"))


def test_a_package_without_messages_brings_none() -> None:
    assert load_messages("exam_engine.core", "vi") == {}
