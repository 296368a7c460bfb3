"""The minutes as PDF, A4 in the form of an official document; the same content always gives the same bytes."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from exam_engine.core.document_fonts import register_fonts
from exam_engine.minutes import wording
from exam_engine.minutes.content import MinutesContent, digest
from exam_engine.minutes.sheet import (
    BOLD,
    CENTRED,
    COUNCIL,
    ITALIC,
    PREVIEW,
    RULE,
    SMALL,
    STATE,
    TITLE,
    WIDTH,
    Signed,
    drawn,
    heading,
    line,
    no_padding,
    render,
    signatures_beside,
    table,
)


def render_minutes(content: MinutesContent, signatures: Sequence[Signed], *, is_preview: bool = False) -> bytes:
    """Return the PDF of minutes with the signatures given so far."""
    register_fonts()
    return render(
        [*_head(content, is_preview), *_body(content), *_closing(content, signatures)],
        page_label=wording.PAGE,
        title=f"{wording.TITLE} – {content.room_name} – {content.sitting_name}",
        author=content.council_name,
        subject=f"SHA-256 {digest(content)}",
    )


def _head(content: MinutesContent, is_preview: bool) -> list[Flowable]:
    def rule(width: str) -> HRFlowable:
        return HRFlowable(width=width, thickness=0.6, color=RULE, spaceBefore=1, spaceAfter=4)

    day = content.drawn_up_at or content.opens_at
    left = [
        Paragraph(drawn(content.council_name.upper()), COUNCIL),
        Paragraph(drawn(content.centre_name), CENTRED),
        rule("35%"),
    ]
    right = [
        Paragraph(drawn(wording.STATE_NAME), STATE),
        Paragraph(drawn(wording.MOTTO), BOLD),
        rule("62%"),
        Paragraph(drawn(f"{content.place}, {wording.shown_day(day)}"), ITALIC),
    ]
    grid = Grid([[left, right]], colWidths=[WIDTH * 0.42, WIDTH * 0.58])
    grid.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"), *no_padding()])
    )
    version = f" (lập lại lần {content.version - 1})" if content.version > 1 else ""
    preview = [Paragraph(drawn(wording.PREVIEW), PREVIEW)] if is_preview else []
    return [
        grid,
        Spacer(1, 5 * mm),
        *preview,
        Paragraph(drawn(wording.TITLE + version), TITLE),
        Paragraph(drawn(f"{content.room_name} – {content.sitting_name}"), BOLD),
        Spacer(1, 3 * mm),
    ]


def _body(content: MinutesContent) -> list[Flowable]:
    opens, closes = wording.shown_time(content.opens_at), wording.shown_time(content.closes_at)
    story = [
        heading("1. Kỳ thi, thời gian, địa điểm"),
        line(f"Kỳ thi: {content.administration_name}. Bài thi: {content.exam_name}."),
        line(
            f"Ca thi {content.sitting_name}, {wording.shown_day(content.opens_at)}, mở đề lúc {opens}, "
            f"đóng lúc {closes}; thời gian làm bài {content.duration_minutes} phút. "
            f"Phòng thi: {content.room_name}, {content.centre_name}."
        ),
        heading("2. Cán bộ coi thi"),
        *[line(f"{number}. {name}") for number, name in enumerate(content.proctors, start=1)],
        heading("3. Thí sinh"),
        line(
            f"Số đăng ký: {content.registered}. Số dự thi: {content.present}. Số vắng: {len(content.absent)}"
            + (", gồm:" if content.absent else ".")
        ),
    ]
    if content.absent:
        story.append(
            table(
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
        heading(f"{8 if content.has_ladder or content.violations else 7}. Ý kiến của cán bộ coi thi"),
        line(content.remarks or wording.NONE),
    ]
    return story


def _course(content: MinutesContent) -> list[Flowable]:
    started, finished = content.first_started_at, content.last_finished_at
    papers = "; ".join(f"mã đề {use.form_code}: {use.candidates} bài" for use in content.papers)
    return [
        heading("4. Diễn biến và đề thi"),
        line(
            f"Thí sinh đầu tiên bắt đầu lúc {wording.shown_time(started)}, bài cuối cùng kết thúc lúc "
            f"{wording.shown_time(finished)}."
            if started is not None and finished is not None
            else "Không có thí sinh nào làm bài."
        ),
        line(
            f"Tự nộp bài: {content.submitted}. Hết giờ, máy chủ đóng bài: {content.timed_out}. "
            f"Bị kết thúc bài: {content.ended}."
        ),
        line(f"Đề đã dùng: {papers}." if papers else f"Đề đã dùng: {wording.NONE.lower()}"),
    ]


def _time(content: MinutesContent) -> list[Flowable]:
    story: list[Flowable] = [heading("5. Tạm dừng, bù giờ, đổi máy, đối chiếu người")]
    named = {"sitting": "cả ca thi", "room": "cả phòng thi"}
    for pause in content.pauses:
        whom = named.get(pause.whom, f"thí sinh {pause.whom}")
        until = f"đến {wording.short_time(pause.ended_at)}" if pause.ended_at is not None else "chưa kết thúc"
        reason = wording.REASON_NAMES.get(pause.reason, pause.reason)
        story.append(line(f"– Tạm dừng {whom} từ {wording.short_time(pause.started_at)} {until}: {reason}."))
    for credit in content.credits:
        signed = f", {credit.decided_by} ký" if credit.decided_by not in {"", credit.proposed_by} else ""
        story.append(
            line(
                f"– Bù {wording.shown_span(credit.seconds)} cho thí sinh {credit.candidate_number}: "
                f"{wording.REASON_NAMES.get(credit.reason, credit.reason)} ({credit.proposed_by} đề nghị{signed})."
            )
        )
    story += [
        line(
            f"– Lúc {wording.short_time(move.at)} thí sinh {move.candidate_number} chuyển từ máy {move.from_seat} "
            f"sang máy {move.to_seat}: {wording.REASON_NAMES.get(move.reason, move.reason)}."
        )
        for move in content.moves
    ]
    return story


def _people(content: MinutesContent) -> list[Flowable]:
    story: list[Flowable] = [
        line(
            f"– Nghi vấn khi đối chiếu người, thí sinh {doubt.candidate_number}: "
            f"{wording.REASON_NAMES.get(doubt.reason, doubt.reason)}{f'. {doubt.note}' if doubt.note else ''}."
        )
        for doubt in content.doubts
    ]
    if not (content.pauses or content.credits or content.moves or content.doubts):
        story.append(line(wording.NONE))
    return story


def _incidents(content: MinutesContent) -> list[Flowable]:
    head = heading("6. Sự cố")
    if not content.incidents:
        return [head, line(wording.NONE)]
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
    return [head, table(columns, rows, left={1, 3})]


def _violations(content: MinutesContent) -> list[Flowable]:
    head = heading("7. Vi phạm quy chế thi")
    if not content.violations:
        return [head, line(wording.NONE)]
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
    return [head, table(columns, rows, left={1, 2, 3, 4})]


def _closing(content: MinutesContent, signatures: Sequence[Signed]) -> list[Flowable]:
    at = content.drawn_up_at
    when = f"lúc {wording.shown_moment(at)}" if at is not None else "lúc … giờ … phút"
    statement = (
        f"Biên bản được lập xong {when}, đã đọc lại cho những người có tên dưới đây cùng nghe, công nhận đúng và ký."
    )
    # Two people of one name are two signatures.
    given = list(signatures)
    places: list[tuple[str, str, Signed | None]] = []
    for number, name in enumerate(content.proctors, start=1):
        signed = next((one for one in given if one.name == name), None)
        if signed is not None:
            given.remove(signed)
        title = wording.PROCTOR if len(content.proctors) == 1 else f"{wording.PROCTOR} {number}"
        places.append((title, name, signed))
    places.append((wording.HEAD_OF_SITE, "", None))
    number_text = digest(content)
    shown = " ".join(number_text[start : start + 8] for start in range(0, len(number_text), 8))
    return [
        Spacer(1, 3 * mm),
        KeepTogether(
            [
                line(statement),
                Spacer(1, 4 * mm),
                signatures_beside(places),
                Spacer(1, 4 * mm),
                Paragraph(drawn(f"Mã băm nội dung (SHA-256): {shown}"), SMALL),
            ]
        ),
    ]
