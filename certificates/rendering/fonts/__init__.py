"""The typefaces of certificates: small subsets with their licences, loaded once a process."""

from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

TEXT = "CertificateText-Regular"
TEXT_BOLD = "CertificateText-Bold"
TEXT_ITALIC = "CertificateText-Italic"
TEXT_BOLD_ITALIC = "CertificateText-BoldItalic"
DISPLAY = "CertificateDisplay-Bold"
FACES = (TEXT, TEXT_BOLD, TEXT_ITALIC, TEXT_BOLD_ITALIC, DISPLAY)

MARKED_LETTERS = {
    "Ê\u0306": "\ue000",
    "ê\u0306": "\ue001",
    "Ô\u0306": "\ue002",
    "ô\u0306": "\ue003",
    "Ơ\u0306": "\ue004",
    "ơ\u0306": "\ue005",
    "Ư\u0306": "\ue006",
    "ư\u0306": "\ue007",
}
"""Letters of the Tây Nguyên languages without a code point of their own, and where the subsets hold their glyphs.

PDF writers place a combining breve beside its letter instead of above it, so the subsets carry ready-made glyphs in the
private use area; the text layer of the PDF names the true characters.
"""


@cache
def register_fonts() -> None:
    """Make the faces known to the PDF writer; cheap after the first call."""
    for face in FACES:
        with resources.as_file(resources.files(__package__) / f"{face}.ttf") as file:
            # asciiReadable=0 embeds only the letters in use instead of all of ASCII in every face.
            pdfmetrics.registerFont(TTFont(face, str(file), asciiReadable=0))


def to_glyphs(text: str) -> str:
    """Return the text with letters that need a ready-made glyph replaced by its place in the subsets."""
    for letter, glyph in MARKED_LETTERS.items():
        text = text.replace(letter, glyph)
    return text


def text_width(text: str, face: str, size: float) -> float:
    """Return the width of the text in points."""
    return float(pdfmetrics.stringWidth(to_glyphs(text), face, size))


def missing_characters(text: str) -> list[str]:
    """Return the characters that some face cannot draw, each once, in order."""
    register_fonts()
    known = [pdfmetrics.getFont(face).face.charToGlyph for face in FACES]
    private = set(MARKED_LETTERS.values())
    # A private code point in the input is nobody's text, though the subsets have a glyph there.
    plain = text
    for letter in MARKED_LETTERS:
        plain = plain.replace(letter, "")
    return [
        character
        for character in dict.fromkeys(plain)
        if character in private or not all(ord(character) in table for table in known)
    ]
