"""True/false questions of the 2025 paper: four statements, each judged, and never by the lack of a mark."""

import pytest

from exam_engine.interactions.keys import TRUE_FALSE_2025, PerPart, TrueFalseKey
from item_bank.exchange.imported import ImportedFile
from tests.item_bank.exchange.question_text.documents import (
    BOLD,
    UNDERLINE,
    codes,
    correct,
    errors,
    line,
    lines,
    marked,
    only,
    option_texts,
    table,
    text_file,
    truths,
    typed,
    word_document,
)

HEADING = "PHẦN II. Câu trắc nghiệm đúng sai. Thí sinh trả lời từ câu 1 đến câu 4."
STATEMENTS = "a) một\nb) hai\nc) ba\nd) bốn"


def statements(right: str, properties: str = UNDERLINE) -> list[str]:
    return [line((f"{letter})", properties if letter in right else ""), f" ý {letter}") for letter in "abcd"]


@pytest.mark.parametrize(
    "written",
    [
        "a) một (Đ)\nb) hai (S)\nc) ba (S)\nd) bốn (Đ)",
        "a) một [Đúng]\nb) hai [Sai]\nc) ba [sai]\nd) bốn [đúng]",
        "a) một - Đúng\nb) hai - Sai\nc) ba - Sai\nd) bốn - Đúng",
        "a) một\tĐ\nb) hai\tS\nc) ba\tS\nd) bốn\tĐ",
        f"{STATEMENTS}\nĐáp án: ĐSSĐ",
        f"{STATEMENTS}\nĐáp án: a) Đ, b) S, c) S, d) Đ",
        f"{STATEMENTS}\nLời giải\nĐSSĐ",
        f"{STATEMENTS}\nHẾT\nBẢNG ĐÁP ÁN\nPHẦN II\n1. ĐSSĐ",
    ],
)
def test_statements_are_judged_in_many_ways(written: str) -> None:
    item = only(text_file(f"{HEADING}\nCâu 1. Cho biết\n{written}"))
    assert truths(item) == "ĐSSĐ"
    assert option_texts(item.content) == ["một", "hai", "ba", "bốn"]
    assert errors(item) == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (STATEMENTS, "truth_missing"),
        ("a) một (Đ)\nb) hai\nc) ba (S)\nd) bốn (Đ)", "truth_incomplete"),
        (f"{STATEMENTS}\nĐáp án: ĐSS", "truth_unreadable"),
        (f"{STATEMENTS}\nĐáp án: A", "truth_unreadable"),
        ("a) một (Đ)\nb) hai (S)\nc) ba (S)\nd) bốn (Đ)\nĐáp án: ĐSSS", "truth_conflict"),
    ],
)
def test_what_is_not_said_of_all_statements_is_not_guessed(written: str, fault: str) -> None:
    item = only(text_file(f"{HEADING}\nCâu 1. Cho biết\n{written}"))
    assert item.key is None
    assert errors(item) == [fault]


def test_underlined_letters_are_the_true_statements() -> None:
    file = word_document(lines(HEADING), lines("Câu 1. Cho"), *statements("ac"), lines("Câu 2. Cho"), *statements("b"))
    assert [truths(item) for item in file.items] == ["ĐSĐS", "SĐSS"]


def test_no_underlined_letter_may_mean_that_nobody_has_marked_them_yet() -> None:
    file = word_document(lines(HEADING), lines("Câu 1. Cho"), *statements("ac"), lines("Câu 2. Cho"), *statements(""))
    assert [truths(item) for item in file.items] == ["ĐSĐS", None]
    assert errors(file.items[1]) == ["truth_missing"]


def test_four_bold_letters_are_formatting() -> None:
    item = only(word_document(lines(HEADING), lines("Câu 1. Cho"), *statements("abcd", BOLD)))
    assert errors(item) == ["truth_missing"]


def test_four_underlined_letters_are_all_true_only_where_underlining_is_the_rule() -> None:
    file = word_document(
        lines(HEADING),
        *(
            piece
            for number, right in enumerate(("ab", "c", "abcd"), 1)
            for piece in [lines(f"Câu {number}. Cho"), *statements(right)]
        ),
    )
    assert [truths(item) for item in file.items] == ["ĐĐSS", "SSĐS", "ĐĐĐĐ"]
    alone = only(word_document(lines(HEADING), lines("Câu 1. Cho"), *statements("abcd")))
    assert truths(alone) is None


def test_a_mark_and_a_stated_answer_that_disagree_are_no_key() -> None:
    item = only(word_document(lines(HEADING), lines("Câu 1. Cho"), *statements("ac"), lines("Đáp án: ĐĐSS")))
    assert truths(item) is None
    assert errors(item) == ["truth_conflict"]


def test_four_statements_are_scored_as_in_2025_and_others_by_part() -> None:
    four = only(text_file(f"{HEADING}\nCâu 1. Cho\n{STATEMENTS}\nĐáp án: ĐSSĐ")).key
    three = only(text_file(f"{HEADING}\nCâu 1. Cho\na) một\nb) hai\nc) ba\nĐáp án: ĐSS")).key
    assert isinstance(four, TrueFalseKey)
    assert four.scoring == TRUE_FALSE_2025
    assert isinstance(three, TrueFalseKey)
    assert three.scoring == PerPart()


def test_small_letters_among_capitals_are_neither_options_nor_statements_until_something_says_so() -> None:
    text = f"Câu 1. Hỏi?\nA. 1\nB. 2\nĐáp án: A\nCâu 2. Cho\n{STATEMENTS}"
    file = text_file(text)
    assert errors(file.items[1]) == ["kind_unclear"]
    assert truths(text_file(f"{text}\nĐáp án: ĐSSS").items[1]) == "ĐSSS"


def test_small_letters_of_a_whole_document_are_options_where_each_question_marks_one() -> None:
    def option(letter: str, right: str) -> str:
        return line((f"{letter}.", UNDERLINE if letter == right else ""), f" ý {letter}")

    def document(*rights: str) -> ImportedFile:
        return word_document(
            *(
                piece
                for n, right in enumerate(rights, 1)
                for piece in [lines(f"00{n}/ Hỏi?"), *(option(x, right) for x in "abcd")]
            )
        )

    file = document("b", "d")
    assert [correct(item) for item in file.items] == ["B", "D"]
    assert "family_emp" in codes(file)


def test_a_table_of_answers_by_statement_is_read() -> None:
    file = word_document(
        lines(f"{HEADING}\nCâu 1. Cho\n{STATEMENTS}\nCâu 2. Cho\n{STATEMENTS}\nĐÁP ÁN\nPHẦN II"),
        table(("Câu", "1", "2"), ("a)", "Đ", "S"), ("b)", "S", "S"), ("c)", "S", "Đ"), ("d)", "Đ", "Đ")),
    )
    assert [truths(item) for item in file.items] == ["ĐSSĐ", "SSĐĐ"]


def test_the_three_parts_have_numbers_of_their_own() -> None:
    file = text_file(
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn.\nCâu 1. Hỏi?\nA. 1\nB. 2\n"
        f"{HEADING}\nCâu 1. Cho\n{STATEMENTS}\n"
        "PHẦN III. Câu trắc nghiệm trả lời ngắn.\nCâu 1. Bao nhiêu?\n"
        "----- HẾT -----\nĐÁP ÁN\nPHẦN I\n1.B\nPHẦN II\n1. SSĐĐ\nPHẦN III\nCâu 1. Đáp án: 12,5"
    )
    assert (correct(file.items[0]), truths(file.items[1]), typed(file.items[2])) == ("B", "SSĐĐ", "12.5")
    assert "family_three_parts" in codes(file)


def test_answers_without_parts_go_to_the_one_question_that_they_fit() -> None:
    file = text_file(
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn.\nCâu 1. Hỏi?\nA. 1\nB. 2\n"
        f"{HEADING}\nCâu 1. Cho\n{STATEMENTS}\nBẢNG ĐÁP ÁN\n1.B\n1. SSĐĐ"
    )
    assert (correct(file.items[0]), truths(file.items[1])) == ("B", "SSĐĐ")


def test_answers_without_parts_that_fit_two_questions_are_not_given_to_either() -> None:
    file = text_file(
        "PHẦN I. Trắc nghiệm\nCâu 1. Hỏi?\nA. 1\nB. 2\nPHẦN II. Trắc nghiệm\nCâu 1. Hỏi?\nA. 1\nB. 2\nBẢNG ĐÁP ÁN\n1.B"
    )
    assert [correct(item) for item in file.items] == [None, None]
    assert all("answer_section_unknown" in errors(item) for item in file.items)


def test_an_option_that_ends_in_a_word_for_truth_is_no_judgement() -> None:
    item = only(
        word_document(
            lines("Câu 1. Hỏi?"), marked("A", UNDERLINE, "Cả hai đều đúng"), marked("B", "", "Cả hai đều sai")
        )
    )
    assert correct(item) == "A"
    assert option_texts(item.content) == ["Cả hai đều đúng", "Cả hai đều sai"]


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [("x - - x", "ĐSSĐ"), ("✓ - ✓ -", "ĐSĐS")],
)
def test_statements_may_be_ticked_in_a_table(ticks: str, expected: str) -> None:
    rows = [
        (f"{letter})", f"ý {letter}", *(("x", "") if tick != "-" else ("", "x")))
        for letter, tick in zip("abcd", ticks.split(), strict=True)
    ]
    item = only(word_document(lines("Câu 1. Xét các phát biểu sau:"), table(("", "Phát biểu", "Đúng", "Sai"), *rows)))
    assert truths(item) == expected
    assert option_texts(item.content) == ["ý a", "ý b", "ý c", "ý d"]
    assert item.content.stem == "Xét các phát biểu sau:"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("một", "", ""), ("hai", "", "")], "truth_missing"),
        ([("một", "x", ""), ("hai", "", "")], "truth_incomplete"),
        ([("một", "x", ""), ("hai", "x", "x")], "truth_incomplete"),
    ],
)
def test_a_row_that_is_not_ticked_or_ticked_twice_is_not_guessed(rows: list[tuple[str, str, str]], fault: str) -> None:
    item = only(word_document(lines("Câu 1. Xét:"), table(("Phát biểu", "Đúng", "Sai"), *rows)))
    assert item.key is None
    assert errors(item) == [fault]


def test_an_empty_table_takes_its_answers_from_elsewhere() -> None:
    rows = [("một", "", ""), ("hai", "", "")]
    file = word_document(lines("Câu 1. Xét:"), table(("Phát biểu", "Đúng", "Sai"), *rows), lines("Đáp án: ĐS"))
    assert truths(only(file)) == "ĐS"
