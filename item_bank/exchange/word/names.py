"""Names of the vocabularies inside a Word file, as prefixes of tags."""

from functools import lru_cache

from lxml import etree

_OFFICE = "http://schemas.openxmlformats.org"

W = f"{{{_OFFICE}/wordprocessingml/2006/main}}"
M = f"{{{_OFFICE}/officeDocument/2006/math}}"
R = f"{{{_OFFICE}/officeDocument/2006/relationships}}"
A = f"{{{_OFFICE}/drawingml/2006/main}}"
WP = f"{{{_OFFICE}/drawingml/2006/wordprocessingDrawing}}"
PIC = f"{{{_OFFICE}/drawingml/2006/picture}}"
MC = f"{{{_OFFICE}/markup-compatibility/2006}}"
CONTENT_TYPES = f"{{{_OFFICE}/package/2006/content-types}}"
RELATIONSHIPS = f"{{{_OFFICE}/package/2006/relationships}}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that every such file uses

VAL = f"{W}val"
_PREFIXES = {W: "w:", M: "m:", MC: "mc:"}
_MOST = 2**31
_OFF = frozenset({"0", "false", "off", "none"})


def is_on(element: etree._Element) -> bool:
    """Whether a switch such as ``<w:b/>`` is on; one without a value is."""
    return element.get(VAL, "1") not in _OFF


def value_of(parent: etree._Element | None, name: str, default: str = "") -> str:
    """Return the ``w:val`` of a child element, or the default where there is none."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return child.get(VAL, default) if child is not None else default


def number_of(text: str | None, default: int = 0) -> int:
    """Return a whole number of 32 bits as files state it; the default for anything else."""
    try:
        number = int(text or "")
    except ValueError:
        return default
    return number if abs(number) < _MOST else default


def text_of(element: etree._Element, *tags: str) -> str:
    """Return the text of all descendants with one of the tags, in order."""
    return "".join(found.text or "" for found in element.iter(*tags))


@lru_cache(maxsize=4096)
def name_of(tag: str) -> str:
    """Return a tag as specifications write it, such as ``w:tbl`` or ``m:oMath``; empty for other vocabularies."""
    address, closing, local = tag.partition("}")
    prefix = _PREFIXES.get(address + closing)
    return prefix + local if prefix is not None else ""
