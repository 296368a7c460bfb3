"""What the key of an item becomes in QTI: declarations of responses and rules of points."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.writing.dialect import qti
from item_bank.exchange.qti.writing.rules import Processing


@dataclass(frozen=True, slots=True)
class Keyed:
    """Declarations of responses with what is right, and the rules of points."""

    declarations: tuple[Element, ...]
    processing: Processing


def declared(name: str, cardinality: str, base_type: str, correct: Sequence[str] = (), *more: Element) -> Element:
    """Return the declaration of a response variable with its right values and what else it has."""
    attributes = {"identifier": name, "cardinality": cardinality, "base-type": base_type}
    right = [qti("correct-response", {}, *(qti("value", {}, one) for one in correct))] if correct else []
    return qti("response-declaration", attributes, *right, *more)
