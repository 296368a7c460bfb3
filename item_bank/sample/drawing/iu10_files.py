"""Starting files of the practical tasks of IU10: three lists of a club, three sheets of a shop."""

import csv
import datetime
import io

from openpyxl import Workbook
from openpyxl.styles import Font

from item_bank.sample.drawing.packing import settle
from item_bank.sample.drawing.sketch import FILES

WRITTEN = datetime.datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 -- office files keep local time without a zone

MEMBERS = (
    ("TV01", "Nguyễn Bảo An", "10A1", "2010-03-12", "0905123001"),
    ("TV02", "Trần Gia Bình", "10A1", "2010-07-25", "0905123002"),
    ("TV03", "Lê Minh Châu", "10A2", "2010-11-08", "0905123003"),
    ("TV04", "Phạm Hải Đăng", "10A2", "2010-01-30", "0905123004"),
    ("TV05", "Võ Thu Giang", "10A3", "2010-05-17", "0905123005"),
    ("TV06", "Đặng Quốc Hưng", "11B1", "2009-02-21", "0905123006"),
    ("TV07", "Bùi Khánh Linh", "11B1", "2009-09-14", "0905123007"),
    ("TV08", "Hồ Tuấn Kiệt", "11B2", "2009-12-03", "0905123008"),
    ("TV09", "Phan Ngọc Mai", "11B2", "2009-06-19", "0905123009"),
    ("TV10", "Dương Đức Nam", "12C1", "2008-04-27", "0905123010"),
    ("TV11", "Lý Hồng Nhung", "12C1", "2008-08-11", "0905123011"),
    ("TV12", "Trịnh Nhật Quang", "12C2", "2008-10-05", "0905123012"),
)
EVENTS = (
    ("SK1", "Ngày hội đọc sách", "2025-10-04"),
    ("SK2", "Trồng cây đầu xuân", "2026-02-28"),
    ("SK3", "Thu gom pin cũ", "2026-03-14"),
    ("SK4", "Giờ Trái Đất", "2026-03-28"),
    ("SK5", "Trại hè xanh", "2026-06-06"),
)
PRESENCES = (
    ("TV01", "SK1", 3), ("TV01", "SK2", 4), ("TV01", "SK3", 2), ("TV01", "SK4", 1),
    ("TV02", "SK1", 3), ("TV02", "SK4", 2),
    ("TV03", "SK2", 4), ("TV03", "SK3", 2), ("TV03", "SK4", 2),
    ("TV05", "SK1", 2), ("TV05", "SK2", 4),
    ("TV06", "SK1", 3), ("TV06", "SK2", 5), ("TV06", "SK3", 3), ("TV06", "SK4", 2),
    ("TV07", "SK3", 2),
    ("TV08", "SK2", 4), ("TV08", "SK4", 2),
    ("TV19", "SK3", 2),  # No such member: the row that the task asks to find.
    ("TV10", "SK1", 3), ("TV10", "SK2", 3), ("TV10", "SK3", 3),
    ("TV12", "SK4", 1),
)  # fmt: skip

CUSTOMERS = (
    ("K01", "Trường THPT Bến Ngự", "Huế"),
    ("K02", "Nhà sách Hoa Phượng", "Hải Phòng"),
    ("K03", "Thư viện Hòa Xuân", "Đà Nẵng"),
    ("K04", "Cửa hàng Ngọc Lan", "Huế"),
    ("K05", "Trường THCS Sông Cấm", "Hải Phòng"),
    ("K06", "Trung tâm Tin học Sao Mai", "Đà Nẵng"),
)
GOODS = (
    ("H1", "Giấy A4 (ram)", 65000),
    ("H2", "Bút bi (hộp)", 48000),
    ("H3", "Sổ tay", 32000),
    ("H4", "Bìa hồ sơ (tập)", 27000),
    ("H5", "Kẹp giấy (hộp)", 12000),
)
ORDERS = (
    ("D001", "K01", "H1", 20, "2026-01-06"), ("D002", "K02", "H2", 15, "2026-01-08"),
    ("D003", "K03", "H3", 12, "2026-01-15"), ("D004", "K01", "H2", 6, "2026-01-20"),
    ("D005", "K04", "H1", 5, "2026-02-03"), ("D006", "K05", "H1", 18, "2026-02-05"),
    ("D007", "K02", "H3", 25, "2026-02-11"), ("D008", "K03", "H1", 8, "2026-02-17"),
    ("D009", "K04", "H4", 30, "2026-02-24"), ("D010", "K05", "H2", 9, "2026-03-02"),
    ("D011", "K01", "H3", 10, "2026-03-05"), ("D012", "K02", "H1", 12, "2026-03-12"),
    ("D013", "K03", "H4", 14, "2026-03-18"), ("D014", "K05", "H4", 22, "2026-03-25"),
)  # fmt: skip


def draw() -> None:
    """Write all files."""
    FILES.mkdir(exist_ok=True)
    _table("iu10-members.csv", ("MaTV", "HoTen", "Lop", "NgaySinh", "DienThoai"), MEMBERS)
    _table("iu10-events.csv", ("MaSK", "TenSK", "Ngay"), EVENTS)
    _table("iu10-presences.csv", ("MaTV", "MaSK", "SoGio"), PRESENCES)
    _shop()


def _table(name: str, heads: tuple[str, ...], rows: tuple[tuple[str | int, ...], ...]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    # Desktop programs take UTF-8 for granted only behind a byte order mark.
    (FILES / name).write_bytes(text.getvalue().encode("utf-8-sig"))


def _shop() -> None:
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = WRITTEN
    workbook.properties.creator = ""
    sheets: tuple[tuple[str, tuple[str, ...], tuple[tuple[str | int, ...], ...]], ...] = (
        ("KHACHHANG", ("MaKH", "TenKH", "Tinh"), CUSTOMERS),
        ("HANGHOA", ("MaHang", "TenHang", "DonGia"), GOODS),
        ("DONHANG", ("SoDon", "MaKH", "MaHang", "SoLuong", "Ngay"), ORDERS),
    )
    for number, (title, heads, rows) in enumerate(sheets):
        sheet = workbook.worksheets[0] if number == 0 else workbook.create_sheet()
        sheet.title = title
        sheet.append(heads)
        for row in rows:
            values: list[object] = list(row)
            if title == "DONHANG":
                values[-1] = datetime.date.fromisoformat(str(row[-1]))
            sheet.append(values)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for letter in "ABCDE":
            sheet.column_dimensions[letter].width = 26 if letter == "B" and title != "DONHANG" else 13
    workbook.save(FILES / "iu10-shop.xlsx")
    settle(FILES / "iu10-shop.xlsx")


if __name__ == "__main__":
    draw()
