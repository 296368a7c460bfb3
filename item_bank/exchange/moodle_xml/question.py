"""One question of a Moodle file while it is read: its texts, what is noticed, what explains it."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lxml import etree

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import ItemContent, Option
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.rich_text import RichTextTooComplexError, RichTextTooLongError, plain_text, sanitise
from item_bank.exchange.imported import Notice, Severity
from item_bank.exchange.moodle_xml.media import PLUGIN_FILE, MediaStore, files_in, old_picture
from item_bank.exchange.moodle_xml.source import text_in
from item_bank.exchange.moodle_xml.texts import TextReader, as_html

Asked = tuple[ItemContent | None, ItemKey | None]
"""What a question comes to; its content is None when the notices say why it cannot be asked."""

LETTERS = "ABCDEFGHIJKLMNOPQRST"
MOST_OPTIONS = len(LETTERS)


class NotCarriedError(Exception):
    """The question is of a sort that no item can be; the arguments are a message code and its values."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class Question:
    """A question with its place in the file."""

    element: etree._Element
    place: str
    media: MediaStore
    notices: list[Notice] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    body: str | None = None
    is_old_picture_shown: bool = False

    def note(self, severity: Severity, code: str, part: str = "", **params: Any) -> None:
        """Keep a notice, the same one once."""
        notice = Notice(severity, code, self.place, part, params)
        if notice not in self.notices:
            self.notices.append(notice)

    def html(self, holder: etree._Element | None, part: str = "") -> str:
        """Return the text of an element as HTML."""
        return "" if holder is None else self.convert(text_in(holder), holder, part)

    def convert(self, raw: str, holder: etree._Element, part: str = "") -> str:
        """Return a text that stands in an element as HTML, by the element's format and files."""
        files = files_in(holder)
        kind = holder.get("format") or "html"
        return TextReader(self.media, self.note).html(raw, kind, files, part)

    @property
    def raw(self) -> str:
        """The question's text as Moodle has it, without the blocks of this bank before it."""
        return text_in(self.element.find("questiontext")) if self.body is None else self.body

    def stem(self, raw: str | None = None, part: str = "stem") -> str:
        """Return the question's text, or a changed form of it, as HTML."""
        html = self.convert(self.raw if raw is None else raw, self.text_element, part)
        picture = old_picture(self.element) if raw is None and part == "stem" else None
        if picture is None:
            return html
        self.is_old_picture_shown = True
        name, content = picture
        shown = f'<p><img src="{PLUGIN_FILE}{quote(name)}" alt=""></p>'
        html = html if "<p" in html else f"<p>{html}</p>"
        return html + TextReader(self.media, self.note).html(shown, "html", {name: content}, part)

    @property
    def text_element(self) -> etree._Element:
        """The element that holds the question's text, the question itself where there is none."""
        holder = self.element.find("questiontext")
        return self.element if holder is None else holder

    def note_unused_files(self) -> None:
        """Note the files that stand beside a text which does not show them."""
        for file in self.element.iter("file"):
            name, text = file.get("name") or "", text_in(file.getparent())
            if name not in text and quote(name) not in text:
                self.note("left_out", "moodle_file_unused", file=name[:120])
        picture = old_picture(self.element)
        if picture is not None and not self.is_old_picture_shown:
            self.note("left_out", "moodle_file_unused", file=picture[0][:120])

    def explain(self, label: str, feedback: etree._Element | None) -> None:
        """Keep the feedback to an answer as part of the explanation."""
        html = self.html(feedback, "explanation")
        if plain_text(html).strip() or "<img" in html:
            inside = re.sub(r"^<p>(.*)</p>$", r"\1", html) if html.count("<p>") == 1 else html
            self.explanation.append(f"<p>{label}: {inside}</p>" if "<p" not in inside else f"<p>{label}:</p>{inside}")

    def explained(self) -> str:
        """Return the general feedback and the feedback to answers as one explanation."""
        general = self.html(self.element.find("generalfeedback"), "explanation")
        if not self.explanation:
            return general
        try:
            return sanitise("".join([general, *self.explanation])).html
        except (RichTextTooComplexError, RichTextTooLongError) as error:
            self.note("error", error.code, "explanation", **error.params)
            return general

    def answers(self) -> list[etree._Element]:
        """Return the answers in their order."""
        return self.element.findall("answer")

    def options(self) -> tuple[Option, ...]:
        """Return the answers as options with letters; none, with a notice, where they are too few or too many."""
        answers = self.answers()
        if not 2 <= len(answers) <= MOST_OPTIONS:
            self.note("error", "moodle_option_count", "options", count=len(answers), most=MOST_OPTIONS)
            return ()
        return tuple(
            Option(id=id_, content=self.html(answer, f"options/{id_}"))
            for id_, answer in zip(LETTERS, answers, strict=False)
        )


def label_of(html: str) -> str:
    """Return the words of an answer for a label, as markup."""
    return as_html(clean_line(plain_text(html))[:80])
