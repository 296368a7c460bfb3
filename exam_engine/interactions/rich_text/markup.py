"""The tree of a rich text: read from well-formed markup and written back in the one canonical way."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from exam_engine.interactions.rich_text.subset import VOID

MAX_DEPTH = 100
"""Elements nested deeper are left out; their text stays."""

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:\s[^\s<>"=]+="[^"]*")*)>|[^<]+|<')
_ATTRIBUTE = re.compile(r'\s([^\s<>"=]+)="([^"]*)"')
_SPECIAL = re.compile("[&<>]")


@dataclass(slots=True)
class Element:
    """An element with its attributes and children; text children are plain strings."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)


Node = Element | str


def read(markup: str) -> list[Node]:
    """Return the nodes of markup as the sanitiser and :func:`write` make it: tags closed, values in double quotes.

    Anything else is read as far as possible and never raises: closing tags without an opening one are passed over,
    what is left open ends with its parent.
    """
    root: list[Node] = []
    open_elements: list[Element] = []
    too_deep: list[str] = []
    children = root
    for token in _TOKEN.finditer(markup):
        name = token[2]
        if name is None:
            children.append(unescape(token[0]) if "&" in token[0] else token[0])
        elif not token[1]:
            if len(open_elements) >= MAX_DEPTH and name not in VOID:
                too_deep.append(name)
                continue
            element = Element(name, attributes_of(token[3]))
            children.append(element)
            if name not in VOID:
                open_elements.append(element)
                children = element.children
        elif too_deep:
            if name in too_deep:
                del too_deep[_last(too_deep, name) :]
        else:
            names = [element.name for element in open_elements]
            if name in names:
                del open_elements[_last(names, name) :]
                children = open_elements[-1].children if open_elements else root
    return root


def attributes_of(source: str) -> dict[str, str]:
    """Return the attributes of a tag written in canonical form."""
    if not source:
        return {}
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(source)}


def tags(markup: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield name and attributes of each opening tag, in order."""
    for token in _TOKEN.finditer(markup):
        if token[2] is not None and not token[1]:
            yield token[2], attributes_of(token[3])


def write(nodes: Sequence[Node]) -> str:
    """Return the canonical markup of nodes."""
    pieces: list[str] = []
    _write(nodes, pieces)
    return "".join(pieces)


def _write(nodes: Sequence[Node], pieces: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            pieces.append(escape(node))
            continue
        pieces.append(f"<{node.name}")
        pieces.extend(
            f' {name}="{escape(value).replace(chr(34), "&quot;")}"' for name, value in node.attributes.items()
        )
        pieces.append(">")
        if node.name not in VOID:
            _write(node.children, pieces)
            pieces.append(f"</{node.name}>")


def escape(text: str) -> str:
    """Return text with the three characters of markup written as references."""
    if _SPECIAL.search(text) is None:
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_of(nodes: Sequence[Node]) -> str:
    """Return all text inside nodes, run together."""
    return "".join(node if isinstance(node, str) else text_of(node.children) for node in nodes)


def walk(nodes: Sequence[Node]) -> Iterator[Element]:
    """Yield every element in document order."""
    for node in nodes:
        if isinstance(node, Element):
            yield node
            yield from walk(node.children)


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)
