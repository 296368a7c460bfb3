"""Starting files of the practical tasks of IU13: words for a page, and a page with faults to mend."""

import io
import zipfile

from item_bank.sample.drawing.sketch import AMBER, BLUE, FILES, INK, SKY, WHITE, Sketch

_WORDS = """THƯ VIỆN TRƯỜNG THCS BẾN SEN

Giới thiệu
Thư viện có 6200 cuốn sách và 40 chỗ ngồi đọc. Mọi học sinh đều được mượn sách về nhà.

Giờ mở cửa
Thứ Hai đến thứ Năm: 7:30 đến 17:00
Thứ Sáu: 7:30 đến 16:00
Thứ Bảy: 8:00 đến 11:00

Nội quy
Giữ trật tự trong phòng đọc
Mượn nhiều nhất ba cuốn mỗi lần
Trả sách trong vòng 14 ngày

Liên hệ
thuvien@bensen.example
"""

_FAULTY = """<!DOCTYPE html>
<html>
<head>
<title></title>
</head>
<body>
<font color="red" size="6">Câu lạc bộ Bóng bàn</font>
<p>Tập vào chiều thứ Ba và thứ Năm tại nhà đa năng.
<img src="C:\\Users\\An\\Pictures\\banbong.png">
<h4>Lịch tập</h4>
<p style="width: 1200px">Nhóm mới học: 15:30. Nhóm nâng cao: 16:30.</p>
<p>Xem thêm: <a href="noi quy.htm">bấm vào đây</a>.</p>
<form action="dangky" method="post">
Họ tên <input name="hoten">
<input type="submit" value="Gửi">
</form>
</body>
</html>
"""

_RULES = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<title>Nội quy câu lạc bộ Bóng bàn</title>
</head>
<body>
<h1>Nội quy</h1>
<p>Mang giày đế mềm, đến đúng giờ, cất dụng cụ sau khi tập.</p>
</body>
</html>
"""


def draw() -> None:
    """Write both archives."""
    FILES.mkdir(exist_ok=True)
    _pack("iu13-library.zip", {"noidung.txt": _WORDS.encode("utf-8-sig"), "phongdoc.png": _png(_shelf())})
    pages = {"index.html": _FAULTY.encode(), "noiquy.html": _RULES.encode(), "anh/banbong.png": _png(_table())}
    _pack("iu13-faulty.zip", pages)


def _pack(name: str, entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(FILES / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            entry = zipfile.ZipInfo(path, (2026, 1, 5, 8, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _png(sketch: Sketch) -> bytes:
    written = io.BytesIO()
    sketch.image.resize(sketch.size).quantize(32).save(written, "PNG", optimize=True)
    return written.getvalue()


def _shelf() -> Sketch:
    sketch = Sketch(800, 450, SKY)
    for row in range(3):
        top = 40 + 130 * row
        for column in range(18):
            colour = (BLUE, AMBER, WHITE)[(row + column) % 3]
            sketch.box((60 + 38 * column, top + 8 * (column % 3), 92 + 38 * column, top + 100), colour, INK, 1.5)
        sketch.box((40, top + 100, 760, top + 114), INK)
    return sketch


def _table() -> Sketch:
    sketch = Sketch(600, 360, WHITE)
    sketch.shape([(120, 120), (480, 120), (560, 250), (40, 250)], BLUE, INK, 2)
    sketch.line([(300, 120), (300, 250)], WHITE, 3)
    sketch.box((100, 160, 500, 178), SKY, INK, 1.5)
    for left in (70, 520):
        sketch.line([(left, 250), (left, 340)], INK, 6)
    sketch.oval((380, 90, 402, 112), AMBER, INK, 1.5)
    return sketch


if __name__ == "__main__":
    draw()
