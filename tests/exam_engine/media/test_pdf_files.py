"""PDF files are taken unless something in them acts, hides or cannot be looked into."""

import io
import zlib

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.exam_engine.media.makers import archive, object_stream, pdf, refused, taken


def printed(*, password: bool = False) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt="mat-khau" if password else None)
    canvas.drawString(72, 720, "Bai thuc hanh 1")
    canvas.linkURL("https://example.org", (72, 700, 200, 715))
    canvas.save()
    return buffer.getvalue()


def test_a_printed_page_with_a_link_is_kept_as_it_is() -> None:
    content = printed()
    kept = taken(content, "attachment", "de.pdf")
    assert (kept.content, kept.content_type) == (content, "application/pdf")


def test_objects_packed_into_streams_are_no_fault() -> None:
    content = pdf(object_stream(b"7 0 << /Type /Font >>"))
    assert taken(content, "attachment", "de.pdf").content == content


@pytest.mark.parametrize(
    "action",
    [
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Type /Filespec /EF << /F 5 0 R >> /Sub /EmbeddedFile >>",
        b"<</S/JavaScript/JS(x)>>",
        # A name may be written with its letters as numbers.
        b"<< /S /J#61vaScript /JS (x) >>",
        b"<< /S /#4a#41#56#41 /Subtype /#52ichMedia >>",
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_actions_are_refused_wherever_they_stand(action: bytes, is_packed: bool) -> None:
    content = pdf(object_stream(b"7 0 " + action) if is_packed else action)
    assert refused(content, "attachment", "de.pdf") == "attachment_pdf_acts"
    assert refused(archive({"bai/de.pdf": content}), "attachment", "de.zip") == "attachment_pdf_acts"


def test_an_action_across_two_pieces_of_a_stream_is_seen() -> None:
    # Streams are unpacked in pieces of 64 KiB of packed bytes; stored blocks keep their length when packed.
    for padding in range(65_520, 65_545):
        packer = zlib.compressobj(0)
        packed = packer.compress(b" " * padding + b"<< /S /JavaScript >>") + packer.flush()
        head = b"<< /Type /ObjStm /N 1 /First 4 /Length %d >>" % len(packed)
        content = pdf(head + b"\nstream\n" + packed + b"\nendstream")
        assert refused(content, "attachment", "de.pdf") == "attachment_pdf_acts"


def test_the_name_of_a_packed_stream_may_be_written_in_numbers_too() -> None:
    content = pdf(object_stream(b"7 0 << /S /JavaScript >>", name=b"/#4fbjStm"))
    assert refused(content, "attachment", "de.pdf") == "attachment_pdf_acts"


def test_protected_files_are_refused_since_they_cannot_be_looked_into() -> None:
    assert refused(printed(password=True), "attachment", "de.pdf") == "attachment_encrypted"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        printed()[:-40],
        printed()[: len(printed()) // 2],
    ],
)
def test_files_that_are_cut_off_are_refused(content: bytes) -> None:
    assert refused(content, "attachment", "de.pdf") == "attachment_damaged"


@pytest.mark.parametrize(
    "hidden",
    [
        object_stream(b"7 0 << /Type /ObjStm >>"),
        b"<< /Type /ObjStm /Length 5 >>\nstream\nhello\nendstream",
        b"<< /Type /ObjStm >>",
        object_stream(b"\0" * 80_000_000),
    ],
    ids=["nested", "not packed as said", "no stream", "bomb"],
)
def test_streams_that_cannot_be_looked_into_are_refused(hidden: bytes) -> None:
    assert refused(pdf(hidden), "attachment", "de.pdf") == "attachment_suspicious"
