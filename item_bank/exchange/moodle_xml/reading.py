"""Reading Moodle XML."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree
from pydantic import ValidationError

from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.imported import FileReading, ImportedFile, ImportedItem, ImportedStimulus, Notice
from item_bank.exchange.moodle_xml import marks
from item_bank.exchange.moodle_xml.choices import all_or_nothing_choice, multiple_choice, true_false
from item_bank.exchange.moodle_xml.cloze import embedded_answers
from item_bank.exchange.moodle_xml.gaps import choose_in_text, drag_into_text
from item_bank.exchange.moodle_xml.media import MediaStore
from item_bank.exchange.moodle_xml.metadata import category_of, code_of, stated_metadata
from item_bank.exchange.moodle_xml.pairs import matching, ordering
from item_bank.exchange.moodle_xml.question import Asked, NotCarriedError, Question
from item_bank.exchange.moodle_xml.source import is_set, number_of, questions_of, text_in, value_in
from item_bank.exchange.moodle_xml.typed import essay, numerical, short_answer
from item_bank.exchange.word.blocks import Place, first_words

FORMAT = "moodle_xml"
_HEAD = 16 * 1024
_ROOT = re.compile(rb"<quiz[\s>/]")
_READERS: dict[str, Callable[[Question], Asked]] = {
    "multichoice": multiple_choice,
    "multichoiceset": all_or_nothing_choice,
    "truefalse": true_false,
    "shortanswer": short_answer,
    "numerical": numerical,
    "essay": essay,
    "matching": matching,
    "ordering": ordering,
    "ddwtos": drag_into_text,
    "gapselect": choose_in_text,
    "cloze": embedded_answers,
    "multianswer": embedded_answers,
}
_CALCULATED = frozenset({"calculated", "calculatedsimple", "calculatedmulti"})
_PICTURES = frozenset({"ddimageortext", "ddmarker"})
_ANSWERING = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def looks_like(name: str, content: bytes) -> bool:
    """Return whether a file seems to be Moodle XML: its root is a quiz."""
    return bool(_ROOT.search(content[:_HEAD].replace(b"\0", b"")))


def read(content: bytes, name: str) -> ImportedFile:
    """Return the items of a Moodle question bank with all that was noticed; no key is guessed.

    Raises
    ------
    InvalidMoodleFileError
        The file cannot be read at all.
    """
    return begin(content, name).whole()


def begin(content: bytes, name: str) -> FileReading:
    """Begin to read a Moodle question bank, as :func:`read`; questions come one at a time."""
    return _Reader().begin(questions_of(content))


class _Reader:
    """Reads the questions of one file one after another."""

    def __init__(self) -> None:
        self.media = MediaStore()
        self.number = 0
        self.stimuli: dict[str, ImportedStimulus] = {}
        self.notices: list[Notice] = []
        self.lost: Counter[str] = Counter()
        self.category = ""

    def begin(self, elements: Iterator[etree._Element]) -> FileReading:
        """Begin to read questions."""
        reading = FileReading(FORMAT, iter(()), media=self.media.kept, notices=self.notices)
        reading.items = self._items(elements, reading)
        return reading

    def _items(self, elements: Iterator[etree._Element], reading: FileReading) -> Iterator[ImportedItem]:
        for element in elements:
            kind = (element.get("type") or "").strip().lower()
            if kind == "category":
                self.category = category_of(element)
            elif (item := self._question(element, kind)) is not None:
                yield item
        self.notices += [
            Notice("left_out", code, "", params={"count": count}) for code, count in sorted(self.lost.items())
        ]
        reading.stimuli += self.stimuli.values()

    def _question(self, element: etree._Element, kind: str) -> ImportedItem | None:
        title = value_in(element, "name") or plain_text(text_in(element.find("questiontext"))[:400])
        place = str(Place(_line_of(element), first_words(title)))
        question = Question(element, place, self.media)
        if kind == "description":
            self._description(question)
            return None
        reader = _READERS.get(kind)
        if reader is None:
            self._leave_out(place, kind)
            return None
        stimulus = self._stimulus(question)
        try:
            content, key = reader(question)
        except NotCarriedError as error:
            self.notices.append(Notice("left_out", error.code, place, params=dict(error.params)))
            return None
        except ValidationError as error:
            first = error.errors()[0]
            question.note("error", "moodle_out_of_bounds", _part_at(first["loc"]), problem=first["msg"][:200])
            content, key = None, None
        question.note_unused_files()
        self._count_lost(element)
        if is_set(element, "hidden", False) and value_in(element, "hidden"):
            question.note("warning", "moodle_hidden")
        explanation = question.explained()
        self.number += 1
        return ImportedItem(
            number=self.number,
            place=place,
            content=content,
            key=key,
            code=code_of(question),
            explanation=explanation,
            metadata=stated_metadata(question, self.category),
            stimulus=stimulus,
            notices=tuple(question.notices),
        )

    def _leave_out(self, place: str, kind: str) -> None:
        code = "moodle_type_unknown"
        if kind in _CALCULATED:
            code = "moodle_calculated"
        elif kind in _PICTURES:
            code = "moodle_drag_on_picture"
        self.notices.append(Notice("left_out", code, place, params={"type": kind[:40]}))

    def _count_lost(self, element: etree._Element) -> None:
        if (number_of(value_in(element, "penalty") or "0") or 0) != 0:
            self.lost["moodle_penalty"] += 1
        if element.find("hint") is not None:
            self.lost["moodle_hints"] += 1
        if any(plain_text(text_in(element.find(one))[:10_000]).strip() for one in _ANSWERING):
            self.lost["moodle_combined_feedback"] += 1

    def _description(self, question: Question) -> None:
        """Take a description as a stimulus; which questions belong to it, Moodle does not say."""
        code = code_of(question)
        html = question.stem()
        if not plain_text(html).strip() and "<img" not in html and "<audio" not in html:
            return
        question.note("warning", "moodle_description")
        ref = code or f"description-{len(self.stimuli) + 1}"
        title = value_in(question.element, "name")[:200]
        self.stimuli.setdefault(
            ref, ImportedStimulus(ref, question.place, title, html, code=code, notices=tuple(question.notices))
        )

    def _stimulus(self, question: Question) -> str | None:
        """Return the stimulus that this bank wrote before a question, which is no part of the question's own text."""
        found = marks.take_block("stimulus", question.raw)
        if found is None:
            return None
        raw, said, question.body = found
        ref = said.get("data-code") or raw
        if ref not in self.stimuli:
            code = said.get("data-code") or None
            language = said.get("lang", "vi")
            html = question.stem(raw, "stimulus")
            title = said.get("title", "")[:200]
            self.stimuli[ref] = ImportedStimulus(ref, question.place, title, html, language, code)
        return ref


def _line_of(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _part_at(location: tuple[int | str, ...]) -> str:
    """Return the part of an item at which a value is out of bounds."""
    return "/".join(str(step) for step in location[:3])
