"""Stored items as the linter and the index of near-duplicates read them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from exam_engine.interactions.content import InlineChoice, ItemContent, TrueFalseTable
from exam_engine.interactions.keys import ChoiceKey, ItemKey, PairKey, TextKey, TrueFalseKey
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.texts import part_texts
from item_bank.items.content import stem_text
from item_bank.quality.duplicates import ItemText
from item_bank.quality.linting import (
    RULES,
    Finding,
    LintedAnswer,
    LintedItem,
    LintedOption,
    LintedStatement,
    Rule,
    lint,
)
from item_bank.quality.linting.item import in_order_of_severity

# Several lists in one passage do not compete with each other; each is looked at alone, see :func:`findings_of`.
_LISTS = "inline_choice_lists"


@dataclass(frozen=True, slots=True)
class ReadableItem:
    """An item as far as the reader may see it: ``key`` None and ``explanation`` empty for those who may not see keys.

    ``explanation`` is sanitised HTML.
    """

    content: ItemContent
    code: str = ""
    cognitive_level: str = ""
    key: ItemKey | None = None
    explanation: str = ""
    has_stimulus: bool = False


def item_text(content: ItemContent, stem: str | None = None) -> ItemText:
    """Return what of an item is compared; ``stem`` saves working out the plain stem again where it is stored."""
    return ItemText(
        stem_text(content) if stem is None else stem, tuple(plain_text(html) for _, html in part_texts(content))
    )


def linted_text(item: LintedItem) -> ItemText:
    """Return what of an item is compared, as :func:`item_text`, from what the linter reads of it."""
    return ItemText(item.stem, tuple(part.text for part in item.options or item.statements))


def findings_of(item: ReadableItem) -> list[Finding]:
    """Return all findings about one item, errors first; places are those of its texts."""
    return findings_in(linted_item(item), item.content)


def findings_in(linted: LintedItem, content: ItemContent, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Return what some rules find about one item, as :func:`findings_of`."""
    findings = lint(linted, rules)
    if isinstance(content, InlineChoice):
        known = {(finding.rule, finding.place) for finding in findings}
        for gap in content.gaps:
            findings += _findings_of_list(linted, gap.id, known, rules)
        findings = in_order_of_severity(findings)
    return findings


def linted_item(item: ReadableItem) -> LintedItem:
    """Return the item as the linter needs it."""
    content, key = item.content, item.key
    passage = getattr(content, "passage", "")
    is_table = isinstance(content, TrueFalseTable)
    parts = list(part_texts(content))
    return LintedItem(
        interaction=_LISTS if isinstance(content, InlineChoice) else content.interaction,
        stem=stem_text(content),
        stem_html=content.stem + passage,
        code=item.code,
        language=content.language,
        options=() if is_table else tuple(_option(place, html) for place, html in parts),
        correct=_correct(key),
        cognitive_level=item.cognitive_level,
        statements=_statements(parts, key) if is_table else (),
        answers=_answers(key),
        explanation=plain_text(item.explanation),
        has_stimulus=item.has_stimulus,
    )


def _option(place: str, html: str) -> LintedOption:
    # The linter calls options by their letter; other parts keep their place.
    return LintedOption(place.removeprefix("options/"), plain_text(html), html)


def _statements(parts: Sequence[tuple[str, str]], key: ItemKey | None) -> tuple[LintedStatement, ...]:
    verdicts = key.values if isinstance(key, TrueFalseKey) else {}
    named = ((place.rpartition("/")[2], html) for place, html in parts)
    return tuple(LintedStatement(id_, plain_text(html), verdicts.get(id_)) for id_, html in named)


def _correct(key: ItemKey | None) -> frozenset[str] | None:
    if isinstance(key, ChoiceKey):
        return frozenset(key.correct)
    if isinstance(key, PairKey):
        return frozenset(f"gaps/{first}/{second}" for first, second in key.pairs)
    return None


def _answers(key: ItemKey | None) -> tuple[LintedAnswer, ...]:
    if not isinstance(key, TextKey):
        return ()
    return tuple(
        LintedAnswer(
            gap=id_,
            accepted=tuple(accepted.text for accepted in gap.accepted),
            ignores_tone_placement=not (
                gap.comparison.is_tone_placement_sensitive and gap.comparison.are_marks_required
            ),
            ignores_spaces=gap.comparison.are_spaces_ignored,
        )
        for id_, gap in key.gaps.items()
    )


def _findings_of_list(item: LintedItem, gap: str, known: Set[tuple[str, str]], rules: Sequence[Rule]) -> list[Finding]:
    """Return what is wrong with the options of one gap; what the texts say in themselves is known before."""
    prefix = f"gaps/{gap}/"
    options = tuple(option for option in item.options if option.id.startswith(prefix))
    correct = None if item.correct is None else frozenset(id_ for id_ in item.correct if id_.startswith(prefix))
    one = replace(item, interaction="inline_choice", options=options, correct=correct, explanation="")
    return [
        replace(finding, place=f"gaps/{gap}" if finding.place == "options" else finding.place)
        for finding in lint(one, rules)
        if (finding.place == "options" or finding.place.startswith(prefix))
        and (finding.rule, finding.place) not in known
    ]
