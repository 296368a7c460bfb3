"""The table of a calibration's items as a spreadsheet, with real numbers, and what the run can be repeated by."""

import json
from collections.abc import Callable
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from exam_engine.core.table_sheet import FONT, GRID, cell_at, prepare_for_print, saved, sheet_title, write_headings
from exam_engine.core.workbook import write_text
from item_bank.calibration.evidence.reading import estimated_items
from item_bank.calibration.evidence.schemas import ItemSummary, RunEvidenceView
from item_bank.calibration.models import CalibrationItem
from item_bank.calibration.service import CalibrationDetail
from item_bank.items.models import Item

Cell = str | float | int | None
Text = Callable[[str], str]

_COLUMNS: Final[tuple[tuple[str, float, int], ...]] = (
    ("code", 14, 0),
    ("module", 10, 0),
    ("level", 8, 0),
    ("anchor", 8, 0),
    ("model", 9, 0),
    ("a", 9, 4),
    ("se_a", 9, 4),
    ("b", 9, 4),
    ("se_b", 9, 4),
    ("c", 9, 4),
    ("se_c", 9, 4),
    ("steps", 22, 0),
    ("p", 9, 4),
    ("item_rest", 9, 4),
    ("n", 9, 0),
    ("infit", 9, 3),
    ("outfit", 9, 3),
    ("rmsd", 9, 4),
    ("s_x2", 9, 2),
    ("df", 7, 0),
    ("p_adjusted", 9, 4),
    ("drift", 9, 4),
    ("dif", 7, 0),
    ("flags", 40, 0),
)
"""Name, width and decimals; the headings are ``calibration_table.<name>``."""


def render_workbook(detail: CalibrationDetail, view: RunEvidenceView, text: Text) -> bytes:
    """Return the .xlsx; ``text`` gives the words of a code."""
    workbook = Workbook()
    table = workbook.worksheets[0]
    table.title = sheet_title(text("calibration_table.title"))
    first = write_headings(table, [(text(f"calibration_table.{name}"), width) for name, width, _ in _COLUMNS])
    summaries = {summary.code: summary for summary in view.items}
    for at, (row, item) in enumerate(estimated_items(detail)):
        _write_values(table, first + at, _values(row, item, summaries[item.code], text))
    prepare_for_print(table, heading_row=first - 1, is_landscape=True)
    table.auto_filter.ref = f"A{first - 1}:{table.cell(row=table.max_row, column=len(_COLUMNS)).coordinate}"
    _write_provenance(workbook.create_sheet(sheet_title(text("calibration_table.run"))), detail, text)
    return saved(workbook)


def _values(row: CalibrationItem, item: Item, summary: ItemSummary, text: Text) -> list[Cell]:
    fit, drift = row.fit or {}, row.drift or {}
    return [
        item.code,
        item.module_code,
        item.cognitive_level,
        int(row.is_anchor),
        row.model,
        row.a,
        row.se_a,
        row.b,
        row.se_b,
        row.c,
        row.se_c,
        "; ".join(f"{step:.4f}" for step in row.steps or ()) or None,
        row.p,
        row.item_rest,
        row.n,
        summary.infit.value,
        summary.outfit.value,
        fit.get("rmsd"),
        fit.get("statistic"),
        fit.get("df"),
        fit.get("p_adjusted"),
        drift.get("difficulty_difference"),
        summary.largest_difference,
        "; ".join(text(flag) for flag in row.flags) or None,
    ]


def _write_values(sheet: Worksheet, row: int, values: list[Cell]) -> None:
    for number, (value, (_, _, decimals)) in enumerate(zip(values, _COLUMNS, strict=True), start=1):
        cell = cell_at(sheet, row, number)
        if isinstance(value, str):
            write_text(cell, value)
        else:
            cell.value = value
            cell.number_format = f"0.{'0' * decimals}" if decimals else "0"
        cell.font, cell.border = Font(name=FONT, size=12), GRID
        cell.alignment = Alignment(horizontal="left" if isinstance(value, str) else "right", vertical="center")


def _write_provenance(sheet: Worksheet, detail: CalibrationDetail, text: Text) -> None:
    run = detail.record.run
    software: dict[str, str] = run.figures.get("software", {})
    settings = json.dumps(run.figures.get("settings", {}), ensure_ascii=False, sort_keys=True)
    facts: list[tuple[str, Cell]] = [
        (text("calibration_table.name"), run.name),
        (text("calibration_table.file"), run.file_name),
        (text("calibration_table.file_hash"), run.file_hash),
        (text("calibration_table.data_hash"), run.data_hash or ""),
        (text("calibration_table.created_at"), run.created_at.isoformat(timespec="seconds")),
        (text("calibration_table.created_by"), run.created_by_name),
        (text("calibration_table.candidates"), run.n_candidates),
        (text("calibration_table.log_likelihood"), run.log_likelihood),
        (text("calibration_table.reliability"), run.marginal_reliability),
        (text("calibration_table.options"), json.dumps(run.options, ensure_ascii=False, sort_keys=True)),
        (text("calibration_table.settings"), settings),
        (text("calibration_table.software"), "; ".join(f"{name} {version}" for name, version in software.items())),
    ]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 90
    for row, (name, value) in enumerate(facts, start=1):
        for column, content in enumerate((name, value), start=1):
            cell = cell_at(sheet, row, column)
            if isinstance(content, str):
                write_text(cell, content)
            else:
                cell.value = content
            cell.font, cell.border = Font(name=FONT, size=12, bold=column == 1), GRID
            cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
