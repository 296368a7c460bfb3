"""Rubrics of items that people mark: blocks for scorers in the form that this bank writes."""

from pydantic import ValidationError

from exam_engine.core.text import clean_text
from exam_engine.interactions.keys import Criterion, RubricKey
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.texts import TextReader
from item_bank.exchange.qti.tree import child, descendants, words

CRITERION, TITLE, POINTS, DESCRIPTION = (
    f"item-bank-{name}" for name in ("criterion", "title", "points", "description")
)
MODEL_ANSWER = "item-bank-model-answer"
"""Classes of the blocks of a rubric."""


def read_rubric(item: Element, texts: TextReader) -> RubricKey | None:
    """Return the rubric of an item; None where the blocks for scorers name no criteria with their points."""
    body = child(item, "item-body")
    blocks = [] if body is None else [one for one in descendants(body.children, "rubric-block") if _is_scorers(one)]
    parts = [part for block in blocks for part in descendants(block.children, "div", "p", "span")]
    criteria = [part for part in parts if part.attributes.get("class") == CRITERION]
    answer = next((part for part in parts if part.attributes.get("class") == MODEL_ANSWER), None)
    try:
        return RubricKey(
            criteria=tuple(_criterion(one, number, texts) for number, one in enumerate(criteria, start=1)),
            model_answer="" if answer is None else texts.html(answer.children, "key/model_answer"),
        )
    except ValidationError:
        return None


def _is_scorers(block: Element) -> bool:
    return "scorer" in block.attributes.get("view", "").split()


def _criterion(element: Element, number: int, texts: TextReader) -> Criterion:
    found = {part.attributes.get("class", ""): part for part in descendants(element.children, "p", "span", "div")}
    blank = Element("span")
    return Criterion(
        id=f"C{number}",
        title=words(found.get(TITLE, blank)),
        points=words(found.get(POINTS, blank)),
        description=clean_text(plain_text(texts.html(found.get(DESCRIPTION, blank).children))),
    )
