"""Aiken files, strict and as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.core.errors import InvalidInputError
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.aiken.reading import looks_like, read
from item_bank.exchange.examples import example_of
from item_bank.exchange.imported import ImportedItem

STRICT = (
    "Phím nào lưu tệp?\nA. Ctrl+C\nB. Ctrl+S\nC. Ctrl+V\nANSWER: B\n\nMột byte có mấy bit?\nA) 4\nB) 8\nANSWER: B\n"
)


def items(text: str) -> list[ImportedItem]:
    return list(read(text.encode(), "cau-hoi.txt").items)


def codes(item: ImportedItem) -> list[str]:
    return [notice.code for notice in item.notices]


def test_a_strict_file_is_read_whole() -> None:
    one, two = items(STRICT)
    assert isinstance(one.content, SingleChoice)
    assert plain_text(one.content.stem) == "Phím nào lưu tệp?"
    assert [plain_text(option.content) for option in one.content.options] == ["Ctrl+C", "Ctrl+S", "Ctrl+V"]
    assert one.key == two.key == ChoiceKey(correct=("B",))
    for item in (one, two):
        assert item.content is not None
        assert check_item(item.content, item.key) == []
    assert (two.number, two.place.startswith("¶ 7")) == (2, True)


@pytest.mark.parametrize("answer", ["ANSWER: B", "answer: b", "ANSWER:B.", "  Answer :  b)  "])
@pytest.mark.parametrize("letter", ["{}. ", "{}) ", "{} . ", "  {}.\t"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_letters_and_answers_may_be_typed_in_many_ways(answer: str, letter: str, case: type[str]) -> None:
    lines = [letter.format(case(name)) + text for name, text in zip("ABC", ("một", "hai", "ba"), strict=True)]
    [item] = items("\n".join(["Câu?", *lines, answer]))
    assert item.key == ChoiceKey(correct=("B",))


def test_texts_may_go_over_several_lines_and_questions_may_follow_without_a_blank_line() -> None:
    one, two = items("Dòng một\ndòng hai?\nA. đầu\ntiếp\nB. sau\nANSWER: A\nCâu hai?\nA. x\nB. y\nANSWER: B")
    assert isinstance(one.content, SingleChoice)
    assert plain_text(one.content.stem) == "Dòng một\ndòng hai?"
    assert plain_text(one.content.options[0].content) == "đầu\ntiếp"
    assert two.key == ChoiceKey(correct=("B",))


def test_a_bracket_needs_no_space_behind_it_but_a_full_stop_does() -> None:
    item = read(b"A good question\nA)No space\nB)Also none\nC.I.A. is no option\nANSWER: B", "a.txt").items[0]
    assert isinstance(item.content, SingleChoice)
    assert [option.content for option in item.content.options] == ["No space", "Also none<br>C.I.A. is no option"]
    assert item.key == ChoiceKey(correct=("B",))


def test_a_letter_out_of_turn_begins_no_option() -> None:
    [item] = items("Ai tìm ra?\nA. A. Einstein\nB. thuyết của\nA. Newton\nC. khác\nANSWER: A")
    assert isinstance(item.content, SingleChoice)
    assert [plain_text(option.content) for option in item.content.options] == [
        "A. Einstein",
        "thuyết của\nA. Newton",
        "khác",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Câu?\nA. x\nB. y\n", "aiken_answer_missing"),
        ("Câu?\nA. x\nB. y\nANSWER:", "aiken_answer_missing"),
        ("Câu?\nA. x\nB. y\nANSWER: C", "aiken_answer_unknown"),
        ("Câu?\nA. x\nB. y\nANSWER: AB", "aiken_answer_unknown"),
        ("Câu?\nA. x\nANSWER: A", "aiken_option_count"),
        ("Câu?\nANSWER: A", "aiken_option_count"),
    ],
)
def test_a_key_is_never_guessed(text: str, code: str) -> None:
    item, good = items(f"{text}\n\nTốt?\nA. x\nB. y\nANSWER: A")
    assert (item.key, codes(item)) == (None, [code])
    assert good.key == ChoiceKey(correct=("A",))


@given(st.text(alphabet="ABCab.) \nANSWER:đ", max_size=300))
def test_no_text_breaks_the_reader_and_every_key_is_the_letter_of_an_answer_line(text: str) -> None:
    try:
        found = read(text.encode(), "x.txt")
    except InvalidInputError:
        return
    stated = [line.upper().split("ANSWER", 1)[1] for line in text.split("\n") if "ANSWER" in line.upper()]
    for item in found.items:
        if isinstance(item.key, ChoiceKey):
            assert any(item.key.correct[0] in line for line in stated)


@pytest.mark.parametrize(
    ("name", "text", "is_aiken"),
    [("a.txt", STRICT, True), ("a.txt", "Câu 1\nA. x\nĐáp án: A", False), ("a.docx", STRICT, False)],
)
def test_the_format_is_known_by_its_answer_lines(name: str, text: str, is_aiken: bool) -> None:
    assert looks_like(name, text.encode()) is is_aiken


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_example_that_people_learn_from_is_read_without_a_word(language: Language) -> None:
    example = example_of("aiken", Catalogue(("exam_engine", "item_bank")), language)
    assert example is not None
    found = read(example.content(), example.name)
    assert [(item.key, item.notices) for item in found.items] == [(ChoiceKey(correct=("B",)), ())] * 2
