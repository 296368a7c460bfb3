"""Scoring of typed numbers and of slider values, without rounding."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.content import NumericEntry, Slider
from exam_engine.interactions.keys import NumberKey
from exam_engine.interactions.responses import slider_value
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import held
from exam_engine.interactions.typed_numbers import readings


def score_typed_number(content: NumericEntry, key: NumberKey, response: Sequence[str]) -> Scored:
    """Score a typed number and its unit.

    A number that can be read both ways is right when either reading is: people type both, and nobody who knows the
    answer may lose it by the way they set their points.
    """
    is_right = any(is_near(value, key) for value in readings(response[0], content.unit))
    if key.unit is None:
        return earned(Fraction(is_right))
    has_right_unit = len(response) > 1 and response[1] == key.unit
    share = Fraction(is_right) * (1 if has_right_unit else held(Fraction(key.share_with_wrong_unit)))
    return earned(share, (PartScore("number", Fraction(is_right)), PartScore("unit", Fraction(has_right_unit))))


def score_slider(content: Slider, key: NumberKey, response: Sequence[str]) -> Scored:
    """Score the value set on a scale."""
    value = slider_value(content, response[0])
    return earned(Fraction(value is not None and is_near(value, key)))


def is_near(value: Fraction, key: NumberKey) -> bool:
    """Return whether a value is within the tolerance of the key; its bounds belong to it."""
    right, tolerance = Fraction(key.value), Fraction(key.tolerance)
    allowed = abs(right) * tolerance / 100 if key.tolerance_in == "percent" else tolerance
    return abs(value - right) <= allowed
