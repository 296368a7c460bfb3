"""What a set of items shows together: positions of keys, items that answer each other, negative stems, levels."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from scipy.stats import chi2

from exam_engine.core.text import clean_line, search_key
from item_bank.quality.linting.item import Finding, LintedItem

UNBALANCED_BELOW = 0.01
"""Probability under which positions of keys count as unbalanced."""
MOST_NEGATIVE = 0.1
"""Share of negative stems over which a set gets a hint; the literature advises few and names no number."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class KeyPositions:
    """How often the key stands at each position of stored order, over single-choice items.

    ``p_value`` is that of Pearson's chi-square for equal chances, each number of options a stratum of its own; None
    when no stratum expects five keys a position, where the approximation would not hold.
    """

    counts: tuple[int, ...]
    chi_square: float
    degrees: int
    p_value: float | None


@dataclass(frozen=True, slots=True)
class CrossCue:
    """The stem of ``source`` holds the key of ``target`` while speaking of the same matter."""

    source: str
    target: str
    words: str
    shared: float


@dataclass(frozen=True, slots=True)
class SetReport:
    """The figures of a set and the findings they give; places are item codes or ``set``."""

    key_positions: KeyPositions
    cross_cues: tuple[CrossCue, ...]
    negative_stems: int
    items: int
    levels: Mapping[str, int]
    findings: tuple[Finding, ...]


def lint_set(items: Sequence[LintedItem]) -> SetReport:
    """Return what only shows over a set, such as a form; of sets without keys the report says less.

    Haladyna, Downing & Rodriguez (2002), guidelines 4 (items independent of each other), 17 (negative stems) and 20
    (places of keys); MOET 8773/BGDĐT-GDTrH (2010): the key of an item does not depend on another item.
    """
    positions = key_positions(items)
    cues = cross_cues(items)
    negative = sum(item.negation is not None for item in items)
    findings = [
        Finding("flaw_cross_cue", "warning", cue.target, {"source": cue.source, "words": cue.words}) for cue in cues
    ]
    if positions.p_value is not None and positions.p_value < UNBALANCED_BELOW:
        shown = ", ".join(f"{'ABCDEFGH'[i]}: {count}" for i, count in enumerate(positions.counts))
        chance = f"{max(positions.p_value, 0.0001):.4f}"
        findings.append(Finding("flaw_key_positions", "hint", "set", {"counts": shown, "p": chance}))
    if items and negative / len(items) > MOST_NEGATIVE:
        findings.append(Finding("flaw_negative_share", "hint", "set", {"count": negative, "items": len(items)}))
    levels = Counter(item.cognitive_level for item in items if item.cognitive_level)
    return SetReport(positions, tuple(cues), negative, len(items), dict(sorted(levels.items())), tuple(findings))


def key_positions(items: Sequence[LintedItem]) -> KeyPositions:
    """Return where keys stand; shuffling hides it from candidates, a paper printed in stored order does not."""
    strata: dict[int, Counter[int]] = defaultdict(Counter)
    for item in items:
        if item.interaction == "single_choice" and len(item.keys) == 1 and 2 <= len(item.options) <= 8:
            strata[len(item.options)][item.options.index(item.keys[0])] += 1
    widest = max(strata, default=0)
    counts = tuple(sum(stratum[place] for stratum in strata.values()) for place in range(widest))
    chi_square, degrees = 0.0, 0
    for places, stratum in strata.items():
        expected = stratum.total() / places
        if expected >= 5:
            chi_square += sum((stratum[place] - expected) ** 2 / expected for place in range(places))
            degrees += places - 1
    p_value = float(chi2.sf(chi_square, degrees)) if degrees else None
    return KeyPositions(counts, chi_square, degrees, p_value)


def cross_cues(items: Sequence[LintedItem]) -> list[CrossCue]:
    """Return items whose stem gives away the key of another item of the set.

    The whole key must stand in the other stem, none of the distractors may, and at least half of what the item is
    about (pairs of syllables of its stem, rare ones weighing more) must come back too. The work grows with the number
    of items times the stems that share the rarest word of a key; meant for forms and modules, not for whole banks.
    """
    stems = [f" {' '.join(_words(item.stem))} " for item in items]
    pairs = [_pairs(_words(item.stem)) for item in items]
    holders: dict[str, set[int]] = defaultdict(set)
    for number, stem in enumerate(stems):
        for word in set(stem.split()):
            holders[word].add(number)
    spread = Counter(pair for found in pairs for pair in found)
    weight = {pair: log((len(items) + 1) / count) for pair, count in spread.items()}
    cues = []
    for number, item in enumerate(items):
        if not item.is_choice or len(item.keys) != 1:
            continue
        key = _words(item.keys[0].text)
        phrase = " ".join(key)
        # A short key ("60", "C7") or one that the own stem repeats stands elsewhere by chance.
        if not key or len(phrase) < 4 or phrase.isdigit() or f" {phrase} " in stems[number]:
            continue
        wrong = [f" {' '.join(_words(option.text))} " for option in item.distractors]
        total = sum(weight[pair] for pair in pairs[number])
        for other in sorted(set.intersection(*(holders[word] for word in key)) - {number}):
            if f" {phrase} " not in stems[other] or any(text in stems[other] for text in wrong):
                continue
            shared = sum(weight[pair] for pair in pairs[number] & pairs[other])
            if total and shared / total >= 0.5:
                cues.append(CrossCue(items[other].code, item.code, clean_line(item.keys[0].text), shared / total))
    return cues


def _words(text: str) -> list[str]:
    return _WORD.findall(search_key(text))


def _pairs(words: Sequence[str]) -> set[str]:
    return {f"{one} {two}" for one, two in pairwise(words)}
