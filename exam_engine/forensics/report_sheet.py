"""A report as a spreadsheet: a sheet for each kind of look, with its explanation above its table."""

from openpyxl import Workbook

from exam_engine.core.table_sheet import (
    Titles,
    prepare_for_print,
    saved,
    sheet_title,
    write_headings,
    write_row,
    write_titles,
)
from exam_engine.core.time import VIETNAM
from exam_engine.forensics.schemas import ForensicKindView, ForensicsView, UnusualView
from exam_engine.results.rule_text import Text


def report_sheet(view: ForensicsView, council_name: str, text: Text) -> bytes:
    """Return the .xlsx of a report; ``view.report`` is there."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for kind in view.report.kinds if view.report is not None else []:
        sheet = workbook.create_sheet(sheet_title(text(f"forensics.kind.{kind.kind}")))
        headings = [
            ("list_position", 6.0),
            ("list_candidate_number", 18.0),
            ("list_full_name", 30.0),
            ("forensics.seat", 24.0),
            ("forensics.figures", 60.0),
            ("forensics.p", 14.0),
            ("forensics.q", 14.0),
        ]
        opens_at = view.opens_at.astimezone(VIETNAM)
        titles = Titles(
            council_name=council_name,
            national_name=text("national_name"),
            national_motto=text("national_motto"),
            title=text(f"forensics.kind.{kind.kind}"),
            lines=[
                f"{view.exam_name}, {view.sitting_name}, {opens_at:%d/%m/}{opens_at.year}",
                text("forensics.not_evidence"),
                _state(kind, text),
            ],
        )
        write_titles(sheet, titles, columns=len(headings))
        first = write_headings(sheet, [(text(code), width) for code, width in headings])
        for position, finding in enumerate(kind.findings, start=1):
            write_row(sheet, first + position - 1, [position, *_cells(finding, text)], centred={1, 2, 6, 7})
        prepare_for_print(sheet, heading_row=first - 1, is_landscape=True)
    return saved(workbook)


def _state(kind: ForensicKindView, text: Text) -> str:
    if kind.state != "done" or kind.false_alarms is None:
        return text("forensics.not_enough")
    rate = kind.false_alarms
    return text(
        "forensics.false_alarms",
        replications=rate.replications,
        listed=f"{rate.listed or 0.0:.2f}",
        share=f"{100.0 * (rate.any or 0.0):.0f}",
    )


def _cells(finding: UnusualView, text: Text) -> list[str | int]:
    people = finding.candidates
    return [
        " – ".join(person.candidate_number for person in people),
        " – ".join(person.full_name for person in people),
        " – ".join(f"{person.room}/{person.seat or ''}" for person in people),
        "; ".join(f"{text(f'forensics.figure.{name}')}: {value:.4g}" for name, value in finding.figures.items()),
        f"{finding.p:.2g}",
        f"{finding.q:.2g}",
    ]
