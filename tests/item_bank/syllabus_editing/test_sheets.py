"""A framework as a spreadsheet: out and in again, a dry run with faults by row, everything or nothing."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import ClientFactory
from tests.item_bank.makers import workbook_bytes
from tests.item_bank.syllabus_editing.making import HEADINGS, change, rows, tree, upload


@pytest.mark.parametrize("framework", ["TT03/2014", "TT02/2025"])
async def test_a_framework_taken_out_and_in_again_changes_nothing(framework: str, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    first = next(iter(await tree(board, framework)))
    await change(board, first, framework, valid_from="2026-01-01", valid_to="2026-06-30", replaced_by="IU14")
    content = (await board.get("/api/syllabus/file.xlsx", params={"framework": framework})).content
    report = (await upload(board, content, framework=framework)).json()
    assert (report["errors"], report["warnings"]) == ([], [])
    assert (report["added"], report["changed"], report["untouched"]) == (0, 0, 0)
    assert report["unchanged"] == report["rows_read"] == len(await tree(board, framework))
    refused = await upload(board, content, plan=report["plan"], framework=framework)
    assert (refused.status_code, refused.json()["code"]) == (409, "syllabus_file_changes_nothing")


async def test_a_file_adds_and_changes_in_one_go_what_its_dry_run_told(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    # The statement stands before the section it lies in: the order of rows does not matter.
    content = workbook_bytes(
        rows(
            ("IU08.1.1.1", "Biết tạo bảng tổng hợp", "", "Hội đồng"),
            ("IU08.1", "Phân tích dữ liệu", "Analysing data", "Cần đối chiếu"),
            ("IU08.1.1", "Bảng tổng hợp", "", ""),
            ("IU08.2", "Tự động hoá", "", "published outline"),
            ("IU04.5", "Công thức và hàm", "Formulas and functions", ""),
            ("IU04.6", "Định dạng một ô, một dãy ô", "Formatting cells and ranges", "", date(2026, 6, 30), "iu08.1"),
        ),
        headings=HEADINGS,
    )
    before = await tree(board)
    report = (await upload(board, content)).json()
    assert (report["errors"], report["added"], report["changed"], report["unchanged"]) == ([], 4, 2, 0)
    assert report["untouched"] == len(before) - 2
    assert await tree(board) == before

    done = await upload(board, content, plan=report["plan"])
    assert done.json() == {"added": 4, "changed": 2, "unchanged": 0}
    nodes = await tree(board)
    assert [code for code in nodes if code.startswith("IU08")] == [
        "IU08", "IU08.1", "IU08.1.1", "IU08.1.1.1", "IU08.2"
    ]  # fmt: skip
    assert [nodes[code]["source"] for code in ("IU08.1", "IU08.1.1", "IU08.2")] == [
        "to_be_checked", "board", "published_outline"
    ]  # fmt: skip
    # Columns that the sheet lacks, and an empty source, leave what is stored.
    assert (nodes["IU04.5"]["name"], nodes["IU04.5"]["source"]) == ("Công thức và hàm", "to_be_checked")
    assert (nodes["IU04.6"]["valid_to"], nodes["IU04.6"]["replaced_by"]) == ("2026-06-30", "IU08.1")
    entries = (await board.get("/api/syllabus/history", params={"code": "IU04.5"})).json()["entries"]
    assert entries[0]["before"] == {"name": "Biểu thức và hàm", "name_en": "Expressions and functions"}
    (entry,) = (await board.get("/api/syllabus/history", params={"code": "TT03/2014"})).json()["entries"]
    assert (entry["action"], entry["after"]["added"], entry["after"]["changed"]) == ("syllabus.imported", 4, 2)


FAULTY: list[tuple[tuple[Any, ...], str, str]] = [
    (("", "Không mã"), "A", "syllabus_code_missing"),
    (("IU08.x", "Mã sai"), "A", "part_code_invalid"),
    (("IU08.1.1", "Không có mục chứa"), "A", "syllabus_parent_unknown"),
    (("IU99.1", "Không có mô đun"), "A", "syllabus_parent_unknown"),
    (("NLS1.1", "Của chuẩn khác"), "A", "syllabus_code_taken"),
    (("IU08.1.1.1.1", "Quá sâu"), "A", "syllabus_too_deep"),
    (("IU08.9", ""), "B", "syllabus_name_missing"),
    (("IU08.9", "Nguồn lạ", "", "Nghe nói"), "D", "source_unknown"),
    (("IU08.9", "Ngày lạ", "", "", "31/02/2026"), "E", "day_unreadable"),
    (("IU08.9", "Ngày lạ", "", "", "hôm qua"), "E", "day_unreadable"),
    (("IU08.9", "Thay bằng mã lạ", "", "", "", "IU77"), "F", "successor_unknown"),
]


@pytest.mark.parametrize(("row", "column", "fault"), FAULTY)
async def test_each_fault_is_named_by_its_cell_and_nothing_is_stored(
    row: tuple[Any, ...], column: str, fault: str, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    content = workbook_bytes(rows(("IU08.5", "Dòng đúng"), row), headings=HEADINGS)
    report = (await upload(board, content)).json()
    assert [(one["row"], one["column"], one["code"]) for one in report["errors"]] == [(3, column, fault)]
    assert all(one["message"] and one["fix"] for one in report["errors"])
    assert (report["rows_with_errors"], report["error_count"]) == (1, 1)
    before = await tree(board)
    refused = await upload(board, content, plan=report["plan"])
    assert (refused.status_code, refused.json()["code"]) == (422, "syllabus_file_has_errors")
    assert refused.json()["errors"][0]["place"] == f"{column}3"
    assert await tree(board) == before


async def test_a_formula_and_a_repeated_code_are_refused(client_for: ClientFactory) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["B3"] = "=1+1"

    board = await client_for("board_member")
    content = workbook_bytes(
        rows(("IU08.1", "Một"), ("IU08.2", "Hai"), ("IU08.1", "Ba")), headings=HEADINGS, change=spoil
    )
    report = (await upload(board, content)).json()
    found = [(one["row"], one["code"]) for one in report["errors"]]
    assert (3, "formula_cell") in found
    assert (4, "syllabus_code_repeated") in found


async def test_two_rows_may_not_replace_each_other(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    content = workbook_bytes(
        rows(("IU08.1", "Một", "", "", "", "IU08.2"), ("IU08.2", "Hai", "", "", "", "IU08.1")), headings=HEADINGS
    )
    report = (await upload(board, content)).json()
    assert [(one["row"], one["code"]) for one in report["errors"]] == [
        (2, "successor_in_circle"),
        (3, "successor_in_circle"),
    ]


async def test_a_dry_run_that_others_have_overtaken_is_not_carried_out(client_for: ClientFactory) -> None:
    board, other = await client_for("board_member"), await client_for("board_member")
    content = workbook_bytes(rows(("IU04.5", "Tên từ tệp"), ("IU04.6", "Tên nữa")), headings=HEADINGS[:2])
    plan = (await upload(board, content)).json()["plan"]
    await change(other, "IU04.5", name="Tên từ tệp")
    late = await upload(board, content, plan=plan)
    assert (late.status_code, late.json()["code"]) == (409, "syllabus_changed")
    assert (await tree(board))["IU04.6"]["name"] == "Định dạng một ô, một dãy ô"


async def test_what_looks_like_a_formula_leaves_as_text(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await change(board, "IU04.5", name="=HYPERLINK(1)")
    content = (await board.get("/api/syllabus/file.xlsx", params={"framework": "TT03/2014"})).content
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_template_has_the_columns_that_are_read_and_says_how_to_fill_them(
    language: str, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    headers = {"Accept-Language": language}
    content = (await board.get("/api/syllabus/template.xlsx", headers=headers)).content
    sheet, guide = load_workbook(io.BytesIO(content)).worksheets
    headings = [str(cell.value) for cell in sheet[1]]
    assert [str(row[0].value) for row in guide.iter_rows()] == headings
    assert all(len(str(row[1].value)) > 20 for row in guide.iter_rows())
    report = (await upload(board, content)).json()
    assert (report["rows_read"], report["errors"]) == (0, [])
