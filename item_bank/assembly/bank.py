"""The items that forms may be made of, as an assembly sees them: facts, words, parameters and previous use."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery.exposure import item_exposures, used_forms
from exam_engine.psychometrics.assembly import ItemPool
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items.pool import enemies_by_code, pool_rows
from item_bank.items.response_functions import StoredParameters, response_table

NEVER_USED: Final = 1200
"""Months since the last use of an item that no sitting has had: a hundred years, more than any blueprint can ask."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How often an item has been used: published forms, sittings held, candidates who had it."""

    forms: int = 0
    sittings: int = 0
    candidates: int = 0
    last_used: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        last = None if self.last_used is None else self.last_used.isoformat()
        return {"forms": self.forms, "sittings": self.sittings, "candidates": self.candidates, "last_used": last}

    def months_since(self, now: datetime) -> int:
        """Return whole calendar months since the last use."""
        if self.last_used is None:
            return NEVER_USED
        months = (now.year - self.last_used.year) * 12 + now.month - self.last_used.month
        return max(0, months - (now.day < self.last_used.day))


UNUSED: Final = Exposure()


@dataclass(frozen=True, slots=True)
class BankItem:
    """An item that may be chosen; ``key`` is the letter of the right option and never leaves the server.

    ``expected_seconds`` is what its author expects, None where nobody has said; ``stimulus`` is empty for an item on
    its own; ``enemies`` are codes of items that give it away, or that it gives away.
    """

    item_id: UUID
    version_id: UUID
    code: str
    module_code: str
    reference_code: str
    cognitive_level: str
    interaction: str
    stem_text: str
    stem_digest: str
    words: int
    expected_seconds: int | None
    points: float
    stimulus: str
    a: float
    b: float
    c: float | None
    is_simulated: bool
    key: str
    exposure: Exposure
    enemies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RecentForm:
    """A form of the last sittings that new forms may share only so many items with."""

    form_code: str
    title: str
    last_used: datetime
    item_codes: frozenset[str]


async def load_bank(session: AsyncSession) -> list[BankItem]:
    """Return every item that forms may be made of, by code."""
    exposures = {row.item_code: row for row in await item_exposures(session)}
    enemies = await enemies_by_code(session)
    items = []
    for row in await pool_rows(session):
        use = exposures.get(row.code)
        exposure = UNUSED if use is None else Exposure(use.forms, use.sittings, use.candidates, use.last_used)
        facts = row._asdict() | {"points": float(row.points), "stimulus": row.stimulus or ""}
        items.append(BankItem(**facts, exposure=exposure, enemies=enemies.get(row.code, frozenset())))
    return items


async def load_recent_forms(session: AsyncSession, statement: BlueprintStatement, *, now: datetime) -> list[RecentForm]:
    """Return the forms that the blueprint wants kept apart from; none when it does not speak of them."""
    if statement.recent_overlap is None:
        return []
    since = months_before(now, statement.recent_overlap.months)
    found = await used_forms(session, since=since)
    return [RecentForm(form.form_code, form.title, form.last_used, form.item_codes) for form in found]


def months_before(now: datetime, months: int) -> datetime:
    """Return the instant so many calendar months earlier; the last day of a shorter month for a day it lacks."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, now.day - 4, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def in_cells(items: Sequence[BankItem], statement: BlueprintStatement) -> list[BankItem]:
    """Return the items of the modules and levels that the blueprint names, and of the kinds that its parts take."""
    cells = {(cell.module_code, cell.cognitive_level) for cell in statement.cells}
    return [
        item
        for item in items
        if (item.module_code, item.cognitive_level) in cells and statement.takes(item.interaction)
    ]


def item_pool(items: Sequence[BankItem], statement: BlueprintStatement, *, now: datetime) -> ItemPool:
    """Return the items with what a specification speaks of; item ids are their codes.

    Items with the same stem are enemies, as those are that somebody declared: the one would give hints for the other.
    """
    by_stem: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        by_stem[item.stem_digest].append(item.code)
    present = {item.code for item in items}
    enemies = {frozenset(codes) for codes in by_stem.values() if len(codes) > 1}
    enemies |= {frozenset((item.code, enemy)) for item in items for enemy in item.enemies & present}
    seconds = statement.seconds_per_item.model_dump()
    quantities: Mapping[str, Sequence[float]] = {
        "words": [item.words for item in items],
        "seconds": [item.expected_seconds or seconds[item.cognitive_level] for item in items],
        "points": [item.points for item in items],
        "previous_uses": [item.exposure.sittings for item in items],
        "months_since": [item.exposure.months_since(now) for item in items],
    }
    return ItemPool(
        parameters=response_table(
            [item.code for item in items], [StoredParameters(item.a, item.b, item.c) for item in items]
        ),
        attributes={
            "module": [item.module_code for item in items],
            "reference": [item.reference_code for item in items],
            "level": [item.cognitive_level for item in items],
            "interaction": [item.interaction for item in items],
            "key": [item.key for item in items],
        },
        quantities={name: np.array(values, dtype=np.float64) for name, values in quantities.items()},
        stimuli=tuple(item.stimulus for item in items),
        enemies=tuple(sorted(enemies, key=sorted)),
    )
