"""Writing sheets of the syllabus: a framework as it stands, and the template to fill in."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.table_sheet import (
    FONT,
    GRID,
    cell_at,
    prepare_for_print,
    saved,
    sheet_title,
    write_headings,
    write_row,
)
from exam_engine.core.workbook import Column, write_text
from item_bank.syllabus.models import Framework
from item_bank.syllabus.service import Node
from item_bank.syllabus_editing.columns import (
    CODE,
    COLUMNS,
    LEVEL,
    LEVEL_WORDS,
    REPLACED_BY,
    SOURCE,
    SOURCE_WORDS,
    VALID_FROM,
    VALID_TO,
)
from item_bank.syllabus_editing.facts import facts_of

_WIDTHS = {
    "code": 14,
    "name": 58,
    "name_en": 44,
    "standard_level": 12,
    "source": 15,
    "source_note": 32,
    "valid_from": 13,
    "valid_to": 13,
    "replaced_by": 13,
}
_CENTRED = {
    number
    for number, column in enumerate(COLUMNS, start=1)
    if column in (CODE, LEVEL, SOURCE, VALID_FROM, VALID_TO, REPLACED_BY)
}
_EMPTY_ROWS = 200
_GUIDE_WIDTH = 96


def framework_file(framework: Framework, nodes: Sequence[Node]) -> bytes:
    """Return a framework as an .xlsx file in reading order; taking it in again changes nothing."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = sheet_title(framework.code)
    first = _write_head(sheet)
    for number, node in enumerate(nodes, start=first):
        write_row(sheet, number, _values(node), centred=_CENTRED)
    _finish(sheet, first, len(nodes))
    return saved(workbook)


def template_file(catalogue: Catalogue, language: Language) -> bytes:
    """Return the empty .xlsx to fill in, with a sheet that explains the columns."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = sheet_title(catalogue.text("syllabus_template.sheet", language))
    first = _write_head(sheet)
    for row in range(first, first + _EMPTY_ROWS):
        write_row(sheet, row, [""] * len(COLUMNS), centred=_CENTRED)
    _finish(sheet, first, _EMPTY_ROWS)
    guide = workbook.create_sheet(sheet_title(catalogue.text("syllabus_template.guide_sheet", language)))
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 28, _GUIDE_WIDTH
    for row, column in enumerate(COLUMNS, start=1):
        name, text = cell_at(guide, row, 1), cell_at(guide, row, 2)
        write_text(name, column.names[0])
        write_text(text, catalogue.text(f"syllabus_template.guide.{column.field}", language))
        name.font, text.font = Font(name=FONT, size=12, bold=True), Font(name=FONT, size=12)
        lines = 1 + len(str(text.value)) // _GUIDE_WIDTH
        guide.row_dimensions[row].height = 6 + 16 * lines
        for cell in (name, text):
            cell.border, cell.alignment = GRID, Alignment(vertical="center", wrap_text=True)
    return saved(workbook)


def _write_head(sheet: Worksheet) -> int:
    return write_headings(sheet, [(column.names[0], _WIDTHS[column.field]) for column in COLUMNS])


def _values(node: Node) -> list[str]:
    facts = facts_of(node)
    days = [f"{day:%d/%m/%Y}" if day is not None else "" for day in (facts.valid_from, facts.valid_to)]
    level = LEVEL_WORDS[facts.standard_level][0] if facts.standard_level is not None else ""
    source = SOURCE_WORDS[facts.source][0]
    return [node.code, facts.name, facts.name_en, level, source, facts.source_note, *days, facts.replaced_by or ""]


def _finish(sheet: Worksheet, first: int, rows: int) -> None:
    last = first + max(rows, 1) - 1
    for row in sheet.iter_rows(min_row=first, max_row=last, max_col=len(COLUMNS)):
        for cell in row:
            # Text format keeps spreadsheets from turning what is typed into dates and formulas.
            cell.number_format = "@"
    for column, words in ((LEVEL, LEVEL_WORDS), (SOURCE, SOURCE_WORDS)):
        _offer(sheet, column, [names[0] for names in words.values()], first, last)
    prepare_for_print(sheet, heading_row=first - 1, is_landscape=True)


def _offer(sheet: Worksheet, column: Column, choices: Sequence[str], first: int, last: int) -> None:
    letter = get_column_letter(COLUMNS.index(column) + 1)
    validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    validation.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(validation)
