"""Printed blueprints as independent readers find them: Word, PDF and Excel; and over HTTP."""

import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from docx import Document
from httpx import AsyncClient
from openpyxl import load_workbook

from item_bank.blueprints.printing.excel import render_workbook
from item_bank.blueprints.printing.pdf import render_pdf
from item_bank.blueprints.printing.tables import Box, PrintedTable
from item_bank.blueprints.printing.word import render_word
from tests.conftest import ClientFactory
from tests.item_bank.blueprints.printing.making import NO_FORMULA, document, printer
from tests.item_bank.blueprints.versions.test_api import saved, stored

PARTS = [
    {"name": "I", "interactions": ["single_choice"], "minimum": 7, "maximum": 7},
    {"name": "II", "interactions": ["true_false_table"], "minimum": 3, "maximum": 3},
]


def pdf_pages(content: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(content)
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pages]


def test_word_holds_both_tables_landscape_with_headings_on_each_page() -> None:
    word = Document(io.BytesIO(render_word(document(printer(parts=PARTS)))))
    matrix, specification, _ = word.tables
    rows = [[cell.text for cell in row.cells] for row in matrix.rows]
    assert rows[0][:2] == ["TT", "Chủ đề (mô đun)"]
    assert rows[2][2:] == ["Số câu", "Số câu", "NB", "TH", "VD", "Tổng số câu", "Tỉ lệ %"]
    assert rows[3] == ["1", "IU01. Hiểu biết chung", "", "", "3–4", "", "2", "5–6", "50–60"]
    assert rows[5][2:] == ["7", "3", "4–6", "3", "2", "10", "100"]
    assert "– Nêu được các bộ phận của máy tính" in [cell.text for row in specification.rows for cell in row.cells]
    assert all((section.page_width or 0) > (section.page_height or 0) for section in word.sections)
    heads = [row for row in matrix.rows if row._tr.xpath("./w:trPr/w:tblHeader")]
    assert len(heads) == 3
    assert word.styles["Normal"].font.name == "Times New Roman"


def test_the_pdf_says_the_same_and_is_the_same_each_time() -> None:
    made = document(printer(parts=PARTS))
    content = render_pdf(made)
    first, second = pdf_pages(content)
    assert "MA TRẬN ĐỀ THI" in first
    assert "1 IU01. Hiểu biết chung 3–4 2 5–6 50–60" in first
    assert "Trang 1/2" in first
    assert "BẢN ĐẶC TẢ ĐỀ THI" in second
    assert "Nêu được các bộ phận của máy tính" in second
    width, height = pypdfium2.PdfDocument(content)[0].get_size()
    assert width > height
    assert render_pdf(made) == content


def test_a_topic_with_more_than_a_page_is_printed_whole_and_headings_only_begin_pages() -> None:
    for lines, least in ((60, 4), (3, 1)):
        long = "\n".join(f"– Yêu cầu số {number}." for number in range(lines))
        rows = [[Box(str(number)), Box(long, is_left=True)] for number in range(12)]
        table = PrintedTable("Bảng", "Bảng", [1, 9], [[Box("TT"), Box("Cột")]], rows)
        made = replace(document(printer()), tables=[table])
        pages = pdf_pages(render_pdf(made))
        assert len(pages) >= least
        assert sum(page.count(f"số {lines - 1}.") for page in pages) == 12, lines
        assert all(page.count("TT Cột") <= 1 for page in pages) or lines == 60


def test_the_spreadsheet_holds_exact_counts_as_numbers_and_no_formulas() -> None:
    book = load_workbook(io.BytesIO(render_workbook(document(printer()))))
    assert book.sheetnames == ["Ma trận", "Bản đặc tả"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    [named] = [cell for cell in book["Ma trận"]["B"] if cell.value and NO_FORMULA in str(cell.value)]
    assert book["Ma trận"].cell(named.row, 4).value == 3
    assert book["Ma trận"].cell(named.row, 3).value == "1–2"
    assert book["Ma trận"].page_setup.orientation == "landscape"


async def printed(client: AsyncClient, path: str, **params: object) -> str:
    answer = await client.get(f"{path}/documents/pdf", params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return " ".join(pdf_pages(answer.content))


@pytest.mark.parametrize("role", ["board_member", "inspector"])
async def test_a_blueprint_and_each_of_its_versions_is_printed_for_who_reads_blueprints(
    client_for: ClientFactory, role: str
) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    await saved(board, path, duration_minutes=50)
    reader = await client_for(role)
    newest = await printed(reader, path, agency="SỞ  A", school="Trường B")
    assert "Cơ bản (phiên bản 2)" in newest
    assert "50 phút" in newest
    assert "SỞ A" in newest
    assert "45 phút" in await printed(reader, path, version=1)
    assert "45 minutes" in await printed(reader, path, version=1, language="en")
    for ending, start in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = await reader.get(f"{path}/documents/{ending}")
        assert answer.content.startswith(start)
        assert f"ma-tran-de.{ending}" in answer.headers["content-disposition"]


async def test_what_there_is_not_and_who_may_not_is_refused(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    path = await stored(board)
    assert (await board.get(f"{path}/documents/pdf", params={"version": 2})).status_code == 404
    assert (await board.get(f"{path}/documents/odt")).status_code == 422
    author = await client_for("item_author")
    assert (await author.get(f"{path}/documents/pdf")).status_code == 403
