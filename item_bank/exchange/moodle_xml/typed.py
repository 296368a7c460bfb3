"""Moodle's questions whose answers are typed: words, numbers, essays; and essays that are files."""

import re
from decimal import Decimal

from lxml import etree

from exam_engine.core.text import clean_line
from exam_engine.interactions.checking.file_types import PERMITTED_FILE_TYPES
from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    NumericEntry,
    Option,
    StartingFile,
    TextEntry,
    TextGap,
)
from exam_engine.interactions.keys import AcceptedText, NumberKey, TextComparison, TextGapKey, TextKey
from item_bank.exchange.moodle_xml.choices import share_of
from item_bank.exchange.moodle_xml.media import PLUGIN_FILE, files_in
from item_bank.exchange.moodle_xml.question import LETTERS, Asked, Question, label_of
from item_bank.exchange.moodle_xml.rubrics import read_rubric
from item_bank.exchange.moodle_xml.source import is_set, number_of, plain_number, text_in, value_in
from item_bank.exchange.moodle_xml.texts import as_html

_WILDCARD = re.compile(r"(?<!\\)\*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_STEP = Decimal("0.0001")
_FILES = re.compile(r'<p class="item-bank-files">(?:(?!</p>).)*</p>\Z', re.DOTALL)
_MOST_ACCEPTED = 50


def accepted_text(question: Question, text: str, share: Decimal, part: str = "key") -> AcceptedText | None:
    """Return a text that is accepted; None for wrong ones and for patterns, which are noted."""
    if share <= 0:
        return None
    word = clean_line(text)
    if _WILDCARD.search(word):
        question.note("left_out", "moodle_wildcard", part, text=word[:80])
        return None
    word = word.replace("\\*", "*")
    return AcceptedText(text=word[:500], share=plain_number(share.quantize(_STEP))) if word else None


def gap_key(accepted: list[AcceptedText], *, is_case_sensitive: bool) -> TextGapKey | None:
    """Return what a gap takes; None when nothing earns all of it."""
    distinct = {one.text: one for one in reversed(accepted)}
    kept = tuple(one for one in accepted if distinct[one.text] is one)[:_MOST_ACCEPTED]
    if not any(Decimal(one.share) == 1 for one in kept):
        return None
    return TextGapKey(accepted=kept, comparison=TextComparison(is_case_sensitive=is_case_sensitive))


def short_answer(question: Question) -> Asked:
    """Read ``shortanswer``."""
    accepted = []
    for answer in question.answers():
        share = share_of(answer)
        if share is None:
            question.note("error", "moodle_fraction", "key", found=(answer.get("fraction") or "")[:40])
            return None, None
        if one := accepted_text(question, text_in(answer), share):
            accepted.append(one)
        question.explain(label_of(as_html(text_in(answer))), answer.find("feedback"))
    length = min(60, max([12, *(len(one.text) for one in accepted)]))
    gap = TextGap(id="g1", expected_length=length)
    content = TextEntry(stem=question.stem(), passage='<p><span data-gap="g1"></span></p>', gaps=(gap,))
    key = gap_key(accepted, is_case_sensitive=is_set(question.element, "usecase", False))
    if key is None:
        question.note("error", "moodle_no_right_answer", "key")
    return content, None if key is None else TextKey(gaps={"g1": key})


def numerical(question: Question) -> Asked:
    """Read ``numerical``: one number with what may be off, and its unit."""
    units = question.element.findall("units/unit")
    names = [clean_line(value_in(unit, "unit_name"))[:24] for unit in units]
    is_chosen = value_in(question.element, "showunits") in {"1", "2"} and len(names) > 1
    options = tuple(Option(id=id_, content=as_html(name)) for id_, name in zip(LETTERS[:12], names, strict=False))
    unit = names[0] if len(names) == 1 and value_in(question.element, "showunits") != "3" else ""
    content = NumericEntry(stem=question.stem(), unit=unit, units=options if is_chosen else ())
    if len(names) > 1:
        question.note("left_out", "moodle_units", "units", units=", ".join(names)[:120])
    full: list[tuple[Decimal, Decimal]] = []
    for answer in question.answers():
        text, share = text_in(answer).strip(), share_of(answer)
        question.explain(label_of(as_html(text)), answer.find("feedback"))
        if text == "*":
            continue
        value, tolerance = number_of(text), number_of(value_in(answer, "tolerance") or "0")
        if share is None or value is None or tolerance is None or tolerance < 0:
            question.note("error", "moodle_number", "key", found=text[:80])
            return content, None
        if share == 1 and not full:
            full.append((value, tolerance))
        elif share > 0:
            question.note("left_out", "moodle_further_number", "key", found=plain_number(value))
    if not full:
        question.note("error", "moodle_no_right_answer", "key")
        return content, None
    value, tolerance = full[0]
    if not (_NUMBER.fullmatch(plain_number(value)) and _NUMBER.fullmatch(plain_number(tolerance))):
        question.note("error", "moodle_number", "key", found=plain_number(value)[:80])
        return content, None
    return content, _number_key(question, value, tolerance, options if is_chosen else (), units)


def _number_key(
    question: Question, value: Decimal, tolerance: Decimal, options: tuple[Option, ...], units: list[etree._Element]
) -> NumberKey | None:
    if not options:
        return NumberKey(value=plain_number(value), tolerance=plain_number(tolerance))
    base = [
        option.id for option, unit in zip(options, units, strict=False) if number_of(value_in(unit, "multiplier")) == 1
    ]
    if len(base) != 1:
        question.note("error", "moodle_no_right_answer", "key")
        return None
    penalty = number_of(value_in(question.element, "unitpenalty") or "0")
    grading = value_in(question.element, "unitgradingtype")
    is_lost = grading not in {"1", "2"} or penalty is None or not 0 <= penalty <= 1
    share = Decimal(0) if is_lost or penalty is None else 1 - penalty
    return NumberKey(
        value=plain_number(value),
        tolerance=plain_number(tolerance),
        unit=base[0],
        share_with_wrong_unit=plain_number(share.quantize(_STEP)),
    )


def essay(question: Question) -> Asked:
    """Read ``essay``: a text that people mark, or files to hand in."""
    element = question.element
    if text_in(element.find("responsetemplate")).strip():
        question.note("left_out", "moodle_response_template")
    key = read_rubric(question)
    if key is None:
        question.note("warning", "moodle_essay_without_rubric", "key")
    attachments = _whole(value_in(element, "attachments"), 0)
    if value_in(element, "responseformat") == "noinline":
        return _files(question, attachments), key
    if attachments:
        question.note("left_out", "moodle_attachments", count=attachments)
    lines = min(60, max(1, _whole(value_in(element, "responsefieldlines"), 8)))
    return ExtendedText(stem=question.stem(), expected_lines=lines), key


def _files(question: Question, attachments: int) -> FileUpload | None:
    stated = [
        one.strip().lstrip(".").lower() for one in re.split(r"[,;\s]+", value_in(question.element, "filetypeslist"))
    ]
    types = tuple(dict.fromkeys(one for one in stated if one in PERMITTED_FILE_TYPES))[:20]
    if refused := sorted(set(stated) - set(types) - {""}):
        question.note("left_out", "moodle_file_types", "file_types", types=", ".join(refused)[:120])
    if not types:
        question.note("error", "moodle_no_file_types", "file_types")
        return None
    most_bytes = _whole(value_in(question.element, "maxbytes"), 0)
    raw = question.raw
    holder = question.element.find("questiontext")
    files = {} if holder is None else files_in(holder)
    starting = []
    for name, content in files.items():
        plain = name.rsplit("/", 1)[-1]
        if f'src="{PLUGIN_FILE}{name}"' in raw or f'href="{PLUGIN_FILE}' not in raw:
            continue
        prepared = question.media.prepared(content, plain, "attachment")
        if prepared is None:
            question.note("left_out", "moodle_media_refused", "starting_files", file=plain[:120])
            continue
        starting.append(
            StartingFile(
                name=plain, media=prepared.sha256, content_type=prepared.content_type, size_bytes=len(prepared.content)
            )
        )
    return FileUpload(
        stem=question.stem(_FILES.sub("", raw)) if starting else question.stem(),
        starting_files=tuple(starting),
        file_types=types,
        max_files=min(10, max(1, attachments)),
        max_file_bytes=min(100_000_000, most_bytes) if most_bytes > 0 else 20_000_000,
    )


def _whole(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default
