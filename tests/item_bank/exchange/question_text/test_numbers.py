"""How questions begin, and what their numbers tell."""

import pytest

from tests.item_bank.exchange.question_text.documents import (
    codes,
    correct,
    errors,
    only,
    option_texts,
    text_file,
    word_document,
)
from tests.item_bank.exchange.word.word_files import definition, level, listed, paragraph, run, use


@pytest.mark.parametrize(
    "start",
    [
        "Câu {}.",
        "Câu {}:",
        "Câu {})",
        "CÂU {}.",
        "Câu hỏi {}:",
        "Câu số {}.",
        "Câu {} (NB):",
        "Question {}.",
        "Bài {}:",
        "{}.",
        "{})",
        "{}:",
        "00{}/",
        "Câu {} ",
    ],
)
def test_questions_begin_in_many_ways(start: str) -> None:
    text = "\n".join(f"{start.format(n)} Thủ đô?\nA. 1\nB. 2\nĐáp án: {answer}" for n, answer in ((1, "A"), (2, "B")))
    file = text_file(text)
    assert [correct(item) for item in file.items] == ["A", "B"]
    assert {item.content.stem for item in file.items if item.content} == {"Thủ đô?"}


def test_a_text_in_decomposed_letters_is_read_alike() -> None:
    import unicodedata

    text = unicodedata.normalize("NFD", "Câu 1. Đường đi?\nA. một\nB. hai\nĐáp án: B")
    item = only(text_file(text))
    assert correct(item) == "B"
    assert item.content.stem == "Đường đi?"  # type: ignore[union-attr]


def test_a_numbered_list_in_a_stem_begins_no_questions() -> None:
    file = text_file("1. Cho\n1. một\n2. hai\nA. x\nB. y\nĐáp án: A\n2. Hỏi?\nA. x\nB. y\nĐáp án: B")
    assert [correct(item) for item in file.items] == ["A", "B"]
    assert "1. một" in file.items[0].content.stem  # type: ignore[union-attr]


def test_numbers_inside_questions_of_another_style_are_text() -> None:
    item = only(text_file("Câu 1. Cho\n1. một\n2. hai\nA. x\nB. y\nĐáp án: A"))
    assert item.content.stem == "<p>Cho</p><p>1. một</p><p>2. hai</p>"  # type: ignore[union-attr]


def test_decimal_numbers_begin_no_question() -> None:
    item = only(text_file("1. Giá trị?\n2.5 kg\nA. x\nB. y\nĐáp án: A"))
    assert "2.5 kg" in item.content.stem  # type: ignore[union-attr]


def test_a_number_that_is_missing_is_told() -> None:
    file = text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nĐáp án: A\nCâu 3. Hỏi?\nA. 1\nB. 2\nĐáp án: B")
    assert codes(file.items[1]) == ["question_number_gap"]
    assert correct(file.items[1]) == "B"


def test_a_question_that_was_swallowed_by_the_one_before_is_told() -> None:
    file = text_file("Câu 1. Hỏi?\n2. Mất chữ?\nA. 1\nB. 2\nĐáp án: A\nCâu 3. Hỏi?\nA. 1\nB. 2\nĐáp án: B")
    assert errors(file.items[0]) == ["questions_merged"]
    assert correct(file.items[0]) is None


def test_a_number_that_comes_twice_has_no_key_from_anywhere() -> None:
    file = text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nCâu 1. Khác?\nA. 1\nB. 2\nBẢNG ĐÁP ÁN\n1.A")
    assert [correct(item) for item in file.items] == [None, None]
    assert "question_number_repeated" in errors(file.items[1])
    assert "answer_section_unknown" in errors(file.items[0])


def test_more_than_nine_thousand_questions_are_still_counted() -> None:
    text = "\n".join(f"Câu {n}. Hỏi?\nA. 1\nB. 2\nĐáp án: B" for n in (9999, 10000, 10001))
    assert len(text_file(text).items) == 3


def test_numbers_and_letters_that_word_counts_are_read_like_typed_ones() -> None:
    numbering = definition(1, level(0, "decimal", "Câu %1."), level(1, "upperLetter", "%2.")) + use(1, 1)
    red = '<w:color w:val="FF0000"/>'
    right = paragraph(run("đúng", red), '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>')
    file = word_document(
        listed("Hỏi một?", 1),
        listed("sai", 1, 1),
        right,
        listed("Hỏi hai?", 1),
        right,
        listed("sai", 1, 1),
        numbering=numbering,
    )
    assert [correct(item) for item in file.items] == ["B", "A"]
    assert option_texts(file.items[0].content) == ["sai", "đúng"]


def test_a_file_without_questions_is_told() -> None:
    file = text_file("Kính gửi ban giám hiệu.\nTrân trọng.")
    assert file.items == ()
    assert "no_questions_found" in codes(file)


def test_text_before_the_first_question_is_told() -> None:
    file = text_file("SỞ GIÁO DỤC\nĐỀ THI\nCâu 1. Hỏi?\nA. 1\nB. 2\nĐáp án: A")
    (notice,) = [notice for notice in file.notices if notice.severity == "left_out"]
    assert (notice.code, notice.params, notice.place) == ("text_outside_questions", {"lines": 2}, "¶ 1 “SỞ GIÁO DỤC”")


def test_a_stray_word_in_an_explanation_does_not_hide_questions_without_it() -> None:
    text = "\n".join(f"{n}. Hỏi?\nA. 1\nB. 2\nĐáp án: B" for n in range(1, 16))
    file = text_file(f"{text}\nLời giải:\nCâu 5. đã giải thích.")
    assert [correct(item) for item in file.items] == ["B"] * 15


def test_ten_listed_numbers_in_a_stem_do_not_hide_the_word() -> None:
    listed_numbers = "\n".join(f"{n}. dòng" for n in range(1, 11))
    file = text_file(f"Câu 1. Cho\n{listed_numbers}\nA. 1\nB. 2\nĐáp án: B")
    assert [correct(item) for item in file.items] == ["B"]
