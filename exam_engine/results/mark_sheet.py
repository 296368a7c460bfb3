"""The mark sheet (bảng ghi điểm) as a spreadsheet: marks in figures and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.table_sheet import (
    FONT,
    Titles,
    cell_at,
    prepare_for_print,
    saved,
    sheet_title,
    write_headings,
    write_row,
    write_titles,
)
from exam_engine.core.time import VIETNAM
from exam_engine.core.workbook import write_text
from exam_engine.results.marks import mark_in_words, shown_mark
from exam_engine.results.penalties import told
from exam_engine.results.rule_text import Text
from exam_engine.results.service import ResultRow


@dataclass(frozen=True, slots=True)
class MarkSheet:
    """What the sheet says; ``decision_number`` is None until the results are approved."""

    council_name: str
    place: str
    exam_name: str
    sitting_name: str
    opens_at: datetime
    rule_text: str
    legal_basis: str
    decision_number: str | None
    rows: Sequence[ResultRow]
    counts: Mapping[str, int]


def mark_sheet(content: MarkSheet, text: Text) -> bytes:
    """Return the .xlsx mark sheet, ready to print on A4 and sign."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = sheet_title(text("mark_sheet"))
    headings = [
        ("list_position", 6),
        ("list_candidate_number", 14),
        ("list_full_name", 30),
        ("list_birth_date", 12),
        ("list_birth_place", 18),
        ("mark_sheet_form", 9),
        ("mark_sheet_figures", 10),
        ("mark_sheet_words", 26),
        ("mark_sheet_decision", 12),
        ("mark_sheet_note", 24),
    ]
    opens_at = content.opens_at.astimezone(VIETNAM)
    state = (
        text("mark_sheet_decision_number", number=content.decision_number)
        if content.decision_number is not None
        else text("mark_sheet_draft")
    )
    titles = Titles(
        council_name=content.council_name,
        national_name=text("national_name"),
        national_motto=text("national_motto"),
        title=text("mark_sheet"),
        lines=[
            content.exam_name,
            f"{content.sitting_name}, {opens_at:%H:%M} {opens_at:%d/%m/}{opens_at.year}",
            state,
        ],
    )
    write_titles(sheet, titles, columns=len(headings))
    first = write_headings(sheet, [(text(code), width) for code, width in headings])
    for position, row in enumerate(content.rows, start=1):
        values: list[str | int] = [
            position,
            row.candidate_number,
            row.full_name,
            row.birth_date,
            row.birth_place,
            row.form_code or "",
            shown_mark(row.mark) if row.mark is not None else "",
            mark_in_words(row.mark) if row.mark is not None else "",
            text(f"decision_{row.decision or 'open'}"),
            told(row.penalty, row.mark, text) if row.penalty is not None else "",
        ]
        write_row(sheet, first + position - 1, values, centred={1, 2, 4, 6, 7, 9})
    row_number = first + len(content.rows) + 1
    basis = text("mark_sheet_basis", basis=content.legal_basis)
    for line in (text("mark_sheet_counts", **content.counts), content.rule_text, basis):
        cell = cell_at(sheet, row_number, 1)
        write_text(cell, line)
        cell.font = Font(name=FONT, size=12, italic=True)
        row_number += 1
    _signatures(sheet, row_number + 1, content.place, text)
    prepare_for_print(sheet, heading_row=first - 1, is_landscape=True)
    return saved(workbook)


def _signatures(sheet: Worksheet, first_row: int, place: str, text: Text) -> None:
    for row, columns, line, is_title in (
        (first_row, (7, 10), text("mark_sheet_place_and_date", place=place), False),
        (first_row + 1, (2, 3), text("mark_sheet_drawn_up_by"), True),
        (first_row + 1, (7, 10), text("mark_sheet_chair"), True),
    ):
        cell = cell_at(sheet, row, columns[0])
        write_text(cell, line)
        cell.font = Font(name=FONT, size=12, bold=is_title, italic=not is_title)
        cell.alignment = Alignment(horizontal="center")
        sheet.merge_cells(start_row=row, end_row=row, start_column=columns[0], end_column=columns[1])
