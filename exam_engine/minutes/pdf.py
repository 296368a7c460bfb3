"""The minutes as PDF, A4 in the form of an official document; the same content always gives the same bytes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from exam_engine.core.document_fonts import SERIF, SERIF_BOLD, SERIF_ITALIC, drawable, register_fonts
from exam_engine.core.numbered_pages import numbered_pages
from exam_engine.core.time import VIETNAM
from exam_engine.minutes import wording
from exam_engine.minutes.content import MinutesContent, digest

# Text encodings inside the file only make it larger; nothing here needs seven-bit PDFs.
rl_config.useA85 = 0

_LEFT, _RIGHT, _TOP, _BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""Margins within those that Decree 30/2020/NĐ-CP sets for official documents."""
_WIDTH = A4[0] - _LEFT - _RIGHT
_RULE, _SHADE, _INK, _WARNING = HexColor("#6B7280"), HexColor("#EEF1F6"), HexColor("#12348C"), HexColor("#A61C1C")
_SIGNATURE_HEIGHT = 20 * mm
_STROKE_WIDTH, _STROKE_HEIGHT = 1000, 400
"""The field that strokes were drawn in, in the thousandths they are counted in."""


def _style(name: str, size: float, **changes: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=SERIF, fontSize=size, leading=size * 1.28, **changes)


_BODY = _style("body", 13, alignment=TA_JUSTIFY, spaceAfter=3)
_CENTRED = _style("centred", 13, alignment=TA_CENTER)
_SMALL = _style("small", 10, alignment=TA_CENTER)
_BOLD = ParagraphStyle("bold", parent=_CENTRED, fontName=SERIF_BOLD)
_STATE = ParagraphStyle("state", parent=_BOLD, fontSize=11.5, leading=15)
_COUNCIL = ParagraphStyle("council", parent=_BOLD, fontSize=12, leading=15)
_ITALIC = ParagraphStyle("italic", parent=_CENTRED, fontName=SERIF_ITALIC)
_TITLE = ParagraphStyle("title", parent=_CENTRED, fontName=SERIF_BOLD, fontSize=15, leading=20)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontName=SERIF_BOLD, alignment=TA_LEFT, spaceBefore=7)
_PREVIEW = ParagraphStyle("preview", parent=_BOLD, fontSize=11, textColor=_WARNING)
_CELL = _style("cell", 11, alignment=TA_LEFT)
_CELL_CENTRED = ParagraphStyle("cell centred", parent=_CELL, alignment=TA_CENTER)
_CELL_HEAD = ParagraphStyle("cell head", parent=_CELL_CENTRED, fontName=SERIF_BOLD)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature to print; without strokes the name was typed."""

    name: str
    at: datetime
    strokes: tuple[tuple[tuple[int, int], ...], ...]


class _Strokes(Flowable):  # type: ignore[misc]
    """A drawn signature, scaled into the field above the signer's name."""

    def __init__(self, signed: Signed, width: float) -> None:
        super().__init__()
        self.width, self.height = width, _SIGNATURE_HEIGHT
        self._signed = signed

    def draw(self) -> None:
        scale = min(self.width / _STROKE_WIDTH, self.height / _STROKE_HEIGHT)
        left = (self.width - _STROKE_WIDTH * scale) / 2
        canvas = self.canv
        canvas.setStrokeColor(_INK)
        canvas.setLineWidth(1.2)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for stroke in self._signed.strokes:
            path = canvas.beginPath()
            for number, (x, y) in enumerate(stroke):
                place = left + x * scale, self.height - y * scale
                if number == 0:
                    path.moveTo(*place)
                else:
                    path.lineTo(*place)
            if len(stroke) == 1:
                path.lineTo(left + stroke[0][0] * scale + 0.1, self.height - stroke[0][1] * scale)
            canvas.drawPath(path)


def render_minutes(content: MinutesContent, signatures: Sequence[Signed], *, is_preview: bool = False) -> bytes:
    """Return the PDF of minutes with the signatures given so far."""
    register_fonts()
    output = io.BytesIO()
    document = BaseDocTemplate(
        output,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"{wording.TITLE} – {content.room_name} – {content.sitting_name}",
        author=content.council_name,
        subject=f"SHA-256 {digest(content)}",
        creator="exam-engine",
        lang="vi-VN",
        invariant=1,
        initialFontName=SERIF,
    )
    frame = Frame(_LEFT, _BOTTOM, _WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))
    story = [*_head(content, is_preview), *_body(content), *_closing(content, signatures)]
    document.build(story, canvasmaker=numbered_pages(wording.PAGE, height=11 * mm))
    return output.getvalue()


def _text(text: str) -> str:
    return escape(drawable(text), quote=False).replace("\n", "<br/>")


def _line(text: str) -> Paragraph:
    return Paragraph(_text(text), _BODY)


def _head(content: MinutesContent, is_preview: bool) -> list[Flowable]:
    def rule(width: str) -> HRFlowable:
        return HRFlowable(width=width, thickness=0.6, color=_RULE, spaceBefore=1, spaceAfter=4)

    day = content.drawn_up_at or content.opens_at
    left = [
        Paragraph(_text(content.council_name.upper()), _COUNCIL),
        Paragraph(_text(content.centre_name), _CENTRED),
        rule("35%"),
    ]
    right = [
        Paragraph(_text(wording.STATE_NAME), _STATE),
        Paragraph(_text(wording.MOTTO), _BOLD),
        rule("62%"),
        Paragraph(_text(f"{content.place}, {wording.shown_day(day)}"), _ITALIC),
    ]
    grid = Grid([[left, right]], colWidths=[_WIDTH * 0.42, _WIDTH * 0.58])
    grid.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"), *_no_padding()])
    )
    version = f" (lập lại lần {content.version - 1})" if content.version > 1 else ""
    preview = [Paragraph(_text(wording.PREVIEW), _PREVIEW)] if is_preview else []
    return [
        grid,
        Spacer(1, 5 * mm),
        *preview,
        Paragraph(_text(wording.TITLE + version), _TITLE),
        Paragraph(_text(f"{content.room_name} – {content.sitting_name}"), _BOLD),
        Spacer(1, 3 * mm),
    ]


def _no_padding() -> list[tuple[Any, ...]]:
    # The library's own face would go into the file without being embedded.
    return [
        ("FONT", (0, 0), (-1, -1), SERIF),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ]


def _body(content: MinutesContent) -> list[Flowable]:
    opens, closes = wording.shown_time(content.opens_at), wording.shown_time(content.closes_at)
    story = [
        _heading("1. Kỳ thi, thời gian, địa điểm"),
        _line(f"Kỳ thi: {content.administration_name}. Bài thi: {content.exam_name}."),
        _line(
            f"Ca thi {content.sitting_name}, {wording.shown_day(content.opens_at)}, mở đề lúc {opens}, "
            f"đóng lúc {closes}; thời gian làm bài {content.duration_minutes} phút. "
            f"Phòng thi: {content.room_name}, {content.centre_name}."
        ),
        _heading("2. Cán bộ coi thi"),
        *[_line(f"{number}. {name}") for number, name in enumerate(content.proctors, start=1)],
        _heading("3. Thí sinh"),
        _line(
            f"Số đăng ký: {content.registered}. Số dự thi: {content.present}. Số vắng: {len(content.absent)}"
            + (", gồm:" if content.absent else ".")
        ),
    ]
    if content.absent:
        story.append(
            _table(
                (("STT", 1), ("Số báo danh", 2.4), ("Họ và tên", 5), ("Ngày sinh", 2.4), ("Máy số", 1.4)),
                [
                    (number, one.candidate_number, one.full_name, one.birth_date, one.seat_number or "")
                    for number, one in enumerate(content.absent, start=1)
                ],
                left={2},
            )
        )
    story += _course(content)
    story += _time(content)
    story += _people(content)
    story += _incidents(content)
    if content.has_ladder or content.violations:
        story += _violations(content)
    story += [
        _heading(f"{8 if content.has_ladder or content.violations else 7}. Ý kiến của cán bộ coi thi"),
        _line(content.remarks or wording.NONE),
    ]
    return story


def _course(content: MinutesContent) -> list[Flowable]:
    started, finished = content.first_started_at, content.last_finished_at
    papers = "; ".join(f"mã đề {use.form_code}: {use.candidates} bài" for use in content.papers)
    return [
        _heading("4. Diễn biến và đề thi"),
        _line(
            f"Thí sinh đầu tiên bắt đầu lúc {wording.shown_time(started)}, bài cuối cùng kết thúc lúc "
            f"{wording.shown_time(finished)}."
            if started is not None and finished is not None
            else "Không có thí sinh nào làm bài."
        ),
        _line(
            f"Tự nộp bài: {content.submitted}. Hết giờ, máy chủ đóng bài: {content.timed_out}. "
            f"Bị kết thúc bài: {content.ended}."
        ),
        _line(f"Đề đã dùng: {papers}." if papers else f"Đề đã dùng: {wording.NONE.lower()}"),
    ]


def _time(content: MinutesContent) -> list[Flowable]:
    story: list[Flowable] = [_heading("5. Tạm dừng, bù giờ, đổi máy, đối chiếu người")]
    named = {"sitting": "cả ca thi", "room": "cả phòng thi"}
    for pause in content.pauses:
        whom = named.get(pause.whom, f"thí sinh {pause.whom}")
        until = f"đến {wording.short_time(pause.ended_at)}" if pause.ended_at is not None else "chưa kết thúc"
        reason = wording.REASON_NAMES.get(pause.reason, pause.reason)
        story.append(_line(f"– Tạm dừng {whom} từ {wording.short_time(pause.started_at)} {until}: {reason}."))
    for credit in content.credits:
        signed = f", {credit.decided_by} ký" if credit.decided_by not in {"", credit.proposed_by} else ""
        story.append(
            _line(
                f"– Bù {wording.shown_span(credit.seconds)} cho thí sinh {credit.candidate_number}: "
                f"{wording.REASON_NAMES.get(credit.reason, credit.reason)} ({credit.proposed_by} đề nghị{signed})."
            )
        )
    story += [
        _line(
            f"– Lúc {wording.short_time(move.at)} thí sinh {move.candidate_number} chuyển từ máy {move.from_seat} "
            f"sang máy {move.to_seat}: {wording.REASON_NAMES.get(move.reason, move.reason)}."
        )
        for move in content.moves
    ]
    return story


def _people(content: MinutesContent) -> list[Flowable]:
    story: list[Flowable] = [
        _line(
            f"– Nghi vấn khi đối chiếu người, thí sinh {doubt.candidate_number}: "
            f"{wording.REASON_NAMES.get(doubt.reason, doubt.reason)}{f'. {doubt.note}' if doubt.note else ''}."
        )
        for doubt in content.doubts
    ]
    if not (content.pauses or content.credits or content.moves or content.doubts):
        story.append(_line(wording.NONE))
    return story


def _incidents(content: MinutesContent) -> list[Flowable]:
    heading = _heading("6. Sự cố")
    if not content.incidents:
        return [heading, _line(wording.NONE)]
    rows = []
    for one in content.incidents:
        told = [one.description]
        if one.measures:
            told.append(f"Xử lý: {one.measures}")
        if one.witnesses:
            told.append(f"Người chứng kiến: {one.witnesses}")
        if one.attachments:
            told.append(f"Kèm {one.attachments} tệp.")
        by = f"Người ghi: {one.reported_by}" + (", có sửa lại." if one.was_corrected else ".")
        rows.append(
            (
                wording.short_time(one.at),
                wording.INCIDENT_NAMES.get(one.category, one.category),
                one.candidate_number or "cả phòng",
                "\n".join([*told, by]),
            )
        )
    columns = (("Lúc", 1.1), ("Loại", 2.3), ("Thí sinh", 1.7), ("Diễn biến, cách xử lý", 7))
    return [heading, _table(columns, rows, left={1, 3})]


def _violations(content: MinutesContent) -> list[Flowable]:
    heading = _heading("7. Vi phạm quy chế thi")
    if not content.violations:
        return [heading, _line(wording.NONE)]
    rows = []
    for one in content.violations:
        state = wording.STATE_NAMES.get(one.state, one.state)
        by = f" ({one.decided_by})" if one.decided_by is not None else ""
        rows.append(
            (
                one.candidate_number,
                one.full_name,
                f"{one.step} (trừ {one.deduction_percent}% điểm bài thi)",
                one.statement,
                f"{state}{by}",
            )
        )
    columns = (("Số báo danh", 1.7), ("Họ và tên", 2.6), ("Hình thức", 2.4), ("Nội dung", 3.6), ("Tình trạng", 2))
    return [heading, _table(columns, rows, left={1, 2, 3, 4})]


def _heading(text: str) -> Flowable:
    # A heading never stands alone at the foot of a page.
    return KeepTogether([CondPageBreak(24 * mm), Paragraph(_text(text), _HEADING)])


def _table(columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[Any]], *, left: set[int]) -> Flowable:
    total = sum(width for _, width in columns)
    content = [[Paragraph(_text(name), _CELL_HEAD) for name, _ in columns]]
    content += [
        [Paragraph(_text(str(value)), _CELL if number in left else _CELL_CENTRED) for number, value in enumerate(row)]
        for row in rows
    ]
    grid = Grid(content, colWidths=[_WIDTH * width / total for _, width in columns], repeatRows=1, splitInRow=1)
    grid.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), SERIF),
                ("GRID", (0, 0), (-1, -1), 0.4, _RULE),
                ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    grid.spaceBefore, grid.spaceAfter = 2, 5
    return grid


def _closing(content: MinutesContent, signatures: Sequence[Signed]) -> list[Flowable]:
    at = content.drawn_up_at
    when = f"lúc {wording.shown_time(at)}, {wording.shown_day(at)}" if at is not None else "lúc … giờ … phút"
    statement = (
        f"Biên bản được lập xong {when}, đã đọc lại cho những người có tên dưới đây cùng nghe, công nhận đúng và ký."
    )
    by_name = {one.name: one for one in signatures}
    titles = (
        ["CÁN BỘ COI THI"]
        if len(content.proctors) == 1
        else [f"CÁN BỘ COI THI {number}" for number in range(1, len(content.proctors) + 1)]
    )
    people = [(title, name, by_name.get(name)) for title, name in zip(titles, content.proctors, strict=True)]
    cells = [_signature(title, name, signed) for title, name, signed in people]
    cells.append(_signature("TRƯỞNG ĐIỂM THI, THƯ KÝ", "", None))
    # Two or three beside each other, more in rows of three.
    across = min(3, len(cells))
    rows = [cells[start : start + across] for start in range(0, len(cells), across)]
    rows[-1] += [[] for _ in range(across - len(rows[-1]))]
    grid = Grid(rows, colWidths=[_WIDTH / across] * across)
    grid.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"), *_no_padding()])
    )
    number = digest(content)
    shown = " ".join(number[start : start + 8] for start in range(0, len(number), 8))
    return [
        Spacer(1, 3 * mm),
        KeepTogether(
            [
                _line(statement),
                Spacer(1, 4 * mm),
                grid,
                Spacer(1, 4 * mm),
                Paragraph(_text(f"Mã băm nội dung (SHA-256): {shown}"), _SMALL),
            ]
        ),
    ]


def _signature(title: str, name: str, signed: Signed | None) -> list[Flowable]:
    width = _WIDTH / 3 - 4 * mm
    story: list[Flowable] = [Paragraph(_text(title), ParagraphStyle("who", parent=_BOLD, fontSize=10.5, leading=14))]
    if signed is None:
        return [*story, Paragraph(_text("(Ký, ghi rõ họ tên)"), _SMALL), Spacer(1, _SIGNATURE_HEIGHT), *_named(name)]
    local = signed.at.astimezone(VIETNAM)
    at = f"{local:%H:%M} {local:%d/%m/}{local.year}"
    if signed.strokes:
        story += [Paragraph(_text(f"(Ký trên màn hình {at})"), _SMALL), _Strokes(signed, width)]
    else:
        story += [
            Paragraph(_text(f"(Ký bằng mật khẩu {at})"), _SMALL),
            Spacer(1, _SIGNATURE_HEIGHT / 3),
            Paragraph(_text(signed.name), ParagraphStyle("typed", parent=_ITALIC, fontSize=14, textColor=_INK)),
            Spacer(1, _SIGNATURE_HEIGHT / 3),
        ]
    return [*story, *_named(name)]


def _named(name: str) -> list[Flowable]:
    return [Paragraph(_text(name), ParagraphStyle("named", parent=_BOLD, fontSize=12, leading=15))] if name else []
