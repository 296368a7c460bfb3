"""Keys of typed texts, typed numbers and sliders from declarations and response processing."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from exam_engine.interactions.keys import (
    AcceptedText,
    AllOrNothing,
    ByCount,
    NumberKey,
    PerPart,
    TextComparison,
    TextGapKey,
    TextKey,
)
from item_bank.exchange.qti import processing
from item_bank.exchange.qti.conditions import Test
from item_bank.exchange.qti.declarations import Response, number_of, number_text
from item_bank.exchange.qti.keys import FoundKey
from item_bank.exchange.qti.processing import Score, Steps, Sum, Term
from item_bank.exchange.qti.shares import by_count, share_text


def text_key(responses: Sequence[Response], gaps: Sequence[str], score: Score | None) -> FoundKey:
    """Return the key of typed texts; responses are in the order of the gaps.

    QTI compares letter by letter; in this bank white space at the ends and the place of tone marks do not matter.
    """
    of = score.of if isinstance(score, Steps) else score
    if not isinstance(of, Sum) or of.constant or not of.terms:
        return FoundKey()
    by_name = {response.identifier: (response, gap) for response, gap in zip(responses, gaps, strict=True)}
    term = next(iter(of.terms))
    if len(of.terms) == 1 and _is_one_condition(term, score):
        keys = _gap_keys([(test,) for test in term], by_name) if isinstance(term, tuple) else None
        is_all = keys is not None and len(keys) == len(gaps) and isinstance(score, Sum)
        return FoundKey(TextKey(gaps=keys or {}, scoring=AllOrNothing()), of.terms[term]) if is_all else FoundKey()
    keys = _gap_keys(list(of.terms), by_name, keeps_lesser=isinstance(score, Steps))
    if keys is None or len(keys) != len(gaps):
        return FoundKey()
    earned = {_most(term, by_name) * weight for term, weight in of.terms.items()}
    if len(earned) != 1 or (each := earned.pop()) <= 0:
        return FoundKey()
    ordered = {gap: keys[gap] for gap in gaps}
    scoring: PerPart | ByCount = PerPart()
    full = each * len(gaps)
    if isinstance(score, Steps):
        rule = by_count(score, len(gaps), each)
        if rule is None:
            return FoundKey()
        scoring, full = rule
    rounded = ["qti_shares_rounded"] if _is_rounded(of.terms, by_name) else []
    return FoundKey(TextKey(gaps=ordered, scoring=scoring), full, rounded)


def _is_one_condition(term: Term, score: Score | None) -> bool:
    """Return whether everything is earned at once: by several gaps together, or by enough in the only one."""
    if isinstance(term, processing.Mapped):
        return False
    return len(term) > 1 or (isinstance(score, Sum) and [test.kind for test in term] == ["mapped"])


def _gap_keys(
    terms: Sequence[Term], by_name: Mapping[str, tuple[Response, str]], *, keeps_lesser: bool = True
) -> dict[str, TextGapKey] | None:
    """Return the keys of gaps; ``keeps_lesser``: the rule counts whole shares, so that texts with less may stay."""
    keys: dict[str, TextGapKey] = {}
    for term in terms:
        test = term if isinstance(term, processing.Mapped) else term[0] if len(term) == 1 else None
        if test is None or test.response not in by_name:
            return None
        response, gap = by_name[test.response]
        if isinstance(test, processing.Mapped):
            key = _of_mapping(response)
        else:
            is_mapped = test.kind == "mapped"
            key = _of_enough(response, test.least, keeps_lesser) if is_mapped else _of_test(test, response)
        if key is None or gap in keys:
            return None
        keys[gap] = key
    return keys


def _of_mapping(response: Response) -> TextGapKey | None:
    mapping = response.mapping
    if mapping is None or mapping.default > 0:
        return None
    most = max((entry.value for entry in mapping.entries), default=Fraction(0))
    worth = [entry for entry in mapping.entries if entry.value > 0 and entry.key.strip()]
    if most <= 0 or not worth or len(worth) > 50:
        return None
    is_sensitive = any(entry.is_case_sensitive for entry in worth)
    accepted = tuple(AcceptedText(text=entry.key[:500], share=share_text(entry.value / most)) for entry in worth)
    return TextGapKey(accepted=accepted, comparison=TextComparison(is_case_sensitive=is_sensitive))


def _of_enough(response: Response, least: Fraction, keeps_lesser: bool) -> TextGapKey | None:
    """Return the key of a text that is right when it earns as much as ``least``."""
    key = _of_mapping(response)
    if key is None or response.mapping is None or least <= 0:
        return None
    most = max(entry.value for entry in response.mapping.entries)
    if least == most and keeps_lesser:
        return key
    enough = {entry.key[:500] for entry in response.mapping.entries if entry.value >= least}
    accepted = tuple(one.model_copy(update={"share": "1"}) for one in key.accepted if one.text in enough)
    return key.model_copy(update={"accepted": accepted}) if accepted else None


def _of_test(test: Test, response: Response) -> TextGapKey | None:
    texts = response.correct if test.kind == "correct" else test.values if test.kind == "value" else ()
    if not texts or not all(text.strip() for text in texts) or (test.kind == "correct" and len(texts) != 1):
        return None
    accepted = tuple(AcceptedText(text=text[:500]) for text in texts)
    return TextGapKey(accepted=accepted, comparison=TextComparison(is_case_sensitive=test.is_case_sensitive))


def _most(term: Term, by_name: Mapping[str, tuple[Response, str]]) -> Fraction:
    if not isinstance(term, processing.Mapped):
        return Fraction(1)
    mapping = by_name[term.response][0].mapping
    return max((entry.value for entry in mapping.entries), default=Fraction(0)) if mapping is not None else Fraction(0)


def _is_rounded(terms: Mapping[Term, Fraction], by_name: Mapping[str, tuple[Response, str]]) -> bool:
    for term in terms:
        if isinstance(term, processing.Mapped) and (mapping := by_name[term.response][0].mapping) is not None:
            most = max(entry.value for entry in mapping.entries)
            if any((entry.value / most * 10_000).denominator != 1 for entry in mapping.entries if entry.value > 0):
                return True
    return False


def number_key(
    response: Response, score: Score | None, unit: Response | None = None, units: Mapping[str, str] | None = None
) -> FoundKey:
    """Return the key of a typed number or a slider; ``unit`` is the variable of a unit that is chosen beside it."""
    if not isinstance(score, Sum) or score.constant:
        return FoundKey()
    if unit is not None and units is not None:
        return _with_unit(response, unit, units, score)
    found = _number(score, response)
    return FoundKey() if found is None else FoundKey(found[0], found[1])


def _number(score: Sum, response: Response) -> tuple[NumberKey, Fraction] | None:
    if len(score.terms) != 1:
        return None
    term, weight = next(iter(score.terms.items()))
    if isinstance(term, processing.Mapped):
        mapping = response.mapping
        worth = [entry for entry in mapping.entries if entry.value > 0] if mapping is not None else []
        if mapping is None or len(worth) != 1 or mapping.default > 0 or term.is_point:
            return None
        key = _key_of(worth[0].key, Fraction(0), is_percent=False)
        return None if key is None else (key, worth[0].value * weight)
    if len(term) != 1 or term[0].response != response.identifier:
        return None
    key = _of_number_test(term[0], response)
    return None if key is None or weight <= 0 else (key, weight)


def _of_number_test(test: Test, response: Response) -> NumberKey | None:
    if test.kind == "range" and response.correct and number_of(response.correct[0]) != number_of(test.values[0]):
        # The bank's tolerance is the same on both sides.
        return None
    values = response.correct if test.kind == "correct" else test.values if test.kind in {"value", "range"} else ()
    return _key_of(values[0], test.tolerance, is_percent=test.is_percent) if len(values) == 1 else None


def _key_of(value: str, tolerance: Fraction, *, is_percent: bool) -> NumberKey | None:
    number = number_of(value)
    if number and number_text(tolerance) is None:
        tolerance, is_percent = tolerance * 100 / abs(number), True
    texts = [number_text(one) for one in (number, tolerance) if one is not None]
    if number is None or None in texts or tolerance < 0:
        return None
    return NumberKey(value=str(texts[0]), tolerance=str(texts[1]), tolerance_in="percent" if is_percent else "units")


def _with_unit(number: Response, unit: Response, units: Mapping[str, str], score: Sum) -> FoundKey:
    """Read what the number earns with the right unit and what it earns with any other one."""
    both = alone = Fraction(0)
    test: Test | None = None
    for term, weight in score.terms.items():
        if isinstance(term, processing.Mapped):
            return FoundKey()
        own = [one for one in term if one.response == number.identifier]
        others = [one for one in term if one.response == unit.identifier and one.kind == "correct"]
        if len(own) != 1 or len(own) + len(others) != len(term) or (test is not None and own[0] != test):
            return FoundKey()
        test = own[0]
        both, alone = (both + weight, alone) if others else (both, alone + weight)
    full = both + alone
    key = None if test is None else _of_number_test(test, number)
    if key is None or both < 0 or alone < 0 or full <= 0 or len(unit.correct) != 1 or unit.correct[0] not in units:
        return FoundKey()
    share = share_text(alone / full)
    return FoundKey(key.model_copy(update={"unit": units[unit.correct[0]], "share_with_wrong_unit": share}), full)
