"""Item sheets, Excel or CSV, as imported files."""

from exam_engine.core.workbook import open_table
from item_bank.exchange.columns import COLUMNS
from item_bank.exchange.csv_file import rows_of_csv
from item_bank.exchange.imported import FileReading, ImportedFile
from item_bank.exchange.rows import header_notices, items_of_rows, sheet_notices

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def looks_like_sheet(name: str, content: bytes) -> bool:
    """Whether a file is a spreadsheet by its content, or comma-separated text by its name."""
    if content.startswith(_ZIP):
        return b"xl/" in content[:4096] or b"xl/workbook" in content[-65536:]
    return name.casefold().endswith((".csv", ".tsv", ".xlsx", ".xls", ".xlsm", ".ods"))


def read_sheet(content: bytes, name: str) -> ImportedFile:
    """Read the first sheet whose heading fits, or the rows of comma-separated text.

    Raises
    ------
    InvalidWorkbookError, InvalidCsvError
        The file cannot be read or holds no item sheet.
    """
    return begin_sheet(content, name).whole()


def begin_sheet(content: bytes, name: str) -> FileReading:
    """Begin to read an item sheet, as :func:`read_sheet`; rows come one at a time."""
    is_text = not content.startswith((_ZIP, _OLD_OFFICE)) and name.casefold().endswith((".csv", ".tsv", ".txt"))
    if is_text:
        text = rows_of_csv(content, COLUMNS)
        lines = items_of_rows(text.header, text.rows)
        return FileReading("sheet", lines, notices=list(header_notices(text.header)))
    table = open_table(content, COLUMNS)
    items = items_of_rows(table.header, table.rows, table.sheet.merged)
    return FileReading("sheet", items, notices=[*sheet_notices(table), *header_notices(table.header)])
