"""Pictures of the items about web pages; ``python -m item_bank.sample.drawing.iu13`` draws them anew."""

from item_bank.sample.drawing.sketch import AMBER, BLUE, INK, LINE, PALE, SKY, WHITE, Box, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    folders()
    layout()
    box_model()
    timetable()


FOLDERS = (
    (0, "website", True),
    (1, "index.html", False),
    (1, "css", True),
    (2, "style.css", False),
    (1, "images", True),
    (2, "logo.png", False),
    (1, "tintuc", True),
    (2, "index.html", False),
    (2, "hoisach.html", False),
    (2, "anh", True),
    (3, "sankhau.jpg", False),
)


def folders() -> None:
    """The folders and files of a web site as a tree."""
    row, step = 36, 44
    sketch = Sketch(420, 20 + row * len(FOLDERS))
    parents: dict[int, float] = {}
    for number, (depth, name, is_folder) in enumerate(FOLDERS):
        middle = 10 + row * number + row / 2
        left = 20 + step * depth
        if depth:
            trunk = left - step + 12
            sketch.line([(trunk, parents[depth - 1] + 13), (trunk, middle), (left - 4, middle)], LINE, 2)
        parents[depth] = middle
        if is_folder:
            sketch.box((left, middle - 11, left + 13, middle), AMBER, INK, 1)
            sketch.box((left, middle - 7, left + 26, middle + 11), AMBER, INK, 1, 2)
        else:
            sketch.box((left + 3, middle - 12, left + 21, middle + 12), WHITE, INK, 1.2, 2)
            for line in (-5, 0, 5):
                sketch.line([(left + 7, middle + line), (left + 17, middle + line)], LINE, 1.5)
        sketch.text((left + 36, middle), name, 18, face="-Bold" if is_folder else "", anchor="lm")
    sketch.save("iu13-folders.png")


def layout() -> None:
    """A page with five regions."""
    sketch = Sketch(540, 470, PALE)
    sketch.box((20, 20, 520, 90), BLUE, INK)
    sketch.text((270, 55), "Trường THPT Sông Thương", 24, WHITE, face="-Bold", anchor="mm")
    sketch.box((20, 98, 520, 142), SKY, INK)
    for number, word in enumerate(("Trang chủ", "Tin tức", "Thư viện", "Liên hệ")):
        sketch.text((82 + 125 * number, 120), word, 18, anchor="mm")
    sketch.box((20, 150, 360, 390), WHITE, INK)
    sketch.text((36, 174), "Ngày hội đọc sách 2026", 20, face="-Bold", anchor="lm")
    sketch.running_text((36, 195, 344, 370), 22, last=1)
    sketch.box((368, 150, 520, 390), WHITE, INK)
    sketch.text((382, 174), "Nên đọc", 18, face="-Bold", anchor="lm")
    sketch.running_text((382, 195, 506, 370), 22, last=1)
    sketch.box((20, 398, 520, 450), "#dfe5ec", INK)
    sketch.text((270, 424), "12 đường Hòa Bình · © 2026", 18, anchor="mm")
    sketch.save("iu13-layout.png")


def box_model() -> None:
    """The four areas of a box, without their names."""
    sketch = Sketch(520, 380)
    left, top, right, bottom = 40, 40, 480, 340
    for start in range(left, right, 16):
        end = min(start + 9, right)
        sketch.line([(start, top), (end, top)], INK, 2)
        sketch.line([(start, bottom), (end, bottom)], INK, 2)
    for start in range(top, bottom, 16):
        end = min(start + 9, bottom)
        sketch.line([(left, start), (left, end)], INK, 2)
        sketch.line([(right, start), (right, end)], INK, 2)
    sketch.box((86, 86, 434, 294), BLUE, None)
    sketch.box((106, 106, 414, 274), AMBER, None)
    sketch.box((146, 140, 374, 240), WHITE, LINE, 1.5)
    sketch.text((260, 190), "Nội dung", 24, face="-Bold", anchor="mm")
    sketch.save("iu13-box.png")


CELLS: tuple[tuple[Box, str], ...] = (
    ((120, 66, 380, 112), "Chào cờ"),
    ((380, 66, 510, 112), "Toán"),
    ((120, 112, 250, 158), "Văn"),
    ((250, 112, 380, 204), "Tin học"),
    ((380, 112, 510, 158), "Sử"),
    ((120, 158, 250, 204), "Anh"),
    ((380, 158, 510, 204), "Lý"),
)


def timetable() -> None:
    """A table with one cell over two columns and one over two rows."""
    sketch = Sketch(530, 224)
    heads = ("Tiết", "Thứ Hai", "Thứ Ba", "Thứ Tư")
    for head, (left, right) in zip(heads, ((20, 120), (120, 250), (250, 380), (380, 510)), strict=True):
        _cell(sketch, (left, 20, right, 66), head, is_head=True)
    for number in range(3):
        _cell(sketch, (20, 66 + 46 * number, 120, 112 + 46 * number), str(number + 1), is_head=True)
    for box, word in CELLS:
        _cell(sketch, box, word)
    sketch.save("iu13-table.png")


def _cell(sketch: Sketch, box: Box, word: str, *, is_head: bool = False) -> None:
    sketch.box(box, SKY if is_head else WHITE, INK, 1.5)
    sketch.centred(box, word, 18, face="-Bold" if is_head else "")


if __name__ == "__main__":
    draw()
