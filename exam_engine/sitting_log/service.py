"""Adding rows in the transaction of the act, chaining them, and closing the log under a signed root."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import table_of
from exam_engine.core.time import iso_utc
from exam_engine.sitting_log.errors import SittingLogBrokenError
from exam_engine.sitting_log.merkle import MerkleTree
from exam_engine.sitting_log.models import SittingLogHead, SittingLogRoot, SittingLogRow
from exam_engine.sitting_log.roots import RootFacts, RootSigner
from exam_engine.sitting_log.rows import canonical, genesis_hash, row_hash, row_text

_ROW, _HEAD = table_of(SittingLogRow), table_of(SittingLogHead)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class ChainedRow:
    """A row with its place in the log."""

    number: int
    kind: str
    at: datetime
    body: str
    hash: str

    @property
    def text(self) -> str:
        """The hashed text."""
        return row_text(self.number, self.kind, self.at, self.body)


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """What a row says, chained or not."""

    kind: str
    at: datetime
    facts: dict[str, Any]


async def append(
    session: AsyncSession, sitting_id: UUID, *, kind: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """Add a row in the caller's transaction: the act and its row stand or fall together.

    The row gets its number and hash from the next round. Chained at once, every candidate who starts with the others
    would hold the end of the chain until their commit, and the whole sitting would start in single file.

    ``facts`` name people by ids and candidate numbers only.
    """
    await append_many(session, [(sitting_id, facts)], kind=kind, now=now)


async def append_many(
    session: AsyncSession, rows: Sequence[tuple[UUID, Mapping[str, Any]]], *, kind: str, now: datetime
) -> None:
    """Add rows of one kind, each to the log of its sitting, as :func:`append`."""
    values = [
        {"sitting_id": sitting_id, "kind": kind, "at": now, "body": canonical(facts)} for sitting_id, facts in rows
    ]
    await _insert(session, values)


async def append_of_another_server(
    session: AsyncSession, sitting_id: UUID, rows: Sequence[tuple[str, datetime, Mapping[str, Any]]]
) -> None:
    """Add rows that another server's log of the sitting holds: kind, instant, facts, in their order."""
    await _insert(
        session,
        [{"sitting_id": sitting_id, "kind": kind, "at": at, "body": canonical(said)} for kind, at, said in rows],
    )


async def _insert(session: AsyncSession, values: Sequence[dict[str, Any]]) -> None:
    if values:
        await (await session.connection()).execute(sa.insert(_ROW), list(values))


async def sittings_with_unchained_rows(session: AsyncSession) -> list[UUID]:
    """Return the sittings in whose logs rows wait for their number."""
    statement = select(SittingLogRow.sitting_id).where(col(SittingLogRow.number).is_(None)).distinct()
    return list((await session.exec(statement)).all())


async def lock(session: AsyncSession, sitting_id: UUID) -> SittingLogHead:
    """Return the end of a sitting's chain, locked until the transaction ends; made when there is none."""
    connection = await session.connection()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    # Two processes may come to a new log at once: one makes the row, both then wait for its lock.
    first = {"sitting_id": sitting_id, "rows": 0, "hash": genesis_hash(sitting_id), "rooted": 0}
    await connection.execute(dialect.insert(_HEAD).values(first).on_conflict_do_nothing())
    statement = (
        select(SittingLogHead)
        .where(SittingLogHead.sitting_id == sitting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.exec(statement)).one()


async def chain(session: AsyncSession, sitting_id: UUID, *, most: int | None = None) -> int:
    """Give the waiting rows of a log, or the ``most`` oldest, their numbers and hashes in the order of their insertion.

    Returns how many. Under the lock of the head: several at once give one chain.
    """
    head = await lock(session, sitting_id)
    connection = await session.connection()
    waiting = (
        sa.select(_ROW.c.id, _ROW.c.kind, _ROW.c.at, _ROW.c.body)
        .where(_ROW.c.sitting_id == sitting_id, _ROW.c.number.is_(None))
        .order_by(_ROW.c.id)
    )
    numbered = (
        sa.update(_ROW)
        .where(_ROW.c.id == sa.bindparam("row_id"))
        .values(number=sa.bindparam("row_number"), hash=sa.bindparam("row_hash"))
    )
    count = 0
    while most is None or count < most:
        limit = _BATCH if most is None else min(_BATCH, most - count)
        rows = (await connection.execute(waiting.limit(limit))).all()
        if not rows:
            break
        values = []
        for row in rows:
            head.rows += 1
            head.hash = row_hash(head.hash, row_text(head.rows, row.kind, row.at, row.body))
            values.append({"row_id": row.id, "row_number": head.rows, "row_hash": head.hash})
        await connection.execute(numbered, values)
        count += len(rows)
    session.add(head)
    await session.flush()
    return count


async def chained_rows(session: AsyncSession, sitting_id: UUID, *, up_to: int) -> AsyncIterator[ChainedRow]:
    """Yield the chained rows of a log in order, read in batches."""
    connection = await session.connection()
    last = 0
    while last < up_to:
        statement = (
            sa.select(_ROW.c.number, _ROW.c.kind, _ROW.c.at, _ROW.c.body, _ROW.c.hash)
            .where(_ROW.c.sitting_id == sitting_id, _ROW.c.number > last, _ROW.c.number <= up_to)
            .order_by(_ROW.c.number)
            .limit(_BATCH)
        )
        rows = (await connection.execute(statement)).all()
        if not rows:
            return
        for row in rows:
            yield ChainedRow(row.number, row.kind, row.at, row.body, row.hash)
        last = rows[-1].number


async def close(
    session: AsyncSession, sitting_id: UUID, *, signer: RootSigner, closed_by: UUID, now: datetime
) -> SittingLogRoot | None:
    """Sign a root over everything in a log so far; None when nothing came since the last one.

    The whole chain is checked on the way: what does not fit is not signed. Done twice, or again after a crash, it
    signs nothing anew.

    Raises
    ------
    SittingLogBrokenError
        A stored row was changed, removed or inserted.
    """
    await chain(session, sitting_id)
    head = await lock(session, sitting_id)
    if head.rows == head.rooted:
        return None
    last = await last_root(session, sitting_id)
    tree, previous = MerkleTree(), genesis_hash(sitting_id)
    async for row in chained_rows(session, sitting_id, up_to=head.rows):
        if row.number != tree.size + 1 or row_hash(previous, row.text) != row.hash:
            raise SittingLogBrokenError(number=tree.size + 1)
        tree.add(row.text.encode())
        previous = row.hash
        if last is not None and tree.size == last.rows and tree.root().hex() != last.root:
            raise SittingLogBrokenError(number=tree.size)
    if tree.size != head.rows or previous != head.hash:
        raise SittingLogBrokenError(number=tree.size)
    facts = RootFacts(
        sitting_id=sitting_id,
        segment=last.segment + 1 if last is not None else 1,
        rows=tree.size,
        root=tree.root().hex(),
        previous_root=last.root if last is not None else None,
        closed_at=iso_utc(now),
    )
    root = SittingLogRoot(
        sitting_id=sitting_id,
        segment=facts.segment,
        rows=facts.rows,
        root=facts.root,
        previous_root=facts.previous_root,
        closed_at=now,
        closed_by=closed_by,
        public_key=signer.public_key,
        signature=signer.sign(facts),
    )
    head.rooted = tree.size
    session.add_all((root, head))
    await session.flush()
    return root


async def said_after(session: AsyncSession, sitting_id: UUID, rows: int, kind: str) -> list[dict[str, Any]]:
    """Return what the rows of one kind after the given number say, those that wait for their number included."""
    statement = select(SittingLogRow.body).where(
        SittingLogRow.sitting_id == sitting_id,
        sa.or_(col(SittingLogRow.number).is_(None), col(SittingLogRow.number) > rows),
        SittingLogRow.kind == kind,
    )
    return [json.loads(body) for body in (await session.exec(statement)).all()]


async def marks_up_to(
    session: AsyncSession, sitting_id: UUID, rows: int, attempts: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return what the first rows of a log last say that these attempts earned."""
    found: dict[str, dict[str, Any]] = {}
    async for row in chained_rows(session, sitting_id, up_to=rows):
        if row.kind in {"attempt.marked", "attempt.remarked"}:
            facts = json.loads(row.body)
            if facts["attempt"] in attempts:
                found[facts["attempt"]] = facts
    return found


async def rows_about(session: AsyncSession, sitting_id: UUID, ids: Collection[UUID]) -> list[LoggedAct]:
    """Return the rows of a log that name one of these registrations or attempts, in the order of their insertion."""
    named = sa.or_(*(_ROW.c.body.contains(str(id_), autoescape=True) for id_ in ids))
    statement = (
        sa.select(_ROW.c.kind, _ROW.c.at, _ROW.c.body).where(_ROW.c.sitting_id == sitting_id, named).order_by(_ROW.c.id)
    )
    found = (await (await session.connection()).execute(statement)).all()
    return [LoggedAct(row.kind, row.at, json.loads(row.body)) for row in found]


async def roots_of(session: AsyncSession, sitting_id: UUID) -> list[SittingLogRoot]:
    """Return the signed roots of a sitting's log, the first first."""
    statement = (
        select(SittingLogRoot).where(SittingLogRoot.sitting_id == sitting_id).order_by(col(SittingLogRoot.segment))
    )
    return list((await session.exec(statement)).all())


async def first_root(session: AsyncSession, sitting_id: UUID) -> SittingLogRoot | None:
    """Return the root that closed the sitting, which the minutes state; None while the log is open."""
    return await session.get(SittingLogRoot, (sitting_id, 1))


async def last_root(session: AsyncSession, sitting_id: UUID) -> SittingLogRoot | None:
    """Return the root that covers the most of a log; None while the log is open."""
    roots = await roots_of(session, sitting_id)
    return roots[-1] if roots else None


async def rows_of(session: AsyncSession, sitting_id: UUID) -> int:
    """Return how many rows a log has, with those that wait for their number."""
    statement = select(sa.func.count()).select_from(SittingLogRow).where(SittingLogRow.sitting_id == sitting_id)
    return (await session.exec(statement)).one()
