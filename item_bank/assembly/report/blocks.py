"""What a report is made of, before it becomes a page or a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its share of the width, digits of its numbers, and whether its texts start at the left."""

    heading: str
    width: float = 1.0
    digits: int = 0
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``name`` is its sheet's name. Rows in ``summary_rows`` (counted from the end) are set apart."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    summary_rows: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart."""

    label: str
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over abilities, with the abilities that matter marked; ``targets`` are single points to meet."""

    title: str
    x: Sequence[float]
    curves: Sequence[Curve]
    marks: Sequence[float]
    targets: Sequence[tuple[float, float]] = ()


Block = str | Table | Chart
"""A text is a paragraph."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a board writes above its documents; empty parts become dotted lines to fill in by hand."""

    agency: str = ""
    council: str = ""
    place: str = ""
    number: str = ""
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in one language."""

    head: Letterhead
    national_name: str
    national_motto: str
    title: str
    subject: str
    date: datetime
    number_line: str
    place_and_date: str
    state: str
    sections: Sequence[Section]
    signatures: Sequence[tuple[str, str]] = field(default_factory=tuple)
    page_label: str = ""
