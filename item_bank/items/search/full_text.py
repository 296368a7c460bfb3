"""Words of a search as each database asks for them: FTS5 on SQLite, tsvector on PostgreSQL."""

from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlmodel import col

from item_bank.items.search.models import ItemIndex
from item_bank.items.search.parsing import Term

Part = Literal["stem", "words"]
"""Code and stem alone, or all that candidates read of an item."""

_FTS5 = sa.table("item_words", sa.column("rowid", sa.Integer), sa.column("item_words"))
_TSVECTOR = sa.table(
    "item_words", sa.column("number", sa.Integer), sa.column("stem", TSVECTOR), sa.column("words", TSVECTOR)
)


def holding(terms: Iterable[Term], part: Part, *, is_sqlite: bool) -> sa.ColumnElement[bool]:
    """Return the condition that an item holds all terms in a part of it; there must be at least one term."""
    if is_sqlite:
        match = f"{{{part}}} : ({' AND '.join(_fts5_phrase(term) for term in terms)})"
        found = sa.select(_FTS5.c.rowid).where(_FTS5.c.item_words.op("MATCH")(match))
    else:
        # Written into the statement: a plan made without knowing the words would take all words to be equally rare.
        asked = sa.bindparam(None, " & ".join(_ts_phrase(term) for term in terms), sa.String, literal_execute=True)
        wanted = sa.cast(asked, TSQUERY)
        matches: sa.ColumnElement[Any] = _TSVECTOR.c[part].op("@@")(wanted)
        found = sa.select(_TSVECTOR.c.number).where(matches)
    return col(ItemIndex.number).in_(found)


def matching(terms: Iterable[Term], *, is_sqlite: bool) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that an item holds all terms asked for and none of those excluded."""
    terms = list(terms)
    conditions = []
    if asked := [term for term in terms if not term.is_excluded]:
        conditions.append(holding(asked, "words", is_sqlite=is_sqlite))
    conditions += [~holding([term], "words", is_sqlite=is_sqlite) for term in terms if term.is_excluded]
    return conditions


# Words are of the letters a to z and digits, so that they need no escape beyond their quotes.
def _fts5_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _ts_phrase(term: Term) -> str:
    *before, last = (f"'{word}'" for word in term.words)
    return f"({' <-> '.join([*before, f'{last}:*' if term.is_prefix else last])})"
