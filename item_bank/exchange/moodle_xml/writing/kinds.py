"""What each kind of item is in Moodle."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lxml import etree

from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    GapMatch,
    InlineChoice,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SingleChoice,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AllOrNothing,
    ByCount,
    ChoiceKey,
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
from item_bank.exchange.moodle_xml import marks
from item_bank.exchange.moodle_xml.rubrics import rubric_html
from item_bank.exchange.moodle_xml.source import plain_number
from item_bank.exchange.moodle_xml.writing.embedded import choice_gap, text_gap
from item_bank.exchange.moodle_xml.writing.fractions import known_fraction
from item_bank.exchange.moodle_xml.writing.texts import (
    CannotWriteError,
    TextWriter,
    link_to,
    text_element,
    value_element,
)
from item_bank.items.content import ItemDraft

_LONE_GAP = '<p><span data-gap="{gap}"></span></p>'
_TEXT_TAGS = ("<sub>", "</sub>", "<sup>", "</sup>", "<em>", "</em>", "<strong>", "</strong>")


@dataclass(slots=True)
class Written:
    """A question: its type, its text with files, and what follows the fields that all questions have."""

    kind: str
    text: str
    files: dict[str, bytes]
    more: list[etree._Element] = field(default_factory=list)


def written(draft: ItemDraft, texts: TextWriter) -> Written:
    """Return an item as a question.

    Raises
    ------
    CannotWriteError
        Moodle has no such question.
    """
    content, key = draft.content, draft.key
    if key is None and not isinstance(content, ExtendedText | FileUpload):
        raise CannotWriteError("moodle_export_no_key")
    writer = _WRITERS.get(content.interaction)
    if writer is None:
        raise CannotWriteError("moodle_export_interaction", interaction=content.interaction)
    files: dict[str, bytes] = {}
    return writer(content, key, texts, files)


def _choice(content: SingleChoice | MultipleResponse, key: ChoiceKey, texts: TextWriter, files: Any) -> Written:
    is_single = isinstance(content, SingleChoice)
    shares = _single_shares(content, key) if is_single else _several_shares(content, key, texts)
    if isinstance(content, MultipleResponse) and (content.min_choices or content.max_choices):
        texts.warn("moodle_export_limits")
    is_shuffled = content.is_shuffled and not any(option.is_fixed for option in content.options)
    more = [
        value_element("single", "true" if is_single else "false"),
        value_element("shuffleanswers", "true" if is_shuffled else "false"),
        value_element("answernumbering", "ABCD"),
    ]
    more += [
        texts.element("answer", option.content, fraction=known_fraction(shares[option.id]))
        for option in content.options
    ]
    return Written("multichoice", texts.raw(content.stem, files), files, more)


def _single_shares(content: SingleChoice | MultipleResponse, key: ChoiceKey) -> dict[str, Fraction]:
    shares = {option.id: Fraction(option.id in key.correct) for option in content.options}
    if isinstance(key.scoring, Mapped):
        rule = key.scoring
        lower, upper = max(Fraction(0), Fraction(rule.lower)), min(Fraction(1), Fraction(rule.upper))
        shares = {id_: max(lower, min(upper, Fraction(rule.shares.get(id_, rule.default)))) for id_ in shares}
    return shares


def _several_shares(content: SingleChoice | MultipleResponse, key: ChoiceKey, texts: TextWriter) -> dict[str, Fraction]:
    each = Fraction(1, len(key.correct))
    match key.scoring:
        case Mapped() as rule:
            if (rule.lower, rule.upper) != ("0", "1"):
                texts.warn("moodle_export_scoring", rule="mapped")
            return {one.id: Fraction(rule.shares.get(one.id, rule.default)) for one in content.options}
        case PerOption(penalty=penalty):
            cost = each * Fraction(penalty)
        case _:
            texts.warn("moodle_export_scoring", rule="all_or_nothing")
            cost = Fraction(1)
    return {one.id: each if one.id in key.correct else -cost for one in content.options}


def _by_parts(scoring: object, parts: int, texts: TextWriter, *, is_partial: bool = False) -> None:
    """Warn unless a rule gives each of some parts the same share, as Moodle does."""
    if isinstance(scoring, PerPart) or (isinstance(scoring, AllOrNothing) and parts == 1 and not is_partial):
        return
    rule = getattr(scoring, "rule", "")
    if isinstance(scoring, ByCount) and not is_partial:
        even = [Fraction(n, parts) for n in range(parts + 1)]
        if [Fraction(share) for share in scoring.shares] == even:
            return
    texts.warn("moodle_export_scoring", rule=str(rule))


def _statements(content: TrueFalseTable, key: TrueFalseKey, texts: TextWriter, files: Any) -> Written:
    _by_parts(key.scoring, len(content.statements), texts)
    lines = []
    for statement in content.statements:
        is_true = key.values[statement.id]
        gap = choice_gap([("Đúng", is_true), ("Sai", not is_true)], is_shuffled=False)
        lines.append(f"{texts.raw(statement.content, files, gap=_no_gap)} {gap}")
    return Written("cloze", _stem(content.stem, texts, files) + marks.statements(lines), files)


def _no_gap(name: str) -> str:
    return ""


def _stem(stem: str, texts: TextWriter, files: dict[str, bytes]) -> str:
    return marks.block("stem", texts.raw(stem, files, gap=_no_gap)) if stem else ""


def _match(content: Match, key: PairKey, texts: TextWriter, files: Any) -> Written:
    partner: dict[str, str] = {}
    for source, target in key.pairs:
        if source in partner:
            raise CannotWriteError("moodle_export_pairs")
        partner[source] = target
    if len(partner) != len(content.sources):
        raise CannotWriteError("moodle_export_pairs")
    _by_parts(key.scoring, len(partner), texts)
    if content.max_per_source != 1 or content.max_per_target is not None:
        texts.warn("moodle_export_limits")
    words = {target.id: texts.words(target.content) for target in content.targets}
    more = [value_element("shuffleanswers", "true" if content.is_shuffled else "false")]
    pairs = [(source.content, partner[source.id]) for source in content.sources]
    pairs += [("", target.id) for target in content.targets if target.id not in partner.values()]
    for left, target_id in pairs:
        pair = texts.element("subquestion", left)
        etree.SubElement(etree.SubElement(pair, "answer"), "text").text = words[target_id]
        more.append(pair)
    return Written("matching", texts.raw(content.stem, files), files, more)


def _order(content: Order, key: OrderKey, texts: TextWriter, files: Any) -> Written:
    is_whole = isinstance(key.scoring, AllOrNothing)
    if not is_whole:
        _by_parts(key.scoring, len(key.order), texts)
    by_id = {option.id: option.content for option in content.options}
    more = [
        value_element("layouttype", "VERTICAL"),
        value_element("selecttype", "ALL"),
        value_element("selectcount", str(len(key.order))),
        value_element("gradingtype", "ALL_OR_NOTHING" if is_whole else "ABSOLUTE_POSITION"),
        value_element("showgrading", "SHOW"),
    ]
    more += [
        texts.element("answer", by_id[id_], fraction=f"{number}.0000000")
        for number, id_ in enumerate(key.order, start=1)
    ]
    return Written("ordering", texts.raw(content.stem, files), files, more)


def _gap_match(content: GapMatch, key: PairKey, texts: TextWriter, files: Any) -> Written:
    right = {gap: text for text, gap in key.pairs}
    if len(right) != len(key.pairs) or set(right) != {gap.id for gap in content.gaps}:
        raise CannotWriteError("moodle_export_pairs")
    _by_parts(key.scoring, len(right), texts)
    number = {text.id: str(place) for place, text in enumerate(content.texts, start=1)}
    passage = texts.raw(content.passage, files, gap=lambda gap: f"[[{number[right[gap]]}]]")
    more = [value_element("shuffleanswers", "1" if content.is_shuffled else "0")]
    for text in content.texts:
        bare = text.content
        for tag in _TEXT_TAGS:
            bare = bare.replace(tag, "")
        texts.words(bare)
        box = etree.Element("dragbox")
        box.append(value_element("text", texts.raw(text.content, {})))
        box.append(value_element("group", "1"))
        if content.is_reusable:
            etree.SubElement(box, "infinite")
        more.append(box)
    return Written("ddwtos", _stem(content.stem, texts, files) + passage, files, more)


def _inline_choice(content: InlineChoice, key: PairKey, texts: TextWriter, files: Any) -> Written:
    right = dict(key.pairs)
    if len(right) != len(key.pairs) or set(right) != {gap.id for gap in content.gaps}:
        raise CannotWriteError("moodle_export_pairs")
    _by_parts(key.scoring, len(right), texts)
    gaps = {
        gap.id: choice_gap(
            [(texts.words(option.content), option.id == right[gap.id]) for option in gap.options],
            is_shuffled=content.is_shuffled,
        )
        for gap in content.gaps
    }
    passage = texts.raw(content.passage, files, gap=gaps.__getitem__)
    return Written("cloze", _stem(content.stem, texts, files) + passage, files)


def _text_entry(content: TextEntry, key: TextKey, texts: TextWriter, files: Any) -> Written:
    partial = any(Decimal(one.share) != 1 for gap in key.gaps.values() for one in gap.accepted)
    _by_parts(key.scoring, len(key.gaps), texts, is_partial=partial)
    if any(not gap.comparison.are_marks_required or gap.comparison.are_spaces_ignored for gap in key.gaps.values()):
        texts.warn("moodle_export_comparison")
    first = content.gaps[0].id
    if content.passage == _LONE_GAP.format(gap=first) and content.stem:
        said = key.gaps[first]
        try:
            answers = [
                _answer(one.text.replace("*", "\\*"), known_fraction(Fraction(one.share))) for one in said.accepted
            ]
        except CannotWriteError:
            pass
        else:
            use_case = value_element("usecase", "1" if said.comparison.is_case_sensitive else "0")
            return Written("shortanswer", texts.raw(content.stem, files), files, [use_case, *answers])
    passage = texts.raw(content.passage, files, gap=lambda gap: text_gap(key.gaps[gap]))
    return Written("cloze", _stem(content.stem, texts, files) + passage, files)


def _answer(text: str, fraction: str) -> etree._Element:
    element = etree.Element("answer", {"fraction": fraction, "format": "moodle_auto_format"})
    etree.SubElement(element, "text").text = text
    return element


def _numeric(content: NumericEntry, key: NumberKey, texts: TextWriter, files: Any) -> Written:
    if content.units:
        raise CannotWriteError("moodle_export_units")
    tolerance = Decimal(key.tolerance)
    if key.tolerance_in == "percent":
        tolerance = abs(Decimal(key.value)) * tolerance / 100
    answer = _answer(key.value, "100")
    answer.append(value_element("tolerance", plain_number(tolerance)))
    more = [answer]
    if content.unit:
        units = etree.Element("units")
        unit = etree.SubElement(units, "unit")
        unit.append(value_element("multiplier", "1"))
        unit.append(value_element("unit_name", content.unit))
        more.append(units)
    more += [
        value_element("unitgradingtype", "0"),
        value_element("unitpenalty", "0"),
        value_element("showunits", "0" if content.unit else "3"),
        value_element("unitsleft", "0"),
    ]
    return Written("numerical", texts.raw(content.stem, files), files, more)


def _essay(content: ExtendedText, key: RubricKey | None, texts: TextWriter, files: Any) -> Written:
    more = [
        value_element("responseformat", "editor"),
        value_element("responserequired", "1"),
        value_element("responsefieldlines", str(content.expected_lines)),
        value_element("attachments", "0"),
        *_rubric(key, texts),
    ]
    return Written("essay", texts.raw(content.stem, files), files, more)


def _upload(content: FileUpload, key: RubricKey | None, texts: TextWriter, files: dict[str, bytes]) -> Written:
    text = texts.raw(content.stem, files)
    if content.starting_files:
        links = " ".join(link_to(file.name) for file in content.starting_files)
        text += f'<p class="item-bank-files">{links}</p>'
        files |= {file.name: texts.stored(file.media).content for file in content.starting_files}
    more = [
        value_element("responseformat", "noinline"),
        value_element("responserequired", "0"),
        value_element("attachments", str(content.max_files)),
        value_element("attachmentsrequired", "1"),
        value_element("maxbytes", str(content.max_file_bytes)),
        value_element("filetypeslist", ",".join(f".{one}" for one in content.file_types)),
        *_rubric(key, texts),
    ]
    return Written("essay", text, files, more)


def _rubric(key: RubricKey | None, texts: TextWriter) -> list[etree._Element]:
    if key is None:
        return []
    files: dict[str, bytes] = {}
    notes = rubric_html(key, texts.raw(key.model_answer, files))
    return [text_element("graderinfo", notes, files)]


_WRITERS: dict[str, Callable[[Any, Any, TextWriter, dict[str, bytes]], Written]] = {
    "single_choice": _choice,
    "multiple_response": _choice,
    "true_false_table": _statements,
    "match": _match,
    "order": _order,
    "gap_match": _gap_match,
    "inline_choice": _inline_choice,
    "text_entry": _text_entry,
    "numeric_entry": _numeric,
    "extended_text": _essay,
    "file_upload": _upload,
}
