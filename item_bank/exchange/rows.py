"""From the rows of an item sheet to imported items, with every fault named by its cell."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from exam_engine.core.text import clean_line, clean_text, look_alikes
from exam_engine.core.workbook import Cell, Column, Header, MergedRange, OpenTable, Row
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.rich_text import sanitise, text_to_html
from item_bank.exchange.columns import (
    CODE,
    COLUMNS,
    EXPLANATION,
    KEY,
    KIND,
    LANGUAGE,
    LEVEL,
    MARKUP,
    MODULE,
    OPTIONS,
    POINTS,
    REFERENCE,
    SECONDS,
    SOURCE,
    STEM,
    TAGS,
    UNIT,
)
from item_bank.exchange.imported import ImportedItem, Notice, StatedMetadata
from item_bank.exchange.sheet_kinds import Cells, content_of, key_of, least_options
from item_bank.exchange.values import (
    SheetKind,
    UnreadableValueError,
    read_kind,
    read_level,
    read_points,
    read_seconds,
    read_tags,
)

V = TypeVar("V")

LONGEST_TEXT = 5000
LONGEST_OPTION = 1000
_CELL_FAULTS = {"formula": "formula_cell", "date": "date_cell", "error": "error_cell"}
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HTML = frozenset({"html", "rich text"})
# The parts of an item that the faults of a column are about.
_PARTS: dict[str, str] = {
    CODE.field: "code",
    MODULE.field: "metadata/module",
    REFERENCE.field: "metadata/reference",
    LEVEL.field: "metadata/level",
    POINTS.field: "metadata/points",
    SECONDS.field: "metadata/seconds",
    TAGS.field: "metadata/tags",
    SOURCE.field: "metadata/source",
    LANGUAGE.field: "metadata/language",
    STEM.field: "stem",
    KEY.field: "key",
    EXPLANATION.field: "explanation",
    **{column.field: f"options/{column.field.removeprefix('option_').upper()}" for column in OPTIONS},
}


def sheet_notices(table: OpenTable) -> Iterator[Notice]:
    """Yield which of several sheets was read."""
    if len([sheet for sheet in table.sheets if sheet.rows]) > 1:
        yield Notice("warning", "sheet_chosen", table.header.place, "", {"sheet": table.sheet.name})


def header_notices(header: Header) -> Iterator[Notice]:
    """Yield the headings that nobody knows, and those that stand twice."""
    unknown = [name for name in header.unknown if name]
    if unknown:
        yield Notice("left_out", "columns_ignored", header.place, "", {"columns": ", ".join(unknown)[:500]})
    names = {column.field: column.names[0] for column in COLUMNS}
    for field in header.repeated:
        place = f"{get_column_letter(header.columns[field])}{header.row}"
        yield Notice("warning", "column_repeated", place, "", {"name": names[field]})


def items_of_rows(header: Header, rows: Iterable[Row], merged: Iterable[MergedRange] = ()) -> Iterator[ImportedItem]:
    """Yield the item of each row that is not blank; rows are read one at a time and forgotten."""
    number = 0
    for row, hiding in _with_merged(rows, merged, header):
        reader = _RowReader(header.columns, row, hiding)
        if not reader.is_blank():
            number += 1
            yield reader.read(number)


def _with_merged(
    rows: Iterable[Row], merged: Iterable[MergedRange], header: Header
) -> Iterator[tuple[Row, MergedRange | None]]:
    """Yield each row with the first merged range that hides values of it.

    Cells merged to the right over columns that no field uses do no harm. Ranges and rows are walked once, side by
    side: a made-up file may hold many ranges over the whole sheet.
    """
    used = sorted(header.columns.values())
    harmful = [
        one
        for one in merged
        if (count := sum(one.first_column <= column <= one.last_column for column in used))
        and (count > 1 or one.first_row < one.last_row)
    ]
    waiting = deque(sorted(harmful, key=lambda one: one.first_row))
    for row in rows:
        while waiting and waiting[0].last_row < row.number:
            waiting.popleft()
        yield row, waiting[0] if waiting and waiting[0].first_row <= row.number else None


class _RowReader:
    """Reads one row; collects what is wrong and what is doubtful."""

    def __init__(self, columns: Mapping[str, int], row: Row, merged: MergedRange | None) -> None:
        self.columns = columns
        self.row = row
        self.merged = merged
        self.notices: list[Notice] = []
        self.faulty: set[str] = set()
        self.is_html = False

    def is_blank(self) -> bool:
        """Whether no column of the table holds anything; numbering such as 1, 2, 3 beside it does not count."""
        return all(self.row.cell(number).kind == "empty" for number in self.columns.values())

    def read(self, number: int) -> ImportedItem:
        """Return the item, without content when that cannot be read and without key when the row states none."""
        self._note_row()
        self.is_html = self._word(MARKUP).casefold() in _HTML
        kind: SheetKind | None = self._value(KIND, read_kind)
        language = self._value(LANGUAGE, _language) or "vi"
        stem = self._text(STEM, longest=LONGEST_TEXT)
        if not stem and STEM.field not in self.faulty:
            self._refuse(STEM, "stem_missing")
        options = self._read_options(kind)
        cells = Cells(stem, options, self._key_text(kind), self._word(UNIT), self._html, language)
        explanation = self._html(self._text(EXPLANATION, longest=LONGEST_TEXT))
        content, key = self._asked(kind, cells)
        return ImportedItem(
            number=number,
            place=str(self.row.number),
            content=content,
            key=key,
            code=self._word(CODE).upper() or None,
            explanation=explanation,
            metadata=StatedMetadata(
                module=self._word(MODULE) or None,
                reference_code=self._word(REFERENCE).upper() or None,
                cognitive_level=self._value(LEVEL, read_level),
                points=self._value(POINTS, read_points),
                expected_seconds=self._value(SECONDS, read_seconds),
                source=self._word(SOURCE)[:500],
                tags=self._value(TAGS, read_tags) or (),
            ),
            notices=tuple(self.notices),
        )

    def _asked(self, kind: SheetKind | None, cells: Cells) -> tuple[ItemContent | None, ItemKey | None]:
        asking = {STEM.field, KIND.field, LANGUAGE.field, *(column.field for column in OPTIONS)}
        if kind is None or self.merged is not None or self.faulty & asking:
            return None, None
        try:
            content = content_of(kind, cells)
        except UnreadableValueError as error:
            self._refuse(STEM, error.code, **error.params)
            return None, None
        if self.faulty & {KEY.field, UNIT.field}:
            return content, None
        try:
            return content, key_of(kind, cells, content)
        except UnreadableValueError as error:
            self._refuse(KEY, error.code, **error.params)
            return content, None

    def _notice(self, severity: Any, column: Column, code: str, **params: Any) -> None:
        number = self.columns.get(column.field)
        place = f"{get_column_letter(number)}{self.row.number}" if number else str(self.row.number)
        self.notices.append(Notice(severity, code, place, _PARTS.get(column.field, ""), params))

    def _refuse(self, column: Column, code: str, **params: Any) -> None:
        self.faulty.add(column.field)
        self._notice("error", column, code, **params)

    def _note_row(self) -> None:
        if self.row.is_hidden:
            self.notices.append(Notice("warning", "hidden_row", str(self.row.number)))
        if self.merged is not None:
            params = {"range": self.merged.place}
            self.notices.append(Notice("error", "merged_cell", self.merged.place, "", params))

    def _cell(self, column: Column) -> Cell:
        number = self.columns.get(column.field)
        return self.row.cell(number) if number is not None else Cell(self.row.number, 0, "empty")

    def _text(self, column: Column, *, longest: int) -> str:
        cell = self._cell(column)
        if cell.kind == "empty":
            return ""
        if cell.kind in _CELL_FAULTS:
            self._refuse(column, _CELL_FAULTS[cell.kind], value=cell.text[:60])
            return ""
        text = clean_text(cell.text)
        if cell.kind == "number" and not text.lstrip("-").isdigit():
            # The file says 0.6 where its author saw 60% or 0,6: which of them is meant cannot be told.
            self._refuse(column, "decimal_cell", value=text)
        elif cell.kind in {"number", "boolean"}:
            self._notice("warning", column, "converted_cell", value=text)
        if len(text) > longest:
            self._refuse(column, "text_too_long", longest=longest, length=len(text))
        strange = look_alikes(text)
        if strange:
            first = strange[0]
            self._notice(
                "warning",
                column,
                "look_alike_letter",
                letter=first.letter,
                latin=first.latin,
                script=first.script.capitalize(),
                position=first.position,
                count=len(strange),
            )
        return text

    def _html(self, text: str) -> str:
        if not self.is_html:
            return text_to_html(text)
        sanitised = sanitise(text)
        if sanitised.removed:
            names = ", ".join(sanitised.removed)
            self.notices.append(Notice("left_out", "formatting_left_out", str(self.row.number), "", {"names": names}))
        return sanitised.html

    def _word(self, column: Column) -> str:
        cell = self._cell(column)
        if cell.kind == "empty":
            return ""
        if cell.kind in _CELL_FAULTS:
            if column.field not in self.faulty:
                self._refuse(column, _CELL_FAULTS[cell.kind], value=cell.text[:60])
            return ""
        return clean_line(cell.text)

    def _key_text(self, kind: SheetKind | None) -> str:
        if kind == "text_entry":
            # Gaps stand on lines of their own.
            cell = self._cell(KEY)
            return self._word(KEY) and clean_text(cell.text)
        return self._word(KEY)

    def _value(self, column: Column, read: Callable[[str], V | None]) -> V | None:
        text = self._word(column)
        if column.field in self.faulty:
            return None
        try:
            return read(text)
        except UnreadableValueError as error:
            self._refuse(column, error.code, **error.params)
            return None

    def _read_options(self, kind: SheetKind | None) -> list[str]:
        present = [column for column in OPTIONS if column.field in self.columns]
        options = [self._text(column, longest=LONGEST_OPTION) for column in present]
        if kind is None:
            return options
        last = max((n for n, text in enumerate(options) if text or present[n].field in self.faulty), default=-1)
        least = least_options(kind)
        if not least:
            for index, column in enumerate(present):
                if options[index]:
                    self._refuse(column, "option_of_other_kind")
            return []
        if len(present) < least:
            self._refuse(STEM, "options_too_few", least=least)
        for index, column in enumerate(present):
            if options[index] or column.field in self.faulty:
                continue
            if index < max(last, least):
                # A gap would shift the letters below it, and with them the key.
                self._refuse(column, "option_missing")
            elif index < 4 and kind == "single_choice":
                self._notice("warning", column, "option_left_out", count=last + 1)
        first_column: dict[str, Column] = {}
        for column, text in zip(present, options, strict=True):
            if text and text in first_column:
                self._refuse(column, "option_repeated", other=first_column[text].names[0])
            first_column.setdefault(text, column)
        return options


def _language(text: str) -> str:
    if text and not _LANGUAGE.fullmatch(text):
        raise UnreadableValueError("language_invalid", value=text)
    return text
