"""From lines to the HTML in which items are stored."""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby

from exam_engine.interactions.rich_text import LatexError, formulas, sanitise, text_to_html
from item_bank.exchange.question_text.lines import GridCell, Line, Piece, cut
from item_bank.exchange.word.blocks import Format

CARRIED_KINDS = ("bold", "italic", "underline")
"""Kinds of marks that are formatting of the subset too, so that a mark of the key has to be taken out of the text."""

_SPACES = re.compile(r"[^\S\n]+")
_CODE_FONTS = re.compile(r"courier|consolas|mono|lucida console|menlo|fixedsys|source code", re.IGNORECASE)

Broken = Callable[[LatexError, Line], None]
"""Told of a formula typed as LaTeX that cannot be read."""

Tags = tuple[str, ...]


def html_of(lines: Iterable[Line], stripped: frozenset[str] = frozenset(), broken: Broken | None = None) -> str:
    """Return lines as canonical HTML: one paragraph as bare text, several as paragraphs, bullets as a list.

    Parameters
    ----------
    stripped : kinds of marks that are left out of the text, because they are the key.

    Raises
    ------
    RichTextTooLongError, RichTextTooComplexError
    """
    paragraphs = _paragraphs(lines)
    if not paragraphs:
        return ""
    if len(paragraphs) == 1 and not paragraphs[0][0].grid and not paragraphs[0][0].is_bullet:
        return sanitise(_paragraph(paragraphs[0], stripped, broken)).html
    pieces: list[str] = []
    for (is_list, is_code), group in groupby(paragraphs, key=lambda one: (one[0].is_bullet, _is_code(one))):
        if is_code:
            pieces.append(_code([line for paragraph in group for line in paragraph]))
            continue
        if is_list:
            items = "".join(f"<li>{_paragraph(lines, stripped, broken)}</li>" for lines in group)
            pieces.append(f"<ul>{items}</ul>")
            continue
        for paragraph in group:
            if paragraph[0].grid:
                pieces.append(_table(paragraph[0], stripped, broken))
            else:
                pieces.append(f"<p>{_paragraph(paragraph, stripped, broken)}</p>")
    return sanitise("".join(pieces)).html


def _is_code(paragraph: Sequence[Line]) -> bool:
    """Whether a paragraph is program code: all of its text is in a font for code."""
    pieces = [piece for line in paragraph for piece in line.pieces if piece.text.strip()]
    return (
        bool(pieces)
        and not paragraph[0].is_bullet
        and all(not piece.is_object and _CODE_FONTS.search(piece.format.font) for piece in pieces)
    )


def _code(lines: Sequence[Line]) -> str:
    """Return lines of program code with their indents."""
    text = "\n".join(line.text.rstrip() for line in lines)
    return f"<pre>{escape(text)}</pre>" if len(lines) > 1 else f"<p><code>{escape(text.strip())}</code></p>"


def _paragraphs(lines: Iterable[Line]) -> list[list[Line]]:
    """Return lines by paragraph, without blank ones."""
    paragraphs: list[list[Line]] = []
    for line in lines:
        if line.is_blank:
            continue
        if line.is_soft and paragraphs and not line.grid and not paragraphs[-1][0].grid:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _paragraph(lines: Sequence[Line], stripped: frozenset[str], broken: Broken | None) -> str:
    return "<br>".join(_line(line, stripped, broken) for line in lines)


def _line(line: Line, stripped: frozenset[str], broken: Broken | None) -> str:
    parts: list[str] = []
    shown = line.text.strip()
    start = line.text.find(shown)
    pieces = cut(line, start, start + len(shown)).pieces
    # Neighbours that look alike once the marks are taken out are one text: a formula may reach over them.
    for tags, group in groupby(pieces, key=lambda piece: _tags(piece, stripped)):
        inside = "".join(_texts(group, line, broken))
        if tags and inside.strip():
            inside = "".join(f"<{tag}>" for tag in tags) + inside + "".join(f"</{tag}>" for tag in reversed(tags))
        parts.append(inside)
    return "".join(parts)


def _texts(pieces: Iterable[Piece], line: Line, broken: Broken | None) -> Iterable[str]:
    for is_object, group in groupby(pieces, key=lambda piece: piece.is_object):
        if is_object:
            yield from (piece.html for piece in group)
            continue
        text = _SPACES.sub(" ", "".join(_shown(piece) for piece in group))
        try:
            yield formulas(text)
        except LatexError as error:
            if broken is not None:
                broken(error, line)
            yield text_to_html(text)


def _shown(piece: Piece) -> str:
    return piece.text.upper() if piece.format.is_capitals else piece.text


def _tags(piece: Piece, stripped: frozenset[str]) -> Tags:
    if piece.is_object or not piece.text.strip():
        return ()
    shape: Format = piece.format
    tags = [
        tag
        for tag, is_on, kind in (
            ("strong", shape.is_bold, "bold"),
            ("em", shape.is_italic, "italic"),
            ("u", bool(shape.underline), "underline"),
            ("s", shape.is_struck, ""),
            ("code", bool(shape.font and _CODE_FONTS.search(shape.font)), ""),
        )
        if is_on and kind not in stripped
    ]
    return (*tags, shape.position) if shape.position else tuple(tags)


def _table(line: Line, stripped: frozenset[str], broken: Broken | None) -> str:
    rows = []
    for row in line.grid:
        cells = "".join(_cell(cell, stripped, broken) for cell in row if cell.rows)
        rows.append(f"<tr>{cells}</tr>")
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _cell(cell: GridCell, stripped: frozenset[str], broken: Broken | None) -> str:
    spans = f' colspan="{cell.columns}"' * (cell.columns > 1) + f' rowspan="{cell.rows}"' * (cell.rows > 1)
    paragraphs = _paragraphs(cell.lines)
    inside = [
        _table(paragraph[0], stripped, broken) if paragraph[0].grid else _paragraph(paragraph, stripped, broken)
        for paragraph in paragraphs
    ]
    if len(inside) > 1:
        inside = [text if text.startswith("<table>") else f"<p>{text}</p>" for text in inside]
    return f"<td{spans}>{''.join(inside)}</td>"
