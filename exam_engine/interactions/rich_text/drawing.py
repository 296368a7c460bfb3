"""What the LaTeX library makes, as browsers draw it: MathML Core has no variants of letters, strokes or alignments."""

import re
import unicodedata
from collections.abc import Sequence
from typing import TypeGuard
from xml.etree import ElementTree

from exam_engine.interactions.rich_text.errors import LatexError
from exam_engine.interactions.rich_text.latex_syntax import MAX_NESTING
from exam_engine.interactions.rich_text.letters import in_variant
from exam_engine.interactions.rich_text.markup import Element, Node, text_of
from exam_engine.interactions.rich_text.subset import MATH_ARITY, MATH_TOKENS

_MAX_DEPTH = 60
_CODE_POINT = re.compile("&#x([0-9A-Fa-f]{2,6});")
_ASCII_LETTER = re.compile("&#x0*(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]);")
_ESCAPED_SIGN = re.compile(r"\\([{}|&%$#_])")
_SPACE_BETWEEN_WORDS = re.compile("(?<=\\S)\u00a0(?=\\S)")
_PUNCTUATION = frozenset(";:")
# Mathematical signs that stand for a thing, not for an operation: no space around.
_THINGS = frozenset("∞∅⊤⊥")
_BRACKETS = frozenset("⌊⌋⌈⌉")
_STROKE = "⧸"
_SOLIDUS = "\u0338"

_HORIZONTAL_BAR = "―"
_OVERLINE = "‾"
_WIDE = frozenset("^~→←↔⏜⏝⏞⏟⎴⎵⌢⌣ˇ")
_ACCENTS = _WIDE | {"¯", "˘", "˙", _HORIZONTAL_BAR}
# Over and under the sign in a line of its own, beside it in running text.
_NARY = frozenset("∑∏∐⋀⋁⋂⋃⨀⨁⨂⨄⨆")
_LIMITED = frozenset({"lim", "limsup", "liminf", "lim sup", "lim inf", "max", "min", "sup", "inf", "gcd", "det", "Pr"})
_WITH_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}


def drawn(tree: ElementTree.Element, latex: str) -> list[Node]:
    """Return the content of the library's formula in the subset.

    Raises
    ------
    LatexError
        An argument is missing, or something stands where it cannot be drawn.
    """
    top: list[Node] = [_element(child, latex, 1) for child in tree]
    if len(top) == 1 and _is(top[0], "mrow"):
        top = top[0].children
    rows: list[list[Node]] = [[]]
    for node in top:
        if _is_line_break(node):
            rows.append([])
        else:
            rows[-1].append(node)
    if any(_has_line_break(row) for row in rows):
        raise LatexError("latex_line_break", latex=latex)
    if len(rows) == 1:
        return [Element("mrow", {}, rows[0])]
    lines: list[Node] = [Element("mtr", {}, [Element("mtd", {}, row)]) for row in rows]
    return [Element("mtable", {"displaystyle": "true"}, lines)]


def _element(tree: ElementTree.Element, latex: str, depth: int) -> Element:
    if depth > _MAX_DEPTH:
        raise LatexError("latex_too_deep", latex=latex, max_nesting=MAX_NESTING)
    name = tree.tag
    if name in MATH_ARITY and len(tree) != MATH_ARITY[name]:
        raise LatexError("latex_incomplete", latex=latex)
    if name in MATH_TOKENS:
        return _token(name, dict(tree.attrib), "".join(tree.itertext()), latex)
    children = _numbers(_crossed([_element(child, latex, depth + 1) for child in tree]))
    attributes = dict(tree.attrib)
    if name in _WITH_LIMITS and _takes_limits(children[0]):
        name = _WITH_LIMITS[name]
    elif name in _WITH_LIMITS.values() and _is(children[0], "mo") and text_of(children[0].children) in _NARY:
        # Asked for with \limits, or on a line of its own: they stay where the author put them.
        children[0].attributes.setdefault("movablelimits", "false")
    elif name in {"mover", "munder"}:
        return _accented(name, attributes, children)
    return Element(name, attributes, children)


def _token(name: str, attributes: dict[str, str], written: str, latex: str) -> Element:
    text = _CODE_POINT.sub(lambda match: chr(int(match[1], 16)), written)
    if name == "mi" and _ASCII_LETTER.fullmatch(written):
        # Upright letters come as code points without a variant; a lone letter would be drawn italic.
        attributes.setdefault("mathvariant", "normal")
    if name != "mtext" and text.startswith("\\") and not _ESCAPED_SIGN.fullmatch(text):
        raise LatexError("latex_command_unknown", latex=latex, command=text)
    text = _ESCAPED_SIGN.sub(lambda match: "‖" if match[1] == "|" else match[1], text)
    if name == "mtext":
        # The library fixes every space; those between words need it as little as elsewhere.
        text = _SPACE_BETWEEN_WORDS.sub(" ", text)
    if name == "mi" and (text in _PUNCTUATION or _is_operator(text)):
        name = "mo"
    elif name == "mo" and text in _THINGS:
        name = "mi"
    variant = attributes.get("mathvariant", "normal")
    if name in {"mi", "mn"} and variant != "normal" and (styled := in_variant(text, variant)):
        del attributes["mathvariant"]
        text = styled
    return Element(name, attributes, [text] if text else [])


def _is_operator(text: str) -> bool:
    return len(text) == 1 and unicodedata.category(text) == "Sm" and text not in _THINGS | _BRACKETS


def _crossed(nodes: list[Element]) -> list[Element]:
    r"""Return nodes with the stroke of ``\not`` put through the sign that follows it."""
    made: list[Element] = []
    is_crossed = False
    for node in nodes:
        if node.name == "mpadded" and text_of(node.children) == _STROKE:
            is_crossed = True
            continue
        if is_crossed and node.name in MATH_TOKENS:
            node.children = [unicodedata.normalize("NFC", text_of(node.children) + _SOLIDUS)]
            is_crossed = False
        made.append(node)
    return made


def _numbers(nodes: Sequence[Element]) -> list[Node]:
    """Return nodes with ``3{,}14`` as one number: as an operator, the comma would get space after it."""
    made: list[Node] = []
    at = 0
    while at < len(nodes):
        node = nodes[at]
        if node.name == "mn" and at + 2 < len(nodes) and _is_braced_comma(nodes[at + 1]) and nodes[at + 2].name == "mn":
            made.append(Element("mn", node.attributes, [f"{text_of(node.children)},{text_of(nodes[at + 2].children)}"]))
            at += 3
        else:
            made.append(node)
            at += 1
    return made


def _is_braced_comma(node: Element) -> bool:
    return node.name == "mrow" and len(node.children) == 1 and _is(node.children[0], "mo") and text_of([node]) == ","


def _accented(name: str, attributes: dict[str, str], children: list[Node]) -> Element:
    """Return a base with what stands over or under it; bars, hats and arrows as accents as wide as the base."""
    base, script = children
    if _is(script, "mrow") and len(script.children) == 1:
        script = script.children[0]
    sign = text_of([script])
    if not isinstance(script, Element) or script.name not in {"mi", "mo"} or sign not in _ACCENTS:
        return Element(name, attributes, children)
    is_over_all = not _is(base, "mi")
    if sign == _HORIZONTAL_BAR or (sign == "¯" and is_over_all):
        # Few fonts have a bar that stretches: by this mark the style sheet draws one as wide as the base.
        operator = Element("mo", {"accent": "true", "stretchy": "true"}, [_OVERLINE])
    else:
        operator = Element("mo", {"stretchy": "true"} if is_over_all and sign in _WIDE else {}, [sign])
    return Element(name, {"accent" if name == "mover" else "accentunder": "true"}, [base, operator])


def _takes_limits(base: Node) -> bool:
    if not _is(base, "mo"):
        return False
    sign = text_of(base.children)
    if sign in _LIMITED:
        base.attributes["movablelimits"] = "true"
    return sign in _NARY or base.attributes.get("movablelimits") == "true"


def _is_line_break(node: Node) -> bool:
    return _is(node, "mspace") and node.attributes.get("linebreak") == "newline"


def _has_line_break(nodes: Sequence[Node]) -> bool:
    return any(_is_line_break(node) or (isinstance(node, Element) and _has_line_break(node.children)) for node in nodes)


def _is(node: Node, name: str) -> TypeGuard[Element]:
    return isinstance(node, Element) and node.name == name
