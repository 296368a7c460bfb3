"""Canonical presentation MathML: elements, their arguments, and the LaTeX source kept beside."""

from collections.abc import Sequence

from exam_engine.interactions.rich_text.characters import clean
from exam_engine.interactions.rich_text.markup import Element, Node, text_of
from exam_engine.interactions.rich_text.permitted import permitted
from exam_engine.interactions.rich_text.subset import (
    MATH_ARITY,
    MATH_ELEMENTS,
    MATH_TOKENS,
    RENAMED,
    TEX,
)

_SPACE = " \t\n\r\f"


def formula(math: Element, removed: set[str]) -> Element:
    """Return a formula in canonical form; names of what is left out are added to ``removed``."""
    attributes = permitted("math", math.attributes, removed)
    if attributes.get("display") == "inline":
        del attributes["display"]
    source = tex_source(math)
    content = _nodes([child for child in math.children if not _is_annotation(child)], removed)
    if source:
        annotation = Element("annotation", {"encoding": TEX}, [source])
        content = [Element("semantics", {}, [_one(content), annotation])]
    return Element("math", attributes, content)


def tex_source(math: Element) -> str:
    """Return the LaTeX that a formula carries, empty when it has none."""
    for child in math.children:
        if isinstance(child, str):
            continue
        if child.name == "annotation":
            if child.attributes.get("encoding", "").strip().lower() in {TEX, "tex", "latex"}:
                return clean(text_of(child.children)).strip()
        elif found := tex_source(child):
            return found
    return ""


def _nodes(nodes: Sequence[Node], removed: set[str]) -> list[Node]:
    made: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            made.extend(_element(node, removed))
        elif text := _trimmed(node):
            # Text outside of a token element would not be drawn.
            made.append(Element("mtext", {}, [text]))
    return made


def _element(element: Element, removed: set[str]) -> list[Node]:
    name = "mrow" if element.name == "math" else RENAMED.get(element.name, element.name)
    if name == "annotation":
        return []
    if name == "mfenced":
        return [_fenced(element, removed)]
    if name in MATH_TOKENS:
        text = _trimmed(text_of(element.children))
        removed.update(child.name for child in element.children if isinstance(child, Element))
        return [Element(name, permitted(name, element.attributes, removed), [text] if text else [])]
    children = _nodes(element.children, removed)
    if name == "semantics":
        return children
    if name not in MATH_ELEMENTS:
        removed.add(element.name)
        return children
    if name == "mspace":
        return [Element(name, permitted(name, element.attributes, removed)), *children]
    if name in MATH_ARITY and len(children) != MATH_ARITY[name]:
        name = "mrow"
    attributes = permitted(name, element.attributes, removed)
    if name == "mtable":
        children = [_row(child) for child in children]
    elif name == "mtr":
        children = [child if _is(child, "mtd") else Element("mtd", {}, [child]) for child in children]
    return [Element(name, attributes, children)]


def _row(node: Node) -> Element:
    if isinstance(node, Element) and node.name == "mtr":
        return node
    cell = node if isinstance(node, Element) and node.name == "mtd" else Element("mtd", {}, [node])
    return Element("mtr", {}, [cell])


def _fenced(element: Element, removed: set[str]) -> Element:
    """Return the row of fences, separators and arguments that ``mfenced`` stands for (MathML 3, section 3.3.8)."""
    fences = {"fence": "true", "stretchy": "true"}
    given = element.attributes
    separators = "".join(given.get("separators", ",").split())
    children: list[Node] = []
    for number, argument in enumerate(_nodes(element.children, removed)):
        if number and separators:
            sign = separators[min(number, len(separators)) - 1]
            children.append(Element("mo", {"separator": "true"}, [sign]))
        children.append(argument)
    before, after = (_trimmed(given.get(key, default)) for key, default in (("open", "("), ("close", ")")))
    if before:
        children.insert(0, Element("mo", permitted("mo", {**fences, "form": "prefix"}, removed), [before]))
    if after:
        children.append(Element("mo", permitted("mo", {**fences, "form": "postfix"}, removed), [after]))
    return Element("mrow", {}, children)


def _one(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Element("mrow", {}, nodes)


def _trimmed(text: str) -> str:
    """Return the text of a token: only the white space of markup collapses, fixed spaces have a width."""
    return " ".join(part for part in clean(text).translate(_PLAIN_SPACES).split(" ") if part)


def _is(node: Node, name: str) -> bool:
    return isinstance(node, Element) and node.name == name


def _is_annotation(node: Node) -> bool:
    return _is(node, "annotation")


_PLAIN_SPACES = {ord(letter): " " for letter in _SPACE}
