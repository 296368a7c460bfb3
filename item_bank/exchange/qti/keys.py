"""Keys of items from what a file declares to be right and what its response processing gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    Match,
    MultipleResponse,
    Order,
    SelectPoint,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AllOrNothing,
    Area,
    AreaKey,
    ByCount,
    ChoiceKey,
    ItemKey,
    OrderKey,
    PairKey,
    PerOption,
    PerPart,
    TrueFalseKey,
)
from exam_engine.interactions.scoring.pairs import parts_of
from item_bank.exchange.qti import processing
from item_bank.exchange.qti.conditions import Test
from item_bank.exchange.qti.declarations import AreaMapping, Response
from item_bank.exchange.qti.processing import Score, Steps, Sum, Term
from item_bank.exchange.qti.shares import Rule, by_count, rule_of, share_text, valued

Choices = SingleChoice | MultipleResponse | HotText | HotspotChoice


@dataclass(slots=True)
class FoundKey:
    """A key as far as the file says it; None where it says nothing or nothing that can be carried over.

    ``full`` is what the right response earns in the file's own points.
    """

    key: ItemKey | None = None
    full: Fraction | None = None
    warnings: list[str] = field(default_factory=list)


def choice_key(content: Choices, response: Response, names: Mapping[str, str], score: Score | None) -> FoundKey:
    """Return the key of chosen options, marked words or hotspots."""
    if (full := matched(score, [response.identifier])) is not None and _known(response.correct, names):
        return FoundKey(ChoiceKey(correct=tuple(names[one] for one in response.correct)), full)
    at_most = 1 if isinstance(content, SingleChoice) else content.max_choices
    found = valued(score, response, list(names))
    rule = None if found is None else rule_of(found, response.correct, at_most)
    if rule is None:
        return FoundKey()
    return _with_rule(
        rule, lambda scoring: ChoiceKey(correct=tuple(names[one] for one in rule.correct), scoring=scoring), names
    )


def pair_key(
    content: Match | GapMatch | TrueFalseTable,
    response: Response,
    names: Mapping[str, tuple[str, str]],
    score: Score | None,
) -> FoundKey:
    """Return the key of pairs; ``names`` has the new pair for each pair of identifiers that can be made."""
    correct = [" ".join(one.split()) for one in response.correct]
    if (full := matched(score, [response.identifier])) is not None and _known(correct, names):
        return FoundKey(_pairs(content, [names[one] for one in correct], AllOrNothing()), full)
    if _known(correct, names) and correct:
        right = [names[one] for one in correct]
        counted = _counted_parts(content, right, response, names, score, correct)
        if counted is not None:
            return counted
    found = valued(score, response, list(names))
    rule = None if found is None else rule_of(found, correct, None)
    if rule is None:
        return FoundKey()
    right = [names[one] for one in rule.correct]
    is_single = isinstance(content, GapMatch | TrueFalseTable) or (
        content.max_per_source == 1 and len({first for first, _ in right}) == len(right)
    )
    scoring = rule.scoring
    if is_single and (scoring == PerOption(penalty="0") or (isinstance(scoring, AllOrNothing) and len(right) == 1)):
        return FoundKey(_pairs(content, right, PerPart()), rule.full, list(rule.warnings))
    if isinstance(content, TrueFalseTable):
        return FoundKey()
    renamed = {old: " ".join(new) for old, new in names.items()}
    return _with_rule(rule, lambda scoring: PairKey(pairs=tuple(right), scoring=scoring), renamed)


def _counted_parts(
    content: Match | GapMatch | TrueFalseTable,
    right: Sequence[tuple[str, str]],
    response: Response,
    names: Mapping[str, tuple[str, str]],
    score: Score | None,
    correct: Sequence[str],
) -> FoundKey | None:
    """Read a score that counts right parts: pairs that the mapping gives the same, or parts tested one by one."""
    key = PairKey(pairs=tuple(right))
    parts = len(content.statements) if isinstance(content, TrueFalseTable) else len(parts_of(content, key)[1])
    of = score.of if isinstance(score, Steps) else score
    each: Fraction | None = None
    if not isinstance(of, Sum) or of.constant:
        return None
    weights = set(of.terms.values())
    if (
        len(weights) == 1
        and len(of.terms) == parts
        and all(_is_whole_part(t, response, names, correct) for t in of.terms)
    ):
        each = weights.pop()
        if isinstance(score, Sum):
            return FoundKey(_pairs(content, right, PerPart()), each * parts)
    elif isinstance(score, Steps):
        found = valued(of, response, list(names))
        if found is None or len(right) != parts or found.lower is not None or found.upper is not None:
            return None
        each = found.values[correct[0]]
        if any(value != (each if name in correct else 0) for name, value in found.values.items()):
            return None
    rule = None if each is None else by_count(score, parts, each)
    return None if rule is None else FoundKey(_pairs(content, right, rule[0]), rule[1])


def _is_whole_part(
    term: Term, response: Response, names: Mapping[str, tuple[str, str]], correct: Sequence[str]
) -> bool:
    """Return whether tests ask for all right pairs of one source and for none of its others."""
    if isinstance(term, processing.Mapped) or any(test.response != response.identifier for test in term):
        return False
    asked = {test.values[0]: test.kind for test in term if test.kind in {"member", "absent"} and test.values}
    sources = {pair.partition(" ")[0] for pair in asked}
    if len(sources) != 1 or len(asked) != len(term):
        return False
    of_source = {pair for pair in names if pair.partition(" ")[0] in sources}
    return {pair: "member" if pair in correct else "absent" for pair in of_source} == asked


def _pairs(
    content: Match | GapMatch | TrueFalseTable,
    right: Sequence[tuple[str, str]],
    scoring: AllOrNothing | PerPart | ByCount,
) -> ItemKey:
    if isinstance(content, TrueFalseTable):
        return TrueFalseKey(values={statement: value == "true" for statement, value in right}, scoring=scoring)
    return PairKey(pairs=tuple(right), scoring=scoring)


def order_key(content: Order, response: Response, names: Mapping[str, str], score: Score | None) -> FoundKey:
    """Return the key of options put in order."""
    correct = response.correct
    if not correct or not _known(correct, names):
        return FoundKey()
    order = tuple(names[one] for one in correct)
    if (full := matched(score, [response.identifier])) is not None:
        return FoundKey(OrderKey(order=order), full)
    of = score.of if isinstance(score, Steps) else score
    places = {
        (Test(response.identifier, "index", (name,), place=place),) for place, name in enumerate(correct, start=1)
    }
    if not isinstance(of, Sum) or set(of.terms) != places or len(set(of.terms.values())) != 1 or of.constant:
        return FoundKey()
    each = next(iter(of.terms.values()))
    if isinstance(score, Sum):
        return FoundKey(OrderKey(order=order, scoring=PerPart()), each * len(order))
    rule = by_count(score, len(order), each)
    return FoundKey() if rule is None else FoundKey(OrderKey(order=order, scoring=rule[0]), rule[1])


def area_key(content: SelectPoint, response: Response, areas: Sequence[Area], score: Score | None) -> FoundKey:
    """Return the key of points in a picture; ``areas`` are those of the mapping, in its order, in stored pixels."""
    mapping: AreaMapping | None = response.areas
    term = processing.Mapped(response.identifier, is_point=True)
    if mapping is None or not areas or not isinstance(score, Sum) or set(score.terms) != {term} or score.constant:
        return FoundKey()
    weight = score.terms[term]
    values = [entry.value for entry in mapping.entries]
    total = sum(sorted(values, reverse=True)[: content.max_points], Fraction(0))
    full = total if mapping.upper is None else min(total, mapping.upper)
    is_odd = mapping.lower is not None and mapping.lower > 0
    if full <= 0 or weight <= 0 or min(values) < 0 or max(values) > full or mapping.default > 0 or is_odd:
        return FoundKey()
    shares = [value / full for value in values]
    penalty = min(Fraction(1), -mapping.default / full)
    texts = [share_text(share) for share in shares]
    if (len(texts) == content.max_points and full == total) or (len(texts) <= content.max_points and full == total):
        texts[-1] = share_text(1 - sum((Fraction(text) for text in texts[:-1]), Fraction(0)))
    warnings = []
    if any(Fraction(text) != share for text, share in zip(texts, shares, strict=True)):
        warnings.append("qti_shares_rounded")
    if mapping.default < 0 and (mapping.lower is None or mapping.lower < 0):
        warnings.append("qti_score_below_nought")
    keyed = tuple(area.model_copy(update={"share": text}) for area, text in zip(areas, texts, strict=True))
    return FoundKey(AreaKey(areas=keyed, penalty=share_text(penalty)), full * weight, warnings)


def matched(score: Score | None, identifiers: Sequence[str]) -> Fraction | None:
    """Return what is earned when exactly the declared right responses of all variables earn, None otherwise."""
    if not isinstance(score, Sum) or score.constant or len(score.terms) != 1:
        return None
    term, weight = next(iter(score.terms.items()))
    if isinstance(term, processing.Mapped) or weight <= 0:
        return None
    is_all = sorted(test.response for test in term) == sorted(identifiers)
    return weight if is_all and all(test.kind == "correct" and not test.tolerance for test in term) else None


def _known(identifiers: Sequence[str], names: Mapping[str, object]) -> bool:
    return bool(identifiers) and all(one in names for one in identifiers)


def _with_rule(rule: Rule, make: Callable[..., ItemKey], names: Mapping[str, str]) -> FoundKey:
    scoring = rule.scoring
    if not isinstance(scoring, AllOrNothing | PerOption):
        scoring = scoring.model_copy(update={"shares": {names[old]: share for old, share in scoring.shares.items()}})
    return FoundKey(make(scoring), rule.full, list(rule.warnings))
