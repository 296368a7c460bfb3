"""Score categories of an item: the different shares of its points that its key can give, in ascending order."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations
from typing import Final

import numpy as np

from exam_engine.interactions.keys import (
    AllOrNothing,
    ByCount,
    ChoiceKey,
    ItemKey,
    Mapped,
    NumberKey,
    OrderKey,
    PairKey,
    PerOption,
    PerPart,
    RubricKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.scoring.rules import held

MOST_CATEGORIES: Final = 8
"""Score categories beyond which each has too few answers; such an item counts as right only with all its points."""
_MOST_MAPPED: Final = 10
"""Choices whose every combination is tried."""
_NOUGHT, _ALL = Fraction(0), Fraction(1)
_RIGHT_OR_WRONG = (_NOUGHT, _ALL)

Levels = tuple[Fraction, ...]


def score_levels(key: ItemKey, option_count: int) -> Levels | None:
    """Return the shares of the points that each score category stands for, from 0 to 1.

    Two for an item that is right or wrong, and for one with more than ``MOST_CATEGORIES``; None for an item that
    people mark. ``option_count`` is how many options a choice offers.
    """
    if isinstance(key, RubricKey):
        return None
    levels = tuple(sorted({_NOUGHT, _ALL, *(held(share) for share in _shares(key, option_count))}))
    return levels if len(levels) <= MOST_CATEGORIES else _RIGHT_OR_WRONG


def category_of(levels: Levels, share: Fraction) -> int:
    """Return the score category of a share of the points; of shares in between the one below counts.

    Points are rounded to four decimals, so a share just below a level is that level.
    """
    slack = Fraction(1, 1000)
    return int(np.searchsorted([float(level - slack) for level in levels], float(share), side="right")) - 1


def _shares(key: ItemKey, option_count: int) -> Iterable[Fraction]:
    match key:
        case ChoiceKey():
            return _choice_shares(key.scoring, len(key.correct), max(option_count, len(key.correct)))
        case TrueFalseKey():
            return _part_shares(key.scoring, len(key.values))
        case PairKey():
            match key.scoring:
                case PerOption() | Mapped():
                    # Each pair chosen instead of a right one is wrong.
                    return _choice_shares(key.scoring, len(key.pairs), 2 * len(key.pairs))
                case rule:
                    return _part_shares(rule, len(key.pairs))
        case OrderKey():
            return _order_shares(key.scoring, len(key.order))
        case TextKey():
            return _part_shares(key.scoring, len(key.gaps)) if _is_whole(key) else ()
        case NumberKey():
            return (Fraction(key.share_with_wrong_unit),) if key.unit is not None else ()
        case _:
            return ()


def _part_shares(rule: AllOrNothing | PerPart | ByCount, parts: int) -> Iterable[Fraction]:
    return _shares_of_counts(rule, parts, range(parts + 1))


def _order_shares(rule: AllOrNothing | PerPart | ByCount, parts: int) -> Iterable[Fraction]:
    """Shares of an order: where all but one stand in their places, so does the last."""
    return _shares_of_counts(rule, parts, [right for right in range(parts + 1) if right != parts - 1])


def _shares_of_counts(rule: AllOrNothing | PerPart | ByCount, parts: int, counts: Iterable[int]) -> Iterable[Fraction]:
    match rule:
        case AllOrNothing():
            return ()
        case PerPart():
            return (Fraction(right, parts) for right in counts)
        case ByCount():
            return (Fraction(rule.shares[min(right, len(rule.shares) - 1)]) for right in counts)


def _choice_shares(rule: AllOrNothing | PerOption | Mapped, right: int, offered: int) -> Iterable[Fraction]:
    match rule:
        case AllOrNothing():
            return ()
        case PerOption():
            penalty = Fraction(rule.penalty)
            return (
                (hits - misses * penalty) / right for hits in range(right + 1) for misses in range(offered - right + 1)
            )
        case Mapped():
            return _mapped_shares(rule)


def _mapped_shares(rule: Mapped) -> Iterable[Fraction]:
    shares = [Fraction(share) for share in rule.shares.values()]
    if len(shares) > _MOST_MAPPED:
        return ()
    lower, upper = Fraction(rule.lower), Fraction(rule.upper)
    return (
        max(lower, min(upper, sum(chosen, Fraction(0))))
        for size in range(1, len(shares) + 1)
        for chosen in combinations(shares, size)
    )


def _is_whole(key: TextKey) -> bool:
    """Whether every accepted text earns all of its gap."""
    return all(Fraction(accepted.share) == 1 for gap in key.gaps.values() for accepted in gap.accepted)
