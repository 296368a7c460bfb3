"""Where the options of a question begin: on lines of their own, side by side on one line, or behind the stem."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from item_bank.exchange.question_text.lines import Line, cut, trimmed
from item_bank.exchange.question_text.signs import OPTION
from item_bank.exchange.word.blocks import OBJECT

_STRONG_GAP = re.compile(rf"(?:\t|[^\S\n]{{2,}}|{OBJECT}\s*)$")
_SUREST = 2
LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class LetteredPart:
    """An option or statement with its letter: the printed letter with its sign, and what follows."""

    letter: str
    label: Line
    lines: tuple[Line, ...]
    is_starred: bool = False


@dataclass(frozen=True, slots=True)
class SplitQuestion:
    """A question's lines by what they are; ``problems`` are message codes with the letter that is meant."""

    stem: tuple[Line, ...]
    parts: tuple[LetteredPart, ...] = ()
    is_upper: bool = True
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: int
    start: int
    end: int
    letter: int
    is_upper: bool
    is_starred: bool
    strength: int
    """2 at the beginning of a line, 1 behind a tab, two spaces or a picture, 0 behind one space."""

    @property
    def at(self) -> tuple[int, int]:
        return self.line, self.start


@dataclass
class _Chain:
    members: list[_Candidate] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def split_options(lines: Sequence[Line]) -> SplitQuestion:
    """Return stem and options of a question; letters count from A without a gap.

    A letter at the beginning of a line is surer than one behind a tab, and that surer than one behind a space; of two
    that are equally sure none is taken silently: the question gets a problem.
    """
    found = [candidate for number, line in enumerate(lines) for candidate in _candidates(line, number)]
    for is_upper in (True, False):
        chain = _chain([candidate for candidate in found if candidate.is_upper is is_upper])
        if chain.members:
            return _split(lines, chain, is_upper=is_upper)
    return SplitQuestion(tuple(trimmed(lines)))


def _candidates(line: Line, number: int) -> list[_Candidate]:
    if line.grid:
        return []
    found = []
    text = line.text
    beginning = len(text) - len(text.lstrip())
    for match in OPTION.finditer(text):
        at = match.start()
        if at and not text[at - 1].isspace() and text[at - 1] != OBJECT:
            continue
        letter = match["letter"]
        if letter.islower() and text[match.end() - 1] not in ".)":
            continue
        strength = _SUREST if at <= beginning else 1 if _STRONG_GAP.search(text[max(0, at - 8) : at]) else 0
        found.append(
            _Candidate(
                number,
                match.start(),
                match.end(),
                LETTERS.index(letter.upper()),
                letter.isupper(),
                match["star"] is not None,
                strength,
            )
        )
    return found


def _chain(candidates: Sequence[_Candidate]) -> _Chain:
    chain = _Chain()
    by_letter: dict[int, list[_Candidate]] = {}
    for candidate in candidates:
        by_letter.setdefault(candidate.letter, []).append(candidate)
    starts = [candidate for candidate in candidates if candidate.strength == _SUREST]
    after = (-1, -1)
    for letter in range(len(LETTERS)):
        # What comes behind a line that begins with a later letter belongs to that letter's option; only before the
        # first option such a line is part of the stem: "C. Mác viết gì?"
        limit = min((start.at for start in starts if start.letter > letter and start.at > after), default=None)
        possible = [
            candidate
            for candidate in by_letter.get(letter, ())
            if candidate.at > after
            and (limit is None or candidate.at < limit or (not chain.members and candidate.strength == _SUREST))
        ]
        if not possible:
            break
        surest = max(candidate.strength for candidate in possible)
        best = [candidate for candidate in possible if candidate.strength == surest]
        if len(best) > 1:
            chain.problems.append(("option_letter_repeated", LETTERS[letter]))
        chain.members.append(best[0])
        after = best[0].at
    members = chain.members
    is_loose = bool(members) and members[0].strength < 2
    if len(members) < (2 if not is_loose else 3 if members[0].strength == 0 else 2) and (is_loose or not members):
        return _Chain()
    chain.problems += _left_over(starts, members)
    return chain


def _left_over(starts: Sequence[_Candidate], members: Sequence[_Candidate]) -> list[tuple[str, str]]:
    """Return problems of lines that begin with a letter but are no option of the chain."""
    problems = []
    last = members[-1]
    for start in starts:
        if start.at > last.at:
            code = "option_letter_repeated" if start.letter <= last.letter else "option_letter_skipped"
            problems.append((code, LETTERS[start.letter]))
            break
    return problems


def _split(lines: Sequence[Line], chain: _Chain, *, is_upper: bool) -> SplitQuestion:
    members = chain.members
    first = members[0]
    stem = [*lines[: first.line], cut(lines[first.line], 0, first.start)]
    ends = [*((after.line, after.start) for _, after in pairwise(members)), (len(lines), 0)]
    parts = []
    for member, (end_line, end_at) in zip(members, ends, strict=True):
        line = lines[member.line]
        if end_line == member.line:
            content = [cut(line, member.end, end_at)]
        else:
            content = [cut(line, member.end), *lines[member.line + 1 : end_line]]
            if end_line < len(lines) and end_at:
                content.append(cut(lines[end_line], 0, end_at))
        parts.append(
            LetteredPart(
                LETTERS[member.letter],
                cut(line, member.start, member.end),
                tuple(trimmed(content)),
                member.is_starred,
            )
        )
    stem = trimmed(stem)
    return SplitQuestion(tuple(stem), tuple(parts), is_upper, tuple(dict.fromkeys(chain.problems)))
