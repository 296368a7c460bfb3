"""The XML of a Moodle question bank under limits: no document type, no entities, bounded size and depth."""

from decimal import Decimal, InvalidOperation
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


def questions_of(content: bytes) -> list[etree._Element]:
    """Return the questions of a file, categories among them, in their order.

    Raises
    ------
    InvalidMoodleFileError
        No well-formed XML, not of Moodle, a document type or entities, too large or nested too deep.
    """
    if len(content) > MOST_BYTES:
        raise refusal(Refusal.TOO_LARGE, megabytes=MOST_BYTES // MEGABYTE)
    _check_prolog(content)
    # Huge trees are those whose texts pass ten megabytes, as pictures do; without entities nothing grows by itself.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Refusal.DAMAGED) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal(Refusal.SUSPICIOUS)
    if root.tag != "quiz":
        raise refusal(Refusal.NOT_MOODLE)
    _check(root)
    found = [child for child in root if child.tag == "question"]
    if len(found) > MOST_QUESTIONS:
        raise refusal(Refusal.SUSPICIOUS)
    return found


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


def _check(root: etree._Element) -> None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        # An entity that was not resolved is no element.
        if depth > MAX_DEPTH or not isinstance(element.tag, str):
            raise refusal(Refusal.SUSPICIOUS)
    if any(isinstance(node, etree._Entity) for node in root.iter(etree.Entity)):
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
