"""From the text of a GIFT file to its questions: title, text and answer block in the signs of the format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from item_bank.exchange.question_text.text_source import lines_of

_ESCAPED = "~=#{}:\\"
_HIDDEN = 0xF0000
"""Where the stand-ins for escaped signs begin: no text uses characters of this private area."""
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_STAND_IN = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + len(_ESCAPED) - 1)}]")
_TITLE = re.compile(r"::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_ID = re.compile(r"\[id:([^\]]+)\]")
_TAG = re.compile(r"\[tag:([^\]]+)\]")
_LONGEST_BLOCK = 400
"""Lines of an answer block; a longer one has lost its brace."""


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """A question in the signs of the format; ``line`` is where it begins, counted from 1.

    ``answers`` is what stands between the braces, None for a question without any; ``tail`` is the text behind them.
    ``is_closed`` is False when the closing brace is missing.
    """

    line: int
    title: str
    format: str
    text: str
    answers: str | None
    tail: str
    category: str
    id: str | None
    tags: tuple[str, ...]
    is_closed: bool


def questions(text: str) -> Iterator[RawQuestion]:
    """Yield the questions of a file.

    Blank lines stand between questions, ``//`` begins a comment, ``$CATEGORY:`` a category. Blank lines inside an
    answer block do not end its question. Escaped signs are hidden until ``shown``.
    """
    category = ""
    comments: list[str] = []
    gathered: list[str] = []
    first = depth = 0
    for number, shown_line in enumerate(lines_of(text.replace("\r\n", "\n").replace("\r", "\n")), start=1):
        line = _hidden(shown_line)
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append(stripped)
        elif not gathered and stripped.upper().startswith("$CATEGORY:"):
            category = shown(stripped.partition(":")[2].strip())
        elif not stripped and (depth == 0 or len(gathered) > _LONGEST_BLOCK):
            if gathered:
                yield _question("\n".join(gathered), first, category, " ".join(comments))
                comments, gathered, depth = [], [], 0
        else:
            first = first if gathered else number
            gathered.append(line)
            depth = max(0, depth + line.count("{") - line.count("}"))
    if gathered:
        yield _question("\n".join(gathered), first, category, " ".join(comments))


def _question(block: str, line: int, category: str, comments: str) -> RawQuestion:
    rest, title, kind = block.strip(), "", ""
    if match := _TITLE.match(rest):
        title, rest = match[1], rest[match.end() :].lstrip()
    if match := _FORMAT.match(rest):
        kind, rest = match[1].lower(), rest[match.end() :].lstrip()
    text, opening, rest = rest.partition("{")
    answers, closing, tail = rest.partition("}")
    named = _ID.search(comments)
    return RawQuestion(
        line=line,
        title=" ".join(shown(title).split()),
        format=kind,
        text=text,
        answers=answers if opening else None,
        tail=tail,
        category=category,
        id=shown(named[1]).strip() if named else None,
        tags=tuple(shown(tag).strip() for tag in _TAG.findall(comments)),
        is_closed=bool(closing) or not opening,
    )


def split(text: str, signs: str) -> list[tuple[str, str]]:
    """Return the parts of a text that begin with one of some signs: the sign, and what follows up to the next one."""
    parts = re.split(f"([{re.escape(signs)}])", text)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _hidden(text: str) -> str:
    """Return a line whose escaped signs are stand-ins that no rule of the format sees; an escaped n is a line break."""
    plain = _STAND_IN.sub("", text)
    if "\\" not in plain:
        return plain
    return _ESCAPE.sub(lambda match: "\v" if match[1] == "n" else chr(_HIDDEN + _ESCAPED.index(match[1])), plain)


def shown(text: str) -> str:
    """Return a text with its escaped signs as people read them."""
    return _STAND_IN.sub(lambda match: _ESCAPED[ord(match[0]) - _HIDDEN], text.replace("\v", "\n"))
