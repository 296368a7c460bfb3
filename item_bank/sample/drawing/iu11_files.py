"""Starting files of the practical task of IU11: a rough drawing of a badge and a picture of what it is to become."""

import zipfile

from item_bank.sample.drawing.iu11 import curve
from item_bank.sample.drawing.sketch import FILES, Sketch

_DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">
  <rect id="nen-phu" x="30" y="60" width="120" height="80" fill="#d9dee4"/>
  <circle id="hinh-tron-nho" cx="215" cy="180" r="150" fill="#c9c9c9"/>
  <circle id="hinh-tron-lon" cx="190" cy="215" r="180" fill="#9a9a9a"/>
  <path id="la-cay" fill="#7a7a7a"
        d="M 120 250 C 120 150 190 110 270 100 C 270 190 240 260 150 270 Z"/>
  <text id="ten" x="60" y="385" font-family="sans-serif" font-size="28" fill="#000000">SỐNG XANH</text>
</svg>
"""

_READ_ME = """Màu dùng cho huy hiệu
Vòng khuyên: #1B6E3C
Nền bên trong vòng: #EAF5EC
Lá cây: #4CAF50, nét viền #1B6E3C dày 4
Chữ: #1B6E3C

Vòng khuyên: bán kính ngoài 180, bán kính trong 150, tâm ở giữa trang (200; 200).
"""


def draw() -> None:
    """Write the archive."""
    FILES.mkdir(exist_ok=True)
    with zipfile.ZipFile(FILES / "iu11-badge.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("huy-hieu.svg", _DRAWING), ("mau-sac.txt", _READ_ME)):
            entry = zipfile.ZipInfo(name, (2026, 1, 5, 8, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())


def model() -> None:
    """Draw the badge as it is to become; shown in the task."""
    sketch = Sketch(420, 420)
    middle = 210.0
    green, ground = "#1b6e3c", "#eaf5ec"
    sketch.oval((middle - 180, middle - 180, middle + 180, middle + 180), green, None)
    sketch.oval((middle - 150, middle - 150, middle + 150, middle + 150), ground, None)
    leaf = _leaf(middle, 185.0)
    sketch.shape(leaf, "#4caf50")
    sketch.line([*leaf, leaf[0]], green, 4)
    sketch.text((middle, 306), "SỐNG XANH", 25, green, face="-Bold", anchor="mm")
    sketch.save("iu11-badge.png")


def _leaf(x: float, y: float) -> list[tuple[float, float]]:
    """Return the outline of the leaf of the drawing, its middle moved to a point."""
    pieces = (
        ((120, 250), (120, 150), (190, 110), (270, 100)),
        ((270, 100), (270, 190), (240, 260), (150, 270)),
        ((150, 270), (150, 270), (120, 250), (120, 250)),
    )
    outline = [point for corners in pieces for point in curve(*corners, steps=30)]
    shift_x = x - (min(point[0] for point in outline) + max(point[0] for point in outline)) / 2
    shift_y = y - (min(point[1] for point in outline) + max(point[1] for point in outline)) / 2
    return [(point[0] + shift_x, point[1] + shift_y) for point in outline]


if __name__ == "__main__":
    draw()
    model()
