"""A Word file of questions as it comes from a teacher: marks of several kinds, old fonts, loose accents, gaps."""

import io
import unicodedata

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from lxml.etree import _Element

from item_bank.exchange.word.legacy_encodings import TCVN3

PASSAGE = "Thư viện trường có hai máy chủ. Máy thứ nhất giữ sổ mượn sách, máy thứ hai sao lưu mỗi tối."
PASSAGE_LEAD = "Dựa vào đoạn sau, trả lời câu 1–2:"
STEMS = (
    "Máy nào giữ bản sao của sổ mượn sách?",
    "Mất điện giữa ngày thì mất gì?",
    "Tệp nào nên được sao lưu trước hết?",
    "Ổ chứa được bao nhiêu bản sao?",
    "Bản sao nên để ở đâu?",
    "Việc nào kiểm tra được một bản sao?",
    "Khi nào phải sao lưu thêm một lần?",
)
BOLD_KEY, NO_KEY, TWO_KEYS = 5, 6, 7
"""Numbers of the questions that come without a usable key: bold among underlined ones, none, two."""


def _paragraph(document: Document, text: str = "") -> Paragraph:
    return document.add_paragraph(text)


def _options(document: Document, texts: tuple[str, ...], *, right: str = "", bold: str = "") -> None:
    """Write options on lines of their own; the letters in ``right`` are underlined, those in ``bold`` bold."""
    for letter, text in zip("ABCD", texts, strict=False):
        line = _paragraph(document)
        mark = line.add_run(f"{letter}.")
        mark.underline = letter in right
        mark.bold = letter in bold
        line.add_run(f" {text}")


def _options_in_line(document: Document, texts: tuple[str, ...], *, right: str) -> None:
    """Write all options on one line, parted by tabs."""
    line = _paragraph(document)
    for letter, text in zip("ABCD", texts, strict=False):
        line.add_run(f"{letter}.").underline = letter == right
        line.add_run(f" {text}\t")


def _in_old_font(document: Document, text: str) -> None:
    """Write a paragraph as it was typed before Unicode: other codes, shown rightly by their font alone."""
    codes = {letter: code for code, letter in TCVN3.items()}
    run = _paragraph(document).add_run("".join(codes.get(letter, letter) for letter in text))
    run.font.name = ".VnTime"
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hAnsi"), ".VnTime")


def _fraction(above: str, below: str) -> _Element:
    """Return a fraction as Word keeps it."""
    texts = "".join(
        f"<m:{tag}><m:r><m:t>{text}</m:t></m:r></m:{tag}>" for tag, text in (("num", above), ("den", below))
    )
    element: _Element = parse_xml(f"<m:oMath {nsdecls('m')}><m:f>{texts}</m:f></m:oMath>")
    return element


def dirty_word_file() -> bytes:
    """Return the file: seven questions, of which four come with a key by their underlined letter."""
    document = docx.Document()
    _paragraph(document, "TRUNG TÂM TIN HỌC – NGÂN HÀNG CÂU HỎI (bản nháp)")
    _paragraph(document, PASSAGE_LEAD)
    _in_old_font(document, PASSAGE)
    _paragraph(document, f"Câu 1: {STEMS[0]}")
    _options(document, ("Máy thứ nhất", "Máy thứ hai", "Cả hai máy", "Không máy nào"), right="B")
    _paragraph(document, f"Câu 2. {STEMS[1]}")
    _options_in_line(document, ("Mọi bản sao", "Sổ của năm trước", "Việc ghi trong ngày", "Tên các sách"), right="C")
    # Decomposed letters, as other systems type them, and blanks where none belong.
    _paragraph(document, unicodedata.normalize("NFD", f"Câu  3 .  {STEMS[2]} "))
    loose = ("Tệp không làm lại được", "Tệp cài đặt", "Tệp tạm của trình duyệt", "Tệp trong thùng rác")
    _options(document, tuple(unicodedata.normalize("NFD", text) for text in loose), right="A")
    stem = _paragraph(document, f"Câu 4. {STEMS[3]} Biết số bản sao là ")
    stem._p.append(_fraction("500", "20"))
    _options(document, ("20", "500", "520", "25"), right="D")
    _paragraph(document, f"Câu {BOLD_KEY}. {STEMS[4]}")
    _options(document, ("Cạnh máy chủ", "Ở một nơi khác", "Trên chính ổ đó", "Trong ngăn bàn"), bold="B")
    _paragraph(document, f"Câu {NO_KEY}. {STEMS[5]}")
    _options(document, ("Khôi phục thử", "Xem dung lượng", "Đổi tên tệp", "Nén lần nữa"))
    _paragraph(document, f"Câu {TWO_KEYS}. {STEMS[6]}")
    _options(document, ("Sau khi in", "Trước khi nâng cấp", "Sau khi tắt máy", "Trước giờ nghỉ"), right="BD")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
