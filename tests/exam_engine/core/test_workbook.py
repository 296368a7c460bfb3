"""Opening spreadsheet files: what is refused and why, what a cell says, where a table starts."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.workbook import (
    Column,
    InvalidWorkbookError,
    Sheet,
    WorkbookLimits,
    find_table,
    read_workbook,
    write_text,
)

NAME = Column("full_name", ("Họ và tên", "Full name"), is_required=True)
BIRTH = Column("birth_date", ("Ngày sinh", "Date of birth"), is_required=True)
PLACE = Column("birth_place", ("Nơi sinh",))
COLUMNS = (NAME, BIRTH, PLACE)


DEFAULT = WorkbookLimits()


def new_workbook() -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return workbook, sheet


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def file_with(*rows: list[Any]) -> bytes:
    workbook, sheet = new_workbook()
    for row in rows:
        sheet.append(row)
    return saved(workbook)


def zip_with(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return buffer.getvalue()


def repacked(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            if name == part:
                assert old in body
                body = body.replace(old, new)
            target.writestr(name, body)
    return buffer.getvalue()


def refusal(content: bytes, limits: WorkbookLimits = DEFAULT) -> str:
    with pytest.raises(InvalidWorkbookError) as caught:
        read_workbook(content, limits)
    (fault,) = caught.value.faults
    return fault.code


def only_sheet(content: bytes) -> Sheet:
    (sheet,) = read_workbook(content)
    return sheet


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"  \n ", "workbook_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook_is_xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "workbook_is_encrypted",
        ),
        ("STT,Họ và tên\n1,Lê An\n".encode(), "workbook_is_text"),
        (b"%PDF-1.7, not a table", "workbook_not_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "workbook_not_spreadsheet"),
        (zip_with(word__document_DOT_xml=b"<w/>"), "workbook_is_docx"),
        (zip_with(xl__workbook_DOT_bin=b"\0"), "workbook_is_xlsb"),
        (zip_with(mimetype=b"application/vnd.oasis", content_DOT_xml=b"<o/>"), "workbook_is_ods"),
        (zip_with(readme_DOT_txt=b"hello"), "workbook_not_spreadsheet"),
        (zip_with(xl__workbook_DOT_xml=b"<workbook"), "workbook_damaged"),
        (b"PK\x03\x04 and then nothing", "workbook_damaged"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_for_what_it_is(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_file_that_unpacks_a_thousandfold_is_refused_unread() -> None:
    bomb = zip_with(xl__workbook_DOT_xml=b"<workbook/>", xl__worksheets__sheet1_DOT_xml=b"\0" * 20_000_000)
    assert len(bomb) < 100_000
    assert refusal(bomb) == "workbook_suspicious"


def test_an_entity_definition_is_refused() -> None:
    content = file_with(["a"])
    head = b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>'
    assert refusal(repacked(content, "xl/workbook.xml", b"<workbook", head + b"<workbook")) == "workbook_suspicious"


def test_the_largest_allowed_number_of_rows_passes_and_one_more_does_not() -> None:
    limits = WorkbookLimits(rows=3)
    assert len(read_workbook(file_with(["1"], ["2"], ["3"]), limits)[0].rows) == 3
    assert refusal(file_with(["1"], ["2"], ["3"], ["4"]), limits) == "workbook_too_many_rows"


def test_the_largest_allowed_file_passes_and_one_byte_more_does_not() -> None:
    content = file_with(["1"])
    assert read_workbook(content, WorkbookLimits(file_bytes=len(content)))
    assert refusal(content, WorkbookLimits(file_bytes=len(content) - 1)) == "workbook_too_large"


def test_a_row_far_below_a_wrong_dimension_is_still_read() -> None:
    workbook, sheet = new_workbook()
    sheet["A1"] = "đầu"
    sheet["B900"] = "cuối"
    content = repacked(saved(workbook), "xl/worksheets/sheet1.xml", b'ref="A1:B900"', b'ref="A1:A1"')
    read = only_sheet(content)
    assert [row.number for row in read.rows] == [1, 900]
    assert read.rows[1].cell(2).text == "cuối"


@pytest.mark.parametrize(
    ("value", "number_format", "kind", "text"),
    [
        ("  Lê  An ", "General", "text", "  Lê  An "),
        ("dòng 1\ndòng 2", "General", "text", "dòng 1\ndòng 2"),
        (7, "General", "number", "7"),
        (7.0, "0.00", "number", "7"),
        (7.25, "General", "number", "7.25"),
        (68099001234, "General", "number", "68099001234"),
        (68099001234, "000000000000", "number", "068099001234"),
        (True, "General", "boolean", "TRUE"),
        (datetime(1987, 3, 5), "dd/mm/yyyy", "date", "05/03/1987"),  # noqa: DTZ001 (spreadsheets know no zones)
        (datetime(1987, 3, 5, 7, 30), "dd/mm/yyyy hh:mm", "date", "05/03/1987 07:30"),  # noqa: DTZ001
        ("=SUM(A1:A5)", "General", "formula", "=SUM(A1:A5)"),
        ("#N/A", "General", "error", "#N/A"),
    ],
)
def test_a_cell_reads_as_its_reader_sees_it(value: object, number_format: str, kind: str, text: str) -> None:
    workbook, sheet = new_workbook()
    cell = sheet["C2"]
    cell.value, cell.number_format = value, number_format
    read = only_sheet(saved(workbook)).rows[0].cell(3)
    assert (read.kind, read.text, read.place) == (kind, text, "C2")


@pytest.mark.parametrize("text", ["=SUM(A1:A5)", "+84 263", "-1", "@an", "'tên", "K' Brếp", "<b>đậm</b>"])
def test_text_that_looks_like_a_formula_survives_writing_and_reading(text: str) -> None:
    workbook, sheet = new_workbook()
    write_text(sheet["A1"], text)
    content = saved(workbook)
    cell = only_sheet(content).rows[0].cell(1)
    assert (cell.kind, cell.text) == ("text", text)
    assert load_workbook(io.BytesIO(content))["Sheet"]["A1"].data_type == "s"


def test_control_characters_are_left_out_of_what_is_written() -> None:
    _, sheet = new_workbook()
    write_text(sheet["A1"], "a\x00b\x0bc")
    assert sheet["A1"].value == "abc"


def test_hidden_rows_hidden_sheets_and_merged_cells_are_told() -> None:
    workbook, sheet = new_workbook()
    sheet.append(["a", "b"])
    sheet.append(["c", "d"])
    sheet.merge_cells("A3:B4")
    sheet["A3"] = "chung"
    sheet.row_dimensions[2].hidden = True
    workbook.create_sheet("Nháp").sheet_state = "hidden"
    first, second = read_workbook(saved(workbook))
    assert [row.is_hidden for row in first.rows] == [False, True, False]
    assert (first.is_hidden, second.is_hidden) == (False, True)
    merged = first.merged_at(4, 2)
    assert merged is not None
    assert merged.place == "A3:B4"
    assert first.merged_at(2, 1) is None


def test_a_table_is_found_below_its_titles_whatever_the_writing_of_its_headings() -> None:
    content = file_with(
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO"],
        [],
        ["STT", "HỌ VÀ  TÊN *", "ngay sinh (dd/mm/yyyy)", "Ghi chú", "Full Name"],
        [1, "Lê An", "01/02/1990"],
    )
    table = find_table(read_workbook(content), COLUMNS)
    assert table.header.row == 3
    assert table.header.columns == {"full_name": 2, "birth_date": 3}
    assert table.header.unknown == ("STT", "Ghi chú")
    assert table.header.repeated == ("full_name",)
    assert [row.cell(2).text for row in table.rows] == ["Lê An"]


def test_a_heading_merged_over_two_columns_is_known_to_be_two_wide() -> None:
    workbook, sheet = new_workbook()
    sheet.append(["Họ và tên", None, "Ngày sinh"])
    sheet.merge_cells("A1:B1")
    table = find_table(read_workbook(saved(workbook)), COLUMNS)
    assert table.header.widths == {"full_name": 2, "birth_date": 1}


def test_a_visible_sheet_comes_before_a_hidden_one_and_sheets_without_the_heading_are_passed_over() -> None:
    workbook, sheet = new_workbook()
    sheet.append(["Hướng dẫn"])
    for title in ("Cũ", "Mới"):
        workbook.create_sheet(title).append(["Họ và tên", "Ngày sinh"])
    workbook["Cũ"].sheet_state = "hidden"
    assert find_table(read_workbook(saved(workbook)), COLUMNS).sheet.name == "Mới"


def test_a_missing_column_is_named_with_the_place_of_the_nearest_heading() -> None:
    content = file_with(["Danh sách"], ["", "Họ và tên", "Nơi sinh"])
    with pytest.raises(InvalidWorkbookError) as caught:
        find_table(read_workbook(content), COLUMNS)
    (fault,) = caught.value.faults
    assert (fault.code, fault.place, fault.params) == ("workbook_header_missing", "B2", {"columns": "Ngày sinh"})


def test_a_workbook_without_any_cell_is_empty() -> None:
    with pytest.raises(InvalidWorkbookError) as caught:
        find_table(read_workbook(saved(Workbook())), COLUMNS)
    assert caught.value.faults[0].code == "workbook_empty"
