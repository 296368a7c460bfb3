"""Tables of spreadsheet files read row by row: the same rows and refusals as of a file that is read at once."""

import gc
from typing import Any

import pytest

from exam_engine.core.workbook import InvalidWorkbookError, Row, WorkbookLimits, find_table, open_table, read_workbook
from tests.exam_engine.core.test_workbook import BIRTH, COLUMNS, DEFAULT, NAME, file_with, new_workbook, repacked, saved

HEADING = ["Họ và tên", "Ngày sinh", "Nơi sinh"]


def people(count: int) -> list[list[Any]]:
    """Rows of names, with some empty ones between."""
    return [[f"Nguyễn Văn {number}", "01/02/2008"] if number % 7 else [] for number in range(1, count + 1)]


def fault_of(content: bytes, limits: WorkbookLimits = DEFAULT) -> tuple[str, str]:
    with pytest.raises(InvalidWorkbookError) as caught:
        list(open_table(content, COLUMNS, limits).rows)
    (fault,) = caught.value.faults
    return fault.code, fault.place


@pytest.mark.parametrize("above", [0, 1, 38, 39])
@pytest.mark.parametrize("below", [0, 1, 5, 350])
def test_the_rows_are_those_of_the_file_read_at_once(above: int, below: int) -> None:
    content = file_with(*[["Danh sách"]] * above, HEADING, *people(below))
    table, whole = open_table(content, COLUMNS), find_table(read_workbook(content), COLUMNS)
    assert table.header == whole.header
    assert list(table.rows) == list(whole.rows)


@pytest.mark.usefixtures("only_new_objects")
@pytest.mark.parametrize("count", [500, 4000])
def test_few_rows_are_held_however_many_the_sheet_has(count: int) -> None:
    table = open_table(file_with(HEADING, *people(count)), COLUMNS)
    held = []
    for row in table.rows:
        if row.number % 100 == 0:
            gc.collect()
            held.append(sum(type(one) is Row for one in gc.get_objects()))
    assert held
    assert max(held) < 200


def test_the_sheet_that_fits_is_read_among_others() -> None:
    workbook, first = new_workbook()
    first.append(["Ghi chú"])
    second = workbook.create_sheet("Học sinh")
    for row in [HEADING, *people(90)]:
        second.append(row)
    table = open_table(saved(workbook), COLUMNS)
    assert (table.sheet.name, len(list(table.rows))) == ("Học sinh", 78)
    assert [bool(sheet.rows) for sheet in table.sheets] == [True, True]


def test_too_many_rows_refuse_the_file_while_they_are_taken() -> None:
    table = open_table(file_with(HEADING, *[["An", "01/02/2008"]] * 500), COLUMNS, WorkbookLimits(rows=400))
    assert next(table.rows).cell(table.header.columns[NAME.field]).text == "An"
    with pytest.raises(InvalidWorkbookError) as caught:
        list(table.rows)
    assert caught.value.faults[0].code == "workbook_too_many_rows"


def test_damage_in_another_sheet_refuses_the_file_before_any_row_is_given() -> None:
    workbook, first = new_workbook()
    for row in [HEADING, *people(90)]:
        first.append(row)
    second = workbook.create_sheet("Khác")
    for number in range(100):
        second.append([number])
    content = repacked(saved(workbook), "xl/worksheets/sheet2.xml", b"</sheetData>", b"</x>")
    with pytest.raises(InvalidWorkbookError) as caught:
        open_table(content, COLUMNS)
    assert caught.value.faults[0].code == "workbook_damaged"


def test_damage_counts_more_than_a_missing_heading() -> None:
    content = file_with(*[["Ghi chú"]] * 100)
    assert fault_of(content)[0] == "workbook_header_missing"
    assert fault_of(content, WorkbookLimits(rows=90))[0] == "workbook_too_many_rows"


def test_a_heading_that_is_not_whole_names_what_it_lacks() -> None:
    assert fault_of(file_with([NAME.names[0]], ["An"])) == ("workbook_header_missing", "A1")
    assert BIRTH.is_required
