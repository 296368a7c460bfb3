"""Pictures of the items about project plans; ``python -m item_bank.sample.drawing.iu15`` draws them anew."""

from item_bank.sample.drawing.sketch import AMBER, BLUE, GREEN, INK, LINE, PALE, RED, SKY, WHITE, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    gantt()
    links()
    load()
    budget()


BARS = (
    ("Khảo sát", 1, 2, 1.0),
    ("Thiết kế", 3, 5, 1.0),
    ("Viết hướng dẫn", 4, 6, 1 / 3),
    ("Lắp đặt", 6, 9, 0.0),
)


def gantt() -> None:
    """Four bars with what is done of them, a milestone, and the day of the report."""
    sketch = Sketch(560, 310)
    first, day = 180, 36
    for number in range(10):
        left = first + day * number
        sketch.box((left, 14, left + day, 46), PALE)
        sketch.text((left + day / 2, 30), str(number + 1), 16, face="-Bold", anchor="mm")
        sketch.line([(left + day, 46), (left + day, 300)], "#dfe5ec", 1)
    for number, (name, start, end, share) in enumerate(BARS):
        top = 64 + 50 * number
        left, right = first + day * (start - 1), first + day * end
        sketch.text((12, top + 14), name, 18, anchor="lm")
        sketch.box((left, top, right, top + 28), SKY, INK, 1.5)
        if share:
            sketch.box((left, top, left + (right - left) * share, top + 28), BLUE, INK, 1.5)
    sketch.text((12, 278), "Bàn giao", 18, anchor="lm")
    middle = first + day * 9
    sketch.shape([(middle, 264), (middle + 14, 278), (middle, 292), (middle - 14, 278)], INK)
    report = first + day * 5
    sketch.line([(report, 46), (report, 304)], RED, 3)
    sketch.save("iu15-gantt.png")


def links() -> None:
    """The four kinds of links between two tasks."""
    sketch = Sketch(540, 330)
    blue, amber = (60, 150), (140, 230)
    for number, (start, end) in enumerate(((1, 0), (0, 0), (1, 1), (0, 1))):
        left, top = 270 * (number % 2), 165 * (number // 2)
        sketch.text((left + 14, top + 20), f"Hình {number + 1}", 18, face="-Bold", anchor="lm")
        before, after = {0: ((60, 140), (175, 245)), 1: ((60, 150), (90, 210)), 2: ((60, 190), (110, 190))}.get(
            number, (amber, blue)
        )
        sketch.box((left + before[0], top + 44, left + before[1], top + 72), BLUE, INK, 1.5)
        sketch.box((left + after[0], top + 112, left + after[1], top + 140), AMBER, INK, 1.5)
        x1, x2 = left + before[start], left + after[end]
        out, into = (14 if start else -14), (-14 if end == 0 else 14)
        middle = top + 92
        sketch.line(
            [(x1, top + 58), (x1 + out, top + 58), (x1 + out, middle), (x2 + into, middle), (x2 + into, top + 126)],
            INK,
            2.5,
        )
        sketch.line([(x2 + into, top + 126), (x2, top + 126)], INK, 2.5)
        tip = 10 if end else -10
        sketch.shape([(x2, top + 126), (x2 + tip, top + 119), (x2 + tip, top + 133)], INK)
    sketch.save("iu15-links.png")


def load() -> None:
    """Hours given to one person on five days, and the most that person can do."""
    sketch = Sketch(540, 350)
    floor, hour = 300, 20
    for hours in range(0, 13, 2):
        sketch.line([(60, floor - hour * hours), (520, floor - hour * hours)], "#dfe5ec", 1)
        sketch.text((50, floor - hour * hours), str(hours), 16, anchor="rm")
    for number, (name, hours) in enumerate((("T2", 6), ("T3", 8), ("T4", 12), ("T5", 4), ("T6", 8))):
        left = 76 + 90 * number
        sketch.box((left, floor - hour * hours, left + 68, floor), GREEN, INK, 1.2)
        sketch.text((left + 34, floor + 20), name, 18, anchor="mm")
    sketch.line([(60, floor), (520, floor)], INK, 2)
    sketch.line([(60, floor - 8 * hour), (520, floor - 8 * hour)], RED, 3)
    sketch.text((518, floor - 8 * hour - 14), "8 giờ", 17, RED, face="-Bold", anchor="rm")
    sketch.text((12, 24), "Giờ", 16, face="-Bold", anchor="lm")
    sketch.save("iu15-load.png")


def budget() -> None:
    """Planned value, earned value and actual cost as bars."""
    sketch = Sketch(520, 200)
    for number, (name, value, colour) in enumerate((("PV", 100, BLUE), ("EV", 80, GREEN), ("AC", 90, RED))):
        top = 16 + 58 * number
        sketch.text((16, top + 20), name, 20, face="-Bold", anchor="lm")
        sketch.box((64, top, 64 + 3.6 * value, top + 40), colour, INK, 1.2)
        sketch.text((64 + 3.6 * value - 10, top + 20), str(value), 19, WHITE, face="-Bold", anchor="rm")
    sketch.line([(64, 8), (64, 188)], LINE, 1.5)
    sketch.save("iu15-value.png")


if __name__ == "__main__":
    draw()
