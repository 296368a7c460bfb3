"""Names on certificates: what Vietnam's languages write is accepted, what only looks like it is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.names import (
    ALLOWED_CHARACTERS,
    LETTERS,
    LETTERS_BEFORE_BREVE,
    LONGEST_NAME_BYTES,
    UnprintableNameError,
    find_fault,
    normalise_name,
)

VIETNAMESE_ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = "\u0300\u0309\u0303\u0301\u0323"


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Thuỳ Dương",
        "Công Tằng Tôn Nữ Hoàng Phượng",
        "Đặng Lê Nguyên Vũ",
        "K' Brếp",
        "H'Hen Niê",
        "H\u2019Hen Niê",
        "Y Moan Êban",
        "Ya Ly",
        "Ka Hồng",
        "Y Ƀlŏ Ñĭ",
        "Ê\u0306ban H'Ư\u0306n",
        "Lê Thị Bích-Ngọc",
        "Vừ A Dính",
        "Jơ Wan Fa Zét",
    ],
)
def test_names_of_vietnams_peoples_stand_as_they_are_written(name: str) -> None:
    assert normalise_name(name) == name


def test_every_letter_of_the_alphabet_with_every_tone_is_allowed_in_both_cases() -> None:
    toned = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES]
    for letter in [*VIETNAMESE_ALPHABET, *toned]:
        assert {letter, letter.upper()} <= LETTERS


def test_a_decomposed_name_from_another_system_is_composed() -> None:
    composed = "Nguyễn Thị Thuỳ Dương Đặng"
    decomposed = unicodedata.normalize("NFD", composed)
    assert (len(decomposed), len(composed)) == (34, 26)
    assert normalise_name(decomposed) == composed


def test_both_spellings_of_a_tone_mark_are_kept_apart() -> None:
    assert normalise_name("Hoà") != normalise_name("Hòa")


def test_doubled_and_outer_spaces_are_folded() -> None:
    assert normalise_name("  Ya   Ly ") == "Ya Ly"


@pytest.mark.parametrize(
    ("name", "code", "position", "character"),
    [
        ("", "name_empty", 0, ""),
        ("   ", "name_empty", 0, ""),
        ("\u041dguyễn Hoa", "name_foreign_script", 1, "U+041D"),
        ("Nguyễn H\u03bfa", "name_foreign_script", 9, "U+03BF"),
        ("Lê \u0455áng", "name_foreign_script", 4, "U+0455"),
        ("Straße", "name_foreign_script", 5, "U+00DF"),
        ("Lê\u202eAn", "name_hidden_character", 3, "U+202E"),
        ("Lê\u200bAn", "name_hidden_character", 3, "U+200B"),
        ("Lê\u00a0An", "name_hidden_character", 3, "U+00A0"),
        ("Lê\tAn", "name_hidden_character", 3, "U+0009"),
        ("Lê\nAn", "name_hidden_character", 3, "U+000A"),
        ("Lê An\ue000", "name_hidden_character", 6, "U+E000"),
        ("Lê An 2", "name_digit", 7, "U+0032"),
        ("Lê An \u0662", "name_digit", 7, "U+0662"),
        ("Lê\u0302 An", "name_stray_mark", 3, "U+0302"),
        ("Le\u0306\u0306 An", "name_stray_mark", 3, "U+0306"),
        ("<b>An</b>", "name_character", 1, "U+003C"),
        ("=HYPERLINK()", "name_character", 1, "U+003D"),
        ("Lê, An", "name_character", 3, "U+002C"),
        ("-An", "name_punctuation", 1, "U+002D"),
        ("'An", "name_punctuation", 1, "U+0027"),
        ("An--Na", "name_punctuation", 4, "U+002D"),
        ("An -Na", "name_punctuation", 4, "U+002D"),
        ("An-", "name_punctuation", 3, "U+002D"),
        ("H''Hen", "name_punctuation", 3, "U+0027"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_at_its_place(
    name: str, code: str, position: int, character: str
) -> None:
    with pytest.raises(UnprintableNameError) as caught:
        normalise_name(name)
    fault = caught.value.fault
    assert (fault.code, fault.position, fault.character) == (code, position, character)


def test_the_longest_name_is_accepted_and_one_byte_more_is_not() -> None:
    longest = "Ộ" * ((LONGEST_NAME_BYTES - 2) // 3) + "An"
    assert len(longest.encode()) == LONGEST_NAME_BYTES
    assert normalise_name(longest) == longest
    with pytest.raises(UnprintableNameError, match="name_too_long"):
        normalise_name(longest + "a")


def test_a_decomposed_name_may_not_be_signed_as_it_is() -> None:
    fault = find_fault(unicodedata.normalize("NFD", "Hoà"))
    assert fault is not None


words = st.text(st.sampled_from(sorted(LETTERS)), min_size=1, max_size=5)


@given(st.lists(words, min_size=1, max_size=4))
def test_any_words_of_allowed_letters_are_a_name_in_any_normal_form(parts: list[str]) -> None:
    name = " ".join(parts)
    assert normalise_name(unicodedata.normalize("NFD", name)) == name == normalise_name(name)


@given(st.text(max_size=30) | st.text(st.sampled_from(sorted(ALLOWED_CHARACTERS)), max_size=30))
def test_whatever_is_accepted_is_composed_allowed_text_and_stays_accepted(text: str) -> None:
    try:
        name = normalise_name(text)
    except UnprintableNameError:
        return
    assert unicodedata.is_normalized("NFC", name)
    assert set(name) <= ALLOWED_CHARACTERS
    assert find_fault(name) is None
    assert normalise_name(name) == name
    for before, character in zip(" " + name, name, strict=False):
        assert character != "\u0306" or before in LETTERS_BEFORE_BREVE
