"""Where options begin, and where that cannot be told."""

import pytest

from tests.item_bank.exchange.question_text.documents import (
    UNDERLINE,
    correct,
    errors,
    line,
    lines,
    only,
    option_texts,
    options,
    question,
    table,
    text_file,
    word_document,
)


@pytest.mark.parametrize(
    "written",
    [
        "A. một\nB. hai\nC. ba\nD. bốn",
        "A. một\tB. hai\tC. ba\tD. bốn",
        "A. một  B. hai\nC. ba  D. bốn",
        "A. một B. hai C. ba D. bốn",
        "A.một\nB.hai\nC.ba\nD.bốn",
        "A) một\nB) hai\nC) ba\nD) bốn",
        "A/ một\nB/ hai\nC/ ba\nD/ bốn",
        "A: một\nB: hai\nC: ba\nD: bốn",
        "  A. một\n  B. hai\n\n  C. ba\n  D. bốn",
    ],
)
def test_options_are_found_however_they_are_placed(written: str) -> None:
    item = only(text_file(f"Câu 1. Hỏi?\n{written}\nĐáp án: C"))
    assert option_texts(item.content) == ["một", "hai", "ba", "bốn"]
    assert correct(item) == "C"
    assert errors(item) == []


def test_options_may_stand_behind_the_stem() -> None:
    item = only(text_file("Câu 1: Phím tắt để lưu? A. Ctrl+S B. Ctrl+P C. Ctrl+O D. Ctrl+N\nĐáp án: A"))
    assert item.content.stem == "Phím tắt để lưu?"  # type: ignore[union-attr]
    assert option_texts(item.content) == ["Ctrl+S", "Ctrl+P", "Ctrl+O", "Ctrl+N"]


@pytest.mark.parametrize("count", [2, 8])
def test_from_two_to_eight_options_are_read(count: int) -> None:
    written = "\n".join(f"{letter}. số {letter}" for letter in "ABCDEFGH"[:count])
    assert len(option_texts(only(text_file(f"Câu 1. Hỏi?\n{written}\nĐáp án: B")).content)) == count


def test_one_option_is_none() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. một\nĐáp án: A"))
    assert item.content is None
    assert errors(item) == ["question_without_options"]


def test_a_letter_inside_an_option_does_not_begin_one_where_the_next_line_does() -> None:
    item = only(text_file("Câu 1. Bệnh gì?\nA. thiếu vitamin B. nhóm\nB. thừa\nC. khác\nĐáp án: B"))
    assert option_texts(item.content) == ["thiếu vitamin B. nhóm", "thừa", "khác"]


def test_a_letter_that_may_begin_an_option_at_two_places_is_not_chosen() -> None:
    item = only(text_file("Câu 1. Vitamin?\nA. nhóm B. chứ B. không C. cả hai\nĐáp án: C"))
    assert correct(item) is None
    assert errors(item) == ["option_letter_repeated"]


def test_options_of_a_second_question_without_a_number_are_told() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nHỏi nữa?\nA. 3\nB. 4\nĐáp án: A"))
    assert correct(item) is None
    assert "option_letter_repeated" in errors(item)


def test_a_missing_letter_is_told() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. 1\nB. 2\nD. 4\nĐáp án: D"))
    assert correct(item) is None
    assert "option_letter_skipped" in errors(item)


def test_initials_of_a_name_in_the_stem_are_no_options() -> None:
    item = only(text_file("Câu 1. C. Mác viết gì?\nA. Tư bản\nB. Tuyên ngôn\nĐáp án: A"))
    assert item.content.stem == "C. Mác viết gì?"  # type: ignore[union-attr]
    assert option_texts(item.content) == ["Tư bản", "Tuyên ngôn"]


def test_small_letters_before_the_options_are_part_of_the_stem() -> None:
    item = only(text_file("Câu 1. Số phát biểu đúng?\na) một\nb) hai\nA. 0\nB. 1\nC. 2\nĐáp án: C"))
    assert option_texts(item.content) == ["0", "1", "2"]
    assert item.content.stem == "<p>Số phát biểu đúng?</p><p>a) một</p><p>b) hai</p>"  # type: ignore[union-attr]


def test_an_option_of_several_lines_keeps_them() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. một\nnữa\nB. hai\nĐáp án: B"))
    assert option_texts(item.content) == ["<p>một</p><p>nữa</p>", "hai"]


def test_more_behind_the_last_option_is_told() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. một\nB. hai\n(Theo sách giáo khoa)\nĐáp án: B"))
    assert [notice.code for notice in item.notices] == ["last_option_longer"]
    assert correct(item) == "B"


def test_an_option_without_text_is_told() -> None:
    item = only(text_file("Câu 1. Hỏi?\nA. một\nB.\nC. ba\nĐáp án: A"))
    assert errors(item) == ["option_without_text"]
    assert item.notices[0].part == "options/B"


def test_a_question_without_a_stem_is_told() -> None:
    assert errors(only(text_file("Câu 1.\nA. một\nB. hai\nĐáp án: A"))) == ["stem_empty"]


def test_options_in_a_table_are_read_in_order() -> None:
    item = only(
        word_document(
            lines("Câu 1. Hỏi?"),
            table(("A. một", "B. hai"), ("C. ba", line(("D.", UNDERLINE), " bốn"))),
            lines("Câu hết"),
        )
    )
    assert option_texts(item.content)[:3] == ["một", "hai", "ba"]
    assert correct(item) == "D"


def test_letters_in_cells_of_their_own_go_with_the_next_cell() -> None:
    item = only(
        word_document(
            lines("Câu 1. Hỏi?"),
            table(("A.", "một", "B.", "hai"), (line(("C.", UNDERLINE)), "ba", "D.", "bốn")),
        )
    )
    assert option_texts(item.content) == ["một", "hai", "ba", "bốn"]
    assert correct(item) == "C"


def test_a_table_of_the_stem_stays_a_table() -> None:
    item = only(word_document(lines("Câu 1. Cho bảng"), table(("x", "1"), ("y", "4")), *options("A", "B", right="B")))
    assert item.content.stem == (  # type: ignore[union-attr]
        "<p>Cho bảng</p><table><tbody><tr><td>x</td><td>1</td></tr><tr><td>y</td><td>4</td></tr></tbody></table>"
    )


def test_a_whole_paper_in_a_table_is_read_cell_by_cell() -> None:
    cell = line("Câu 1. Một câu hỏi nằm trong ô của bảng?") + "".join(options("A", "B", right="A"))
    other = line("Câu 2. Một câu hỏi khác cũng nằm trong ô?") + "".join(options("A", "B", right="B"))
    assert [correct(item) for item in word_document(table((cell,), (other,))).items] == ["A", "B"]


def test_options_broken_by_shift_enter_are_lines_of_their_own() -> None:
    broken = line("Câu 1. Hỏi?").replace("</w:p>", "<w:r><w:br/><w:t>A. một</w:t><w:br/><w:t>B. hai</w:t></w:r></w:p>")
    item = only(word_document(broken, lines("Đáp án: B")))
    assert option_texts(item.content) == ["một", "hai"]
    assert correct(item) == "B"


def test_a_stem_broken_by_shift_enter_keeps_its_lines() -> None:
    broken = line("Câu 1. Dòng một").replace("</w:p>", "<w:r><w:br/><w:t>dòng hai</w:t></w:r></w:p>")
    item = only(word_document(broken, *options("A", "B", right="B")))
    assert item.content.stem == "Dòng một<br>dòng hai"  # type: ignore[union-attr]


def test_a_question_in_the_middle_of_others_may_lack_options() -> None:
    file = text_file("Câu 1. Hỏi?\nCâu 2. Hỏi?\nA. 1\nB. 2\nĐáp án: B")
    assert [item.content is None for item in file.items] == [True, False]
    assert [correct(item) for item in file.items] == [None, "B"]


def test_the_same_question_in_another_number_is_read_alike() -> None:
    one, two = word_document(
        question(1, *options("A", "B", right="A")), question(2, *options("A", "B", right="A"))
    ).items
    assert one.content == two.content
