"""The certificate PDF: every fact readable, every letter embedded, nothing active, the same bytes again."""

import io
import json
import re
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from certificates.names import LETTERS
from certificates.public_id import group_public_id
from certificates.qr_payload import Level
from certificates.rendering.page import UnprintableTextError, render_certificate
from tests.certificates.makers import make_content

ZBAR_SCRIPT = Path(__file__).with_name("read_with_zbar.mjs")
LONG_NAME = "Công Tằng Tôn Nữ Hoàng Phượng Quỳnh Ngọc"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        text_page = page.get_textpage()
        text = str(text_page.get_text_range())
        text_page.close()
        page.close()
        return re.sub(r"\s+", " ", text)
    finally:
        document.close()


def resources_of(pdf: bytes) -> pypdf.generic.DictionaryObject:
    resources = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    assert isinstance(resources, pypdf.generic.DictionaryObject)
    return resources


def image_of(pdf: bytes, dpi: int) -> NDArray[np.uint8]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        image = document[0].render(scale=dpi / 72).to_pil().convert("L")
        return np.asarray(image, dtype=np.uint8)
    finally:
        document.close()


def test_the_page_is_one_a4_sheet_across() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_certificate(make_content())))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (297, 210)


def test_every_printed_fact_can_be_read_back_with_its_marks() -> None:
    text = text_of(render_certificate(make_content()))
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "GIÁM ĐỐC TRUNG TÂM SÁT HẠCH CÔNG NGHỆ THÔNG TIN TỈNH LÂM ĐỒNG",
        "CHỨNG CHỈ",
        "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN",
        "Nguyễn Thị Thuỳ Dương",
        "Ngày sinh: 05/03/1990",
        "Nơi sinh: Đắk Nông",
        "kỳ thi ngày 12/12/2026 của Hội đồng thi Trung tâm sát hạch CNTT Lâm Đồng",
        "trắc nghiệm 7,25; thực hành 8,50",
        "Quyết định số 05/QĐ-TTSH ngày 20/12/2026",
        "Lâm Đồng, ngày 22 tháng 12 năm 2026",
        "Trần Quốc Bảo",
        "Số hiệu: CB 0012345",
        "Số vào sổ cấp chứng chỉ: 0123/2026-CB",
        f"Mã tra cứu: {group_public_id(make_content().public_id)}",
        "chungchi.example.vn/c",
    ):
        assert expected in text


def test_an_advanced_certificate_says_so() -> None:
    text = text_of(render_certificate(make_content(level=Level.ADVANCED)))
    assert "NÂNG CAO" in text
    assert "CƠ BẢN" not in text


def test_a_birth_year_alone_is_called_a_year() -> None:
    text = text_of(render_certificate(make_content(birth_date="1968")))
    assert "Năm sinh: 1968" in text
    assert "Ngày sinh" not in text


def test_only_a_demonstration_authority_prints_the_specimen_mark() -> None:
    assert "BẢN MẪU – KHÔNG CÓ GIÁ TRỊ" in text_of(render_certificate(make_content(is_specimen=True)))
    assert "BẢN MẪU" not in text_of(render_certificate(make_content()))


@pytest.mark.parametrize("name", ["Ya Ly", "Nguyễn Thị Thuỳ Dương", LONG_NAME, "Y Moan Êban", "Ư" * 25])
@pytest.mark.parametrize("level", list(Level))
def test_the_code_of_a_printed_page_is_read_at_150_dpi(name: str, level: Level) -> None:
    content = make_content(holder_name=name, level=level)
    found = zxingcpp.read_barcodes(image_of(render_certificate(content), 150))
    assert [barcode.text for barcode in found] == [content.qr_text]


def test_a_second_decoder_reads_the_printed_code_at_150_dpi() -> None:
    content = make_content(holder_name=LONG_NAME)
    image = image_of(render_certificate(content), 150)
    height, width = image.shape
    command = ["node", str(ZBAR_SCRIPT), str(width), str(height)]
    run = subprocess.run(command, input=image.tobytes(), capture_output=True, timeout=60)
    assert run.returncode == 0, run.stderr.decode()
    assert json.loads(run.stdout) == [content.qr_text]


def test_the_code_is_a_small_symbol_of_error_correction_m() -> None:
    content = make_content(holder_name=LONG_NAME)
    [found] = zxingcpp.read_barcodes(image_of(render_certificate(content), 300))
    assert found.ec_level == "M"
    corners = found.position
    side = corners.top_right.x - corners.top_left.x
    assert 29.5 <= side / 300 * 25.4 <= 30.5
    # At least half a millimetre a module: what a phone resolves and a worn print keeps.
    assert side / 300 * 25.4 / 57 > 0.5


def test_every_letter_is_embedded() -> None:
    table = resources_of(render_certificate(make_content()))["/Font"]
    assert isinstance(table, pypdf.generic.DictionaryObject)
    fonts = [font.get_object() for font in table.values()]
    assert len(fonts) == 5
    for font in fonts:
        assert "+Certificate" in font["/BaseFont"]
        assert "/FontFile2" in font["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_nothing_in_the_file_acts_or_points_outside() -> None:
    pdf = render_certificate(make_content(holder_name="Ya Ly"))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    objects = "\n".join(str(reader.get_object(number)) for number in sorted(reader.xref[0]))
    assert "/Catalog" in objects
    assert not re.search(r"/(JavaScript|JS|OpenAction|AA|URI|Launch|EmbeddedFiles?|Helvetica)\b", objects)
    assert "/Annots" not in reader.pages[0]


def test_the_same_content_gives_the_same_bytes_and_another_content_does_not() -> None:
    assert render_certificate(make_content()) == render_certificate(make_content())
    assert render_certificate(make_content()) != render_certificate(make_content(serial_number="CB 0012346"))


def test_the_file_is_small_enough_to_keep_for_ever() -> None:
    assert len(render_certificate(make_content(holder_name=LONG_NAME))) < 70_000


def test_letters_without_a_code_point_are_drawn_and_still_read_as_text() -> None:
    name = "Ê\u0306ban Ơ\u0306 Ư\u0306n ô\u0306"
    pdf = render_certificate(make_content(holder_name=name))
    assert name in text_of(pdf)
    assert not np.array_equal(
        image_of(pdf, 100), image_of(render_certificate(make_content(holder_name="Êban Ơ Ưn ô")), 100)
    )


@pytest.mark.parametrize("field", ["birth_place", "council_name", "issuer_title", "signatory_name", "decision_number"])
@pytest.mark.parametrize("character", ["漢", "\u202e", "\u200b", "🎓", "\ue000"])
def test_a_character_without_a_glyph_is_refused_instead_of_leaving_a_hole(field: str, character: str) -> None:
    with pytest.raises(UnprintableTextError) as caught:
        render_certificate(make_content(**{field: f"Đà Lạt {character}"}))
    assert caught.value.characters == [character]


def test_mark_up_in_a_name_of_a_place_is_only_text() -> None:
    place = '<img src="/etc/hostname"/><a href="javascript:alert(1)">Đà Lạt</a>'
    pdf = render_certificate(make_content(birth_place=place))
    assert "javascript:alert(1)" in text_of(pdf)
    drawn = resources_of(pdf)["/XObject"]
    assert isinstance(drawn, pypdf.generic.DictionaryObject)
    subtypes = {value.get_object()["/Subtype"] for value in drawn.values()}
    assert subtypes == {"/Form"}


def test_the_longest_texts_stay_inside_the_frame_and_apart() -> None:
    content = make_content(
        holder_name="Ộ" * 26,
        birth_place="Xã Đạ Nhim, huyện Lạc Dương, tỉnh Lâm Đồng (nay là xã Lạc Dương, tỉnh Lâm Đồng), Việt Nam",
        council_name="Hội đồng thi cấp chứng chỉ ứng dụng công nghệ thông tin " * 3,
        issuer_title="GIÁM ĐỐC TRUNG TÂM SÁT HẠCH VÀ BỒI DƯỠNG CÔNG NGHỆ THÔNG TIN VÀ TRUYỀN THÔNG " * 2,
        signatory_title=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC PHỤ TRÁCH KHẢO THÍ VÀ KIỂM ĐỊNH CHẤT LƯỢNG"),
        decision_date=date(2026, 12, 20),
    )
    document = pypdfium2.PdfDocument(render_certificate(content))
    try:
        page = document[0]
        text_page = page.get_textpage()
        boxes = [text_page.get_charbox(index, loose=False) for index in range(text_page.count_chars())]
        text_page.close()
        page.close()
    finally:
        document.close()
    inner = 18 / 25.4 * 72
    drawn = [box for box in boxes if box[2] > box[0]]
    assert min(box[0] for box in drawn) > inner
    assert max(box[2] for box in drawn) < 297 / 25.4 * 72 - inner
    assert min(box[1] for box in drawn) > inner
    assert max(box[3] for box in drawn) < 210 / 25.4 * 72 - inner


def test_lines_of_the_body_do_not_touch() -> None:
    # Rows of dark ink in a strip through the middle: each text line is one run of rows, white rows lie between.
    content = make_content(
        council_name="Hội đồng thi Trung tâm Tin học và Ngoại ngữ tỉnh Lâm Đồng khóa tháng mười hai năm 2026"
    )
    ink = image_of(render_certificate(content), 200) < 90
    top, bottom, left, right = (round(millimetres / 25.4 * 200) for millimetres in (104, 142, 60, 200))
    rows = [bool(row.any()) for row in ink[top:bottom, left:right]]
    starts = [row for row, (above, here) in enumerate(pairwise([False, *rows])) if here and not above]
    assert len(starts) >= 5


def test_an_independent_reader_finds_the_name_with_all_its_marks() -> None:
    pages = pypdf.PdfReader(io.BytesIO(render_certificate(make_content(holder_name=LONG_NAME)))).pages
    assert LONG_NAME in pages[0].extract_text()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.sampled_from(sorted(LETTERS)), min_size=1, max_size=7), min_size=1, max_size=3))
def test_any_allowed_name_can_be_printed_and_read_back(words: list[str]) -> None:
    name = " ".join(words)
    assert name in text_of(render_certificate(make_content(holder_name=name)))
