"""Candidate lists as they really come: what is understood, what is a fault, what is only doubtful."""

import io
import unicodedata
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.workbook import InvalidWorkbookError
from exam_engine.sittings.candidate_list import MOST_CANDIDATES, CandidateList, name_faults, read_candidate_list

EXAM_DAY = date(2026, 12, 12)
HEADINGS = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh", "Số CCCD", "Đơn vị"]
AN = [1, "Nguyễn Thị Thuỳ An", "05/03/1987", "Nữ", "Đắk Nông", "068187001234", "THPT Bảo Lộc"]


def new_sheet() -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return workbook, sheet


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def read(*rows: list[Any], headings: list[Any] | None = None) -> CandidateList:
    workbook, sheet = new_sheet()
    sheet.append(headings or HEADINGS)
    for row in rows:
        sheet.append(row)
    return read_candidate_list(saved(workbook), EXAM_DAY)


def changed(**values: Any) -> list[Any]:
    """Return the row of An with other values by heading position."""
    fields = ["stt", "name", "birth", "sex", "place", "number", "unit"]
    return [values.get(field, value) for field, value in zip(fields, AN, strict=True)]


def errors(found: CandidateList) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.fault.code) for fault in found.errors]


def warnings(found: CandidateList) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.fault.code) for fault in found.warnings]


def test_a_clean_row_is_a_person() -> None:
    found = read(AN)
    (row,) = found.rows
    assert (found.rows_read, errors(found), warnings(found)) == (1, [], [])
    assert row.to_json() == {
        "row": 2,
        "full_name": "Nguyễn Thị Thuỳ An",
        "sort_name": None,
        "birth_date": "1987-03-05",
        "sex": "female",
        "birth_place": "Đắk Nông",
        "identity_number": "068187001234",
        "organisation": "THPT Bảo Lộc",
    }


@pytest.mark.parametrize(
    "headings",
    [
        ["No.", "Full name", "Date of birth", "Sex", "Place of birth", "ID number", "Organisation"],
        ["TT", "HỌ VÀ TÊN THÍ SINH", "NGÀY, THÁNG, NĂM SINH", "Phái", "NƠI SINH", "CCCD/CMND", "TRƯỜNG"],
        ["Stt", "ho ten", "ngay sinh (dd/mm/yyyy)", "nam/nữ", "noi sinh", "Số căn cước công dân", "co quan"],
        ["STT", " Họ  và tên* ", "Ngày\nsinh", "Giới tính:", "Nơi sinh (theo khai sinh)", "Số CCCD", "Đơn vị công tác"],
    ],
)
def test_headings_are_understood_in_many_writings(headings: list[str]) -> None:
    found = read(AN, headings=headings)
    assert [row.identity_number for row in found.rows] == ["068187001234"]
    assert found.rows[0].organisation == "THPT Bảo Lộc"


def test_columns_may_stand_in_any_order_and_a_sort_name_may_be_given() -> None:
    found = read(
        ["066187001234", "Niê H'Hen", "H'Hen Niê", "1987", "nữ", "Đắk Lắk"],
        headings=["CCCD", "Tên xếp danh sách", "Họ tên", "Năm sinh", "Giới tính", "Nơi sinh"],
    )
    (row,) = found.rows
    assert (row.full_name, row.sort_name, row.birth_date) == ("H'Hen Niê", "Niê H'Hen", "1987")


def test_family_and_given_name_may_have_columns_of_their_own() -> None:
    found = read(
        ["Nguyễn Thị Thuỳ", "An", "05/03/1987", "Nữ", "Đắk Nông", "068187001234"],
        headings=["Họ và tên đệm", "Tên", "Ngày sinh", "Giới tính", "Nơi sinh", "CCCD"],
    )
    assert [row.full_name for row in found.rows] == ["Nguyễn Thị Thuỳ An"]


def test_a_name_heading_merged_over_two_columns_takes_both() -> None:
    workbook, sheet = new_sheet()
    sheet.append(["Họ và tên", None, "Ngày sinh", "Giới tính", "Nơi sinh", "CCCD"])
    sheet.merge_cells("A1:B1")
    sheet.append(["Nguyễn Thị Thuỳ", "An", "05/03/1987", "Nữ", "Đắk Nông", "068187001234"])
    found = read_candidate_list(saved(workbook), EXAM_DAY)
    assert [row.full_name for row in found.rows] == ["Nguyễn Thị Thuỳ An"]


def test_titles_above_and_totals_below_are_no_people() -> None:
    workbook, sheet = new_sheet()
    for row in (
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO"],
        ["DANH SÁCH THÍ SINH"],
        [],
        HEADINGS,
        AN,
        [],
        ["", "Tổng cộng: 1 thí sinh"],
    ):
        sheet.append(row)
    found = read_candidate_list(saved(workbook), EXAM_DAY)
    assert [row.row for row in found.rows] == [5]
    assert (errors(found), warnings(found)) == ([], [(7, "", "row_passed_over")])


def test_a_name_keeps_its_own_spelling_in_one_unicode_form() -> None:
    found = read(changed(name=unicodedata.normalize("NFD", "  Lê  Thị\u00a0Hoà ")))
    assert [row.full_name for row in found.rows] == ["Lê Thị Hoà"]


@pytest.mark.parametrize(
    ("values", "column", "code"),
    [
        ({"name": ""}, "B", "value_missing"),
        ({"name": "Lê Аn"}, "B", "name_look_alike"),  # Cyrillic А
        ({"name": "Lê An 2"}, "B", "name_bad_character"),
        ({"name": "Lê An; Trần Bình"}, "B", "name_bad_character"),
        ({"name": "王小明"}, "B", "name_bad_character"),
        ({"name": "Lê " + "A" * 118}, "B", "value_too_long"),
        ({"birth": ""}, "C", "value_missing"),
        ({"birth": "05/03/87"}, "C", "birth_date_unclear"),
        ({"birth": 31841}, "C", "birth_date_unclear"),
        ({"birth": "13/12/2026"}, "C", "birth_date_in_future"),
        ({"birth": "2027"}, "C", "birth_date_in_future"),
        ({"sex": ""}, "D", "value_missing"),
        ({"sex": "x"}, "D", "sex_unknown"),
        ({"place": ""}, "E", "value_missing"),
        ({"place": "-"}, "E", "value_missing"),
        ({"place": "x" * 201}, "E", "value_too_long"),
        ({"number": ""}, "F", "value_missing"),
        ({"number": 68187001234}, "F", "identity_lost_zeros"),
        ({"number": "68187001234"}, "F", "identity_lost_zeros"),
        ({"number": "06818700123"}, "F", "identity_lost_zeros"),
        ({"number": "0681870012345"}, "F", "identity_malformed"),
        ({"number": "không có"}, "F", "identity_malformed"),
        ({"name": "=A1"}, "B", "cell_formula"),
        ({"number": "=TEXT(1,0)"}, "F", "cell_formula"),
        ({"birth": "#N/A"}, "C", "cell_error"),
        ({"place": True}, "E", "cell_not_text"),
    ],
)
def test_a_faulty_cell_is_named_with_its_place_and_nobody_is_read_from_the_row(
    values: dict[str, Any], column: str, code: str
) -> None:
    found = read(changed(**values))
    assert errors(found) == [(2, column, code)]
    assert found.errors[0].fault.place == f"{column}2"
    assert (found.rows, found.rows_read) == ([], 1)


def test_a_lost_zero_is_proposed_and_never_put_back() -> None:
    (fault,) = read(changed(number=68187001234)).errors
    assert fault.fault.params == {"digits": 11, "proposal": "068187001234"}


def test_a_number_format_of_zeros_keeps_the_leading_zero() -> None:
    workbook, sheet = new_sheet()
    sheet.append(HEADINGS)
    sheet.append(changed(number=68187001234))
    sheet["F2"].number_format = "000000000000"
    found = read_candidate_list(saved(workbook), EXAM_DAY)
    assert [row.identity_number for row in found.rows] == ["068187001234"]


def test_a_date_cell_of_the_spreadsheet_is_a_date() -> None:
    found = read(changed(birth=datetime(1987, 3, 5)))  # noqa: DTZ001 (spreadsheets know no zones)
    assert [row.birth_date for row in found.rows] == ["1987-03-05"]


def test_somebody_born_on_the_exam_day_is_not_yet_in_the_future() -> None:
    assert errors(read(changed(birth="12/12/2026", number="C1234567"))) == []


@pytest.mark.parametrize(
    ("values", "column", "code"),
    [
        ({"name": "NGUYỄN THỊ AN"}, "B", "name_case"),
        ({"name": "nguyễn Thị An"}, "B", "name_case"),
        ({"sex": "Nam"}, "F", "identity_sex_differs"),
        ({"birth": "05/03/1988"}, "F", "identity_year_differs"),
        ({"number": "250123456"}, "F", "identity_card_expired"),
    ],
)
def test_a_doubtful_row_is_read_with_a_warning(values: dict[str, Any], column: str, code: str) -> None:
    found = read(changed(**values))
    assert (len(found.rows), errors(found), warnings(found)) == (1, [], [(2, column, code)])


def test_an_old_card_was_valid_until_the_end_of_2024() -> None:
    workbook, sheet = new_sheet()
    sheet.append(HEADINGS)
    sheet.append(changed(number="250123456"))
    content = saved(workbook)
    assert warnings(read_candidate_list(content, date(2024, 12, 31))) == []
    assert warnings(read_candidate_list(content, date(2025, 1, 1))) == [(2, "F", "identity_card_expired")]


def test_the_second_row_of_one_number_is_a_fault_that_names_the_first() -> None:
    found = read(AN, changed(name="Lê Văn Bình", number="068 187 001 234"))
    assert errors(found) == [(3, "F", "identity_repeated")]
    assert found.errors[0].fault.params == {"first_row": 2}


def test_the_same_name_and_date_under_two_numbers_is_only_doubtful() -> None:
    found = read(AN, changed(number="068187009999"))
    assert (len(found.rows), warnings(found)) == (2, [(3, "B", "person_resembles")])


def test_hidden_rows_are_read_and_told() -> None:
    workbook, sheet = new_sheet()
    sheet.append(HEADINGS)
    sheet.append(AN)
    sheet.row_dimensions[2].hidden = True
    found = read_candidate_list(saved(workbook), EXAM_DAY)
    assert (len(found.rows), warnings(found)) == (1, [(2, "", "row_hidden")])


def test_a_cell_merged_over_rows_is_a_fault_in_each_of_them() -> None:
    workbook, sheet = new_sheet()
    sheet.append(HEADINGS)
    sheet.append(AN)
    sheet.append(changed(number="068187009999"))
    sheet.merge_cells("G2:G3")
    found = read_candidate_list(saved(workbook), EXAM_DAY)
    assert errors(found) == [(2, "G", "cell_merged"), (3, "G", "cell_merged")]


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        (["Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh"], "Số CCCD"),
        (["Ngày sinh", "Giới tính", "Nơi sinh", "Số CCCD"], "Họ và tên"),
        (["Họ đệm", "Ngày sinh", "Giới tính", "Nơi sinh", "Số CCCD"], "Họ và tên"),
    ],
)
def test_a_list_without_a_needed_column_is_refused_with_its_name(headings: list[str], missing: str) -> None:
    with pytest.raises(InvalidWorkbookError) as caught:
        read(headings=headings)
    (fault,) = caught.value.faults
    assert (fault.code, fault.params) == ("workbook_header_missing", {"columns": missing})


@pytest.mark.slow
def test_the_longest_list_is_read_and_one_person_more_is_refused() -> None:
    rows = [changed(number=f"0681870{n:05d}", name="Lê An") for n in range(MOST_CANDIDATES + 1)]
    assert len(read(*rows[:-1]).rows) == MOST_CANDIDATES
    with pytest.raises(InvalidWorkbookError) as caught:
        read(*rows)
    assert caught.value.faults[0].code == "workbook_too_many_rows"


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Thuỳ An", "K' Brếp", "H’Hen Niê", "Y Moan Êban", "Rơ Ƀing", "Ya-Ly", "Ma. Thị Kšơr", "Đ"]
)
def test_names_of_all_peoples_are_names(name: str) -> None:
    assert name_faults(name) == []


def test_a_strange_character_is_named_with_its_position() -> None:
    (fault,) = name_faults("Lê An3")
    assert fault.params == {"position": 6, "letter": "3"}
