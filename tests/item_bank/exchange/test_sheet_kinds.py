"""Rows of every kind of question that a sheet can carry."""

from typing import Any

import pytest

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import Match, NumericEntry, Order, TextEntry, TrueFalseTable
from exam_engine.interactions.keys import (
    TRUE_FALSE_2025,
    AllOrNothing,
    ChoiceKey,
    NumberKey,
    OrderKey,
    PairKey,
    TextKey,
    TrueFalseKey,
)
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.sheet_file import read_sheet
from tests.item_bank.makers import HEADINGS, item_row, workbook_bytes


def read(kind: str, key: str | None, *options: str, stem: str = "Câu hỏi gì đây?", unit: str = "") -> ImportedItem:
    letters: dict[str, Any] = dict(zip("abcd", [*options, *[None] * 4], strict=False))
    row = item_row(kind=kind, key=key, stem=stem, **letters) | {"Đơn vị": unit or None}
    [item] = read_sheet(workbook_bytes([row], headings=(*HEADINGS, "Đơn vị")), "a.xlsx").items
    return item


def key_of(item: ImportedItem) -> Any:
    assert item.content is not None
    assert item.notices == ()
    assert check_item(item.content, item.key) == []
    return item.key


def error_of(item: ImportedItem) -> str:
    assert item.key is None
    [error] = [notice.code for notice in item.notices if notice.severity == "error"]
    return error


def test_multiple_response() -> None:
    assert key_of(read("Nhiều lựa chọn", "C, A", "x", "y", "z", "w")) == ChoiceKey(correct=("A", "C"))


def test_four_statements_are_scored_by_the_rule_of_2025() -> None:
    item = read("Đúng sai", "ĐSSĐ", "m", "n", "p", "q")
    assert isinstance(item.content, TrueFalseTable)
    values = {"a": True, "b": False, "c": False, "d": True}
    assert key_of(item) == TrueFalseKey(values=values, scoring=TRUE_FALSE_2025)


def test_three_statements_are_all_or_nothing() -> None:
    key = key_of(read("Đúng sai", "ĐSS", "m", "n", "p"))
    assert key == TrueFalseKey(values={"a": True, "b": False, "c": False}, scoring=AllOrNothing())


def test_a_short_answer_without_a_gap_gets_one_below_the_question() -> None:
    item = read("Trả lời ngắn", "RAM | bộ nhớ trong")
    assert isinstance(item.content, TextEntry)
    assert (item.content.stem, item.content.passage) == ("Câu hỏi gì đây?", '<span data-gap="g1"></span>')
    key = key_of(item)
    assert isinstance(key, TextKey)
    assert [accepted.text for accepted in key.gaps["g1"].accepted] == ["RAM", "bộ nhớ trong"]


def test_gaps_of_the_text_take_a_line_of_the_key_each() -> None:
    item = read("Trả lời ngắn", "Ctrl\nV|v", stem="Nhấn ___ và ___ để dán")
    assert isinstance(item.content, TextEntry)
    assert [gap.id for gap in item.content.gaps] == ["g1", "g2"]
    key = key_of(item)
    assert [[accepted.text for accepted in key.gaps[gap].accepted] for gap in ("g1", "g2")] == [["Ctrl"], ["V", "v"]]


def test_a_key_with_too_few_lines_for_the_gaps_is_refused() -> None:
    assert error_of(read("Trả lời ngắn", "Ctrl", stem="Nhấn ___ và ___")) == "key_gaps_differ"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12,5", NumberKey(value="12.5")),
        ("12,5 ± 0,1", NumberKey(value="12.5", tolerance="0.1")),
        ("12,5 (±2%)", NumberKey(value="12.5", tolerance="2", tolerance_in="percent")),
        ("2048 KB", NumberKey(value="2048")),
        ("12..13", NumberKey(value="12.5", tolerance="0.5")),
        ("-3", NumberKey(value="-3")),
        ("0,1", NumberKey(value="0.1")),
    ],
)
def test_numbers_with_what_may_be_off(text: str, key: NumberKey) -> None:
    item = read("Điền số", text, unit="KB")
    assert isinstance(item.content, NumericEntry)
    assert item.content.unit == "KB"
    assert key_of(item) == key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "key_missing"),
        ("khoảng 12", "key_number_unreadable"),
        ("1.234", "key_number_ambiguous"),
        ("13..12", "key_number_unreadable"),
        ("1 ± 2 ± 3", "key_number_unreadable"),
    ],
)
def test_a_number_that_is_not_clear_is_refused(text: str | None, code: str) -> None:
    assert error_of(read("Điền số", text)) == code


def test_an_order() -> None:
    item = read("Sắp xếp", "C B A", "ba", "hai", "một")
    assert isinstance(item.content, Order)
    assert key_of(item) == OrderKey(order=("C", "B", "A"))


def test_an_order_is_never_taken_from_the_order_of_the_columns() -> None:
    assert error_of(read("Sắp xếp", None, "một", "hai", "ba")) == "key_missing"


def test_pairs_with_a_target_that_fits_none() -> None:
    item = read("Ghép nối", None, "Word => văn bản", "Excel → bảng tính", "=> cơ sở dữ liệu")
    assert isinstance(item.content, Match)
    assert [target.content for target in item.content.targets] == ["văn bản", "bảng tính", "cơ sở dữ liệu"]
    assert key_of(item) == PairKey(pairs=(("s1", "t1"), ("s2", "t2")))


@pytest.mark.parametrize(
    ("options", "code"),
    [(("Word - văn bản", "Excel => bảng tính"), "pair_unreadable"), (("a => x", "b => x"), "pairs_too_few")],
)
def test_what_makes_no_pairs_is_refused(options: tuple[str, ...], code: str) -> None:
    assert error_of(read("Ghép nối", None, *options)) == code


def test_options_of_a_kind_without_options_are_refused() -> None:
    assert error_of(read("Điền số", "5", "một")) == "option_of_other_kind"


def test_cells_of_html_are_kept_as_html_and_what_the_subset_lacks_is_reported() -> None:
    row = item_row(stem="<p>Tính x<sup>2</sup></p><script>x()</script>") | {"Định dạng": "html"}
    [item] = read_sheet(workbook_bytes([row], headings=(*HEADINGS, "Định dạng")), "a.xlsx").items
    assert item.content is not None
    assert "<sup>2</sup>" in item.content.stem
    assert "script" not in item.content.stem
    assert [notice.code for notice in item.notices if notice.severity == "left_out"] == ["formatting_left_out"]
