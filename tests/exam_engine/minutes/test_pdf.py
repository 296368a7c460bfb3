"""The minutes as another program reads them."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import pypdf
import pypdfium2
import pytest

from exam_engine.minutes.addenda_pdf import AddedText, pdf_with_addenda
from exam_engine.minutes.content import IncidentLine, MinutesContent, PaperUse, Person, ViolationLine, digest
from exam_engine.minutes.pdf import render_minutes
from exam_engine.minutes.sheet import Signed
from exam_engine.minutes.wording import shown_day, shown_span
from tests.conftest import NINE

DRAWN = tuple(tuple((100 + 40 * x, 200 + (x % 3) * 30) for x in range(12)) for _ in range(2))


def content(*, incidents: int = 1, absent: int = 1, remarks: str = "") -> MinutesContent:
    return MinutesContent(
        version=1,
        council_name="Hội đồng thi Sở GDĐT Lâm Đồng",
        place="Lâm Đồng",
        centre_name="Trung tâm Tin học Đà Lạt",
        administration_name="Kỳ thi đợt 2 năm 2026",
        exam_name="Ứng dụng CNTT cơ bản",
        sitting_name="Ca 1",
        room_name="Phòng máy 1",
        opens_at=NINE,
        closes_at=NINE + timedelta(hours=2),
        duration_minutes=45,
        drawn_up_at=NINE + timedelta(hours=2, minutes=5),
        proctors=("Nguyễn Thị Thuỳ Dương", "Đặng Mỹ Hằng"),
        registered=30,
        absent=tuple(
            Person(candidate_number=f"00{number:02}", full_name="K' Brếp", birth_date="1990", seat_number=number)
            for number in range(1, absent + 1)
        ),
        first_started_at=NINE + timedelta(minutes=2),
        last_finished_at=NINE + timedelta(minutes=55),
        submitted=27,
        timed_out=1,
        ended=1,
        papers=(PaperUse(form_code="101", candidates=15), PaperUse(form_code="102", candidates=14)),
        pauses=(),
        credits=(),
        moves=(),
        doubts=(),
        incidents=tuple(
            IncidentLine(
                at=NINE + timedelta(minutes=number),
                category="power",
                candidate_number=None,
                seat_number=None,
                description="Mất điện dãy máy bên trái, bộ lưu điện giữ được máy chủ.",
                measures="Tạm dừng phòng, đóng lại cầu dao.",
                witnesses="Cán bộ giám sát Trần Văn Ngữ",
                reported_by="Đặng Mỹ Hằng",
                attachments=2,
                was_corrected=True,
            )
            for number in range(incidents)
        ),
        has_ladder=True,
        violations=(
            ViolationLine(
                candidate_number="0007",
                full_name="H'Hen Niê",
                step="Cảnh cáo",
                deduction_percent="50",
                statement="Trao đổi bài sau khi đã bị nhắc.",
                state="confirmed",
                decided_by="Lê Hữu Trường",
            ),
        ),
        remarks=remarks,
    )


SIGNED = [
    Signed("Nguyễn Thị Thuỳ Dương", NINE + timedelta(hours=2, minutes=5), ()),
    Signed("Đặng Mỹ Hằng", NINE + timedelta(hours=2, minutes=6), DRAWN),
]


def read(pdf: bytes) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_another_reader_finds_every_word_in_its_letters() -> None:
    said = content()
    reader, text = read(render_minutes(said, SIGNED))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "HỘI ĐỒNG THI SỞ GDĐT LÂM ĐỒNG",
        "Lâm Đồng, ngày 12 tháng 12 năm 2026",
        "BIÊN BẢN COI THI",
        "Số đăng ký: 30. Số dự thi: 29. Số vắng: 1, gồm:",
        "K' Brếp",
        "mã đề 101: 15 bài; mã đề 102: 14 bài",
        "Mất điện dãy máy bên trái, bộ lưu điện giữ được máy chủ.",
        "Cảnh cáo (trừ 50% điểm bài thi)",
        "đã xác nhận (Lê Hữu Trường)",
        "CÁN BỘ COI THI 1",
        "CÁN BỘ COI THI 2",
        "TRƯỞNG ĐIỂM THI, THƯ KÝ",
        "lúc 11 giờ 05 phút",
        "Trang 1/2",
    ):
        assert words in text, words
    assert "BẢN XEM TRƯỚC" not in text
    assert digest(said) in text.replace(" ", "")
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "BIÊN BẢN COI THI – Phòng máy 1 – Ca 1",
        "Hội đồng thi Sở GDĐT Lâm Đồng",
    )
    assert all(
        round(float(side) / 72 * 25.4) == length
        for page in reader.pages
        for side, length in zip(page.mediabox[2:], (210, 297), strict=True)
    )
    pages: list[Any] = list(reader.pages)
    fonts = {
        str(font["/BaseFont"])
        for page in pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }
    assert all("DocumentSerif" in font for font in fonts)


def test_the_same_content_gives_the_same_bytes_and_a_preview_says_that_it_is_one() -> None:
    said = content()
    assert render_minutes(said, SIGNED) == render_minutes(said, SIGNED)
    _, text = read(render_minutes(said, [], is_preview=True))
    assert "BẢN XEM TRƯỚC" in text
    assert "Ký trên màn hình" not in text


def test_two_people_of_one_name_sign_for_themselves() -> None:
    namesakes = content().model_copy(update={"proctors": ("Đặng Mỹ Hằng", "Đặng Mỹ Hằng")})
    _, once = read(render_minutes(namesakes, SIGNED[1:], is_preview=True))
    assert (once.count("Ký trên màn hình"), once.count("(Ký, ghi rõ họ tên)")) == (1, 2)
    _, twice = read(render_minutes(namesakes, [SIGNED[1], SIGNED[1]]))
    assert (twice.count("Ký trên màn hình"), twice.count("(Ký, ghi rõ họ tên)")) == (2, 1)


ADDED = [
    AddedText("Tìm thấy một điện thoại bỏ quên.\nĐã giao trưởng điểm thi.", NINE + timedelta(hours=3), "Đặng Mỹ Hằng"),
    AddedText("Đã trả điện thoại.", NINE + timedelta(hours=5), "Nguyễn Thị Thuỳ Dương"),
]


def test_addenda_stand_on_pages_of_their_own_behind_the_sealed_bytes() -> None:
    sealed = render_minutes(content(), SIGNED)
    sha256 = hashlib.sha256(sealed).hexdigest()
    longer = pdf_with_addenda(sealed, sha256, content(), ADDED)
    assert longer.startswith(sealed)
    assert pdf_with_addenda(sealed, sha256, content(), ADDED) == longer
    before, _ = read(sealed)
    reader = pypdf.PdfReader(io.BytesIO(longer), strict=True)
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert pages[:-1] == [" ".join(page.extract_text().split()) for page in before.pages]
    for words in (
        "PHỤ LỤC BIÊN BẢN COI THI",
        f"{len(sealed)} byte đầu của tệp này là biên bản đã niêm phong",
        "Phụ lục 1, lúc 12 giờ 00 phút, ngày 12 tháng 12 năm 2026 Tìm thấy một điện thoại bỏ quên. Đã giao",
        "Phụ lục 2, lúc 14 giờ 00 phút, ngày 12 tháng 12 năm 2026 Đã trả điện thoại.",
        "(Ký bằng mật khẩu 12:00 12/12/2026) Đặng Mỹ Hằng",
        "Phụ lục, trang 1/1",
    ):
        assert words in pages[-1], words
    assert sha256 in pages[-1].replace(" ", "")
    # A reader that shares no code with the writer sees the same pages.
    document = pypdfium2.PdfDocument(longer)
    try:
        assert len(document) == len(pages)
        assert "Tìm thấy một điện thoại bỏ quên." in document[len(pages) - 1].get_textpage().get_text_range()
    finally:
        document.close()


@pytest.mark.parametrize("incidents", [0, 40])
def test_long_lists_go_over_pages_that_count_themselves(incidents: int) -> None:
    reader, text = read(
        render_minutes(content(incidents=incidents, absent=25, remarks="Dòng một\nDòng <hai> & ba"), SIGNED)
    )
    pages = len(reader.pages)
    assert all(f"Trang {number}/{pages}" in text for number in range(1, pages + 1))
    assert pages > (5 if incidents else 1)
    assert "Dòng <hai> & ba" in text
    # A table goes on with its headings.
    assert text.count("Diễn biến, cách xử lý") == 0 if incidents == 0 else text.count("Diễn biến, cách xử lý") > 2


def test_the_digest_is_of_what_is_said_and_not_of_when_it_was_signed() -> None:
    said = content()
    assert digest(said.model_copy(update={"drawn_up_at": None})) == digest(said)
    assert digest(said.model_copy(update={"remarks": "x"})) != digest(said)
    assert digest(MinutesContent.model_validate(said.model_dump(mode="json"))) == digest(said)


def test_dates_and_spans_are_written_as_official_papers_do() -> None:
    assert shown_day(NINE.replace(month=2, day=5)) == "ngày 05 tháng 02 năm 2026"
    assert shown_day(NINE.replace(month=6, day=2)) == "ngày 02 tháng 6 năm 2026"
    assert [shown_span(seconds) for seconds in (0, 45, 60, 330)] == ["0 giây", "45 giây", "1 phút", "5 phút 30 giây"]
