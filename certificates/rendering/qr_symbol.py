"""The QR symbol as one vector path of row runs."""

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

QUIET_ZONE = 4
"""Modules of white around the symbol, as ISO/IEC 18004 asks."""


def modules(text: str) -> NDArray[np.bool_]:
    """Return the symbol, dark = True, as an (n, n) array: error correction M, address in bytes, digits as numbers."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False))
    return image < 128


def draw_qr(canvas: Canvas, text: str, *, x: float, y: float, side: float) -> None:
    """Draw the symbol with its lower left corner at (x, y), ``side`` points wide without the quiet zone."""
    dark = modules(text)
    count = len(dark)
    size = side / count
    margin = QUIET_ZONE * size
    canvas.setFillColor(white)
    canvas.rect(x - margin, y - margin, side + 2 * margin, side + 2 * margin, stroke=0, fill=1)
    # One unit is one module, rows count from the top: the runs then are whole numbers and the path stays short.
    operators = [f"q 0 g {size:.6f} 0 0 {-size:.6f} {x:.3f} {y + side:.3f} cm"]
    for row, line in enumerate(dark):
        edges = np.flatnonzero(np.diff(line.astype(np.int8), prepend=0, append=0))
        operators += [f"{start} {row} {end - start} 1 re" for start, end in edges.reshape(-1, 2).tolist()]
    operators.append("f Q")
    canvas.addLiteral("\n".join(operators))
