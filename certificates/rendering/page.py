"""The certificate page, A4 landscape: layout of the text over the ground, and the finished PDF."""

import io

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from certificates.public_id import group_public_id
from certificates.rendering import wording
from certificates.rendering.content import CertificateContent
from certificates.rendering.fonts import (
    DISPLAY,
    TEXT,
    TEXT_BOLD,
    TEXT_BOLD_ITALIC,
    TEXT_ITALIC,
    missing_characters,
    register_fonts,
    text_width,
    to_glyphs,
)
from certificates.rendering.ornament import GOLD, HEIGHT, RED, WIDTH, draw_ground
from certificates.rendering.qr_symbol import draw_qr

INK = HexColor("#1B1B1F")
NAVY = HexColor("#12264A")
GREY = HexColor("#55555C")

_CENTRE = WIDTH / 2
_TEXT_WIDTH = 232 * mm
_QR_SIDE = 30 * mm
_QR_LEFT, _QR_BOTTOM = 31 * mm, 29 * mm
_NOTES_LEFT = _QR_LEFT + _QR_SIDE + 6.5 * mm
_NOTES_WIDTH = 84 * mm
_SIGNATURE_CENTRE = 226 * mm
_SIGNATURE_WIDTH = 88 * mm

# Text encodings inside the file only make it larger; nothing here needs seven-bit PDFs.
rl_config.useA85 = 0


class UnprintableTextError(ValueError):
    """A text holds characters that the certificate's typefaces do not have."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__(" ".join(f"U+{ord(character):04X}" for character in characters))
        self.characters = characters


def render_certificate(content: CertificateContent) -> bytes:
    """Return the PDF of a certificate; the same content always gives the same bytes.

    Raises
    ------
    UnprintableTextError
        Some text cannot be drawn; nothing is ever printed with a hole in it.
    """
    register_fonts()
    _check_texts(content)
    output = io.BytesIO()
    # initialFontName: the writer otherwise puts a Helvetica into the file without embedding it.
    canvas = Canvas(
        output, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName=TEXT, lang="vi-VN"
    )
    canvas.setTitle(f"{wording.TITLE} {wording.STANDARD[content.level]} – {content.holder_name}")
    canvas.setAuthor(content.issuer_title)
    canvas.setSubject(f"{wording.SERIAL_NUMBER} {content.serial_number}")
    canvas.setCreator("exam-engine")
    draw_ground(canvas)
    _draw_head(canvas, content)
    _draw_body(canvas, content)
    _draw_signature(canvas, content)
    _draw_notes(canvas, content)
    if content.is_specimen:
        _draw_specimen(canvas)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def _check_texts(content: CertificateContent) -> None:
    texts = (
        content.issuer_title,
        content.holder_name,
        content.birth_date,
        content.birth_place,
        content.council_name,
        content.decision_number,
        content.place,
        *content.signatory_title,
        content.signatory_name,
        content.serial_number,
        content.register_number,
        content.lookup_address,
        *(part for mark in content.marks for part in (mark.paper, mark.mark)),
    )
    missing = missing_characters("".join(texts))
    if missing:
        raise UnprintableTextError(missing)


def _draw_head(canvas: Canvas, content: CertificateContent) -> None:
    _centred(canvas, wording.STATE_NAME, 29.5, TEXT_BOLD, 14)
    width = _centred(canvas, wording.MOTTO, 35.8, TEXT_BOLD, 14)
    _rule(canvas, _CENTRE - width / 2, _CENTRE + width / 2, 37.8, INK, 0.7)
    issuer = _balanced(content.issuer_title, TEXT_BOLD, 13.5, _TEXT_WIDTH)
    top = 48.5 - 2.5 * (len(issuer) - 1)
    for line in issuer:
        _centred(canvas, line, top, TEXT_BOLD, 13.5, longest=_TEXT_WIDTH)
        top += 5.3
    _centred(canvas, wording.TITLE, 67, DISPLAY, 38, color=RED, spacing=5)
    _centred(canvas, wording.STANDARD[content.level], 76.5, TEXT_BOLD, 20, color=RED, spacing=0.4)


def _draw_body(canvas: Canvas, content: CertificateContent) -> None:
    _centred(canvas, wording.GRANTED_TO, 86, TEXT_ITALIC, 14)
    width = _centred(canvas, content.holder_name, 98, TEXT_BOLD_ITALIC, 32, color=NAVY, longest=_TEXT_WIDTH)
    reach = max(width / 2 + 10 * mm, 46 * mm)
    _rule(canvas, _CENTRE - reach, _CENTRE + reach, 102.2, GOLD, 0.8)
    born = wording.BORN_IN_YEAR if len(content.birth_date) == 4 else wording.BORN_ON
    runs = [(f"{born} ", TEXT), (content.birth_date, TEXT_BOLD), ("          ", TEXT)]
    runs += [(f"{wording.BORN_AT} ", TEXT), (content.birth_place, TEXT_BOLD)]
    _centred_runs(canvas, runs, 110.5, 14)
    exam = wording.EXAM.format(exam_date=wording.format_date(content.exam_date), council_name=content.council_name)
    top = 118.0
    for line in _balanced(exam, TEXT, 14, _TEXT_WIDTH):
        _centred(canvas, line, top, TEXT, 14, longest=_TEXT_WIDTH)
        top += 6.2
    marks = [(f"{wording.RESULT} ", TEXT)]
    for number, mark in enumerate(content.marks):
        if number:
            marks.append(("; ", TEXT))
        marks += [(f"{mark.paper} ", TEXT), (wording.format_mark(mark.mark), TEXT_BOLD)]
    _centred_runs(canvas, marks, top + 0.6, 14)
    decision = wording.DECISION.format(
        number=content.decision_number, decision_date=wording.format_date(content.decision_date)
    )
    _centred(canvas, decision, top + 7, TEXT_ITALIC, 12.5, longest=_TEXT_WIDTH)


def _draw_signature(canvas: Canvas, content: CertificateContent) -> None:
    line = wording.format_date_line(content.place, content.issued_on)
    _centred(canvas, line, 147.5, TEXT_ITALIC, 13.5, x=_SIGNATURE_CENTRE, longest=_SIGNATURE_WIDTH)
    top = 154.0
    for title in content.signatory_title:
        _centred(canvas, title, top, TEXT_BOLD, 13.5, x=_SIGNATURE_CENTRE, longest=_SIGNATURE_WIDTH)
        top += 5.4
    _centred(canvas, content.signatory_name, 184.5, TEXT_BOLD, 14, x=_SIGNATURE_CENTRE, longest=_SIGNATURE_WIDTH)


def _draw_notes(canvas: Canvas, content: CertificateContent) -> None:
    draw_qr(canvas, content.qr_text, x=_QR_LEFT, y=_QR_BOTTOM, side=_QR_SIDE)
    facts = (
        (wording.SERIAL_NUMBER, content.serial_number),
        (wording.REGISTER_NUMBER, content.register_number),
        (wording.LOOKUP_ID, group_public_id(content.public_id)),
    )
    top = 153.5
    for label, value in facts:
        _left_runs(canvas, [(f"{label} ", TEXT), (value, TEXT_BOLD)], _NOTES_LEFT, top, 11.5, _NOTES_WIDTH)
        top += 5.6
    top += 1.2
    for line in wording.HOW_TO_VERIFY:
        text = line.format(address=content.lookup_address)
        _left_runs(canvas, [(text, TEXT)], _NOTES_LEFT, top, 9, _NOTES_WIDTH, color=GREY)
        top += 4.0


def _draw_specimen(canvas: Canvas) -> None:
    size, spacing = 11, 1.4
    width = text_width(wording.SPECIMEN, TEXT_BOLD, size) + spacing * (len(wording.SPECIMEN) - 1) + 9 * mm
    height = 7 * mm
    x, y = _SIGNATURE_CENTRE - width / 2, HEIGHT - 172 * mm
    canvas.setStrokeColor(RED)
    canvas.setLineWidth(0.9)
    canvas.roundRect(x, y, width, height, 1.2 * mm, stroke=1, fill=0)
    _centred(canvas, wording.SPECIMEN, 169.9, TEXT_BOLD, size, x=_SIGNATURE_CENTRE, color=RED, spacing=spacing)


def _centred(
    canvas: Canvas,
    text: str,
    top: float,
    face: str,
    size: float,
    *,
    x: float = _CENTRE,
    color: Color = INK,
    spacing: float = 0.0,
    longest: float | None = None,
) -> float:
    """Draw one line centred on ``x`` with its baseline ``top`` mm below the page's edge; return its width."""
    width = text_width(text, face, size) + spacing * (len(text) - 1)
    if longest is not None and width > longest:
        size *= longest / width
        width = longest
    _draw(canvas, text, x - width / 2, HEIGHT - top * mm, face, size, color, spacing)
    return width


def _centred_runs(canvas: Canvas, runs: list[tuple[str, str]], top: float, size: float) -> None:
    width = sum(text_width(text, face, size) for text, face in runs)
    _left_runs(canvas, runs, _CENTRE - min(width, _TEXT_WIDTH) / 2, top, size, _TEXT_WIDTH)


def _left_runs(
    canvas: Canvas,
    runs: list[tuple[str, str]],
    x: float,
    top: float,
    size: float,
    longest: float,
    *,
    color: Color = INK,
) -> None:
    """Draw runs of different faces one after another, made smaller together when they would be too long."""
    width = sum(text_width(text, face, size) for text, face in runs)
    size *= min(1.0, longest / width)
    for text, face in runs:
        _draw(canvas, text, x, HEIGHT - top * mm, face, size, color, 0.0)
        x += text_width(text, face, size)


def _draw(canvas: Canvas, text: str, x: float, y: float, face: str, size: float, color: Color, spacing: float) -> None:
    # drawString and never Paragraph: a paragraph reads mark-up, so a name could name files and addresses.
    canvas.setFont(face, size)
    canvas.setFillColor(color)
    glyphs = to_glyphs(text)
    if glyphs == text:
        canvas.drawString(x, y, text, charSpace=spacing)
        return
    # Ready-made glyphs have no code point of their own: tell readers and searches which text they stand for.
    canvas.addLiteral(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC")
    canvas.drawString(x, y, glyphs, charSpace=spacing)
    canvas.addLiteral("EMC")


def _rule(canvas: Canvas, left: float, right: float, top: float, color: Color, width: float) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(left, HEIGHT - top * mm, right, HEIGHT - top * mm)


def _balanced(text: str, face: str, size: float, longest: float) -> list[str]:
    """Return the text as one line, or as two of nearly equal width when one would be too long."""
    if text_width(text, face, size) <= longest or " " not in text:
        return [text]
    words = text.split(" ")
    breaks = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return list(min(breaks, key=lambda lines: max(text_width(line, face, size) for line in lines)))
