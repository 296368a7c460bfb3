"""Formulas of rich texts (MathML) as Word sets them (Office Math).

References
----------
ECMA-376 part 1, 22.1, Office Math markup.
"""

from collections.abc import Sequence

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from exam_engine.interactions.rich_text.markup import Element, Node, text_of

_SCRIPTS = {
    "msub": ("m:sSub", ("m:sub",)),
    "msup": ("m:sSup", ("m:sup",)),
    "msubsup": ("m:sSubSup", ("m:sub", "m:sup")),
}
_LEFT, _RIGHT = frozenset("([{|‖⟨⌊⌈"), frozenset(")]}|‖⟩⌋⌉")
_TOKENS = frozenset({"mi", "mn", "mo", "mtext"})


def office_math(math: Element) -> etree._Element:
    """Return a ``math`` element as an ``m:oMath``; names that stand upright stay upright."""
    formula = OxmlElement("m:oMath")
    _fill(formula, math.children)
    return formula


def _fill(parent: etree._Element, nodes: Sequence[Node]) -> None:
    elements = [node for node in nodes if isinstance(node, Element)]
    if len(elements) > 2 and _is_sign(elements[0], _LEFT) and _is_sign(elements[-1], _RIGHT):
        parent.append(_fenced(elements))
        return
    for element in elements:
        _element(parent, element)


def _is_sign(element: Element, signs: frozenset[str]) -> bool:
    return element.name == "mo" and text_of(element.children).strip() in signs


def _fenced(elements: Sequence[Element]) -> etree._Element:
    fence = OxmlElement("m:d")
    properties = OxmlElement("m:dPr")
    for name, sign in (("m:begChr", elements[0]), ("m:endChr", elements[-1])):
        properties.append(_valued(name, text_of(sign.children).strip()))
    fence.append(properties)
    fence.append(_part("m:e", elements[1:-1]))
    return fence


def _element(parent: etree._Element, element: Element) -> None:
    children = [child for child in element.children if isinstance(child, Element)]
    match element.name:
        case name if name in _TOKENS:
            _run(parent, element)
        case "mspace":
            _run(parent, Element("mtext", {}, [" "]))
        case "annotation" | "mphantom":
            return
        case "mfrac" if len(children) == 2:
            fraction = OxmlElement("m:f")
            if element.attributes.get("linethickness", "").rstrip("px") == "0":
                properties = OxmlElement("m:fPr")
                properties.append(_valued("m:type", "noBar"))
                fraction.append(properties)
            fraction.extend([_part("m:num", children[:1]), _part("m:den", children[1:])])
            parent.append(fraction)
        case "msqrt" | "mroot":
            _root(parent, element.name, children)
        case name if name in _SCRIPTS and len(children) == 1 + len(_SCRIPTS[name][1]):
            tag, parts = _SCRIPTS[name]
            script = OxmlElement(tag)
            script.append(_part("m:e", children[:1]))
            script.extend([_part(part, [child]) for part, child in zip(parts, children[1:], strict=True)])
            parent.append(script)
        case "munder" | "mover" | "munderover":
            _limits(parent, element, children)
        case "mtable":
            _matrix(parent, children)
        case _:
            _fill(parent, element.children)


def _root(parent: etree._Element, name: str, children: Sequence[Element]) -> None:
    root = OxmlElement("m:rad")
    properties = OxmlElement("m:radPr")
    if name == "msqrt":
        properties.append(_valued("m:degHide", "1"))
    degree = children[1:2] if name == "mroot" else []
    root.extend([properties, _part("m:deg", degree), _part("m:e", children[:1] if name == "mroot" else children)])
    parent.append(root)


def _limits(parent: etree._Element, element: Element, children: Sequence[Element]) -> None:
    if element.name == "mover" and element.attributes.get("accent") == "true" and len(children) == 2:
        accent = OxmlElement("m:acc")
        properties = OxmlElement("m:accPr")
        properties.append(_valued("m:chr", text_of([children[1]]).strip()))
        accent.extend([properties, _part("m:e", children[:1])])
        parent.append(accent)
        return
    places = {"munder": ["m:limLow"], "mover": ["m:limUpp"], "munderover": ["m:limLow", "m:limUpp"]}[element.name]
    inner = _part("m:e", children[:1])
    made = inner
    for place, limit in zip(places, children[1:], strict=False):
        made = OxmlElement(place)
        made.extend([inner, _part("m:lim", [limit])])
        inner = OxmlElement("m:e")
        if place != places[-1]:
            inner.append(made)
    parent.append(made)


def _matrix(parent: etree._Element, rows: Sequence[Element]) -> None:
    matrix = OxmlElement("m:m")
    for row in rows:
        line = OxmlElement("m:mr")
        line.extend([_part("m:e", [cell]) for cell in row.children if isinstance(cell, Element)])
        matrix.append(line)
    parent.append(matrix)


def _part(tag: str, nodes: Sequence[Node]) -> etree._Element:
    part = OxmlElement(tag)
    _fill(part, nodes)
    return part


def _run(parent: etree._Element, token: Element) -> None:
    text = text_of(token.children)
    run = OxmlElement("m:r")
    is_upright = token.name == "mtext" or (token.name == "mi" and len(text.strip()) > 1)
    if is_upright or token.attributes.get("mathvariant") == "normal":
        properties = OxmlElement("m:rPr")
        properties.append(_valued("m:sty", "p"))
        run.append(properties)
    content = OxmlElement("m:t")
    content.text = text
    content.set(qn("xml:space"), "preserve")
    run.append(content)
    parent.append(run)


def _valued(tag: str, value: str) -> etree._Element:
    element = OxmlElement(tag)
    element.set(qn("m:val"), value)
    return element
