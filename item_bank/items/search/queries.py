"""The one function that searches the bank, and what else reads its index."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item, ItemParameters
from item_bank.items.records import ItemFilter, ListedItem
from item_bank.items.search.conditions import Clause, chips, typed
from item_bank.items.search.full_text import holding
from item_bank.items.search.models import ItemFacet, ItemIndex
from item_bank.items.search.parsing import SearchQuery, parse

MOST_RANKED = 2_000
"""So many hits are ordered by how well they fit; a search that finds more says too little for that."""

BY_FIT = "fit"
_SORTABLE: dict[str, Any] = {
    "code": ItemIndex.code,
    "module_code": ItemIndex.module_code,
    "cognitive_level": ItemIndex.cognitive_level,
    "status": ItemIndex.status,
    "interaction": ItemIndex.interaction,
    "expected_seconds": ItemIndex.expected_seconds,
    "updated_at": ItemIndex.updated_at,
    "a": ItemIndex.a,
    "b": ItemIndex.b,
    "p": ItemIndex.p,
    "item_rest": ItemIndex.item_rest,
}
SORT_FIELDS = frozenset(_SORTABLE) | frozenset(f"-{name}" for name in _SORTABLE) | {BY_FIT}

_COUNTED = (
    ("module", ItemFacet.module_code, "modules"),
    ("level", ItemFacet.cognitive_level, "levels"),
    ("status", ItemFacet.status, "statuses"),
    ("kind", ItemFacet.interaction, "kinds"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of items, how many match, and how many each value of a facet has with its own restriction lifted.

    ``unknown`` are the filters typed whose value nobody knows; with any of them nothing is found.
    """

    items: list[ListedItem]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


async def search(session: AsyncSession, wanted: ItemFilter, *, sort: str, offset: int, limit: int) -> Found:
    """Return a page of the items that match, their number and the counts of the facets.

    By fit, items whose code is what was typed come first, then those whose code begins so, then those with all words
    in code and stem, then the others, each by code. Items without a figure come last in an order by it.
    """
    is_sqlite = _is_sqlite(session)
    query = parse(wanted.q)
    asked = await typed(session, query, me=wanted.me, is_sqlite=is_sqlite)
    by_facet = chips(wanted)
    counted = {name for name, _, _ in _COUNTED} | {"has_key"}
    rest = [clause for name, clause in by_facet.items() if name not in counted]
    facets, total = await _count(session, wanted, [*asked, *rest])
    # Numbers alone are sorted: far back in a long list that is what takes the time.
    statement = sa.select(col(ItemIndex.number)).where(*asked, *by_facet.values())
    statement = statement.order_by(*_order(sort, query, total, is_sqlite=is_sqlite)).offset(offset).limit(limit)
    connection = await session.connection()
    numbers = [row[0] for row in (await connection.execute(statement)).all()] if total else []
    return Found(await _listed(session, numbers), total, facets, query.unknown)


async def matching_ids(session: AsyncSession, wanted: ItemFilter) -> list[UUID]:
    """Return the ids of all items that match, by code."""
    asked = await typed(session, parse(wanted.q), me=wanted.me, is_sqlite=_is_sqlite(session))
    statement = sa.select(col(ItemIndex.item_id)).where(*asked, *chips(wanted).values()).order_by(col(ItemIndex.code))
    return [row[0] for row in (await (await session.connection()).execute(statement)).all()]


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _order(sort: str, query: SearchQuery, total: int, *, is_sqlite: bool) -> list[Any]:
    code = col(ItemIndex.code)
    if sort == BY_FIT:
        terms = [term for term in query.terms if not term.is_excluded]
        if not terms or total > MOST_RANKED:
            return [code]
        fit = sa.case(
            (col(ItemIndex.code_key) == query.code, 0),
            (col(ItemIndex.code_key).startswith(query.code, autoescape=True), 1),
            (holding(terms, "stem", is_sqlite=is_sqlite), 2),
            else_=3,
        )
        return [fit, code]
    if sort in {"code", "-code"}:
        return [code.desc() if sort.startswith("-") else code]
    column = col(_SORTABLE[sort.removeprefix("-")])
    return [(column.desc() if sort.startswith("-") else column.asc()).nulls_last(), code]


async def _count(
    session: AsyncSession, wanted: ItemFilter, conditions: Iterable[Clause]
) -> tuple[dict[str, dict[str, int]], int]:
    """Count all facets in one pass: a bank has few combinations of their values, however many items."""
    facet_id = col(ItemIndex.facet_id)
    conditions = list(conditions)
    # By the column alone SQLite walks the index of it and fetches every row from another place of the table, which
    # takes several times as long as reading the table through; without conditions the index says all.
    group = facet_id + 0 if conditions and _is_sqlite(session) else facet_id
    numbers = (
        sa.select(group.label("facet_id"), sa.func.count().label("number"))
        .where(*conditions)
        .group_by(group)
        .subquery()
    )
    columns = [*(col(column) for _, column, _ in _COUNTED), col(ItemFacet.has_key)]
    statement = sa.select(*columns, numbers.c.number).join(numbers, numbers.c.facet_id == col(ItemFacet.id))
    rows = (await (await session.connection()).execute(statement)).all()
    allowed: list[Any] = [frozenset(getattr(wanted, attribute)) for _, _, attribute in _COUNTED]
    allowed.append(frozenset() if wanted.has_key is None else {wanted.has_key})
    counts: list[Counter[Any]] = [Counter() for _ in allowed]
    total = 0
    for *values, number in rows:
        failing = [i for i, value in enumerate(values) if allowed[i] and value not in allowed[i]]
        if not failing:
            total += number
            for i, value in enumerate(values):
                counts[i][value] += number
        elif len(failing) == 1:
            counts[failing[0]][values[failing[0]]] += number
    facets: dict[str, Mapping[Any, int]] = {name: counts[i] for i, (name, _, _) in enumerate(_COUNTED)}
    facets["has_key"] = {"yes" if value else "no": number for value, number in counts[-1].items()}
    return {name: dict(sorted(values.items())) for name, values in facets.items()}, total


async def _listed(session: AsyncSession, numbers: list[int]) -> list[ListedItem]:
    if not numbers:
        return []
    statement = (
        select(col(ItemIndex.number), Item, ItemParameters)
        .join(Item, col(Item.id) == col(ItemIndex.item_id))
        .outerjoin(ItemParameters, col(ItemParameters.item_id) == col(Item.id))
        .where(col(ItemIndex.number).in_(numbers))
    )
    found = {number: ListedItem(item, parameters) for number, item, parameters in await session.exec(statement)}
    return [found[number] for number in numbers if number in found]
