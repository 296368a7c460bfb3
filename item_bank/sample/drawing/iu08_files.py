"""Starting file of the practical task of IU08: sales without prices, and a list of prices."""

import datetime
import random

from openpyxl import Workbook

from item_bank.sample.drawing.packing import settle
from item_bank.sample.drawing.sketch import FILES

WRITTEN = datetime.datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 -- office files keep local time without a zone
PRICES = (("SV01", "Sách giáo khoa", 85), ("SV02", "Vở ô li", 12), ("SV03", "Bút bi", 5), ("SV04", "Máy tính", 420))
PROVINCES = ("Đà Nẵng", "Huế", "Quảng Trị")
SEED = 8

Sale = tuple[datetime.date, str, str, int]


def sales() -> list[Sale]:
    """Return forty sales of one month; always the same."""
    rng = random.Random(SEED)
    most = {"SV01": 60, "SV02": 200, "SV03": 300, "SV04": 15}
    drawn = []
    for number in range(40):
        code = rng.choice(PRICES)[0]
        day = datetime.date(2026, 3, 1 + number * 31 // 40)
        drawn.append((day, code, rng.choice(PROVINCES), rng.randint(1, most[code])))
    return drawn


def draw() -> None:
    """Write the workbook."""
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = WRITTEN
    sheet = workbook.worksheets[0]
    sheet.title = "BanHang"
    sheet.append(("Ngày", "Mã hàng", "Tỉnh", "Số lượng", "Đơn giá", "Thành tiền"))
    for sale in sales():
        sheet.append(sale)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 1).number_format = "dd/mm/yyyy"
    prices = workbook.create_sheet("BangGia")
    prices.append(("Mã hàng", "Tên hàng", "Đơn giá"))
    for price in PRICES:
        prices.append(price)
    summary = workbook.create_sheet("TongHop")
    summary.append(("Tỉnh", *(code for code, _, _ in PRICES), "Cộng"))
    for province in (*PROVINCES, "Cộng"):
        summary.append((province,))
    for own in workbook.worksheets:
        for letter in "ABCDEF":
            own.column_dimensions[letter].width = 14
    workbook.save(FILES / "iu08-sales.xlsx")
    settle(FILES / "iu08-sales.xlsx")


if __name__ == "__main__":
    draw()
