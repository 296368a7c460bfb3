"""Writing items as an Excel sheet that is read back without a change."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from item_bank.exchange.columns import COLUMNS, OPTIONS
from item_bank.exchange.exported import ExportedItem, ExportedMedia, WrittenFile
from item_bank.exchange.exporting.sheet_rows import SHEET_KINDS, row_of
from item_bank.exchange.imported import Notice
from item_bank.exchange.sheet import write_items

_LEAST_OPTIONS = 4


def write_sheet(items: Sequence[ExportedItem], _media: Mapping[str, ExportedMedia]) -> WrittenFile:
    """Return an .xlsx file with the items that a row can say exactly, in the order given.

    Items that it cannot say are left out and named, for a row that says something else would change the item when the
    file comes back. Pictures stay in the bank: texts name them by hash.
    """
    rows: list[dict[str, str]] = []
    notices: list[Notice] = []
    for item in items:
        draft = item.draft
        row = row_of(draft)
        if row is None:
            code = "export_sheet_detail" if draft.content.interaction in SHEET_KINDS else "export_sheet_kind"
            notices.append(Notice("left_out", code, draft.code))
            continue
        rows.append(row)
        if draft.metadata.stimulus_code is not None:
            params = {"code": draft.metadata.stimulus_code}
            notices.append(Notice("warning", "export_sheet_stimulus", draft.code, params=params))
    used = max((number for row in rows for number, one in enumerate(OPTIONS, 1) if row.get(one.field)), default=0)
    unused = set(OPTIONS[max(used, _LEAST_OPTIONS) :])
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Câu hỏi"
    write_items(sheet, rows, columns=[column for column in COLUMNS if column not in unused])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return WrittenFile(buffer.getvalue(), tuple(notices))
