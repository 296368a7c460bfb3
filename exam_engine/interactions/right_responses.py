"""The response that an item's key asks for, in the form in which a browser would send it."""

from collections.abc import Iterator

from exam_engine.interactions.content import ItemContent, SelectPoint, Slider
from exam_engine.interactions.keys import (
    AreaKey,
    ChoiceKey,
    ItemKey,
    NumberKey,
    OrderKey,
    PairKey,
    RubricKey,
    TextGapKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.scoring.points_in_areas import area_of
from exam_engine.interactions.shapes import points_in


def right_response(content: ItemContent, key: ItemKey) -> list[str]:
    """Return a response that earns all points; empty for items that people mark.

    Where several do (texts, areas), it is the first one of the highest share.
    """
    match key:
        case ChoiceKey():
            return list(key.correct)
        case TrueFalseKey():
            return [f"{statement} {'true' if is_true else 'false'}" for statement, is_true in key.values.items()]
        case PairKey():
            return [" ".join(pair) for pair in key.pairs]
        case OrderKey():
            return list(key.order)
        case TextKey():
            return [f"{gap} {_best_text(gap_key)}" for gap, gap_key in key.gaps.items()]
        case NumberKey():
            # With a comma, since a point before three digits could be read both ways.
            value = key.value if isinstance(content, Slider) else key.value.replace(".", ",")
            return [value] if key.unit is None else [value, key.unit]
        case AreaKey():
            at_most = content.max_points if isinstance(content, SelectPoint) else len(key.areas)
            return list(_points(key))[:at_most]
        case RubricKey():
            return []


def _best_text(gap: TextGapKey) -> str:
    return max(gap.accepted, key=lambda accepted: float(accepted.share)).text


def _points(key: AreaKey) -> Iterator[str]:
    """Yield one point of each area, those of the highest share first; areas hidden by earlier ones have none."""
    for number in sorted(range(len(key.areas)), key=lambda number: -float(key.areas[number].share)):
        area = key.areas[number]
        for point in points_in(area.shape, area.coordinates):
            if area_of(key, point) == number:
                yield f"{point[0]} {point[1]}"
                break
