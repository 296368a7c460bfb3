"""The QR symbol: as small as an independent encoder makes it, drawn exactly as encoded."""

import io

import numpy as np
import pypdfium2
import pytest
import qrcode
from reportlab.pdfgen.canvas import Canvas

from certificates.qr_payload import sign_payload, verification_url
from certificates.rendering.fonts import TEXT, register_fonts
from certificates.rendering.qr_symbol import QUIET_ZONE, draw_qr, modules
from tests.certificates.makers import KEY, make_facts


def text_for(name: str, host: str) -> str:
    return verification_url(f"https://{host}", sign_payload(make_facts(name=name), KEY))


@pytest.mark.parametrize("name", ["Ya Ly", "Nguyễn Thị Thuỳ Dương", "Ộ" * 16])
@pytest.mark.parametrize("host", ["cc.example.vn", "chungchi.lamdong.example.vn"])
def test_the_symbol_is_as_small_as_the_reference_encoder_makes_it(name: str, host: str) -> None:
    text = text_for(name, host)
    reference = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    reference.add_data(text)
    reference.make(fit=True)
    assert len(modules(text)) == reference.modules_count


@pytest.mark.parametrize("name", ["Ya Ly", "Ộ" * 16])
def test_a_usual_name_needs_at_most_version_10(name: str) -> None:
    # Version 10 has 57 modules: at 30 mm each is wider than half a millimetre.
    assert len(modules(text_for(name, "chungchi.example.vn"))) <= 57


def test_the_drawn_symbol_is_the_encoded_one_inside_its_quiet_zone() -> None:
    register_fonts()
    dark = modules(text_for("Ya Ly", "cc.example.vn"))
    count = len(dark)
    page = count + 2 * QUIET_ZONE
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(page, page), initialFontName=TEXT)
    canvas.setFillGray(0.5)
    canvas.rect(0, 0, page, page, stroke=0, fill=1)
    draw_qr(canvas, text_for("Ya Ly", "cc.example.vn"), x=QUIET_ZONE, y=QUIET_ZONE, side=count)
    canvas.save()
    document = pypdfium2.PdfDocument(output.getvalue())
    try:
        image = np.asarray(document[0].render(scale=8).to_pil().convert("L"))
    finally:
        document.close()
    centres = image[4::8, 4::8]
    expected = np.full((page, page), 255)
    expected[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE][dark] = 0
    assert np.array_equal(centres, expected)
