"""Made-up files that candidates hand in for practical tasks."""

import random
from functools import cache
from io import BytesIO
from typing import Any

import docx
import openpyxl

_KINDS = 8
"""How many different files there are: making one costs more than sending it."""
_WORDS = ("văn bản", "bảng tính", "trang", "đoạn", "tiêu đề", "hàng", "cột", "mẫu", "ngày", "phòng", "hồ sơ", "báo cáo")


def made_up_file(item: dict[str, Any], rng: random.Random) -> tuple[str, bytes]:
    """Return name and bytes of a file of a type that a task takes."""
    types = item["file_types"]
    kind = "xlsx" if "docx" not in types and "xlsx" in types else "docx" if "docx" in types else types[0]
    content = _file(kind, rng.randrange(_KINDS))
    return f"bai-lam.{kind}", content


@cache
def _file(kind: str, number: int) -> bytes:
    rng, target = random.Random(number), BytesIO()
    if kind == "docx":
        document = docx.Document()
        for _ in range(rng.randint(20, 120)):
            document.add_paragraph(" ".join(rng.choices(_WORDS, k=40)))
        document.save(target)
    elif kind == "xlsx":
        workbook = openpyxl.Workbook()
        for _ in range(rng.randint(50, 400)):
            workbook.worksheets[0].append([rng.choice(_WORDS), *(rng.randint(0, 999) for _ in range(6))])
        workbook.save(target)
    else:
        target.write(rng.randbytes(rng.randint(20_000, 200_000)))
    return target.getvalue()
