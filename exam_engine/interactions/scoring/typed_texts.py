"""Scoring of words typed into gaps."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.keys import TextGapKey, TextKey
from exam_engine.interactions.responses import halves
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import held, share_of_parts
from exam_engine.interactions.scoring.text_comparison import comparison_form


def score_typed_texts(key: TextKey, response: Sequence[str]) -> Scored:
    """Score each gap by the best of the accepted texts that count as the same as what was typed."""
    typed = dict(halves(entry) for entry in response)
    parts = tuple(PartScore(gap, _share(gap_key, typed.get(gap, ""))) for gap, gap_key in key.gaps.items())
    return earned(share_of_parts(key.scoring, parts), parts)


def _share(gap: TextGapKey, typed: str) -> Fraction:
    form = comparison_form(typed, gap.comparison)
    if not form:
        return Fraction(0)
    shares = (
        Fraction(accepted.share) for accepted in gap.accepted if comparison_form(accepted.text, gap.comparison) == form
    )
    return held(max(shares, default=Fraction(0)))
