"""From the rows of a sheet of the syllabus to stated values, with every fault named by row and column."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from exam_engine.core.workbook import Column, Row, Sheet, Table, find_table
from item_bank.syllabus_editing.columns import (
    CODE,
    COLUMNS,
    LEVEL,
    LEVEL_WORDS,
    NAME,
    NAME_EN,
    REPLACED_BY,
    SOURCE,
    SOURCE_NOTE,
    SOURCE_WORDS,
    VALID_FROM,
    VALID_TO,
    code_of,
)

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_UNREADABLE = {"formula": "formula_cell", "error": "error_cell"}
_FIELDS = {column.field: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A fault at a row and a column; row 0 means the sheet as a whole."""

    row: int
    column: str
    heading: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatedNode:
    """What one row states: its code, and a value for each column that the sheet has.

    A source or a level of an empty cell is not stated; any other empty cell states that there is nothing.
    """

    row: int
    code: str
    values: dict[str, Any]


@dataclass(slots=True)
class ReadSheet:
    """What a sheet states, and all that was noticed."""

    columns: dict[str, int]
    rows_read: int = 0
    nodes: list[StatedNode] = field(default_factory=list)
    errors: list[SheetFault] = field(default_factory=list)
    warnings: list[SheetFault] = field(default_factory=list)

    def fault_at(self, row: int, fault: Fault) -> SheetFault:
        """Return a fault of a field as a fault of a cell."""
        column = _FIELDS.get(fault.place, CODE)
        number = self.columns.get(column.field)
        letter = get_column_letter(number) if number else ""
        return SheetFault(row, letter, column.names[0], fault.code, fault.params)


def read_nodes(sheets: Sequence[Sheet]) -> ReadSheet:
    """Read the first sheet whose heading fits.

    Raises
    ------
    InvalidWorkbookError
        No sheet has the required columns.
    """
    table = find_table(sheets, COLUMNS)
    read = ReadSheet(dict(table.header.columns))
    _note_sheet(table, sheets, read)
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row in table.rows:
        reader = _RowReader(row, read)
        if reader.is_blank():
            continue
        read.rows_read += 1
        node = reader.read()
        if node.code:
            rows_of[node.code].append(row.number)
        read.nodes.append(node)
    for code, rows in rows_of.items():
        for row_number in rows[1:]:
            params = {"value": code, "row": rows[0]}
            read.errors.append(read.fault_at(row_number, Fault("syllabus_code_repeated", "code", params)))
    return read


def _note_sheet(table: Table, sheets: Sequence[Sheet], read: ReadSheet) -> None:
    header = table.header
    if len([sheet for sheet in sheets if sheet.rows and not sheet.is_hidden]) > 1:
        read.warnings.append(SheetFault(0, "", "", "sheet_chosen", {"sheet": table.sheet.name}))
    if unknown := [name for name in header.unknown if name]:
        read.warnings.append(SheetFault(header.row, "", "", "columns_ignored", {"columns": ", ".join(unknown)}))
    for name in header.repeated:
        fault = Fault("column_repeated", name, {"name": _FIELDS[name].names[0]})
        read.warnings.append(read.fault_at(header.row, fault))


class _RowReader:
    """Reads the cells of one row."""

    def __init__(self, row: Row, read: ReadSheet) -> None:
        self.row = row
        self.into = read

    def is_blank(self) -> bool:
        """Whether none of the columns has anything in this row."""
        return not any(number in self.row.cells for number in self.into.columns.values())

    def read(self) -> StatedNode:
        """Return what the row states; unreadable cells are noted."""
        if self.row.is_hidden:
            self.into.warnings.append(SheetFault(self.row.number, "", "", "hidden_row"))
        values: dict[str, Any] = {}
        for column in (NAME, NAME_EN, SOURCE_NOTE):
            if column.field in self.into.columns:
                values[column.field] = self._text(column)
        if REPLACED_BY.field in self.into.columns:
            values["replaced_by"] = self._text(REPLACED_BY).upper() or None
        for column, words, fault in (
            (SOURCE, SOURCE_WORDS, "source_unknown"),
            (LEVEL, LEVEL_WORDS, "standard_level_unknown"),
        ):
            if text := self._text(column):
                values[column.field] = code_of(words, text)
                if values[column.field] is None:
                    names = ", ".join(names[0] for names in words.values())
                    self._refuse(column, fault, value=text[:60], names=names)
        for column in (VALID_FROM, VALID_TO):
            if column.field in self.into.columns:
                values[column.field] = self._day(column)
        code = self._text(CODE).upper()
        if not code:
            self._refuse(CODE, "syllabus_code_missing")
        return StatedNode(self.row.number, code, values)

    def _refuse(self, column: Column, code: str, **params: Any) -> None:
        self.into.errors.append(self.into.fault_at(self.row.number, Fault(code, column.field, params)))

    def _text(self, column: Column) -> str:
        cell = self.row.cells.get(self.into.columns.get(column.field, 0))
        if cell is None:
            return ""
        if cell.kind in _UNREADABLE:
            self._refuse(column, _UNREADABLE[cell.kind], value=cell.text[:60])
            return ""
        return clean_line(cell.text)

    def _day(self, column: Column) -> date | None:
        text = self._text(column)
        if not text:
            return None
        try:
            if match := _ISO_DAY.fullmatch(text):
                return date(*(int(part) for part in match.groups()))
            if match := _DAY.fullmatch(text):
                return date(*(int(part) for part in reversed(match.groups())))
        except ValueError:
            # Such as 31/02: the shape of a day that no calendar has.
            pass
        self._refuse(column, "day_unreadable", value=text[:60])
        return None
