"""Stimuli of version 3.0: passages in files of their own that items refer to."""

import posixpath
import re

from exam_engine.core.text import clean_line
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.imported import ImportedStimulus, Notice
from item_bank.exchange.qti.media import MediaReader
from item_bank.exchange.qti.texts import TextReader
from item_bank.exchange.qti.tree import child

OWN_STIMULUS = "item-bank-stimulus"
"""Class of the block in which this bank repeats a stimulus in items of version 2.1."""

SHARED_STIMULUS = "data-stimulus-idref"
"""Attribute of the block in an item of version 3.0 in which players show a stimulus."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def shows_stimulus(element: Element) -> bool:
    """Return whether a block of an item's body is the place of a stimulus, or one that this bank repeated there."""
    return SHARED_STIMULUS in element.attributes or element.attributes.get("class") == OWN_STIMULUS


def read_stimulus(root: Element, path: str, media: MediaReader) -> ImportedStimulus:
    """Return the stimulus of a file."""
    notices: list[Notice] = []
    body = child(root, "stimulus-body")
    texts = TextReader(media, posixpath.dirname(path), path, notices)
    content = "" if body is None else texts.html(body.children)
    code = clean_line(root.attributes.get("identifier", "")).upper()
    language = root.attributes.get("lang", "")
    return ImportedStimulus(
        ref=path,
        place=path,
        title=clean_line(root.attributes.get("title", ""))[:200],
        content=content,
        language=language if _LANGUAGE.fullmatch(language) else "vi",
        code=code if _CODE.fullmatch(code) else None,
        notices=tuple(notices),
    )
