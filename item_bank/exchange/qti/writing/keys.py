"""What is right and what it earns, as declarations and response processing of QTI."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from exam_engine.interactions.content import (
    GapMatch,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    SelectPoint,
    SingleChoice,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AllOrNothing,
    AreaKey,
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
from exam_engine.interactions.rich_text.markup import Element
from exam_engine.interactions.right_responses import right_response
from item_bank.exchange.qti.pointing import SHAPE_NAMES
from item_bank.exchange.qti.writing.bodies import RESPONSE, TRUTHS, UNIT, response_of
from item_bank.exchange.qti.writing.dialect import identifier, qti
from item_bank.exchange.qti.writing.keyed import Keyed, declared
from item_bank.exchange.qti.writing.mappings import choices_mapping, cost_text, value_mapping
from item_bank.exchange.qti.writing.rules import (
    RIGHT,
    Processing,
    answered,
    counted,
    counting,
    is_answered,
    is_correct,
    mapped,
    name_value,
    number,
    of_points,
    set_score,
    stepped,
    variable,
    when,
    whole,
)
from item_bank.exchange.qti.writing.typed import keyed_number, keyed_texts

_IDENTIFIERS, _PAIRS = "identifier", "directedPair"


def keyed(content: ItemContent, key: ItemKey | None, points: Decimal) -> Keyed:
    """Return declarations and response processing; without a key, declarations only."""
    match content, key:
        case InlineChoice(), PairKey():
            return _inline_choice(content, key, points)
        case InlineChoice(), _:
            return _unkeyed(declared(response_of(gap.id), "single", _IDENTIFIERS) for gap in content.gaps)
        case TextEntry(), TextKey():
            return keyed_texts(key, points)
        case TextEntry(), _:
            return _unkeyed(declared(response_of(gap.id), "single", "string") for gap in content.gaps)
        case _, NumberKey():
            return keyed_number(content, key, points)
        case NumericEntry(), _:
            units = [declared(UNIT, "single", _IDENTIFIERS)] if content.units else []
            return _unkeyed([declared(RESPONSE, "single", "float"), *units])
        case SelectPoint(), AreaKey():
            return _areas(content, key, points)
        case _, ChoiceKey():
            return _by_choices(content, [identifier(one) for one in key.correct], key.scoring, points)
        case TrueFalseTable(), TrueFalseKey():
            correct = [f"{identifier(name)} {TRUTHS[value]}" for name, value in key.values.items()]
            return _by_parts(correct, key.scoring, points)
        case Match() | GapMatch(), PairKey():
            return _pairs(content, key, points)
        case _, OrderKey():
            return _order(key, points)
        case _, RubricKey() | None:
            return _unkeyed([declared(RESPONSE, _cardinality(content), _base_type(content))])
        case _:
            raise TypeError(f"{content.interaction} has no key of the form {key.form}")


def _unkeyed(declarations: Iterable[Element]) -> Keyed:
    return Keyed(tuple(declarations), Processing())


def _cardinality(content: ItemContent) -> str:
    match content:
        case SingleChoice():
            return "single"
        # Also for one point: players hold points as a set, and count the cost of one outside only there.
        case MultipleResponse() | TrueFalseTable() | Match() | GapMatch() | SelectPoint():
            return "multiple"
        case _:
            if content.interaction in {"hot_text", "hotspot"}:
                return "single" if getattr(content, "max_choices", None) == 1 else "multiple"
            return "ordered" if content.interaction == "order" else "single"


def _base_type(content: ItemContent) -> str:
    types = {
        "true_false_table": _PAIRS,
        "match": _PAIRS,
        "gap_match": _PAIRS,
        "select_point": "point",
        "slider": "float",
        "extended_text": "string",
        "file_upload": "file",
    }
    return types.get(content.interaction, _IDENTIFIERS)


def _by_choices(
    content: ItemContent, correct: Sequence[str], scoring: AllOrNothing | PerOption | Mapped, points: Decimal
) -> Keyed:
    """Write a set of choices or pairs that is scored as a set."""
    cardinality, base_type = _cardinality(content), _base_type(content)
    if isinstance(scoring, AllOrNothing):
        return Keyed((declared(RESPONSE, cardinality, base_type, correct),), _matched(points))
    mapping = choices_mapping(content, correct, scoring)
    right = declared(RESPONSE, cardinality, base_type, correct, mapping)
    if points == 1 and isinstance(scoring, Mapped):
        return Keyed((right,), Processing(template="map_response"))
    parts = len(correct) if isinstance(scoring, PerOption) else 1
    return Keyed(
        (right,), Processing(rules=(answered(RESPONSE, set_score(of_points(points, mapped(RESPONSE), parts))),))
    )


def _matched(points: Decimal) -> Processing:
    return (
        Processing(template="match_correct") if points == 1 else Processing(rules=whole(points, is_correct(RESPONSE)))
    )


def _by_parts(correct: Sequence[str], scoring: AllOrNothing | PerPart | ByCount, points: Decimal) -> Keyed:
    """Write pairs of which each is a part of its own."""
    if isinstance(scoring, AllOrNothing):
        return Keyed((declared(RESPONSE, "multiple", _PAIRS, correct),), _matched(points))
    right = declared(RESPONSE, "multiple", _PAIRS, correct, value_mapping(dict.fromkeys(correct, "1")))
    if isinstance(scoring, ByCount):
        return Keyed((right,), Processing(rules=(stepped(points, scoring, mapped(RESPONSE), RESPONSE),)))
    rule = answered(RESPONSE, set_score(of_points(points, mapped(RESPONSE), len(correct))))
    return Keyed((right,), Processing(rules=(rule,)))


def _pairs(content: Match | GapMatch, key: PairKey, points: Decimal) -> Keyed:
    correct = [f"{identifier(first)} {identifier(second)}" for first, second in key.pairs]
    scoring = key.scoring
    if isinstance(scoring, AllOrNothing | PerOption | Mapped):
        return _by_choices(content, correct, scoring, points)
    if isinstance(content, GapMatch) or content.max_per_source == 1:
        return _by_parts(correct, scoring, points)
    parts = []
    for source in content.sources:
        own = [second for first, second in key.pairs if first == source.id]
        if own:
            tests = [_has(source.id, target.id, is_right=target.id in own) for target in content.targets]
            parts.append(qti("and", {}, *tests))
    return Keyed((declared(RESPONSE, "multiple", _PAIRS, correct),), counting(points, scoring, parts))


def _has(source: str, target: str, *, is_right: bool) -> Element:
    pair = name_value(_PAIRS, f"{identifier(source)} {identifier(target)}")
    member = qti("member", {}, pair, variable(RESPONSE))
    return member if is_right else qti("not", {}, member)


def _order(key: OrderKey, points: Decimal) -> Keyed:
    order = [identifier(one) for one in key.order]
    right = declared(RESPONSE, "ordered", _IDENTIFIERS, order)
    if isinstance(key.scoring, AllOrNothing):
        return Keyed((right,), _matched(points))
    parts = [
        qti("match", {}, qti("index", {"n": str(place)}, variable(RESPONSE)), name_value(_IDENTIFIERS, one))
        for place, one in enumerate(order, start=1)
    ]
    return Keyed((right,), counting(points, key.scoring, parts))


def _inline_choice(content: InlineChoice, key: PairKey, points: Decimal) -> Keyed:
    right = {gap: identifier(option) for gap, option in key.pairs}
    names = [response_of(gap.id) for gap in content.gaps]
    scoring = key.scoring
    if isinstance(scoring, AllOrNothing | PerPart | ByCount):
        declarations = [declared(response_of(gap.id), "single", _IDENTIFIERS, [right[gap.id]]) for gap in content.gaps]
        return Keyed(tuple(declarations), counting(points, scoring, [is_correct(name) for name in names]))
    declarations = []
    for gap in content.gaps:
        if isinstance(scoring, PerOption):
            mapping = value_mapping({right[gap.id]: "1"}, cost_text(scoring.penalty))
        else:
            shares = {identifier(o.id): scoring.shares.get(f"{gap.id} {o.id}", scoring.default) for o in gap.options}
            mapping = value_mapping(shares, scoring.default)
        declarations.append(declared(response_of(gap.id), "single", _IDENTIFIERS, [right[gap.id]], mapping))
    lower, upper, parts = "0", str(len(right)), len(right)
    if isinstance(scoring, Mapped):
        lower, upper, parts = scoring.lower, scoring.upper, 1
    held = qti("max", {}, number(lower), qti("min", {}, number(upper), variable(RIGHT)))
    empty = qti("and", {}, *(qti("is-null", {}, variable(name)) for name in names))
    none = qti("response-if", {}, empty, set_score(number(0)))
    otherwise = qti("response-else", {}, set_score(of_points(points, held, parts)))
    sums = [when(is_answered(name), counted(mapped(name))) for name in names]
    rules = (*sums, qti("response-condition", {}, none, otherwise))
    return Keyed(tuple(declarations), Processing(rules=rules, is_counting=True))


def _areas(content: SelectPoint, key: AreaKey, points: Decimal) -> Keyed:
    entries = [
        qti(
            "area-map-entry",
            {
                "shape": SHAPE_NAMES[area.shape],
                "coords": ",".join(map(str, area.coordinates)),
                "mapped-value": area.share,
            },
        )
        for area in key.areas
    ]
    bounds = {"lower-bound": "0", "upper-bound": "1", "default-value": cost_text(key.penalty)}
    mapping = qti("area-mapping", bounds, *entries)
    right = declared(RESPONSE, _cardinality(content), "point", right_response(content, key), mapping)
    expression = qti("map-response-point", {"identifier": RESPONSE})
    rules = (answered(RESPONSE, set_score(of_points(points, expression))),)
    return Keyed((right,), Processing(template="map_response_point") if points == 1 else Processing(rules=rules))
