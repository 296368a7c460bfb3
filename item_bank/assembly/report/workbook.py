"""The report as a spreadsheet: what is signed on the first sheet, every table on one of its own with real numbers."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.table_sheet import (
    FONT,
    GRID,
    Titles,
    cell_at,
    prepare_for_print,
    saved,
    sheet_title,
    write_headings,
    write_titles,
)
from exam_engine.core.workbook import write_text
from item_bank.assembly.report.blocks import Report, Section, Table

_COLUMNS = 8
_LETTERS_PER_LINE = 88
_UNIT = 11.0
"""Spreadsheet width of a column of width 1."""


def render_workbook(report: Report) -> bytes:
    """Return the .xlsx; charts stand in the PDF, their figures here."""
    workbook = Workbook()
    first = workbook.worksheets[0]
    first.title = sheet_title(report.title)
    _write_report(first, report)
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                _write_table(workbook.create_sheet(sheet_title(block.name)), section, block)
    return saved(workbook)


def _write_report(sheet: Worksheet, report: Report) -> None:
    for number in range(1, _COLUMNS + 1):
        sheet.column_dimensions["ABCDEFGH"[number - 1]].width = _UNIT
    titles = Titles(
        council_name=report.head.council,
        national_name=report.national_name,
        national_motto=report.national_motto,
        title=report.title,
        lines=[report.subject, report.state, f"{report.number_line} · {report.place_and_date}"],
    )
    write_titles(sheet, titles, columns=_COLUMNS)
    row = 10
    for section in report.sections:
        row = _write_line(sheet, row, section.title, is_bold=True)
        for block in section.blocks:
            if isinstance(block, str):
                row = _write_line(sheet, row, block)
            elif isinstance(block, Table):
                row = _write_line(sheet, row, f"→ {sheet_title(block.name)}")
    row += 1
    for place, (who, how) in zip((1, _COLUMNS // 2 + 1), report.signatures, strict=True):
        for line, (text, is_bold) in enumerate(((who, True), (how, False))):
            cell = cell_at(sheet, row + line, place)
            write_text(cell, text)
            cell.font = Font(name=FONT, size=12, bold=is_bold, italic=not is_bold)
            cell.alignment = Alignment(horizontal="center")
            end = place + _COLUMNS // 2 - 1
            sheet.merge_cells(start_row=row + line, end_row=row + line, start_column=place, end_column=end)
    prepare_for_print(sheet, heading_row=1, is_landscape=False)
    sheet.print_title_rows = None


def _write_line(sheet: Worksheet, row: int, text: str, *, is_bold: bool = False) -> int:
    cell = cell_at(sheet, row, 1)
    write_text(cell, text)
    cell.font = Font(name=FONT, size=12, bold=is_bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=_COLUMNS)
    lines = sum(1 + len(line) // _LETTERS_PER_LINE for line in text.split("\n"))
    # Spreadsheet programs do not grow merged rows.
    sheet.row_dimensions[row].height = 4 + 16 * lines
    return row + 1


def _write_table(sheet: Worksheet, section: Section, table: Table) -> None:
    cell = cell_at(sheet, 1, 1)
    write_text(cell, section.title)
    cell.font = Font(name=FONT, size=13, bold=True)
    headings = [(column.heading, max(7.0, _UNIT * column.width)) for column in table.columns]
    first = write_headings(sheet, headings)
    for at, values in enumerate(table.rows):
        is_summary = at >= len(table.rows) - table.summary_rows
        _write_values(sheet, first + at, values, table, is_bold=is_summary)
    prepare_for_print(sheet, heading_row=first - 1, is_landscape=len(table.columns) > _COLUMNS)


def _write_values(
    sheet: Worksheet, row: int, values: Sequence[str | int | float], table: Table, *, is_bold: bool
) -> None:
    for number, value in enumerate(values, start=1):
        column = table.columns[number - 1]
        cell = cell_at(sheet, row, number)
        if isinstance(value, str):
            write_text(cell, value)
        else:
            cell.value = value
            cell.number_format = f"0.{'0' * column.digits}" if column.digits else "0"
        cell.font, cell.border = Font(name=FONT, size=12, bold=is_bold), GRID
        cell.alignment = Alignment(horizontal="left" if column.is_left else "center", vertical="center", wrap_text=True)
