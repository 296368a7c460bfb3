"""Levels, outcomes, points, references and shared passages."""

from decimal import Decimal

import pytest

from tests.item_bank.exchange.question_text.documents import codes, errors, only, text_file

OPTIONS = "A. 1\nB. 2\nĐáp án: A"


@pytest.mark.parametrize(
    ("start", "level"),
    [
        ("Câu 1 (NB): Hỏi?", "NB"),
        ("Câu 1. [TH] Hỏi?", "TH"),
        ("Câu 1: (VD) Hỏi?", "VD"),
        ("Câu 1. (VDC). Hỏi?", "VDC"),
        ("Câu 1. [VC] Hỏi?", "VDC"),
        ("Câu 1. (Nhận biết) Hỏi?", "NB"),
        ("Câu 1. [Vận dụng cao] Hỏi?", "VDC"),
        ("Câu 1. Hỏi? (TH)", "TH"),
        ("Câu 1. Hỏi?\nMức độ: 2", "TH"),
        ("Câu 1. Hỏi?\nMức độ: Vận dụng", "VD"),
        ("Câu 1. Hỏi?", None),
    ],
)
def test_the_level_is_read_where_it_stands(start: str, level: str | None) -> None:
    item = only(text_file(f"{start}\n{OPTIONS}"))
    assert item.metadata.cognitive_level == level
    assert item.content.stem == "Hỏi?"  # type: ignore[union-attr]


def test_a_level_behind_the_answer_counts_too() -> None:
    assert only(text_file(f"Câu 1. Hỏi?\n{OPTIONS}\nMức độ: 4")).metadata.cognitive_level == "VDC"


def test_two_levels_are_none() -> None:
    item = only(text_file(f"Câu 1 (NB). Hỏi?\n{OPTIONS}\nMức độ: 4"))
    assert item.metadata.cognitive_level is None
    assert codes(item) == ["cognitive_level_stated_twice"]


@pytest.mark.parametrize("text", ["(1) là gì?", "(2 ý) nào?", "[a] là gì?", "(Theo SGK) Hỏi?"])
def test_other_brackets_are_part_of_the_stem(text: str) -> None:
    assert only(text_file(f"Câu 1. {text}\n{OPTIONS}")).content.stem == text  # type: ignore[union-attr]


def test_outcomes_points_and_references_are_taken_out_of_the_stem() -> None:
    item = only(text_file(f"Câu 1. (CLO1) (CLO 2.1) [IU03.2.1] (0,25 điểm) Hỏi?\n{OPTIONS}"))
    assert item.metadata.tags == ("CLO1", "CLO2.1")
    assert (item.metadata.module, item.metadata.reference_code) == ("IU03", "IU03.2.1")
    assert item.metadata.points == Decimal("0.25")
    assert item.content.stem == "Hỏi?"  # type: ignore[union-attr]


def questions(*numbers: int) -> str:
    return "\n".join(f"Câu {number}. Hỏi {number}?\n{OPTIONS}" for number in numbers)


@pytest.mark.parametrize(
    "opening",
    [
        "Dựa vào thông tin sau, trả lời từ câu 2 đến câu 3:",
        "Đọc đoạn văn sau và trả lời các câu hỏi từ 2 đến 3",
        "Sử dụng dữ kiện sau để trả lời câu 2–3.",
        "Dùng bảng sau cho câu 2 và câu 3:",
        "Read the passage and answer questions 2 to 3.",
        "Questions 2-3: Read the text.",
    ],
)
def test_a_passage_belongs_to_the_questions_that_it_names(opening: str) -> None:
    file = text_file(f"{questions(1)}\n{opening}\nMột đoạn văn dài.\nHai dòng.\n{questions(2, 3, 4)}")
    assert [item.stimulus for item in file.items] == [None, "p1", "p1", None]
    assert file.stimuli[0].content == "<p>Một đoạn văn dài.</p><p>Hai dòng.</p>"
    assert file.stimuli[0].title == "Một đoạn văn dài."
    assert [errors(item) for item in file.items] == [[], [], [], []]


def test_a_passage_that_names_missing_questions_is_told() -> None:
    file = text_file(f"Dựa vào thông tin sau trả lời câu 1 đến câu 3:\nĐoạn.\n{questions(1, 2)}")
    (notice,) = [notice for notice in file.notices if notice.code == "passage_range_incomplete"]
    assert notice.params == {"numbers": "3"}


def test_a_passage_without_numbers_is_linked_to_nothing_and_told() -> None:
    file = text_file(f"Đọc đoạn văn sau và trả lời các câu hỏi:\nĐoạn.\n{questions(1, 2)}")
    assert [item.stimulus for item in file.items] == [None, None]
    assert errors(file.items[0]) == ["passage_without_range"]


def test_a_sentence_about_one_question_is_no_passage() -> None:
    file = text_file(f"Câu 1. Đọc kĩ câu 1 rồi chọn\n{OPTIONS}")
    assert file.stimuli == ()
