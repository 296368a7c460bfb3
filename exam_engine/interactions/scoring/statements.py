"""Scoring of true/false tables."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.keys import TrueFalseKey
from exam_engine.interactions.responses import halves
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import share_of_parts


def score_statements(key: TrueFalseKey, response: Sequence[str]) -> Scored:
    """Score each statement; one that was left out is not right."""
    said = dict(halves(entry) for entry in response)
    parts = tuple(
        PartScore(statement, Fraction(said.get(statement) == ("true" if is_true else "false")))
        for statement, is_true in key.values.items()
    )
    return earned(share_of_parts(key.scoring, parts), parts)
