"""Moodle XML for tests: questions put together as Moodle writes them."""

import base64
from fractions import Fraction
from html import escape

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.scoring import score
from item_bank.exchange.imported import ImportedFile, ImportedItem
from item_bank.exchange.moodle_xml.reading import read


def quiz(*questions: str) -> bytes:
    """A file of questions."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}\n</quiz>'.encode()


def question(kind: str, text: str, more: str = "", files: str = "", general: str = "") -> str:
    """A question with its text as HTML."""
    return (
        f'<question type="{kind}"><name><text>Tên câu</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext>'
        f'<generalfeedback format="html"><text>{escape(general)}</text></generalfeedback>{more}</question>'
    )


def answer(fraction: str, text: str, feedback: str = "", more: str = "") -> str:
    """An answer with its part of the mark."""
    return (
        f'<answer fraction="{fraction}" format="html"><text>{escape(text)}</text>{more}'
        f'<feedback format="html"><text>{escape(feedback)}</text></feedback></answer>'
    )


def file(name: str, content: bytes) -> str:
    """A file inside of a text."""
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'


def whole(*questions: str) -> ImportedFile:
    """All that is read of some questions."""
    return read(quiz(*questions), "cau-hoi.xml")


def only(question: str) -> ImportedItem:
    """The one item of one question."""
    [item] = whole(question).items
    return item


def sound(item: ImportedItem) -> ImportedItem:
    """An item whose content and key belong together."""
    assert item.content is not None, item.notices
    assert check_item(item.content, item.key) == []
    return item


def codes(item: ImportedItem, severity: str | None = None) -> list[str]:
    """What was noticed about an item."""
    return [notice.code for notice in item.notices if severity in {None, notice.severity}]


def earned(item: ImportedItem, *response: str) -> Fraction:
    """The share that a response earns."""
    assert item.content is not None
    assert item.key is not None
    return score(item.content, item.key, response).share
