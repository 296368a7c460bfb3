"""Pictures of the items about advanced word processing; ``python -m item_bank.sample.drawing.iu07`` draws them anew."""

from item_bank.sample.drawing.sketch import AMBER, BLUE, GREY, INK, LINE, PALE, SKY, WHITE, Box, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    outline()
    wrapping()
    references()
    sections()
    gutter()


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
    sketch = Sketch(560, 520)
    sketch.box((10, 10, 550, 510), WHITE, GREY, 2)
    sketch.box((10, 10, 550, 58), PALE, GREY, 2)
    sketch.text((28, 34), "Navigation (Ngăn dẫn hướng)", 20, face="-Bold", anchor="lm")
    for row, (level, title) in enumerate(OUTLINE):
        middle = 82 + 36 * row
        sketch.text((28 + 44 * (level - 1), middle), title, 18, face="-Bold" if level == 1 else "", anchor="lm")
        sketch.text((532, middle), f"Heading {level}", 16, GREY, anchor="rm")
    sketch.save("iu07-outline.png")


def wrapping() -> None:
    """Four pages that show how text stands around a picture."""
    sketch = Sketch(456, 640)
    for number in range(4):
        left, top = 12 + 222 * (number % 2), 12 + 316 * (number // 2)
        sketch.box((left, top, left + 210, top + 258), WHITE, INK, 2)
        sketch.text((left + 105, top + 284), f"Khung {number + 1}", 24, face="-Bold", anchor="mm")
        inner = (left + 16, top + 16, left + 194, top + 242)
        picture = (left + 64, top + 96, left + 146, top + 160)
        if number == 1:  # Behind text: the words run over the picture.
            sketch.box(picture, AMBER, INK, 2.5)
            sketch.running_text(inner, colour=INK)
            continue
        sketch.running_text((inner[0], inner[1], inner[2], top + 84))
        sketch.running_text((inner[0], top + 172, inner[2], inner[3]))
        if number == 2:  # Square: words on both sides.
            sketch.running_text((inner[0], top + 92, picture[0] - 10, top + 168), last=1)
            sketch.running_text((picture[2] + 10, top + 92, inner[2], top + 168), last=1)
        elif number == 3:  # In line with text: the line is as high as the picture, words stand at its foot.
            sketch.line([(inner[0], top + 156), (picture[0] - 6, top + 156)], LINE, 4)
            sketch.line([(picture[2] + 6, top + 156), (inner[2], top + 156)], LINE, 4)
        sketch.box(picture, AMBER, INK, 2.5)
        sketch.centred(picture, "Ảnh", 18, face="-Bold")
    sketch.save("iu07-wrapping.png")


REFERENCES = (
    "Table of\nContents",
    "Insert\nFootnote",
    "Insert\nCitation",
    "Insert\nCaption",
    "Cross-\nreference",
    "Mark\nEntry",
)


def references() -> None:
    """The buttons of a tab for references."""
    sketch = Sketch(480, 270)
    sketch.box((4, 4, 476, 266), PALE, GREY, 2)
    sketch.text((20, 28), "References", 20, BLUE, face="-Bold", anchor="lm")
    for number, name in enumerate(REFERENCES):
        left, top = 16 + 152 * (number % 3), 50 + 106 * (number // 3)
        button = (left, top, left + 144, top + 94)
        sketch.box(button, WHITE, INK, 2, 8)
        sketch.centred(button, name, 20)
    sketch.save("iu07-references.png")


def sections() -> None:
    """Four pages in a row, the third of which is to lie on its side; between them the places for breaks."""
    sketch = Sketch(820, 300)
    left = 20
    for number in range(4):
        is_wide = number == 2
        width, height = (180, 128) if is_wide else (110, 154)
        top = 60 + (154 - height) // 2
        sketch.box((left, top, left + width, top + height), WHITE, INK, 2)
        if is_wide:
            _grid(sketch, (left + 20, top + 20, left + 160, top + 108))
        else:
            sketch.running_text((left + 14, top + 14, left + width - 14, top + height - 20))
        sketch.text((left + width / 2, 250), f"Trang {number + 1}", 20, face="-Bold", anchor="mm")
        left += width
        if number < 3:
            place = (left + 10, 92, left + 80, 182)
            sketch.box(place, SKY, BLUE, 3, 8)
            sketch.centred(place, "PQR"[number], 28, BLUE, face="-Bold")
            left += 90
    sketch.save("iu07-sections.png")


def _grid(sketch: Sketch, box: Box) -> None:
    """Draw a table of four rows and five columns, as wide as only a page on its side can take it."""
    left, top, right, bottom = box
    for row in range(5):
        y = top + (bottom - top) * row / 4
        sketch.line([(left, y), (right, y)], GREY, 2)
    for column in range(6):
        x = left + (right - left) * column / 5
        sketch.line([(x, top), (x, bottom)], GREY, 2)


def gutter() -> None:
    """Two facing pages with a strip along each long edge."""
    sketch = Sketch(760, 460)
    for number in range(2):
        left = 40 + 340 * number
        sketch.box((left, 20, left + 340, 400), WHITE, INK, 2)
        for strip in ((left, 20, left + 56, 400), (left + 284, 20, left + 340, 400)):
            sketch.box(strip, SKY, BLUE, 2)
        sketch.running_text((left + 72, 50, left + 268, 350), 20)
        sketch.text((left + 170, 376), str(12 + number), 20, face="-Bold", anchor="mm")
        sketch.text((left + 170, 430), f"Trang {12 + number}", 20, face="-Bold", anchor="mm")
    sketch.line([(380, 8), (380, 412)], INK, 5)
    sketch.save("iu07-gutter.png")


if __name__ == "__main__":
    draw()
