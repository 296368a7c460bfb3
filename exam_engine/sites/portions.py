"""Portions: rows of one table, few and small enough for one request and one transaction."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from exam_engine.core.db import json_text
from exam_engine.sites.wire import Wire

MOST_ROWS = 500
MOST_BYTES = 2 * 1024 * 1024
"""Of the JSON of its rows; a row that is larger by itself makes a portion alone."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows of one table that are sent, checked and written together."""

    push: int
    table: str
    rows: list[Wire]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of rows that were sent: written, brought up to date, or there already."""

    new: int = 0
    changed: int = 0
    already_there: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.new + other.new, self.changed + other.changed, self.already_there + other.already_there)


@dataclass(slots=True)
class _Filling:
    rows: list[Wire] = field(default_factory=list)
    size: int = 0


async def in_portions(rows: AsyncIterator[Wire], *, push: int, table: str) -> AsyncIterator[Portion]:
    """Yield rows in portions."""
    filling = _Filling()
    async for row in rows:
        size = len(json_text(row).encode())
        if filling.rows and (len(filling.rows) == MOST_ROWS or filling.size + size > MOST_BYTES):
            yield Portion(push, table, filling.rows)
            filling = _Filling()
        filling.rows.append(row)
        filling.size += size
    if filling.rows:
        yield Portion(push, table, filling.rows)


def total(taken: Iterable[Taken]) -> Taken:
    """Return what became of all rows together."""
    return sum(taken, Taken())
