"""The words of the minutes, an official document and so in Vietnamese only.

References
----------
Nghị định 30/2020/NĐ-CP, Phụ lục I: state name, motto, place and date line.
"""

from datetime import datetime

from exam_engine.core.time import VIETNAM

STATE_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
TITLE = "BIÊN BẢN COI THI"
PREVIEW = "BẢN XEM TRƯỚC – CHƯA ĐỦ CHỮ KÝ, CHƯA CÓ GIÁ TRỊ"
PAGE = "Trang {page}/{pages}"
NONE = "Không có."
PROCTOR = "CÁN BỘ COI THI"
HEAD_OF_SITE = "TRƯỞNG ĐIỂM THI, THƯ KÝ"
ADDENDA_TITLE = "PHỤ LỤC BIÊN BẢN COI THI"
ADDENDA_PAGE = "Phụ lục, trang {page}/{pages}"

INCIDENT_NAMES = {
    "power": "Mất điện",
    "network": "Mất mạng",
    "machine": "Hỏng máy",
    "software": "Lỗi phần mềm",
    "identity": "Giấy tờ tuỳ thân không hợp lệ",
    "late": "Đến muộn",
    "illness": "Sức khoẻ",
    "phone": "Mang, dùng điện thoại",
    "notes": "Mang, dùng tài liệu",
    "talking": "Trao đổi trong giờ thi",
    "impersonation": "Nghi thi hộ",
    "disorder": "Mất trật tự",
    "paper_fault": "Sai sót đề thi",
    "other": "Việc khác",
}
REASON_NAMES = {
    "power": "mất điện",
    "network": "mất mạng",
    "computer": "hỏng máy",
    "software": "lỗi phần mềm",
    "evacuation": "sơ tán",
    "health": "sức khoẻ",
    "discipline": "giữ trật tự",
    "other": "lý do khác",
    "different_person": "không giống ảnh giấy tờ",
    "data_differ": "thông tin không khớp",
    "expired": "giấy tờ hết hạn",
    "unreadable": "giấy tờ không đọc được",
    "no_paper": "không có giấy tờ",
}
STATE_NAMES = {
    "waiting": "chờ xác nhận",
    "confirmed": "đã xác nhận",
    "rejected": "không xác nhận",
    "withdrawn": "đã rút lại",
}


def shown_time(at: datetime) -> str:
    """Return the time of day in Vietnam: ``09 giờ 05 phút``."""
    local = at.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút"


def short_time(at: datetime) -> str:
    """Return the time of day in Vietnam for tables: ``09:05``."""
    return f"{at.astimezone(VIETNAM):%H:%M}"


def shown_day(at: datetime) -> str:
    """Return the day in Vietnam as running text has it; days below 10 and the months 1 and 2 take a zero."""
    local = at.astimezone(VIETNAM)
    month = f"{local.month:02}" if local.month <= 2 else str(local.month)
    return f"ngày {local.day:02} tháng {month} năm {local.year}"


def shown_moment(at: datetime) -> str:
    """Return the time and the day in Vietnam in running text: ``09 giờ 05 phút, ngày 12 tháng 12 năm 2026``."""
    return f"{shown_time(at)}, {shown_day(at)}"


def shown_span(seconds: int) -> str:
    """Return a span of time: ``5 phút 30 giây``."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} phút"] if minutes else []
    if rest or not parts:
        parts.append(f"{rest} giây")
    return " ".join(parts)
