"""Spreadsheet files from users: opened under limits, cells as text, tables found by their header."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any, Literal
from xml.etree.ElementTree import Element, iterparse

from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as TargetCell
from openpyxl.packaging.relationship import get_dependents
from openpyxl.utils import get_column_letter, range_boundaries

from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.core.text import clean_line, search_key

CellKind = Literal["empty", "text", "number", "date", "boolean", "formula", "error"]

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK_PART = "xl/workbook.xml"
_RELATIONS_PART = "xl/_rels/workbook.xml.rels"
_ROWS_AT_ONCE = 100
_ONLY_ZEROS = re.compile(r"0+")
_PARENTHESES = re.compile(r"\([^)]*\)")
_NOT_WORD = re.compile(r"[\W_]+")
# Spreadsheets write a carriage return inside a cell as this escape, next to the line feed that stays.
_CARRIAGE_RETURN = re.compile("_x000[dD]_|\r")


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """How much a file may hold; everything is checked before or while it is read, never after.

    A sheet of names packs about 10 to 1, a repetitive one up to about 60 to 1; ``packing_ratio`` lies well above
    and far below the 1000 to 1 of a file made to exhaust memory.
    """

    file_bytes: int = 10 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    packing_ratio: int = 200
    parts: int = 2_000
    sheets: int = 50
    rows: int = 20_000
    columns: int = 100


class InvalidWorkbookError(InvalidInputError):
    """The file is not a spreadsheet that can be read; its one fault says why and what to do."""

    code = "invalid_workbook"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``text`` is what its reader sees, ``value`` what the file holds.

    Text cells keep their spaces and their Unicode form. Whole numbers have no decimal point; a number format that
    is all zeros pads on the left as the spreadsheet does; dates read dd/MM/yyyy, with the time when there is one.
    The text of a formula is the formula: a result kept in the file may be out of date.
    """

    row: int
    column: int
    kind: CellKind
    text: str = ""
    value: Any = None

    @property
    def place(self) -> str:
        """The cell's address, such as ``C12``."""
        return f"{get_column_letter(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; ``number`` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: Mapping[int, Cell]
    is_hidden: bool = False

    def cell(self, column: int) -> Cell:
        """Return the cell of a column counted from 1; an empty one where nothing is written."""
        return self.cells.get(column) or Cell(self.number, column, "empty")


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells drawn as one; only the top left one holds a value."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell lies in the range."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    @property
    def place(self) -> str:
        """The range's address, such as ``B4:C4``."""
        first, last = get_column_letter(self.first_column), get_column_letter(self.last_column)
        return f"{first}{self.first_row}:{last}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its non-empty rows in order."""

    name: str
    rows: Sequence[Row]
    merged: Sequence[MergedRange] = ()
    is_hidden: bool = False

    def merged_at(self, row: int, column: int) -> MergedRange | None:
        """Return the merged range that a cell belongs to, if any."""
        return next((merged for merged in self.merged if merged.covers(row, column)), None)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table may have; ``names`` are its headings in any language and usual abbreviation."""

    field: str
    names: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's heading stands.

    Attributes
    ----------
    row : its row; 0 when none was found.
    columns : first column of each field found.
    widths : how many columns the heading spans; Vietnamese lists often merge "Họ và tên" over two columns.
    unknown : headings that no field claims, as typed.
    repeated : fields found more than once; the first one counts.
    """

    row: int
    columns: Mapping[str, int]
    widths: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The heading's first cell, such as ``A3``; empty when there is none."""
        return f"{get_column_letter(min(self.columns.values()))}{self.row}" if self.columns else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's heading and the rows under it."""

    sheet: Sheet
    header: Header
    rows: Sequence[Row] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table whose rows are read as they are taken.

    Attributes
    ----------
    sheet : the sheet that holds it, with no more than its first rows.
    rows : the rows under the heading.
    sheets : all sheets of the file, with no more than their first rows.
    """

    sheet: Sheet
    header: Header
    rows: Iterator[Row]
    sheets: Sequence[Sheet]


def read_workbook(content: bytes, limits: WorkbookLimits = WorkbookLimits()) -> list[Sheet]:
    """Read all sheets of an .xlsx or .xlsm file; takes CPU time, so keep it off the event loop.

    Raises
    ------
    InvalidWorkbookError
        Not such a file, protected by a password, damaged, larger than the limits or made to exhaust memory.
    """
    _check_kind(content, limits)
    with _reading():
        return [Sheet(one.name, list(one.rows), one.merged, one.is_hidden) for one in _open_sheets(content, limits)]


def open_table(
    content: bytes, columns: Sequence[Column], limits: WorkbookLimits = WorkbookLimits(), *, search_rows: int = 40
) -> OpenTable:
    """Find the table of an .xlsx or .xlsm file, as :func:`find_table` in all its sheets, and read it row by row.

    Raises
    ------
    InvalidWorkbookError
        As :func:`read_workbook` and :func:`find_table`; what is wrong with later rows of the table's own sheet shows
        while they are taken.
    """
    _check_kind(content, limits)
    with _reading():
        unread = list(_open_sheets(content, limits))
        sheets = [Sheet(one.name, list(islice(one.rows, search_rows)), one.merged, one.is_hidden) for one in unread]
    try:
        table = find_table(sheets, columns, search_rows=search_rows)
    except InvalidWorkbookError:
        _read_to_end(unread)
        raise
    own = unread.pop(next(number for number, sheet in enumerate(sheets) if sheet is table.sheet))
    _read_to_end(unread)
    return OpenTable(table.sheet, table.header, _rows_below(table.rows, own.rows), sheets)


def find_table(sheets: Sequence[Sheet], columns: Sequence[Column], *, search_rows: int = 40) -> Table:
    """Return the first table that has all required columns, looking at visible sheets first.

    A heading counts when it equals a name after case, marks, spaces, punctuation and anything in parentheses are
    dropped. Rows that only lie above the heading (titles, dates) are skipped.

    Raises
    ------
    InvalidWorkbookError
        No sheet has such a heading; the fault names what the nearest candidate lacks.
    """
    nearest = Header(0, {}, {})
    for sheet in sorted(sheets, key=lambda sheet: sheet.is_hidden):
        for row in sheet.rows[:search_rows]:
            header = _match_header(sheet, row, columns)
            if not _missing(header, columns):
                below = [later for later in sheet.rows if later.number > header.row]
                return Table(sheet, header, below)
            if len(header.columns) > len(nearest.columns):
                nearest = header
    if not any(sheet.rows for sheet in sheets):
        raise _refusal("workbook_empty")
    missing = _missing(nearest, columns)
    raise _refusal("workbook_header_missing", nearest.place, columns=", ".join(column.names[0] for column in missing))


def heading_key(text: str) -> str:
    """Return a heading as it is compared: letters and digits only, no marks, nothing that stands in parentheses."""
    return _NOT_WORD.sub("", search_key(_PARENTHESES.sub(" ", text)))


def write_text(cell: TargetCell, text: str) -> None:
    """Put text into a cell so that no spreadsheet takes it for a formula; control characters are left out."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}


def _refusal(code: str, place: str = "", **params: Any) -> InvalidWorkbookError:
    return InvalidWorkbookError(faults=[Fault(code, place, params)])


def _check_kind(content: bytes, limits: WorkbookLimits) -> None:
    if len(content) > limits.file_bytes:
        raise _refusal("workbook_too_large", megabytes=limits.file_bytes // (1024 * 1024))
    if not content.strip():
        raise _refusal("workbook_empty")
    if content.startswith(_OLE_MAGIC):
        # A password-protected .xlsx is wrapped in the container of the old .xls format.
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise _refusal("workbook_is_encrypted" if is_encrypted else "workbook_is_xls")
    if not content.startswith(b"PK"):
        raise _refusal("workbook_is_text" if _looks_like_text(content) else "workbook_not_spreadsheet")


def _looks_like_text(content: bytes) -> bool:
    head = content[:4096]
    return b"\0" not in head and not head.startswith(b"%PDF") and any(mark in head for mark in (b",", b";", b"\t"))


def _check_archive(archive: zipfile.ZipFile, limits: WorkbookLimits) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if _WORKBOOK_PART not in names:
        if "xl/workbook.bin" in names:
            raise _refusal("workbook_is_xlsb")
        if "content.xml" in names and "mimetype" in names:
            raise _refusal("workbook_is_ods")
        raise _refusal("workbook_is_docx" if "word/document.xml" in names else "workbook_not_spreadsheet")
    # zipfile never unpacks more of an entry than the size stated here, so a false statement cannot pass the check.
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    is_bomb = total > 1024 * 1024 and total > limits.packing_ratio * packed
    if len(entries) > limits.parts or total > limits.unpacked_bytes or is_bomb:
        raise _refusal("workbook_suspicious")
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(4096).replace(b"\0", b"").upper()
            # No spreadsheet program writes a document type; it could only bring in entities.
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise _refusal("workbook_suspicious")


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the streaming reader of the cells leaves out."""

    hidden_rows: frozenset[int]
    merged: tuple[MergedRange, ...]


def _layouts(archive: zipfile.ZipFile) -> dict[str, _Layout]:
    targets = {relation.Id: relation.target for relation in get_dependents(archive, _RELATIONS_PART)}
    layouts = {}
    with archive.open(_WORKBOOK_PART) as part:
        for element in _elements(part):
            if element.tag == f"{_SPREADSHEET}sheet":
                target = targets.get(element.get(_RELATION_ID, ""))
                if target in archive.NameToInfo:
                    layouts[element.get("name", "")] = _layout(archive, str(target))
    return layouts


def _elements(part: IO[bytes]) -> Iterator[Element]:
    # Parts with a document type were refused before, and expat itself bounds the growth of entities.
    return (element for _, element in iterparse(part))  # noqa: S314


def _layout(archive: zipfile.ZipFile, target: str) -> _Layout:
    hidden, merged, number = set(), [], 0
    with archive.open(target) as part:
        for element in _elements(part):
            if element.tag == f"{_SPREADSHEET}row":
                number = int(element.get("r", number + 1))
                if element.get("hidden") in {"1", "true"}:
                    hidden.add(number)
                element.clear()
            elif element.tag == f"{_SPREADSHEET}mergeCell":
                merged.append(MergedRange(*(int(bound or 0) for bound in range_boundaries(element.get("ref", "")))))
    return _Layout(frozenset(hidden), tuple(merged))


@contextmanager
def _reading() -> Iterator[None]:
    with warnings.catch_warnings():
        # openpyxl warns of drawings, validations and styles that it leaves out; only the cells matter here.
        warnings.filterwarnings("ignore", module=r"openpyxl\b")
        try:
            yield
        except InvalidWorkbookError:
            raise
        except Exception as error:
            # What a damaged file makes the parsers raise is open-ended; to the user it is all one thing.
            raise _refusal("workbook_damaged") from error


@dataclass(frozen=True, slots=True)
class _OpenSheet:
    """A sheet whose non-empty rows are read as they are taken."""

    name: str
    rows: Iterator[Row]
    merged: tuple[MergedRange, ...]
    is_hidden: bool


def _open_sheets(content: bytes, limits: WorkbookLimits) -> Iterator[_OpenSheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_archive(archive, limits)
        layouts = _layouts(archive)
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    if len(workbook.worksheets) > limits.sheets:
        raise _refusal("workbook_suspicious")
    for worksheet in workbook.worksheets:
        layout = layouts.get(worksheet.title, _Layout(frozenset(), ()))
        rows = _rows(worksheet, layout.hidden_rows, limits)
        yield _OpenSheet(worksheet.title, rows, layout.merged, worksheet.sheet_state != "visible")


def _rows(worksheet: Any, hidden: frozenset[int], limits: WorkbookLimits) -> Iterator[Row]:
    # The stated dimension is often wrong; rows past it would be lost without a word.
    worksheet.reset_dimensions()
    count = 0
    for number, cells in enumerate(worksheet.iter_rows(min_row=1, max_col=limits.columns), start=1):
        filled = {cell.column: cell for cell in map(_cell, cells) if cell is not None}
        if filled:
            if count == limits.rows:
                raise _refusal("workbook_too_many_rows", worksheet.title, rows=limits.rows)
            count += 1
            yield Row(number, filled, number in hidden)


def _read_to_end(sheets: Sequence[_OpenSheet]) -> None:
    """Read all rows for what is wrong with them."""
    with _reading():
        for sheet in sheets:
            for _ in sheet.rows:
                continue


def _rows_below(first: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    """Yield rows that were read already, and then those that were not, which are read some at a time."""
    yield from first
    is_over = False
    while not is_over:
        with _reading():
            rows = list(islice(rest, _ROWS_AT_ONCE))
        yield from rows
        is_over = not rows


def _cell(source: Any) -> Cell | None:
    value = source.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kind, text = _kind_and_text(value, source.data_type, source.number_format)
    return Cell(source.row, source.column, kind, text, value)


def _kind_and_text(value: Any, data_type: str, number_format: str) -> tuple[CellKind, str]:
    if data_type == "f":
        # An array formula is an object that carries its text.
        return "formula", str(getattr(value, "text", value))
    if data_type == "e":
        return "error", str(value)
    if isinstance(value, bool):
        return "boolean", "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        has_time = value.time() != time()
        return "date", f"{value:%d/%m/}{value.year:04d}" + (f" {value:%H:%M}" if has_time else "")
    if isinstance(value, date):
        return "date", f"{value:%d/%m/}{value.year:04d}"
    if isinstance(value, int | float):
        return "number", _number_text(value, number_format)
    return "text", _CARRIAGE_RETURN.sub("", str(value))


def _number_text(value: float, number_format: str) -> str:
    if value % 1 != 0:
        return repr(value)
    text = str(int(value))
    return text.zfill(len(number_format)) if _ONLY_ZEROS.fullmatch(number_format) else text


def _match_header(sheet: Sheet, row: Row, columns: Sequence[Column]) -> Header:
    fields = {heading_key(name): column.field for column in columns for name in column.names}
    found: dict[str, int] = {}
    widths: dict[str, int] = {}
    unknown, repeated = [], []
    for number, cell in sorted(row.cells.items()):
        name = fields.get(heading_key(cell.text)) if cell.kind == "text" else None
        if name is None:
            unknown.append(clean_line(cell.text))
        elif name in found:
            repeated.append(name)
        else:
            found[name] = number
            merged = sheet.merged_at(row.number, number)
            widths[name] = merged.last_column - number + 1 if merged is not None else 1
    return Header(row.number, found, widths, tuple(unknown), tuple(repeated))


def _missing(header: Header, columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.is_required and column.field not in header.columns]
