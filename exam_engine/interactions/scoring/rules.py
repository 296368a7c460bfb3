"""The rules of points that several forms of key share: by parts answered right, and by single choices or pairs."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction

from exam_engine.interactions.keys import AllOrNothing, ByCount, Mapped, PerOption, PerPart
from exam_engine.interactions.scoring.results import PartScore


def share_of_parts(scoring: AllOrNothing | PerPart | ByCount, parts: Sequence[PartScore]) -> Fraction:
    """Return the share that parts earn together; a part that is right only to a share counts in ``PerPart`` alone."""
    right = sum(part.share == 1 for part in parts)
    match scoring:
        case AllOrNothing():
            return Fraction(right == len(parts))
        case PerPart():
            return sum((part.share for part in parts), Fraction(0)) / len(parts)
        case ByCount():
            return held(Fraction(scoring.shares[min(right, len(scoring.shares) - 1)]))


def share_of_choices(
    scoring: AllOrNothing | PerOption | Mapped, chosen: AbstractSet[str], correct: AbstractSet[str]
) -> Fraction:
    """Return the share that a set of choices, or of pairs, earns; its order never matters."""
    match scoring:
        case AllOrNothing():
            return Fraction(chosen == correct)
        case PerOption():
            right, wrong = len(chosen & correct), len(chosen - correct)
            return held((right - wrong * Fraction(scoring.penalty)) / len(correct))
        case Mapped():
            total = sum((Fraction(scoring.shares.get(one, scoring.default)) for one in chosen), Fraction(0))
            return held(max(Fraction(scoring.lower), min(Fraction(scoring.upper), total)))


def held(share: Fraction) -> Fraction:
    """Return the share held between nought and all of the points."""
    return max(Fraction(0), min(Fraction(1), share))
