"""Printed tables as a spreadsheet: one sheet a table, A4 landscape, exact counts as real numbers."""

import math

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.table_sheet import FONT, GRID, cell_at, prepare_for_print, saved, sheet_title
from exam_engine.core.workbook import write_text
from item_bank.blueprints.printing.tables import PrintedDocument, PrintedTable, placed

_UNIT = 5.2
"""Spreadsheet width of a column of width 1."""
_FILL = PatternFill("solid", fgColor="E8EDF5")


def render_workbook(document: PrintedDocument) -> bytes:
    """Return the .xlsx."""
    workbook = Workbook()
    for number, table in enumerate(document.tables):
        sheet = workbook.worksheets[0] if number == 0 else workbook.create_sheet()
        sheet.title = sheet_title(table.sheet_name)
        _write(sheet, document, table)
    return saved(workbook)


def _write(sheet: Worksheet, document: PrintedDocument, table: PrintedTable) -> None:
    columns = len(table.widths)
    for number, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width * _UNIT
    lines = [(document.agency, 12, False), (document.school, 12, True), (table.title, 14, True)]
    lines += [(line, 12, False) for line in document.lines]
    row = 0
    for row, (text, size, is_bold) in enumerate(lines, start=1):
        _line(sheet, row, columns, text, size=size, is_bold=is_bold, is_centred=row > 2)
    first = row + 2
    rows = [*table.head, *table.rows]
    heights = [1] * len(rows)
    for one in placed(rows, columns):
        box = one.box
        cell = cell_at(sheet, first + one.row, one.column + 1)
        _value(cell, box.text)
        is_head = one.row < len(table.head)
        cell.font = Font(name=FONT, size=11, bold=box.is_bold)
        cell.alignment = Alignment(horizontal="left" if box.is_left else "center", vertical="center", wrap_text=True)
        for down in range(box.rows):
            for right in range(box.columns):
                part = sheet.cell(row=first + one.row + down, column=one.column + 1 + right)
                part.border = GRID
                if is_head:
                    part.fill = _FILL
        if (box.columns, box.rows) != (1, 1):
            sheet.merge_cells(
                start_row=first + one.row,
                end_row=first + one.row + box.rows - 1,
                start_column=one.column + 1,
                end_column=one.column + box.columns,
            )
        width = sum(table.widths[one.column : one.column + box.columns]) * _UNIT
        needed = sum(max(1, math.ceil(len(line) * 1.1 / width)) for line in box.text.split("\n"))
        share = math.ceil(needed / box.rows)
        for down in range(box.rows):
            heights[one.row + down] = max(heights[one.row + down], share)
    for at, height in enumerate(heights):
        # Spreadsheet programs do not grow rows of files that state no height.
        sheet.row_dimensions[first + at].height = 4 + 15 * height
    end = first + len(rows)
    for at, note in enumerate(table.notes, start=1):
        _line(sheet, end + at, columns, note, size=10, is_bold=False, is_centred=False)
    sheet.freeze_panes = f"A{first + len(table.head)}"
    prepare_for_print(sheet, heading_row=first, is_landscape=True)
    sheet.print_title_rows = f"{first}:{first + len(table.head) - 1}"


def _line(sheet: Worksheet, row: int, columns: int, text: str, *, size: int, is_bold: bool, is_centred: bool) -> None:
    cell = cell_at(sheet, row, 1)
    write_text(cell, text)
    cell.font = Font(name=FONT, size=size, bold=is_bold)
    cell.alignment = Alignment(horizontal="center" if is_centred else "left", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = size * 1.6
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)


def _value(cell: Cell, text: str) -> None:
    if text.isascii() and text.isdigit():
        cell.value = int(text)
    else:
        write_text(cell, text)
