"""Pictures of the items about advanced presentations; ``python -m item_bank.sample.drawing.iu09`` draws them anew."""

from PIL import Image, ImageChops, ImageDraw

from item_bank.sample.drawing.sketch import BLUE, FINER, GREY, INK, PALE, SKY, WHITE, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    master()
    merging()
    slides()
    presenter()


def master() -> None:
    """The thumbnails of the view of masters: the master above, its layouts below and indented."""
    sketch = Sketch(420, 560)
    sketch.box((6, 6, 414, 554), PALE, GREY, 2)
    sketch.text((24, 31), "View > Slide Master", 20, face="-Bold", anchor="lm")
    sketch.box((40, 56, 250, 174), WHITE, INK, 3)
    sketch.centred((40, 62, 250, 100), "Tiêu đề", 18, face="-Bold")
    sketch.running_text((60, 104, 230, 164), 18)
    sketch.text((264, 115), "Ảnh 1", 18, anchor="lm")
    for number in range(3):
        top = 192 + 118 * number
        layout = (90, top, 250, top + 96)
        sketch.line([(62, 174), (62, top + 48), (90, top + 48)], GREY, 2)
        sketch.box(layout, WHITE, INK, 2)
        if number == 0:
            sketch.centred(layout, "Tiêu đề\nphụ đề", 16)
        else:
            sketch.text((100, top + 18), "Tiêu đề", 15, anchor="lm")
            for left, right in ((100, 240),) if number == 1 else ((100, 164), (176, 240)):
                sketch.running_text((left, top + 34, right, top + 88))
        sketch.text((264, top + 48), f"Ảnh {number + 2}", 18, anchor="lm")
    sketch.save("iu09-master.png")


def merging() -> None:
    """Two overlapping discs merged in four ways."""
    sketch = Sketch(456, 500)
    one, two = (25, 45, 135, 155), (75, 45, 185, 155)
    first, second = _disc(one), _disc(two)
    results = (
        ImageChops.darker(first, second),  # intersect
        ImageChops.lighter(first, second),  # union
        ImageChops.subtract(first, second),
        ImageChops.difference(first, second),  # combine
    )
    for number, merged in enumerate(results):
        left, top = 12 + 222 * (number % 2), 10 + 248 * (number // 2)
        sketch.box((left, top, left + 210, top + 190), WHITE, GREY, 2)
        sketch.stamp(merged, (left, top), BLUE)
        for disc in (one, two):
            sketch.oval((left + disc[0], top + disc[1], left + disc[2], top + disc[3]), None, GREY, 2)
        sketch.text((left + 62, top + 24), "P", 22, face="-Bold", anchor="mm")
        sketch.text((left + 148, top + 24), "Q", 22, face="-Bold", anchor="mm")
        sketch.text((left + 105, top + 216), f"Kết quả {number + 1}", 24, face="-Bold", anchor="mm")
    sketch.save("iu09-merging.png")


def _disc(box: tuple[int, int, int, int]) -> Image.Image:
    """Return a mask of one result with a disc in it."""
    mask = Image.new("L", (210 * FINER, 190 * FINER), 0)
    ImageDraw.Draw(mask).ellipse([FINER * edge for edge in box], 255)
    return mask


def slides() -> None:
    """Four slides of which one can be read from the back of a hall: large, few words, strong contrast."""
    sketch = Sketch(900, 600)
    # The second is pale yellow on yellow, the fourth dark red on dark grey.
    looks = ((WHITE, INK, INK), ("#fde68a", "#fef3c7", "#fcd34d"), (BLUE, WHITE, WHITE), ("#334155", *["#7f1d1d"] * 2))
    for number, (ground, title, words) in enumerate(looks):
        left, top = 16 + 442 * (number % 2), 12 + 296 * (number // 2)
        sketch.box((left, top, left + 426, top + 240), ground, INK, 2)
        if number == 0:  # Far too much text.
            sketch.text((left + 20, top + 24), "Kết quả quý I", 18, title, face="-Bold", anchor="lm")
            for row in range(13):
                text = "Doanh thu các cửa hàng ở ba tỉnh miền Trung trong quý I so với cùng kỳ"
                sketch.text((left + 20, top + 48 + 14 * row), text, 9, words, anchor="lm")
        else:
            sketch.text((left + 24, top + 44), "Kết quả quý I", 34, title, face="-Bold", anchor="lm")
            for row, text in enumerate(("Doanh thu tăng 12%", "Thêm 3 cửa hàng", "Khách quay lại 42%")):
                sketch.text((left + 24, top + 108 + 46 * row), f"•  {text}", 26, words, anchor="lm")
        sketch.text((left + 213, top + 266), f"Trang mẫu {number + 1}", 32, face="-Bold", anchor="mm")
    sketch.save("iu09-slides.png")


def presenter() -> None:
    """The screen of a speaker: clock, the slide shown, the next one, notes, buttons."""
    sketch = Sketch(860, 520)
    sketch.box((6, 6, 854, 514), PALE, GREY, 2)
    sketch.text((30, 34), "0:04:32", 22, face="-Bold", anchor="lm")
    sketch.text((520, 34), "10:15", 22, face="-Bold", anchor="lm")
    sketch.box((30, 60, 500, 330), WHITE, INK, 3)
    sketch.text((60, 104), "Giải pháp", 30, face="-Bold", anchor="lm")
    sketch.running_text((60, 150, 460, 300), 36)
    for number in range(5):
        sketch.box((30 + 96 * number, 360, 110 + 96 * number, 420), SKY, BLUE, 2, 10)
    sketch.box((520, 60, 830, 236), WHITE, INK, 2)
    sketch.text((544, 93), "Kinh phí", 22, face="-Bold", anchor="lm")
    sketch.running_text((544, 124, 800, 220), 30)
    sketch.box((520, 260, 830, 494), WHITE, INK, 2)
    for row, text in enumerate(
        ("Nhắc lại mục tiêu.", "Kể ví dụ lớp 10A.", "Hỏi ý kiến khán giả", "trước khi sang", "trang tiếp theo.")
    ):
        sketch.text((540, 301 + 38 * row), text, 20, anchor="lm")
    sketch.text((30, 466), "4 / 9", 22, face="-Bold", anchor="lm")
    sketch.save("iu09-presenter.png")


if __name__ == "__main__":
    draw()
