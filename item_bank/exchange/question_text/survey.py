"""What all lines of a document tell together: how its questions begin, and of which family it is."""

import re
from dataclasses import dataclass

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.lines import Line
from item_bank.exchange.question_text.starts import Numbering, word_start

_EMP_NUMBER = re.compile(r"\s*\d{3}/(?!\d)")
_LISTED_PER_QUESTION = 10


@dataclass(slots=True)
class Survey:
    """Counts of the lines seen so far.

    Attributes
    ----------
    words, numbers : lines that begin with a word such as Câu and a number, and with a bare number.
    letters, stars : lines that begin with the letter of an option, and with a star.
    states_right_first : a line says that the right option comes first.
    has_pins : a line keeps an option at its place.
    states_answers : a line states an answer or heads a table of them.
    has_marks : a line holds a mark of McMix.
    has_emp_numbers : a line begins with a number of EMP.
    """

    words: int = 0
    numbers: int = 0
    letters: int = 0
    stars: int = 0
    states_right_first: bool = False
    has_pins: bool = False
    states_answers: bool = False
    has_marks: bool = False
    has_emp_numbers: bool = False

    def add(self, line: Line) -> None:
        """Look at one more line; the text of a table tells nothing."""
        if line.grid:
            return
        text = line.text
        if word_start(text) is not None:
            self.words += 1
        elif signs.QUESTION_NUMBER.match(text):
            self.numbers += 1
        self.letters += signs.OPTION_AT_START.match(text) is not None
        self.stars += signs.STARRED.match(text) is not None
        self.states_right_first = self.states_right_first or signs.CORRECT_FIRST.search(text, 0, 400) is not None
        self.has_pins = self.has_pins or signs.PINNED.match(text) is not None
        self.states_answers = self.states_answers or _states_answer(text)
        self.has_marks = self.has_marks or signs.MCMIX_TOKEN.search(text) is not None
        self.has_emp_numbers = self.has_emp_numbers or _EMP_NUMBER.match(text) is not None

    @property
    def numbering(self) -> Numbering:
        """How the questions begin.

        A stray ``Câu 5.`` in an explanation does not make the word the rule of a document that numbers hundreds
        without it.
        """
        has_words = self.words > 0 and self.words * _LISTED_PER_QUESTION >= self.numbers
        return Numbering(has_words, not has_words and self.numbers > 0, self.has_marks)

    @property
    def is_starred(self) -> bool:
        """Whether the document marks options by stars and has no letters before them."""
        return self.stars > 0 and self.letters == 0

    @property
    def is_correct_first(self) -> bool:
        """Whether the document says that the right option comes first, or pins options, which only such ones do.

        A line such as "#! Jupiter" in a document that states its key in another way is just a line.
        """
        return self.states_right_first or (self.has_pins and not self.states_answers and not self.stars)


def _states_answer(text: str) -> bool:
    return bool(signs.ANSWER.match(text) or signs.SURE_ANSWERS_HEADING.match(text))
