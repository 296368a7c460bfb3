"""The rules in force, each with its severity and source, and how an item is held against them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from item_bank.quality.linting import cues, kinds, options, stem, writing
from item_bank.quality.linting.item import Finding, LintedItem, Severity, Spot, in_order_of_severity

HDR = "Haladyna, Downing & Rodriguez 2002"
NBME = "NBME 2020, ch. 3"
MOET = "MOET 8773/2010"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; ``code`` is also the code of its text, ``source`` a short citation, spelt out in the documentation."""

    code: str
    severity: Severity
    source: str
    check: Callable[[LintedItem], Iterator[Spot]]
    needs_key: bool = False


RULES: tuple[Rule, ...] = (
    Rule("flaw_negative_unmarked", "warning", f"{HDR}: 17; {NBME}", stem.negative_unmarked),
    Rule("flaw_double_negative", "warning", f"{HDR}: 17, 27", stem.double_negative),
    Rule("flaw_stem_unfocused", "warning", f"{HDR}: 14, 15; {NBME}; {MOET}", stem.stem_unfocused),
    Rule("flaw_stem_long", "hint", f"{HDR}: 13, 16; {NBME}", stem.stem_long),
    Rule("flaw_blank_inside", "hint", "Haladyna & Downing 1989", stem.blank_inside),
    Rule("flaw_question_mark_missing", "hint", f"{HDR}: 12", stem.question_mark_missing),
    Rule("flaw_letter_cited", "error", "shuffled papers", stem.letter_cited),
    Rule("flaw_all_of_above", "warning", f"{HDR}: 26; {MOET}", options.all_of_above),
    Rule("flaw_none_of_above", "warning", f"{HDR}: 25; {NBME}; {MOET}", options.none_of_above),
    Rule("flaw_options_cited", "error", f"{HDR}: 9; shuffled papers", options.options_cited),
    Rule("flaw_options_equal", "error", f"{HDR}: 19, 22", options.options_equal),
    Rule("flaw_options_alike", "warning", f"{HDR}: 22", options.options_alike),
    Rule("flaw_options_overlap", "warning", f"{HDR}: 22", options.options_overlap),
    Rule("flaw_numbers_unordered", "hint", f"{HDR}: 21", options.numbers_unordered),
    Rule("flaw_option_lengths", "hint", f"{HDR}: 24", options.option_lengths),
    Rule("flaw_option_lettered", "error", "shuffled papers", options.option_lettered),
    Rule("flaw_option_punctuation", "hint", f"{HDR}: 12, 23", options.option_punctuation),
    Rule("flaw_few_options", "warning", f"{HDR}: 18; Rodriguez 2005", options.few_options),
    Rule("flaw_many_options", "hint", f"{HDR}: 18", options.many_options),
    Rule("flaw_key_longest", "warning", f"{HDR}: 24, 28d; {NBME}", cues.key_longest, needs_key=True),
    Rule("flaw_absolute_distractors", "hint", f"{HDR}: 28a; {NBME}", cues.absolute_distractors, needs_key=True),
    Rule("flaw_clang", "hint", f"{HDR}: 28b; {NBME}", cues.clang, needs_key=True),
    Rule("flaw_grammar_cue", "hint", f"{HDR}: 23, 28c; {NBME}", cues.grammar_cue, needs_key=True),
    Rule("flaw_convergence", "hint", f"{HDR}: 28e; {NBME}", cues.convergence, needs_key=True),
    Rule("flaw_tone_placement_mixed", "hint", f"{HDR}: 12", writing.tone_placement_mixed),
    Rule("flaw_spelling_mixed", "hint", f"{HDR}: 12", writing.spelling_mixed),
    Rule("flaw_look_alike", "warning", "Unicode UTS #39", writing.look_alike),
    Rule("flaw_double_space", "hint", f"{HDR}: 11, 12", writing.double_space),
    Rule("flaw_space_before_mark", "hint", f"{HDR}: 12", writing.space_before_mark),
    Rule("flaw_image_without_alternative", "error", "WCAG 2.2: 1.1.1", writing.image_without_alternative),
    Rule("flaw_statements_uniform", "warning", "Haladyna 2004, ch. 4", kinds.statements_uniform, needs_key=True),
    Rule("flaw_spelling_missing", "hint", "fair marking", kinds.spelling_missing, needs_key=True),
)
"""In the order in which findings are reported."""

RULES_BESIDES_HINTS = tuple(rule for rule in RULES if rule.severity != "hint")


def lint(item: LintedItem, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Return all findings about one item, errors first; without a key, rules about the key are silent."""
    found = [Finding(rule.code, rule.severity, spot.place, spot.params) for rule in rules for spot in rule.check(item)]
    return in_order_of_severity(found)
