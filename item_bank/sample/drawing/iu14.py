"""Pictures of the items about information security; ``python -m item_bank.sample.drawing.iu14`` draws them anew."""

from item_bank.sample.drawing.sketch import AMBER, BLUE, GREEN, INK, LINE, PALE, RED, SKY, WHITE, Sketch


def draw() -> None:
    """Draw and store all pictures."""
    mail()
    network()
    backup()
    firewall_rules()


def mail() -> None:
    """A suspicious message as a mail program shows it, with the pointer on its button."""
    sketch = Sketch(540, 440, PALE)
    sketch.box((16, 16, 524, 424), WHITE, INK, 1.5)
    sketch.box((16, 16, 524, 54), BLUE, INK, 1.5)
    sketch.text((30, 35), "Hộp thư đến", 18, WHITE, face="-Bold", anchor="lm")
    sketch.text((30, 70), "Từ:", 16, face="-Bold", anchor="lm")
    sketch.text((66, 70), "Ngân hàng Sao Việt", 16, anchor="lm")
    sketch.text((66, 94), "<hotro@saoviet-bank.example.net>", 16, anchor="lm")
    sketch.line([(16, 111), (524, 111)], LINE, 1.2)
    sketch.text((30, 132), "KHẨN: Tài khoản bị khóa sau 24 giờ", 18, face="-Bold", anchor="lm")
    sketch.line([(16, 153), (524, 153)], LINE, 1.2)
    for number, words in enumerate(
        ("Kính gửi quý khách,", "Để giữ tài khoản, hãy xác minh mật khẩu và", "mã OTP trong vòng 24 giờ.")
    ):
        sketch.text((30, 178 + 28 * number), words, 17, anchor="lm")
    sketch.box((30, 270, 230, 314), RED, INK, 1.2, 6)
    sketch.text((130, 292), "Xác minh ngay", 18, WHITE, face="-Bold", anchor="mm")
    sketch.shape([(200, 300), (200, 326), (206, 320), (211, 331), (216, 328), (211, 318), (219, 318)], WHITE, INK, 1.5)
    sketch.box((30, 338, 320, 372), PALE, LINE, 1.2, 4)
    sketch.text((44, 355), "Đính kèm: HoaDon.pdf.exe", 16, anchor="lm")
    sketch.box((16, 388, 524, 424), "#dfe5ec", INK, 1.5)
    sketch.text((30, 406), "https://saoviet.xac-minh.example/dn", 16, anchor="lm")
    sketch.save("iu14-mail.png")


def network() -> None:
    """The internet, a firewall and two zones behind it, with four numbered places."""
    sketch = Sketch(560, 460)
    sketch.oval((180, 12, 360, 66), SKY, INK, 1.5)
    sketch.text((270, 39), "Internet", 19, face="-Bold", anchor="mm")
    sketch.line([(270, 66), (270, 150)], INK, 2.5)
    _place(sketch, 270, 106, "1")
    sketch.box((180, 150, 360, 206), RED, INK, 1.5)
    for row in (164, 178, 192):
        sketch.line([(180, row), (360, row)], "#e8a09a", 1)
    sketch.box((208, 162, 332, 194), RED, None)
    sketch.text((270, 178), "Tường lửa", 19, WHITE, face="-Bold", anchor="mm")
    sketch.line([(200, 206), (200, 236), (130, 236), (130, 266)], INK, 2.5)
    sketch.line([(340, 206), (340, 236), (410, 236), (410, 266)], INK, 2.5)
    sketch.box((20, 266, 240, 440), PALE, INK, 1.5, 8)
    sketch.text((130, 288), "Vùng đệm (DMZ)", 18, face="-Bold", anchor="mm")
    _place(sketch, 130, 350, "2")
    sketch.box((270, 266, 544, 440), PALE, INK, 1.5, 8)
    sketch.text((407, 284), "Mạng nội bộ", 18, face="-Bold", anchor="mm")
    for top, words in ((302, "Máy giáo viên"), (382, "Máy chủ điểm thi")):
        sketch.box((282, top, 436, top + 38), WHITE, INK, 1.2)
        sketch.text((359, top + 19), words, 16, anchor="mm")
    _place(sketch, 470, 320, "3")
    _place(sketch, 470, 400, "4")
    sketch.save("iu14-network.png")


def _place(sketch: Sketch, x: float, y: float, number: str) -> None:
    sketch.oval((x - 24, y - 24, x + 24, y + 24), AMBER, INK, 2)
    sketch.text((x, y), number, 20, face="-Bold", anchor="mm")


def backup() -> None:
    """A week of incremental and a week of differential backups; heights tell sizes, the full one is cut off."""
    sketch = Sketch(560, 380)
    for top, title, heights in (
        (16, "Gia tăng", (1, 1, 1, 1, 1)),
        (200, "Vi sai", (1, 2, 3, 4, 5)),
    ):
        sketch.text((20, top + 12), title, 19, face="-Bold", anchor="lm")
        floor = top + 134
        sketch.box((24, top + 32, 84, floor), BLUE, INK, 1.2)
        sketch.text((54, top + 84), "Đầy đủ", 14, WHITE, face="-Bold", anchor="mm")
        for number, height in enumerate(heights):
            left = 112 + 88 * number
            sketch.box((left, floor - 18 * height, left + 60, floor), GREEN if top < 100 else AMBER, INK, 1.2)
        sketch.line([(16, floor), (544, floor)], INK, 2)
        for number, day in enumerate(("CN", "T2", "T3", "T4", "T5", "T6")):
            sketch.text((54 + 88 * number, floor + 18), day, 17, anchor="mm")
    sketch.save("iu14-backup.png")


RULES = (
    ("#", "Từ", "Tới", "Cổng", "Xử lý"),
    ("1", "Mọi nơi", "Máy chủ web", "443", "Cho qua"),
    ("2", "Mạng trong", "Máy chủ web", "22", "Cho qua"),
    ("3", "Mạng trong", "Mọi nơi", "443", "Cho qua"),
    ("4", "Mọi nơi", "Mọi nơi", "Mọi cổng", "Chặn"),
)


def firewall_rules() -> None:
    """Four rules of a firewall, tried from top to bottom."""
    sketch = Sketch(560, 230)
    sketch.table((10, 10), [36, 132, 150, 116, 106], RULES, height=42, size=17)
    sketch.save("iu14-rules.png")


if __name__ == "__main__":
    draw()
