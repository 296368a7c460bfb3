"""Pictures of the items about editing photographs; ``python -m item_bank.sample.drawing.iu12`` draws them anew."""

import io
from collections.abc import Callable, Sequence
from math import exp, sin

from PIL import Image, ImageDraw, ImageFilter

from item_bank.sample.drawing.sketch import BLUE, GREEN, GREY, INK, LINE, PALE, RED, SKY, WHITE, Point, Sketch, font


def draw() -> None:
    """Draw and store all pictures."""
    three_histograms()
    one_histogram()
    curves()
    layers()
    dust()
    saved_twice()


def _histogram(sketch: Sketch, left: float, top: float, size: Point, height_at: Callable[[float], float]) -> None:
    """Draw a histogram of 256 levels; ``height_at`` gives the share of the full height at a level."""
    width, height = size
    sketch.box((left, top, left + width, top + height), PALE, LINE)
    step = width / 256
    for level in range(256):
        share = min(height_at(level), 1)
        if share > 0.004:
            x = left + level * step
            sketch.box((x, top + height * (1 - share), x + step + 0.2, top + height), GREY, None)
    sketch.box((left, top, left + width, top + height), None, INK, 1.5)


def _hill(middle: float, spread: float, height: float) -> Callable[[float], float]:
    return lambda level: height * exp(-(((level - middle) / spread) ** 2))


def three_histograms() -> None:
    """Histograms of a dark, a balanced and an overexposed photograph."""
    sketch = Sketch(544, 206)
    dark, even, bright = _hill(40, 26, 0.8), _hill(128, 52, 0.75), _hill(225, 40, 0.7)
    shapes: Sequence[Callable[[float], float]] = (
        dark,
        lambda level: even(level) * (1 + 0.12 * sin(level / 9)),
        lambda level: bright(level) if level < 247 else 1.0,
    )
    for number, shape in enumerate(shapes, start=1):
        left = 14 + 176 * (number - 1)
        _histogram(sketch, left, 14, (164, 130), shape)
        sketch.text((left, 158), "0", 14, anchor="lm")
        sketch.text((left + 164, 158), "255", 14, anchor="rm")
        sketch.text((left + 82, 186), f"Hình {number}", 17, face="-Bold", anchor="mm")
    sketch.save("iu12-histograms.png")


def one_histogram() -> None:
    """The histogram of a flat photograph: nothing below 50 nor above 200."""
    sketch = Sketch(540, 270)

    def shape(level: float) -> float:
        if not 50 <= level <= 200:
            return 0
        edge = min(level - 50, 200 - level, 12) / 12
        return edge * (0.45 + 0.35 * exp(-(((level - 110) / 34) ** 2)) + 0.05 * sin(level / 5))

    _histogram(sketch, 30, 14, (480, 190), shape)
    for level in (0, 50, 100, 150, 200, 255):
        x = 30 + 480 * level / 255
        sketch.line([(x, 204), (x, 212)], INK, 1.5)
        sketch.text((x, 226), str(level), 15, anchor="mm")
    sketch.text((270, 254), "Mức sáng", 16, face="-Bold", anchor="mm")
    sketch.save("iu12-histogram.png")


def curves() -> None:
    """Three tone curves: an S, a raised middle, and a falling line."""
    sketch = Sketch(548, 240)
    functions: Sequence[Callable[[float], float]] = (
        lambda x: x * x * (3 - 2 * x),
        lambda x: x**0.5,
        lambda x: 1 - x,
    )
    for number, function in enumerate(functions, start=1):
        left, top, side = 12.0 + 182 * (number - 1), 12.0, 160.0
        sketch.box((left, top, left + side, top + side), PALE, INK, 1.5)
        for quarter in (1, 2, 3):
            at = side * quarter / 4
            sketch.line([(left + at, top), (left + at, top + side)], "#d5dbe1", 1)
            sketch.line([(left, top + at), (left + side, top + at)], "#d5dbe1", 1)
        sketch.line([(left, top + side), (left + side, top)], LINE, 1.2)
        points = [(left + side * x / 60, top + side * (1 - function(x / 60))) for x in range(61)]
        sketch.line(points, BLUE, 3.5)
        sketch.text((left + side / 2, top + side + 18), "vào: tối → sáng", 15, anchor="mm")
        sketch.text((left + side / 2, top + side + 46), f"Hình {number}", 17, face="-Bold", anchor="mm")
    sketch.save("iu12-curves.png")


def _eye(sketch: Sketch, at: Point) -> None:
    x, y = at
    sketch.oval((x - 14, y - 8, x + 14, y + 8), WHITE, INK, 1.8)
    sketch.oval((x - 5, y - 5, x + 5, y + 5), INK, None)


def layers() -> None:
    """A panel of four layers; one is hidden, one has a mask that is black on its left half."""
    sketch = Sketch(520, 390)
    sketch.box((8, 8, 512, 382), PALE, LINE)
    sketch.text((26, 36), "Các lớp (từ trên xuống dưới)", 17, face="-Bold", anchor="lm")
    rows = ("Chữ “Chào năm học mới”", "Khung hoa", "Học sinh", "Nền sân trường")
    for number, name in enumerate(rows):
        top = 62 + 78 * number
        middle = top + 35
        sketch.box((20, top, 500, top + 70), WHITE, LINE)
        if number != 1:
            _eye(sketch, (46, middle))
        _thumbnail(sketch, number, (76, top + 8))
        if number == 2:
            sketch.box((162, top + 8, 198, top + 62), INK, INK)
            sketch.box((198, top + 8, 234, top + 62), WHITE, INK)
            sketch.text((252, middle - 12), name, 17, anchor="lm")
            sketch.text((252, middle + 14), "(ô thứ hai: mặt nạ lớp)", 15, GREY, anchor="lm")
        else:
            sketch.text((162, middle), name, 17, anchor="lm")
    sketch.save("iu12-layers.png", colours=160)


def _thumbnail(sketch: Sketch, number: int, at: Point) -> None:
    left, top = at
    sketch.box((left, top, left + 72, top + 54), WHITE, INK)
    if number == 0:
        sketch.text((left + 36, top + 27), "Aa", 24, RED, face="-Bold", anchor="mm")
    elif number == 1:
        for x in range(8, 72, 14):
            for y in (8, 46):
                sketch.oval((left + x - 5, top + y - 5, left + x + 5, top + y + 5), "#d9739b", None)
    elif number == 2:
        for x, colour in ((18, BLUE), (54, GREEN)):
            sketch.oval((left + x - 8, top + 8, left + x + 8, top + 24), "#c98f5f", INK)
            sketch.box((left + x - 11, top + 25, left + x + 11, top + 53), colour, INK)
    else:
        sketch.box((left, top, left + 72, top + 30), SKY, None)
        sketch.box((left, top + 30, left + 72, top + 54), "#8fbf8f", None)
        sketch.box((left, top, left + 72, top + 54), None, INK)


def dust() -> None:
    """A landscape with a dark speck in the even sky, as dust on the sensor leaves it."""
    width, height = 760, 430
    image = Image.new("RGB", (width, height))
    pixels = ImageDraw.Draw(image)
    for y in range(height):
        share = min(y / 290, 1)
        pixels.line([(0, y), (width, y)], fill=(int(90 + 110 * share), int(150 + 75 * share), int(215 + 30 * share)))
    pixels.ellipse((560, 196, 630, 266), fill="#ffe9a8")
    pixels.polygon(
        [(0, 300), (160, 190), (310, 290), (430, 220), (600, 300), (760, 240), (760, 430), (0, 430)], fill="#6d8f6a"
    )
    pixels.polygon([(0, 340), (240, 300), (520, 345), (760, 310), (760, 430), (0, 430)], fill="#4c7050")
    pixels.rectangle((330, 322, 400, 366), fill="#e9dcc4")
    pixels.polygon([(320, 322), (365, 290), (410, 322)], fill="#a4402f")
    pixels.rectangle((358, 340, 374, 366), fill="#5b4636")
    speck = Image.new("L", (width, height), 0)
    ImageDraw.Draw(speck).ellipse((208, 78, 230, 100), fill=215)
    speck = speck.filter(ImageFilter.GaussianBlur(2.5))
    image.paste(Image.new("RGB", image.size, "#3a4652"), (0, 0), speck)
    sketch = Sketch(width, height)
    sketch.paste(image, (0, 0), (width, height))
    sketch.save("iu12-dust.png", colours=200)


def saved_twice() -> None:
    """A word in front of a plain ground, saved as JPEG of low quality and as PNG, both enlarged."""
    small = Image.new("RGB", (96, 64), "#f4f1e8")
    pixels = ImageDraw.Draw(small)
    pixels.text((48, 26), "Ảnh", font=font(10, "-Bold"), fill=RED, anchor="mm")
    pixels.line([(8, 54), (88, 50)], fill=BLUE, width=2)
    stored = io.BytesIO()
    small.save(stored, "JPEG", quality=6)
    sketch = Sketch(820, 330)
    for number, picture in enumerate((Image.open(stored).convert("RGB"), small), start=1):
        left = 16 + 402 * (number - 1)
        sketch.paste(picture, (left, 16), (386, 257), is_smooth=False)
        sketch.box((left, 16, left + 386, 273), None, INK, 1.5)
        sketch.text((left + 193, 304), f"Hình {number}", 17, face="-Bold", anchor="mm")
    sketch.save("iu12-saved-twice.png", colours=200)


if __name__ == "__main__":
    draw()
