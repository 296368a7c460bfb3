"""Scoring one item: the response, the key, the points it earns."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from exam_engine.forms.keys.store import ItemKey

ScoreFlag = Literal["omitted", "unknown_option", "too_many_options"]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Points of one item; ``flag`` says why a response could not earn any, besides being wrong."""

    points: Decimal
    max_points: Decimal
    is_correct: bool
    flag: ScoreFlag | None = None


Scorer = Callable[[Sequence[str], ItemKey, Collection[str]], ItemScore]


def score_single_choice(response: Sequence[str], key: ItemKey, options: Collection[str]) -> ItemScore:
    """All points for the one right option, none for anything else."""
    if not response:
        return ItemScore(Decimal(0), key.points, is_correct=False, flag="omitted")
    if any(option not in options for option in response):
        return ItemScore(Decimal(0), key.points, is_correct=False, flag="unknown_option")
    if len(response) > 1:
        return ItemScore(Decimal(0), key.points, is_correct=False, flag="too_many_options")
    is_correct = tuple(response) == key.correct
    return ItemScore(key.points if is_correct else Decimal(0), key.points, is_correct)


SCORERS: Mapping[str, Scorer] = {"single_choice": score_single_choice}
"""How each kind of interaction is scored; a kind that is missing here cannot be published either."""


def score_item(response: Sequence[str], key: ItemKey, options: Collection[str]) -> ItemScore:
    """Return what a response earns; an empty one was omitted.

    Parameters
    ----------
    response : ids of the chosen options.
    key : of the item.
    options : ids that the item offers.

    Raises
    ------
    KeyError
        No scoring is known for the item's interaction.
    """
    return SCORERS[key.interaction](response, key, options)
