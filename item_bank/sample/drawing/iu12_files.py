"""Starting file of the practical task of IU12: a flat, tilted view of a school with two specks of dust."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from item_bank.sample.drawing.sketch import FILES

_SIZE = (1600, 1200)
_TILT = 3.0
"""Degrees clockwise by which the camera made the scene lean."""


def draw() -> None:
    """Write the photograph."""
    scene = _scene().rotate(-_TILT, Image.Resampling.BICUBIC, expand=False, fillcolor=(150, 170, 190))
    # Cut away what the turn left empty, then flatten: levels from 60 to 190 only, as in mist.
    left, top = 130, 90
    scene = scene.crop((left, top, _SIZE[0] - left, _SIZE[1] - top)).resize(_SIZE, Image.Resampling.LANCZOS)
    values = np.asarray(scene, dtype=np.float64)
    noise = np.random.default_rng(12).normal(0, 1.2, values.shape[:2])[..., None]
    flat = 60 + values / 255 * 130 + noise
    photograph = Image.fromarray(np.clip(flat, 60, 190).astype(np.uint8))
    for x, y in ((1180, 290), (430, 250)):
        speck = Image.new("L", _SIZE, 0)
        ImageDraw.Draw(speck).ellipse((x - 16, y - 16, x + 16, y + 16), fill=200)
        photograph.paste((70, 74, 80), (0, 0), speck.filter(ImageFilter.GaussianBlur(4)))
    FILES.mkdir(exist_ok=True)
    photograph.save(FILES / "iu12-school.jpg", "JPEG", quality=88, optimize=True)


def _scene() -> Image.Image:
    width, height = _SIZE
    image = Image.new("RGB", _SIZE)
    pixels = ImageDraw.Draw(image)
    for y in range(height):
        share = min(y / 700, 1)
        pixels.line([(0, y), (width, y)], fill=(int(70 + 140 * share), int(140 + 90 * share), int(220 + 25 * share)))
    pixels.rectangle((0, 760, width, height), fill=(86, 130, 70))
    pixels.polygon([(600, 760), (1000, 760), (1240, height), (360, height)], fill=(205, 196, 176))
    pixels.rectangle((330, 430, 1270, 760), fill=(238, 214, 150))
    pixels.rectangle((310, 400, 1290, 440), fill=(150, 60, 45))
    for floor in (470, 610):
        for column in range(9):
            left = 365 + column * 102
            if floor == 610 and column == 4:
                continue
            pixels.rectangle((left, floor, left + 66, floor + 90), fill=(70, 96, 120))
            pixels.line([(left + 33, floor), (left + 33, floor + 90)], fill=(238, 238, 230), width=5)
    pixels.rectangle((765, 600, 850, 760), fill=(96, 66, 44))
    pixels.line([(800, 400), (800, 230)], fill=(110, 110, 110), width=8)
    pixels.rectangle((804, 236, 900, 300), fill=(205, 32, 40))
    for x, radius in ((180, 110), (1420, 125), (90, 80)):
        pixels.rectangle((x - 14, 640, x + 14, 790), fill=(92, 64, 44))
        pixels.ellipse((x - radius, 640 - radius * 2, x + radius, 690), fill=(46, 98, 52))
    return image.filter(ImageFilter.GaussianBlur(0.8))


if __name__ == "__main__":
    draw()
