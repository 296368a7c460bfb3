"""From prepared questions to the items that an import hands over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from exam_engine.interactions.content import (
    ExtendedText,
    ItemContent,
    MultipleResponse,
    Option,
    SingleChoice,
    Statement,
    TrueFalseTable,
)
from exam_engine.interactions.keys import ChoiceKey, ItemKey, PerPart, TrueFalseKey
from exam_engine.interactions.rich_text import LatexError, RichTextTooComplexError, RichTextTooLongError
from item_bank.exchange.imported import ImportedItem, Notice
from item_bank.exchange.question_text.evidence import (
    Problem,
    Verdict,
    asked_count,
    choice_verdict,
    truth_beside,
    truth_verdict,
)
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.question_text.lines import Line, cut
from item_bank.exchange.question_text.marks import STRONG, Convention, extent_of
from item_bank.exchange.question_text.markup import CARRIED_KINDS, html_of
from item_bank.exchange.question_text.options import LetteredPart, SplitQuestion
from item_bank.exchange.question_text.preparing import PreparedQuestion
from item_bank.exchange.question_text.short_answers import short_answer
from item_bank.exchange.word.blocks import Place, first_words

_STATEMENTS_OF_2025 = 4


@dataclass
class Building:
    """Makes one item; what is wrong with it is gathered in ``notices``."""

    question: PreparedQuestion
    split: SplitQuestion
    convention: Convention
    findings: Findings
    is_grouped: bool = False
    is_correct_first: bool = False
    is_starred: bool = False
    notices: list[Notice] = field(default_factory=list)

    def item(self, number: int) -> ImportedItem:
        """Return the question as an item; without content when there are no options to choose from."""
        raw = self.question.raw
        self._collect()
        content: ItemContent | None = None
        key: ItemKey | None = None
        explanation = ""
        try:
            content, key = self._content()
            explanation = self._html(raw.explanation)
        except (RichTextTooLongError, RichTextTooComplexError, ValidationError):
            self._error("question_too_long", raw.place)
            content = key = None
        if any(notice.severity == "error" and notice.code in _AGAINST_KEY for notice in self.notices):
            key = None
        return ImportedItem(
            number=number,
            place=str(raw.place),
            content=content,
            key=key,
            explanation=explanation,
            metadata=self.question.beside.stated(),
            stimulus=raw.passage.ref if raw.passage and len(raw.passage.lines) else None,
            notices=(*self.findings.take(raw.paragraphs), *self.notices),
        )

    def _collect(self) -> None:
        """Note what was found wrong before."""
        question = self.question
        for code, place, params in question.raw.problems:
            self._error(code, place, **params)
        for code, letter in self.split.problems:
            self._error(code, question.raw.place, f"options/{letter}", letter=letter)
        for name in dict.fromkeys(question.beside.conflicts):
            self._warn(f"{name}_stated_twice", question.raw.place)
        if question.has_unclear_table:
            self._error("answer_section_unknown", question.raw.place, "key", number=question.raw.number)

    def _content(self) -> tuple[ItemContent | None, ItemKey | None]:
        question = self.question
        place = question.raw.place
        stem = self._html(self.split.stem)
        if not stem:
            self._error("stem_empty", place, "stem")
        match question.kind:
            case "choice" if question.parts >= 2:
                return self._choice(stem)
            case "true_false":
                return self._true_false(stem)
            case "unclear":
                self._error("kind_unclear", place, "key")
                return self._true_false(stem)[0], None
            case "short":
                content, key, problem = short_answer(stem, question.stated)
                if problem:
                    self._problem(problem)
                return content, key
            case "essay":
                self._error("essay_without_rubric", place, "key")
                return ExtendedText(stem=stem), None
            case _:
                self._error("question_without_options", place, "options", count=question.parts)
                return None, None

    def _choice(self, stem: str) -> tuple[ItemContent, ItemKey | None]:
        question = self.question
        parts = self.split.parts
        if self.is_correct_first:
            verdict = self._first_verdict()
        else:
            asked = asked_count(" ".join(line.text for line in self.split.stem))
            verdict = choice_verdict(
                parts, question.marks, question.stated, self.convention, asked, may_be_several=self.is_starred
            )
        if verdict.problem:
            self._problem(verdict.problem)
        options = []
        for number, part in enumerate(parts):
            html = self._part(number, part, part.lines, verdict, f"options/{part.letter}")
            options.append(Option(id=part.letter, content=html, is_fixed=self._is_fixed(number, part)))
        self._check_last(parts)
        if verdict.is_several:
            content: ItemContent = MultipleResponse(stem=stem, options=tuple(options))
        else:
            content = SingleChoice(stem=stem, options=tuple(options))
        if verdict.correct is None:
            return content, None
        return content, ChoiceKey(correct=tuple(parts[number].letter for number in sorted(verdict.correct)))

    def _first_verdict(self) -> Verdict:
        """Return the right option of a text that puts it first, or names it by ``#!``."""
        named = [number for number, sign in self.question.raw.pins.items() if sign == "!"]
        if len(named) > 1:
            return Verdict(problem=Problem("key_two_marked", {"letters": ", ".join("ABCDEFGH"[one] for one in named)}))
        if not named and self.question.raw.pins.get(0) == "$":
            return Verdict(problem=Problem("first_option_is_pinned_wrong", {}))
        right = frozenset(named or {0})
        marked = {
            standing.marked for kind, standing in self.question.marks.items() if kind in STRONG and standing.marked
        }
        if marked - {right}:
            letters = ", ".join(sorted("ABCDEFGH"[number] for number in right.union(*marked)))
            return Verdict(problem=Problem("key_conflict", {"letters": letters}))
        return Verdict(right)

    def _is_fixed(self, number: int, part: LetteredPart) -> bool:
        if number in self.question.raw.pins:
            return True
        return self.is_grouped and any(
            piece.format.is_italic for piece in part.label.pieces if piece.text.strip(" .):/")
        )

    def _true_false(self, stem: str) -> tuple[ItemContent | None, ItemKey | None]:
        question = self.question
        parts = self.split.parts
        if not parts:
            self._error("question_without_options", question.raw.place, "statements", count=0)
            return None, None
        found = [truth_beside(part) for part in parts]
        beside = list(question.ticked) or [value for value, _ in found]
        verdict = truth_verdict(parts, question.marks, question.stated, self.convention, beside)
        if verdict.problem and question.kind == "true_false":
            self._problem(verdict.problem)
        statements = []
        for number, part in enumerate(parts):
            lines = list(part.lines)
            if found[number][0] is not None and not question.ticked:
                lines[-1] = cut(lines[-1], 0, found[number][1])
            letter = part.letter.lower()
            html = self._part(number, part, lines, verdict, f"statements/{letter}")
            statements.append(Statement(id=letter, content=html))
        self._check_last(parts)
        content = TrueFalseTable(stem=stem, statements=tuple(statements))
        if verdict.correct is None:
            return content, None
        values = {part.letter.lower(): number in verdict.correct for number, part in enumerate(parts)}
        if len(parts) == _STATEMENTS_OF_2025:
            return content, TrueFalseKey(values=values)
        return content, TrueFalseKey(values=values, scoring=PerPart())

    def _part(self, number: int, part: LetteredPart, lines: Sequence[Line], verdict: Verdict, at: str) -> str:
        """Return the text of an option without the marks that are the key."""
        stripped = {kind for kind in CARRIED_KINDS if kind in verdict.kinds and self._is_mark(kind, number, verdict)}
        html = self._html(lines, frozenset(stripped))
        if not html:
            self._error("option_without_text", part.label.place, at, letter=part.letter)
        return html

    def _is_mark(self, kind: str, number: int, verdict: Verdict) -> bool:
        """Whether a kind of mark in an option is the key's, not the emphasis that a word of each option has."""
        parts = self.split.parts
        extents = [extent_of(kind, part.lines) for part in parts]  # type: ignore[arg-type]
        if extents[number] == "whole":
            return (
                verdict.correct is None
                or number in verdict.correct
                or "whole"
                not in {
                    extent
                    for other, extent in enumerate(extents)
                    if other not in (verdict.correct or ()) and other != number
                }
            )
        return number in self.question.marks[kind].marked and any(extent == "none" for extent in extents)  # type: ignore[index]

    def _check_last(self, parts: Sequence[LetteredPart]) -> None:
        """Tell when more stands behind the last option than behind the others: it may belong to no option."""
        sizes = [sum(not line.is_blank and not line.is_soft for line in part.lines) for part in parts]
        if sizes[-1] > 1 and max(sizes[:-1], default=0) == 1:
            extra = parts[-1].lines[-1]
            self._warn("last_option_longer", extra.place, words=first_words(extra.text))

    def _html(self, lines: Iterable[Line], stripped: frozenset[str] = frozenset()) -> str:
        return html_of(lines, stripped, self._broken_formula)

    def _broken_formula(self, error: LatexError, line: Line) -> None:
        self._warn("formula_unreadable", line.place, formula=first_words(line.text), why=error.fault.code)

    def _problem(self, problem: Problem) -> None:
        self._error(problem.code, problem.place or self.question.raw.place, "key", **problem.params)

    def _error(self, code: str, place: Place, part: str = "", **params: object) -> None:
        self.notices.append(Notice("error", code, str(place), part, params))

    def _warn(self, code: str, place: Place, part: str = "", **params: object) -> None:
        self.notices.append(Notice("warning", code, str(place), part, params))


_AGAINST_KEY = frozenset(
    {
        "option_letter_repeated",
        "option_letter_skipped",
        "question_number_repeated",
        "options_too_many",
        "option_without_text",
        "answer_section_unknown",
        "questions_merged",
    }
)
"""Faults with which the letters of a key may mean other options than their author meant."""
