"""A sheet to draw the schematic pictures of items on: boxes, words, arrows in few colours of strong contrast."""

from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

PICTURES = Path(__file__).parent.parent / "pictures"
FILES = Path(__file__).parent.parent / "files"

INK, GREY, PALE, WHITE = "#1f2933", "#52606d", "#e4e7eb", "#ffffff"
BLUE, ORANGE, GREEN, RED = "#1d4ed8", "#c2410c", "#15803d", "#b91c1c"
PALE_BLUE, PALE_ORANGE, PALE_GREEN = "#dbeafe", "#ffedd5", "#dcfce7"

Box = tuple[int, int, int, int]


class Sheet:
    """A white picture; distances in pixels from the top left."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width, height), WHITE)
        self.draw = ImageDraw.Draw(self._image)

    def box(self, box: Box, fill: str = WHITE, line: str = INK, width: int = 2, radius: int = 0) -> None:
        """Draw a rectangle: left, top, right, bottom."""
        self.draw.rounded_rectangle(box, radius, fill, line, width)

    def words(
        self,
        at: tuple[float, float],
        text: str,
        size: int = 18,
        *,
        colour: str = INK,
        is_bold: bool = False,
        is_mono: bool = False,
        anchor: str = "la",
    ) -> None:
        """Write a line; ``anchor`` as in Pillow: ``la`` is its top left, ``mm`` its middle."""
        self.draw.text(at, text, colour, font(size, is_bold=is_bold, is_mono=is_mono), anchor)

    def centred(self, box: Box, text: str, size: int = 18, *, colour: str = INK, is_bold: bool = False) -> None:
        """Write lines into the middle of a rectangle."""
        at = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        self.draw.multiline_text(at, text, colour, font(size, is_bold=is_bold), "mm", spacing=6, align="center")

    def line(self, points: list[tuple[float, float]], colour: str = INK, width: int = 2) -> None:
        """Draw a line through points."""
        self.draw.line(points, colour, width)

    def lines_of_text(self, box: Box, gap: int = 16, colour: str = "#9aa5b1") -> None:
        """Fill a rectangle with strokes that stand for lines of running text."""
        left, top, right, bottom = box
        rows = list(range(top + gap // 2, bottom, gap))
        for row in rows:
            self.draw.line(
                [(left, row), (right if row != rows[-1] else left + (right - left) * 3 // 5, row)], colour, 4
            )

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str = INK, width: int = 3) -> None:
        """Draw a line with a head at its end."""
        length = max(((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5, 1)
        x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        neck = (end[0] - 12 * x, end[1] - 12 * y)
        self.draw.line([start, neck], colour, width)
        self.draw.polygon([end, (neck[0] - 7 * y, neck[1] + 7 * x), (neck[0] + 7 * y, neck[1] - 7 * x)], colour)

    def save(self, name: str) -> None:
        """Store the picture with few colours, so that it is small."""
        PICTURES.mkdir(exist_ok=True)
        self._image.quantize(64, dither=Image.Dither.NONE).save(PICTURES / name, optimize=True)


def font(size: int, *, is_bold: bool = False, is_mono: bool = False) -> ImageFont.FreeTypeFont:
    """Return DejaVu, which has all Vietnamese letters and comes with matplotlib, so that every machine has it."""
    name = f"DejaVuSans{'Mono' if is_mono else ''}{'-Bold' if is_bold else ''}.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), size)
