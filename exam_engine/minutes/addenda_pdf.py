"""Addenda on pages of their own behind sealed minutes, whose bytes stay the beginning of the file.

The pages are added as an incremental update (ISO 32000-2, 7.5.6): the first bytes of the longer file, as many as the
sealed one has, are the sealed file and give its digest.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pypdf import PdfReader, PdfWriter
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer

from exam_engine.core.document_fonts import register_fonts
from exam_engine.minutes import wording
from exam_engine.minutes.content import MinutesContent
from exam_engine.minutes.sheet import BOLD, COUNCIL, TITLE, Signed, drawn, heading, line, render, signatures_beside


@dataclass(frozen=True, slots=True)
class AddedText:
    """What somebody said after the sealing, and signed with their password."""

    text: str
    at: datetime
    by: str


def pdf_with_addenda(sealed: bytes, sha256: str, content: MinutesContent, addenda: Sequence[AddedText]) -> bytes:
    """Return sealed minutes with their addenda behind them; the same addenda always give the same bytes."""
    writer = PdfWriter(io.BytesIO(sealed), incremental=True)
    for page in PdfReader(io.BytesIO(_pages(len(sealed), sha256, content, addenda))).pages:
        writer.add_page(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _pages(size_bytes: int, sha256: str, content: MinutesContent, addenda: Sequence[AddedText]) -> bytes:
    register_fonts()
    shown = " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))
    story: list[Flowable] = [
        Paragraph(drawn(content.council_name.upper()), COUNCIL),
        Spacer(1, 5 * mm),
        Paragraph(drawn(wording.ADDENDA_TITLE), TITLE),
        Paragraph(drawn(f"{content.room_name} – {content.sitting_name}"), BOLD),
        Spacer(1, 3 * mm),
        line(
            f"Ghi thêm sau khi biên bản đã niêm phong. {size_bytes} byte đầu của tệp này là biên bản đã niêm phong, "
            f"SHA-256: {shown}."
        ),
    ]
    for number, one in enumerate(addenda, start=1):
        signed = Signed(one.by, one.at, ())
        story += [
            heading(f"Phụ lục {number}, lúc {wording.shown_moment(one.at)}"),
            line(one.text),
            KeepTogether(
                [
                    Spacer(1, 3 * mm),
                    signatures_beside([("NGƯỜI GHI PHỤ LỤC", one.by, signed), (wording.HEAD_OF_SITE, "", None)]),
                ]
            ),
        ]
    return render(
        story,
        page_label=wording.ADDENDA_PAGE,
        title=wording.ADDENDA_TITLE,
        author=content.council_name,
        subject=f"SHA-256 {sha256}",
    )
