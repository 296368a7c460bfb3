"""What a Word file consists of for a reader of questions: paragraphs, tables, runs, pictures, formulas."""

from dataclasses import dataclass, field
from typing import Literal

_WORDS_LENGTH = 60
_WORDS_READ = 1000
OBJECT = "\ufffc"
"""Stands for a picture in the text of a paragraph."""

PictureKind = Literal["image", "metafile", "ole_equation", "ole_object"]
LabelKind = Literal["", "number", "bullet"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands, as a person finds it.

    Attributes
    ----------
    paragraph : number of the paragraph in the whole document, from 1; those in tables and text boxes count.
    words : its first words.
    table, row, column : the innermost table and cell it stands in, from 1; 0 outside of tables.
    """

    paragraph: int
    words: str = ""
    table: int = 0
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        """The place without words of any language: ``¶ 12 [3: B2] “Câu 1. Hệ điều hành…”``; B2 as in a spreadsheet."""
        cell = f" [{self.table}: {_column_letters(self.column)}{self.row}]" if self.table else ""
        words = f" “{self.words}”" if self.words else ""
        return f"¶ {self.paragraph}{cell}{words}"


@dataclass(frozen=True, slots=True)
class Format:
    """How a run is drawn, after all styles.

    Attributes
    ----------
    underline : kind of the line, such as ``single``; empty for none.
    colour : ``RRGGBB``; empty for automatic.
    highlight : ``RRGGBB`` of the marker or of the shading behind the text; empty for none or white.
    position : raised or lowered text.
    is_capitals : drawn in capitals whatever was typed.
    """

    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    is_hidden: bool = False
    is_capitals: bool = False
    underline: str = ""
    colour: str = ""
    highlight: str = ""
    position: Literal["", "sub", "sup"] = ""
    font: str = ""


PLAIN = Format()


@dataclass(frozen=True, slots=True)
class Run:
    r"""Text of one format, in NFC; neighbours of one format are joined.

    Tabs are ``\t``, line breaks ``\n``. ``link`` is the address of a hyperlink.
    """

    text: str
    format: Format = PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or embedded object; its bytes are read by :meth:`WordDocument.picture_bytes` when wanted.

    Attributes
    ----------
    kind : ``metafile`` is EMF or WMF; ``ole_equation`` a formula of MathType or the old equation editor, of which
        ``part`` is the preview picture; ``ole_object`` any other embedded object.
    part : name of the part with the picture; empty if the file holds none.
    content_type : media type as the file states it.
    alternative_text : as its author typed it; empty if none.
    width, height : as drawn, in points; 0 where unknown.
    is_anchored : floats beside the text instead of standing in it.
    program : what made an embedded object, such as ``Equation.DSMT4``.
    """

    kind: PictureKind
    part: str
    content_type: str = ""
    alternative_text: str = ""
    width: float = 0.0
    height: float = 0.0
    is_anchored: bool = False
    program: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as LaTeX without delimiters; ``is_display`` when it stands on a line of its own."""

    latex: str
    is_display: bool = False


Inline = Run | Picture | Formula


@dataclass(frozen=True, slots=True)
class Label:
    """The automatic number or bullet that Word prints before a paragraph.

    ``text`` is all that is printed, such as ``Câu 1.``; ``number`` the value of the paragraph's own level, 0 for a
    bullet. ``format`` is the label's own, which follows the paragraph mark.
    """

    kind: LabelKind = ""
    text: str = ""
    number: int = 0
    format: Format = PLAIN


NO_LABEL = Label()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes
    ----------
    content : runs, pictures and formulas in order.
    label : its automatic number; :data:`NO_LABEL` for none.
    style : name of its style, such as ``heading 1``.
    is_list : belongs to a list, even if its label is empty.
    level : level in the list or of the heading, from 0; 0 otherwise.
    list_id : which list it belongs to; empty outside of lists.
    indent : from the left edge of the text, in points.
    is_centred : stands in the middle.
    is_in_text_box : stands in a box; such paragraphs follow the one that holds the box.
    """

    place: Place
    content: tuple[Inline, ...] = ()
    label: Label = NO_LABEL
    style: str = ""
    is_list: bool = False
    level: int = 0
    list_id: str = ""
    indent: float = 0.0
    is_centred: bool = False
    is_in_text_box: bool = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs of text alone."""
        return tuple(piece for piece in self.content if isinstance(piece, Run))

    @property
    def text(self) -> str:
        r"""The visible text without the label; formulas as ``\(…\)``, a picture as U+FFFC."""
        return "".join(map(inline_text, self.content))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``columns`` and ``rows`` say over how many it is merged (0 rows: under a merged one)."""

    blocks: tuple["Block", ...] = ()
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """The visible text of its paragraphs, one a line."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table; rows may have different numbers of cells."""

    place: Place
    rows: tuple[tuple[Cell, ...], ...] = field(default=())

    @property
    def text(self) -> str:
        """The visible text: cells of a row separated by tabs, one row a line."""
        return "\n".join("\t".join(cell.text for cell in row) for row in self.rows)


Block = Paragraph | WordTable


def first_words(text: str) -> str:
    """Return the beginning of a text for a place, cut between words."""
    line = " ".join(text[:_WORDS_READ].replace(OBJECT, " ").split())
    if len(line) <= _WORDS_LENGTH:
        return line
    return f"{line[:_WORDS_LENGTH].rsplit(' ', 1)[0]}…"


def inline_text(piece: Inline) -> str:
    r"""Return what is visible of a piece; formulas as ``\(…\)``, a picture as U+FFFC."""
    if isinstance(piece, Run):
        return "" if piece.format.is_hidden else piece.text
    return rf"\({piece.latex}\)" if isinstance(piece, Formula) else OBJECT


def _column_letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
