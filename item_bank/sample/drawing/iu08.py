"""Pictures of IU08, advanced spreadsheets."""

from collections.abc import Sequence

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from item_bank.sample.drawing.canvas import BLUE, GREY, INK, ORANGE, PALE, PICTURES, WHITE, Box, Sheet

MONTHS = ("Tháng 1", "Tháng 2", "Tháng 3", "Tháng 4", "Tháng 5", "Tháng 6")
REVENUE = (120, 150, 180, 160, 210, 240)
RETURNING = (30, 32, 35, 33, 38, 42)
HOURS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
SCORES = (3.1, 3.9, 4.4, 5.2, 5.7, 6.6, 7.0, 2.4, 8.3)


def save(figure: Figure, name: str) -> None:
    """Store a figure with few colours, so that it is small."""
    path = PICTURES / name
    figure.savefig(path, dpi=100)
    plt.close(figure)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def combination() -> None:
    """Columns on the left axis, a line on the right one."""
    plt.rcParams["font.size"] = 13
    figure, left = plt.subplots(figsize=(8, 4.2), layout="constrained")
    columns = left.bar(MONTHS, REVENUE, color="#93c5fd", edgecolor=BLUE, label="Doanh thu (triệu đồng)")
    left.bar_label(columns, label_type="center", fontsize=12)
    left.set_ylim(0, 300)
    left.set_ylabel("Doanh thu (triệu đồng)")
    left.grid(axis="y", color="#d3d9e0")
    left.set_axisbelow(True)
    right = left.twinx()
    right.plot(MONTHS, RETURNING, color=ORANGE, marker="o", linewidth=2.5, label="Tỉ lệ khách quay lại (%)")
    right.set_ylim(0, 50)
    right.set_ylabel("Tỉ lệ khách quay lại (%)")
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
    save(figure, "iu08-combination.png")


def charts() -> None:
    """Four kinds of charts, numbered."""
    figure, axes = plt.subplots(2, 2, figsize=(5.6, 5), layout="constrained")
    panels: Sequence[Axes] = axes.ravel()
    panels[0].plot(range(8), (2, 3, 2.6, 4, 4.4, 5.2, 5, 6), color=BLUE, linewidth=2.5)
    panels[1].pie((45, 30, 25), colors=("#93c5fd", "#fdba74", "#86efac"), wedgeprops={"edgecolor": INK})
    panels[2].scatter((1, 2, 2.5, 3, 4, 4.5, 5, 6), (1.2, 2.1, 1.9, 3.2, 3.6, 4.8, 4.6, 6.1), color=BLUE)
    panels[3].bar(("A", "B", "C", "D"), (4, 6, 3, 5), color="#93c5fd", edgecolor=INK)
    for number, panel in enumerate(panels, start=1):
        panel.set_title(f"Biểu đồ {number}", fontsize=16, fontweight="bold")
        panel.set_xticks([])
        panel.set_yticks([])
    save(figure, "iu08-charts.png")


def scatter() -> list[tuple[int, int]]:
    """Scores by hours with a trendline; returns the pixels of the points."""
    plt.rcParams["font.size"] = 13
    figure, axes = plt.subplots(figsize=(7.6, 4.6))
    figure.subplots_adjust(0.1, 0.14, 0.97, 0.95)
    axes.plot((0.5, 9.5), (2.9, 8.65), color=ORANGE, linewidth=2, linestyle="--", label="Đường xu hướng")
    axes.scatter(HOURS, SCORES, s=110, color=BLUE, zorder=3, label="Học sinh")
    axes.set(xlim=(0, 10), ylim=(0, 10), xlabel="Số giờ tự học mỗi tuần", ylabel="Điểm kiểm tra")
    axes.set_xticks(range(11))
    axes.set_yticks(range(11))
    axes.grid(color="#d3d9e0")
    axes.legend(loc="upper left")
    figure.canvas.draw()
    points = axes.transData.transform(list(zip(HOURS, SCORES, strict=True)))
    places = [(round(x), round(460 - y)) for x, y in points]
    save(figure, "iu08-scatter.png")
    return places


AREAS = (("Filters", "Bộ lọc"), ("Columns", "Cột"), ("Rows", "Hàng"), ("Values", "Giá trị"))


def pivot() -> None:
    """The four areas of a pivot table's field list."""
    sheet = Sheet(640, 420)
    sheet.box((6, 6, 634, 414), PALE, GREY)
    sheet.words((24, 20), "PivotTable Fields", 20, is_bold=True)
    sheet.words((24, 54), "Trường:  Tỉnh  ·  Tháng  ·  Sản phẩm  ·  Doanh thu", 17)
    for number, (name, vietnamese) in enumerate(AREAS):
        left, top = 24 + 300 * (number % 2), 96 + 156 * (number // 2)
        area: Box = (left, top, left + 284, top + 140)
        sheet.box(area, WHITE, INK, 2, 6)
        sheet.words((left + 14, top + 12), f"{name} ({vietnamese})", 18, is_bold=True, colour=BLUE)
    sheet.save("iu08-pivot.png")


def main() -> None:
    """Draw all of them."""
    for draw in (combination, charts, scatter, pivot):
        draw()


if __name__ == "__main__":
    main()
