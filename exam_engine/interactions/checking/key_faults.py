"""What can be wrong with a key beside the content that it belongs to."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from exam_engine.interactions.checking.content_faults import repeat_faults
from exam_engine.interactions.checking.picture_faults import shape_faults
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
    AreaKey,
    ChoiceKey,
    ItemKey,
    NumberKey,
    OrderKey,
    PairKey,
    RubricKey,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.responses import slider_value
from exam_engine.interactions.scoring.text_comparison import comparison_form


def key_faults(content: ItemContent, key: ItemKey) -> Iterator[Fault]:
    """Yield what is wrong with a key of the form that the interaction has."""
    match content, key:
        case SingleChoice(), ChoiceKey():
            yield from _choice_faults(key, [option.id for option in content.options], 0, None)
            if len(key.correct) != 1:
                yield Fault("item_key_needs_one", "key/correct", {"count": len(key.correct)})
        case MultipleResponse(), ChoiceKey():
            offered = [option.id for option in content.options]
            yield from _choice_faults(key, offered, content.min_choices, content.max_choices)
        case HotText(), ChoiceKey():
            yield from _choice_faults(key, content.hottexts, content.min_choices, content.max_choices)
        case HotspotChoice(), ChoiceKey():
            offered = [hotspot.id for hotspot in content.hotspots]
            yield from _choice_faults(key, offered, content.min_choices, content.max_choices)
        case TrueFalseTable(), TrueFalseKey():
            statements = [statement.id for statement in content.statements]
            yield from _cover_faults("key/values", key.values, statements)
        case Match() | GapMatch() | InlineChoice(), PairKey():
            yield from _pair_faults(content, key)
        case Order(), OrderKey():
            yield from repeat_faults("key/order", key.order)
            yield from _cover_faults("key/order", key.order, [option.id for option in content.options])
        case TextEntry(), TextKey():
            yield from _cover_faults("key/gaps", key.gaps, [gap.id for gap in content.gaps])
            yield from _text_faults(key)
        case NumericEntry() | Slider(), NumberKey():
            yield from _number_faults(content, key)
        case SelectPoint(), AreaKey():
            for number, area in enumerate(key.areas, start=1):
                yield from shape_faults(content.picture, f"key/areas/{number}", area.shape, area.coordinates)
        case _, RubricKey():
            yield from _rubric_faults(key)
        case _:
            pass


def _choice_faults(key: ChoiceKey, offered: Collection[str], at_least: int, at_most: int | None) -> Iterator[Fault]:
    yield from repeat_faults("key/correct", key.correct)
    yield from _unknown_faults("key/correct", key.correct, offered)
    size = len(key.correct)
    if size < at_least or (at_most is not None and size > at_most):
        limits = {"size": size, "min": at_least, "max": len(offered) if at_most is None else at_most}
        yield Fault("item_key_size", "key/correct", limits)


def _cover_faults(place: str, named: Collection[str], parts: Collection[str]) -> Iterator[Fault]:
    yield from _unknown_faults(place, named, parts)
    for part in parts:
        if part not in named:
            yield Fault("item_key_part_missing", f"{place}/{part}", {"part": part})


def _unknown_faults(place: str, named: Iterable[str], parts: Collection[str]) -> Iterator[Fault]:
    for name in named:
        if name not in parts:
            yield Fault("item_key_unknown_part", f"{place}/{name}", {"part": name})


def _pair_faults(content: Match | GapMatch | InlineChoice, key: PairKey) -> Iterator[Fault]:
    names = [" ".join(pair) for pair in key.pairs]
    yield from repeat_faults("key/pairs", names)
    firsts, seconds = Counter(first for first, _ in key.pairs), Counter(second for _, second in key.pairs)
    match content:
        case Match():
            yield from _unknown_faults("key/pairs", firsts, [source.id for source in content.sources])
            yield from _unknown_faults("key/pairs", seconds, [target.id for target in content.targets])
            yield from _over_limit_faults(firsts, content.max_per_source)
            yield from _over_limit_faults(seconds, content.max_per_target)
        case GapMatch():
            yield from _unknown_faults("key/pairs", firsts, [text.id for text in content.texts])
            yield from _cover_faults("key/pairs", seconds, [gap.id for gap in content.gaps])
            yield from _over_limit_faults(firsts, None if content.is_reusable else 1)
            yield from _over_limit_faults(seconds, 1)
        case InlineChoice():
            options = {gap.id: {option.id for option in gap.options} for gap in content.gaps}
            yield from _cover_faults("key/pairs", firsts, list(options))
            for gap, option in key.pairs:
                if gap in options and option not in options[gap]:
                    yield Fault("item_key_unknown_part", f"key/pairs/{gap} {option}", {"part": option})
            yield from _over_limit_faults(firsts, 1)


def _over_limit_faults(used: Counter[str], limit: int | None) -> Iterator[Fault]:
    for part, count in used.items():
        if limit is not None and count > limit:
            yield Fault("item_key_over_limit", "key/pairs", {"part": part, "count": count, "limit": limit})


def _text_faults(key: TextKey) -> Iterator[Fault]:
    """Yield accepted texts of which nothing is left to compare, or which are worth two things at once."""
    for gap, gap_key in key.gaps.items():
        shares: dict[str, Fraction] = {}
        for number, accepted in enumerate(gap_key.accepted, start=1):
            place = f"key/gaps/{gap}/{number}"
            form = comparison_form(accepted.text, gap_key.comparison)
            share = Fraction(accepted.share)
            if not form:
                yield Fault("item_text_empty", place)
            elif shares.setdefault(form, share) != share:
                yield Fault("item_key_text_twice", place, {"text": accepted.text})


def _number_faults(content: NumericEntry | Slider, key: NumberKey) -> Iterator[Fault]:
    if Fraction(key.tolerance) < 0:
        yield Fault("item_key_tolerance_negative", "key/tolerance", {"tolerance": key.tolerance})
    units = [unit.id for unit in content.units] if isinstance(content, NumericEntry) else []
    if key.unit is not None:
        yield from _unknown_faults("key/unit", [key.unit], units)
    elif units:
        yield Fault("item_key_unit_missing", "key/unit")
    if isinstance(content, Slider) and Fraction(content.step) > 0:
        value = slider_value(content, key.value)
        if value != Fraction(key.value):
            params = {"value": key.value, "lower": content.lower, "upper": content.upper, "step": content.step}
            yield Fault("item_key_off_scale", "key/value", params)


def _rubric_faults(key: RubricKey) -> Iterator[Fault]:
    yield from repeat_faults("key/criteria", (criterion.id for criterion in key.criteria))
    for criterion in key.criteria:
        if not clean_line(criterion.title):
            yield Fault("item_text_empty", f"key/criteria/{criterion.id}/title")
        if Fraction(criterion.points) <= 0:
            yield Fault("item_key_points_not_positive", f"key/criteria/{criterion.id}/points")
