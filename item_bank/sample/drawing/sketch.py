"""A sheet to draw on: smooth lines, a font that has all Vietnamese letters, small PNG files that never change."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import matplotlib
from PIL import Image, ImageDraw, ImageFont

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
FILES = PICTURES.parent / "files"

INK = "#1f2933"
PALE = "#eef2f6"
LINE = "#9aa5b1"
GREY = "#52606d"
BLUE = "#1d4f91"
SKY = "#cfe0f5"
RED = "#b3261e"
GREEN = "#1b6e3c"
AMBER = "#f2c14e"
WHITE = "#ffffff"

FINER = 3  # Drawn three times as large and scaled down, since Pillow draws lines without smoothing.

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Face = Literal["", "-Bold"]


@cache
def font(size: int, face: Face = "") -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which matplotlib brings along, in pixels of the finished picture."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{face}.ttf"
    return ImageFont.truetype(str(path), size * FINER)


class Sketch:
    """A picture under way; all measures are pixels of the finished picture."""

    def __init__(self, width: int, height: int, background: str = WHITE) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * FINER, height * FINER), background)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self,
        at: Point,
        text: str,
        size: int = 16,
        colour: str = INK,
        *,
        face: Face = "",
        anchor: str = "lt",
    ) -> None:
        """Write one line; ``anchor`` is Pillow's, such as ``lt`` (left, top) or ``mm`` (middle)."""
        self.draw.text((at[0] * FINER, at[1] * FINER), text, font=font(size, face), fill=colour, anchor=anchor)

    def centred(self, box: Box, text: str, size: int = 16, colour: str = INK, *, face: Face = "") -> None:
        """Write one line or several, each centred, into the middle of a rectangle."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        lines = text.split("\n")
        for number, line in enumerate(lines):
            below = (number - (len(lines) - 1) / 2) * 1.35 * size
            self.text((x, y + below), line, size, colour, face=face, anchor="mm")

    def running_text(self, box: Box, gap: int = 16, colour: str = LINE, *, last: float = 0.6) -> None:
        """Fill a rectangle with strokes that stand for lines of text; ``last`` is how far the last one runs."""
        left, top, right, bottom = box
        row = top + gap / 2
        while row < bottom:
            share = last if row + gap >= bottom else 1
            self.line([(left, row), (left + (right - left) * share, row)], colour, 4)
            row += gap

    def box(
        self, box: Box, fill: str | None = None, line: str | None = LINE, width: float = 1, round_: int = 0
    ) -> None:
        """Draw a rectangle, with round corners if asked."""
        self.draw.rounded_rectangle(
            _large(box), round_ * FINER, fill=fill, outline=line, width=round(width * FINER) if line else 0
        )

    def oval(self, box: Box, fill: str | None = None, line: str | None = LINE, width: float = 1) -> None:
        """Draw an ellipse within a box."""
        self.draw.ellipse(_large(box), fill=fill, outline=line, width=round(width * FINER) if line else 0)

    def line(self, points: Sequence[Point], colour: str = INK, width: float = 1.5) -> None:
        """Draw a line through points."""
        self.draw.line([_large(point) for point in points], fill=colour, width=round(width * FINER), joint="curve")

    def shape(
        self, points: Sequence[Point], fill: str | None = None, line: str | None = None, width: float = 1
    ) -> None:
        """Draw a polygon."""
        self.draw.polygon(
            [_large(point) for point in points], fill=fill, outline=line, width=round(width * FINER) if line else 1
        )

    def stamp(self, mask: Image.Image, at: tuple[int, int], colour: str) -> None:
        """Colour where a mask is white; the mask is ``FINER`` times as wide and high as the place it takes."""
        self.image.paste(Image.new("RGB", mask.size, colour), (at[0] * FINER, at[1] * FINER), mask)

    def paste(
        self, picture: Image.Image, at: tuple[int, int], size: tuple[int, int], *, is_smooth: bool = True
    ) -> None:
        """Put a finished picture in, scaled to a size."""
        sampling = Image.Resampling.LANCZOS if is_smooth else Image.Resampling.NEAREST
        self.image.paste(picture.resize((size[0] * FINER, size[1] * FINER), sampling), (at[0] * FINER, at[1] * FINER))

    def table(
        self,
        at: Point,
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        height: float = 30,
        size: int = 15,
        head: str = SKY,
    ) -> None:
        """Draw a table; the first row is its head."""
        top = at[1]
        for number, row in enumerate(rows):
            left = at[0]
            for width, cell in zip(widths, row, strict=True):
                self.box((left, top, left + width, top + height), head if number == 0 else WHITE)
                self.text((left + 8, top + height / 2), cell, size, face="-Bold" if number == 0 else "", anchor="lm")
                left += width
            top += height

    def save(self, name: str, colours: int = 64, folder: Path = PICTURES) -> None:
        """Write the picture; photographs need more colours than drawings."""
        folder.mkdir(exist_ok=True)
        store(self.image.resize(self.size, Image.Resampling.LANCZOS), folder / name, colours)


def store(picture: Image.Image, path: Path, colours: int = 64) -> None:
    """Write a picture with few colours, so that it is small."""
    picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def _large(measures: Sequence[float]) -> tuple[float, ...]:
    return tuple(measure * FINER for measure in measures)
