"""Lines kept as bytes while a document is read: as objects they take many times the room of their text."""

import marshal
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any

from item_bank.exchange.question_text.lines import GridCell, Line, Piece
from item_bank.exchange.question_text.options import LetteredPart, SplitQuestion
from item_bank.exchange.word.blocks import OBJECT, PLAIN, Format, Place

_place_values = attrgetter("paragraph", "words", "table", "row", "column")
_format_values = attrgetter(
    "is_bold",
    "is_italic",
    "is_struck",
    "is_hidden",
    "is_capitals",
    "underline",
    "colour",
    "highlight",
    "position",
    "font",
)
Values = tuple[Any, ...]
_TOGETHER = 16


class KeptLines:
    """Lines in order; each is made anew whenever it is asked for."""

    __slots__ = ("_kept",)

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._kept: list[bytes] = []
        for line in lines:
            self.append(line)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Line]:
        return (_line(_read(kept)) for kept in self._kept)

    def append(self, line: Line) -> None:
        """Keep one more line."""
        self._kept.append(marshal.dumps(_line_values(line)))

    def clear(self) -> None:
        """Let go of all lines."""
        self._kept.clear()

    def taken(self) -> Iterator[Line]:
        """Yield the lines and let go of each."""
        self._kept.reverse()
        while self._kept:
            yield _line(_read(self._kept.pop()))


class KeptSplit:
    """Stem and options of one question; they are made anew whenever they are asked for."""

    __slots__ = ("_kept",)

    def __init__(self, split: SplitQuestion) -> None:
        self._kept = marshal.dumps(_split_values(split))

    def split(self) -> SplitQuestion:
        """Return them."""
        return _split(_read(self._kept))


class KeptSplits:
    """Stems and options of all questions, one after another; those of many questions are packed together."""

    __slots__ = ("_loose", "_packed")

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._loose: list[Values] = []

    def append(self, split: SplitQuestion) -> None:
        """Keep those of one more question."""
        self._loose.append(_split_values(split))
        if len(self._loose) == _TOGETHER:
            self._packed.append(zlib.compress(marshal.dumps(self._loose), level=1))
            self._loose = []

    def taken(self) -> Iterator[SplitQuestion]:
        """Yield them in order and let go of each."""
        self._packed.reverse()
        while self._packed:
            yield from map(_split, _read(zlib.decompress(self._packed.pop())))
        loose, self._loose = self._loose, []
        yield from map(_split, loose)


def _read(kept: bytes) -> Any:
    return marshal.loads(kept)  # noqa: S302 - written by this module


def _split_values(split: SplitQuestion) -> Values:
    parts = tuple(
        (part.letter, _line_values(part.label), _values_of(part.lines), part.is_starred) for part in split.parts
    )
    return _values_of(split.stem), parts, split.is_upper, split.problems


def _split(values: Values) -> SplitQuestion:
    stem, parts, is_upper, problems = values
    made = (LetteredPart(letter, _line(label), _lines(lines), star) for letter, label, lines, star in parts)
    return SplitQuestion(_lines(stem), tuple(made), is_upper, problems)


def _values_of(lines: Iterable[Line]) -> Values:
    return tuple(map(_line_values, lines))


def _lines(values: Iterable[Values]) -> tuple[Line, ...]:
    return tuple(map(_line, values))


def _line_values(line: Line) -> Values:
    return (
        _place_values(line.place),
        tuple(
            (piece.text, () if piece.format == PLAIN else _format_values(piece.format), piece.html)
            for piece in line.pieces
        ),
        line.is_soft,
        line.is_bullet,
        line.label_length,
        tuple(tuple((_values_of(cell.lines), cell.columns, cell.rows) for cell in row) for row in line.grid),
    )


def _line(values: Values) -> Line:
    place, pieces, is_soft, is_bullet, label_length, rows = values
    made = tuple(Piece(text, _format(*shape), html) for text, shape, html in pieces)
    grid = tuple(tuple(GridCell(_lines(lines), columns, rows) for lines, columns, rows in row) for row in rows)
    text = OBJECT if grid else "".join(piece.text for piece in made)
    return Line(Place(*place), made, text, is_soft, is_bullet, label_length, grid)


@lru_cache(maxsize=1024)
def _format(*values: Any) -> Format:
    return Format(*values)
