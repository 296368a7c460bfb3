"""From the rows of an item sheet to drafts, with every fault named by row and column."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from exam_engine.core.text import clean_line, clean_text, look_alikes, search_key
from exam_engine.core.workbook import Cell, Column, MergedRange, Row, Sheet, Table, find_table
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import text_to_html
from item_bank.exchange.columns import (
    CODE,
    COLUMNS,
    EXPLANATION,
    KEY,
    KIND,
    LEVEL,
    MODULE,
    OPTIONS,
    POINTS,
    REFERENCE,
    STEM,
)
from item_bank.exchange.values import UnreadableValueError, check_kind, read_key, read_level, read_points
from item_bank.items.content import OPTION_IDS, ItemDraft, ItemMetadata

LONGEST_TEXT = 5000
LONGEST_OPTION = 1000
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")
_REFERENCE_TAIL = re.compile(r"(?:\.\d{1,3}){0,3}")
_FAULTY = "\N{REPLACEMENT CHARACTER}"
_CELL_FAULTS = {"formula": "formula_cell", "date": "date_cell", "error": "error_cell"}


@dataclass(frozen=True, slots=True)
class RowFault:
    """A fault at a row and a column; ``column`` is the letter, ``heading`` what stands above it.

    Row 0 means the sheet as a whole.
    """

    row: int
    column: str
    heading: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyllabusCodes:
    """The codes that items may refer to: module names by code, and the known sections."""

    modules: Mapping[str, str]
    sections: frozenset[str]


@dataclass(slots=True)
class ReadItems:
    """What a sheet holds: drafts by row for the rows without errors, and all that was noticed."""

    sheet_name: str
    rows_read: int = 0
    drafts: dict[int, ItemDraft] = field(default_factory=dict)
    errors: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    @property
    def rows_with_errors(self) -> int:
        """How many rows cannot be taken."""
        return self.rows_read - len(self.drafts)


def read_items(sheets: Sequence[Sheet], codes: SyllabusCodes) -> ReadItems:
    """Read the first sheet whose heading fits.

    Raises
    ------
    InvalidWorkbookError
        No sheet has the required columns.
    """
    table = find_table(sheets, COLUMNS)
    read = ReadItems(table.sheet.name)
    _note_sheet(table, sheets, read)
    merged = _merged_rows(table)
    code_rows: defaultdict[str, list[int]] = defaultdict(list)
    for row in table.rows:
        reader = _RowReader(table, row, merged.get(row.number))
        if reader.is_blank():
            continue
        read.rows_read += 1
        draft = reader.read(codes)
        code_rows[reader.code].append(row.number)
        read.errors.extend(reader.errors)
        read.warnings.extend(reader.warnings)
        if draft is not None:
            read.drafts[row.number] = draft
    _refuse_repeated_codes(read, table, code_rows)
    _note_same_items(read, table)
    read.errors.sort(key=lambda fault: fault.row)
    read.warnings.sort(key=lambda fault: fault.row)
    return read


def fault_at(table_columns: Mapping[str, int], column: Column, row: int, code: str, **params: Any) -> RowFault:
    """Return a fault in the cell of a row under a column's heading."""
    number = table_columns.get(column.field)
    return RowFault(row, get_column_letter(number) if number else "", column.names[0], code, params)


def _note_sheet(table: Table, sheets: Sequence[Sheet], read: ReadItems) -> None:
    header = table.header
    if len([sheet for sheet in sheets if sheet.rows]) > 1:
        read.warnings.append(RowFault(0, "", "", "sheet_chosen", {"sheet": table.sheet.name}))
    unknown = [name for name in header.unknown if name]
    if unknown:
        read.warnings.append(RowFault(header.row, "", "", "columns_ignored", {"columns": ", ".join(unknown)}))
    by_field = {column.field: column for column in COLUMNS}
    read.warnings.extend(
        fault_at(header.columns, by_field[name], header.row, "column_repeated", name=by_field[name].names[0])
        for name in header.repeated
    )


def _merged_rows(table: Table) -> dict[int, MergedRange]:
    """Return for each row the first merged range that hides values of it.

    Cells merged to the right over columns that no field uses do no harm. Ranges and rows are walked once, side by
    side: a made-up file may hold many ranges over the whole sheet.
    """
    used = sorted(table.header.columns.values())
    harmful = [
        merged
        for merged in table.sheet.merged
        if (count := sum(merged.first_column <= column <= merged.last_column for column in used))
        and (count > 1 or merged.first_row < merged.last_row)
    ]
    numbers = [row.number for row in table.rows]
    rows: dict[int, MergedRange] = {}
    place = 0
    for merged in sorted(harmful, key=lambda merged: merged.first_row):
        place = max(place, bisect_left(numbers, merged.first_row))
        while place < len(numbers) and numbers[place] <= merged.last_row:
            rows[numbers[place]] = merged
            place += 1
    return rows


def _refuse_repeated_codes(read: ReadItems, table: Table, code_rows: Mapping[str, list[int]]) -> None:
    for code, rows in code_rows.items():
        if code and len(rows) > 1:
            for number in rows:
                others = ", ".join(str(other) for other in rows if other != number)
                read.errors.append(
                    fault_at(table.header.columns, CODE, number, "code_repeated", value=code, rows=others)
                )
                read.drafts.pop(number, None)


def _note_same_items(read: ReadItems, table: Table) -> None:
    seen: defaultdict[str, list[tuple[int, ItemDraft]]] = defaultdict(list)
    for number, draft in read.drafts.items():
        earlier = seen[draft.stem_digest]
        twin = next((row for row, other in earlier if draft.resembles(other.content)), None)
        if twin is not None:
            read.warnings.append(fault_at(table.header.columns, STEM, number, "same_item_in_file", other=twin))
        earlier.append((number, draft))


class _RowReader:
    """Reads one row; collects what is wrong and what is doubtful."""

    def __init__(self, table: Table, row: Row, merged: MergedRange | None) -> None:
        self.columns = table.header.columns
        self.row = row
        self.merged = merged
        self.errors: list[RowFault] = []
        self.warnings: list[RowFault] = []
        self.code = ""

    def is_blank(self) -> bool:
        """Whether no column of the table holds anything; numbering such as 1, 2, 3 beside it does not count."""
        return all(self.row.cell(number).kind == "empty" for number in self.columns.values())

    def read(self, codes: SyllabusCodes) -> ItemDraft | None:
        """Return the draft, or None when the row has errors."""
        self._note_row()
        self.code = self._read_code()
        module_code, reference_code = self._read_place(codes)
        stem = self._text(STEM, longest=LONGEST_TEXT)
        if not stem and not self._has_error(STEM):
            self._refuse(STEM, "stem_missing")
        options = self._read_options()
        correct = self._read_key(options)
        level = self._value(LEVEL, read_level)
        points = self._value(POINTS, read_points)
        explanation = self._text(EXPLANATION, longest=LONGEST_TEXT)
        if self.errors or correct is None or level is None or points is None:
            return None
        written = [option for option in options if option]
        content = SingleChoice(
            stem=text_to_html(stem),
            options=tuple(
                Option(id=id_, content=text_to_html(text)) for id_, text in zip(OPTION_IDS, written, strict=False)
            ),
        )
        return ItemDraft(
            code=self.code,
            content=content,
            key=ChoiceKey(correct=(OPTION_IDS[correct],)),
            metadata=ItemMetadata(module_code, reference_code, level, points),
            explanation=text_to_html(explanation),
        )

    def _refuse(self, column: Column, code: str, **params: Any) -> None:
        self.errors.append(fault_at(self.columns, column, self.row.number, code, **params))

    def _warn(self, column: Column, code: str, **params: Any) -> None:
        self.warnings.append(fault_at(self.columns, column, self.row.number, code, **params))

    def _has_error(self, column: Column) -> bool:
        return any(fault.heading == column.names[0] for fault in self.errors)

    def _note_row(self) -> None:
        if self.row.is_hidden:
            self.warnings.append(RowFault(self.row.number, "", "", "hidden_row"))
        if self.merged is not None:
            letter = get_column_letter(self.merged.first_column)
            self.errors.append(RowFault(self.row.number, letter, "", "merged_cell", {"range": self.merged.place}))

    def _cell(self, column: Column) -> Cell:
        number = self.columns.get(column.field)
        return self.row.cell(number) if number is not None else Cell(self.row.number, 0, "empty")

    def _text(self, column: Column, *, longest: int) -> str:
        cell = self._cell(column)
        if cell.kind in _CELL_FAULTS:
            self._refuse(column, _CELL_FAULTS[cell.kind], value=cell.text[:60])
            return ""
        text = clean_text(cell.text)
        if cell.kind == "number" and not text.lstrip("-").isdigit():
            # The file says 0.6 where its author saw 60% or 0,6: which of them is meant cannot be told.
            self._refuse(column, "decimal_cell", value=text)
        elif cell.kind in {"number", "boolean"}:
            self._warn(column, "converted_cell", value=text)
        if len(text) > longest:
            self._refuse(column, "text_too_long", longest=longest, length=len(text))
        strange = look_alikes(text)
        if strange:
            first = strange[0]
            self._warn(
                column,
                "look_alike_letter",
                letter=first.letter,
                latin=first.latin,
                script=first.script.capitalize(),
                position=first.position,
                count=len(strange),
            )
        return text

    def _word(self, column: Column) -> str:
        cell = self._cell(column)
        if cell.kind in _CELL_FAULTS:
            self._refuse(column, _CELL_FAULTS[cell.kind], value=cell.text[:60])
            return ""
        return clean_line(cell.text)

    def _value(self, column: Column, read: Any) -> Any:
        text = self._word(column)
        if self._has_error(column):
            return None
        try:
            return read(text)
        except UnreadableValueError as error:
            self._refuse(column, error.code, **error.params)
            return None

    def _read_code(self) -> str:
        code = self._word(CODE).upper()
        if not code:
            if not self._has_error(CODE):
                self._refuse(CODE, "code_missing")
        elif not _CODE.fullmatch(code):
            strange = look_alikes(code)
            if strange:
                self._refuse(CODE, "code_has_look_alike", value=code, letter=strange[0].letter)
            else:
                self._refuse(CODE, "code_invalid", value=code)
        return code

    def _read_place(self, codes: SyllabusCodes) -> tuple[str, str]:
        module, reference = self._word(MODULE), self._word(REFERENCE).upper()
        if self._has_error(MODULE) or self._has_error(REFERENCE):
            return "", ""
        column = MODULE if module else REFERENCE
        code = _module_code(module, codes) if module else reference.split(".")[0]
        if not code:
            self._refuse(MODULE if MODULE.field in self.columns else REFERENCE, "module_missing")
            return "", ""
        if code not in codes.modules:
            self._refuse(column, "module_unknown", value=module or reference)
            return "", ""
        if not reference:
            return code, code
        if reference.split(".")[0] != code:
            self._refuse(REFERENCE, "module_conflict", value=reference, module=code)
        elif not _REFERENCE_TAIL.fullmatch(reference.removeprefix(code)):
            self._refuse(REFERENCE, "reference_invalid", value=reference)
        elif "." in reference and ".".join(reference.split(".")[:2]) not in codes.sections:
            self._warn(REFERENCE, "section_unknown", value=reference)
        return code, reference

    def _read_options(self) -> list[str]:
        present = [column for column in OPTIONS if column.field in self.columns]
        options = [self._text(column, longest=LONGEST_OPTION) for column in present]
        faulty = [self._has_error(column) for column in present]
        last = max((index for index, text in enumerate(options) if text or faulty[index]), default=-1)
        for index, column in enumerate(present):
            if options[index] or faulty[index]:
                continue
            if index < max(last, 2):
                # A gap would shift the letters below it, and with them the key.
                self._refuse(column, "option_missing")
            elif index < 4:
                self._warn(column, "option_left_out", count=last + 1)
        first_row: dict[str, Column] = {}
        for column, text in zip(present, options, strict=True):
            if text and text in first_row:
                self._refuse(column, "option_repeated", other=first_row[text].names[0])
            first_row.setdefault(text, column)
        return options

    def _read_key(self, options: list[str]) -> int | None:
        self._value(KIND, check_kind)
        if self._has_error(KIND):
            # Several letters are right for another kind of question; one fault says enough.
            return None
        # A faulty option is there all the same; its own fault is enough.
        present = [column for column in OPTIONS if column.field in self.columns]
        filled = [
            text or (_FAULTY if self._has_error(column) else "") for text, column in zip(options, present, strict=True)
        ]
        correct: int | None = self._value(KEY, lambda text: read_key(text, filled))
        return correct


def _module_code(text: str, codes: SyllabusCodes) -> str:
    folded = search_key(text)
    return next((code for code, name in codes.modules.items() if search_key(name) == folded), text.upper())
