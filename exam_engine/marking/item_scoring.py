"""Scoring one item of a form: the response, the key, the points it earns."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exam_engine.forms.keys.store import FormItemKey
from exam_engine.forms.schemas import ItemView
from exam_engine.interactions.responses import ScoreFlag
from exam_engine.interactions.scoring import points_of, score


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Points of one item; ``flag`` says why a response could not earn any, besides being wrong."""

    points: Decimal
    max_points: Decimal
    is_correct: bool
    flag: ScoreFlag | None = None


def score_item(view: ItemView, key: FormItemKey, response: Sequence[str]) -> ItemScore:
    """Return what a response earns; an empty one was omitted.

    Parameters
    ----------
    view : the item as it was delivered.
    key : of the item.
    response : as the browser sent it.
    """
    scored = score(view, key.key, response)
    return ItemScore(points_of(scored.share, key.points), key.points, scored.is_correct, scored.flag)
