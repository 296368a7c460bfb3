"""QTI files of every version as one tree: the names of version 3.0 without their prefix, no namespaces.

``choiceInteraction`` of 2.x and ``qti-choice-interaction`` of 3.0 are both ``choice-interaction`` here, and
``responseIdentifier`` is ``response-identifier``; HTML and MathML keep their names.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from lxml import etree

from exam_engine.interactions.rich_text.markup import Element, Node, text_of
from item_bank.exchange.qti.errors import Refusal, refusal

MAX_DEPTH = 80
"""Elements nested deeper are in no item that people made."""

MAX_BYTES = 8 * 1024 * 1024
"""Most bytes of one XML file; media lie in files of their own."""

_MATHML = "http://www.w3.org/1998/Math/MathML"
_SPEECH = "http://www.w3.org/2001/10/synthesis"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_CAPITAL = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse(content: bytes, place: str) -> Element:
    """Return the root of an XML file as a tree of normalised names.

    Raises
    ------
    InvalidQtiFileError
        No well-formed XML, a document type or entities, too large or nested too deep; ``place`` names the file.
    """
    _check(content, place)
    try:
        root = etree.fromstring(content, etree.XMLParser(**_SETTINGS))
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Refusal.DAMAGED, place) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal(Refusal.SUSPICIOUS, place)
    return _element(root, 0, place)


class Target(Protocol):
    """Takes the elements of a file as they begin and end, and the texts between; tells whether they nest too deep."""

    is_too_deep: bool

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        """Take the beginning of an element."""

    def data(self, text: str | bytes) -> None:
        """Take a piece of text."""

    def end(self, tag: str | bytes) -> None:
        """Take the end of an element."""

    def close(self) -> None:
        """Take the end of the file."""


def parse_into(target: Target, content: bytes, place: str) -> None:
    """Parse an XML file under the same limits as :func:`parse`, without a tree.

    Raises
    ------
    InvalidQtiFileError
    """
    _check(content, place)
    parser = etree.XMLParser(target=target, **_SETTINGS)  # type: ignore[arg-type]
    try:
        etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Refusal.DAMAGED, place) from error
    # Faults of namespaces end the making of a tree, but not the mere parsing.
    if len(parser.error_log.filter_from_errors()):
        raise refusal(Refusal.DAMAGED, place)
    if target.is_too_deep:
        raise refusal(Refusal.SUSPICIOUS, place)


def _check(content: bytes, place: str) -> None:
    if len(content) > MAX_BYTES:
        raise refusal(Refusal.SUSPICIOUS, place)
    # In UTF-16 every other byte is a nought. No QTI program writes a document type; it could only bring in entities.
    if _DOCUMENT_TYPE.search(content.replace(b"\0", b"")):
        raise refusal(Refusal.SUSPICIOUS, place)


def _element(element: etree._Element, depth: int, place: str) -> Element:
    if depth > MAX_DEPTH:
        raise refusal(Refusal.SUSPICIOUS, place)
    made = normalised(element.tag, dict(element.attrib))
    if element.text:
        made.children.append(element.text)
    for child in element:
        # An entity that was not resolved is no element.
        if not isinstance(child.tag, str):
            raise refusal(Refusal.SUSPICIOUS, place)
        made.children.append(_element(child, depth + 1, place))
        if child.tail:
            made.children.append(child.tail)
    return made


def normalised(tag: str | bytes, attributes: Mapping[Any, str | bytes]) -> Element:
    """Return an element of a file, without what it holds, under its normalised names."""
    kept: dict[str, str] = {}
    for key, value in attributes.items():
        name = str(key)
        if name in {f"{_XML}lang", f"{_XML}base"}:
            name = name.removeprefix(_XML)
        elif name.startswith("{"):
            continue
        kept.setdefault(hyphenated(name), str(value))
    return Element(_name(str(tag)), kept)


def _name(tag: str) -> str:
    name = etree.QName(tag)
    local = name.localname
    if name.namespace == _MATHML:
        return local.lower()
    if name.namespace == _SPEECH:
        return f"speech-{local}"
    return hyphenated(local.removeprefix("qti-"))


def hyphenated(name: str) -> str:
    """Return a name of version 2.x as version 3.0 writes it, without the prefix.

    >>> hyphenated("responseIdentifier")
    'response-identifier'
    """
    return _CAPITAL.sub("-", name).lower()


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements of some names, or all of them."""
    for child in element.children:
        if isinstance(child, Element) and (not names or child.name in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Return the first child element of some names."""
    return next(children(element, *names), None)


def descendants(nodes: list[Node], *names: str) -> Iterator[Element]:
    """Yield every element of some names in document order."""
    for node in nodes:
        if isinstance(node, Element):
            if node.name in names:
                yield node
            yield from descendants(node.children, *names)


def words(element: Element) -> str:
    """Return the text inside an element as one line."""
    return " ".join(text_of(element.children).split())


def value_of(element: Element) -> str:
    """Return the text of a value; white space around it is that of the markup."""
    return text_of(element.children).strip()
