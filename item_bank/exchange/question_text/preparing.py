"""A question made ready to be judged: what stands beside it, its options, their marks, and which kind it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.answers import Stated, letters_of, truths_of
from item_bank.exchange.question_text.evidence import truth_beside
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.question_text.keeping import KeptLines, KeptSplits
from item_bank.exchange.question_text.lines import Line, line_of, without
from item_bank.exchange.question_text.marks import NONE, Convention, MarkKind, Standing, convention_of, marks_of
from item_bank.exchange.question_text.metadata import Beside, take_beside, take_brackets
from item_bank.exchange.question_text.options import SplitQuestion, split_options
from item_bank.exchange.question_text.outline import Outline, RawQuestion
from item_bank.exchange.question_text.truth_table import truth_table

Kind = Literal["choice", "true_false", "short", "essay", "no_options", "unclear"]

_TRUE_FALSE_STEM = re.compile(
    r"đúng\s*(?:/|-|hoặc|hay|,)?\s*(?:là\s+)?sai|mỗi (?:ý|phát biểu|khẳng định|mệnh đề|nhận định)|true or false",
    re.IGNORECASE,
)
_GROUP_NUMBER = re.compile(r"\(<(\d{1,3})>\)")


@dataclass(slots=True)
class PreparedQuestion:
    """A question with its parts; ``kind`` is what it asks, as far as the document tells.

    Attributes
    ----------
    parts : how many options there are.
    is_upper : their letters are capitals.
    asks_for_truth : stem, statements or a table of them show that each is true or false.
    ticked : what a table of statements says of each of them.
    """

    raw: RawQuestion
    parts: int
    is_upper: bool
    asks_for_truth: bool
    beside: Beside
    marks: Mapping[MarkKind, Standing]
    kind: Kind = "unclear"
    ticked: tuple[bool | None, ...] = ()
    stated: list[Stated] = field(default_factory=list)
    has_unclear_table: bool = False


@dataclass
class PreparedDocument:
    """All questions of a document, and by which marks it says what is right.

    ``splits`` are, for each question, its stem without what stands beside it, and its options.
    """

    questions: list[PreparedQuestion]
    splits: KeptSplits
    convention: Convention
    answers_without_question: list[int]


def prepared(outline: Outline, findings: Findings) -> PreparedDocument:
    """Return the questions of a document ready to be judged; their lines are let go."""
    is_grouped = "mcmix" in outline.families
    splits = KeptSplits()
    questions = [_prepared(raw, splits, findings, is_grouped=is_grouped) for raw in outline.questions]
    orphans = _give_answers(outline, questions, only_unique=True)
    has_upper = any(question.parts and question.is_upper for question in questions)
    for question in questions:
        question.kind = _kind(question)
    convention = _convention(questions)
    _settle_lower(questions, convention, has_upper=has_upper)
    convention = _convention(questions)
    _give_answers(outline, questions, only_unique=False)
    return PreparedDocument(questions, splits, convention, orphans)


def _prepared(raw: RawQuestion, splits: KeptSplits, findings: Findings, *, is_grouped: bool) -> PreparedQuestion:
    ticked: tuple[bool | None, ...] = ()
    if raw.split is None:
        lines, beside = take_beside(raw.lines)
        raw.lines.clear()
        lines = [_without_tags(line, raw, findings) for line in lines]
        if is_grouped:
            lines = [group_numbers(line) for line in lines]
        split = split_options(lines)
        if not split.parts and (table := truth_table(lines)):
            split, ticked = table.split, table.values
    else:
        split, beside = raw.split.split(), Beside()
        raw.split = None
    if len(raw.explanation):
        explanation, more = take_beside(raw.explanation)
        raw.explanation = KeptLines(explanation)
        if more.level is not None:
            beside.set_level(more.level)
    split = replace(split, stem=tuple(take_brackets(split.stem, beside)))
    # In McMix an italic letter keeps its option in place.
    marks = [
        (kind, standing)
        for kind, standing in marks_of(split.parts).items()
        if standing != NONE and not (is_grouped and kind == "italic")
    ]
    splits.append(split)
    return PreparedQuestion(
        raw,
        len(split.parts),
        split.is_upper,
        bool(split.parts) and not split.is_upper and _asks_for_truth(split, ticked),
        beside,
        _shared_marks(*marks),
        ticked=ticked,
        stated=list(raw.stated),
    )


@lru_cache(maxsize=4096)
def _shared_marks(*marks: tuple[MarkKind, Standing]) -> Mapping[MarkKind, Standing]:
    """Return marks as a mapping; questions marked alike share one."""
    return dict(marks)


def _asks_for_truth(split: SplitQuestion, ticked: tuple[bool | None, ...]) -> bool:
    if ticked or any(truth_beside(part)[0] is not None for part in split.parts):
        return True
    return _TRUE_FALSE_STEM.search(" ".join(line.text for line in split.stem)[:4000]) is not None


def group_numbers(line: Line) -> Line:
    """Return a line with the marks of McMix for numbered blanks as a reader expects them."""
    if line.grid or "<" not in line.text:
        return line
    pieces = [
        piece
        if piece.is_object or "<" not in piece.text
        else replace(piece, text=signs.MCMIX_BLANK.sub(r"(\1) ______", _GROUP_NUMBER.sub(r"(\1)", piece.text)))
        for piece in line.pieces
    ]
    return replace(line_of(line.place, pieces), is_soft=line.is_soft, is_bullet=line.is_bullet)


def _without_tags(line: Line, raw: RawQuestion, findings: Findings) -> Line:
    """Return a line without sounds, which are not in the file, and without keys in angle brackets."""
    if line.grid or not ("<" in line.text or "[" in line.text):
        return line
    while found := signs.AUDIO.search(line.text):
        findings.add("left_out", "audio_left_out", line.place, path=found["path"].strip()[:100])
        line = without(line, found.start(), found.end())
    while found := signs.KEY_TAG.search(line.text):
        raw.stated.append(Stated((found["value"] or found["other"]).strip(), line.place, "key"))
        line = without(line, found.start(), found.end())
    return line


def _kind(question: PreparedQuestion) -> Kind:
    count, section, stated = question.parts, question.raw.section.kind, question.stated
    if count and question.is_upper:
        return "choice"
    if count:
        if section == "true_false" or question.asks_for_truth:
            return "true_false"
        if any(truths_of(one.text, count) is not None and letters_of(one.text) is None for one in stated):
            return "true_false"
        if section == "choice" or any(letters_of(one.text) for one in stated):
            return "choice"
        return "unclear"
    if section == "essay":
        return "essay"
    if section == "short":
        return "short"
    if section in {"choice", "true_false"} or not stated or any(letters_of(one.text) for one in stated):
        return "no_options"
    return "short"


def _convention(questions: Sequence[PreparedQuestion]) -> Convention:
    choices = [question.marks for question in questions if question.kind in {"choice", "unclear"}]
    tables = [question.marks for question in questions if question.kind == "true_false"]
    return convention_of(choices, tables)


def _settle_lower(questions: Sequence[PreparedQuestion], convention: Convention, *, has_upper: bool) -> None:
    """Take small letters for options where the whole document has only those, and marks one of each question."""
    unclear = [question for question in questions if question.kind == "unclear"]
    if not unclear or has_upper:
        return
    is_single = all(
        any(len(question.marks[kind].marked) == 1 for kind in convention.kinds if kind in question.marks)
        or not any(standing.marked for standing in question.marks.values())
        for question in unclear
    )
    if is_single:
        for question in unclear:
            question.kind = "choice"


def _give_answers(outline: Outline, questions: Sequence[PreparedQuestion], *, only_unique: bool) -> list[int]:
    """Give the answers of tables to their questions; return numbers of answers that no question has."""
    if not outline.table.answers:
        return []
    by_number: dict[int, list[PreparedQuestion]] = {}
    for question in questions:
        if question.raw.number:
            by_number.setdefault(question.raw.number, []).append(question)
    orphans = []
    for (section, number), answers in outline.table.answers.items():
        possible = by_number.get(number, [])
        inside = [question for question in possible if section and question.raw.section.number == section]
        possible = inside or possible
        if not possible:
            orphans.append(number)
        elif len(possible) == 1:
            if only_unique:
                possible[0].stated += answers
        elif not only_unique:
            for answer in answers:
                fitting = [question for question in possible if _fits(question, answer)]
                if len(fitting) == 1:
                    fitting[0].stated.append(answer)
                else:
                    for question in possible:
                        question.has_unclear_table = True
    return orphans


def _fits(question: PreparedQuestion, answer: Stated) -> bool:
    """Whether an answer can be read as one to a question."""
    is_letters = letters_of(answer.text) is not None
    is_truths = truths_of(answer.text, question.parts) is not None if question.parts else False
    match question.kind:
        case "choice":
            return is_letters
        case "true_false":
            return is_truths
        case "short":
            return not is_letters
        case _:
            return False
