"""Differences between two rich texts, word by word; pictures, formulas, gaps and formatting count as units."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeVar

from exam_engine.interactions.rich_text.markup import Element, Node, escape, read, write
from exam_engine.interactions.rich_text.subset import BLOCKS, CELLS

Change = Literal["same", "removed", "added"]
Kind = Literal["word", "space", "unit", "inline", "open", "close", "break"]

MOST_STEPS = 400_000
"""How many pairs of equal words are looked at; a text that repeats itself more often is compared line by line."""

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_UNITS = frozenset({"img", "audio", "math"})
_LINES = frozenset({"p", "li", "pre", "tr", "caption", "figcaption"})
"""Blocks that are shown on a line of their own; the others hold lines."""

T = TypeVar("T", bound=Hashable)
Opcode = tuple[bool, Sequence[T], Sequence[T]]
"""Whether both sides say the same, what the older says, what the newer says."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of markup that changes as a whole; ``marks`` are the tags of the formatting around a word or a unit."""

    kind: Kind
    html: str
    marks: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pieces of a line with the same fate.

    ``html`` is inline HTML of the subset. A run without it stands for the structure: ``block`` names the element that
    begins there (or ends, with a slash), such as ``td`` or ``br``.
    """

    change: Change
    html: str = ""
    block: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown; ``kind`` is the element that it came from, ``p`` where there was none."""

    kind: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TextDifference:
    """What became of a text: each piece of markup of both sides once, in order."""

    pieces: tuple[tuple[Change, Token], ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return all(change == "same" for change, _ in self.pieces)

    @property
    def before(self) -> str:
        """The older text, as it was stored."""
        return "".join(token.html for change, token in self.pieces if change != "added")

    @property
    def after(self) -> str:
        """The newer text, as it was stored."""
        return "".join(token.html for change, token in self.pieces if change != "removed")

    def lines(self) -> tuple[Line, ...]:
        """Return what to show, line by line."""
        return _lines(self.pieces)


def compare_texts(before: str, after: str) -> TextDifference:
    """Return the difference between two texts in canonical HTML; an empty text is one that was not there."""
    opcodes = _opcodes(tokens_of(before), tokens_of(after))
    pieces: list[tuple[Change, Token]] = []
    for is_same, old, new in _without_lonely_spaces(opcodes):
        if is_same:
            pieces += [("same", token) for token in old]
        else:
            pieces += [("removed", token) for token in old]
            pieces += [("added", token) for token in new]
    return TextDifference(tuple(pieces))


def tokens_of(html: str) -> list[Token]:
    """Return the pieces of a text in canonical HTML; joined, they are the text."""
    tokens: list[Token] = []
    _read(read(html), (), tokens)
    return tokens


def _read(nodes: Iterable[Node], marks: tuple[str, ...], tokens: list[Token]) -> None:
    for node in nodes:
        if isinstance(node, str):
            tokens += [
                Token("space" if piece.isspace() else "word", escape(piece), marks) for piece in _PIECES.findall(node)
            ]
        elif node.name in _UNITS or "data-gap" in node.attributes:
            tokens.append(Token("unit", write([node]), marks))
        elif node.name == "br":
            tokens.append(Token("break", write([node]), name="br"))
        else:
            opening = _opening(node)
            is_block = node.name in BLOCKS
            tokens.append(Token("open" if is_block else "inline", opening, name=node.name))
            _read(node.children, marks if is_block else (*marks, opening), tokens)
            tokens.append(Token("close" if is_block else "inline", f"</{node.name}>", name=node.name))


def _opening(element: Element) -> str:
    return write([Element(element.name, element.attributes)]).removesuffix(f"</{element.name}>")


def _opcodes(old: Sequence[Token], new: Sequence[Token]) -> list[Opcode[Token]]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    tail = old[len(old) - end :]
    changed_old, changed_new = old[start : len(old) - end], new[start : len(new) - end]
    middle: list[Opcode[Token]]
    if _steps(changed_old, changed_new) <= MOST_STEPS:
        middle = _matched(changed_old, changed_new)
    else:
        # A text that repeats the same words thousands of times would take minutes word by word.
        old_lines, new_lines = _cut_into_lines(changed_old), _cut_into_lines(changed_new)
        if _steps(old_lines, new_lines) <= MOST_STEPS:
            middle = [
                (is_same, [token for line in a for token in line], [token for line in b for token in line])
                for is_same, a, b in _matched(old_lines, new_lines)
            ]
        else:
            middle = [(False, changed_old, changed_new)]
    return [(True, old[:start], old[:start]), *middle, (True, tail, tail)]


def _steps(old: Sequence[T], new: Sequence[T]) -> int:
    theirs = Counter(new)
    return sum(count * theirs[token] for token, count in Counter(old).items() if not _is_weak(token))


def _matched(old: Sequence[T], new: Sequence[T]) -> list[Opcode[T]]:
    matcher = SequenceMatcher(_is_weak, old, new, autojunk=False)
    return [(tag == "equal", old[a:b], new[c:d]) for tag, a, b, c, d in matcher.get_opcodes()]


def _is_weak(token: object) -> bool:
    """Whether a token is too common to find the same place in both texts by it."""
    return isinstance(token, Token) and token.kind in {"space", "inline"}


def _cut_into_lines(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    lines: list[tuple[Token, ...]] = []
    line: list[Token] = []
    for token in tokens:
        line.append(token)
        if token.kind in {"close", "break"}:
            lines.append(tuple(line))
            line = []
    return [*lines, tuple(line)] if line else lines


def _without_lonely_spaces(opcodes: Sequence[Opcode[Token]]) -> list[Opcode[Token]]:
    """Join changes that only white space parts, so that a changed phrase reads as one."""
    given = [opcode for opcode in opcodes if opcode[1] or opcode[2]]
    joined: list[Opcode[Token]] = []
    for place, (is_same, old, new) in enumerate(given):
        follows_change = bool(joined) and not joined[-1][0]
        is_between = follows_change and place + 1 < len(given) and not given[place + 1][0]
        is_lonely = is_same and is_between and all(token.kind == "space" for token in old)
        if follows_change and (is_lonely or not is_same):
            _, before, after = joined.pop()
            joined.append((False, [*before, *old], [*after, *new]))
        else:
            joined.append((is_same, old, new))
    return joined


def _lines(pieces: Sequence[tuple[Change, Token]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    kind = "p"
    line: list[tuple[Change, Token | str]] = []

    def end_line() -> None:
        if line:
            lines.append(Line(kind, _runs(line)))
            line.clear()

    for change, token in pieces:
        if token.kind == "open" and token.name in _LINES:
            # What holds the line has begun on it, such as a list before its first entry.
            if any(isinstance(shown, Token) for _, shown in line):
                end_line()
            kind = token.name
            if change != "same":
                line.append((change, token.name))
        elif token.kind == "open":
            is_separator = token.name in CELLS and any(isinstance(shown, Token) for _, shown in line)
            if is_separator or change != "same":
                line.append((change, token.name))
        elif token.kind == "close":
            if token.name in _LINES:
                end_line()
                kind = "p"
            elif change != "same" and token.name not in CELLS:
                line.append((change, f"/{token.name}"))
        elif token.kind == "break":
            if change != "same":
                line.append((change, token.name))
            end_line()
        elif token.kind != "inline":
            line.append((change, token))
    end_line()
    return tuple(lines)


def _runs(line: Sequence[tuple[Change, Token | str]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for (change, is_text), members in groupby(line, key=lambda piece: (piece[0], isinstance(piece[1], Token))):
        shown = [piece for _, piece in members]
        if is_text:
            runs.append(Run(change, html=_html([piece for piece in shown if isinstance(piece, Token)])))
        else:
            runs += [Run(change, block=name) for name in shown if isinstance(name, str)]
    return tuple(runs)


def _html(tokens: Sequence[Token]) -> str:
    pieces = []
    for marks, members in groupby(tokens, key=lambda token: token.marks):
        closing = "".join(f"</{_tag_name(mark)}>" for mark in reversed(marks))
        pieces.append("".join(marks) + "".join(token.html for token in members) + closing)
    return "".join(pieces)


def _tag_name(opening: str) -> str:
    return re.split(r"[\s>]", opening[1:], maxsplit=1)[0]
