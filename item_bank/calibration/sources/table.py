"""Files of responses as lines of cells: CSV with any separator, or the first sheet of a workbook."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line, search_key
from exam_engine.core.workbook import WorkbookLimits, heading_key, read_workbook
from item_bank.calibration.errors import InvalidResponseFileError
from item_bank.calibration.response_matrix import LONGEST_LABEL, MOST_GROUPINGS, MOST_ITEMS

LIMITS: Final = WorkbookLimits(unpacked_bytes=80 * 1024 * 1024, rows=200_000, columns=MOST_ITEMS + 20)
LONGEST_VALUE: Final = 64

_COLUMNS: Final = {
    "candidate": ("candidate", "candidate id", "thí sinh", "mã thí sinh", "số báo danh", "sbd"),
    "item": ("item", "item code", "câu hỏi", "mã câu hỏi", "mã câu"),
    "answer": ("answer", "response", "trả lời", "câu trả lời", "phương án chọn", "lựa chọn"),
    "score": ("score", "mark", "điểm", "điểm số", "mức điểm"),
}
_GROUPINGS: Final = {
    "gender": ("gender", "sex", "giới tính", "giới", "phái"),
    "unit": ("unit", "organisation", "organization", "school", "đơn vị", "trường", "cơ sở"),
    "class": ("class", "lớp"),
    "region": ("region", "province", "vùng", "tỉnh", "tỉnh thành"),
    "group": ("group", "nhóm"),
}
_OWN_GROUPING: Final = ("group", "nhom")
"""What stands before the colon of a heading such as ``Nhóm: hệ đào tạo``."""
_SIMULATED: Final = ("mo phong", "simulat")
_FIELDS = {heading_key(name): column for column, known in _COLUMNS.items() for name in known}
_GROUPING_NAMES = {heading_key(name): grouping for grouping, known in _GROUPINGS.items() for name in known}


# Codes, letters and names of groups come again and again.
_clean = lru_cache(maxsize=65_536)(clean_line)


class Line(NamedTuple):
    """One line; ``number`` counts from 1 as a text editor or the spreadsheet does."""

    number: int
    cells: list[str]

    def cell(self, column: int) -> str:
        """Return the text of a column counted from 0, empty where the line is shorter."""
        return _clean(self.cells[column]) if column < len(self.cells) else ""


@dataclass(slots=True)
class FileTable:
    """A heading and the lines under it.

    Attributes
    ----------
    fields : place of the columns candidate, item, answer and score.
    groupings : name of a grouping → place of its column.
    others : (place, heading) of the columns that are none of these: items, in a table with a column for each.
    is_simulated : whether a comment line at the top says so.
    """

    header_line: int
    fields: dict[str, int]
    groupings: dict[str, int]
    others: list[tuple[int, str]]
    lines: list[Line] = field(default_factory=list)
    is_simulated: bool = False

    @property
    def is_long(self) -> bool:
        """Whether each line is one candidate's response to one item."""
        return "item" in self.fields


def read_table(content: bytes) -> FileTable:
    """Read a file.

    Raises
    ------
    InvalidResponseFileError, InvalidWorkbookError
        It is no text and no workbook, is empty, or has no heading that says what its columns are.
    """
    lines = _sheet_lines(content) if content.startswith(b"PK") else _text_lines(content)
    is_simulated = False
    try:
        for line in lines:
            first = line.cell(0)
            if first.startswith("#"):
                note = search_key(" ".join(line.cells))
                is_simulated |= any(word in note for word in _SIMULATED)
            elif any(cell.strip() for cell in line.cells):
                table = _headed(line)
                table.is_simulated = is_simulated
                table.lines = [below for below in lines if any(cell.strip() for cell in below.cells)]
                break
        else:
            raise _refusal("response_file_empty")
    except csv.Error as error:
        raise _refusal("response_file_not_text") from error
    if not table.lines:
        raise _refusal("response_file_empty")
    return table


def _headed(line: Line) -> FileTable:
    fields: dict[str, int] = {}
    groupings: dict[str, int] = {}
    others: list[tuple[int, str]] = []
    for place, cell in enumerate(line.cells):
        heading = clean_line(cell)
        before, colon, after = heading.partition(":")
        name = _FIELDS.get(heading_key(heading))
        grouping = _GROUPING_NAMES.get(heading_key(heading))
        if colon and heading_key(before) in _OWN_GROUPING:
            grouping = clean_line(after)[:LONGEST_LABEL] or None
        if name is not None:
            fields.setdefault(name, place)
        elif grouping is not None:
            groupings.setdefault(grouping, place)
        elif heading:
            others.append((place, heading))
    missing = [] if "candidate" in fields else ["candidate"]
    if "item" in fields and not {"answer", "score"} & fields.keys():
        missing.append("answer")
    if "item" not in fields and ({"answer", "score"} & fields.keys() or not others):
        missing.append("item")
    if missing:
        raise _refusal("response_header_missing", str(line.number), columns=", ".join(missing))
    if len(groupings) > MOST_GROUPINGS:
        raise _refusal("response_too_many_groupings", str(line.number), found=len(groupings), most=MOST_GROUPINGS)
    return FileTable(line.number, fields, groupings, others)


def _text_lines(content: bytes) -> Iterator[Line]:
    text = _decode(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    for cells in lines:
        yield Line(lines.line_num, cells)


def _decode(content: bytes) -> str:
    # Spreadsheets save "Unicode text" as UTF-16.
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal("response_file_not_text") from error
    if "\0" in text:
        raise _refusal("response_file_not_text")
    return text


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip() and not line.lstrip('" ').startswith("#")), "")
    return max(",;\t", key=header.count)


def _sheet_lines(content: bytes) -> Iterator[Line]:
    sheets = read_workbook(content, LIMITS)
    sheet = next((sheet for sheet in sheets if sheet.rows and not sheet.is_hidden), None)
    # A workbook does not keep the empty cells at the end of a row; a text file does.
    width = max((max(row.cells) for row in sheet.rows), default=0) if sheet is not None else 0
    for row in sheet.rows if sheet is not None else ():
        cells = [""] * width
        for column, cell in row.cells.items():
            if cell.kind in {"formula", "error"}:
                # The result of a formula may be out of date, and an error is no response.
                raise _refusal("response_cell_formula", cell.place, row=row.number, cell=cell.place)
            cells[column - 1] = cell.text
        yield Line(row.number, cells)


def _refusal(code: str, place: str = "", **params: object) -> InvalidResponseFileError:
    return InvalidResponseFileError(faults=[Fault(code, place, dict(params))])
