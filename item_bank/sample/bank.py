"""The sample items as rows and as a workbook."""

import csv
from importlib import resources
from pathlib import Path

from openpyxl import Workbook

from item_bank.exchange.columns import WRITTEN_COLUMNS
from item_bank.exchange.sheet import write_items

MODULES = ("iu01", "iu02", "iu03", "iu04", "iu05", "iu06")


def sample_rows() -> list[dict[str, str]]:
    """Return the items in order, one mapping from field name to text each."""
    fields = {column.names[0]: column.field for column in WRITTEN_COLUMNS}
    rows = []
    for module in MODULES:
        text = (resources.files("item_bank.sample") / f"{module}.csv").read_text(encoding="utf-8")
        rows += [
            {fields[heading]: value for heading, value in row.items()}
            for row in csv.DictReader(text.splitlines(keepends=True))
        ]
    return rows


def write_sample_workbook(path: Path) -> None:
    """Write the sample bank as an .xlsx file that the importer takes."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Câu hỏi"
    write_items(sheet, sample_rows())
    workbook.save(path)
