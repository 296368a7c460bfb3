"""Reading files of answers: one (candidate, item, answer) a row; every fault named by its line.

A pair that does not occur was not presented and says nothing about the candidate; a row with an empty answer was
presented and left blank, which counts as wrong.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line, search_key
from exam_engine.core.workbook import heading_key
from item_bank.calibration.errors import InvalidResponseFileError
from item_bank.items.content import OPTION_IDS

BLANK = -1
"""Stored choice of an item that was presented and left blank."""
NOT_SHOWN = -2
"""Stored choice of an item that the candidate was not shown."""

MOST_FAULTS = 100
MOST_ITEMS = 2_000
MOST_CELLS = 50_000_000
"""Largest number of candidates × items; the answers are kept as one byte each."""
_LONGEST_VALUE = 64
_HEADINGS = {
    "candidate": ("candidate", "candidate id", "thí sinh", "mã thí sinh", "số báo danh", "sbd"),
    "item": ("item", "item code", "câu hỏi", "mã câu hỏi", "mã câu"),
    "answer": ("answer", "response", "trả lời", "câu trả lời", "phương án chọn", "lựa chọn"),
}
_SIMULATED = ("mo phong", "simulat")


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One row as typed; ``line`` counts from 1 as a text editor does."""

    line: int
    candidate: str
    item: str
    answer: str


@dataclass(slots=True)
class ResponseRows:
    """The rows of a file; ``is_simulated`` when a comment line at the top says so."""

    rows: list[ResponseRow] = field(default_factory=list)
    is_simulated: bool = False

    def item_codes(self) -> list[str]:
        """Return the distinct item codes in the order of their first row."""
        return list(dict.fromkeys(row.item for row in self.rows))


@dataclass(frozen=True, eq=False)
class Choices:
    """Which option each candidate chose: (N, J) int8 indexes, ``BLANK`` or ``NOT_SHOWN``; columns as ``item_codes``."""

    chosen: NDArray[np.int8]
    item_codes: tuple[str, ...]

    @property
    def n_responses(self) -> int:
        """How many items were presented in all, blank ones included."""
        return int((self.chosen != NOT_SHOWN).sum())


class _Faults:
    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.left_out = 0

    def add(self, code: str, line: int, column: str, **params: Any) -> None:
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(Fault(code, f"{line}:{column}", {"row": line, **params}))
        else:
            self.left_out += 1

    def raise_any(self) -> None:
        if self.left_out:
            self.kept.append(Fault("response_more_faults", "", {"count": self.left_out}))
        if self.kept:
            raise InvalidResponseFileError(faults=self.kept)


def read_rows(content: bytes) -> ResponseRows:
    """Read the rows of a CSV file with comma, semicolon or tab between the cells.

    Raises
    ------
    InvalidResponseFileError
        Naming each line that is short or lacks its candidate or item.
    """
    text = _decode(content)
    read = ResponseRows()
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        columns = _read_header(lines, read)
        _read_body(lines, columns, read)
    except csv.Error as error:
        raise InvalidResponseFileError(faults=[Fault("response_file_not_text")]) from error
    if not read.rows:
        raise InvalidResponseFileError(faults=[Fault("response_file_empty")])
    return read


def encode(rows: Sequence[ResponseRow], option_counts: Mapping[str, int]) -> Choices:
    """Turn rows into a table of chosen options; ``option_counts`` holds the known items.

    Raises
    ------
    InvalidResponseFileError
        Naming each line with an unknown item or option or a pair that came before; or the table would be too large.
    """
    faults = _Faults()
    candidates = {candidate: number for number, candidate in enumerate(dict.fromkeys(row.candidate for row in rows))}
    items = {code: number for number, code in enumerate(dict.fromkeys(row.item for row in rows))}
    if len(items) > MOST_ITEMS or len(items) * len(candidates) > MOST_CELLS:
        size = {"candidates": len(candidates), "items": len(items), "most_items": MOST_ITEMS, "most_cells": MOST_CELLS}
        raise InvalidResponseFileError(faults=[Fault("response_file_too_large", "", size)])
    lines: dict[tuple[int, int], int] = {}
    choices: list[int] = []
    for row in rows:
        count = option_counts.get(row.item)
        if count is None:
            faults.add("response_item_unknown", row.line, "item", value=row.item)
            continue
        choice = _choice(row.answer, count)
        if choice is None:
            faults.add("response_option_unknown", row.line, "answer", value=row.answer, item=row.item)
            continue
        cell = (candidates[row.candidate], items[row.item])
        if cell in lines:
            faults.add(
                "response_repeated", row.line, "candidate", candidate=row.candidate, item=row.item, other=lines[cell]
            )
            continue
        lines[cell] = row.line
        choices.append(choice)
    faults.raise_any()
    chosen = np.full((len(candidates), len(items)), NOT_SHOWN, dtype=np.int8)
    cells = np.array(list(lines), dtype=np.intp)
    chosen[cells[:, 0], cells[:, 1]] = choices
    return Choices(chosen, tuple(items))


def _decode(content: bytes) -> str:
    # Spreadsheets save "Unicode text" as UTF-16.
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidResponseFileError(faults=[Fault("response_file_not_text")]) from error
    if "\0" in text:
        raise InvalidResponseFileError(faults=[Fault("response_file_not_text")])
    return text


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip() and not line.lstrip('" ').startswith("#")), "")
    return max(",;\t", key=header.count)


def _read_header(lines: Iterator[list[str]], read: ResponseRows) -> dict[str, int]:
    names = {heading_key(name): column for column, known in _HEADINGS.items() for name in known}
    for cells in lines:
        first = cells[0].strip() if cells else ""
        if first.startswith("#"):
            note = search_key(" ".join(cells))
            read.is_simulated |= any(word in note for word in _SIMULATED)
        elif any(cell.strip() for cell in cells):
            found = {names.get(heading_key(cell), ""): number for number, cell in reversed(list(enumerate(cells)))}
            missing = [column for column in _HEADINGS if column not in found]
            if missing:
                params = {"columns": ", ".join(missing)}
                raise InvalidResponseFileError(faults=[Fault("response_header_missing", "1", params)])
            return found
    raise InvalidResponseFileError(faults=[Fault("response_file_empty")])


def _read_body(lines: Any, columns: Mapping[str, int], read: ResponseRows) -> None:
    faults = _Faults()
    needed = max(columns[name] for name in _HEADINGS) + 1
    for cells in lines:
        line: int = lines.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < needed:
            faults.add("response_row_short", line, "", found=len(cells), needed=needed)
            continue
        candidate, item, answer = (clean_line(cells[columns[name]]) for name in _HEADINGS)
        if max(len(candidate), len(item), len(answer)) > _LONGEST_VALUE:
            faults.add("response_too_long", line, "", longest=_LONGEST_VALUE)
        elif not candidate:
            faults.add("response_candidate_missing", line, "candidate")
        elif not item:
            faults.add("response_item_missing", line, "item")
        else:
            read.rows.append(ResponseRow(line, candidate, item.upper(), answer.upper()))
    faults.raise_any()


def _choice(answer: str, option_count: int) -> int | None:
    if not answer:
        return BLANK
    if len(answer) != 1:
        return None
    index = OPTION_IDS.index(answer) if answer in OPTION_IDS else "12345678".find(answer)
    return index if 0 <= index < option_count else None
