"""Answers in words: lines, explanations, tables, and where they contradict each other."""

import pytest

from item_bank.exchange.question_text.answers import letters_of, pairs_of, truths_of
from tests.item_bank.exchange.question_text.documents import (
    codes,
    correct,
    errors,
    lines,
    only,
    table,
    text_file,
    typed,
    word_document,
)

TWO = "Câu 1. Hỏi?\nA. 1\nB. 2\nC. 3\nD. 4\nCâu 2. Hỏi?\nA. 1\nB. 2\nC. 3\nD. 4"


@pytest.mark.parametrize(
    "said",
    [
        "Đáp án: B",
        "Đáp án B",
        "Đáp án đúng: B",
        "Đáp án đúng là B",
        "ĐÁP ÁN: B.",
        "Answer: B",
        "Key: B",
        "Chọn B",
        "Chọn đáp án B.",
        "=> Đáp án: B",
        "Lời giải\nChọn B",
        "Hướng dẫn giải\nB",
        "Lời giải: Ta thấy 2 > 1 nên chọn B.",
        "Giải thích: Vì thế đáp án là B",
    ],
)
def test_the_answer_may_be_said_in_many_ways(said: str) -> None:
    item = only(text_file(f"Câu 1. Hỏi?\nA. 1\nB. 2\nC. 3\n{said}"))
    assert correct(item) == "B"
    assert errors(item) == []


@pytest.mark.parametrize(
    "said", ["Lời giải: Đáp án A sai vì 1 < 2.", "Lời giải: chọn A thì vô lí", "Đáp án:", "Đáp án: ......"]
)
def test_an_explanation_that_names_a_letter_in_passing_states_no_answer(said: str) -> None:
    item = only(text_file(f"Câu 1. Hỏi?\nA. 1\nB. 2\nC. 3\n{said}"))
    assert correct(item) is None
    assert errors(item) == ["key_missing_in_text"]


@pytest.mark.parametrize("said", ["Đáp án: E", "Đáp án: tuỳ", "Đáp án: A hoặc B", "Đáp án: B?"])
def test_an_answer_that_is_no_option_is_not_guessed(said: str) -> None:
    item = only(text_file(f"Câu 1. Hỏi?\nA. 1\nB. 2\nC. 3\n{said}"))
    assert correct(item) is None
    assert errors(item) == ["key_answer_unreadable"]


@pytest.mark.parametrize("said", ["A, C", "A; C", "A và C", "AC", "A,C."])
def test_several_stated_answers_make_a_multiple_response(said: str) -> None:
    item = only(text_file(f"Câu 1. Hỏi?\nA. 1\nB. 2\nC. 3\nĐáp án: {said}"))
    assert item.content.interaction == "multiple_response"  # type: ignore[union-attr]
    assert correct(item) == "AC"


def test_two_answers_that_differ_are_no_key() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nĐáp án: A\nLời giải: nên chọn B."))
    assert correct(item) is None
    assert errors(item) == ["key_conflict"]


def test_the_explanation_is_kept_without_the_bare_letter() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nLời giải\nChọn B\nVì hai lớn hơn một.\nĐó là tất cả."))
    assert item.explanation == "<p>Vì hai lớn hơn một.</p><p>Đó là tất cả.</p>"


def test_solving_an_equation_in_the_stem_is_no_explanation() -> None:
    item = only(text_file("Câu 1.\nGiải phương trình x + 1 = 2\nA. 1\nB. 2\nĐáp án: A"))
    assert item.content.stem == "Giải phương trình x + 1 = 2"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "answers",
    [
        "BẢNG ĐÁP ÁN\n1.B 2.D",
        "BẢNG ĐÁP ÁN\n1-B\n2-D",
        "ĐÁP ÁN\n1B 2D",
        "ĐÁP ÁN\n1.b; 2.d",
        "--- HẾT ---\nĐÁP ÁN\nCâu 1. B\nCâu 2. D",
        "HẾT\nBẢNG ĐÁP ÁN VÀ LỜI GIẢI\nCâu 1: Chọn B\nCâu 2: Đáp án D",
        "HẾT\nHƯỚNG DẪN GIẢI CHI TIẾT\nCâu 1. Lời giải: Chọn B.\nCâu 2. Ta có 4 = 4.\nChọn D",
    ],
)
def test_answers_at_the_end_go_to_their_questions(answers: str) -> None:
    file = text_file(f"{TWO}\n{answers}")
    assert [correct(item) for item in file.items] == ["B", "D"]


@pytest.mark.parametrize(
    "rows",
    [
        (("1.B", "2.D"),),
        (("Câu", "1", "2"), ("Đáp án", "B", "D")),
        (("1", "2"), ("B", "D")),
        (("Câu", "Đáp án"), ("1", "B"), ("2", "D")),
        (("Câu", "Đáp án", "Câu", "Đáp án"), ("1", "B", "2", "D")),
        (("Câu 1", "Câu 2"), ("B", "D")),
    ],
)
def test_tables_of_answers_are_read_in_their_usual_shapes(rows: tuple[tuple[str, ...], ...]) -> None:
    file = word_document(lines(TWO), lines("BẢNG ĐÁP ÁN"), table(*rows))
    assert [correct(item) for item in file.items] == ["B", "D"]


def test_a_table_for_several_papers_is_not_chosen_from() -> None:
    file = word_document(lines(TWO), lines("ĐÁP ÁN"), table(("Câu", "101", "102"), ("1", "B", "C"), ("2", "D", "A")))
    assert [correct(item) for item in file.items] == [None, None]
    assert "answers_of_several_papers" in codes(file)


def test_two_answers_to_one_number_in_a_table_are_no_key() -> None:
    file = text_file(f"{TWO}\nBẢNG ĐÁP ÁN\n1.A 1.B 2.D")
    assert [correct(item) for item in file.items] == [None, "D"]
    assert errors(file.items[0]) == ["key_conflict"]


def test_answers_that_no_question_has_are_told() -> None:
    file = text_file(f"{TWO}\nBẢNG ĐÁP ÁN\n1.A 2.B 3.C")
    (notice,) = [notice for notice in file.notices if notice.code == "answers_without_question"]
    assert notice.params == {"numbers": "3"}


def test_a_table_of_data_is_no_table_of_answers() -> None:
    file = word_document(lines(TWO), table(("Năm", "Số"), ("2020", "5"), ("2021", "7")))
    assert len(file.items) == 2
    assert [errors(item) for item in file.items] == [["key_missing_in_text"]] * 2


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("12", "12"),
        ("-3", "-3"),
        ("12,5", "12.5"),
        ("0.25", "0.25"),
        ("1.234.567", "1234567"),
        ("15 cm", "15"),
        ("−7", "-7"),
    ],
)
def test_numbers_are_read_as_viet_nam_writes_them(answer: str, value: str) -> None:
    item = only(text_file(f"PHẦN III. Câu trả lời ngắn\nCâu 1. Bao nhiêu?\nĐáp án: {answer}"))
    assert item.content.interaction == "numeric_entry"  # type: ignore[union-attr]
    assert typed(item) == value


def test_a_number_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    item = only(text_file("PHẦN III. Câu trả lời ngắn\nCâu 1. Bao nhiêu?\nĐáp án: 1.234"))
    assert typed(item) is None
    assert errors(item) == ["answer_number_unclear"]


def test_words_make_a_text_entry_with_all_that_is_accepted() -> None:
    item = only(text_file("PHẦN III. Câu trả lời ngắn\nCâu 1. Thủ đô? <key=Hà Nội | Ha Noi>"))
    assert typed(item) == ("Hà Nội", "Ha Noi")
    assert item.content.stem == "Thủ đô?"  # type: ignore[union-attr]


def test_short_answers_that_differ_are_no_key() -> None:
    item = only(text_file("PHẦN III. Câu trả lời ngắn\nCâu 1. Bao nhiêu? <key=2>\nĐáp án: 3"))
    assert typed(item) is None
    assert errors(item) == ["key_conflict"]


def test_a_short_question_without_an_answer_has_no_key() -> None:
    item = only(text_file("PHẦN III. Câu trả lời ngắn\nCâu 1. Bao nhiêu?"))
    assert item.content is not None
    assert (item.key, errors(item)) == (None, ["key_missing_in_text"])


def test_an_essay_has_no_key_until_somebody_writes_criteria() -> None:
    item = only(text_file("PHẦN TỰ LUẬN\nPhần II. Tự luận\nCâu 1. Trình bày suy nghĩ.\nLời giải: Nêu ba ý."))
    assert item.content.interaction == "extended_text"  # type: ignore[union-attr]
    assert errors(item) == ["essay_without_rubric"]
    assert item.explanation == "Nêu ba ý."


@pytest.mark.parametrize(
    ("text", "letters"), [("A", ("A",)), ("b", ("B",)), ("A,C", ("A", "C")), ("A và D.", ("A", "D"))]
)
def test_letters_of_an_answer(text: str, letters: tuple[str, ...]) -> None:
    assert letters_of(text) == letters


@pytest.mark.parametrize("text", ["", "AA", "I", "ab", "A hoặc B", "A?", "12", "ĐSĐS"])
def test_what_names_no_letters(text: str) -> None:
    assert letters_of(text) is None


def test_pairs_need_a_line_of_nothing_else() -> None:
    assert list(pairs_of("1.A | 2-B; 3 C")) == [(1, "A"), (2, "B"), (3, "C")]
    assert list(pairs_of("1.A là đáp án của câu 1")) == []
    assert list(pairs_of("12. Anh")) == []


@pytest.mark.parametrize(
    "text",
    [
        "ĐSĐS",
        "đ s đ s",
        "Đ-S-Đ-S",
        "Đúng, Sai, Đúng, Sai",
        "a) Đ b) S c) Đ d) S",
        "a đúng; b sai; c đúng; d sai",
        "DSDS",
        "TFTF",
    ],
)
def test_truths_of_four_statements(text: str) -> None:
    assert truths_of(text, 4) == {0: True, 1: False, 2: True, 3: False}


@pytest.mark.parametrize("text", ["ĐSĐ", "ĐSĐSĐ", "a) Đ b) S c) Đ", "a) Đ a) S c) Đ d) S", "ABCD", ""])
def test_truths_that_do_not_speak_of_each_statement_once(text: str) -> None:
    assert truths_of(text, 4) is None


def test_solutions_that_repeat_their_questions_are_kept_from_where_they_explain() -> None:
    solutions = "Câu 1. Hỏi?\nA. 1\nB. 2\nLời giải\nChọn B\nVì thế.\nCâu 2. Hỏi?\nA. 1\nLời giải\nChọn D"
    file = text_file(f"{TWO}\nHƯỚNG DẪN GIẢI\n{solutions}")
    assert [correct(item) for item in file.items] == ["B", "D"]
    assert [item.explanation for item in file.items] == ["Vì thế.", ""]
