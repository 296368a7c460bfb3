"""Pictures of the items about advanced spreadsheets; ``python -m item_bank.sample.drawing.iu08`` draws them anew."""

import io
from collections.abc import Sequence

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from item_bank.sample.drawing.sketch import (
    AMBER,
    BLUE,
    GREY,
    INK,
    PALE,
    PICTURES,
    RED,
    WHITE,
    Sketch,
    store,
)


def draw() -> None:
    """Draw and store all pictures."""
    plt.rcParams["font.size"] = 13
    combination()
    charts()
    scatter()
    pivot()


FILL = "#8fb7e8"
MONTHS = ("Tháng 1", "Tháng 2", "Tháng 3", "Tháng 4", "Tháng 5", "Tháng 6")
REVENUE = (120, 150, 180, 160, 210, 240)
RETURNING = (30, 32, 35, 33, 38, 42)
HOURS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
SCORES = (3.1, 3.9, 4.4, 5.2, 5.7, 6.6, 7.0, 2.4, 8.3)


def combination() -> None:
    """Columns on the left axis, a line on the right one."""
    figure, left = plt.subplots(figsize=(8, 4.2), layout="constrained")
    columns = left.bar(MONTHS, REVENUE, color=FILL, edgecolor=BLUE, label="Doanh thu (triệu đồng)")
    left.bar_label(columns, label_type="center", fontsize=12)
    left.set_ylim(0, 300)
    left.set_ylabel("Doanh thu (triệu đồng)")
    left.grid(axis="y", color="#d3d9e0")
    left.set_axisbelow(True)
    right = left.twinx()
    right.plot(MONTHS, RETURNING, color=RED, marker="o", linewidth=2.5, label="Tỉ lệ khách quay lại (%)")
    right.set_ylim(0, 50)
    right.set_ylabel("Tỉ lệ khách quay lại (%)")
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
    _save(figure, "iu08-combination.png")


def charts() -> None:
    """Four kinds of charts, numbered."""
    figure, axes = plt.subplots(2, 2, figsize=(5.6, 5), layout="constrained")
    panels: Sequence[Axes] = axes.ravel()
    panels[0].plot(range(8), (2, 3, 2.6, 4, 4.4, 5.2, 5, 6), color=BLUE, linewidth=2.5)
    panels[1].pie((45, 30, 25), colors=(FILL, AMBER, PALE), wedgeprops={"edgecolor": INK})
    panels[2].scatter((1, 2, 2.5, 3, 4, 4.5, 5, 6), (1.2, 2.1, 1.9, 3.2, 3.6, 4.8, 4.6, 6.1), color=BLUE)
    panels[3].bar(("A", "B", "C", "D"), (4, 6, 3, 5), color=FILL, edgecolor=INK)
    for number, panel in enumerate(panels, start=1):
        panel.set_title(f"Biểu đồ {number}", fontsize=16, fontweight="bold")
        panel.set_xticks([])
        panel.set_yticks([])
    _save(figure, "iu08-charts.png")


def scatter() -> None:
    """Scores by hours with a trendline."""
    figure, axes = plt.subplots(figsize=(7.6, 4.6))
    figure.subplots_adjust(0.1, 0.14, 0.97, 0.95)
    axes.plot((0.5, 9.5), (2.9, 8.65), color=RED, linewidth=2, linestyle="--", label="Đường xu hướng")
    axes.scatter(HOURS, SCORES, s=110, color=BLUE, zorder=3, label="Học sinh")
    axes.set(xlim=(0, 10), ylim=(0, 10), xlabel="Số giờ tự học mỗi tuần", ylabel="Điểm kiểm tra")
    axes.set_xticks(range(11))
    axes.set_yticks(range(11))
    axes.grid(color="#d3d9e0")
    axes.legend(loc="upper left")
    _save(figure, "iu08-scatter.png")


AREAS = ("Filters (Bộ lọc)", "Columns (Cột)", "Rows (Hàng)", "Values (Giá trị)")


def pivot() -> None:
    """The four areas of a pivot table's field list."""
    sketch = Sketch(640, 420)
    sketch.box((6, 6, 634, 414), PALE, GREY, 2)
    sketch.text((24, 32), "PivotTable Fields", 20, face="-Bold", anchor="lm")
    sketch.text((24, 66), "Trường:  Tỉnh  ·  Tháng  ·  Sản phẩm  ·  Doanh thu", 17, anchor="lm")
    for number, name in enumerate(AREAS):
        left, top = 24 + 300 * (number % 2), 96 + 156 * (number // 2)
        sketch.box((left, top, left + 284, top + 140), WHITE, INK, 2, 6)
        sketch.text((left + 14, top + 24), name, 18, BLUE, face="-Bold", anchor="lm")
    sketch.save("iu08-pivot.png")


def _save(figure: Figure, name: str) -> None:
    written = io.BytesIO()
    figure.savefig(written, dpi=100)
    plt.close(figure)
    with Image.open(written) as picture:
        store(picture.convert("RGB"), PICTURES / name)


if __name__ == "__main__":
    draw()
