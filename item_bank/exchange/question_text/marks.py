"""Marks on options: which of them stand out, by underline, marker, colour, bold, italic or a star."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from item_bank.exchange.question_text.lines import Line, Piece
from item_bank.exchange.question_text.options import LetteredPart
from item_bank.exchange.word.blocks import Format

MarkKind = Literal["star", "underline", "highlight", "colour", "bold", "italic"]
MARK_KINDS: tuple[MarkKind, ...] = ("star", "underline", "highlight", "colour", "bold", "italic")
STRONG: frozenset[MarkKind] = frozenset({"star", "underline", "highlight", "colour"})
"""Kinds that nobody uses on one option only without meaning it."""

_NEARLY_BLACK = 0x48
_FEWEST_FOR_WEAK = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Which options stand out by one kind of mark, and whether by their letter; all or none is told apart."""

    marked: frozenset[int] = frozenset()
    by_letter: frozenset[int] = frozenset()
    is_on_all: bool = False


Marks = Mapping[MarkKind, Standing]
NONE = Standing()


@dataclass(frozen=True, slots=True)
class Convention:
    """Which kinds of marks a document uses for its key; ``counts`` says on how many questions each stands alone."""

    kinds: tuple[MarkKind, ...] = ()
    counts: Mapping[MarkKind, int] = field(default_factory=dict)


def marks_of(parts: Sequence[LetteredPart]) -> dict[MarkKind, Standing]:
    """Return which options stand out by each kind of mark.

    An option stands out when its letter or the whole of its text has what not all the others have; a word marked
    inside an option is emphasis.
    """
    letters = [_seen([part.label]) for part in parts]
    bodies = [_seen(part.lines) for part in parts]
    if not any(_has_format(formats) for formats in (*letters, *bodies)) and not any(part.is_starred for part in parts):
        return {}
    found: dict[MarkKind, Standing] = {}
    stars = frozenset(number for number, part in enumerate(parts) if part.is_starred)
    found["star"] = Standing(stars, stars, len(stars) == len(parts))
    for kind in MARK_KINDS[1:]:
        found[kind] = _standing(kind, letters, bodies)
    return found


def convention_of(single: Iterable[Marks], tables: Iterable[Marks] = ()) -> Convention:
    """Return what a document marks its key by: kinds that single out one option in most of its questions.

    ``tables`` are the marks of true/false questions, where any number of statements may be marked. Bold and italic
    serve formatting too: they count only on the letters, or on three questions and more.
    """
    counts: Counter[MarkKind] = Counter()
    by_letter: Counter[MarkKind] = Counter()
    questions = 0
    for marks, most in [*((one, 1) for one in single), *((one, 12) for one in tables)]:
        questions += 1
        for kind, standing in marks.items():
            if 1 <= len(standing.marked) <= most:
                counts[kind] += 1
                by_letter[kind] += bool(standing.by_letter)
    kinds = tuple(
        kind
        for kind in MARK_KINDS
        if counts[kind] * 2 > questions
        and (kind in STRONG or counts[kind] >= _FEWEST_FOR_WEAK or by_letter[kind] == counts[kind])
    )
    return Convention(kinds, dict(counts))


def extent_of(kind: MarkKind, lines: Iterable[Line]) -> Literal["none", "part", "whole"]:
    """Return how much of an option's text has a kind of mark."""
    values = {bool(_mark(kind, piece.format)) for piece in _seen(lines)}
    if values == {True}:
        return "whole"
    return "part" if True in values else "none"


def _seen(lines: Iterable[Line]) -> list[Piece]:
    return [piece for line in lines for piece in line.pieces if not piece.is_object and piece.text.strip(" .:;,\t\xa0")]


def _has_format(pieces: Sequence[Piece]) -> bool:
    return any(
        shape.underline or shape.highlight or shape.is_bold or shape.is_italic or _colour(shape)
        for shape in (piece.format for piece in pieces)
    )


def _standing(kind: MarkKind, letters: Sequence[Sequence[Piece]], bodies: Sequence[Sequence[Piece]]) -> Standing:
    by_letter, letters_all = _standing_out([_value(kind, pieces) for pieces in letters])
    by_body, bodies_all = _standing_out([_value(kind, pieces) for pieces in bodies])
    return Standing(by_letter | by_body, by_letter, letters_all or bodies_all)


def _standing_out(values: Sequence[str | None]) -> tuple[frozenset[int], bool]:
    """Return which of some values differ from the usual one, and whether all have one that is not plain."""
    known = [value for value in values if value is not None]
    if not known:
        return frozenset(), False
    if len(set(known)) == 1:
        return frozenset(), bool(known[0]) and len(known) == len(values)
    usual, count = Counter(known).most_common(1)[0]
    if "" in known:
        usual = ""
    elif count < len(known) - 1:
        # All are coloured, in several ways: nothing says which colour means right.
        return frozenset(), True
    return frozenset(number for number, value in enumerate(values) if value is not None and value != usual), False


def _value(kind: MarkKind, pieces: Sequence[Piece]) -> str | None:
    """Return how all the text of some pieces is marked: empty when not all of it is, None when there is no text."""
    values = {_mark(kind, piece.format) for piece in pieces}
    if not values:
        return None
    return values.pop() if len(values) == 1 else ""


def _mark(kind: MarkKind, shape: Format) -> str:
    match kind:
        case "underline":
            return "on" if shape.underline else ""
        case "highlight":
            return "on" if shape.highlight else ""
        case "bold":
            return "on" if shape.is_bold else ""
        case "italic":
            return "on" if shape.is_italic else ""
        case "colour":
            return _colour(shape)
        case "star":
            return ""


def _colour(shape: Format) -> str:
    """Return a colour that a reader can tell from black; empty for black, nearly black and automatic."""
    colour = shape.colour
    if len(colour) != 6:
        return ""
    try:
        channels = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    except ValueError:
        return ""
    return colour.upper() if max(channels) > _NEARLY_BLACK else ""
