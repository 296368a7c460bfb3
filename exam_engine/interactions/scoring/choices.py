"""Scoring of chosen options, marked words and hotspots."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.interactions.content import HotspotChoice, HotText, MultipleResponse, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.scoring.results import PartScore, Scored, earned
from exam_engine.interactions.scoring.rules import share_of_choices


def score_choices(
    content: SingleChoice | MultipleResponse | HotText | HotspotChoice, key: ChoiceKey, response: Sequence[str]
) -> Scored:
    """Score a set of choices; an option is answered right when it was chosen exactly if it is correct."""
    chosen, correct = frozenset(response), frozenset(key.correct)
    parts = tuple(PartScore(id_, Fraction((id_ in chosen) == (id_ in correct))) for id_ in _offered(content))
    return earned(share_of_choices(key.scoring, chosen, correct), parts)


def _offered(content: SingleChoice | MultipleResponse | HotText | HotspotChoice) -> tuple[str, ...]:
    match content:
        case MultipleResponse():
            return tuple(option.id for option in content.options)
        case HotText():
            return content.hottexts
        case HotspotChoice():
            return tuple(hotspot.id for hotspot in content.hotspots)
        case SingleChoice():
            return ()
