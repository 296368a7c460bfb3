"""Item sheets as they really come: every fault named by row and column, nothing guessed."""

import dataclasses
import io
import time
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.errors import InvalidInputError
from exam_engine.core.workbook import MergedRange, find_table, read_workbook
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.columns import COLUMNS, WRITTEN_COLUMNS
from item_bank.exchange.imported import ImportedFile, ImportedItem
from item_bank.exchange.rows import LONGEST_OPTION, LONGEST_TEXT, items_of_rows
from item_bank.exchange.sheet import write_items
from item_bank.exchange.sheet_file import begin_sheet, read_sheet
from tests.choice_items import choice_key, plain_options
from tests.item_bank.makers import HEADINGS, item_row, saved, workbook_bytes


def read(content: bytes) -> ImportedFile:
    return read_sheet(content, "cau-hoi.xlsx")


def only_item(found: ImportedFile) -> ImportedItem:
    assert errors(found) == []
    [item] = found.items
    return item


def options_of(item: ImportedItem) -> tuple[str, ...]:
    assert item.content is not None
    return plain_options(item.content)


def stem_of(item: ImportedItem) -> str:
    assert item.content is not None
    return plain_text(item.content.stem)


def notices(found: ImportedFile, severity: str) -> list[tuple[str, str]]:
    own = [notice for item in found.items for notice in item.notices]
    return [(notice.place, notice.code) for notice in [*found.notices, *own] if notice.severity == severity]


def errors(found: ImportedFile) -> list[tuple[str, str]]:
    return notices(found, "error")


def warnings(found: ImportedFile) -> list[tuple[str, str]]:
    return notices(found, "warning")


def test_a_good_row_is_read_whole() -> None:
    item = only_item(read(workbook_bytes([item_row()])))
    assert options_of(item) == ("=COUNT(A1:A5)", "=SUM(A1:A5)", "=MAX(A1:A5)", "=MIN(A1:A5)")
    assert (item.code, item.metadata.module, item.metadata.reference_code) == ("IU04-001", "IU04", "IU04.5")
    assert (item.metadata.cognitive_level, item.key, item.metadata.points) == ("NB", choice_key(1), None)
    assert (item.explanation, item.place) == ("SUM cộng các số.", "2")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": None}, ("I2", "key_missing")),
        ({"key": "A, B"}, ("I2", "key_several")),
        ({"key": "E"}, ("I2", "key_names_no_option")),
        ({"key": "x?"}, ("I2", "key_unreadable")),
        ({"kind": "Tự luận"}, ("L2", "kind_not_supported")),
        ({"level": "Khó"}, ("J2", "level_unknown")),
        ({"stem": None}, ("D2", "stem_missing")),
        ({"stem": " \u200b "}, ("D2", "stem_missing")),
        ({"a": None}, ("E2", "option_missing")),
        ({"c": None}, ("G2", "option_missing")),
        ({"c": "=COUNT(A1:A5)"}, ("G2", "option_repeated")),
        ({"stem": "x" * (LONGEST_TEXT + 1)}, ("D2", "text_too_long")),
        ({"a": "x" * (LONGEST_OPTION + 1)}, ("E2", "text_too_long")),
        ({"c": date(2026, 2, 1)}, ("G2", "date_cell")),
    ],
)
def test_a_fault_is_named_by_row_and_column(change: dict[str, Any], fault: tuple[str, str]) -> None:
    found = read(workbook_bytes([item_row(**change)]))
    assert errors(found) == [fault]
    [item] = found.items
    assert item.key is None or fault[1].startswith("level")


def test_the_longest_texts_are_taken() -> None:
    item = only_item(read(workbook_bytes([item_row(stem="x" * LONGEST_TEXT, a="y" * LONGEST_OPTION)])))
    assert (len(stem_of(item)), len(options_of(item)[0])) == (LONGEST_TEXT, LONGEST_OPTION)


def test_a_formula_cell_is_refused_where_a_text_that_looks_like_one_is_taken() -> None:
    def put_formula(sheet: Worksheet) -> None:
        sheet["F2"] = "=SUM(A1:A5)"

    assert errors(read(workbook_bytes([item_row()], change=put_formula))) == [("F2", "formula_cell")]


def test_a_number_in_an_option_is_taken_and_pointed_out() -> None:
    found = read(workbook_bytes([item_row(a=8, b=16, c=-32, d=64)]))
    assert options_of(only_item(found)) == ("8", "16", "-32", "64")
    assert warnings(found) == [(f"{column}2", "converted_cell") for column in "EFGH"]


def test_a_decimal_number_is_refused_because_nobody_knows_how_it_was_shown() -> None:
    assert errors(read(workbook_bytes([item_row(c=0.6)]))) == [("G2", "decimal_cell")]


def test_merged_cells_are_refused() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("J2:J3")

    rows = [item_row(), item_row("IU04-002", stem="Câu khác?")]
    found = read(workbook_bytes(rows, change=merge))
    assert [fault for fault in errors(found) if fault[1] == "merged_cell"] == [("J2:J3", "merged_cell")] * 2
    assert [item.content for item in found.items] == [None, None]


def test_a_title_merged_over_the_heading_does_no_harm() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["NGÂN HÀNG CÂU HỎI"])
    sheet.merge_cells("A1:L1")
    sheet.append([])
    sheet.append(list(HEADINGS))
    for column, value in enumerate(item_row().values(), start=1):
        cell = sheet.cell(4, column)
        cell.value, cell.data_type = value, "s"
    assert only_item(read(saved(workbook))).code == "IU04-001"


def test_a_hidden_row_is_read_and_pointed_out() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True

    found = read(workbook_bytes([item_row()], change=hide))
    assert warnings(found) == [("2", "hidden_row")]
    assert len(found.items) == 1


def test_text_from_another_alphabet_is_pointed_out_with_its_place() -> None:
    found = read(workbook_bytes([item_row(stem="Quу định ѕử dụng máy tính là gì?")]))
    [fault] = found.items[0].notices
    assert (fault.code, fault.place, fault.part) == ("look_alike_letter", "D2", "stem")
    assert (fault.params["position"], fault.params["latin"], fault.params["count"]) == (3, "y", 2)
    assert fault.params["script"] == "Cyrillic"


def test_decomposed_text_and_stray_spaces_are_stored_clean() -> None:
    stem = unicodedata.normalize("NFD", "  Ô nào \u00a0chứa\u200b địa chỉ tuyệt đối?  ")
    item = only_item(read(workbook_bytes([item_row(stem=stem, key=" b ")])))
    assert stem_of(item) == "Ô nào chứa địa chỉ tuyệt đối?"


def test_headings_are_matched_in_english_and_without_marks() -> None:
    english = {
        "Item code": "X-1",
        "MODULE": "iu04",
        "Question": "Which?",
        "Option A": "one",
        "option b": "two",
        "Correct answer": 2,
        "Cognitive level": "TH",
    }
    item = only_item(read(workbook_bytes([english], headings=list(english))))
    assert (item.code, item.metadata.module, item.key, item.metadata.cognitive_level) == (
        "X-1",
        "iu04",
        choice_key(1),
        "TH",
    )
    unmarked = {"ma cau hoi": "X-2", "MA THAM CHIEU": "IU04.5", "cau hoi": "Gì?", "phuong an a": "1a", "PA B": "2b"}
    unmarked |= {"dap an": "A", "muc do": "VC"}
    item = only_item(read(workbook_bytes([unmarked], headings=list(unmarked))))
    assert (item.metadata.module, item.metadata.reference_code, item.metadata.cognitive_level) == (
        None,
        "IU04.5",
        "VDC",
    )


def test_two_or_three_options_are_taken_and_pointed_out() -> None:
    found = read(workbook_bytes([item_row(c=None, d=None)]))
    assert options_of(only_item(found)) == ("=COUNT(A1:A5)", "=SUM(A1:A5)")
    assert warnings(found) == [("G2", "option_left_out"), ("H2", "option_left_out")]


def test_the_first_sheet_with_a_fitting_heading_is_read_and_named() -> None:
    workbook = Workbook()
    workbook.worksheets[0].append(["Ghi chú", "không có câu hỏi"])
    sheet = workbook.create_sheet("Đợt 2")
    sheet.append(list(HEADINGS))
    sheet.append([None if value is None else str(value).replace("=", "") for value in item_row().values()])
    found = read(saved(workbook))
    assert len(found.items) == 1
    assert [(notice.code, notice.params["sheet"]) for notice in found.notices] == [("sheet_chosen", "Đợt 2")]


def test_a_numbering_column_beside_empty_rows_makes_no_errors() -> None:
    headings = ("STT", *HEADINGS)
    rows = [{"STT": 1, **item_row()}, {"STT": 2}, {"STT": 3}]
    found = read(workbook_bytes(rows, headings=headings))
    assert (len(found.items), errors(found)) == (1, [])
    assert [(notice.severity, notice.code, notice.params) for notice in found.notices] == [
        ("left_out", "columns_ignored", {"columns": "STT"})
    ]


def test_a_missing_column_is_named() -> None:
    headings = [heading for heading in HEADINGS if heading != "Đáp án đúng"]
    with pytest.raises(InvalidInputError) as refused:
        read(workbook_bytes([item_row()], headings=headings))
    [fault] = refused.value.faults
    assert fault.code == "workbook_header_missing"
    assert "Đáp án đúng" in fault.params["columns"]


def zip_bomb(_: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (zip_bomb, "workbook_suspicious"),
        (lambda content: content[: len(content) // 2], "workbook_damaged"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_is_xls"),
        (lambda _: "Mã câu hỏi;Câu hỏi\n".encode(), "workbook_is_text"),
        (lambda _: b"", "workbook_empty"),
    ],
)
def test_a_file_that_is_no_sound_workbook_is_refused(spoil: Callable[[bytes], bytes], code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(spoil(workbook_bytes([item_row()])))
    assert [fault.code for fault in refused.value.faults] == [code]


def test_what_is_written_is_read_back_and_never_run() -> None:
    row = {
        "code": "IU04-001",
        "module": "IU04",
        "reference": "IU04.5",
        "stem": "+1 hay -1?\nDòng hai <b>",
        "option_a": "=SUM(A1:A5)",
        "option_b": "@SUM(A1)",
        "option_c": "-2+3",
        "option_d": '=HYPERLINK("http://x.test","x")',
        "key": "A",
        "level": "NB",
        "explanation": "",
        "kind": "Một lựa chọn",
    }
    workbook = Workbook()
    write_items(workbook.worksheets[0], [row])
    content = saved(workbook)
    item = only_item(read(content))
    assert stem_of(item) == row["stem"]
    assert options_of(item) == tuple(row[f"option_{letter}"] for letter in "abcd")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [sheet.cell(2, number) for number, column in enumerate(WRITTEN_COLUMNS, start=1) if row.get(column.field)]
    assert {cell.data_type for cell in cells} == {"s"}
    dangerous = [cell for cell in cells if str(cell.value)[0] in "=+-@"]
    assert len(dangerous) == 5
    assert all(cell.quotePrefix for cell in dangerous)


def test_a_file_saved_by_another_spreadsheet_program_is_read() -> None:
    # Typed as CSV and saved as .xlsx by LibreOffice Calc 7.4; number, formula and date were made by the program.
    content = (Path(__file__).parent / "saved_by_libreoffice.xlsx").read_bytes()
    found = read(content)
    good = found.items[0]
    assert (good.place, good.code) == ("2", "IU04-901")
    assert options_of(good) == ("7,5", "Ô A1", "TRUE hay FALSE", "Ô $A$1")
    assert errors(found) == [("E3", "decimal_cell"), ("F3", "formula_cell"), ("G3", "date_cell")]


def test_thousands_of_ranges_merged_over_the_whole_sheet_cost_no_time() -> None:
    sheet = read_workbook(workbook_bytes([item_row(f"A-{number}") for number in range(200)]))[0]
    everywhere = [MergedRange(1, 1, 12, 1_048_576)] * 20_000
    started = time.process_time()
    table = find_table([dataclasses.replace(sheet, merged=everywhere)], COLUMNS)
    items = list(items_of_rows(table.header, table.rows, table.sheet.merged))
    assert time.process_time() - started < 5.0
    assert {notice.code for item in items for notice in item.notices} == {"merged_cell"}
    assert [item.content for item in items] == [None] * 200


def test_rows_of_a_workbook_come_one_at_a_time() -> None:
    reading = begin_sheet(workbook_bytes([item_row(code=f"IU04-{number:03d}") for number in range(1, 301)]), "a.xlsx")
    first = next(reading.items)
    assert (first.number, first.code) == (1, "IU04-001")
    assert [item.code for item in reading.items][-1] == "IU04-300"
