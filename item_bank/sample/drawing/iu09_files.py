"""Starting files of the practical task of IU09: an outline, figures for a chart, a logo."""

import datetime

from docx import Document
from openpyxl import Workbook

from item_bank.sample.drawing.packing import settle
from item_bank.sample.drawing.sketch import BLUE, FILES, WHITE, Sketch

WRITTEN = datetime.datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 -- office files keep local time without a zone

OUTLINE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Phong trào trồng cây năm 2025", ("Đoàn trường THPT Sông Hương",)),
    ("Mục lục", ("Kết quả theo quý", "Quy trình thực hiện", "Bài học kinh nghiệm")),
    ("Kết quả theo quý", ("Cả năm trồng được 1 240 cây",)),
    ("Quy trình thực hiện", ("Khảo sát đất", "Chọn giống cây", "Trồng cây", "Chăm sóc định kì")),
    ("Bài học kinh nghiệm", ("Chọn giống hợp với đất cát", "Giao mỗi lớp chăm một khu", "Ghi nhật ký tưới nước")),
)
TREES = (("Quý I", 420), ("Quý II", 180), ("Quý III", 260), ("Quý IV", 380))


def outline() -> None:
    """Headings of the first level become titles of slides, those of the second their lines."""
    document = Document()
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = WRITTEN
    for title, lines in OUTLINE:
        document.add_heading(title, 1)
        for line in lines:
            document.add_heading(line, 2)
    document.save(str(FILES / "iu09-outline.docx"))
    settle(FILES / "iu09-outline.docx")


def trees() -> None:
    """The figures of four quarters."""
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = WRITTEN
    sheet = workbook.worksheets[0]
    sheet.title = "SoCay"
    sheet.append(("Quý", "Số cây"))
    for quarter in TREES:
        sheet.append(quarter)
    workbook.save(FILES / "iu09-trees.xlsx")
    settle(FILES / "iu09-trees.xlsx")


def logo() -> None:
    """A round mark with two letters."""
    sketch = Sketch(240, 240)
    sketch.oval((10, 10, 230, 230), BLUE, None)
    sketch.text((120, 120), "SH", 96, WHITE, face="-Bold", anchor="mm")
    sketch.save("iu09-logo.png", 32, FILES)


def draw() -> None:
    """Write all of them."""
    for write in (outline, trees, logo):
        write()


if __name__ == "__main__":
    draw()
