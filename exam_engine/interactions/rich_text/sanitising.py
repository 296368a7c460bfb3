"""From any HTML to the canonical subset: safe to show, the same in every parser, and equal when written again."""

import re
from dataclasses import dataclass
from html import unescape

import nh3

from exam_engine.interactions.rich_text.characters import clean, storable
from exam_engine.interactions.rich_text.errors import RichTextTooComplexError, RichTextTooLongError
from exam_engine.interactions.rich_text.markup import MAX_DEPTH, escape, read, text_of, write
from exam_engine.interactions.rich_text.structure import canonical
from exam_engine.interactions.rich_text.subset import (
    ATTRIBUTES,
    DROPPED_WITH_CONTENT,
    HEADINGS,
    HTML_ELEMENTS,
    MATH_ELEMENTS,
    RENAMED,
    SILENT,
    SPLIT,
)

MAX_LENGTH = 200_000
"""Longest HTML that is read, in characters; a long passage has a tenth of it."""

MAX_TAGS = 20_000
"""Most opening and closing tags; parsers need time by the square of it for badly nested lists."""

_MAX_REOPENED = 200_000
_MAX_PASSES = 4

_SUBSET = HTML_ELEMENTS | MATH_ELEMENTS
_READABLE = _SUBSET | HEADINGS | SPLIT | frozenset(RENAMED)
_KNOWN_ATTRIBUTES = {name: set(checks) for name, checks in ATTRIBUTES.items()}
# Attributes whose loss is told; a red answer pasted from a word processor is one of them.
_TOLD_ATTRIBUTES = {
    "align",
    "class",
    "color",
    "contenteditable",
    "data-latex",
    "dir",
    "face",
    "href",
    "id",
    "name",
    "size",
    "srcset",
    "style",
    "tabindex",
    "title",
}

# Two sanitisers with one subset. The wide one also lets through what has an equal in the subset, and attributes whose
# loss is to be told; what it gives is only read, never shown. The narrow one is asked whether
# the result stays as it is.
_WIDE = nh3.Cleaner(
    tags=set(_READABLE),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes={
        **_KNOWN_ATTRIBUTES,
        "mfenced": {"open", "close", "separators"},
        "*": _TOLD_ATTRIBUTES | {"lang"},
    },
    generic_attribute_prefixes={"on"},
    link_rel=None,
    url_schemes={"media"},
)
_NARROW = nh3.Cleaner(
    tags=set(_SUBSET),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes=_KNOWN_ATTRIBUTES,
    link_rel=None,
    url_schemes={"media"},
)

_TAG_NAME = re.compile(r"<([a-zA-Z][^\s/>]{0,29})")
# An open formatting element with attributes of its own is opened again in every block that follows; this counts the
# openings that a hostile text could ask of a parser (HTML standard, "reconstruct the active formatting elements").
_REOPENED = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sanitised:
    """HTML of the subset, and the names of what was left out: elements as ``script``, attributes as ``@onclick``."""

    html: str
    removed: tuple[str, ...] = ()


def sanitise(html: str) -> Sanitised:
    """Return any HTML in the canonical form of the subset; plain text only has its special characters escaped.

    Canonical means that parsing the result as HTML and writing it again changes nothing, so that no browser can see
    other elements in it than were checked here.

    Raises
    ------
    RichTextTooLongError
        Longer than :data:`MAX_LENGTH` characters.
    RichTextTooComplexError
        More than :data:`MAX_TAGS` tags, or formatting that a parser would open again without end.
    """
    if len(html) > MAX_LENGTH:
        raise RichTextTooLongError(max_length=MAX_LENGTH)
    if "<" not in html:
        return Sanitised(escape(clean(unescape(html) if "&" in html else html)))
    html = _closed(storable(html))
    tags = html.count("<")
    if tags > MAX_TAGS or (tags > 200 and len(_REOPENED.findall(html)) * tags > _MAX_REOPENED):
        raise RichTextTooComplexError(max_tags=MAX_TAGS)
    names = {name.lower() for name in _TAG_NAME.findall(html)}
    removed = names - _SUBSET - SILENT
    markup = write(canonical(read(_WIDE.clean(html)), removed))
    for _ in range(_MAX_PASSES):
        again = write(canonical(read(_NARROW.clean(markup)), set()))
        if again == markup:
            # Wrapped where the subset demands it, elements may stand deeper than they are read again.
            if markup.count("</") > MAX_DEPTH and write(read(markup)) != markup:
                break
            return Sanitised(markup, tuple(sorted(removed)))
        markup = again
    # No text that comes back changed is trusted: its words stay, its markup goes.
    return Sanitised(escape(clean(text_of(read(markup)))), tuple(sorted(removed | names)))


def _closed(html: str) -> str:
    """Return html in which a sign that opens no tag to its end is a sign: ``a<b`` would lose its end in a parser."""
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", "&lt;")
