"""LaTeX to canonical presentation MathML, with the source kept beside for the next change."""

import re
from xml.etree import ElementTree

from latex2mathml import commands
from latex2mathml.converter import convert_to_element
from latex2mathml.symbols_parser import SYMBOLS

from exam_engine.interactions.rich_text.characters import clean
from exam_engine.interactions.rich_text.errors import LatexError
from exam_engine.interactions.rich_text.markup import Element, Node, write
from exam_engine.interactions.rich_text.mathematics import formula
from exam_engine.interactions.rich_text.subset import MATH_ARITY, MATH_TOKENS, TEX

MAX_LENGTH = 2000
"""Longest formula, in characters."""

MAX_NESTING = 20
"""How deep braces, ``\\left`` and environments may lie in each other."""

_MAX_DEPTH = 60
_CODE_POINT = re.compile("&#x([0-9A-Fa-f]{2,6});")
_ASCII_LETTER = re.compile("&#x0*(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]);")
_ESCAPED_SIGN = re.compile(r"\\[{}|&%$#_]")
_PUNCTUATION = frozenset(";:")

_ENVIRONMENTS = frozenset(
    [
        "align",
        "align*",
        "aligned",
        "array",
        "bmatrix",
        "Bmatrix",
        "cases",
        "gathered",
        "matrix",
        "pmatrix",
        "smallmatrix",
        "split",
        "vmatrix",
        "Vmatrix",
    ]
)
# The library draws these two only under other names; the source that is kept has the author's.
_DRAWN_AS = {"aligned": "split", "gathered": "matrix"}

# Definitions make formulas of unbounded size; the others ask for links, styles or files of the page, or for boxes and
# strokes that MathML Core does not draw, so that the formula would say something else than was typed.
_REFUSED = frozenset(
    [
        r"\newcommand",
        r"\renewcommand",
        r"\providecommand",
        r"\def",
        r"\gdef",
        r"\edef",
        r"\xdef",
        r"\let",
        r"\futurelet",
        r"\require",
        r"\href",
        r"\class",
        r"\style",
        r"\cssId",
        r"\unicode",
        r"\boxed",
        r"\fbox",
        r"\cancel",
        r"\bcancel",
        r"\xcancel",
        r"\colorbox",
        r"\fcolorbox",
        r"\color",
        r"\textcolor",
        r"\verb",
        r"\genfrac",
        r"\char",
        r"\input",
        r"\include",
        r"\label",
        r"\ref",
        r"\limits@",
        r"\begingroup",
        r"\endgroup",
    ]
)


def _known_commands() -> frozenset[str]:
    names = {r"\begin", r"\end", "\\ ", r"\operatorname"} | set(SYMBOLS)
    for value in vars(commands).values():
        if isinstance(value, str):
            names.add(value)
        elif isinstance(value, tuple | dict):
            names.update(name for name in value if isinstance(name, str))
    # Environments stand in the library's list as commands of their name.
    plain = {name for name in names if name.startswith("\\")} - {f"\\{name}" for name in _ENVIRONMENTS}
    return frozenset(plain - _REFUSED - {"\\"})


_KNOWN = _known_commands()
_LEXEME = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}%$&]|.", re.DOTALL)
_ENVIRONMENT_NAME = re.compile(r"\s*\{\s*([A-Za-z]+\*?)\s*\}")


def latex_to_mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula typed as LaTeX as canonical MathML that carries its source; ``display`` gives it its own line.

    Raises
    ------
    LatexError
        The formula cannot be read or drawn; the fault names what and, where known, the character.
    """
    source = clean(latex).strip()
    offset = len(latex) - len(latex.lstrip())
    try:
        _check(source)
        drawn = _drawn(source, display=display)
    except LatexError as error:
        raise error.moved(offset) if offset and error.position is not None else error from error.__cause__
    attributes = {"display": "block"} if display else {}
    annotation = Element("annotation", {"encoding": TEX}, [source])
    return write([formula(Element("math", attributes, [*drawn, annotation]), set())])


def _check(latex: str) -> None:
    """Refuse what the library would misread without a word, with the place."""
    if not latex:
        raise LatexError("latex_empty")
    if len(latex) > MAX_LENGTH:
        raise LatexError("latex_too_long", latex=latex, max_length=MAX_LENGTH)
    open_groups: list[tuple[str, int]] = []
    for lexeme in _LEXEME.finditer(latex):
        sign, position = lexeme[0], lexeme.start() + 1
        if sign in {"{", r"\left"}:
            open_groups.append((sign, position))
        elif sign in {"}", r"\right"}:
            _close(open_groups, "{" if sign == "}" else r"\left", sign, position, latex)
        elif sign in {r"\begin", r"\end"}:
            named = _ENVIRONMENT_NAME.match(latex, lexeme.end())
            name = named[1] if named else ""
            if name not in _ENVIRONMENTS:
                raise LatexError("latex_environment_unknown", position=position, latex=latex, name=name or sign)
            if sign == r"\begin":
                open_groups.append((f"\\begin{{{name}}}", position))
            else:
                _close(open_groups, f"\\begin{{{name}}}", f"\\end{{{name}}}", position, latex)
        elif sign == "%":
            raise LatexError("latex_bare_percent", position=position, latex=latex)
        elif sign == "$":
            raise LatexError("latex_bare_dollar", position=position, latex=latex)
        elif sign == "&" and not open_groups:
            raise LatexError("latex_bare_ampersand", position=position, latex=latex)
        elif sign[0] == "\\" and not _is_known(sign):
            raise LatexError("latex_command_unknown", position=position, latex=latex, command=sign)
        if len(open_groups) > MAX_NESTING:
            raise LatexError("latex_too_deep", position=position, latex=latex, max_nesting=MAX_NESTING)
    if open_groups:
        opening, position = open_groups[-1]
        raise LatexError("latex_not_closed", position=position, latex=latex, opening=opening)


def _close(open_groups: list[tuple[str, int]], opening: str, sign: str, position: int, latex: str) -> None:
    if not open_groups or open_groups[-1][0] != opening:
        raise LatexError("latex_not_opened", position=position, latex=latex, closing=sign)
    open_groups.pop()


def _is_known(sign: str) -> bool:
    # A star after a command that has no starred form is a multiplication sign.
    return sign in _KNOWN or (sign.endswith("*") and len(sign) > 2 and sign[:-1] in _KNOWN)


def _drawn(latex: str, *, display: bool) -> list[Node]:
    source = latex
    for name, drawn_as in _DRAWN_AS.items():
        source = re.sub(rf"(\\(?:begin|end)\s*\{{)\s*{name}\s*\}}", rf"\1{drawn_as}}}", source)
    try:
        tree = convert_to_element(source, display="block" if display else "inline")
    except RecursionError as error:
        raise LatexError("latex_too_deep", latex=latex, max_nesting=MAX_NESTING) from error
    except Exception as error:
        # Besides its own errors the library lets out StopIteration, IndexError and KeyError: each means that
        # something expected did not come.
        raise LatexError("latex_incomplete", latex=latex) from error
    return [_element(child, latex, 1) for child in tree]


def _element(tree: ElementTree.Element, latex: str, depth: int) -> Element:
    if depth > _MAX_DEPTH:
        raise LatexError("latex_too_deep", latex=latex, max_nesting=MAX_NESTING)
    name = tree.tag
    if name in MATH_ARITY and len(tree) != MATH_ARITY[name]:
        raise LatexError("latex_incomplete", latex=latex)
    if name in MATH_TOKENS:
        return _token(name, dict(tree.attrib), "".join(tree.itertext()))
    children: list[Node] = [_element(child, latex, depth + 1) for child in tree]
    return Element(name, dict(tree.attrib), children)


def _token(name: str, attributes: dict[str, str], written: str) -> Element:
    text = _CODE_POINT.sub(lambda match: chr(int(match[1], 16)), written)
    if name == "mi" and _ASCII_LETTER.fullmatch(written):
        # Upright letters come as code points without a variant; a lone letter would be drawn italic.
        attributes.setdefault("mathvariant", "normal")
    if name == "mi" and text in _PUNCTUATION:
        name = "mo"
    if name == "mo" and _ESCAPED_SIGN.fullmatch(text):
        text = "‖" if text == r"\|" else text[1:]
    return Element(name, attributes, [text] if text else [])
