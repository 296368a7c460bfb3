"""What is right and what it earns, as declarations and response processing of QTI."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from item_bank.exchange.qti.writing.bodies import RESPONSE, UNIT, response_of
from item_bank.exchange.qti.writing.dialect import identifier, qti, truth
from item_bank.exchange.qti.writing.rules import (
    Processing,
    answered,
    counting,
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

_IDENTIFIERS, _PAIRS = "identifier", "directedPair"


@dataclass(frozen=True, slots=True)
class Keyed:
    """Declarations of responses with what is right, and the rules of points."""

    declarations: tuple[Element, ...]
    processing: Processing


def keyed(content: ItemContent, key: ItemKey | None, points: Decimal) -> Keyed:
    """Return declarations and response processing; without a key, declarations only."""
    match content, key:
        case InlineChoice(), PairKey():
            return _inline_choice(content, key, points)
        case InlineChoice(), _:
            return _unkeyed(_declared(response_of(gap.id), "single", _IDENTIFIERS) for gap in content.gaps)
        case TextEntry(), TextKey():
            return _text(key, points)
        case TextEntry(), _:
            return _unkeyed(_declared(response_of(gap.id), "single", "string") for gap in content.gaps)
        case _, NumberKey():
            return _number(content, key, points)
        case NumericEntry(), _:
            units = [_declared(UNIT, "single", _IDENTIFIERS)] if content.units else []
            return _unkeyed([_declared(RESPONSE, "single", "float"), *units])
        case SelectPoint(), AreaKey():
            return _areas(content, key, points)
        case _, ChoiceKey():
            cardinality = _cardinality(content)
            correct = [identifier(one) for one in key.correct]
            shares = key.scoring.shares if isinstance(key.scoring, Mapped) else {}
            entries = {identifier(name): share for name, share in shares.items()}
            return _by_choices(cardinality, _IDENTIFIERS, correct, key.scoring, entries, points)
        case TrueFalseTable(), TrueFalseKey():
            correct = [f"{identifier(name)} {truth(value)}" for name, value in key.values.items()]
            return _by_parts(correct, key.scoring, points)
        case Match() | GapMatch(), PairKey():
            return _pairs(content, key, points)
        case _, OrderKey():
            return _order(key, points)
        case _, RubricKey() | None:
            return _unkeyed([_declared(RESPONSE, _cardinality(content), _base_type(content))])
        case _:
            raise TypeError(f"{content.interaction} has no key of the form {key.form}")


def _unkeyed(declarations: Iterable[Element]) -> Keyed:
    return Keyed(tuple(declarations), Processing())


def _cardinality(content: ItemContent) -> str:
    match content:
        case SingleChoice():
            return "single"
        case MultipleResponse() | TrueFalseTable() | Match() | GapMatch():
            return "multiple"
        case SelectPoint():
            return "single" if content.max_points == 1 else "multiple"
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


def _declared(name: str, cardinality: str, base_type: str, correct: Sequence[str] = (), *more: Element) -> Element:
    attributes = {"identifier": name, "cardinality": cardinality, "base-type": base_type}
    right = [qti("correct-response", {}, *(qti("value", {}, one) for one in correct))] if correct else []
    return qti("response-declaration", attributes, *right, *more)


def _mapping(
    entries: Mapping[str, str], default: str = "0", lower: str | None = None, upper: str | None = None
) -> Element:
    bounds = {"lower-bound": lower, "upper-bound": upper}
    attributes = {name: value for name, value in bounds.items() if value is not None}
    listed = [qti("map-entry", {"map-key": name, "mapped-value": value}) for name, value in entries.items()]
    return qti("mapping", {**attributes, "default-value": default}, *listed)


def _by_choices(
    cardinality: str,
    base_type: str,
    correct: Sequence[str],
    scoring: AllOrNothing | PerOption | Mapped,
    shares: Mapping[str, str],
    points: Decimal,
) -> Keyed:
    """Write a set of choices or pairs that is scored as a set."""
    if isinstance(scoring, AllOrNothing):
        declared = _declared(RESPONSE, cardinality, base_type, correct)
        return Keyed((declared,), _matched(points))
    if isinstance(scoring, PerOption):
        cost = "0" if scoring.penalty.strip("-0.") == "" else f"-{scoring.penalty}"
        mapping = _mapping(dict.fromkeys(correct, "1"), cost, "0", str(len(correct)))
        rules: tuple[Element, ...] = (set_score(of_points(points, mapped(RESPONSE), len(correct))),)
    else:
        # A mapping has at least one entry.
        entries = shares or dict.fromkeys(correct[:1], scoring.default)
        mapping = _mapping(entries, scoring.default, scoring.lower, scoring.upper)
        rules = (answered(RESPONSE, set_score(of_points(points, mapped(RESPONSE)))),)
    declared = _declared(RESPONSE, cardinality, base_type, correct, mapping)
    is_template = points == 1 and isinstance(scoring, Mapped)
    return Keyed((declared,), Processing(template="map_response") if is_template else Processing(rules=rules))


def _matched(points: Decimal) -> Processing:
    return (
        Processing(template="match_correct") if points == 1 else Processing(rules=whole(points, is_correct(RESPONSE)))
    )


def _by_parts(correct: Sequence[str], scoring: AllOrNothing | PerPart | ByCount, points: Decimal) -> Keyed:
    """Write pairs of which each is a part of its own."""
    if isinstance(scoring, AllOrNothing):
        return Keyed((_declared(RESPONSE, "multiple", _PAIRS, correct),), _matched(points))
    declared = _declared(RESPONSE, "multiple", _PAIRS, correct, _mapping(dict.fromkeys(correct, "1")))
    if isinstance(scoring, ByCount):
        return Keyed((declared,), Processing(rules=(stepped(points, scoring, mapped(RESPONSE)),)))
    return Keyed((declared,), Processing(rules=(set_score(of_points(points, mapped(RESPONSE), len(correct))),)))


def _pairs(content: Match | GapMatch, key: PairKey, points: Decimal) -> Keyed:
    correct = [f"{identifier(first)} {identifier(second)}" for first, second in key.pairs]
    scoring = key.scoring
    if isinstance(scoring, AllOrNothing | PerOption | Mapped):
        shares = scoring.shares if isinstance(scoring, Mapped) else {}
        entries = {" ".join(identifier(half) for half in name.split(" ")): share for name, share in shares.items()}
        return _by_choices("multiple", _PAIRS, correct, scoring, entries, points)
    if isinstance(content, GapMatch):
        return _by_parts(correct, scoring, points)
    parts = []
    for source in content.sources:
        own = [second for first, second in key.pairs if first == source.id]
        if own:
            tests = [_has(source.id, target.id, is_right=target.id in own) for target in content.targets]
            parts.append(qti("and", {}, *tests))
    declared = _declared(RESPONSE, "multiple", _PAIRS, correct)
    return Keyed((declared,), counting(points, scoring, parts))


def _has(source: str, target: str, *, is_right: bool) -> Element:
    pair = name_value(_PAIRS, f"{identifier(source)} {identifier(target)}")
    member = qti("member", {}, pair, variable(RESPONSE))
    return member if is_right else qti("not", {}, member)


def _order(key: OrderKey, points: Decimal) -> Keyed:
    order = [identifier(one) for one in key.order]
    declared = _declared(RESPONSE, "ordered", _IDENTIFIERS, order)
    if isinstance(key.scoring, AllOrNothing):
        return Keyed((declared,), _matched(points))
    parts = [
        qti("match", {}, qti("index", {"n": str(place)}, variable(RESPONSE)), name_value(_IDENTIFIERS, one))
        for place, one in enumerate(order, start=1)
    ]
    return Keyed((declared,), counting(points, key.scoring, parts))


def _inline_choice(content: InlineChoice, key: PairKey, points: Decimal) -> Keyed:
    right = dict(key.pairs)
    names = [response_of(gap.id) for gap in content.gaps]
    scoring = key.scoring
    if isinstance(scoring, AllOrNothing | PerPart | ByCount):
        declared = [
            _declared(response_of(gap.id), "single", _IDENTIFIERS, [identifier(right[gap.id])]) for gap in content.gaps
        ]
        return Keyed(tuple(declared), counting(points, scoring, [is_correct(name) for name in names]))
    declared = []
    for gap in content.gaps:
        correct = [identifier(right[gap.id])]
        if isinstance(scoring, PerOption):
            entries = {correct[0]: "1"}
            default = "0" if scoring.penalty.strip("0.") == "" else f"-{scoring.penalty}"
        else:
            default = scoring.default
            entries = {identifier(o.id): scoring.shares.get(f"{gap.id} {o.id}", default) for o in gap.options}
        declared.append(_declared(response_of(gap.id), "single", _IDENTIFIERS, correct, _mapping(entries, default)))
    total = qti("sum", {}, *(mapped(name) for name in names))
    lower, upper, parts = "0", str(len(right)), len(right)
    if isinstance(scoring, Mapped):
        lower, upper, parts = scoring.lower, scoring.upper, 1
    held = qti("max", {}, number(lower), qti("min", {}, number(upper), total))
    empty = qti("and", {}, *(qti("is-null", {}, variable(name)) for name in names))
    nothing = qti("response-if", {}, empty, set_score(number(0)))
    otherwise = qti("response-else", {}, set_score(of_points(points, held, parts)))
    return Keyed(tuple(declared), Processing(rules=(qti("response-condition", {}, nothing, otherwise),)))


def _text(key: TextKey, points: Decimal) -> Keyed:
    names = {gap: response_of(gap) for gap in key.gaps}
    declared = []
    for gap, gap_key in key.gaps.items():
        best = max(gap_key.accepted, key=lambda one: Decimal(one.share)).text
        is_sensitive = truth(gap_key.comparison.is_case_sensitive)
        entries = [
            qti("map-entry", {"map-key": one.text, "mapped-value": one.share, "case-sensitive": is_sensitive})
            for one in gap_key.accepted
        ]
        mapping = qti("mapping", {"default-value": "0"}, *entries)
        declared.append(_declared(names[gap], "single", "string", [best], mapping))
    if isinstance(key.scoring, PerPart):
        values = [mapped(name) for name in names.values()]
        total = values[0] if len(values) == 1 else qti("sum", {}, *values)
        rules = (set_score(of_points(points, total, len(values))),)
        return Keyed(tuple(declared), Processing(rules=rules))
    parts = [qti("gte", {}, mapped(name), number(1)) for name in names.values()]
    return Keyed(tuple(declared), counting(points, key.scoring, parts))


def _number(content: ItemContent, key: NumberKey, points: Decimal) -> Keyed:
    equal = qti("equal", _tolerance(key), variable(RESPONSE), qti("correct", {"identifier": RESPONSE}))
    declared = [_declared(RESPONSE, "single", "float", [key.value])]
    if key.unit is None or not isinstance(content, NumericEntry):
        return Keyed(tuple(declared), Processing(rules=whole(points, equal)))
    declared.append(_declared(UNIT, "single", _IDENTIFIERS, [identifier(key.unit)]))
    wrong = Decimal(key.share_with_wrong_unit)
    rules = [_adding(qti("and", {}, equal, is_correct(UNIT)), points * (1 - wrong))]
    if wrong:
        rules.append(_adding(equal, points * wrong))
    return Keyed(tuple(declared), Processing(rules=tuple(rules)))


def _adding(condition: Element, amount: Decimal) -> Element:
    return when(condition, set_score(qti("sum", {}, variable("SCORE"), number(amount))))


def _tolerance(key: NumberKey) -> dict[str, str]:
    mode = "relative" if key.tolerance_in == "percent" else "absolute"
    return {"tolerance-mode": mode, "tolerance": f"{key.tolerance} {key.tolerance}"}


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
    cost = "0" if key.penalty.strip("0.") == "" else f"-{key.penalty}"
    mapping = qti("area-mapping", {"lower-bound": "0", "upper-bound": "1", "default-value": cost}, *entries)
    declared = _declared(RESPONSE, _cardinality(content), "point", right_response(content, key), mapping)
    expression = qti("map-response-point", {"identifier": RESPONSE})
    rules = (answered(RESPONSE, set_score(of_points(points, expression))),)
    return Keyed((declared,), Processing(template="map_response_point") if points == 1 else Processing(rules=rules))
