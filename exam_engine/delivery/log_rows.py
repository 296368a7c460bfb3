"""What delivery writes into the sitting log: sealed papers, own data, and the start, end and marking of attempts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.core.time import iso_utc
from exam_engine.delivery.journal import LONGEST_BODY, chain_hash
from exam_engine.delivery.models import Attempt, JournalRefusal
from exam_engine.delivery.queries import PaperFacts
from exam_engine.marking.service import AttemptMark
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.rows import canonical
from exam_engine.sittings.service import RegistrationFacts

AT_CLOSE = 0
"""The part of an attempt's refusals that the row of its close vouches for."""

_PAPERS_A_ROW = 200
_REFUSALS_A_BATCH = 100


async def papers_sealed(
    session: AsyncSession, sitting_id: UUID, seals: Sequence[tuple[UUID, UUID, int, str]], now: datetime
) -> None:
    """Log which papers a sitting was made ready with: id, form, variant and SHA-256 of each."""
    listed = [[str(paper_id), str(form_id), variant, sha256] for paper_id, form_id, variant, sha256 in seals]
    for start in range(0, len(listed), _PAPERS_A_ROW):
        facts = {"papers": listed[start : start + _PAPERS_A_ROW]}
        await sitting_log.append(session, sitting_id, kind="papers.sealed", facts=facts, now=now)


async def own_data_checked(session: AsyncSession, facts: RegistrationFacts, fault: str | None, now: datetime) -> None:
    """Log that a candidate reported a fault in their own data, or took the report back; its words as a digest."""
    said = {"registration": str(facts.registration_id), "candidate_number": facts.candidate_number}
    if fault is None:
        await sitting_log.append(session, facts.sitting_id, kind="seat.data_confirmed", facts=said, now=now)
    else:
        said["text_sha256"] = text_digest(fault)
        await sitting_log.append(session, facts.sitting_id, kind="seat.fault_reported", facts=said, now=now)


def text_digest(text: str) -> str:
    """Return the digest under which words of people stand in the log."""
    return hashlib.sha256(text.encode()).hexdigest()


async def attempts_started(
    session: AsyncSession, started: Sequence[tuple[Attempt, str | None, PaperFacts]], now: datetime
) -> None:
    """Log the starts of attempts, each with the candidate's number and the paper."""
    rows = [
        (
            attempt.sitting_id,
            {
                "attempt": str(attempt.id),
                "registration": str(attempt.registration_id),
                "candidate_number": candidate_number,
                "form": str(attempt.form_id),
                "paper": str(paper.id),
                "paper_sha256": paper.sha256,
                "epoch": attempt.epoch,
            },
        )
        for attempt, candidate_number, paper in started
    ]
    await sitting_log.append_many(session, rows, kind="attempt.started", now=now)


async def attempts_closed(session: AsyncSession, attempts: Sequence[Attempt], now: datetime) -> None:
    """Log the ends of attempts: how each ended, the end of its journal, what was refused."""
    refused = {id_: await _settle_refusals(session, id_, AT_CLOSE) for id_ in await _with_refusals(session, attempts)}
    rows = [
        (
            attempt.sitting_id,
            {
                "attempt": str(attempt.id),
                "registration": str(attempt.registration_id),
                "epoch": attempt.epoch,
                "finish_kind": attempt.finish_kind,
                "finished_at": iso_utc(attempt.finished_at or now),
                "last_seq": attempt.last_seq,
                "chain_head": attempt.chain_head,
            }
            | (refused.get(attempt.id) or _RefusedPart(0, refusals_genesis(attempt.id, AT_CLOSE))).facts,
        )
        for attempt in attempts
    ]
    await sitting_log.append_many(session, rows, kind="attempt.closed", now=now)


async def _with_refusals(session: AsyncSession, attempts: Sequence[Attempt]) -> list[UUID]:
    table = table_of(JournalRefusal)
    statement = (
        sa.select(table.c.attempt_id)
        .where(among(session, table.c.attempt_id, [attempt.id for attempt in attempts]), table.c.logged_part.is_(None))
        .distinct()
    )
    return list((await (await session.connection()).execute(statement)).scalars())


async def attempts_marked(
    session: AsyncSession, marked: Sequence[tuple[Attempt, AttemptMark]], now: datetime, *, is_again: bool = False
) -> None:
    """Log what attempts earned, or earn now that more counts; their items as a digest."""
    rows = [
        (
            attempt.sitting_id,
            {
                "attempt": str(attempt.id),
                "raw": str(mark.raw),
                "max_points": str(mark.max_points),
                "items_sha256": items_digest(mark),
            },
        )
        for attempt, mark in marked
    ]
    await sitting_log.append_many(session, rows, kind="attempt.remarked" if is_again else "attempt.marked", now=now)


def items_digest(mark: AttemptMark) -> str:
    """Return the digest of what each item earned."""
    items = [[item.ref, str(item.points), str(item.max_points), item.is_correct, item.flag] for item in mark.items]
    return text_digest(canonical({"items": items}))


async def late_refusals(session: AsyncSession, sitting_id: UUID, segment: int, now: datetime) -> None:
    """Log what arrived, and was refused, after the close of its attempt; once for each attempt and segment."""
    statement = (
        select(JournalRefusal.attempt_id)
        .join(Attempt, col(Attempt.id) == col(JournalRefusal.attempt_id))
        .where(
            Attempt.sitting_id == sitting_id,
            col(Attempt.closed_at).is_not(None),
            col(JournalRefusal.logged_part).is_(None),
        )
        .distinct()
        .order_by(col(JournalRefusal.attempt_id))
    )
    for attempt_id in (await session.exec(statement)).all():
        # A site numbers its parts by its own segments: a part that it has closed takes in nothing more.
        last = select(sa.func.max(JournalRefusal.logged_part)).where(JournalRefusal.attempt_id == attempt_id)
        part = max(segment, ((await session.exec(last)).one() or 0) + 1)
        refused = await _settle_refusals(session, attempt_id, part)
        facts = {"attempt": str(attempt_id), "part": part} | refused.facts
        await sitting_log.append(session, sitting_id, kind="attempt.refused_late", facts=facts, now=now)


@dataclass(frozen=True, slots=True)
class _RefusedPart:
    count: int
    head: str

    @property
    def facts(self) -> dict[str, Any]:
        return {"refusals": self.count, "refusals_head": self.head}


async def _settle_refusals(session: AsyncSession, attempt_id: UUID, part: int) -> _RefusedPart:
    """Make a part of the refusals that no row vouches for yet; returns how many and the end of their chain."""
    connection, table = await session.connection(), table_of(JournalRefusal)
    settled = await connection.execute(
        sa.update(table).where(table.c.attempt_id == attempt_id, table.c.logged_part.is_(None)).values(logged_part=part)
    )
    count, head = 0, refusals_genesis(attempt_id, part)
    # Read in batches: a browser gone wild may have left thousands of long texts.
    while count < settled.rowcount:
        statement = (
            select(JournalRefusal)
            .where(JournalRefusal.attempt_id == attempt_id, JournalRefusal.logged_part == part)
            .order_by(col(JournalRefusal.seq), col(JournalRefusal.hash), col(JournalRefusal.reason))
            .offset(count)
            .limit(_REFUSALS_A_BATCH)
        )
        batch = (await session.exec(statement)).all()
        for refusal in batch:
            head = chain_hash(head, refusal_text(refusal))
            session.expunge(refusal)
        count += len(batch)
    return _RefusedPart(count, head)


def refusals_genesis(attempt_id: UUID | str, part: int) -> str:
    """Return the hash that the first refusal of a part is chained to."""
    return hashlib.sha256(f"refusals\n{attempt_id}\n{part}".encode()).hexdigest()


def refusal_text(refusal: JournalRefusal) -> str:
    """Return the hashed text of a refusal, canonical JSON: all that is known of it, an overlong body as its digest."""
    is_overlong = len(refusal.body) > LONGEST_BODY
    return canonical(
        {
            "seq": refusal.seq,
            "hash": refusal.hash,
            "reason": refusal.reason,
            "body": text_digest(refusal.body) if is_overlong else refusal.body,
            "is_digest": is_overlong,
            "epoch": refusal.epoch,
            "received_at": iso_utc(refusal.received_at),
        }
    )
