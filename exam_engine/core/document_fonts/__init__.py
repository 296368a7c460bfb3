"""The typefaces of documents that boards sign: subsets that cover Vietnamese, loaded once a process."""

from functools import cache
from importlib import resources

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SERIF = "DocumentSerif-Regular"
SERIF_BOLD = "DocumentSerif-Bold"
SERIF_ITALIC = "DocumentSerif-Italic"
SERIF_BOLD_ITALIC = "DocumentSerif-BoldItalic"
FACES = (SERIF, SERIF_BOLD, SERIF_ITALIC, SERIF_BOLD_ITALIC)

_ABSENT = "\u25a1"
"""Stands where a face has no glyph: a reader sees that a letter is missing, and never a wrong one."""


@cache
def register_fonts() -> None:
    """Make the faces known to the PDF writer, with bold and italic of the family; cheap after the first call."""
    for face in FACES:
        with resources.as_file(resources.files(__package__) / f"{face}.ttf") as file:
            pdfmetrics.registerFont(TTFont(face, str(file), asciiReadable=0))
    for number, face in enumerate(FACES):
        addMapping(SERIF, number % 2, number // 2, face)


def drawable(text: str) -> str:
    """Return the text with every letter that the faces do not have replaced by an empty square."""
    register_fonts()
    known = pdfmetrics.getFont(SERIF).face.charToGlyph
    return "".join(letter if letter == "\n" or ord(letter) in known else _ABSENT for letter in text)
