"""Made-up people for simulations: Vietnamese names and identity numbers that belong to nobody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

_FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
)  # fmt: skip
_WOMEN_MIDDLE = ("Thị", "Thị Thuỳ", "Ngọc", "Thị Kim", "Phương", "Thị Mỹ", "Bích")
_MEN_MIDDLE = ("Văn", "Đức", "Minh", "Quốc", "Hữu", "Công", "Xuân")
_WOMEN_GIVEN = ("Dương", "Hoà", "Ánh", "Ân", "Thuỷ", "Hương", "Lan", "Mai", "Ngọc", "Oanh", "Uyên", "Yến", "Đào")
_MEN_GIVEN = ("An", "Anh", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Khôi", "Long", "Nam", "Phúc", "Quân", "Sơn", "Tú")
_HIGHLANDS = (("K' Brếp", "Nam"), ("Ka Hồng", "Nữ"), ("H'Hen Niê", "Nữ"), ("Y Moan Êban", "Nam"), ("Ya Ly", "Nam"))
_PLACES = ("Lâm Đồng", "Đắk Nông", "Bình Thuận", "Khánh Hoà", "Đà Nẵng", "Hà Nội", "Sông Bé")
_SCHOOLS = (
    "THPT Bảo Lộc",
    "THCS Lộc Sơn",
    "Tiểu học Đoàn Thị Điểm",
    "THPT Chuyên Thăng Long",
    "Mầm non Hoa Pơ Lang",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person."""

    full_name: str
    sex: str
    birth_date: date
    birth_place: str
    identity_number: str
    organisation: str

    @property
    def identity_suffix(self) -> str:
        """What the person types at login."""
        return self.identity_number[-6:]


def make_people(count: int, rng: random.Random) -> list[Person]:
    """Return made-up people with different identity numbers; every eighth has a name of the Central Highlands.

    Identity numbers follow the form of citizen cards: province, century and sex, year, six digits. The province part
    is 999, which no province has, so that no number can belong to anybody.
    """
    people = []
    for number in range(count):
        if number % 8 == 5:
            name, sex = _HIGHLANDS[(number // 8) % len(_HIGHLANDS)]
        else:
            sex = rng.choice(("Nam", "Nữ"))
            middle = rng.choice(_WOMEN_MIDDLE if sex == "Nữ" else _MEN_MIDDLE)
            given = rng.choice(_WOMEN_GIVEN if sex == "Nữ" else _MEN_GIVEN)
            name = f"{rng.choice(_FAMILY)} {middle} {given}"
        born = date(1972, 1, 1) + timedelta(days=rng.randrange(365 * 30))
        century = {19: 0, 20: 2}[born.year // 100] + (sex == "Nữ")
        identity = f"999{century}{born.year % 100:02d}{number:06d}"
        people.append(Person(name, sex, born, rng.choice(_PLACES), identity, rng.choice(_SCHOOLS)))
    return people
