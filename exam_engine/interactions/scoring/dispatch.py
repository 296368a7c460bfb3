"""Scoring a response to any item."""

from collections.abc import Sequence

from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    KEY_FORMS,
    AreaKey,
    ChoiceKey,
    ItemKey,
    NumberKey,
    OrderKey,
    PairKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.responses import response_flag
from exam_engine.interactions.scoring.choices import score_choices
from exam_engine.interactions.scoring.numeric import score_slider, score_typed_number
from exam_engine.interactions.scoring.orders import score_order
from exam_engine.interactions.scoring.pairs import score_pairs
from exam_engine.interactions.scoring.points_in_areas import score_points
from exam_engine.interactions.scoring.results import Scored, nothing
from exam_engine.interactions.scoring.statements import score_statements
from exam_engine.interactions.scoring.typed_texts import score_typed_texts


def score(content: ItemContent, key: ItemKey, response: Sequence[str]) -> Scored:
    """Return what a response earns.

    Parameters
    ----------
    content, key : of an item in which ``check_item`` finds nothing.
    response : any list of strings; one that cannot be scored earns nothing and is flagged.

    Raises
    ------
    TypeError
        The key is not of the form that the interaction has.
    """
    if not isinstance(key, KEY_FORMS[content.interaction]):
        raise TypeError(f"{content.interaction} has no key of the form {key.form}")
    flag = response_flag(content, response)
    if flag is not None:
        return nothing(flag)
    match content, key:
        case SingleChoice() | MultipleResponse() | HotText() | HotspotChoice(), ChoiceKey():
            return score_choices(content, key, response)
        case TrueFalseTable(), TrueFalseKey():
            return score_statements(key, response)
        case Match() | GapMatch() | InlineChoice(), PairKey():
            return score_pairs(content, key, response)
        case Order(), OrderKey():
            return score_order(key, response)
        case TextEntry(), TextKey():
            return score_typed_texts(key, response)
        case NumericEntry(), NumberKey():
            return score_typed_number(content, key, response)
        case Slider(), NumberKey():
            return score_slider(content, key, response)
        case SelectPoint(), AreaKey():
            return score_points(key, response)
        case _:
            # The forms that are left are those that people mark.
            return nothing("awaiting_marker")
