"""Files as office programs write them: LibreOffice, python-docx, and the shapes of WPS Office and Google Docs."""

import io
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import RGBColor

from item_bank.exchange.word.blocks import Block, Formula, Paragraph, Picture, WordTable
from item_bank.exchange.word.document import open_word
from tests.item_bank.exchange.word.word_files import (
    definition,
    level,
    note_codes,
    paragraphs_of,
    read,
    style,
    use,
)

FILES = Path(__file__).parent / "files"


def read_file(name: str) -> tuple[list[Block], list[str]]:
    blocks, notes = read((FILES / name).read_bytes())
    return blocks, [note.code for note in notes]


def lines(blocks: list[Block]) -> list[str]:
    return [
        f"{block.label.text} {block.text}".strip() if isinstance(block, Paragraph) else block.text for block in blocks
    ]


def test_questions_numbered_by_libreoffice() -> None:
    blocks, notes = read_file("auto_numbered.docx")
    assert lines(blocks) == [
        "Phần I. Kiến thức cơ bản",
        "Câu 11. Phần mềm nào dùng để soạn văn bản?",
        "A. Calc",
        "B. Writer",
        "C. Impress",
        "D. Base",
        "Câu 12. Công thức hoá học của nước là H2O. Hình nào vẽ mạng hình sao?",
        "A. Hình bên: \ufffc",
        "i) mạng có dây",
        "ii) mạng không dây",
        "B. Không có hình nào",
        r"Giá trị của biểu thức \(\frac{a+b}{c^{2}}\) là bao nhiêu?",
        "Thiết bị\tVai trò\nChuột\tVào\t",
        "Hết",
    ]
    assert notes == ["word_footnote"]


def test_the_marks_of_the_key_are_those_of_libreoffice() -> None:
    blocks, _ = read_file("auto_numbered.docx")
    marked = [
        (run.text, run.format.colour, run.format.underline)
        for block in blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.format.underline
    ]
    assert marked == [("Writer", "FF0000", "single"), ("Không có hình nào", "FF0000", "single")]


def test_pictures_formulas_and_merged_cells_of_libreoffice() -> None:
    content = (FILES / "auto_numbered.docx").read_bytes()
    document = open_word(content)
    blocks = list(document.blocks())
    pieces = [piece for block in blocks if isinstance(block, Paragraph) for piece in block.content]
    (picture,) = [piece for piece in pieces if isinstance(piece, Picture)]
    assert picture.alternative_text == "Năm máy nối vào một bộ chuyển mạch"
    assert (round(picture.width / 72 * 2.54, 2), round(picture.height / 72 * 2.54, 2)) == (2.0, 1.0)
    assert document.picture_bytes(picture).startswith(b"\x89PNG")
    assert [piece.latex for piece in pieces if isinstance(piece, Formula)] == [r"\frac{a+b}{c^{2}}"]
    (table,) = [block for block in blocks if isinstance(block, WordTable)]
    assert [[(cell.columns, cell.rows) for cell in row] for row in table.rows] == [
        [(2, 1), (1, 2)],
        [(1, 1), (1, 1), (1, 0)],
    ]


def test_legacy_fonts_and_tracked_changes_saved_by_libreoffice() -> None:
    blocks, notes = read_file("legacy_fonts.docx")
    assert lines(blocks) == [
        "Câu 1: Thiết bị nào dưới đây là thiết bị lưu trữ?",
        "A. Bàn phím",
        "B. ổ đĩa cứng",
        "C. Máy chiếu",
        "D. Chuột",
        "ĐỀ THI THỬ",
        "Câu 2: Hệ điều hành nào là mã nguồn mở?",
        "Câu 3: RAM là bộ nhớ trong.",
    ]
    assert notes == ["word_tracked_insertion", "word_tracked_deletion"]


def test_a_web_page_saved_by_libreoffice() -> None:
    blocks, notes = read_file("web_page.docx")
    assert lines(blocks) == [
        "Ngân hàng câu hỏi",
        "1. Đơn vị nhỏ nhất của thông tin là gì?",
        "A. Byte",
        "B. Bit",
        "C. Kilobyte",
        "2. Số 210 bằng",
        "A. 1000",
        "B. 1024",
        "• Ghi chú nghiêng và tô vàng",
        "Mạng\tLAN\n\tWAN",
        "Xem tài liệu.\nHết.",
    ]
    runs = [run for block in blocks if isinstance(block, Paragraph) for run in block.runs]
    assert [run.text for run in runs if run.format.position == "sup"] == ["10"]
    assert [run.text for run in runs if run.format.highlight == "FFFF00"] == ["tô vàng"]
    assert [run.link for run in runs if run.link] == ["https://example.org/tai-lieu"]
    assert notes == []


@pytest.fixture
def python_docx_file() -> bytes:
    document = docx.Document()
    document.add_heading("Chương 1", level=2)
    question = document.add_paragraph("Phím nào xoá ký tự bên trái?", style="List Number")
    question.add_run(" (chọn một)").italic = True
    key = document.add_paragraph("", style="List Bullet").add_run("Backspace")
    key.font.color.rgb = RGBColor(0xFF, 0, 0)
    key.font.highlight_color = WD_COLOR_INDEX.YELLOW
    document.add_paragraph("Delete", style="List Bullet").runs[0].bold = True
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Đúng hay sai"
    table.cell(1, 0).text, table.cell(1, 1).text = "a) CPU xử lý dữ liệu", "Đúng"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_file_of_python_docx(python_docx_file: bytes) -> None:
    blocks, notes = read(python_docx_file)
    assert lines(blocks) == [
        "Chương 1",
        "1. Phím nào xoá ký tự bên trái? (chọn một)",
        "• Backspace",
        "• Delete",
        "Đúng hay sai\na) CPU xử lý dữ liệu\tĐúng",
    ]
    heading, question, key, bold = (block for block in blocks if isinstance(block, Paragraph))
    assert (heading.style, heading.level, question.style) == ("heading 2", 1, "List Number")
    assert [run.format.is_italic for run in question.runs] == [False, True]
    assert (key.runs[0].format.colour, key.runs[0].format.highlight) == ("FF0000", "FFFF00")
    assert bold.runs[0].format.is_bold
    assert notes == []


def test_the_shape_of_google_docs() -> None:
    """Every property is written out in every run and switched off by a zero; lists have nine levels each."""
    off = '<w:b w:val="0"/><w:i w:val="0"/><w:strike w:val="0"/><w:u w:val="none"/><w:vertAlign w:val="baseline"/>'
    fonts = '<w:rFonts w:ascii="Arial" w:cs="Arial" w:eastAsia="Arial" w:hAnsi="Arial"/>'

    def item(text: str, depth: int, properties: str) -> str:
        numbering = (
            f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr><w:rPr><w:u w:val="none"/></w:rPr>'
        )
        inside = f'<w:r w:rsidDel="0" w:rsidR="0"><w:rPr>{fonts}{properties}<w:rtl w:val="0"/></w:rPr>'
        return f'<w:p><w:pPr>{numbering}</w:pPr>{inside}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'

    formats = ("decimal", "upperLetter", "lowerRoman") * 3
    numbering = definition(0, *(level(n, name, f"%{n + 1}.") for n, name in enumerate(formats))) + use(1, 0)
    body = (
        item("CPU là gì?", 0, off)
        + item("Bộ nhớ", 1, off)
        + item("Bộ xử lý", 1, off.replace('b w:val="0"', 'b w:val="1"'))
    )
    blocks = paragraphs_of(body, numbering=numbering, styles=style("Normal", default=True))
    assert lines(list(blocks)) == ["1. CPU là gì?", "A. Bộ nhớ", "B. Bộ xử lý"]
    assert [block.runs[0].format.is_bold for block in blocks] == [False, False, True]
    assert [block.runs[0].format.underline for block in blocks] == ["", "", ""]


def test_the_shape_of_wps_office() -> None:
    """Styles are numbered, East Asian fonts stand beside the others, one word is many runs."""
    hint = '<w:rFonts w:hint="default" w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun"/>'

    def runs(*texts: str, more: str = "") -> str:
        return "".join(
            f'<w:r><w:rPr>{hint}<w:lang w:val="vi-VN"/>{more}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
            for text in texts
        )

    red = '<w:color w:val="FF0000"/>'
    styles = style("1", default=True) + style("2", kind="character", default=True) + style("10", based_on="1")
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="10"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        f'<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>{runs("M", "ạng LA", "N")}</w:p>'
        f'<w:p><w:pPr><w:pStyle w:val="10"/></w:pPr>{runs("A. ")}'
        f"{runs('nội ', 'bộ', more=red)}</w:p>"
    )
    numbering = definition(0, level(0, "decimal", "Câu %1:")) + use(1, 0)
    blocks = paragraphs_of(body, numbering=numbering, styles=styles)
    assert lines(list(blocks)) == ["Câu 1: Mạng LAN", "A. nội bộ"]
    assert [run.text for run in blocks[0].runs] == ["Mạng LAN"]
    assert [(run.text, run.format.colour) for run in blocks[1].runs] == [("A. ", ""), ("nội bộ", "FF0000")]
    assert note_codes(body, numbering=numbering, styles=styles) == []
