"""Statements in a table with a column for true and one for false, ticked or still empty."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from item_bank.exchange.question_text.lines import GridCell, Line, cut, line_of, trimmed
from item_bank.exchange.question_text.options import LETTERS, LetteredPart, SplitQuestion

_TRUE_HEAD = re.compile(r"(?:đúng|đ|true|t)\s*[.:]?", re.IGNORECASE)
_FALSE_HEAD = re.compile(r"(?:sai|s|false|f)\s*[.:]?", re.IGNORECASE)
_TICK = re.compile(r"[xX×✓✔✗✘☑☒vV+*]")
_EMPTY_BOX = re.compile(r"[\s☐□.…_]*")
_LETTER = re.compile(r"\s*[a-hA-H1-8]\s?[.):]?\s*")
_LETTER_BEFORE_TEXT = re.compile(r"\s*[a-hA-H]\s?[.)]\s*")
_FEWEST_CELLS = 3


@dataclass(frozen=True, slots=True)
class TruthTable:
    """A question whose statements stand in a table; ``values`` is None for a row that nobody has ticked clearly."""

    split: SplitQuestion
    values: tuple[bool | None, ...]


def truth_table(lines: Sequence[Line]) -> TruthTable | None:
    """Return the statements of a question whose last table judges them; None when there is no such table."""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if not line.grid:
            continue
        rows = [row for row in line.grid if any(cell.text for cell in row)]
        if len(rows) < 2 or len(rows) > len(LETTERS) + 1 or not _is_heading(rows[0]):
            return None
        found = [_statement(letter, row, line) for letter, row in zip(LETTERS, rows[1:], strict=False)]
        if any(one is None for one in found):
            return None
        parts = tuple(part for part, _ in filter(None, found))
        values = tuple(value for _, value in filter(None, found))
        stem = [*lines[:at], *lines[at + 1 :]]
        return TruthTable(SplitQuestion(tuple(trimmed(stem)), parts, is_upper=False), values)
    return None


def _is_heading(row: Sequence[GridCell]) -> bool:
    return (
        len(row) >= _FEWEST_CELLS
        and _TRUE_HEAD.fullmatch(row[-2].text) is not None
        and _FALSE_HEAD.fullmatch(row[-1].text) is not None
    )


def _statement(letter: str, row: Sequence[GridCell], table: Line) -> tuple[LetteredPart, bool | None] | None:
    """Return a row's statement and what is ticked; None when the row is no statement."""
    if len(row) < _FEWEST_CELLS:
        return None
    texts = [cell for cell in row[:-2] if cell.text and not _LETTER.fullmatch(cell.text)]
    ticks = [_is_ticked(cell.text) for cell in row[-2:]]
    if len(texts) != 1 or None in ticks:
        return None
    lines = list(texts[0].lines)
    before = _LETTER_BEFORE_TEXT.match(lines[0].text)
    if before:
        lines[0] = cut(lines[0], before.end())
    is_true, is_false = ticks
    value = is_true if is_true is not is_false else None
    return LetteredPart(letter, line_of(table.place, ()), tuple(trimmed(lines))), value


def _is_ticked(text: str) -> bool | None:
    """Return whether a cell is ticked; None when it holds something else."""
    if _TICK.fullmatch(text):
        return True
    return False if _EMPTY_BOX.fullmatch(text) else None
