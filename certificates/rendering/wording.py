"""The fixed words of the certificate and the forms of dates and marks in official Vietnamese documents.

References
----------
Nghị định 30/2020/NĐ-CP, Phụ lục I: state name and motto; place and date line, where days below 10 and the
months 1 and 2 take a leading zero and the other months do not.
"""

from datetime import date

from certificates.qr_payload import Level

STATE_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
TITLE = "CHỨNG CHỈ"
STANDARD = {
    Level.BASIC: "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN",
    Level.ADVANCED: "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN NÂNG CAO",
}
GRANTED_TO = "Cấp cho"
BORN_ON = "Ngày sinh:"
BORN_IN_YEAR = "Năm sinh:"
BORN_AT = "Nơi sinh:"
EXAM = "Đã đạt yêu cầu tại kỳ thi ngày {exam_date} của {council_name}"
RESULT = "Kết quả:"
DECISION = "Theo Quyết định số {number} ngày {decision_date} công nhận kết quả thi"
SERIAL_NUMBER = "Số hiệu:"
REGISTER_NUMBER = "Số vào sổ cấp chứng chỉ:"
LOOKUP_ID = "Mã tra cứu:"
HOW_TO_VERIFY = (
    "Quét mã QR, hoặc nhập mã tra cứu tại {address}",
    "So tên, số hiệu và ngày cấp hiện ra với bản này",
    "và với giấy tờ tuỳ thân của người được cấp.",
)
SPECIMEN = "BẢN MẪU – KHÔNG CÓ GIÁ TRỊ"


def format_date(day: date) -> str:
    """Return ``dd/MM/yyyy``."""
    return f"{day:%d/%m/%Y}"


def format_date_line(place: str, day: date) -> str:
    """Return the place and date line of an official document: ``Lâm Đồng, ngày 05 tháng 02 năm 2026``."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"{place}, ngày {day.day:02} tháng {month} năm {day.year}"


def format_mark(mark: str) -> str:
    """Return a mark with the decimal comma of Vietnamese print."""
    return mark.replace(".", ",")
