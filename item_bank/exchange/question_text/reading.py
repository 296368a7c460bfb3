"""Reading questions from a Word document or a plain text file, whatever the family of their format."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from exam_engine.interactions.rich_text import RichTextTooComplexError, RichTextTooLongError
from exam_engine.media.preparing import PreparedMedia
from item_bank.exchange.imported import FileReading, ImportedFile, ImportedItem, ImportedStimulus, Notice
from item_bank.exchange.question_text.building import Building
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.question_text.keeping import KeptLines
from item_bank.exchange.question_text.lines import Line, trimmed
from item_bank.exchange.question_text.markup import html_of
from item_bank.exchange.question_text.objects import Objects
from item_bank.exchange.question_text.outline import Outline, Passage, RawQuestion, Stretch
from item_bank.exchange.question_text.preparing import PreparedDocument, group_numbers, prepared
from item_bank.exchange.question_text.survey import Survey
from item_bank.exchange.question_text.text_source import decoded, text_lines
from item_bank.exchange.question_text.unlettered import correct_first_outline, starred_outline
from item_bank.exchange.question_text.walking import walked
from item_bank.exchange.question_text.word_source import word_lines
from item_bank.exchange.word.blocks import first_words
from item_bank.exchange.word.document import open_word

_MOST_DROPPED = 40
_LONGEST_STIMULUS = 50_000
_WORD_ENDINGS = (".docx", ".docm", ".doc", ".rtf", ".odt", ".pdf")
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
    return begin_word_questions(content, name).whole()


def begin_word_questions(content: bytes, name: str) -> FileReading:
    """Begin to read a Word document, as :func:`read_word_questions`.

    What is right shows only in the whole document, so all of it is read at once and kept in few bytes; items are made
    one at a time.
    """
    del name
    findings = Findings()
    document = open_word(content)
    objects = Objects(document, findings)
    lines, survey = _kept(word_lines(document.blocks(), objects))
    findings.add_word_notes(document.notes)
    return _begun("word", lines, survey, findings, objects.media)


def read_text_questions(content: bytes, name: str) -> ImportedFile:
    """Return the questions of a plain text file.

    Raises
    ------
    InvalidTextFileError
        Not a text that can be read.
    """
    return begin_text_questions(content, name).whole()


def begin_text_questions(content: bytes, name: str) -> FileReading:
    """Begin to read a plain text file, as :func:`read_text_questions`; items are made one at a time."""
    del name
    findings = Findings()
    lines, survey = _kept(text_lines(decoded(content), findings))
    return _begun("text", lines, survey, findings, {})


def _kept(lines: Iterator[Line]) -> tuple[KeptLines, Survey]:
    kept, survey = KeptLines(), Survey()
    for line in lines:
        survey.add(line)
        kept.append(line)
    return kept, survey


def _begun(
    format_: str, lines: KeptLines, survey: Survey, findings: Findings, media: dict[str, PreparedMedia]
) -> FileReading:
    outline = _outlined(lines, survey)
    numbering = _numbering_notices(outline.questions)
    document = prepared(outline, findings)
    if "correct_first" in outline.families:
        for question in document.questions:
            question.kind = "choice"
    outline.families |= _families(outline, survey)
    reading = FileReading(format_, iter(()), media=media, notices=_file_notices(outline, document))
    reading.items = _items(outline, document, numbering, findings, reading)
    return reading


def _outlined(lines: KeptLines, survey: Survey) -> Outline:
    if survey.is_correct_first:
        return correct_first_outline(lines.taken())
    if survey.is_starred:
        return starred_outline(lines.taken())
    return walked(lines.taken(), survey.numbering)


def _items(
    outline: Outline,
    document: PreparedDocument,
    numbering: dict[int, list[Notice]],
    findings: Findings,
    reading: FileReading,
) -> Iterator[ImportedItem]:
    """Yield the items, and let go of each question that was made into one; then tell what is left."""
    is_grouped = "mcmix" in outline.families
    is_correct_first = "correct_first" in outline.families
    is_starred = "aztest" in outline.families
    outline.questions.clear()
    waiting = deque(document.questions)
    document.questions.clear()
    for number, split in enumerate(document.splits.taken(), 1):
        building = Building(
            waiting.popleft(),
            split,
            document.convention,
            findings,
            is_grouped=is_grouped,
            is_correct_first=is_correct_first,
            is_starred=is_starred,
            notices=numbering.pop(number - 1, []),
        )
        yield building.item(number)
    reading.stimuli += [
        _stimulus(passage, findings, is_grouped=is_grouped) for passage in outline.passages if len(passage.lines)
    ]
    reading.notices += findings.rest()


def _families(outline: Outline, survey: Survey) -> set[str]:
    """Return the families whose signs a document with lettered options shows."""
    if outline.families & {"correct_first", "aztest"}:
        return set()
    kinds = {question.section.kind for question in outline.questions}
    families = set()
    if kinds & {"true_false", "short"}:
        families.add("three_parts")
    if survey.has_emp_numbers:
        families.add("emp")
    if outline.questions and not families and not outline.families:
        families.add("lettered")
    return families


def _numbering_notices(questions: Sequence[RawQuestion]) -> dict[int, list[Notice]]:
    """Return what the printed numbers tell: one that is missing, and where its question may have gone."""
    notices: dict[int, list[Notice]] = {}
    for at, (before, after) in enumerate(pairwise(questions)):
        first, second = before.number, after.number
        if before.section != after.section or not first or second <= first + 1:
            continue
        lost = re.compile(rf"\s*[^\W\d]{{0,12}}\s*{first + 1}\s*[.:)/]")
        hiding = next((line for line in islice(before.lines, 1, None) if not line.grid and lost.match(line.text)), None)
        if hiding is not None:
            notice = Notice("error", "questions_merged", str(hiding.place), "", {"number": first + 1})
            notices.setdefault(at, []).append(notice)
        else:
            params = {"before": first, "number": second}
            notices.setdefault(at + 1, []).append(
                Notice("warning", "question_number_gap", str(after.place), "", params)
            )
    return notices


def _stimulus(passage: Passage, findings: Findings, *, is_grouped: bool) -> ImportedStimulus:
    kept = list(passage.lines)
    lines = [group_numbers(line) for line in kept] if is_grouped else trimmed(kept)
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


def _dropped_notices(stretches: Sequence[Stretch]) -> list[Notice]:
    """Return one notice for each stretch of text that belongs to no question."""
    notices = [
        Notice("left_out", "text_outside_questions", str(stretch.place), "", {"lines": stretch.lines})
        for stretch in stretches[:_MOST_DROPPED]
    ]
    if len(stretches) > _MOST_DROPPED:
        rest = len(stretches) - _MOST_DROPPED
        notices.append(
            Notice("left_out", "more_outside_questions", str(stretches[_MOST_DROPPED].place), "", {"count": rest})
        )
    return notices
