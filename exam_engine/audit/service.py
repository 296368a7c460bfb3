"""The audit record: adding an entry in the transaction of the act, reading, verifying the chain."""

import hashlib
import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit.models import AuditEntry, AuditHead
from exam_engine.core.actor import Actor
from exam_engine.core.time import iso_utc
from exam_engine.sitting_log import service as sitting_log

GENESIS = "0" * 64
_BATCH = 2000


def digest(facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of facts in a canonical form: sorted keys, no white space."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(entry: AuditEntry) -> str:
    """Return the hash that chains an entry: over everything it says and the hash of the one before."""
    return digest(
        {
            "seq": entry.seq,
            "at": iso_utc(entry.at),
            "actor": [str(entry.actor_id), entry.actor_kind, entry.actor_name],
            "action": entry.action,
            "object": [entry.object_type, entry.object_id],
            "before": entry.before_hash,
            "after": entry.after_hash,
            "details": entry.details,
            "previous": entry.previous_hash,
        }
    )


async def record(
    session: AsyncSession,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: str,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    sitting_id: UUID | None = None,
) -> AuditEntry:
    """Add one entry in the caller's transaction: the act and its record stand or fall together.

    ``sitting_id`` names the sitting, made ready or later, that the act is a part of: its log gets a row as well.

    ``before`` and ``after`` are kept as hashes only, ``details`` as they are; so never put secrets or personal data
    that may have to be erased into ``details``. Call it last in a transaction: from here to the commit all other
    recorded acts wait.
    """
    head = (await session.exec(select(AuditHead).where(AuditHead.id == 1).with_for_update())).one()
    entry = AuditEntry(
        seq=head.seq + 1,
        at=now,
        actor_id=actor.id,
        actor_kind=actor.kind,
        actor_name=actor.display_name,
        action=action,
        object_type=object_type,
        object_id=object_id,
        before_hash=digest(before) if before is not None else None,
        after_hash=digest(after) if after is not None else None,
        details=json.loads(json.dumps(dict(details or {}), default=str)),
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = entry_hash(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.add_all((entry, head))
    await session.flush()
    if sitting_id is not None:
        facts = {
            "actor": [str(entry.actor_id), entry.actor_kind],
            "object": [object_type, object_id],
            "details": entry.details,
            "audit": [entry.seq, entry.hash],
        }
        await sitting_log.append(session, sitting_id, kind=action, facts=facts, now=now)
    return entry


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Whether the record is whole; ``first_broken_seq`` names the first entry that does not fit."""

    rows: int
    is_intact: bool
    first_broken_seq: int | None


async def verify(session: AsyncSession) -> ChainVerdict:
    """Walk the whole chain and name the first changed, missing or inserted entry; acts recorded meanwhile fit in."""
    previous, rows, announced = GENESIS, 0, 0
    while True:
        async for entry in _entries(session, after=rows or None):
            if entry.seq != rows + 1 or entry.previous_hash != previous or entry_hash(entry) != entry.hash:
                return ChainVerdict(rows, False, min(entry.seq, rows + 1))
            previous, rows = entry.hash, rows + 1
        if rows < announced:
            return ChainVerdict(rows, False, rows + 1)
        # Columns, not the entity: a session gives out an entity once loaded as it was then.
        head = (await session.exec(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1))).first()
        if head is None:
            return ChainVerdict(rows, False, rows + 1)
        announced, head_hash = head
        if announced < rows:
            return ChainVerdict(rows, False, max(announced, 0) + 1)
        if announced == rows:
            fits = head_hash == previous
            return ChainVerdict(rows, fits, None if fits else max(rows, 1))
        # The head lies further ahead: acts recorded since the walk, or entries missing at the end. Look again.


async def _entries(session: AsyncSession, *, after: int | None) -> AsyncIterator[AuditEntry]:
    """Yield entries by number; without ``after`` also those that an intruder put before the first."""
    last = after
    while True:
        statement = select(AuditEntry).order_by(col(AuditEntry.seq)).limit(_BATCH)
        if last is not None:
            statement = statement.where(col(AuditEntry.seq) > last)
        batch = (await session.exec(statement)).all()
        for entry in batch:
            yield entry
        if len(batch) < _BATCH:
            return
        last = batch[-1].seq
        session.expunge_all()


async def names_of(session: AsyncSession, numbers: Collection[int]) -> dict[int, str]:
    """Return who did what these entries record, by the number of the entry."""
    statement = select(AuditEntry.seq, AuditEntry.actor_name).where(col(AuditEntry.seq).in_(numbers))
    return dict((await session.exec(statement)).all())


async def find_entries(
    session: AsyncSession,
    *,
    q: str | None,
    action: str | None,
    object_id: str | None,
    offset: int,
    limit: int,
) -> tuple[list[AuditEntry], int]:
    """Return entries, newest first, with the number of all that match."""
    statement = select(AuditEntry)
    if action:
        statement = statement.where(col(AuditEntry.action).startswith(action, autoescape=True))
    if object_id:
        statement = statement.where(AuditEntry.object_id == object_id)
    if q:
        statement = statement.where(col(AuditEntry.actor_name).contains(q, autoescape=True))
    total = (await session.exec(select(sa.func.count()).select_from(statement.subquery()))).one()
    rows = (await session.exec(statement.order_by(col(AuditEntry.seq).desc()).offset(offset).limit(limit))).all()
    return list(rows), total
