"""Tables with cells over several rows and columns, before they become a page of Word, of PDF or of a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: its text, how many columns and rows it takes, whether it starts at the left and is bold."""

    text: str = ""
    columns: int = 1
    rows: int = 1
    is_left: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table under its title; ``head`` stands on each page, ``widths`` are shares of the line."""

    title: str
    sheet_name: str
    widths: Sequence[float]
    head: Sequence[Sequence[Box]]
    rows: Sequence[Sequence[Box]]
    notes: Sequence[str] = ()

    @property
    def letter_size(self) -> float:
        """Size of letters in points at which the figures of so many columns stay on their lines."""
        return next((size for most, size in ((16, 10.0), (22, 9.0), (30, 8.5)) if len(self.widths) <= most), 7.0)


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """What is printed: who issues it, what it is about, tables on pages of their own, places for signatures."""

    agency: str
    school: str
    title: str
    lines: Sequence[str]
    tables: Sequence[PrintedTable]
    signatures: Sequence[tuple[str, str]]
    page_label: str


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A cell at its place, counted from 0."""

    row: int
    column: int
    box: Box


def placed(rows: Sequence[Sequence[Box]], columns: int) -> list[PlacedBox]:
    """Return cells at their places: each takes the first free one in its row.

    Raises
    ------
    ValueError
        A row does not fill the table exactly, or a cell reaches below its last row.
    """
    taken: set[tuple[int, int]] = set()
    found = []
    for at, row in enumerate(rows):
        column = 0
        for box in row:
            while (at, column) in taken:
                column += 1
            covered = {(at + down, column + right) for down in range(box.rows) for right in range(box.columns)}
            if covered & taken or column + box.columns > columns or at + box.rows > len(rows):
                raise ValueError(f"a cell of row {at} does not fit at column {column}")
            taken |= covered
            found.append(PlacedBox(at, column, box))
            column += box.columns
    if len(taken) != columns * len(rows):
        raise ValueError("the rows do not fill the table")
    return found
