"""Characters of rich text: one normal form, nothing that is invisible, nothing that a database or XML cannot hold."""

import re

from exam_engine.core.text import nfc, without_invisible

# Line ends and page breaks of other systems, and the separators of ASCII, which XML cannot hold.
_STRANGE_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
# Composed with the ">" before it, this mark would turn a tag into text.
_SOLIDUS = "\u0338"


def storable(text: str) -> str:
    """Return text without the characters that cannot be written in UTF-8 or are none."""
    return _UNSTORABLE.sub("", text)


def clean(text: str) -> str:
    """Return text in normal form C without control and zero-width characters; white space stays as it is.

    The text does not start with a combining solidus, so that normalising whole markup never changes a tag.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(without_invisible(storable(_STRANGE_SPACE.sub(" ", text)))).lstrip(_SOLIDUS)
