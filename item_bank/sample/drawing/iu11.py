"""Pictures of the items about two-dimensional graphics; ``python -m item_bank.sample.drawing.iu11`` draws them anew."""

from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from item_bank.sample.drawing.sketch import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    LINE,
    PALE,
    RED,
    SKY,
    WHITE,
    Point,
    Sketch,
    font,
)


def draw() -> None:
    """Draw and store all pictures."""
    enlarged_letters()
    path_operations()
    nodes()
    alignments()
    stroke_ends()
    poster()


def enlarged_letters() -> None:
    """One letter enlarged: as squares, smoothed, and as outlines."""
    small = Image.new("RGB", (22, 22), WHITE)
    ImageDraw.Draw(small).text((11, 11), "ă", font=font(6, "-Bold"), fill=BLUE, anchor="mm")
    sketch = Sketch(840, 310)
    sketch.paste(small, (20, 20), (240, 240), is_smooth=False)
    blurred = small.resize((240, 240), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(5))
    sketch.paste(blurred, (300, 20), (240, 240))
    sketch.text((700, 140), "ă", 196, BLUE, face="-Bold", anchor="mm")
    for number, left in enumerate((20, 300, 580), start=1):
        sketch.box((left, 20, left + 240, 260), None, LINE, 1.5)
        sketch.text((left + 120, 286), f"Hình {number}", 17, face="-Bold", anchor="mm")
    sketch.save("iu11-enlarged.png")


_TILE = 540


def path_operations() -> None:
    """A square with a circle above it, and four results of path operations."""
    square = Image.new("L", (_TILE, _TILE), 0)
    ImageDraw.Draw(square).rectangle((60, 60, 330, 330), fill=255)
    circle = Image.new("L", (_TILE, _TILE), 0)
    ImageDraw.Draw(circle).ellipse((195, 195, 465, 465), fill=255)
    results = (
        ("Hình 1", ImageChops.subtract(square, circle)),
        ("Hình 2", ImageChops.lighter(square, circle)),
        ("Hình 3", ImageChops.darker(square, circle)),
        ("Hình 4", ImageChops.difference(square, circle)),
    )
    sketch = Sketch(580, 450)
    _tile(sketch, (12, 8), square, SKY)
    _tile(sketch, (12, 8), circle, AMBER)
    sketch.text((102, 200), "Ban đầu", 17, face="-Bold", anchor="mm")
    for number, (name, shape) in enumerate(results, start=1):
        left, top = 12 + 190 * (number % 3), 8 + 220 * (number // 3)
        _tile(sketch, (left, top), shape, BLUE)
        sketch.text((left + 90, top + 192), name, 17, face="-Bold", anchor="mm")
    for left in (194, 384):
        sketch.line([(left, 16), (left, 430)], LINE, 1)
    sketch.line([(16, 222), (564, 222)], LINE, 1)
    sketch.save("iu11-path-operations.png")


def _tile(sketch: Sketch, at: tuple[int, int], shape: Image.Image, colour: str) -> None:
    """Fill a shape, with an outline of its edge."""
    sketch.stamp(shape, at, colour)
    sketch.stamp(ImageChops.difference(shape, shape.filter(ImageFilter.MinFilter(7))), at, INK)


def curve(start: Point, one: Point, two: Point, end: Point, steps: int = 40) -> list[Point]:
    """Return points of a cubic Bézier curve, both ends among them."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        corners = (start, one, two, end)
        x = sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True))
        y = sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True))
        points.append((x, y))
    return points


def nodes() -> None:
    """A path with a smooth node, its two handles and a cusp node."""
    sketch = Sketch(540, 230)
    start, smooth, cusp, end = (40.0, 170.0), (190.0, 75.0), (345.0, 162.0), (490.0, 68.0)
    left, right = (120.0, 75.0), (258.0, 75.0)
    sketch.line(curve(start, (52, 102), left, smooth), BLUE, 4)
    sketch.line(curve(smooth, right, (318, 102), cusp), BLUE, 4)
    sketch.line(curve(cusp, (370, 60), (430, 40), end), BLUE, 4)
    sketch.line([left, right], RED, 1.5)
    for x, y in (left, right):
        sketch.oval((x - 8, y - 8, x + 8, y + 8), WHITE, RED, 2)
    for x, y in (start, smooth, cusp, end):
        sketch.box((x - 9, y - 9, x + 9, y + 9), WHITE, INK, 2)
    for (x, y), name in (
        ((start[0], start[1] + 32), "1"),
        ((left[0], left[1] - 30), "2"),
        ((smooth[0], smooth[1] + 32), "3"),
        ((cusp[0], cusp[1] + 32), "4"),
        ((end[0] + 4, end[1] + 32), "5"),
    ):
        sketch.text((x, y), name, 20, face="-Bold", anchor="mm")
    sketch.save("iu11-nodes.png")


def alignments() -> None:
    """Three bars before, and after three commands of aligning."""
    sketch = Sketch(450, 560)
    bars = ((60, 30, RED), (110, 46, BLUE), (150, 36, GREEN))  # width, height, colour
    places: dict[str, list[Point]] = {
        "Ban đầu": [(50, 30), (14, 92), (32, 170)],
        "Hình 1": [(14, 30), (14, 92), (14, 170)],
        "Hình 2": [(63, 30), (38, 92), (18, 170)],
        "Hình 3": [(122, 30), (72, 92), (32, 170)],
    }
    for number, (name, spots) in enumerate(places.items()):
        left, top = 12 + 225 * (number % 2), 280 * (number // 2)
        sketch.box((left + 6, top + 12, left + 202, top + 226), PALE, LINE)
        for (x, y), (width, height, colour) in zip(spots, bars, strict=True):
            sketch.box((left + x, top + y, left + x + width, top + y + height), colour, INK, 1)
        sketch.text((left + 104, top + 252), name, 17, face="-Bold", anchor="mm")
    sketch.save("iu11-alignments.png")


def stroke_ends() -> None:
    """One thick stroke drawn with each of the three line caps; the path itself as a thin line."""
    sketch = Sketch(500, 260)
    for number, extra in enumerate((0, 22, 22), start=1):
        middle = 20 + 80 * (number - 1) + 30
        left, right = 150, 440
        if number == 2:
            sketch.oval((left - 22, middle - 22, left + 22, middle + 22), SKY, None)
            sketch.oval((right - 22, middle - 22, right + 22, middle + 22), SKY, None)
            extra = 0
        sketch.box((left - extra, middle - 22, right + extra, middle + 22), SKY, None)
        sketch.line([(left, middle), (right, middle)], INK, 1.5)
        for x in (left, right):
            sketch.oval((x - 5, middle - 5, x + 5, middle + 5), WHITE, INK, 1.5)
        sketch.text((24, middle), f"Hình {number}", 17, face="-Bold", anchor="lm")
    sketch.line([(150, 10), (150, 250)], RED, 1)
    sketch.line([(440, 10), (440, 250)], RED, 1)
    sketch.save("iu11-stroke-ends.png")


def poster() -> None:
    """A poster for a book fair with one line off the margin and the date hard to read."""
    sketch = Sketch(520, 700, "#d9dee4")
    sketch.box((30, 20, 490, 680), WHITE, LINE, 1)
    sketch.box((30, 20, 490, 150), BLUE, None)
    sketch.text((70, 62), "HỘI SÁCH", 40, WHITE, face="-Bold", anchor="lm")
    sketch.text((70, 112), "MÙA THU", 40, AMBER, face="-Bold", anchor="lm")
    _books(sketch)
    sketch.text((70, 430), "Tặng sách, đổi sách, gặp tác giả", 21, INK, anchor="lm")
    sketch.text((104, 480), "Địa điểm: sân trường", 21, INK, anchor="lm")
    sketch.text((70, 530), "Vào cửa tự do", 21, INK, anchor="lm")
    sketch.text((70, 580), "8 giờ, Chủ nhật 18/10", 13, "#c4c9cf", anchor="lm")
    sketch.text((70, 630), "Ban tổ chức: Câu lạc bộ Đọc sách", 21, INK, anchor="lm")
    sketch.save("iu11-poster.png")


def _books(sketch: Sketch) -> None:
    left = 70.0
    for width, height, colour in ((34, 150, RED), (42, 180, BLUE), (30, 165, GREEN), (46, 190, AMBER), (36, 140, INK)):
        sketch.box((left, 380 - height, left + width, 380), colour, INK, 1, 3)
        sketch.line([(left + 7, 380 - height + 22), (left + width - 7, 380 - height + 22)], WHITE, 3)
        left += width + 4
    for number in range(8):
        angle = number * pi / 4
        x, y = 375.0, 280.0
        sketch.oval(
            (x + 48 * cos(angle) - 20, y + 48 * sin(angle) - 20, x + 48 * cos(angle) + 20, y + 48 * sin(angle) + 20),
            "#e8973a",
            INK,
        )
    sketch.oval((341, 246, 409, 314), AMBER, INK)
    sketch.line([(60, 382), (460, 382)], INK, 3)


if __name__ == "__main__":
    draw()
