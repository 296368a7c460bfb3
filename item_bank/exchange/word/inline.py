"""The content of one paragraph: its runs, tracked changes, fields, pictures and formulas, in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from exam_engine.core.text import clean_line
from item_bank.exchange.word.blocks import Format, Formula, first_words
from item_bank.exchange.word.drawings import DrawingReader, Drawn
from item_bank.exchange.word.errors import NoteCode, Refusal, refusal
from item_bank.exchange.word.fields import Fields
from item_bank.exchange.word.joining import Piece, RawRun
from item_bank.exchange.word.names import MC, M, R, W, name_of, text_of
from item_bank.exchange.word.notes import Notes
from item_bank.exchange.word.omml import latex_of
from item_bank.exchange.word.properties import read_run_properties, run_style
from item_bank.exchange.word.styles import Styles
from item_bank.exchange.word.symbol_fonts import symbol
from item_bank.exchange.word.theme import Theme

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WHITE = " \t\r\n"
_LINES = str.maketrans("\r\n\t", "   ")
_FIXED_TEXT = {
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:br": "\n",
    "w:cr": "\n",
    "w:noBreakHyphen": "-",
    # In a TCVN3 font this is the letter ư, so it is dropped only after legacy text is decoded.
    "w:softHyphen": "\u00ad",
}


@dataclass(slots=True)
class Gathering:
    """What has been read of a paragraph so far."""

    paragraph_style: str = ""
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


@dataclass(slots=True)
class InlineReader:
    """Reads what stands inside paragraphs of one document.

    ``link_targets`` are the addresses of hyperlinks by the id of their link; ``side_text`` returns the
    text of a footnote, endnote or comment by its kind and id.
    """

    styles: Styles
    theme: Theme
    drawings: DrawingReader
    notes: Notes
    fields: Fields
    link_targets: Mapping[str, str]
    side_text: Callable[[str, str], str]
    depth: int

    def read(self, element: etree._Element, into: Gathering, depth: int = 0, link: str = "") -> None:
        """Read the children of a paragraph or of an element that wraps a part of it."""
        if depth > self.depth:
            raise refusal(Refusal.TOO_DEEP)
        for child in element:
            match name_of(child.tag):
                case "w:r":
                    self._run(child, into, depth, link)
                case "w:hyperlink":
                    self.read(child, into, depth + 1, self.link_targets.get(child.get(f"{R}id", ""), link))
                case "m:oMath":
                    self._formula(child, into, is_display=False)
                case "m:oMathPara":
                    self._formulas(child, into)
                case "w:ins" | "w:moveTo":
                    self.notes.add(NoteCode.TRACKED_INSERTION, author=child.get(f"{W}author", ""))
                    self.read(child, into, depth + 1, link)
                case "w:del" | "w:moveFrom":
                    self.notes.add(NoteCode.TRACKED_DELETION, author=child.get(f"{W}author", ""), words=_deleted(child))
                case "w:sdt":
                    self._content_control(child, into, depth, link)
                case "w:fldSimple":
                    before = len(into.pieces)
                    self.read(child, into, depth + 1, link)
                    self.fields.simple(child.get(f"{W}instr", ""), has_result=len(into.pieces) > before)
                case "mc:AlternateContent":
                    self._alternative(child, into, partial(self.read, into=into, depth=depth + 1, link=link))
                case "w:smartTag" | "w:customXml" | "w:bdo" | "w:dir":
                    self.read(child, into, depth + 1, link)

    def _content_control(self, element: etree._Element, into: Gathering, depth: int, link: str) -> None:
        content = element.find(f"{W}sdtContent")
        if content is not None:
            self.read(content, into, depth + 1, link)

    def _run(self, element: etree._Element, into: Gathering, depth: int, link: str) -> None:
        properties = element.find(f"{W}rPr")
        if properties is None:
            drawn = self.styles.format(into.paragraph_style, "", {})
        else:
            direct = read_run_properties(properties, self.theme)
            drawn = self.styles.format(into.paragraph_style, run_style(properties), direct)
        self._run_content(element, into, drawn, depth, link)

    def _run_content(self, element: etree._Element, into: Gathering, drawn: Format, depth: int, link: str) -> None:
        if depth > self.depth:
            raise refusal(Refusal.TOO_DEEP)
        for child in element:
            match name := name_of(child.tag):
                case "w:t":
                    self._add(into, _text(child), drawn, link)
                case "w:fldChar":
                    self.fields.mark(child.get(f"{W}fldCharType", ""))
                case "w:instrText":
                    self.fields.add_code(child.text or "")
                case "w:sym":
                    self._symbol(child, into, drawn, link)
                case "w:drawing":
                    self._drawn(self.drawings.drawing(child), into)
                case "w:pict":
                    self._drawn(self.drawings.vml(child), into)
                case "w:object":
                    self._drawn(self.drawings.embedded(child), into)
                case "mc:AlternateContent":
                    read = partial(self._run_content, into=into, drawn=drawn, depth=depth + 1, link=link)
                    self._alternative(child, into, read)
                case "w:footnoteReference" | "w:endnoteReference":
                    kind = "footnotes" if name == "w:footnoteReference" else "endnotes"
                    self.notes.add(NoteCode.FOOTNOTE, words=self.side_text(kind, child.get(f"{W}id", "")))
                case "w:commentReference":
                    self.notes.add(NoteCode.COMMENT, words=self.side_text("comments", child.get(f"{W}id", "")))
                case "w:ruby":
                    base = child.find(f"{W}rubyBase")
                    if base is not None:
                        self.read(base, into, depth + 1, link)
                case "m:oMath":
                    self._formula(child, into, is_display=False)
                case "m:oMathPara":
                    self._formulas(child, into)
                case _ if name in _FIXED_TEXT:
                    self._add(into, _FIXED_TEXT[name], drawn, link)

    def _add(self, into: Gathering, text: str, drawn: Format, link: str) -> None:
        if text and not self.fields.is_code:
            self.fields.saw_result()
            into.pieces.append(RawRun(text, drawn, link))

    def _symbol(self, element: etree._Element, into: Gathering, drawn: Format, link: str) -> None:
        font = element.get(f"{W}font", "")
        try:
            code = int(element.get(f"{W}char", ""), 16)
        except ValueError:
            code = 0
        sign = symbol(font, code)
        if sign is None:
            self.notes.add(NoteCode.UNKNOWN_SYMBOL, font=font)
            sign = "\ufffd"
        self._add(into, sign, drawn, link)

    def _formula(self, element: etree._Element, into: Gathering, *, is_display: bool) -> None:
        if self.fields.is_code:
            return
        converted = latex_of(element)
        if converted.losses:
            self.notes.add(NoteCode.FORMULA_LOSS, parts=", ".join(converted.losses))
        if converted.latex:
            self.fields.saw_result()
            into.pieces.append(Formula(converted.latex, is_display))

    def _formulas(self, element: etree._Element, into: Gathering) -> None:
        for formula in element.iterchildren(f"{M}oMath"):
            self._formula(formula, into, is_display=True)

    def _drawn(self, drawn: Drawn, into: Gathering) -> None:
        if self.fields.is_code:
            return
        self.fields.saw_result()
        into.pieces += drawn.pictures
        into.boxes += drawn.boxes

    def _alternative(self, element: etree._Element, into: Gathering, read: Callable[[etree._Element], None]) -> None:
        """Read the first choice; what it holds that is not known here often has an older form as the fallback."""
        choices = [*element.iterchildren(f"{MC}Choice"), *element.iterchildren(f"{MC}Fallback")]
        for number, choice in enumerate(choices, start=1):
            waiting = self.notes.take()
            before = len(into.pieces) + len(into.boxes)
            read(choice)
            found = len(into.pieces) + len(into.boxes) > before
            noted = self.notes.take()
            is_taken = found or number == len(choices)
            self.notes.put_back(waiting | noted if is_taken else waiting)
            if is_taken:
                return


def plain_text(element: etree._Element) -> str:
    """Return all text of an element that is not shown in place, such as a footnote."""
    return clean_line(" ".join(text_of(paragraph, f"{W}t") for paragraph in element.iter(f"{W}p")))


def _text(element: etree._Element) -> str:
    text = element.text or ""
    if element.get(_SPACE) != "preserve":
        text = text.strip(_WHITE)
    return text.translate(_LINES)


def _deleted(element: etree._Element) -> str:
    return first_words(text_of(element, f"{W}delText", f"{W}t"))
