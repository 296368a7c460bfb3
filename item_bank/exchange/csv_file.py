"""Comma-separated text as rows of cells: encodings told apart by their bytes, any usual separator, streamed."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.core.workbook import Cell, Column, Header, InvalidWorkbookError, Row, Sheet, find_table

LARGEST_FILE = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 100
_SEARCHED_ROWS = 40
_PIECE = 1 << 20
"""Bytes that are decoded at a time."""
_DELIMITERS = (",", ";", "\t")


class InvalidCsvError(InvalidInputError):
    """The file cannot be read as comma-separated text; its one fault says why and what to do."""

    code = "invalid_csv"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The heading, and the rows under it one at a time."""

    header: Header
    rows: Iterator[Row]


def rows_of_csv(content: bytes, columns: tuple[Column, ...]) -> CsvTable:
    """Return the table that a file holds.

    The separator is the one that finds most of the columns. A cell is text, whatever it begins with: ``=1+1`` is the
    question's text here and never a formula.

    Raises
    ------
    InvalidCsvError
        Too large, or in an encoding that cannot be told from others for sure.
    InvalidWorkbookError
        No row has the required headings.
    """
    if len(content) > LARGEST_FILE:
        raise _refusal("csv_too_large", megabytes=LARGEST_FILE // (1024 * 1024))
    encoding = encoding_of(content)
    best: tuple[int, str, Header] | None = None
    failure: InvalidWorkbookError | None = None
    for delimiter in _DELIMITERS:
        sheet = Sheet("CSV", list(islice(_rows(content, encoding, delimiter), _SEARCHED_ROWS)))
        try:
            table = find_table([sheet], columns, search_rows=_SEARCHED_ROWS)
        except InvalidWorkbookError as error:
            failure = failure or error
            continue
        if best is None or len(table.header.columns) > best[0]:
            best = len(table.header.columns), delimiter, table.header
    if best is None:
        raise failure or _refusal("csv_empty")
    _, delimiter, header = best
    return CsvTable(header, (row for row in _rows(content, encoding, delimiter) if row.number > header.row))


def encoding_of(content: bytes) -> str:
    """Return how the text of a file is encoded, in UTF-8 or UTF-16; other encodings are refused rather than guessed.

    All of the text has been decoded then, piece by piece, and holds no NUL.

    Raises
    ------
    InvalidCsvError
    """
    if not content.strip(b" \t\r\n\0"):
        raise _refusal("csv_empty")
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in content[:200]:
        # Without a mark the place of the empty bytes tells which half of each character comes first.
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    decoder = codecs.getincrementaldecoder(encoding)()
    has_nul = False
    for start in range(0, len(content), _PIECE):
        try:
            text = decoder.decode(content[start : start + _PIECE], final=start + _PIECE >= len(content))
        except UnicodeDecodeError as error:
            # The place counts from what the decoder had kept of the piece before.
            begin = min(start + _PIECE, len(content)) - len(error.object)
            line = content.count(b"\n", 0, begin + error.start) + 1
            raise _refusal("csv_encoding", str(line)) from error
        has_nul = has_nul or "\0" in text
    if has_nul:
        raise _refusal("csv_not_text")
    return encoding


def _rows(content: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for number, record in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise _refusal("csv_too_many_rows", rows=MOST_ROWS)
            cells = {
                column: Cell(number, column, "text", value)
                for column, value in enumerate(record[:MOST_COLUMNS], start=1)
                if value and not value.isspace()
            }
            if cells:
                yield Row(number, cells)
    except csv.Error as error:
        raise _refusal("csv_damaged", str(reader.line_num)) from error


def _refusal(code: str, place: str = "", **params: object) -> InvalidCsvError:
    return InvalidCsvError(faults=[Fault(code, place, dict(params))])
