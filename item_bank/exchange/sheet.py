"""Writing item sheets: the template to fill in, and files of items."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.workbook import Column, write_text
from item_bank.exchange.columns import LEVEL, WRITTEN_COLUMNS
from item_bank.items.content import COGNITIVE_LEVELS

_WIDTHS = {
    "code": 13,
    "module": 10,
    "reference": 15,
    "stem": 58,
    "option": 30,
    "key": 13,
    "level": 10,
    "explanation": 48,
    "kind": 15,
    "unit": 9,
    "points": 8,
    "seconds": 10,
    "tags": 22,
    "source": 22,
    "language": 10,
    "markup": 10,
}
_CENTRED = frozenset(
    {"code", "module", "reference", "key", "level", "kind", "unit", "points", "seconds", "language", "markup"}
)
_HEADER_FILL = PatternFill("solid", fgColor="1F4E79")
_HEADER_FONT = Font(name="Arial", size=10, bold=True, color="FFFFFF")
_BODY_FONT = Font(name="Arial", size=10)
_LINE = Side(style="thin", color="BFC7D1")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_OTHER_KINDS = ("multiple_response", "true_false_table", "text_entry", "numeric_entry", "order", "match")
_EMPTY_ROWS = 500
_LINE_HEIGHT = 13.0
_ROW_PADDING = 4.0
_HIGHEST_ROW = 409.0
"""Points; no spreadsheet takes a higher row."""
_GUIDE_WIDTH = 96


def write_items(
    worksheet: Worksheet,
    rows: Iterable[Mapping[str, str]],
    *,
    empty_rows: int = 0,
    columns: Sequence[Column] = WRITTEN_COLUMNS,
) -> None:
    """Fill a sheet with items: one mapping from field name to text a row, then formatted rows to type in."""
    worksheet.append([column.names[0] for column in columns])
    for number, column in enumerate(columns, start=1):
        kind = _kind(column)
        head = worksheet.cell(1, number)
        head.font, head.fill, head.border = _HEADER_FONT, _HEADER_FILL, _BORDER
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        worksheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[kind]
    last = 1
    for last, row in enumerate(rows, start=2):
        for number, column in enumerate(columns, start=1):
            _write_cell(worksheet, last, number, column, row.get(column.field, ""))
        worksheet.row_dimensions[last].height = _height(row, columns)
    for later in range(last + 1, last + 1 + empty_rows):
        for number, column in enumerate(columns, start=1):
            _write_cell(worksheet, later, number, column, "")
    last += empty_rows
    worksheet.row_dimensions[1].height = 30
    worksheet.freeze_panes = "B2"
    worksheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last, 2)}"
    worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A3
    _fit_to_width(worksheet)
    worksheet.print_title_rows = "1:1"
    _offer_choices(worksheet, columns, LEVEL, COGNITIVE_LEVELS, last)


def template_file(catalogue: Catalogue, language: Language) -> bytes:
    """Return the .xlsx to fill in: an item sheet with one example, and a sheet that explains the columns."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = catalogue.text("item_template.sheet", language)
    example = {
        column.field: catalogue.text(f"item_template.example.{column.field}", language) for column in WRITTEN_COLUMNS
    }
    others = [_other_example(kind, example, catalogue, language) for kind in _OTHER_KINDS]
    write_items(sheet, [example, *others], empty_rows=_EMPTY_ROWS)
    guide = workbook.create_sheet(catalogue.text("item_template.guide_sheet", language))
    _write_guide(guide, catalogue, language)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _other_example(kind: str, example: Mapping[str, str], catalogue: Catalogue, language: Language) -> dict[str, str]:
    """Return the example of another kind: classified as the first one, and without a code, as files may be."""
    own = {
        column.field: catalogue.find(f"item_template.{kind}.{column.field}", language) or ""
        for column in WRITTEN_COLUMNS
    }
    return own | {field: example[field] for field in ("module", "reference", "level")}


def _write_guide(worksheet: Worksheet, catalogue: Catalogue, language: Language) -> None:
    worksheet.column_dimensions["A"].width = 26
    worksheet.column_dimensions["B"].width = _GUIDE_WIDTH
    title = _cell(worksheet, 1, 1)
    write_text(title, catalogue.text("item_template.guide_title", language))
    title.font = Font(name="Arial", size=14, bold=True, color="1F4E79")
    headings: dict[str, list[str]] = {}
    for column in WRITTEN_COLUMNS:
        headings.setdefault(_kind(column), []).append(column.names[0])
    for number, (kind, names) in enumerate(headings.items(), start=3):
        name, text = _cell(worksheet, number, 1), _cell(worksheet, number, 2)
        write_text(name, names[0] if len(names) == 1 else f"{names[0]} … {names[-1][-1]}")
        write_text(text, catalogue.text(f"item_template.guide.{kind}", language))
        name.font = Font(name="Arial", size=10, bold=True)
        text.font = _BODY_FONT
        for cell in (name, text):
            cell.alignment, cell.border = Alignment(vertical="top", wrap_text=True), _BORDER
        lines = math.ceil(len(str(text.value)) / (_GUIDE_WIDTH - 1))
        worksheet.row_dimensions[number].height = _LINE_HEIGHT * lines + _ROW_PADDING
    _fit_to_width(worksheet)


def _fit_to_width(worksheet: Worksheet) -> None:
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(worksheet: Worksheet, row: int, column: int) -> Cell:
    cell = worksheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"cell {cell.coordinate} is merged; these sheets merge nothing")
    return cell


def _height(row: Mapping[str, str], columns: Sequence[Column]) -> float:
    # Not every program fits rows to wrapped text when it opens a file. A width counts digits; letters are as wide.
    lines = [
        sum(math.ceil(max(len(line), 1) / (_WIDTHS[_kind(column)] - 1)) for line in text.split("\n"))
        for column in columns
        if (text := row.get(column.field, ""))
    ]
    return min(_LINE_HEIGHT * max(lines, default=1) + _ROW_PADDING, _HIGHEST_ROW)


def _kind(column: Column) -> str:
    return "option" if column.field.startswith("option_") else column.field


def _write_cell(worksheet: Worksheet, row: int, number: int, column: Column, text: str) -> None:
    cell = _cell(worksheet, row, number)
    if text:
        write_text(cell, text)
    # Text format keeps a spreadsheet from turning 1/2 into a date and =A1 into a formula when somebody types.
    cell.number_format = "@"
    cell.font, cell.border = _BODY_FONT, _BORDER
    horizontal = "center" if _kind(column) in _CENTRED else "left"
    cell.alignment = Alignment(horizontal=horizontal, vertical="top", wrap_text=True)


def _offer_choices(
    worksheet: Worksheet, columns: Sequence[Column], column: Column, choices: Iterable[str], last_row: int
) -> None:
    letter = get_column_letter(columns.index(column) + 1)
    validation = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
    validation.add(f"{letter}2:{letter}{max(last_row, 2)}")
    worksheet.add_data_validation(validation)
