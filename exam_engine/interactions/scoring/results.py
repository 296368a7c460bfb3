"""The outcome of scoring one response, and the one place where it becomes points."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from exam_engine.interactions.responses import ScoreFlag

POINTS_DIGITS = 4
"""Decimals of an item's points."""


@dataclass(frozen=True, slots=True)
class PartScore:
    """How far one part (an option, a statement, a gap, a row …) was answered right, from 0 to 1; for reports."""

    id: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Scored:
    """The share of an item's points that a response earned, exactly, from 0 to 1.

    ``is_correct`` means all points; ``flag`` says why a response earned none, besides being wrong. ``parts`` is empty
    for items of one part and for flagged responses.
    """

    share: Fraction
    is_correct: bool
    flag: ScoreFlag | None = None
    parts: tuple[PartScore, ...] = ()


def earned(share: Fraction, parts: tuple[PartScore, ...] = ()) -> Scored:
    """Return the outcome of a response that could be scored."""
    return Scored(share, share == 1, None, parts)


def nothing(flag: ScoreFlag) -> Scored:
    """Return the outcome of a response that could not be scored, or not yet."""
    return Scored(Fraction(0), is_correct=False, flag=flag)


def points_of(share: Fraction, points: Decimal) -> Decimal:
    """Return a share of an item's points, rounded half-up to four decimals.

    >>> points_of(Fraction(1, 3), Decimal("0.25"))
    Decimal('0.0833')
    """
    steps = share * Fraction(points) * 10**POINTS_DIGITS
    return Decimal(math.floor(steps + Fraction(1, 2))).scaleb(-POINTS_DIGITS)
