"""Reading GIFT files."""

import re
from collections.abc import Iterator

from item_bank.exchange.gift.building import item_of
from item_bank.exchange.gift.scanning import RawQuestion, questions, shown
from item_bank.exchange.imported import FileReading, ImportedFile, ImportedItem, Notice
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
    return begin(content, name).whole()


def begin(content: bytes, name: str) -> FileReading:
    """Begin to read a GIFT file, as :func:`read`; questions come one at a time."""
    notices: list[Notice] = []
    return FileReading("gift", _items(decoded(content), notices), notices=notices)


def _items(text: str, notices: list[Notice]) -> Iterator[ImportedItem]:
    number = 0
    for raw in questions(text):
        place = str(Place(raw.line, first_words(shown(raw.text))))
        if raw.answers is None:
            notices.append(Notice("left_out", "gift_description", place, params={"text": _beginning(raw)}))
            continue
        number += 1
        yield item_of(raw, number, place)


def _beginning(raw: RawQuestion) -> str:
    return " ".join(shown(raw.text).split())[:80]
