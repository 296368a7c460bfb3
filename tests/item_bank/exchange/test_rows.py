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
from exam_engine.core.workbook import MergedRange, read_workbook
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.columns import WRITTEN_COLUMNS
from item_bank.exchange.rows import LONGEST_OPTION, LONGEST_TEXT, ReadItems, SyllabusCodes, read_items
from item_bank.exchange.sheet import write_items
from item_bank.items.content import ItemDraft
from tests.choice_items import choice_key, plain_options
from tests.item_bank.makers import HEADINGS, item_row, saved, workbook_bytes

CODES = SyllabusCodes(
    {"IU03": "Xử lý văn bản cơ bản", "IU04": "Sử dụng bảng tính cơ bản"}, frozenset({"IU04.5", "IU03.1"})
)


def read(content: bytes) -> ReadItems:
    return read_items(read_workbook(content), CODES)


def only_draft(found: ReadItems) -> ItemDraft:
    assert found.errors == []
    [draft] = found.drafts.values()
    return draft


def errors(found: ReadItems) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in found.errors]


def warnings(found: ReadItems) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in found.warnings]


def test_a_good_row_is_read_whole() -> None:
    draft = only_draft(read(workbook_bytes([item_row()])))
    assert plain_options(draft.content) == ("=COUNT(A1:A5)", "=SUM(A1:A5)", "=MAX(A1:A5)", "=MIN(A1:A5)")
    assert (draft.code, draft.metadata.module_code, draft.metadata.reference_code) == ("IU04-001", "IU04", "IU04.5")
    assert (draft.metadata.cognitive_level, draft.key, str(draft.metadata.points)) == ("NB", choice_key(1), "1")
    assert draft.explanation == "SUM cộng các số."


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": None}, (2, "I", "key_missing")),
        ({"key": "A, B"}, (2, "I", "key_several")),
        ({"key": "E"}, (2, "I", "key_names_no_option")),
        ({"key": "x?"}, (2, "I", "key_unreadable")),
        ({"kind": "Nhiều lựa chọn", "key": "A, B"}, (2, "L", "kind_not_supported")),
        ({"level": "Khó"}, (2, "J", "level_unknown")),
        ({"level": None}, (2, "J", "level_missing")),
        ({"stem": None}, (2, "D", "stem_missing")),
        ({"stem": " \u200b "}, (2, "D", "stem_missing")),
        ({"a": None}, (2, "E", "option_missing")),
        ({"c": None}, (2, "G", "option_missing")),
        ({"c": "=COUNT(A1:A5)"}, (2, "G", "option_repeated")),
        ({"module": "IU99"}, (2, "B", "module_unknown")),
        ({"module": "IU03"}, (2, "C", "module_conflict")),
        ({"module": None, "reference": None}, (2, "B", "module_missing")),
        ({"reference": "IU04.x"}, (2, "C", "reference_invalid")),
        ({"stem": "x" * (LONGEST_TEXT + 1)}, (2, "D", "text_too_long")),
        ({"a": "x" * (LONGEST_OPTION + 1)}, (2, "E", "text_too_long")),
        ({"c": date(2026, 2, 1)}, (2, "G", "date_cell")),
    ],
)
def test_a_fault_is_named_by_row_and_column(change: dict[str, Any], fault: tuple[int, str, str]) -> None:
    found = read(workbook_bytes([item_row(**change)]))
    assert errors(found) == [fault]
    assert found.drafts == {}


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (None, "code_missing"),
        ("có dấu", "code_invalid"),
        ("X" * 33, "code_invalid"),
        ("I\u04214-1", "code_has_look_alike"),
    ],
)
def test_a_code_must_be_typed_plainly(code: str | None, fault: str) -> None:
    assert errors(read(workbook_bytes([item_row() | {"Mã câu hỏi": code}]))) == [(2, "A", fault)]


def test_the_longest_texts_are_taken() -> None:
    draft = only_draft(read(workbook_bytes([item_row("X" * 32, stem="x" * LONGEST_TEXT, a="y" * LONGEST_OPTION)])))
    assert (len(draft.code), len(draft.content.stem), len(plain_options(draft.content)[0])) == (
        32,
        LONGEST_TEXT,
        LONGEST_OPTION,
    )


def test_a_formula_cell_is_refused_where_a_text_that_looks_like_one_is_taken() -> None:
    def put_formula(sheet: Worksheet) -> None:
        sheet["F2"] = "=SUM(A1:A5)"

    assert errors(read(workbook_bytes([item_row()], change=put_formula))) == [(2, "F", "formula_cell")]


def test_a_number_in_an_option_is_taken_and_pointed_out() -> None:
    found = read(workbook_bytes([item_row(a=8, b=16, c=-32, d=64)]))
    assert plain_options(only_draft(found).content) == ("8", "16", "-32", "64")
    assert warnings(found) == [(2, column, "converted_cell") for column in "EFGH"]


def test_a_decimal_number_is_refused_because_nobody_knows_how_it_was_shown() -> None:
    assert errors(read(workbook_bytes([item_row(c=0.6)]))) == [(2, "G", "decimal_cell")]


def test_merged_cells_are_refused() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("J2:J3")

    rows = [item_row(), item_row("IU04-002", stem="Câu khác?")]
    found = read(workbook_bytes(rows, change=merge))
    assert [fault for fault in errors(found) if fault[2] == "merged_cell"] == [
        (2, "J", "merged_cell"),
        (3, "J", "merged_cell"),
    ]
    assert found.drafts == {}


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
    assert only_draft(read(saved(workbook))).code == "IU04-001"


def test_a_hidden_row_is_read_and_pointed_out() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True

    found = read(workbook_bytes([item_row()], change=hide))
    assert warnings(found) == [(2, "", "hidden_row")]
    assert len(found.drafts) == 1


def test_a_code_given_twice_is_refused_in_both_rows() -> None:
    rows = [item_row(), item_row("iu04-001", stem="Câu khác hẳn?"), item_row("IU04-002")]
    found = read(workbook_bytes(rows))
    assert errors(found) == [(2, "A", "code_repeated"), (3, "A", "code_repeated")]
    assert [draft.code for draft in found.drafts.values()] == ["IU04-002"]


def test_the_same_item_twice_in_a_file_is_pointed_out() -> None:
    stem = "Phím tắt nào sao chép văn bản đang chọn?"
    found = read(workbook_bytes([item_row(stem=stem), item_row("IU04-002", stem=stem.upper())]))
    assert warnings(found) == [(3, "D", "same_item_in_file")]
    assert len(found.drafts) == 2


def test_a_common_stem_with_other_options_is_another_item() -> None:
    other = {"a": "RAM", "b": "ROM", "c": "CPU", "d": "GPU"}
    rows = [item_row(stem="Phát biểu nào đúng?"), item_row("IU04-002", stem="Phát biểu nào đúng?", **other)]
    assert warnings(read(workbook_bytes(rows))) == []


def test_text_from_another_alphabet_is_pointed_out_with_its_place() -> None:
    found = read(workbook_bytes([item_row(stem="Quу định ѕử dụng máy tính là gì?")]))
    [fault] = found.warnings
    assert (fault.code, fault.row, fault.column) == ("look_alike_letter", 2, "D")
    assert (fault.params["position"], fault.params["latin"], fault.params["count"]) == (3, "y", 2)
    assert fault.params["script"] == "Cyrillic"


def test_decomposed_text_and_stray_spaces_are_stored_clean() -> None:
    stem = unicodedata.normalize("NFD", "  Ô nào \u00a0chứa\u200b địa chỉ tuyệt đối?  ")
    draft = only_draft(read(workbook_bytes([item_row(stem=stem, key=" b ")])))
    assert plain_text(draft.content.stem) == "Ô nào chứa địa chỉ tuyệt đối?"


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
    draft = only_draft(read(workbook_bytes([english], headings=list(english))))
    assert (draft.code, draft.metadata.module_code, draft.key, draft.metadata.cognitive_level) == (
        "X-1",
        "IU04",
        choice_key(1),
        "TH",
    )
    unmarked = {"ma cau hoi": "X-2", "MA THAM CHIEU": "IU04.5", "cau hoi": "Gì?", "phuong an a": "1a", "PA B": "2b"}
    unmarked |= {"dap an": "A", "muc do": "VC"}
    draft = only_draft(read(workbook_bytes([unmarked], headings=list(unmarked))))
    assert (draft.metadata.module_code, draft.metadata.reference_code, draft.metadata.cognitive_level) == (
        "IU04",
        "IU04.5",
        "VDC",
    )


def test_a_module_may_be_given_by_its_name() -> None:
    row = item_row(module="Sử dụng Bảng tính cơ bản")
    assert only_draft(read(workbook_bytes([row]))).metadata.module_code == "IU04"


def test_an_unknown_section_keeps_the_item_and_is_pointed_out() -> None:
    found = read(workbook_bytes([item_row(reference="IU04.9.2")]))
    assert warnings(found) == [(2, "C", "section_unknown")]
    assert only_draft(found).metadata.reference_code == "IU04.9.2"


def test_two_or_three_options_are_taken_and_pointed_out() -> None:
    found = read(workbook_bytes([item_row(c=None, d=None)]))
    assert plain_options(only_draft(found).content) == ("=COUNT(A1:A5)", "=SUM(A1:A5)")
    assert warnings(found) == [(2, "G", "option_left_out"), (2, "H", "option_left_out")]


def test_the_first_sheet_with_a_fitting_heading_is_read_and_named() -> None:
    workbook = Workbook()
    workbook.worksheets[0].append(["Ghi chú", "không có câu hỏi"])
    sheet = workbook.create_sheet("Đợt 2")
    sheet.append(list(HEADINGS))
    sheet.append([None if value is None else str(value).replace("=", "") for value in item_row().values()])
    found = read(saved(workbook))
    assert (found.sheet_name, len(found.drafts)) == ("Đợt 2", 1)
    assert [(fault.code, fault.params["sheet"]) for fault in found.warnings] == [("sheet_chosen", "Đợt 2")]


def test_a_numbering_column_beside_empty_rows_makes_no_errors() -> None:
    headings = ("STT", *HEADINGS)
    rows = [{"STT": 1, **item_row()}, {"STT": 2}, {"STT": 3}]
    found = read(workbook_bytes(rows, headings=headings))
    assert (found.rows_read, found.errors) == (1, [])
    assert [(fault.code, fault.params) for fault in found.warnings] == [("columns_ignored", {"columns": "STT"})]


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


def test_a_file_saved_by_another_spreadsheet_program_is_read() -> None:
    # Typed as CSV and saved as .xlsx by LibreOffice Calc 7.4; number, formula and date were made by the program.
    content = (Path(__file__).parent / "saved_by_libreoffice.xlsx").read_bytes()
    found = read(content)
    [(row, draft)] = found.drafts.items()
    assert (row, draft.code) == (2, "IU04-901")
    assert plain_options(draft.content) == ("7,5", "Ô A1", "TRUE hay FALSE", "Ô $A$1")
    assert errors(found) == [(3, "E", "decimal_cell"), (3, "F", "formula_cell"), (3, "G", "date_cell")]


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
    draft = only_draft(read(content))
    assert plain_text(draft.content.stem) == row["stem"]
    assert plain_options(draft.content) == tuple(row[f"option_{letter}"] for letter in "abcd")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [sheet.cell(2, number) for number, column in enumerate(WRITTEN_COLUMNS, start=1) if row[column.field]]
    assert {cell.data_type for cell in cells} == {"s"}
    dangerous = [cell for cell in cells if str(cell.value)[0] in "=+-@"]
    assert len(dangerous) == 5
    assert all(cell.quotePrefix for cell in dangerous)


def test_thousands_of_ranges_merged_over_the_whole_sheet_cost_no_time() -> None:
    sheet = read_workbook(workbook_bytes([item_row(f"A-{number}") for number in range(200)]))[0]
    everywhere = [MergedRange(1, 1, 12, 1_048_576)] * 20_000
    started = time.process_time()
    found = read_items([dataclasses.replace(sheet, merged=everywhere)], CODES)
    assert time.process_time() - started < 5.0
    assert {fault.code for fault in found.errors} == {"merged_cell"}
    assert found.rows_with_errors == 200
