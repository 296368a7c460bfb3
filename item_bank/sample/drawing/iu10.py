"""Pictures of the items about databases; ``python -m item_bank.sample.drawing.iu10`` draws them anew."""

from collections.abc import Sequence

from item_bank.sample.drawing.sketch import AMBER, BLUE, INK, LINE, PALE, SKY, WHITE, Point, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    library()
    navigation_bar()
    query_grid()
    report_sections()
    joins()


def _entity(sketch: Sketch, at: Point, width: float, name: str, fields: Sequence[str], keys: int) -> None:
    """Draw a table of a relationship diagram; its first fields are the primary key."""
    left, top = at
    sketch.box((left, top, left + width, top + 34 + 28 * len(fields)), WHITE, INK, 1.5)
    sketch.box((left, top, left + width, top + 34), BLUE, INK, 1.5)
    sketch.text((left + width / 2, top + 17), name, 16, WHITE, face="-Bold", anchor="mm")
    for number, field in enumerate(fields):
        middle = top + 34 + 28 * number + 14
        if number < keys:
            _key(sketch, (left + 10, middle))
        sketch.text((left + 36, middle), field, 15, face="-Bold" if number < keys else "", anchor="lm")


def _key(sketch: Sketch, at: Point) -> None:
    left, middle = at
    sketch.oval((left, middle - 5, left + 10, middle + 5), AMBER, INK, 1.2)
    sketch.line([(left + 10, middle), (left + 20, middle)], INK, 2)
    sketch.line([(left + 18, middle), (left + 18, middle + 5)], INK, 2)


def library() -> None:
    """Four tables of a school library and three relationships, the ends marked 1 and ∞."""
    sketch = Sketch(540, 470)
    _entity(sketch, (16, 16), 190, "BANDOC", ["MaBanDoc", "HoTen", "Lop", "NgaySinh"], 1)
    _entity(sketch, (334, 16), 190, "MUONTRA", ["SoPhieu", "MaBanDoc", "MaSach", "NgayMuon", "NgayTra"], 1)
    _entity(sketch, (334, 270), 190, "SACH", ["MaSach", "TenSach", "TacGia", "MaTheLoai"], 1)
    _entity(sketch, (16, 300), 190, "THELOAI", ["MaTheLoai", "Ten"], 1)
    # From the field on one side to the field on the other.
    _relationship(sketch, [(206, 64), (270, 64), (270, 92), (334, 92)], (214, 42), (312, 68))
    _relationship(sketch, [(334, 318), (304, 318), (304, 120), (334, 120)], (316, 296), (312, 124))
    _relationship(sketch, [(206, 348), (270, 348), (270, 402), (334, 402)], (214, 326), (312, 378))
    _key(sketch, (16, 432))
    sketch.text((46, 432), "trường thuộc khóa chính", 15, anchor="lm")
    sketch.text((16, 456), "1 và ∞: phía một và phía nhiều của quan hệ", 15, anchor="lm")
    sketch.save("iu10-library.png")


def _relationship(sketch: Sketch, points: Sequence[Point], one: Point, many: Point) -> None:
    """Draw the line between two fields, with its marks at the two ends."""
    sketch.line(points, INK, 2)
    sketch.text(one, "1", 18, face="-Bold", anchor="lt")
    sketch.text(many, "∞", 20, face="-Bold", anchor="lt")


def navigation_bar() -> None:
    """A table with the bar that walks through its records."""
    sketch = Sketch(640, 290)
    sketch.table(
        (20, 20),
        [110, 230, 110, 150],
        [
            ["MaHS", "HoTen", "Lop", "NgaySinh"],
            ["HS001", "Trần Minh An", "10A1", "12/03/2010"],
            ["HS002", "Lê Thu Bình", "10A2", "25/07/2010"],
            ["HS003", "Phạm Gia Chi", "10A1", "08/11/2010"],
            ["HS004", "Vũ Hải Đăng", "10A3", "30/01/2010"],
        ],
        height=36,
    )
    sketch.box((20, 226, 620, 272), PALE)
    sketch.text((32, 249), "Bản ghi:", 16, anchor="lm")
    for left, kind in ((120, "first"), (170, "previous"), (360, "next"), (410, "last"), (460, "new")):
        sketch.box((left, 230, left + 44, 268), WHITE)
        _arrow(sketch, (left + 22, 249), kind)
    sketch.box((220, 230, 354, 268), WHITE)
    sketch.text((287, 249), "2 / 4", 16, anchor="mm")
    sketch.save("iu10-navigation.png")


def _arrow(sketch: Sketch, middle: Point, kind: str) -> None:
    x, y = middle
    if kind in {"first", "previous"}:
        sketch.shape([(x + 7, y - 9), (x + 7, y + 9), (x - 6, y)], INK)
        if kind == "first":
            sketch.line([(x - 9, y - 9), (x - 9, y + 9)], INK, 2.5)
        return
    sketch.shape([(x - 7, y - 9), (x - 7, y + 9), (x + 6, y)], INK)
    if kind == "last":
        sketch.line([(x + 9, y - 9), (x + 9, y + 9)], INK, 2.5)
    elif kind == "new":
        sketch.text((x + 12, y - 2), "✱", 14, anchor="mm")


def query_grid() -> None:
    """The design grid of a query with criteria in two rows."""
    sketch = Sketch(550, 260)
    labels = ["Trường", "Bảng", "Sắp xếp", "Hiện", "Tiêu chí", "Hoặc"]
    columns = [
        ["HoTen", "HOCSINH", "", "☑", "", ""],
        ["Lop", "HOCSINH", "", "☑", '"10A1"', '"10A2"'],
        ["DiemTB", "HOCSINH", "Giảm dần", "☑", ">=8", ""],
    ]
    for row, label in enumerate(labels):
        top = 20 + 38 * row
        sketch.box((16, top, 118, top + 38), SKY)
        sketch.text((108, top + 19), label, 16, face="-Bold", anchor="rm")
        for column, cells in enumerate(columns):
            left = 118 + 138 * column
            sketch.box((left, top, left + 138, top + 38), WHITE)
            sketch.text((left + 10, top + 19), cells[row], 16, anchor="lm")
    sketch.save("iu10-query-grid.png")


SECTIONS = (
    ("Đầu báo cáo (Report Header)", "DANH SÁCH HỌC SINH TOÀN TRƯỜNG"),
    ("Đầu trang (Page Header)", "Mã HS          Họ tên                    Điểm TB"),
    ("Đầu nhóm Lop (Group Header)", "Lớp: [Lop]"),
    ("Chi tiết (Detail)", "[MaHS]          [HoTen]                  [DiemTB]"),
    ("Chân nhóm Lop (Group Footer)", ""),
    ("Chân trang (Page Footer)", ""),
    ("Chân báo cáo (Report Footer)", ""),
)


def report_sections() -> None:
    """The sections of a report in design view, from top to bottom."""
    sketch = Sketch(800, 550)
    for number, (name, content) in enumerate(SECTIONS):
        top = 16 + 75 * number
        sketch.box((16, top, 784, top + 27), SKY)
        sketch.text((28, top + 13.5), name, 15, face="-Bold", anchor="lm")
        sketch.box((16, top + 27, 784, top + 75), WHITE)
        sketch.text((36, top + 51), content, 15, anchor="lm")
    sketch.save("iu10-report.png")


def joins() -> None:
    """Two overlapping circles for each of four ways to join two tables; what is returned is shaded."""
    sketch = Sketch(470, 500)
    for number, name in enumerate(("Hình 1", "Hình 2", "Hình 3", "Hình 4")):
        left, top = 14 + 236 * (number % 2), 250 * (number // 2)
        _venn(sketch, left, top, number)
        sketch.text((left + 103, top + 222), name, 17, face="-Bold", anchor="mm")
    sketch.line([(235, 16), (235, 484)], LINE, 1)
    sketch.line([(16, 248), (454, 248)], LINE, 1)
    sketch.save("iu10-joins.png")


def _venn(sketch: Sketch, left: float, top: float, which: int) -> None:
    """Shade what an inner, left, full and right join return, in this order."""
    circle_a, circle_b = (left + 72, top + 125), (left + 134, top + 125)
    radius = 62
    step = 0.5
    x = left
    while x < left + 206:
        runs = {0: _run(circle_a, radius, x, circle_b, "and"), 1: _run(circle_a, radius, x, None, "")}
        runs |= {2: _run(circle_a, radius, x, circle_b, "or"), 3: _run(circle_b, radius, x, None, "")}
        if run := runs[which]:
            sketch.line([(x, run[0]), (x, run[1])], "#8fb7e8", step + 0.4)
        x += step
    for centre in (circle_a, circle_b):
        sketch.oval((centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius), None, INK, 2)
    sketch.text((circle_a[0] - 24, top + 36), "HOCSINH", 14, face="-Bold", anchor="mm")
    sketch.text((circle_b[0] + 24, top + 36), "DIEMTHI", 14, face="-Bold", anchor="mm")


def _run(one: Point, radius: float, x: float, other: Point | None, how: str) -> Point | None:
    """Return from where to where a vertical line at x runs inside one circle, or two joined by and, or."""
    halves = [
        (radius**2 - (x - centre[0]) ** 2) ** 0.5 if abs(x - centre[0]) < radius else 0.0
        for centre in (one, other)
        if centre is not None
    ]
    half = min(halves) if how == "and" else max(halves)
    return (one[1] - half, one[1] + half) if half else None


if __name__ == "__main__":
    draw()
