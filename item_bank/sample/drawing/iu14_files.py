"""Starting file of the practical task of IU14: a day of a log with two attacks and one forgetful colleague."""

import csv
import datetime
import io

from item_bank.sample.drawing.sketch import FILES

_DAY = datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC)
_STAFF = {"hoa": 34, "binh": 12, "cuong": 13, "dao": 14, "ketoan": 20, "giang": 16, "khanh": 17, "linh": 18}
_GUESSER, _SPRAYER = "198.51.100.23", "203.0.113.45"

Row = tuple[str, str, str, str, str]


def draw() -> None:
    """Write the log, in order of time."""
    FILES.mkdir(exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("thoigian", "diachi", "taikhoan", "hanhdong", "ketqua"))
    writer.writerows(sorted(rows()))
    (FILES / "iu14-log.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def rows() -> list[Row]:
    """Return what happened: a guessed password, a password tried on all accounts, and a day at work."""
    found = [_row(1, 5, 7 * n, _GUESSER, "ketoan", "đăng nhập", "thất bại") for n in range(36)]
    found += [
        _row(1, 9, 20, _GUESSER, "ketoan", "đăng nhập", "thành công"),
        _row(1, 12, 5, _GUESSER, "ketoan", "tải luong.xlsx", "thành công"),
        _row(1, 14, 40, _GUESSER, "ketoan", "tải khachhang.csv", "thành công"),
    ]
    found += [
        _row(3, 20, 45 * number, _SPRAYER, account, "đăng nhập", "thất bại") for number, account in enumerate(_STAFF)
    ]
    found += [_row(7, 31, 20 * number, "10.0.0.34", "hoa", "đăng nhập", "thất bại") for number in range(3)]
    for number, (account, machine) in enumerate(_STAFF.items()):
        address = f"10.0.0.{machine}"
        found.append(_row(7, 32, 150 * number, address, account, "đăng nhập", "thành công"))
        found.append(_row(8, 10, 400 * number, address, account, "tải lich.docx", "thành công"))
    return found


def _row(hour: int, minute: int, seconds: int, address: str, account: str, action: str, outcome: str) -> Row:
    when = _DAY + datetime.timedelta(hours=hour, minutes=minute, seconds=seconds)
    return (f"{when:%Y-%m-%d %H:%M:%S}", address, account, action, outcome)


if __name__ == "__main__":
    draw()
