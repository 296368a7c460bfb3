"""Starting file of the practical task of IU15: the tasks of a school fair with durations, links and people."""

import csv
import io

from item_bank.sample.drawing.sketch import FILES

TASKS = (
    (1, "Chốt nội dung ngày hội", 3, "", "Hà"),
    (2, "Đặt sân khấu và âm thanh", 2, "1", "Long"),
    (3, "Mua vật tư gian hàng", 4, "1", "Nam"),
    (4, "Dựng gian hàng", 5, "3", "Nam"),
    (5, "Thiết kế áp phích", 3, "1", "Hà"),
    (6, "In và treo áp phích", 2, "5", "Hà"),
    (7, "Lắp sân khấu", 2, "2", "Long"),
    (8, "Tổng duyệt", 1, "4;6;7", "Hà"),
    (9, "Khai mạc", 0, "8", ""),
)


def draw() -> None:
    """Write the table."""
    FILES.mkdir(exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("STT", "CongViec", "SoNgay", "ViecTruoc", "NguoiLam"))
    writer.writerows(TASKS)
    (FILES / "iu15-fair.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


if __name__ == "__main__":
    draw()
