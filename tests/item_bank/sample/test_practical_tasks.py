"""Practical tasks of the office modules: what rubrics and model answers state follows from the starting files."""

import io
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from exam_engine.interactions.content import FileUpload
from exam_engine.interactions.keys import RubricKey
from exam_engine.interactions.rich_text import plain_text
from item_bank.sample.modules import FOLDER, load_module


def rows(workbook: bytes, sheet: str) -> list[tuple[Any, ...]]:
    """Return what stands in a sheet, its headings first."""
    return list(load_workbook(io.BytesIO(workbook))[sheet].iter_rows(values_only=True))


@cache
def task(code: str) -> tuple[dict[str, bytes], str, str]:
    """Return the starting files of a task, its stem, and all that markers are told."""
    module = load_module(FOLDER / f"{code[:4].lower()}.toml", FOLDER)
    (draft,) = (item.draft for item in module.items if item.draft.code == code)
    assert isinstance(draft.content, FileUpload)
    assert isinstance(draft.key, RubricKey)
    files = {file.name: module.media[file.media].content for file in draft.content.starting_files}
    told = [plain_text(draft.key.model_answer), *(criterion.description for criterion in draft.key.criteria)]
    return files, plain_text(draft.content.stem), "\n".join(told)


@pytest.mark.parametrize("code", ["IU07-P1", "IU07-P2", "IU08-P1", "IU09-P1"])
def test_the_task_names_each_of_its_starting_files(code: str) -> None:
    files, stem, _ = task(code)
    assert files
    assert [name for name in files if name.rpartition(".")[0] not in stem] == []


def test_the_report_has_no_styles_yet_and_holds_the_words_that_the_task_speaks_of() -> None:
    files, stem, _ = task("IU07-P1")
    report = Document(io.BytesIO(files["Báo cáo.docx"]))
    assert {paragraph.style.name for paragraph in report.paragraphs if paragraph.style is not None} == {"Normal"}
    headings = [p.text for p in report.paragraphs if p.runs and p.runs[0].bold and p.runs[0].font.size is not None]
    assert len(headings) == 1 + 4 + 4
    assert [heading for heading in headings[1:] if heading not in stem] == []
    text = "\n".join(paragraph.text for paragraph in report.paragraphs)
    assert [words for words in ("ảnh dưới đây", "ảnh sau", "bạn đọc tích cực") if text.count(words) != 1] == []
    assert len(report.inline_shapes) == 2


def test_the_letters_that_markers_expect_are_those_of_the_confirmed_guests_by_organisation() -> None:
    files, _, told = task("IU07-P2")
    names, *guests = rows(files["Khách mời.xlsx"], "KhachMoi")
    assert names == ("HoTen", "GioiTinh", "DonVi", "SoGhe", "XacNhan")
    confirmed = [guest for guest in guests if guest[4] == "Có"]
    assert len(confirmed) == 7
    assert "đúng 7 thư" in told
    expected = [
        f"{guest[2]} ({'bà' if guest[1] == 'Nữ' else 'ông'} {guest[0]}, {guest[3]} ghế"
        for guest in sorted(confirmed, key=lambda guest: str(guest[2]))
    ]
    places = [told.find(words) for words in expected]
    assert -1 not in places
    assert places == sorted(places)
    letter = "\n".join(p.text for p in Document(io.BytesIO(files["Thư mời.docx"])).paragraphs)
    assert Counter(re.findall(r"\[(.+?)\]", letter)) == {
        "ông/bà": 2,
        "họ tên": 1,
        "đơn vị": 1,
        "số ghế": 1,
    }


def test_the_summary_that_markers_expect_is_that_of_the_sales() -> None:
    files, _, told = task("IU08-P1")
    prices = {row[0]: row[2] for row in rows(files["Bán hàng.xlsx"], "BangGia")[1:]}
    sums: Counter[tuple[str, str]] = Counter()
    sales = rows(files["Bán hàng.xlsx"], "BanHang")[1:]
    amounts = [row[3] * prices[row[1]] for row in sales]
    assert len(sales) == 40
    assert all(row[4] is None and row[5] is None for row in sales)
    for row, amount in zip(sales, amounts, strict=True):
        for province in (row[2], "Cộng"):
            for code in (row[1], "Cộng"):
                sums[province, code] += amount
    for province in ("Đà Nẵng", "Huế", "Quảng Trị", "Cộng"):
        line = "\t".join([province, *(str(sums[province, code]) for code in (*prices, "Cộng"))])
        assert line in told
    assert f"{sum(amount >= 3000 for amount in amounts)} dòng có thành tiền từ 3000" in told
    assert 3000 not in amounts, "nobody can argue about the boundary"


def test_the_outline_and_the_figures_of_the_presentation_agree() -> None:
    files, _, told = task("IU09-P1")
    outline = Document(io.BytesIO(files["Đề cương.docx"]))
    styles = Counter(paragraph.style.name for paragraph in outline.paragraphs if paragraph.style is not None)
    assert styles["Heading 1"] == 5
    trees = {row[0]: row[1] for row in rows(files["Số cây.xlsx"], "SoCay")[1:]}
    total = f"{sum(trees.values()):,}".replace(",", " ")
    assert any(total in paragraph.text for paragraph in outline.paragraphs)
    assert ", ".join(str(count) for count in trees.values()) in told
    assert max(trees, key=lambda quarter: trees[quarter]) == "Quý I"
    assert "Ghi chú ghi đúng Quý I" in told
    titles = [p.text for p in outline.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    lines = [p.text for p in outline.paragraphs]
    contents = lines[lines.index("Mục lục") + 1 : lines.index("Mục lục") + 4]
    assert contents == titles[2:]
