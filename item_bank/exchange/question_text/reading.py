"""Reading questions from a Word document or a plain text file, whatever the family of their format."""

import re
from collections.abc import Sequence
from itertools import pairwise

from exam_engine.interactions.rich_text import RichTextTooComplexError, RichTextTooLongError
from item_bank.exchange.imported import ImportedFile, ImportedItem, ImportedStimulus, Notice
from item_bank.exchange.question_text.building import Building
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.question_text.lines import Line, trimmed
from item_bank.exchange.question_text.markup import html_of
from item_bank.exchange.question_text.objects import Objects
from item_bank.exchange.question_text.outline import Outline, Passage
from item_bank.exchange.question_text.preparing import PreparedDocument, PreparedQuestion, group_numbers, prepared
from item_bank.exchange.question_text.text_source import decoded, text_lines
from item_bank.exchange.question_text.unlettered import (
    correct_first_outline,
    is_correct_first,
    is_starred_family,
    starred_outline,
)
from item_bank.exchange.question_text.walking import walked
from item_bank.exchange.question_text.word_source import word_lines
from item_bank.exchange.word.blocks import first_words
from item_bank.exchange.word.document import open_word

_MOST_DROPPED = 40
_LONGEST_STIMULUS = 50_000
_WORD_ENDINGS = (".docx", ".docm", ".doc", ".rtf", ".odt", ".pdf")
_EMP_NUMBER = re.compile(r"\s*\d{3}/(?!\d)")
_LOOKED_AT = 65_536
_LONGEST_INSTRUCTION = 160


def looks_like_word_questions(name: str, content: bytes) -> bool:
    """Whether a file is a Word document, or another kind of document whose owner is to be told what to do."""
    if content.startswith(b"PK"):
        # A package of another format may hold a Word document.
        is_word = b"word/document" in content[-_LOOKED_AT:] or b"word/document" in content[:_LOOKED_AT]
        return is_word and not name.lower().endswith(".zip")
    return name.lower().endswith(_WORD_ENDINGS)


def looks_like_text_questions(name: str, content: bytes) -> bool:
    """Whether a file is plain text; ask after formats that have marks of their own, such as GIFT and Aiken."""
    if not name.lower().endswith((".txt", ".text")):
        return False
    beginning = content[:_LOOKED_AT]
    return not beginning.startswith(b"PK") and (b"\0" not in beginning or beginning[:2] in {b"\xff\xfe", b"\xfe\xff"})


def read_word_questions(content: bytes, name: str) -> ImportedFile:
    """Return the questions of a Word document; takes CPU time, so keep it off the event loop.

    Raises
    ------
    InvalidWordFileError
        Not a Word document that can be read.
    """
    del name
    findings = Findings()
    document = open_word(content)
    objects = Objects(document, findings)
    lines = list(word_lines(document.blocks(), objects))
    findings.add_word_notes(document.notes)
    return _imported("word", lines, findings, objects)


def read_text_questions(content: bytes, name: str) -> ImportedFile:
    """Return the questions of a plain text file.

    Raises
    ------
    InvalidTextFileError
        Not a text that can be read.
    """
    del name
    findings = Findings()
    lines = list(text_lines(decoded(content), findings))
    return _imported("text", lines, findings, None)


def _imported(format_: str, lines: Sequence[Line], findings: Findings, objects: Objects | None) -> ImportedFile:
    outline, document = _read(lines, findings)
    is_grouped = "mcmix" in outline.families
    notices_by_question = _numbering_notices(document.questions)
    items: list[ImportedItem] = []
    for number, question in enumerate(document.questions, 1):
        building = Building(
            question,
            document.convention,
            findings,
            is_grouped=is_grouped,
            is_correct_first="correct_first" in outline.families,
            is_starred="aztest" in outline.families,
            notices=list(notices_by_question.get(number - 1, ())),
        )
        items.append(building.item(number))
    stimuli = tuple(
        _stimulus(passage, findings, is_grouped=is_grouped) for passage in outline.passages if passage.lines
    )
    return ImportedFile(
        format_,
        tuple(items),
        stimuli,
        {} if objects is None else objects.media,
        (*_file_notices(outline, document), *findings.rest()),
    )


def _read(lines: Sequence[Line], findings: Findings) -> tuple[Outline, PreparedDocument]:
    if is_correct_first(lines):
        outline, splits = correct_first_outline(lines)
        document = prepared(outline, splits, findings)
        for question in document.questions:
            question.kind = "choice"
    elif is_starred_family(lines):
        outline, splits = starred_outline(lines)
        document = prepared(outline, splits, findings)
    else:
        outline = walked(lines)
        document = prepared(outline, {}, findings)
        outline.families |= _families(outline, document, lines)
    return outline, document


def _families(outline: Outline, document: PreparedDocument, lines: Sequence[Line]) -> set[str]:
    """Return the families whose signs a document with lettered options shows."""
    kinds = {question.raw.section.kind for question in document.questions}
    families = set()
    if kinds & {"true_false", "short"}:
        families.add("three_parts")
    if any(_EMP_NUMBER.match(line.text) for line in lines):
        families.add("emp")
    if outline.questions and not families and not outline.families:
        families.add("lettered")
    return families


def _numbering_notices(questions: Sequence[PreparedQuestion]) -> dict[int, list[Notice]]:
    """Return what the printed numbers tell: one that is missing, and where its question may have gone."""
    notices: dict[int, list[Notice]] = {}
    for at, (before, after) in enumerate(pairwise(questions)):
        first, second = before.raw.number, after.raw.number
        if before.raw.section != after.raw.section or not first or second <= first + 1:
            continue
        lost = re.compile(rf"\s*[^\W\d]{{0,12}}\s*{first + 1}\s*[.:)/]")
        hiding = next((line for line in before.raw.lines[1:] if not line.grid and lost.match(line.text)), None)
        if hiding is not None:
            notice = Notice("error", "questions_merged", str(hiding.place), "", {"number": first + 1})
            notices.setdefault(at, []).append(notice)
        else:
            params = {"before": first, "number": second}
            notices.setdefault(at + 1, []).append(
                Notice("warning", "question_number_gap", str(after.raw.place), "", params)
            )
    return notices


def _stimulus(passage: Passage, findings: Findings, *, is_grouped: bool) -> ImportedStimulus:
    lines = [group_numbers(line) for line in passage.lines] if is_grouped else trimmed(passage.lines)
    if passage.last and len(lines) > 1 and len(lines[0].text) <= _LONGEST_INSTRUCTION:
        # "Trả lời câu 5–7" is wrong wherever items get other numbers.
        lines = lines[1:]
    notices = list(findings.take(dict.fromkeys(line.place.paragraph for line in lines)))
    place = str(passage.place)
    try:
        html = html_of(lines)
    except (RichTextTooLongError, RichTextTooComplexError):
        html = ""
    if not html or len(html) > _LONGEST_STIMULUS:
        html = ""
        notices.append(Notice("error", "passage_unreadable", place))
    title = next((first_words(line.text) for line in lines if line.text.strip("\ufffc \t")), "")
    return ImportedStimulus(passage.ref, place, title, html, notices=tuple(notices))


def _file_notices(outline: Outline, document: PreparedDocument) -> list[Notice]:
    notices = [Notice("warning", f"family_{family}", "") for family in sorted(outline.families)]
    for kind in document.convention.kinds if "correct_first" not in outline.families else ():
        count = document.convention.counts[kind]
        notices.append(Notice("warning", f"key_by_{kind}", "", "", {"count": count}))
    if not document.questions:
        notices.append(Notice("error", "no_questions_found", ""))
    notices += [Notice("error", "answers_of_several_papers", str(place)) for place in outline.table.several_papers]
    if document.answers_without_question:
        numbers = ", ".join(map(str, sorted(set(document.answers_without_question))[:30]))
        notices.append(Notice("warning", "answers_without_question", "", "", {"numbers": numbers}))
    used = {question.raw.passage.ref for question in document.questions if question.raw.passage}
    for passage in outline.passages:
        if passage.ref not in used:
            notices.append(Notice("warning", "passage_unused", str(passage.place)))
        elif passage.last:
            asked = {one.raw.number for one in document.questions if one.raw.passage is passage}
            missing = [number for number in range(passage.first, passage.last + 1) if number not in asked]
            if missing:
                numbers = ", ".join(map(str, missing))
                notices.append(
                    Notice("warning", "passage_range_incomplete", str(passage.place), "", {"numbers": numbers})
                )
    return [*notices, *_dropped_notices(outline.dropped)]


def _dropped_notices(dropped: Sequence[Line]) -> list[Notice]:
    """Return one notice for each stretch of text that belongs to no question."""
    stretches: list[list[Line]] = []
    for line in dropped:
        if stretches and line.place.paragraph - stretches[-1][-1].place.paragraph <= 2:
            stretches[-1].append(line)
        else:
            stretches.append([line])
    notices = [
        Notice("left_out", "text_outside_questions", str(stretch[0].place), "", {"lines": len(stretch)})
        for stretch in stretches[:_MOST_DROPPED]
    ]
    if len(stretches) > _MOST_DROPPED:
        rest = len(stretches) - _MOST_DROPPED
        notices.append(
            Notice("left_out", "more_outside_questions", str(stretches[_MOST_DROPPED][0].place), "", {"count": rest})
        )
    return notices
