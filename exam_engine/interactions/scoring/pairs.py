"""Scoring of pairs: matches, texts in gaps, choices in gaps."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.content import GapMatch, InlineChoice, Match
from exam_engine.interactions.keys import ByCount, PairKey, PerPart
from exam_engine.interactions.responses import halves
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import share_of_choices, share_of_parts


def score_pairs(content: Match | GapMatch | InlineChoice, key: PairKey, response: Sequence[str]) -> Scored:
    """Score a set of pairs.

    Parts are the gaps of a text, and the rows of a match that have a right partner; a row that has none is there to
    mislead, and nobody earns anything by leaving it empty. A part is right when it has all of its right partners and no
    other.
    """
    correct = frozenset(key.pairs)
    chosen = frozenset(halves(entry) for entry in response)
    side, names = parts_of(content, key)
    parts = tuple(PartScore(part, Fraction(_of(part, side, chosen) == _of(part, side, correct))) for part in names)
    scoring = key.scoring
    if isinstance(scoring, PerPart | ByCount):
        return earned(share_of_parts(scoring, parts), parts)
    share = share_of_choices(scoring, frozenset(response), frozenset(" ".join(pair) for pair in correct))
    return earned(share, parts)


def parts_of(content: Match | GapMatch | InlineChoice, key: PairKey) -> tuple[int, tuple[str, ...]]:
    """Return at which side of the pairs the parts stand, and their names."""
    match content:
        case Match():
            paired = {source for source, _ in key.pairs}
            return 0, tuple(source.id for source in content.sources if source.id in paired)
        case GapMatch():
            return 1, tuple(gap.id for gap in content.gaps)
        case InlineChoice():
            return 0, tuple(gap.id for gap in content.gaps)


def _of(part: str, side: int, pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair in pairs if pair[side] == part)
