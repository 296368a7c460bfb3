"""Writing the export file, piece by piece: memory stays the same for ten attempts and for ten thousand."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Database, table_of
from exam_engine.core.time import iso_utc
from exam_engine.delivery.journal import chain_hash
from exam_engine.delivery.log_rows import items_digest, refusal_text, refusals_genesis
from exam_engine.delivery.models import Attempt, JournalEntry, JournalRefusal
from exam_engine.evidence.file_format import (
    ATTEMPTS,
    FORMAT,
    LOG,
    MANIFEST,
    OPERATIONS,
    REFUSALS,
    VERSION,
    AttemptLine,
    LogLine,
    Manifest,
    OperationLine,
    RefusalLine,
    RootLine,
)
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogOpenError
from exam_engine.sitting_log.models import SittingLogRoot
from exam_engine.sitting_log.service import ChainedRow
from exam_engine.sittings.models import Registration

_BATCH = 200
_ENTRY = table_of(JournalEntry)
# A file of the same log is the same file, whenever it is written.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Covered:
    """Which attempts a root covers, which of them without their marks, and which refusals of them it does not cover.

    Parts of refusals that it does not cover are named by attempt and number. ``former_marks`` are those of attempts
    that were marked again after it.
    """

    attempt_ids: Sequence[UUID]
    unmarked: frozenset[str] = frozenset()
    later_parts: frozenset[tuple[str, int]] = frozenset()
    former_marks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


async def export_pieces(database: Database, sitting_id: UUID) -> AsyncIterator[bytes]:
    """Yield the export file of a sitting's log, up to its last root.

    Raises
    ------
    SittingLogOpenError
        No root is signed yet.
    """
    async with database.read() as session:
        roots = await sitting_log.roots_of(session, sitting_id)
        if not roots:
            raise SittingLogOpenError
        covered = await _covered(session, sitting_id, roots[-1])
        rows = sitting_log.chained_rows(session, sitting_id, up_to=roots[-1].rows)
        async for piece in archive_pieces(session, sitting_id, [root_line(root) for root in roots], rows, covered):
            yield piece


async def archive_pieces(
    session: AsyncSession,
    sitting_id: UUID,
    roots: Sequence[RootLine],
    rows: AsyncIterator[ChainedRow],
    covered: Covered,
) -> AsyncIterator[bytes]:
    """Yield the file of a log that is given by its roots and rows, with the attempts that it covers as stored here."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, batches in (
            (MANIFEST, _manifest(sitting_id, roots)),
            (LOG, _log(rows)),
            (ATTEMPTS, _attempts(session, covered)),
            (OPERATIONS, _operations(session, covered)),
            (REFUSALS, _refusals(session, covered)),
        ):
            info = zipfile.ZipInfo(name, date_time=_LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as member:
                async for batch in batches:
                    await asyncio.to_thread(member.write, batch)
                    if piece := sink.take():
                        yield piece
    yield sink.take()


class _Sink:
    """What the archive wrote since it was last taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, content: bytes) -> int:
        self._written += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


async def _covered(session: AsyncSession, sitting_id: UUID, root: SittingLogRoot) -> Covered:
    """Leave out what happened after the root. An attempt that no row speaks of stays: somebody put it there."""
    started, marked, remarked, refused = [
        await sitting_log.said_after(session, sitting_id, root.rows, kind)
        for kind in ("attempt.started", "attempt.marked", "attempt.remarked", "attempt.refused_late")
    ]
    later = {said["attempt"] for said in started}
    statement = select(Attempt.id).where(Attempt.sitting_id == sitting_id).order_by(col(Attempt.id))
    ids = [id_ for id_ in (await session.exec(statement)).all() if str(id_) not in later]
    unmarked = frozenset(said["attempt"] for said in marked)
    again = {said["attempt"] for said in remarked} - unmarked
    return Covered(
        ids,
        unmarked,
        frozenset((said["attempt"], said["part"]) for said in refused),
        await sitting_log.marks_up_to(session, sitting_id, root.rows, again) if again else {},
    )


def _lines(lines: Sequence[msgspec.Struct]) -> bytes:
    return b"".join(_encode(line) + b"\n" for line in lines)


async def _manifest(sitting_id: UUID, roots: Sequence[RootLine]) -> AsyncIterator[bytes]:
    manifest = Manifest(FORMAT, VERSION, str(sitting_id), tuple(roots))
    yield msgspec.json.format(_encode(manifest), indent=1) + b"\n"


def root_line(root: SittingLogRoot) -> RootLine:
    """Return a root as files state it."""
    return RootLine(
        segment=root.segment,
        rows=root.rows,
        root=root.root,
        previous_root=root.previous_root,
        closed_at=iso_utc(root.closed_at),
        public_key=root.public_key,
        signature=root.signature,
    )


async def _log(rows: AsyncIterator[ChainedRow]) -> AsyncIterator[bytes]:
    batch: list[msgspec.Struct] = []
    async for row in rows:
        batch.append(LogLine(row.number, row.kind, iso_utc(row.at), row.body, row.hash))
        if len(batch) == _BATCH:
            yield _lines(batch)
            batch.clear()
    yield _lines(batch)


async def _attempts(session: AsyncSession, covered: Covered) -> AsyncIterator[bytes]:
    for start in range(0, len(covered.attempt_ids), _BATCH):
        ids = covered.attempt_ids[start : start + _BATCH]
        statement = (
            select(Attempt, Registration.candidate_number)
            .join(Registration, col(Registration.id) == col(Attempt.registration_id))
            .where(col(Attempt.id).in_(ids))
            .order_by(col(Attempt.id))
        )
        marks = await marking.marks(session, [id_ for id_ in ids if str(id_) not in covered.unmarked])
        lines = []
        for attempt, candidate_number in (await session.exec(statement)).all():
            mark = marks.get(attempt.id)
            earned = covered.former_marks.get(str(attempt.id)) or (_earned(mark) if mark is not None else {})
            line = AttemptLine(
                attempt=str(attempt.id),
                registration=str(attempt.registration_id),
                candidate_number=candidate_number,
                form=str(attempt.form_id),
                paper=str(attempt.paper_id),
                epoch=attempt.epoch,
                finish_kind=attempt.finish_kind,
                finished_at=iso_utc(attempt.finished_at) if attempt.finished_at is not None else None,
                last_seq=attempt.last_seq,
                chain_head=attempt.chain_head,
                raw=earned.get("raw"),
                max_points=earned.get("max_points"),
                items_sha256=earned.get("items_sha256"),
            )
            lines.append(line)
        yield _lines(lines)
        session.expunge_all()


def _earned(mark: AttemptMark) -> dict[str, str]:
    return {"raw": str(mark.raw), "max_points": str(mark.max_points), "items_sha256": items_digest(mark)}


async def _operations(session: AsyncSession, covered: Covered) -> AsyncIterator[bytes]:
    connection = await session.connection()
    for attempt_id in covered.attempt_ids:
        last: int | None = -1
        while last is not None:
            statement = (
                sa.select(_ENTRY.c.seq, _ENTRY.c.body, _ENTRY.c.hash)
                .where(_ENTRY.c.attempt_id == attempt_id, _ENTRY.c.seq > last)
                .order_by(_ENTRY.c.seq)
                .limit(_BATCH)
            )
            rows = (await connection.execute(statement)).all()
            yield _lines([OperationLine(str(attempt_id), row.seq, row.body, row.hash) for row in rows])
            last = rows[-1].seq if len(rows) == _BATCH else None


async def _refusals(session: AsyncSession, covered: Covered) -> AsyncIterator[bytes]:
    for attempt_id in covered.attempt_ids:
        statement = (
            select(JournalRefusal)
            .where(JournalRefusal.attempt_id == attempt_id, col(JournalRefusal.logged_part).is_not(None))
            .order_by(
                col(JournalRefusal.logged_part),
                col(JournalRefusal.seq),
                col(JournalRefusal.hash),
                col(JournalRefusal.reason),
            )
        )
        part, number, head, offset = -1, 0, "", 0
        while rows := (await session.exec(statement.offset(offset).limit(_BATCH))).all():
            lines = []
            for refusal in rows:
                if (str(attempt_id), refusal.logged_part) in covered.later_parts:
                    continue
                if refusal.logged_part != part:
                    part, number = refusal.logged_part or 0, 0
                    head = refusals_genesis(attempt_id, part)
                text = refusal_text(refusal)
                number, head = number + 1, chain_hash(head, text)
                lines.append(RefusalLine(str(attempt_id), part, number, text, head))
            yield _lines(lines)
            session.expunge_all()
            if len(rows) < _BATCH:
                break
            offset += len(rows)
