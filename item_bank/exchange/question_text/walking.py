"""Walking through the lines of a document with lettered options, question by question."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.answers import Stated, letters_of, pairs_of, truths_of
from item_bank.exchange.question_text.lines import Line, cut
from item_bank.exchange.question_text.outline import NO_SECTION, Outline, Passage, RawQuestion, Section
from item_bank.exchange.question_text.starts import (
    LONGEST_ANSWER,
    STATEMENTS,
    Numbering,
    kind_of,
    short_statement,
    word_start,
)

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_LONGEST_HEADING = 60
_LONGEST_INSTRUCTION = 400
_FEWEST_ANSWERS_IN_TABLE = 3
_WORDS_OF_A_LETTER = re.compile(r"\s*(?:[A-H]|[ĐSđs]{2,8})\s*\.?\s*")

Reading = Literal["question", "answered", "explanation", "passage", "answers", "nothing"]
"""What the next line goes on with. Answered: an answer was stated, and no option may follow but the first."""


@dataclass
class Walk:
    """The state between two lines; :meth:`read` takes the next one."""

    numbering: Numbering
    outline: Outline = field(default_factory=Outline)
    section: Section = NO_SECTION
    question: RawQuestion | None = None
    passage: Passage | None = None
    reading: Reading = "nothing"
    is_behind_end: bool = False
    _letters: set[str] = field(default_factory=set)
    _bare: int = 0
    _solved: int = 0
    _by_number: dict[tuple[int, int], RawQuestion] = field(default_factory=dict)

    def read(self, line: Line) -> None:
        """Take the next line to where it belongs."""
        if self.numbering.is_grouped and not line.grid and signs.MCMIX_TOKEN.search(line.text):
            self._read_marked(line)
        elif line.grid:
            self._read_table(line)
        elif line.is_blank or not self._is_sign(line):
            self._keep(line)

    def _is_sign(self, line: Line) -> bool:
        """Read a line that begins something; False when it goes on with what is being read."""
        return self._heading(line) or self._start(line) or self._passage_start(line) or self._statement(line)

    def _read_marked(self, line: Line) -> None:
        """Read a line that holds marks of McMix, part by part."""
        at = 0
        for token in signs.MCMIX_TOKEN.finditer(line.text):
            if line.text[at : token.start()].strip():
                self.read(cut(line, at, token.start()))
            self.outline.families.add("mcmix")
            match token["name"].lower():
                case "sg":
                    self._close()
                    self.passage = Passage(
                        f"p{len(self.outline.passages) + 1}", line.place, 0, 0, self.section, is_group=True
                    )
                    self.outline.passages.append(self.passage)
                    self.reading = "passage"
                case "/sg":
                    self._close()
                    self.passage = None
                case _:
                    self._close()
            at = token.end()
        if line.text[at:].strip():
            self.read(cut(line, at))

    def _close(self) -> None:
        self.question = None
        self.reading = "nothing"

    def _heading(self, line: Line) -> bool:
        text = line.text
        if signs.END.fullmatch(text):
            self._close()
            self.is_behind_end = True
            return True
        if self._is_answers_heading(text):
            self._close()
            self.reading = "answers"
            self._solved = 0
            self.section = NO_SECTION
            return True
        found = signs.SECTION.match(text) or signs.ROMAN_SECTION.match(text)
        if found and self._is_heading(found, text):
            self._enter_section(found, text)
            return True
        if self.question is None and signs.INSTRUCTION.match(text):
            kind = kind_of(text)
            if kind and not self.section.kind and self.reading != "answers":
                self.section = Section(self.section.number, kind)
            return True
        return False

    def _is_answers_heading(self, text: str) -> bool:
        if signs.SURE_ANSWERS_HEADING.match(text) and len(text) < 80:
            return True
        found = signs.ANSWERS_HEADING.fullmatch(text)
        if not found:
            return False
        # "Hướng dẫn giải" alone opens an explanation inside a question; in capitals behind the end it is a heading.
        is_inside = self.question is not None and not self.is_behind_end
        return not is_inside or (text.strip().isupper() and not signs.EXPLANATION.fullmatch(text))

    def _is_heading(self, found: re.Match[str], text: str) -> bool:
        rest = found["rest"].strip()
        is_capital = text.strip()[:4].isupper()
        is_between = self.question is None or {"A", "B"} <= self._letters or bool(self.question.stated)
        is_short = len(rest) < _LONGEST_HEADING and is_between
        return len(text) < _LONGEST_INSTRUCTION and (not rest or is_capital or bool(kind_of(rest)) or is_short)

    def _enter_section(self, found: re.Match[str], text: str) -> None:
        number = _ROMAN.get(found["number"].upper()) or (int(found["number"]) if found["number"].isdigit() else 0)
        is_in_answers = self.reading == "answers" or (self.is_behind_end and bool(self._by_number))
        kind = kind_of(text)
        self.question = None
        self._solved = 0
        self._bare = 0
        self.section = Section(number, kind)
        if is_in_answers:
            self.reading = "answers"
        else:
            self.reading = "nothing"
            self.passage = None

    def _start(self, line: Line) -> bool:
        """Begin a question, or the explanation of one among the answers; False when the line begins none."""
        found = self._number(line)
        if found is None:
            return self._start_unnumbered(line)
        number, end = found
        if self.reading == "answers" or (self.reading == "explanation" and self._solved):
            return self._solution(number, cut(line, end))
        rest = cut(line, end)
        is_known = (self.section.number, number) in self._by_number
        if is_known and (self.is_behind_end or self._is_heading_of_solutions()):
            self.reading = "answers"
            return self._solution(number, rest)
        self._open(number, line)
        if not rest.is_blank:
            self._keep(rest)
        return True

    def _is_heading_of_solutions(self) -> bool:
        """Whether the last line, read as the opening of an explanation, was the heading of all of them."""
        return self.reading == "explanation" and self.question is not None and not self.question.explanation

    def _number(self, line: Line) -> tuple[int, int] | None:
        """Return the number that begins a question, and where the text behind it starts."""
        if self.numbering.has_words:
            return word_start(line.text)
        if self.numbering.is_grouped and (marked := signs.MCMIX_NUMBER.match(line.text)):
            return int(marked["number"]), 0
        if not self.numbering.is_bare:
            return None
        found = signs.QUESTION_NUMBER.match(line.text)
        if found is None or (self.reading == "answers" and list(pairs_of(line.text))):
            return None
        number = int(found["number"])
        if self.reading == "answers" or (self.reading == "explanation" and self._solved):
            return number, found.end()
        is_complete = self.question is None or {"A", "B"} <= self._letters or bool(self.question.stated)
        is_open_ended = self.section.kind in {"short", "essay"}
        if number == self._bare + 1 and (is_complete or is_open_ended):
            return number, found.end()
        return (number, found.end()) if self.question is None and number > self._bare else None

    def _start_unnumbered(self, line: Line) -> bool:
        """Begin a question that has no number: the first line behind a mark of McMix."""
        if not self.numbering.is_grouped or self.numbering.has_words or self.numbering.is_bare:
            return False
        if self.question is not None or self.reading != "nothing":
            return False
        self._open(0, line)
        self._keep(line)
        return True

    def _open(self, number: int, line: Line) -> None:
        self._bare = number
        question = RawQuestion(number, line.place, self.section, last_paragraph=line.place.paragraph)
        passage = self.passage
        if passage is not None and (passage.is_group or passage.first <= number <= passage.last):
            question.passage = passage
        elif passage is not None and not passage.last:
            question.problems.append(("passage_without_range", passage.place, {}))
            self.passage = None
        before = self._by_number.get((self.section.number, number)) if number else None
        if before is not None:
            question.problems.append(("question_number_repeated", line.place, {"number": number}))
        elif number:
            self._by_number[self.section.number, number] = question
        self.outline.questions.append(question)
        self.question = question
        self.reading = "question"
        self._letters = set()

    def _solution(self, number: int, rest: Line) -> bool:
        """Read what an answer at the end says of a question, and go on with its explanation."""
        question = self._by_number.get((self.section.number, number))
        if question is None:
            same = [one for (_, other), one in self._by_number.items() if other == number]
            question = same[0] if len(same) == 1 else None
        self._solved = number
        self.reading = "explanation"
        self.question = question
        text = rest.text.strip()
        value = short_statement(text, is_typed=question is not None and question.section.kind == "short")
        if question is None:
            if value:
                self.outline.table.add(self.section.number, number, value, rest.place)
        elif value:
            question.stated.append(Stated(value, rest.place, "table"))
        elif text and not self._statement(rest):
            self._keep(rest)
        return True

    def _passage_start(self, line: Line) -> bool:
        text = line.text
        if self.reading == "answers" or self._solved or not signs.PASSAGE_VERB.match(text) or len(text) > 2000:
            return False
        found = signs.PASSAGE_RANGE.search(text, 0, 400)
        if found is None:
            is_full = self.question is None or {"A", "B", "C"} <= self._letters
            if not (is_full and signs.PASSAGE_UNBOUNDED.match(text)):
                return False
            first = last = 0
        else:
            first, last = int(found["first"]), int(found["last"])
            if not (first < last <= first + 60):
                return False
            if self.question is not None and self.question.number >= first:
                return False
        self._close()
        self.passage = Passage(f"p{len(self.outline.passages) + 1}", line.place, first, last, self.section)
        self.outline.passages.append(self.passage)
        self.reading = "passage"
        self._keep(line)
        return True

    def _statement(self, line: Line) -> bool:
        """Read an answer or the beginning of an explanation; False when the line is neither."""
        text = line.text
        if self.reading == "answers":
            return self.outline.table.read_line(line, self.section.number)
        question = self.question
        if question is None:
            if self.is_behind_end and self.outline.table.read_line(line, self.section.number):
                self.reading = "answers"
                return True
            return False
        if signs.LEVEL_LINE.match(text):
            question.lines.append(line)
            return True
        if opening := signs.EXPLANATION.match(text):
            if self._solved and any(signs.OPTION_AT_START.match(one.text) for one in question.explanation):
                # Answers that repeat each question before they explain it.
                question.explanation.clear()
            self.reading = "explanation"
            rest = cut(line, opening.end())
            if not rest.is_blank:
                self._explain(question, rest)
            return True
        if self.reading == "explanation":
            return False
        answer = signs.ANSWER.match(text)
        if answer is None:
            return False
        value = answer["value"].strip()
        if answer["colon"] is None and not (letters_of(value) or truths_of(value, STATEMENTS)):
            return False
        if not signs.BLANK_ANSWER.fullmatch(value):
            question.stated.append(Stated(value[:LONGEST_ANSWER], line.place, "line"))
        self.reading = "answered"
        return True

    def _read_table(self, line: Line) -> None:
        is_at_end = self.reading in {"answers", "nothing"} or self.is_behind_end
        table = self.outline.table
        if is_at_end:
            if table.read_table(line, self.section.number):
                self._close()
                self.reading = "answers"
                return
        elif {"A", "B"} <= self._letters or self.reading == "explanation":
            filled = sum(bool(cell.text) for row in line.grid for cell in row)
            if filled >= _FEWEST_ANSWERS_IN_TABLE and table.read_table(line, self.section.number):
                self._close()
                self.reading = "answers"
                return
        self._keep(line)

    def _keep(self, line: Line) -> None:
        question = self.question
        match self.reading:
            case "question" if question is not None:
                question.lines.append(line)
                self._letters.update(found["letter"].upper() for found in signs.OPTION.finditer(line.text, 0, 4000))
            case "answered" if question is not None:
                if signs.OPTION_AT_START.match(line.text) and "A" not in self._letters:
                    self.reading = "question"
                    self._keep(line)
                    return
                if not line.is_blank:
                    self._explain(question, line)
            case "explanation":
                if question is not None:
                    self._explain(question, line)
            case "passage" if self.passage is not None:
                self.passage.lines.append(line)
            case _:
                if not line.is_blank:
                    self.outline.drop([line])
        if question is not None and not self._solved:
            question.last_paragraph = max(question.last_paragraph, line.place.paragraph)

    def _explain(self, question: RawQuestion, line: Line) -> None:
        if not question.explanation and _WORDS_OF_A_LETTER.fullmatch(line.text):
            question.stated.append(Stated(line.text.strip(), line.place, "explanation"))
            return
        for found in signs.CHOSEN.finditer(line.text, 0, 4000):
            question.stated.append(Stated(found["letters"], line.place, "explanation"))
            if not line.text[: found.start()].strip() and not line.text[found.end() :].strip():
                # The letter alone explains nothing, and means another option once options are shuffled.
                return
        question.explanation.append(line)


def walked(lines: Iterable[Line], numbering: Numbering) -> Outline:
    """Return the outline of a document whose options have letters."""
    walk = Walk(numbering)
    for line in lines:
        walk.read(line)
    return walk.outline
