"""The XML of a Moodle question bank under limits: no document type, no entities, bounded size and depth."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat

from lxml import etree

from item_bank.exchange.moodle_xml.errors import Refusal, refusal

MEGABYTE = 1024 * 1024
MOST_BYTES = 100 * MEGABYTE
"""Largest file; pictures lie inside it as text."""

MAX_DEPTH = 12
"""Moodle nests seven elements; texts are no elements there."""

MOST_QUESTIONS = 20_000
_MOST_DIGITS = 20
_LONGEST_PROLOG = 64 * 1024
_PIECE = 64 * 1024
# Huge trees are those whose texts pass ten megabytes, as pictures do; without entities nothing grows by itself.
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": True,
}


def questions_of(content: bytes) -> Iterator[etree._Element]:
    """Return the questions of a file, categories among them, in their order; each is let go when the next is taken.

    The whole file is checked before the first question is given.

    Raises
    ------
    InvalidMoodleFileError
        No well-formed XML, not of Moodle, a document type or entities, too large or nested too deep.
    """
    if len(content) > MOST_BYTES:
        raise refusal(Refusal.TOO_LARGE, megabytes=MOST_BYTES // MEGABYTE)
    _check_prolog(content)
    _check_elements(content)
    return _questions(content)


def _questions(content: bytes) -> Iterator[etree._Element]:
    """Yield the questions of a file whose elements were checked; no more than a piece of it stands as a tree."""
    parser = etree.XMLPullParser(events=("start",), tag="quiz", **_SETTINGS)
    root: etree._Element | None = None
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
            for _, found in parser.read_events():
                root = found if root is None and isinstance(found, etree._Element) else root
            # A child is whole when another one follows it.
            while root is not None and (child := next(iter(root), None)) is not None and child.getnext() is not None:
                yield from _taken(root, child)
        parser.close()
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Refusal.DAMAGED) from error
    if root is not None and len(root):
        yield from _taken(root, root[0])


def _taken(root: etree._Element, child: etree._Element) -> Iterator[etree._Element]:
    """Yield the first child of the root if it is a question, and drop it."""
    # An entity that was not resolved is no element.
    if root.getroottree().docinfo.internalDTD is not None or next(child.iter(etree.Entity), None) is not None:
        raise refusal(Refusal.SUSPICIOUS)
    if child.tag == "question":
        yield child
    child.clear()
    root.remove(child)


class _ElementBeginsError(Exception):
    """The prolog is over."""


def _check_prolog(content: bytes) -> None:
    """Refuse a document type before anything of it is read: even unresolved entities grow inside of attributes."""

    def element(_name: str, _attributes: dict[str, str]) -> None:
        raise _ElementBeginsError

    def document_type(*_: object) -> None:
        raise refusal(Refusal.SUSPICIOUS)

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = document_type
    try:
        parser.Parse(content[:_LONGEST_PROLOG], False)
    except _ElementBeginsError:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise refusal(Refusal.DAMAGED) from error
    raise refusal(Refusal.DAMAGED)


@dataclass(slots=True)
class _Elements:
    """Counts the elements of a file while they are parsed; no tree is made of them."""

    root: str | bytes = ""
    questions: int = 0
    is_suspicious: bool = False
    _depth: int = 0

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        """Take the beginning of an element."""
        self._depth += 1
        if self._depth == 1:
            self.root = tag
        elif self._depth == 2 and tag == "question":
            self.questions += 1
        elif self._depth > MAX_DEPTH:
            self.is_suspicious = True

    def end(self, tag: str | bytes) -> None:
        """Take the end of an element."""
        self._depth -= 1

    def doctype(self, *_: str | None) -> None:
        """Take a document type that hid from the parser of the prolog."""
        self.is_suspicious = True

    def close(self) -> None:
        """Take the end of the file."""


def _check_elements(content: bytes) -> None:
    found = _Elements()
    # Texts are not asked for, so that none is decoded.
    parser = etree.XMLParser(target=found, **_SETTINGS)  # type: ignore[arg-type]
    try:
        etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Refusal.DAMAGED) from error
    # Faults of namespaces end the making of a tree, but not the mere parsing.
    if len(parser.error_log.filter_from_errors()):
        raise refusal(Refusal.DAMAGED)
    if found.root != "quiz":
        raise refusal(Refusal.NOT_MOODLE)
    if found.is_suspicious or found.questions > MOST_QUESTIONS:
        raise refusal(Refusal.SUSPICIOUS)


def text_in(holder: etree._Element | None) -> str:
    """Return what a text element holds, whether in a ``text`` of its own, as Moodle writes it, or at once."""
    if holder is None:
        return ""
    inner = holder.find("text")
    return (inner.text if inner is not None else holder.text) or ""


def value_in(element: etree._Element, name: str) -> str:
    """Return the trimmed value of a child, empty when there is none."""
    return text_in(element.find(name)).strip()


def is_set(element: etree._Element, name: str, default: bool) -> bool:
    """Return a setting that Moodle writes as true or 1; an empty element means that it is set."""
    child = element.find(name)
    if child is None:
        return default
    return text_in(child).strip().lower() in {"1", "true", ""}


def number_of(text: str) -> Decimal | None:
    """Return a number of ordinary size, None when a text is none.

    >>> number_of(" 33.33333 ")
    Decimal('33.33333')
    >>> number_of("1e999999") is None
    True
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS or len(value.as_tuple().digits) > 2 * _MOST_DIGITS:
        return None
    return value


def plain_number(number: Decimal) -> str:
    """Return a number in digits, without an exponent."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text
