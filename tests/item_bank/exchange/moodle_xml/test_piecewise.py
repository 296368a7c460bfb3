"""Moodle XML is checked as a whole and then read question by question, with few of them in memory."""

import pytest

from item_bank.exchange.moodle_xml.errors import InvalidMoodleFileError
from item_bank.exchange.moodle_xml.reading import begin
from item_bank.exchange.moodle_xml.source import questions_of
from tests.item_bank.exchange.moodle_xml.quizzes import answer, question, quiz

QUESTION = question("shortanswer", "Phím nào lưu?", answer("100", "Ctrl+S"))


@pytest.mark.parametrize("count", [1000, 8000])
def test_few_questions_stand_in_memory_however_many_the_file_has(count: int) -> None:
    beside = []
    for one in questions_of(quiz(*[QUESTION] * count)):
        parent = one.getparent()
        assert parent is not None
        beside.append(len(parent))
    assert len(beside) == count
    assert max(beside) < 400


def test_what_stands_between_questions_is_let_go() -> None:
    content = quiz("<x/>" * 100_000, QUESTION, "<x/>" * 100_000, QUESTION)
    assert [one.get("type") for one in questions_of(content)] == ["shortanswer"] * 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("<question>", "moodle_damaged"),
        ("&unknown;", "moodle_damaged"),
        ("<x:a/>", "moodle_damaged"),
        ("<!DOCTYPE quiz>", "moodle_damaged"),
        ("<a>" * 20 + "</a>" * 20, "moodle_suspicious"),
    ],
)
def test_a_fault_behind_many_questions_refuses_the_file_before_any_is_given(fault: str, code: str) -> None:
    content = quiz(*[QUESTION] * 2000, fault, *[QUESTION] * 10)
    with pytest.raises(InvalidMoodleFileError) as caught:
        begin(content, "cau-hoi.xml")
    assert caught.value.faults[0].code == code


def test_more_questions_than_a_file_may_hold_are_refused() -> None:
    with pytest.raises(InvalidMoodleFileError) as caught:
        begin(quiz("<question/>" * 20_001), "cau-hoi.xml")
    assert caught.value.faults[0].code == "moodle_suspicious"
