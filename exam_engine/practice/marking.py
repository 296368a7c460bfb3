"""Marking the sample exam with the rules of every exam; what it tells is points, never what would have been right."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from exam_engine.forms.keys.store import FormItemKey
from exam_engine.marking.item_scoring import ItemScore, score_item
from exam_engine.practice.items import sample_items
from exam_engine.practice.keys import sample_keys


def mark(responses: Mapping[str, Sequence[str]]) -> dict[str, ItemScore]:
    """Return what each item of the sample exam earns, by ref; what was not answered was omitted."""
    keys = sample_keys()
    return {
        item.ref: score_item(item, FormItemKey(keys[item.ref], Decimal(item.points)), responses.get(item.ref, ()))
        for item in sample_items()
    }
