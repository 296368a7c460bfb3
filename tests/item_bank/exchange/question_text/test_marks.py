"""The right option by marks: which count, which are formatting, and where nobody can tell."""

import pytest

from tests.item_bank.exchange.question_text.documents import (
    BLACK,
    BLUE,
    BOLD,
    ITALIC,
    MARKER,
    MARKS,
    RED,
    UNDERLINE,
    codes,
    correct,
    errors,
    line,
    lines,
    marked,
    only,
    option_texts,
    options,
    question,
    word_document,
)


@pytest.mark.parametrize("kind", MARKS)
@pytest.mark.parametrize("whole", [False, True])
def test_a_mark_on_one_option_of_most_questions_is_the_key(kind: str, whole: bool) -> None:
    file = word_document(
        *(question(n, *options(*"ABCD", right=right, by=MARKS[kind], whole=whole)) for n, right in enumerate("BDA", 1))
    )
    assert [correct(item) for item in file.items] == ["B", "D", "A"]
    assert [codes(item) for item in file.items] == [[], [], []]
    assert f"key_by_{kind}" in codes(file)


@pytest.mark.parametrize("kind", ["underline", "bold", "italic"])
def test_the_mark_of_the_key_does_not_stay_in_the_text(kind: str) -> None:
    file = word_document(*(question(n, *options(*"ABCD", right="C", by=MARKS[kind], whole=True)) for n in range(1, 4)))
    assert option_texts(file.items[0].content) == [f"phương án {letter}" for letter in "ABCD"]


def test_two_marked_options_have_no_key() -> None:
    file = word_document(
        question(1, *options(*"ABCD", right="BC")),
        question(2, *options(*"ABCD", right="B")),
        question(3, *options(*"ABCD", right="A")),
    )
    assert [correct(item) for item in file.items] == [None, "B", "A"]
    assert errors(file.items[0]) == ["key_two_marked"]
    assert file.items[0].notices[0].params == {"letters": "B, C"}
    assert file.items[0].notices[0].place.startswith("¶ 1 “Câu 1.")


def test_two_marked_options_are_right_where_the_stem_asks_for_two() -> None:
    file = word_document(question(1, *options(*"ABCD", right="BC"), stem="Chọn hai đáp án đúng."))
    assert only(file).content.interaction == "multiple_response"  # type: ignore[union-attr]
    assert correct(only(file)) == "BC"


def test_three_marked_options_are_too_many_where_the_stem_asks_for_two() -> None:
    item = only(word_document(question(1, *options(*"ABCD", right="ABC"), stem="Chọn 2 đáp án đúng.")))
    assert correct(item) is None
    assert errors(item) == ["key_other_count"]


def test_a_question_without_a_mark_among_marked_ones_has_no_key() -> None:
    file = word_document(
        question(1, *options(*"ABCD", right="B")),
        question(2, *options(*"ABCD")),
        question(3, *options(*"ABCD", right="C")),
    )
    assert [correct(item) for item in file.items] == ["B", None, "C"]
    assert errors(file.items[1]) == ["key_missing_in_text"]


def test_a_mark_on_all_options_says_nothing() -> None:
    item = only(word_document(question(1, *options(*"ABCD", right="ABCD"))))
    assert correct(item) is None
    assert errors(item) == ["key_all_marked"]


def test_letters_that_are_all_bold_are_formatting_beside_an_underlined_one() -> None:
    file = word_document(
        question(1, marked("A", BOLD), marked("B", BOLD + UNDERLINE), marked("C", BOLD)),
        question(2, marked("A", BOLD + UNDERLINE), marked("B", BOLD), marked("C", BOLD)),
    )
    assert [correct(item) for item in file.items] == ["B", "A"]


def test_another_mark_than_that_of_the_document_is_formatting() -> None:
    """Underlined letters are the key; the one bold option of question 3 is emphasis."""
    file = word_document(
        question(1, *options(*"ABC", right="B")),
        question(2, *options(*"ABC", right="A")),
        question(3, marked("A", UNDERLINE), marked("B", ""), marked("C", BOLD, whole=True)),
    )
    assert [correct(item) for item in file.items] == ["B", "A", "A"]
    assert option_texts(file.items[2].content)[2] == "<strong>phương án C</strong>"


def test_another_mark_alone_is_no_key() -> None:
    file = word_document(
        question(1, *options(*"ABC", right="B")),
        question(2, *options(*"ABC", right="A")),
        question(3, *options(*"ABC", right="C", by=BOLD, whole=True)),
    )
    assert correct(file.items[2]) is None
    assert errors(file.items[2]) == ["key_mark_unsure_bold"]


def test_one_italic_option_of_one_question_is_a_name_not_a_key() -> None:
    item = only(word_document(question(1, line("A. người"), line("B. ", ("Homo sapiens", ITALIC)), line("C. vượn"))))
    assert correct(item) is None
    assert errors(item) == ["key_mark_unsure_italic"]
    assert option_texts(item.content)[1] == "<em>Homo sapiens</em>"


def test_two_kinds_of_marks_that_agree_are_one_key() -> None:
    file = word_document(*(question(n, *options(*"ABC", right="C", by=RED + UNDERLINE, whole=True)) for n in (1, 2)))
    assert [correct(item) for item in file.items] == ["C", "C"]


def test_two_kinds_of_marks_that_disagree_are_no_key() -> None:
    file = word_document(
        question(1, *options(*"ABC", right="C", by=RED + UNDERLINE)),
        question(2, *options(*"ABC", right="B", by=RED + UNDERLINE)),
        question(3, marked("A", RED), marked("B", UNDERLINE), marked("C", "")),
    )
    assert [correct(item) for item in file.items] == ["C", "B", None]
    assert errors(file.items[2]) == ["key_conflict"]


def test_a_letter_and_the_text_of_another_option_marked_are_no_key() -> None:
    item = only(
        word_document(question(1, marked("A", UNDERLINE), line("B. ", ("phương án B", UNDERLINE)), marked("C", "")))
    )
    assert correct(item) is None
    assert errors(item) == ["key_two_marked"]


def test_a_word_marked_in_each_option_is_emphasis_and_stays() -> None:
    """Questions on pronunciation underline a letter of each word."""
    item = only(
        word_document(
            question(
                1,
                *(
                    line((f"{letter}.", UNDERLINE if letter == "B" else ""), " h", ("o", UNDERLINE), "t")
                    for letter in "ABCD"
                ),
            )
        )
    )
    assert correct(item) == "B"
    assert option_texts(item.content) == ["h<u>o</u>t"] * 4


def test_a_word_marked_in_one_option_is_no_key() -> None:
    item = only(
        word_document(question(1, line("A. cả hai ", ("đều", UNDERLINE), " sai"), line("B. cả hai"), line("C. x")))
    )
    assert correct(item) is None
    assert option_texts(item.content)[0] == "cả hai <u>đều</u> sai"


def test_one_red_letter_among_blue_ones_is_the_key() -> None:
    file = word_document(*(question(n, *[marked(x, RED if x == "D" else BLUE) for x in "ABCD"]) for n in (1, 2)))
    assert [correct(item) for item in file.items] == ["D", "D"]


def test_black_that_is_stated_and_black_by_default_are_one_colour() -> None:
    item = only(
        word_document(question(1, marked("A", BLACK), marked("B", ""), marked("C", '<w:color w:val="1F1F1F"/>')))
    )
    assert errors(item) == ["key_missing_in_text"]


def test_letters_of_many_colours_say_nothing() -> None:
    green = '<w:color w:val="00AA00"/>'
    item = only(word_document(question(1, marked("A", RED), marked("B", BLUE), marked("C", green))))
    assert correct(item) is None


@pytest.mark.parametrize("text", ["A.", "A)", "A/", "A:"])
def test_the_sign_behind_the_letter_may_be_any(text: str) -> None:
    sign = text[-1]
    item = only(
        word_document(
            line("Câu 1: Hỏi?"), *(line((f"{x}{sign}", UNDERLINE if x == "B" else ""), f" {x.lower()}1") for x in "ABC")
        )
    )
    assert correct(item) == "B"


def test_marks_in_the_stem_are_no_key() -> None:
    item = only(word_document(line("Câu 1. Từ ", ("không", UNDERLINE + RED), " đúng là"), *options(*"ABC")))
    assert errors(item) == ["key_missing_in_text"]
    assert item.content.stem == "Từ <u>không</u> đúng là"  # type: ignore[union-attr]


def test_a_mark_and_a_stated_answer_that_disagree_are_no_key() -> None:
    item = only(word_document(question(1, *options(*"ABCD", right="B")), line("Đáp án: C")))
    assert correct(item) is None
    assert errors(item) == ["key_conflict"]
    assert "¶ 6" in item.notices[0].place


def test_a_mark_and_a_stated_answer_that_agree_are_the_key() -> None:
    item = only(word_document(question(1, *options(*"ABCD", right="B")), line("Đáp án: B")))
    assert correct(item) == "B"


def test_formatting_that_stands_on_just_the_right_option_would_give_it_away_and_goes() -> None:
    item = only(word_document(question(1, *options(*"AB"), line("C. ", ("ba", BOLD))), line("Đáp án: C")))
    assert correct(item) == "C"
    assert option_texts(item.content)[2] == "ba"


def test_a_link_is_underlined_and_blue_without_being_marked() -> None:
    item = only(
        word_document(
            question(1, line("A. một"), line("B. hai")).replace(
                "</w:p>",
                '<w:hyperlink w:anchor="x"><w:r><w:rPr>'
                + UNDERLINE
                + BLUE
                + "</w:rPr><w:t>trang</w:t></w:r></w:hyperlink></w:p>",
                2,
            )
        )
    )
    assert correct(item) is None


def test_highlighted_and_shaded_text_count_alike() -> None:
    shade = '<w:shd w:val="clear" w:fill="FFFF00"/>'
    file = word_document(
        question(1, *options(*"AB", right="A", by=MARKER)), question(2, *options(*"AB", right="B", by=shade))
    )
    assert [correct(item) for item in file.items] == ["A", "B"]


def test_a_table_of_answers_keeps_emphasis_from_being_read_as_a_key() -> None:
    file = word_document(
        question(1, *options("A", "B"), line("C. ", ("in đậm", BOLD))),
        question(2, *options(*"ABC")),
        lines("BẢNG ĐÁP ÁN\n1.A 2.B"),
    )
    assert [correct(item) for item in file.items] == ["A", "B"]
    assert option_texts(file.items[0].content)[2] == "<strong>in đậm</strong>"
