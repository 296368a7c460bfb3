"""Pictures of IU09, advanced presentations."""

from PIL import Image as Pixels
from PIL import ImageChops, ImageDraw

from item_bank.sample.drawing.canvas import (
    BLUE,
    GREY,
    INK,
    PALE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    WHITE,
    Box,
    Sheet,
)


def master() -> None:
    """The thumbnails of the view of masters: the master above, its layouts below and indented."""
    sheet = Sheet(420, 560)
    sheet.box((6, 6, 414, 554), PALE, GREY)
    sheet.words((24, 18), "View > Slide Master", 20, is_bold=True)
    first: Box = (40, 56, 250, 174)
    sheet.box(first, WHITE, INK, 3)
    sheet.centred((40, 62, 250, 100), "Tiêu đề", 18, is_bold=True)
    sheet.lines_of_text((60, 104, 230, 164), 18)
    sheet.words((264, 104), "Ảnh 1", 18)
    for number in range(3):
        top = 192 + 118 * number
        box: Box = (90, top, 250, top + 96)
        sheet.line([(62, 174), (62, top + 48), (90, top + 48)], GREY)
        sheet.box(box, WHITE, INK, 2)
        if number == 0:
            sheet.centred(box, "Tiêu đề\nphụ đề", 16)
        elif number == 1:
            sheet.words((100, top + 8), "Tiêu đề", 15)
            sheet.lines_of_text((100, top + 34, 240, top + 88), 16)
        else:
            sheet.words((100, top + 8), "Tiêu đề", 15)
            sheet.lines_of_text((100, top + 34, 164, top + 88), 16)
            sheet.lines_of_text((176, top + 34, 240, top + 88), 16)
        sheet.words((264, top + 38), f"Ảnh {number + 2}", 18)
    sheet.save("iu09-master.png")


def merging() -> None:
    """Two overlapping discs merged in four ways."""
    sheet = Sheet(456, 500)
    for number, way in enumerate(("intersect", "union", "subtract", "combine")):
        left, top = 12 + 222 * (number % 2), 10 + 248 * (number // 2)
        sheet.box((left, top, left + 210, top + 190), WHITE, GREY)
        first, second = (Pixels.new("L", (456, 500), 0) for _ in range(2))
        one, two = (left + 25, top + 45, left + 135, top + 155), (left + 75, top + 45, left + 185, top + 155)
        ImageDraw.Draw(first).ellipse(one, 255)
        ImageDraw.Draw(second).ellipse(two, 255)
        merged = {
            "union": ImageChops.lighter(first, second),
            "intersect": ImageChops.darker(first, second),
            "subtract": ImageChops.subtract(first, second),
            "combine": ImageChops.difference(first, second),
        }[way]
        sheet.draw.bitmap((0, 0), merged, fill=BLUE)
        sheet.draw.ellipse(one, outline=GREY, width=2)
        sheet.draw.ellipse(two, outline=GREY, width=2)
        sheet.words((left + 62, top + 24), "P", 22, is_bold=True, anchor="mm")
        sheet.words((left + 148, top + 24), "Q", 22, is_bold=True, anchor="mm")
        sheet.words((left + 105, top + 216), f"Kết quả {number + 1}", 24, is_bold=True, anchor="mm")
    sheet.save("iu09-merging.png")


def slides() -> None:
    """Four slides of which one can be read from the back of a hall."""
    sheet = Sheet(900, 600)
    for number in range(4):
        left, top = 16 + 442 * (number % 2), 12 + 296 * (number // 2)
        fill = (WHITE, "#fde68a", "#1e3a8a", "#334155")[number]
        box: Box = (left, top, left + 426, top + 240)
        sheet.box(box, fill, INK)
        title = "Kết quả quý I"
        if number == 0:  # far too much text
            sheet.words((left + 20, top + 12), title, 18, is_bold=True)
            for row in range(13):
                text = "Doanh thu các cửa hàng ở ba tỉnh miền Trung trong quý I so với cùng kỳ"
                sheet.words((left + 20, top + 42 + 14 * row), text, 9)
        elif number == 1:  # light grey on yellow
            sheet.words((left + 24, top + 24), title, 34, is_bold=True, colour="#fef3c7")
            for row, text in enumerate(("Doanh thu tăng 12%", "Thêm 3 cửa hàng", "Khách quay lại 42%")):
                sheet.words((left + 24, top + 92 + 46 * row), f"•  {text}", 26, colour="#fcd34d")
        elif number == 2:  # large, few, strong contrast
            sheet.words((left + 24, top + 24), title, 34, is_bold=True, colour=WHITE)
            for row, text in enumerate(("Doanh thu tăng 12%", "Thêm 3 cửa hàng", "Khách quay lại 42%")):
                sheet.words((left + 24, top + 92 + 46 * row), f"•  {text}", 26, colour=WHITE)
        else:  # dark red on dark grey
            sheet.words((left + 24, top + 24), title, 34, is_bold=True, colour="#7f1d1d")
            for row, text in enumerate(("Doanh thu tăng 12%", "Thêm 3 cửa hàng", "Khách quay lại 42%")):
                sheet.words((left + 24, top + 92 + 46 * row), f"•  {text}", 26, colour="#7f1d1d")
        sheet.words((left + 213, top + 266), f"Trang mẫu {number + 1}", 32, is_bold=True, anchor="mm")
    sheet.save("iu09-slides.png")


def presenter() -> None:
    """The screen of a speaker: clock, the slide shown, the next one, notes, buttons."""
    sheet = Sheet(860, 520)
    sheet.box((6, 6, 854, 514), PALE, GREY)
    sheet.words((30, 20), "0:04:32", 22, is_bold=True)
    sheet.words((520, 20), "10:15", 22, is_bold=True)
    shown: Box = (30, 60, 500, 330)
    sheet.box(shown, WHITE, INK, 3)
    sheet.words((60, 86), "Giải pháp", 30, is_bold=True)
    sheet.lines_of_text((60, 150, 460, 300), 36)
    for number in range(5):
        sheet.box((30 + 96 * number, 360, 110 + 96 * number, 420), PALE_BLUE, BLUE, 2, 10)
    sheet.box((520, 60, 830, 236), PALE_GREEN, INK, 2)
    sheet.words((544, 80), "Kinh phí", 22, is_bold=True)
    sheet.lines_of_text((544, 124, 800, 220), 30)
    sheet.box((520, 260, 830, 494), PALE_ORANGE, INK, 2)
    for row, text in enumerate(
        ("Nhắc lại mục tiêu.", "Kể ví dụ lớp 10A.", "Hỏi ý kiến khán giả", "trước khi sang", "trang tiếp theo.")
    ):
        sheet.words((540, 280 + 38 * row), text, 20)
    sheet.words((30, 452), "4 / 9", 22, is_bold=True)
    sheet.save("iu09-presenter.png")


def main() -> None:
    """Draw all of them."""
    for draw in (master, merging, slides, presenter):
        draw()


if __name__ == "__main__":
    main()
