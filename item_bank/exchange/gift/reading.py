"""Reading GIFT files."""

import re

from item_bank.exchange.gift.building import item_of
from item_bank.exchange.gift.scanning import RawQuestion, questions, shown
from item_bank.exchange.imported import ImportedFile, ImportedItem, Notice
from item_bank.exchange.question_text.text_source import decoded
from item_bank.exchange.word.blocks import Place, first_words

_HEAD = 20_000
_ANSWERS = re.compile(r"\{\s*(?:[=~#]|T\s*\}|F\s*\}|TRUE\s*\}|FALSE\s*\}|\})", re.IGNORECASE)


def looks_like(name: str, content: bytes) -> bool:
    """Whether a file seems to be GIFT: a text with answer blocks in braces."""
    if not name.lower().endswith((".gift", ".txt")):
        return False
    head = content[:_HEAD].decode("utf-8", errors="ignore")
    return name.lower().endswith(".gift") or bool(_ANSWERS.search(head))


def read(content: bytes, name: str) -> ImportedFile:
    """Read a GIFT file; what cannot be carried is told at its place, and no key is guessed.

    Raises
    ------
    InvalidInputError
        The file is no text that can be read.
    """
    text = decoded(content)
    items: list[ImportedItem] = []
    notices: list[Notice] = []
    for raw in questions(text):
        place = str(Place(raw.line, first_words(shown(raw.text))))
        if raw.answers is None:
            notices.append(Notice("left_out", "gift_description", place, params={"text": _begin(raw)}))
            continue
        items.append(item_of(raw, len(items) + 1, place))
    return ImportedFile(format="gift", items=tuple(items), notices=tuple(notices))


def _begin(raw: RawQuestion) -> str:
    return " ".join(shown(raw.text).split())[:80]
