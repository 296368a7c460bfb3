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
    sheet = Sheet(456, 640)
    for number in range(4):
        left, top = 12 + 222 * (number % 2), 12 + 316 * (number // 2)
        page: Box = (left, top, left + 210, top + 258)
        sheet.box(page)
        sheet.words((left + 105, top + 284), f"Khung {number + 1}", 24, is_bold=True, anchor="mm")
        inner = (left + 16, top + 16, left + 194, top + 242)
        picture: Box = (left + 64, top + 96, left + 146, top + 160)
        if number == 0:  # top and bottom
            sheet.lines_of_text((inner[0], inner[1], inner[2], top + 84))
            sheet.lines_of_text((inner[0], top + 172, inner[2], inner[3]))
        elif number == 1:  # behind text
            sheet.box(picture, PALE_ORANGE, ORANGE, 3)
            sheet.lines_of_text(inner, colour=INK)
            continue
        elif number == 2:  # square
            sheet.lines_of_text((inner[0], inner[1], inner[2], top + 84))
            sheet.lines_of_text((inner[0], top + 92, picture[0] - 10, top + 168))
            sheet.lines_of_text((picture[2] + 10, top + 92, inner[2], top + 168))
            sheet.lines_of_text((inner[0], top + 172, inner[2], inner[3]))
        else:  # in line with text: the line is as high as the picture, words stand at its foot
            sheet.lines_of_text((inner[0], inner[1], inner[2], top + 84))
            sheet.line([(inner[0], top + 156), (picture[0] - 6, top + 156)], "#9aa5b1", 4)
            sheet.line([(picture[2] + 6, top + 156), (inner[2], top + 156)], "#9aa5b1", 4)
            sheet.lines_of_text((inner[0], top + 172, inner[2], inner[3]))
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
    sheet = Sheet(480, 270)
    sheet.box((4, 4, 476, 266), PALE, GREY)
    sheet.words((20, 14), "References", 20, is_bold=True, colour=BLUE)
    for number, (name, _) in enumerate(REFERENCES):
        left, top = 16 + 152 * (number % 3), 50 + 106 * (number // 3)
        button: Box = (left, top, left + 144, top + 94)
        sheet.box(button, WHITE, INK, 2, 8)
        sheet.centred(button, name, 20)
    sheet.save("iu07-references.png")


def sections() -> None:
    """Four pages in a row, the third of which is to lie on its side; between them the places for breaks."""
    sheet = Sheet(820, 300)
    left = 20
    for number in range(4):
        is_wide = number == 2
        width, height = (180, 128) if is_wide else (110, 154)
        top = 60 + (154 - height) // 2
        sheet.box((left, top, left + width, top + height))
        if is_wide:
            for row in range(5):
                sheet.line([(left + 20, top + 20 + 22 * row), (left + width - 20, top + 20 + 22 * row)], GREY, 2)
            for column in range(6):
                sheet.line([(left + 20 + 28 * column, top + 20), (left + 20 + 28 * column, top + 108)], GREY, 2)
        else:
            sheet.lines_of_text((left + 14, top + 14, left + width - 14, top + height - 20))
        sheet.words((left + width / 2, 250), f"Trang {number + 1}", 20, is_bold=True, anchor="mm")
        left += width
        if number < 3:
            place: Box = (left + 10, 92, left + 80, 182)
            sheet.box(place, PALE_BLUE, BLUE, 3, 8)
            sheet.centred(place, "PQR"[number], 28, colour=BLUE, is_bold=True)
            left += 90
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
