"""Keys of choices in gaps, where each gap is a variable of its own."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from exam_engine.interactions.content import InlineChoice
from exam_engine.interactions.keys import AllOrNothing, ByCount, PairKey, PerOption, PerPart
from item_bank.exchange.qti import processing
from item_bank.exchange.qti.conditions import Test
from item_bank.exchange.qti.declarations import Response
from item_bank.exchange.qti.keys import FoundKey, matched
from item_bank.exchange.qti.processing import Score, Steps, Sum
from item_bank.exchange.qti.shares import Valued, by_count, rule_of, valued


def inline_choice_key(
    content: InlineChoice,
    responses: Sequence[Response],
    names: Sequence[Mapping[str, str]],
    score: Score | None,
) -> FoundKey:
    """Return the key of choices in gaps; responses and new names of options are in the order of the gaps."""
    gaps = [gap.id for gap in content.gaps]
    identifiers = [response.identifier for response in responses]
    right: list[tuple[str, str]] = []
    for gap, response, options in zip(gaps, responses, names, strict=True):
        if len(response.correct) == 1 and response.correct[0] in options:
            right.append((gap, options[response.correct[0]]))
    if len(right) == len(gaps):
        if (full := matched(score, identifiers)) is not None:
            return FoundKey(PairKey(pairs=tuple(right)), full)
        if (counted := _counted(score, identifiers)) is not None:
            return FoundKey(PairKey(pairs=tuple(right), scoring=counted[0]), counted[1])
    values: dict[str, Fraction] = {}
    for gap, response, options in zip(gaps, responses, names, strict=True):
        own = _own_terms(score, response.identifier)
        found = None if own is None else valued(own, response, list(options))
        # Bounds of a single gap are not those of the item.
        if found is None or found.lower or (found.upper is not None and found.upper < max(found.values.values())):
            return FoundKey()
        if found.lower is not None and min(found.values.values()) < 0:
            return FoundKey()
        values |= {f"{gap} {options[name]}": value for name, value in found.values.items()}
    best = [_best_of(gap, values) for gap in gaps]
    correct = [f"{gap} {option}" for gap, option in right] if len(right) == len(gaps) else [one for one in best if one]
    if len(correct) < len(gaps) or any(_own_terms(score, name) is None for name in identifiers):
        return FoundKey()
    # Gaps without negative values have the item's lower bound of nought.
    lower = Fraction(0) if all(value >= 0 for value in values.values()) else None
    rule = rule_of(Valued(values, lower), correct, None)
    if rule is None:
        return FoundKey()
    pairs = tuple((first, second) for first, _, second in (one.partition(" ") for one in rule.correct))
    if rule.scoring == PerOption(penalty="0") or (isinstance(rule.scoring, AllOrNothing) and len(pairs) == 1):
        return FoundKey(PairKey(pairs=pairs, scoring=PerPart()), rule.full, list(rule.warnings))
    return FoundKey(PairKey(pairs=pairs, scoring=rule.scoring), rule.full, list(rule.warnings))


def _counted(score: Score | None, identifiers: Sequence[str]) -> tuple[PerPart | ByCount, Fraction] | None:
    """Read a score that counts the variables with the declared right response."""
    of = score.of if isinstance(score, Steps) else score
    wanted = {(Test(name, "correct"),) for name in identifiers}
    if not isinstance(of, Sum) or set(of.terms) != wanted or len(set(of.terms.values())) != 1 or of.constant:
        return None
    each = next(iter(of.terms.values()))
    if isinstance(score, Sum):
        return (PerPart(), each * len(identifiers)) if each > 0 else None
    return by_count(score, len(identifiers), each)


def _own_terms(score: Score | None, identifier: str) -> Sum | None:
    if not isinstance(score, Sum) or score.constant:
        return None
    own = {}
    for term, weight in score.terms.items():
        named = {term.response} if isinstance(term, processing.Mapped) else {test.response for test in term}
        if named == {identifier}:
            own[term] = weight
        elif identifier in named:
            return None
    return Sum(own)


def _best_of(gap: str, values: Mapping[str, Fraction]) -> str:
    own = {name: value for name, value in values.items() if name.partition(" ")[0] == gap and value > 0}
    best = [name for name, value in own.items() if value == max(own.values())]
    return best[0] if len(best) == 1 else ""
