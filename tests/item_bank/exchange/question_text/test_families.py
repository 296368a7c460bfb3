"""The families of formats, each by a document in its own syntax."""

import pytest

from tests.item_bank.exchange.question_text.documents import (
    ITALIC,
    UNDERLINE,
    codes,
    correct,
    errors,
    line,
    lines,
    only,
    option_texts,
    options,
    question,
    text_file,
    word_document,
)


def test_mcmix_underlines_the_right_letter_and_keeps_italic_ones_in_place() -> None:
    file = word_document(
        line("Thiết bị nào dùng để in?"),
        line(("A. ", UNDERLINE), "Máy in"),
        line("B. ", "Chuột"),
        line("C. ", "Bàn phím"),
        line(("D. ", ITALIC), "Không thiết bị nào"),
        line("[<br>]"),
        line("(CLO2) Thiết bị nào dùng để nhập?"),
        line("A. ", "Máy in"),
        line(("B. ", UNDERLINE), "Chuột"),
        line("C. ", "Loa"),
        line(("D. ", UNDERLINE + ITALIC), "Cả hai"),
        line("[<br>]"),
    )
    first, second = file.items
    assert correct(first) == "A"
    assert [option.is_fixed for option in first.content.options] == [False, False, False, True]  # type: ignore[union-attr]
    assert errors(second) == ["key_two_marked"]
    assert second.metadata.tags == ("CLO2",)
    assert second.content.stem == "Thiết bị nào dùng để nhập?"  # type: ignore[union-attr]
    assert "family_mcmix" in codes(file)


def test_mcmix_groups_share_their_passage() -> None:
    file = text_file(
        "[<sg>]\nA computer {<1>} data and {<2>} it.\n[<egc>]\n(<1>)\n*A. stores\nB. eats\n[<br>]\n(<2>)\nA. drinks\n"
        "*B. shows\n[<br>]\n[</sg>]\nCâu riêng?\n*A. x\nB. y\n[<br>]"
    )
    assert [correct(item) for item in file.items] == ["A", "B", "A"]
    assert [item.stimulus for item in file.items] == ["p1", "p1", None]
    assert file.stimuli[0].content == "A computer (1) ______ data and (2) ______ it."
    assert file.items[1].content.stem == "(2)"  # type: ignore[union-attr]


def test_a_sound_that_is_not_in_the_file_is_told() -> None:
    item = only(text_file("Câu 1. Nghe <audio>bai1.mp3</audio> và chọn\nA. x\nB. y\nĐáp án: A"))
    (notice,) = item.notices
    assert (notice.severity, notice.code, notice.params) == ("left_out", "audio_left_out", {"path": "bai1.mp3"})
    assert item.content.stem == "Nghe và chọn"  # type: ignore[union-attr]


AZTEST = "[TH] Số nào chẵn?\n1\n* 2\n3\n> Vì chia hết cho hai.\n\nSố nào lẻ?\n* 1\n2\n* 3\n\nSố nào âm?\n1\n2"


def test_aztest_stars_the_right_options() -> None:
    file = text_file(AZTEST)
    assert [correct(item) for item in file.items] == ["B", "AC", None]
    assert file.items[0].metadata.cognitive_level == "TH"
    assert file.items[0].explanation == "Vì chia hết cho hai."
    assert option_texts(file.items[0].content) == ["1", "2", "3"]
    assert [item.content.interaction for item in file.items if item.content] == [
        "single_choice",
        "multiple_response",
        "single_choice",
    ]
    assert errors(file.items[2]) == ["key_missing_in_text"]


def test_aztest_is_read_from_word_alike() -> None:
    assert [correct(item) for item in word_document(lines(AZTEST)).items] == ["B", "AC", None]


def test_two_stars_before_letters_are_no_key_without_being_asked_for() -> None:
    item = only(text_file("Câu 1. Hỏi?\n*A. 1\n*B. 2\nC. 3"))
    assert errors(item) == ["key_two_marked"]


CORRECT_FIRST = (
    "5. Thủ đô của Pháp?\nC. Paris\nA. Berlin\nB. Madrid\n2. Hành tinh lớn nhất?\nA. Sao Hoả\nB. Trái Đất\n#! Sao Mộc\n"
    "3. Kí hiệu O?\nA. Ô-xi\n#$ Vàng\nC. Ni-tơ"
)


def test_a_text_with_the_right_option_first_says_so_by_its_pins() -> None:
    file = text_file(CORRECT_FIRST)
    assert [correct(item) for item in file.items] == ["A", "C", "A"]
    assert option_texts(file.items[0].content) == ["Paris", "Berlin", "Madrid"]
    assert [option.is_fixed for option in file.items[2].content.options] == [False, True, False]  # type: ignore[union-attr]
    assert "family_correct_first" in codes(file)


def test_without_pins_nobody_can_know_that_the_first_is_right() -> None:
    file = text_file("1. Thủ đô?\nA. Paris\nB. Berlin\n2. Sông?\nA. Seine\nB. Rhein")
    assert [correct(item) for item in file.items] == [None, None]


def test_a_document_may_say_in_words_that_the_first_is_right() -> None:
    file = text_file("Phương án đúng luôn đứng đầu tiên\n\n1. Thủ đô?\nParis\nBerlin\n\n2. Sông?\nSeine\nRhein")
    assert [correct(item) for item in file.items] == ["A", "A"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [("1. Hỏi?\n#! a\n#! b\nc", "key_two_marked"), ("1. Hỏi?\n#$ a\nb\nc", "first_option_is_pinned_wrong")],
)
def test_pins_that_contradict_each_other_are_no_key(text: str, fault: str) -> None:
    item = only(text_file(text))
    assert correct(item) is None
    assert errors(item) == [fault]


def test_a_mark_on_another_option_than_the_first_is_a_conflict() -> None:
    item = only(word_document(lines("1. Hỏi?\na"), line(("b", UNDERLINE)), lines("#$ c")))
    assert errors(item) == ["key_conflict"]


def test_a_line_of_a_shell_script_does_not_turn_a_document_round() -> None:
    file = text_file("Câu 1. Dòng đầu?\n#! /bin/sh\nA. chú thích\nB. trình thông dịch\nĐáp án: B")
    assert correct(only(file)) == "B"
    assert correct(only(text_file("Câu 1. Dòng?\n#!/bin/sh\nA. chú thích\nB. khác"))) is None


def test_emp_numbers_and_small_letters() -> None:
    file = text_file("001/ Hỏi?\na. một\nb. hai\nĐáp án: a\n002/ Hỏi?\na. một\nb. hai\nĐáp án: b")
    assert [correct(item) for item in file.items] == ["A", "B"]
    assert "family_emp" in codes(file)


def test_azota_reads_parts_end_and_key_table() -> None:
    file = text_file(
        "I. Phần trắc nghiệm\nCâu 1. Hỏi?\nA. 1\nB. 2\nBài 2: Hỏi?\nA. 1\nB. 2\n------ HẾT ------\n1-B\n2-A\n"
        "Lời giải chi tiết\nCâu 1. Vì hai.\nCâu 2. Vì một."
    )
    assert [correct(item) for item in file.items] == ["B", "A"]
    assert [item.explanation for item in file.items] == ["Vì hai.", "Vì một."]


def test_families_may_mix() -> None:
    file = word_document(
        question(1, *options(*"AB", right="A")), lines("Câu 2. Hỏi?\n*A. 1\nB. 2\nCâu 3. Hỏi?\nA. 1\nB. 2\nĐáp án: B")
    )
    assert [correct(item) for item in file.items] == ["A", "A", "B"]
