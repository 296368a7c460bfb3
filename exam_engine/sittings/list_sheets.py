"""Spreadsheets that sittings hand out: the list to post up and the empty list to fill in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from exam_engine.core.table_sheet import (
    FONT,
    GRID,
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

TEMPLATE_ROWS = 500
"""Rows of the empty list that are laid out; more can be filled in."""

Text = Callable[[str], str]
"""Gives the words of a message code in the reader's language."""


@dataclass(frozen=True, slots=True)
class PostedRow:
    """One candidate as the posted list shows them: no identity number, that is nobody else's business."""

    candidate_number: str
    full_name: str
    birth_date: str
    sex: str
    birth_place: str
    organisation: str
    seat_number: int | None


@dataclass(frozen=True, slots=True)
class PostedRoom:
    """The candidates of one room in seat order; ``name`` is None for those without a seat."""

    name: str | None
    rows: Sequence[PostedRow]


@dataclass(frozen=True, slots=True)
class PostedList:
    """A sitting's list with what stands above it."""

    council_name: str
    administration_name: str
    sitting_name: str
    exam_name: str
    opens_at: datetime
    rooms: Sequence[PostedRoom]


def posted_list(content: PostedList, text: Text) -> bytes:
    """Return the .xlsx list to post up: a sheet for each room, ready to print on A4."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for room in content.rooms:
        _posted_sheet(workbook, content, room, text)
    if not content.rooms:
        _posted_sheet(workbook, content, PostedRoom(None, []), text)
    return saved(workbook)


def _posted_sheet(workbook: Workbook, content: PostedList, room: PostedRoom, text: Text) -> None:
    name = room.name or text("list_without_room")
    sheet = workbook.create_sheet(sheet_title(name))
    opens_at = content.opens_at.astimezone(VIETNAM)
    headings = [
        ("list_position", 6),
        ("list_candidate_number", 14),
        ("list_full_name", 30),
        ("list_birth_date", 12),
        ("list_sex", 9),
        ("list_birth_place", 20),
        ("list_organisation", 28),
        ("list_seat", 9),
    ]
    titles = Titles(
        council_name=content.council_name,
        national_name=text("national_name"),
        national_motto=text("national_motto"),
        title=text("list_title"),
        lines=[
            f"{content.administration_name} – {content.exam_name}",
            f"{content.sitting_name}, {opens_at:%H:%M} {opens_at:%d/%m/}{opens_at.year}",
            f"{text('list_room')}: {name}",
        ],
    )
    write_titles(sheet, titles, columns=len(headings))
    first = write_headings(sheet, [(text(code), width) for code, width in headings])
    for position, row in enumerate(room.rows, start=1):
        values: list[str | int] = [
            position,
            row.candidate_number,
            row.full_name,
            row.birth_date,
            text(f"sex_{row.sex}"),
            row.birth_place,
            row.organisation,
            row.seat_number if row.seat_number is not None else "",
        ]
        write_row(sheet, first + position - 1, values, centred={1, 2, 4, 5, 8})
    total = cell_at(sheet, first + len(room.rows) + 1, 1)
    write_text(total, text("list_total").format(count=len(room.rows)))
    total.font = Font(name=FONT, size=12, italic=True)
    prepare_for_print(sheet, heading_row=first - 1, is_landscape=True)


def candidate_template(text: Text) -> bytes:
    """Return an empty list with its headings, its text columns kept as text, and a sheet that says how to fill it."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = sheet_title(text("template_sheet"))
    headings = [
        ("list_position", 6),
        ("list_full_name", 32),
        ("list_birth_date", 14),
        ("list_sex", 11),
        ("list_birth_place", 24),
        ("list_identity_number", 20),
        ("list_organisation", 34),
    ]
    first = write_headings(sheet, [(text(code), width) for code, width in headings])
    for row in range(first, first + TEMPLATE_ROWS):
        for column in range(1, len(headings) + 1):
            cell = cell_at(sheet, row, column)
            cell.border, cell.font = GRID, Font(name=FONT, size=12)
            if column > 1:
                # Text format keeps the leading zeros of numbers and leaves dates as they are typed.
                cell.number_format = "@"
    sexes = DataValidation(type="list", formula1=f'"{text("sex_male")},{text("sex_female")}"', allow_blank=True)
    sexes.add(f"D{first}:D{first + TEMPLATE_ROWS - 1}")
    sheet.add_data_validation(sexes)
    prepare_for_print(sheet, heading_row=first - 1, is_landscape=True)
    help_sheet = workbook.create_sheet(sheet_title(text("template_help_sheet")))
    help_sheet.column_dimensions["A"].width = 100
    for row, line in enumerate(text("template_help").split("\n"), start=1):
        cell = cell_at(help_sheet, row, 1)
        write_text(cell, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(name=FONT, size=12)
    return saved(workbook)
