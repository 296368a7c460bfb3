"""What choices, pairs and parts earn, from the numbers of a file to the bank's rules of points."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exam_engine.interactions.keys import AllOrNothing, ByCount, Mapped, PerOption
from item_bank.exchange.qti import processing
from item_bank.exchange.qti.conditions import Test
from item_bank.exchange.qti.declarations import Response
from item_bank.exchange.qti.processing import Score, Steps, Sum

_STEPS = 10_000
"""Shares have four decimals."""


@dataclass(frozen=True, slots=True)
class Valued:
    """What each thing that can be chosen earns, in the file's own points; the sum is held between the bounds."""

    values: Mapping[str, Fraction]
    lower: Fraction | None = None
    upper: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of points with what is right by it and what all of it earns; ``warnings`` are message codes."""

    correct: tuple[str, ...]
    scoring: AllOrNothing | PerOption | Mapped
    full: Fraction
    warnings: tuple[str, ...] = ()


def share_text(share: Fraction) -> str:
    """Return a share with at most four decimals.

    >>> share_text(Fraction(1, 3))
    '0.3333'
    """
    steps = round(share * _STEPS)
    sign, digits = "-" if steps < 0 else "", f"{abs(steps):05d}"
    decimals = digits[-4:].rstrip("0")
    return f"{sign}{digits[:-4]}" + (f".{decimals}" if decimals else "")


def valued(score: Score | None, response: Response, offered: Collection[str]) -> Valued | None:
    """Return what each choice of one response earns, None when the score is not a sum over its choices."""
    if not isinstance(score, Sum) or score.constant:
        return None
    values = dict.fromkeys(offered, Fraction(0))
    lower: Fraction | None = None
    upper: Fraction | None = None
    for term, weight in score.terms.items():
        if isinstance(term, processing.Mapped):
            mapping = response.mapping
            # A negative weight would turn the bounds round.
            if term.is_point or term.response != response.identifier or mapping is None or weight < 0:
                return None
            if len(score.terms) > 1 and (mapping.lower is not None or mapping.upper is not None):
                return None
            for name in offered:
                values[name] += weight * mapping.values.get(name, mapping.default)
            lower = None if mapping.lower is None else mapping.lower * weight
            upper = None if mapping.upper is None else mapping.upper * weight
        elif len(term) == 1 and _is_one_choice(term[0], response) and term[0].values[0] in values:
            values[term[0].values[0]] += weight
        else:
            return None
    return Valued(values, lower, upper)


def _is_one_choice(test: Test, response: Response) -> bool:
    is_single = response.cardinality == "single" and test.kind == "value"
    return test.response == response.identifier and len(test.values) == 1 and (test.kind == "member" or is_single)


def rule_of(found: Valued, correct: Sequence[str], at_most: int | None) -> Rule | None:
    """Return the rule by which choices earn what a file says.

    Parameters
    ----------
    correct : what the file declares to be right; without it, what earns most, if only one set does.
    at_most : how many may be chosen, None for all.
    """
    values = found.values
    right = tuple(correct) or _best(values, at_most)
    if not right or not set(right) <= set(values):
        return None
    total = sum((values[name] for name in right), Fraction(0))
    full = total if found.upper is None else min(total, found.upper)
    wrong = [name for name in values if name not in right]
    if full <= 0:
        return None
    warnings = []
    if any(values[name] < 0 for name in wrong) and (found.lower is None or found.lower < 0):
        warnings.append("qti_score_below_nought")
    lower = max(Fraction(0), (found.lower or Fraction(0)) / full)
    equal = _per_option(values, right, wrong, full)
    if equal is not None and not lower and full == total:
        return Rule(right, equal, full, tuple(warnings))
    # What costs more than everything costs everything; what alone earns more than everything is not understood.
    shares = {name: max(Fraction(-1), value / full) for name, value in values.items()}
    if lower > 1 or any(share > 1 for share in shares.values()):
        return None
    texts = _rounded(shares, right, is_whole=full == total)
    if any(Fraction(text) != shares[name] for name, text in texts.items()):
        warnings.append("qti_shares_rounded")
    given = {name: text for name, text in texts.items() if text != "0"}
    return Rule(right, Mapped(shares=given, lower=share_text(lower)), full, tuple(warnings))


def _best(values: Mapping[str, Fraction], at_most: int | None) -> tuple[str, ...]:
    earning = sorted((name for name in values if values[name] > 0), key=lambda name: -values[name])
    if at_most is None or len(earning) <= at_most:
        return tuple(name for name in values if name in earning)
    is_tie = values[earning[at_most - 1]] == values[earning[at_most]]
    return () if is_tie else tuple(earning[:at_most])


def _per_option(
    values: Mapping[str, Fraction], right: Sequence[str], wrong: Sequence[str], full: Fraction
) -> AllOrNothing | PerOption | None:
    each, cost = {values[name] for name in right}, {values[name] for name in wrong} or {Fraction(0)}
    if len(each) > 1 or len(cost) > 1:
        return None
    penalty = -cost.pop() * len(right) / full
    if penalty == 0 and len(right) == 1:
        return AllOrNothing()
    is_exact = 0 <= penalty <= 1 and (penalty * _STEPS).denominator == 1
    return PerOption(penalty=share_text(penalty)) if is_exact else None


def _rounded(shares: Mapping[str, Fraction], right: Sequence[str], *, is_whole: bool) -> dict[str, str]:
    """Return shares of four decimals; those of the right choices still earn everything together."""
    texts = {name: share_text(share) for name, share in shares.items()}
    if is_whole:
        off = 1 - sum((Fraction(texts[name]) for name in right), Fraction(0))
        texts[right[-1]] = share_text(Fraction(texts[right[-1]]) + off)
    return texts


def by_count(score: Score | None, parts: int, earns_each: Fraction) -> tuple[ByCount, Fraction] | None:
    """Return the rule by the number of right parts, each of which adds ``earns_each`` to what the steps follow."""
    if not isinstance(score, Steps) or earns_each <= 0:
        return None
    reached = []
    for count in range(parts + 1):
        over = [value for least, value in score.steps if count * earns_each >= least]
        reached.append(over[0] if over else score.otherwise)
    full = reached[-1]
    if full <= 0 or reached[0] != 0 or any(not 0 <= value <= full for value in reached):
        return None
    return ByCount(shares=tuple(share_text(value / full) for value in reached)), full
