"""The neutral stream that all question formats are read from: lines of formatted pieces, and tables of such lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from item_bank.exchange.word.blocks import OBJECT, PLAIN, Format, Place

_DEEPEST_INDENT = 40
_LONG_SPACE = re.compile(r"\s{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one format, or an object: then ``text`` is U+FFFC, and ``html`` what is shown, ready to be stored."""

    text: str
    format: Format = PLAIN
    html: str = ""

    @property
    def is_object(self) -> bool:
        """Whether it is a formula or a picture."""
        return bool(self.html)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table; ``rows`` is 0 for one that lies under a merged one."""

    lines: tuple["Line", ...]
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """Its text as one line."""
        return " ".join(line.text.strip() for line in self.lines).strip()


Grid = tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document.

    Attributes
    ----------
    text : what its pieces say; an object or a table is one U+FFFC, which no pattern takes for a word.
    is_soft : goes on with the paragraph of the line before (Shift+Enter in Word).
    is_bullet : stands behind a bullet, which is not part of the text.
    label_length : how many characters at the beginning are an automatic number of Word.
    grid : the rows of a table; empty for text.
    """

    place: Place
    pieces: tuple[Piece, ...] = ()
    text: str = ""
    is_soft: bool = False
    is_bullet: bool = False
    label_length: int = 0
    grid: Grid = field(default=())

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see."""
        return not self.text.strip()


def line_of(place: Place, pieces: Sequence[Piece], *, is_soft: bool = False, is_bullet: bool = False) -> Line:
    """Return a line of some pieces; no run of white space in it is long, so that no pattern tries it in many ways."""
    kept: list[Piece] = []
    ends_in_space = False
    for piece in pieces:
        if ends_in_space and piece.text.isspace() and "\t" not in piece.text:
            continue
        text = piece.text
        if kept:
            text = _LONG_SPACE.sub(_shortened, text)
        else:
            # The indent of program code is part of it.
            indent = min(len(text) - len(text.lstrip(" ")), _DEEPEST_INDENT)
            text = " " * indent + _LONG_SPACE.sub(_shortened, text.lstrip(" "))
        kept.append(piece if text == piece.text else Piece(text, piece.format, piece.html))
        ends_in_space = len(text) > 1 and text[-2:].isspace() if len(text) > 1 else ends_in_space and text.isspace()
    return Line(place, tuple(kept), "".join(piece.text for piece in kept), is_soft=is_soft, is_bullet=is_bullet)


def _shortened(run: re.Match[str]) -> str:
    return "\t" if "\t" in run[0] else "  "


def table_line(place: Place, grid: Grid) -> Line:
    """Return a table as a line."""
    return Line(place, text=OBJECT, grid=grid)


def cut(line: Line, start: int, end: int | None = None) -> Line:
    """Return the part of a line between two characters of its text; the whole of a table."""
    if line.grid or (start <= 0 and (end is None or end >= len(line.text))):
        return line
    stop = len(line.text) if end is None else end
    kept: list[Piece] = []
    at = 0
    for piece in line.pieces:
        after = at + len(piece.text)
        if after > start and at < stop:
            text = piece.text[max(0, start - at) : stop - at]
            kept.append(piece if len(text) == len(piece.text) else Piece(text, piece.format, piece.html))
        at = after
    return Line(
        line.place,
        tuple(kept),
        line.text[start:stop],
        is_soft=line.is_soft and start == 0,
        is_bullet=line.is_bullet and start == 0,
        label_length=max(0, line.label_length - start),
    )


def without(line: Line, start: int, end: int) -> Line:
    """Return a line without the characters between two places."""
    before, after = cut(line, 0, start) if start else None, cut(line, end)
    if before is None:
        return after
    return Line(
        line.place,
        (*before.pieces, *after.pieces) if end < len(line.text) else before.pieces,
        line.text[:start] + line.text[end:],
        is_soft=line.is_soft,
        is_bullet=line.is_bullet,
        label_length=min(line.label_length, start),
    )


def trimmed(lines: Sequence[Line]) -> list[Line]:
    """Return lines without the blank ones at both ends."""
    first, last = 0, len(lines)
    while first < last and lines[first].is_blank:
        first += 1
    while last > first and lines[last - 1].is_blank:
        last -= 1
    return list(lines[first:last])
