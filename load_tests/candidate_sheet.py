"""The list of candidates as an office would send it."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import openpyxl

from load_tests.people import Person


def write_candidates(target: Path | BinaryIO, people: Sequence[Person]) -> None:
    """Write the list as .xlsx; numbers of identity papers are text."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh", "Số CCCD", "Đơn vị"])
    for number, person in enumerate(people, start=1):
        born = person.birth_date.strftime("%d/%m/%Y")
        sheet.append(
            [
                number,
                person.full_name,
                born,
                person.sex,
                person.birth_place,
                person.identity_number,
                person.organisation,
            ]
        )
        sheet.cell(sheet.max_row, 6).number_format = "@"
    workbook.save(target)
