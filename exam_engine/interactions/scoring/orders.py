"""Scoring of options put in order."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.keys import OrderKey
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import share_of_parts


def score_order(key: OrderKey, response: Sequence[str]) -> Scored:
    """Score each place of the order; an option is right when it stands at its own place."""
    parts = tuple(
        PartScore(option, Fraction(place < len(response) and response[place] == option))
        for place, option in enumerate(key.order)
    )
    return earned(share_of_parts(key.scoring, parts), parts)
