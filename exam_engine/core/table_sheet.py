"""Laying out a table in a spreadsheet so that it prints as an official list."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.workbook import write_text

FONT = "Times New Roman"
"""The face that official documents in Vietnam are set in."""
_THIN = Side(style="thin", color="808080")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BODY = Font(name=FONT, size=12)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
_LETTERS_PER_WIDTH = 0.95
"""Letters of the 12-point face that fit into one unit of column width, less a margin for broken words."""
_HEADING_FILL = PatternFill("solid", fgColor="E8EDF5")


def sheet_title(name: str) -> str:
    """Return a name without what a sheet's name may not hold, cut to its longest length."""
    return "".join("-" if sign in r"[]:*?/\\" else sign for sign in name).strip("'")[:31] or "-"


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell that can be written.

    Raises
    ------
    ValueError
        A merged range covers it.
    """
    cell = sheet.cell(row=row, column=column)
    if isinstance(cell, MergedCell):
        raise ValueError(f"{cell.coordinate} is covered by a merged range")  # noqa: TRY004 (a wrong place, no wrong type)
    return cell


@dataclass(frozen=True, slots=True)
class Titles:
    """What stands above a table: the council on the left, the state's name and motto on the right, the title below."""

    council_name: str
    national_name: str
    national_motto: str
    title: str
    lines: Sequence[str]


def write_titles(sheet: Worksheet, titles: Titles, *, columns: int) -> None:
    """Write the titles over the whole width of a table."""
    left = columns // 2
    _merged_line(sheet, 1, (1, left), titles.council_name.upper(), size=12, is_bold=True)
    _merged_line(sheet, 1, (left + 1, columns), titles.national_name, size=12, is_bold=True)
    _merged_line(sheet, 2, (left + 1, columns), titles.national_motto, size=13, is_bold=True)
    _merged_line(sheet, 4, (1, columns), titles.title.upper(), size=14, is_bold=True)
    for row, line in enumerate(titles.lines, start=5):
        _merged_line(sheet, row, (1, columns), line, size=12, is_bold=False)


def _merged_line(
    sheet: Worksheet, row: int, columns: tuple[int, int], line: str, *, size: float, is_bold: bool
) -> None:
    cell = cell_at(sheet, row, columns[0])
    write_text(cell, line)
    cell.font = Font(name=FONT, size=size, bold=is_bold)
    cell.alignment = _CENTRED
    sheet.row_dimensions[row].height = size * 1.5
    sheet.merge_cells(start_row=row, end_row=row, start_column=columns[0], end_column=columns[1])


def write_headings(sheet: Worksheet, headings: Sequence[tuple[str, float]]) -> int:
    """Write the heading row below what is there; returns the number of the first row under it."""
    is_empty = sheet.max_row == 1 and sheet.cell(row=1, column=1).value is None
    row = 1 if is_empty else sheet.max_row + 2
    for column, (heading, width) in enumerate(headings, start=1):
        cell = cell_at(sheet, row, column)
        write_text(cell, heading)
        cell.font = Font(name=FONT, size=12, bold=True)
        cell.fill, cell.border = _HEADING_FILL, GRID
        cell.alignment = _CENTRED
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[row].height = 32
    sheet.freeze_panes = f"A{row + 1}"
    return row + 1


def write_row(sheet: Worksheet, row: int, values: Sequence[str | int], *, centred: set[int]) -> None:
    """Write one row of a table, high enough for its longest cell; texts are kept as texts."""
    lines = 1
    for column, value in enumerate(values, start=1):
        cell = cell_at(sheet, row, column)
        if isinstance(value, int):
            cell.value = value
        else:
            write_text(cell, value)
            width = sheet.column_dimensions[get_column_letter(column)].width
            lines = max(lines, math.ceil(len(value) / (width * _LETTERS_PER_WIDTH)))
        cell.font, cell.border = _BODY, GRID
        cell.alignment = _CENTRED if column in centred else _LEFT
    # Spreadsheet programs do not grow rows of files that state no height.
    sheet.row_dimensions[row].height = 4 + 16 * lines


def prepare_for_print(sheet: Worksheet, *, heading_row: int, is_landscape: bool) -> None:
    """Set A4, one page wide, with the heading row on every page and page numbers below."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if is_landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "&P / &N"
    sheet.print_options.horizontalCentered = True


def saved(workbook: Workbook) -> bytes:
    """Return the bytes of a workbook."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
