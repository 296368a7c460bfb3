"""Filters as conditions on the index."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.text import search_key
from exam_engine.forms.models import FormItem
from item_bank.items.models import Item
from item_bank.items.records import ItemFilter
from item_bank.items.search.full_text import matching
from item_bank.items.search.models import ItemIndex
from item_bank.items.search.parsing import Condition, Measure, Range, SearchQuery, Trait
from item_bank.items.search.words import tag_key

Clause = sa.ColumnElement[bool]
People = Mapping[UUID, str]


def chips(wanted: ItemFilter) -> dict[str, Clause]:
    """Return what a filter asks for by facet, each condition under the facet's name."""
    clauses: dict[str, Clause] = {}
    for name, column, values in (
        ("module", ItemIndex.module_code, wanted.modules),
        ("level", ItemIndex.cognitive_level, wanted.levels),
        ("status", ItemIndex.status, wanted.statuses),
        ("kind", ItemIndex.interaction, wanted.kinds),
        ("author", ItemIndex.author_id, wanted.authors),
    ):
        if values:
            clauses[name] = col(column).in_(values)
    if wanted.references:
        clauses["reference"] = sa.or_(*(_lies_in(code) for code in wanted.references))
    if wanted.has_key is not None:
        clauses["has_key"] = col(ItemIndex.has_key).is_(wanted.has_key)
    if wanted.assignees:
        clauses["assignee"] = _assigned(wanted.assignees)
    for tag in wanted.tags:
        clauses[f"tag {tag_key(tag)}"] = _tagged(tag_key(tag))
    return clauses


async def typed(session: AsyncSession, query: SearchQuery, *, me: UUID | None, is_sqlite: bool) -> list[Clause]:
    """Return what a search text asks for; one with a part that nobody understands matches nothing."""
    if query.unknown:
        return [sa.false()]
    people: People = {}
    if any(condition.field in {"author", "assignee"} for condition in query.conditions):
        people = await _people(session)
    clauses = matching(query.terms, is_sqlite=is_sqlite)
    for condition in query.conditions:
        alternatives = [_value_clause(condition, value, people, me) for value in condition.values]
        clause = sa.or_(*alternatives)
        # An empty column is no match; without this its negation would be none either.
        clauses.append(~sa.func.coalesce(clause, sa.false()) if condition.is_excluded else clause)
    return clauses + [_range_clause(span) for span in query.ranges]


def _value_clause(condition: Condition, value: str, people: People, me: UUID | None) -> Clause:
    match condition.field:
        case "code":
            return col(ItemIndex.code_key).startswith(value, autoescape=True)
        case "tag":
            return _tagged(value)
        case "module":
            return col(ItemIndex.module_code) == value
        case "reference":
            return _lies_in(value)
        case "level":
            return col(ItemIndex.cognitive_level) == value
        case "status":
            return col(ItemIndex.status) == value
        case "kind":
            return col(ItemIndex.interaction) == value
        case "author":
            return col(ItemIndex.author_id).in_(_named(value, people, me))
        case "assignee":
            return _assigned((None,) if value == "none" else _named(value, people, me))
        case "has":
            return _TRAITS[value]()  # type: ignore[index]  # the parser lets nothing else through


def _lies_in(code: str) -> Clause:
    reference = col(ItemIndex.reference_code)
    return sa.or_(reference == code, reference.startswith(f"{code}.", autoescape=True))


def _assigned(assignees: Sequence[UUID | None]) -> Clause:
    named = [one for one in assignees if one is not None]
    clause: Clause = col(ItemIndex.assignee_id).in_(named)
    return sa.or_(clause, col(ItemIndex.assignee_id).is_(None)) if None in assignees else clause


def _tagged(key: str) -> Clause:
    # Faster than LIKE by far on SQLite, and without wildcards to escape.
    return _place_in(col(ItemIndex.tag_keys), sa.literal(f"|{key}=")) > 0


class _place_in(sa.sql.functions.GenericFunction[int]):  # noqa: N801 - named as functions of SQL are
    type = sa.Integer()
    inherit_cache = True


@compiles(_place_in)
def _strpos(element: _place_in, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(_place_in, "sqlite")
def _instr(element: _place_in, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


def _named(value: str, people: People, me: UUID | None) -> list[UUID]:
    if value == "me":
        return [] if me is None else [me]
    return [id_ for id_, name in people.items() if value in search_key(name)]


async def _people(session: AsyncSession) -> People:
    names: dict[UUID, str] = {}
    connection = await session.connection()
    for id_, name in ((col(Item.author_id), col(Item.author_name)), (col(Item.assignee_id), col(Item.assignee_name))):
        known = sa.select(id_.label("id")).where(id_.is_not(None)).distinct().subquery()
        latest = sa.select(name).where(id_ == known.c.id).limit(1).scalar_subquery()
        names.update((row[0], row[1]) for row in (await connection.execute(sa.select(known.c.id, latest))).all())
    return names


def _is_true(column: Any) -> Callable[[], Clause]:
    return lambda: sa.func.coalesce(column, sa.false()).is_(True)


# Comments belong to a slice above this one; an item has some while a thread about it is open.
_COMMENT = sa.table(
    "item_comment",
    sa.column("item_id", sa.Uuid()),
    sa.column("parent_id", sa.Uuid()),
    sa.column("resolved_at"),
    sa.column("struck_at"),
)

_TRAITS: dict[Trait, Callable[[], Clause]] = {
    "key": _is_true(col(ItemIndex.has_key)),
    "published": _is_true(col(ItemIndex.is_published)),
    "simulated": _is_true(col(ItemIndex.is_simulated)),
    "parameters": lambda: col(ItemIndex.a).is_not(None),
    "stimulus": lambda: col(ItemIndex.stimulus_id).is_not(None),
    "assignee": lambda: col(ItemIndex.assignee_id).is_not(None),
    "tags": lambda: col(ItemIndex.tag_keys) != "",
    "comments": lambda: sa.exists().where(
        _COMMENT.c.item_id == col(ItemIndex.item_id),
        _COMMENT.c.parent_id.is_(None),
        _COMMENT.c.resolved_at.is_(None),
        _COMMENT.c.struck_at.is_(None),
    ),
}

_FORMS = (
    sa.select(sa.func.count())
    .select_from(FormItem)
    .where(col(FormItem.item_code) == col(ItemIndex.code))
    .correlate(ItemIndex)
    .scalar_subquery()
)

_MEASURES: dict[Measure, Any] = {
    "p": col(ItemIndex.p),
    "item_rest": col(ItemIndex.item_rest),
    "a": col(ItemIndex.a),
    "b": col(ItemIndex.b),
    "seconds": col(ItemIndex.expected_seconds),
    "forms": _FORMS,
}


def _range_clause(span: Range) -> Clause:
    column = _MEASURES[span.measure]
    clauses = []
    if span.low is not None:
        clauses.append(column > span.low if span.is_low_open else column >= span.low)
    if span.high is not None:
        clauses.append(column < span.high if span.is_high_open else column <= span.high)
    return sa.and_(*clauses)
