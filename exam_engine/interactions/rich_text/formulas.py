"""Formulas as people type them: between dollar signs in plain text, as LaTeX in an editor."""

import re
from html import unescape

from exam_engine.interactions.rich_text.errors import LatexError, RichTextTooLongError
from exam_engine.interactions.rich_text.latex import latex_to_mathml
from exam_engine.interactions.rich_text.markup import Element, Node, read, write
from exam_engine.interactions.rich_text.mathematics import tex_source
from exam_engine.interactions.rich_text.plain import text_to_html
from exam_engine.interactions.rich_text.sanitising import MAX_LENGTH

MAX_FORMULAS = 500
"""Most formulas that an editor's text may hold; a long sheet of tasks has a tenth of it."""

_OPENING = re.compile(r"\\\$|\\\\(?=[(\[])|\$\$|\$|\\\[|\\\(")
_ESCAPED = {r"\$": "$", "\\\\": "\\"}
_CLOSINGS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
# Up to the next bare dollar sign of the line; what follows a backslash belongs to the formula.
_BETWEEN_DOLLARS = re.compile(r"(?!\s)((?:\\.|[^$\\\n])+)(?<!\s)\$(?!\w)")

_EDITED = re.compile(r"<span\b((?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>`=]+))?)*)\s*/?>", re.IGNORECASE)
_EDITED_ATTRIBUTE = re.compile(r"([\w:-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>`=]+)))?")
_SPAN_TAG = re.compile(r"<(/?)span\b[^>]*>", re.IGNORECASE)
_LONGEST_PREVIEW = 20_000


def formulas(text: str) -> str:
    r"""Return plain text as canonical HTML with its formulas as MathML.

    Formulas stand between ``$…$`` or ``\(…\)`` within a line, between ``$$…$$`` or ``\[…\]`` on a line of their own.
    ``$…$`` counts only with no white space next to the signs inside and no letter or digit next to them outside: so
    prices (``5$ và 10$``, ``$5–$10``, ``US$3``) and variables of a shell (``$HOME/$USER``) stay as they are. ``\$`` is
    a dollar sign, ``\\(`` and ``\\[`` are a backslash and a bracket.

    Raises
    ------
    LatexError
        A formula cannot be read; its position counts in ``text``.
    """
    if "$" not in text and "\\" not in text:
        return text_to_html(text)
    pieces: list[str] = []
    missing: set[str] = set()
    done = at = 0
    while opening := _OPENING.search(text, at):
        sign, at = opening[0], opening.end()
        if sign in _ESCAPED:
            pieces += [text_to_html(text[done : opening.start()]), _ESCAPED[sign]]
            done = at
            continue
        end = _end_of_inline(text, opening) if sign == "$" else _end_of_marked(text, opening, missing)
        if end is None:
            continue
        start = at
        at = end + (1 if sign == "$" else 2)
        try:
            formula = latex_to_mathml(text[start:end], display=sign in {"$$", r"\["})
        except LatexError as error:
            raise error.moved(start) from error
        pieces += [text_to_html(text[done : opening.start()]), formula]
        done = at
    return "".join([*pieces, text_to_html(text[done:])])


def _end_of_inline(text: str, opening: re.Match[str]) -> int | None:
    """Return where the formula after a dollar sign ends; None when the sign opens none."""
    before = text[opening.start() - 1 : opening.start()]
    if before.isalnum() or before in {"_", "$"}:
        return None
    found = _BETWEEN_DOLLARS.match(text, opening.end())
    return found.end(1) if found else None


def _end_of_marked(text: str, opening: re.Match[str], missing: set[str]) -> int | None:
    """Return where a formula between two-character marks ends; ``missing`` keeps the marks known not to come again."""
    closing = _CLOSINGS[opening[0]]
    if closing in missing:
        return None
    end = text.find(closing, opening.end())
    if end < 0:
        missing.add(closing)
        return None
    content = text[opening.end() : end]
    break_between = "\n" if closing == r"\)" else "\n\n"
    return end if content.strip() and break_between not in content else None


def set_formulas(html: str) -> str:
    """Return an editor's HTML with each ``<span data-latex="…">`` as MathML; all else is left as it is.

    ``data-display="block"`` gives the formula its own line. What the span shows inside is the editor's preview and is
    dropped. The result is still to be sanitised.

    Raises
    ------
    LatexError
        A formula cannot be read; its position counts in the formula, which the fault names. Or there are too many.
    RichTextTooLongError
        Longer than sanitising takes.
    """
    if "data-latex" not in html:
        return html
    if len(html) > MAX_LENGTH:
        raise RichTextTooLongError(max_length=MAX_LENGTH)
    if html.count("data-latex") > MAX_FORMULAS:
        raise LatexError("latex_too_many", max_formulas=MAX_FORMULAS)
    pieces: list[str] = []
    done = 0
    for span in _EDITED.finditer(html):
        if span.start() < done:
            continue
        attributes = {
            name.lower(): unescape(double or single or bare)
            for name, double, single, bare in _EDITED_ATTRIBUTE.findall(span[1])
        }
        if "data-latex" not in attributes:
            continue
        formula = latex_to_mathml(attributes["data-latex"], display=attributes.get("data-display") == "block")
        pieces += [html[done : span.start()], formula]
        done = _end_of_span(html, span.end())
    return "".join([*pieces, html[done:]])


def _end_of_span(html: str, start: int) -> int:
    """Return where the span ends whose content starts there; an unclosed one is taken to have no content."""
    depth = 1
    for tag in _SPAN_TAG.finditer(html, start, start + _LONGEST_PREVIEW):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return start


def editable(html: str) -> str:
    """Return canonical HTML as the editor takes it: formulas with a LaTeX source as ``<span data-latex="…"></span>``.

    Formulas without a source stay MathML, which the editor shows but does not change.
    """
    return write(_editable(read(html))) if "<math" in html else html


def _editable(nodes: list[Node]) -> list[Node]:
    made: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name == "math" and (source := tex_source(node)):
            attributes = {"data-latex": source}
            if node.attributes.get("display") == "block":
                attributes["data-display"] = "block"
            made.append(Element("span", attributes))
        else:
            if isinstance(node, Element) and node.name != "math":
                node.children = _editable(node.children)
            made.append(node)
    return made
