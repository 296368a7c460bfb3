"""Pictures of IU07, advanced word processing."""

from item_bank.sample.drawing.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    PALE_BLUE,
    PALE_ORANGE,
    WHITE,
    Box,
    Sheet,
)

OUTLINE = (
    (1, "1. Đặc điểm tình hình"),
    (2, "1.1. Thuận lợi"),
    (2, "1.2. Khó khăn"),
    (1, "2. Kết quả đạt được"),
    (2, "2.1. Học tập"),
    (3, "2.1.1. Khối lớp 10"),
    (3, "2.1.2. Khối lớp 11"),
    (3, "2.1.3. Khối lớp 12"),
    (2, "2.2. Rèn luyện"),
    (1, "3. Phương hướng năm học mới"),
    (2, "3.1. Chỉ tiêu"),
    (2, "3.2. Giải pháp"),
)


def outline() -> None:
    """A navigation pane with headings of three levels."""
    sheet = Sheet(560, 520)
    sheet.box((10, 10, 550, 510), WHITE, GREY)
    sheet.box((10, 10, 550, 58), PALE, GREY)
    sheet.words((28, 22), "Navigation (Ngăn dẫn hướng)", 20, is_bold=True)
    for row, (level, title) in enumerate(OUTLINE):
        top = 72 + 36 * row
        sheet.words((28 + 44 * (level - 1), top), title, 18, is_bold=level == 1, colour=INK)
        sheet.words((532, top), f"Heading {level}", 16, colour=GREY, anchor="ra")
    sheet.save("iu07-outline.png")


def wrapping() -> None:
    """Four pages that show how text stands around a picture."""
    sheet = Sheet(900, 320)
    for number in range(4):
        left = 12 + 222 * number
        page: Box = (left, 12, left + 210, 270)
        sheet.box(page)
        sheet.words((left + 105, 292), f"Khung {number + 1}", 20, is_bold=True, anchor="mm")
        inner = (left + 16, 28, left + 194, 254)
        picture: Box = (left + 64, 108, left + 146, 172)
        if number == 0:  # top and bottom
            sheet.lines_of_text((inner[0], inner[1], inner[2], 96))
            sheet.lines_of_text((inner[0], 184, inner[2], inner[3]))
        elif number == 1:  # behind text
            sheet.box(picture, PALE_ORANGE, ORANGE, 3)
            sheet.lines_of_text(inner, colour=INK)
            continue
        elif number == 2:  # square
            sheet.lines_of_text((inner[0], inner[1], inner[2], 96))
            sheet.lines_of_text((inner[0], 104, picture[0] - 10, 180))
            sheet.lines_of_text((picture[2] + 10, 104, inner[2], 180))
            sheet.lines_of_text((inner[0], 184, inner[2], inner[3]))
        else:  # in line with text: the line is as high as the picture, words stand at its foot
            sheet.lines_of_text((inner[0], inner[1], inner[2], 96))
            sheet.line([(inner[0], 168), (picture[0] - 6, 168)], "#9aa5b1", 4)
            sheet.line([(picture[2] + 6, 168), (inner[2], 168)], "#9aa5b1", 4)
            sheet.lines_of_text((inner[0], 184, inner[2], inner[3]))
        sheet.box(picture, PALE_ORANGE, ORANGE, 3)
        sheet.centred(picture, "Ảnh", 18, colour=ORANGE, is_bold=True)
    sheet.save("iu07-wrapping.png")


REFERENCES = (
    ("Table of\nContents", "Mục lục"),
    ("Insert\nFootnote", "Cước chú"),
    ("Insert\nCitation", "Trích dẫn"),
    ("Insert\nCaption", "Chú thích ảnh, bảng"),
    ("Cross-\nreference", "Tham chiếu chéo"),
    ("Mark\nEntry", "Mục từ chỉ mục"),
)


def references() -> None:
    """The buttons of a tab for references."""
    sheet = Sheet(900, 170)
    sheet.box((4, 4, 896, 166), PALE, GREY)
    sheet.words((20, 14), "References", 20, is_bold=True, colour=BLUE)
    for number, (name, _) in enumerate(REFERENCES):
        button: Box = (16 + 146 * number, 50, 150 + 146 * number, 154)
        sheet.box(button, WHITE, INK, 2, 8)
        sheet.centred(button, name, 20)
    sheet.save("iu07-references.png")


def sections() -> None:
    """Four pages in a row, the third of which is to lie on its side; between them the places for breaks."""
    sheet = Sheet(960, 300)
    left = 20
    for number in range(4):
        is_wide = number == 2
        width, height = (240, 170) if is_wide else (150, 210)
        top = 20 + (210 - height) // 2
        sheet.box((left, top, left + width, top + height))
        if is_wide:
            for row in range(5):
                sheet.line([(left + 20, top + 30 + 26 * row), (left + width - 20, top + 30 + 26 * row)], GREY, 2)
            for column in range(6):
                sheet.line([(left + 20 + 40 * column, top + 30), (left + 20 + 40 * column, top + 134)], GREY, 2)
        else:
            sheet.lines_of_text((left + 18, top + 20, left + width - 18, top + height - 30))
        sheet.words((left + width / 2, 262), f"Trang {number + 1}", 20, is_bold=True, anchor="mm")
        left += width
        if number < 3:
            sheet.box((left + 10, 95, left + 60, 155), PALE_BLUE, BLUE, 3, 8)
            sheet.centred((left + 10, 95, left + 60, 155), "PQR"[number], 22, colour=BLUE, is_bold=True)
            left += 70
    sheet.save("iu07-sections.png")


def gutter() -> None:
    """Two facing pages with a strip along each long edge."""
    sheet = Sheet(760, 460)
    for number in range(2):
        left = 40 + 340 * number
        sheet.box((left, 20, left + 340, 400))
        for strip in ((left, 20, left + 56, 400), (left + 284, 20, left + 340, 400)):
            sheet.box(strip, PALE_BLUE, BLUE, 2)
        sheet.lines_of_text((left + 72, 50, left + 268, 350), 20)
        sheet.words((left + 170, 376), str(12 + number), 20, anchor="mm", is_bold=True)
        sheet.words((left + 170, 430), f"Trang {12 + number}", 20, anchor="mm", is_bold=True)
    sheet.line([(380, 8), (380, 412)], INK, 5)
    sheet.save("iu07-gutter.png")


def main() -> None:
    """Draw all of them."""
    for draw in (outline, wrapping, references, sections, gutter):
        draw()


if __name__ == "__main__":
    main()
