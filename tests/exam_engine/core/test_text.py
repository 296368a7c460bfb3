"""Text as Vietnamese people type it and as it must be stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.core.text import clean_line, clean_text, look_alikes, nfc, search_key


def test_a_name_typed_with_combining_marks_is_stored_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hằng")
    assert len(decomposed) > len("Nguyễn Thị Hằng")
    assert nfc(decomposed) == "Nguyễn Thị Hằng"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đặng Thị Mỹ Hằng", "dang thi my hang"),
        ("ĐƯỜNG", "duong"),
        ("đường", "duong"),
        ("  Ngô\u00a0 Quyền\n", "ngo quyen"),
        ("Ký\u200b tự", "ky tu"),
        ("IU04\x00\x07", "iu04"),
        ("IU03.2", "iu03.2"),
        ("", ""),
    ],
)
def test_the_search_key_is_what_is_typed_without_a_vietnamese_keyboard(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])))
def test_the_search_key_does_not_depend_on_the_form_in_which_a_text_came(text: str) -> None:
    assert search_key(unicodedata.normalize("NFD", text)) == search_key(nfc(text))


@given(st.text(alphabet="Đđàáâãạảăằ ơƯ\tabc\u200b\n", max_size=30))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert search_key(search_key(text)) == search_key(text)


def test_a_line_loses_double_spaces_invisible_characters_and_edges() -> None:
    assert clean_line(" \ufeffHội đồng\u00a0\u00a0thi\t số\u00ad 1\r\n") == "Hội đồng thi số 1"


def test_a_text_keeps_its_line_breaks() -> None:
    assert clean_text("Cho bảng sau:\r\n  A1 =  5 \r B1 = 7\n\n") == "Cho bảng sau:\nA1 = 5\nB1 = 7"


def test_a_cyrillic_letter_inside_a_vietnamese_word_is_found_where_it_stands() -> None:
    [found] = look_alikes("Bộ nhớ RАM")
    assert (found.position, found.letter, found.latin, found.script) == (9, "\u0410", "A", "CYRILLIC")


def test_a_word_made_only_of_look_alikes_is_found() -> None:
    assert [found.latin for found in look_alikes("сору tệp")] == ["c", "o", "p", "y"]
    assert [found.script for found in look_alikes("ΟΗΜ")] == ["GREEK"] * 3


@pytest.mark.parametrize("text", ["Từ điển tiếng Việt đầy đủ: ă â ê ô ơ ư đ", "góc α và β", "Москва", "5 Ω", "日本"])
def test_latin_text_and_words_truly_of_another_alphabet_are_left_alone(text: str) -> None:
    assert look_alikes(text) == []
