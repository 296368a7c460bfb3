"""Reads the QR code of a certificate's page with two decoders that share no code."""

import json
import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL.Image import Image

UI = Path(__file__).resolve().parents[2] / "proctor_client" / "ui"
_ZBAR = """
import { scanGrayBuffer } from "@undecaf/zbar-wasm";
const [width, height] = process.argv.slice(1).map(Number);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const pixels = new Uint8Array(Buffer.concat(chunks)).buffer;
const found = await scanGrayBuffer(pixels, width, height);
process.stdout.write(JSON.stringify(found.map((symbol) => symbol.decode())));
"""


def render_page(pdf: bytes, *, dpi: int = 200) -> Image:
    """Return the first page as a phone's camera would see it at that resolution."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    try:
        image: Image = document[0].render(scale=dpi / 72).to_pil()
    finally:
        document.close()
    return image


def read_with_zxing(image: Image) -> list[str]:
    """Return the texts of all codes that ZXing finds."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def read_with_zbar(image: Image) -> list[str]:
    """Return the texts of all codes that ZBar finds; it runs as WebAssembly in Node."""
    gray = image.convert("L")
    width, height = gray.size
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _ZBAR, str(width), str(height)],
        cwd=UI,
        input=gray.tobytes(),
        capture_output=True,
        check=True,
    )
    texts: list[str] = json.loads(done.stdout)
    return texts
