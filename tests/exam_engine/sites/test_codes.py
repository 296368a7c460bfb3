"""Codes that people type: every single mistake is seen, and one wrong letter is found."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.sites.codes import LETTERS, RANDOM_LETTERS, in_groups, new_code, read_code
from exam_engine.sites.errors import CodeMistypedError
from exam_engine.sittings.service import ACCESS_CODE_ALPHABET

CODES = st.integers(0, 2**32).map(lambda seed: new_code(random.Random(seed)))
PLACES = st.integers(0, LETTERS - 1)
LETTER = st.sampled_from(ACCESS_CODE_ALPHABET)


def replaced(code: str, place: int, letter: str) -> str:
    return code[:place] + letter + code[place + 1 :]


def test_a_code_is_long_enough_and_from_the_whole_alphabet() -> None:
    assert len(ACCESS_CODE_ALPHABET) ** RANDOM_LETTERS > 2**80
    codes = [new_code(random.Random(seed)) for seed in range(300)]
    assert {letter for code in codes for letter in code[:RANDOM_LETTERS]} == set(ACCESS_CODE_ALPHABET)
    assert len(set(codes)) == 300


@given(CODES)
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    shown = in_groups(code)
    assert [len(group) for group in shown.split("-")] == [4] * 5
    for typed in (code, shown, shown.lower(), shown.replace("-", " "), f" {shown.replace('-', ' – ')}\n"):
        assert read_code(typed) == code


@given(CODES, PLACES, LETTER)
def test_one_wrong_letter_is_found_where_it_stands(code: str, place: int, letter: str) -> None:
    if code[place] == letter:
        return
    with pytest.raises(CodeMistypedError) as refused:
        read_code(replaced(code, place, letter))
    assert [fault.params["group"] for fault in refused.value.faults] == [place // 4 + 1]


@given(CODES, PLACES, LETTER, PLACES, LETTER)
def test_two_wrong_letters_never_make_another_code(code: str, one: int, first: str, two: int, second: str) -> None:
    typed = replaced(replaced(code, one, first), two, second)
    if typed != code:
        with pytest.raises(CodeMistypedError):
            read_code(typed)


@given(CODES, PLACES, PLACES)
def test_letters_that_changed_places_are_seen(code: str, one: int, two: int) -> None:
    typed = replaced(replaced(code, one, code[two]), two, code[one])
    if typed != code:
        with pytest.raises(CodeMistypedError):
            read_code(typed)


@pytest.mark.parametrize(("typed", "fault"), [("ABCD", "site_code_length"), ("A" * 19 + "O", "site_code_group")])
def test_what_is_no_code_at_all_is_refused(typed: str, fault: str) -> None:
    with pytest.raises(CodeMistypedError) as refused:
        read_code(typed)
    assert [one.code for one in refused.value.faults] == [fault]
