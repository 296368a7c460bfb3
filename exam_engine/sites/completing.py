"""The end of a push: everything that came is held against the site's own log, and the log against the site's key."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import Database
from exam_engine.core.errors import Fault
from exam_engine.core.time import iso_utc
from exam_engine.delivery import seat_queries, upload_queries
from exam_engine.evidence.export import Covered, archive_pieces
from exam_engine.evidence.file_format import RootLine
from exam_engine.evidence.site_logs import RECEIVED, marked
from exam_engine.evidence.verification import Verdict, verify_file
from exam_engine.sites import delegating, queries
from exam_engine.sites.errors import SiteLogRefusedError, SiteStillRunsError
from exam_engine.sites.models import SiteDelegation, SiteLogRoot, SiteLogRow
from exam_engine.sites.taking_in import lock_pushing
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.rows import read_body
from exam_engine.sitting_log.service import ChainedRow
from exam_engine.sittings import reseating
from exam_engine.sittings.hints import SEAT

_BATCH = 500
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Completed:
    """What of a site stands at the central server, checked."""

    attempts: int
    operations: int
    log_rows: int
    root: str
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found when everything was held against the site's log."""

    verdict: Verdict
    root: SiteLogRoot


async def complete(database: Database, delegation_id: UUID, *, push: int, actor: Actor, now: datetime) -> Completed:
    """Take over what a site has sent, once it is whole: from here on it counts, and is marked.

    The rows of the site's log are added to the log of the sitting, with the site's root that vouches for them, and the
    rooms are held here again. Asked again, or after more refusals have come, only what is new is added.

    Raises
    ------
    NotFoundError, DelegationWithdrawnError, NotPulledError, PushOutdatedError
    SiteStillRunsError
        The site has not closed its log yet.
    SiteLogRefusedError
        What came does not fit the site's log, or the log not the site's key; the faults name the places.
    """
    async with database.read() as session:
        delegation = await delegating.find(session, delegation_id)
        checked = await _check(session, delegation)
    async with database.write() as session:
        delegation = await lock_pushing(session, delegation_id, push)
        # What was checked is what is stored: a portion that came meanwhile has added rows, or a number.
        if await queries.log_size(session, delegation_id) != checked.root.rows:
            raise SiteStillRunsError
        is_news = checked.root.rows > delegation.log_rows or delegation.pushed_at is None
        if is_news:
            await _take_over(session, delegation, checked.root, actor, now)
        pushed_at = delegation.pushed_at or now
    verdict = checked.verdict
    return Completed(verdict.attempts, verdict.operations, verdict.rows, checked.root.root, pushed_at)


async def _check(session: AsyncSession, delegation: SiteDelegation) -> _Checked:
    roots = await queries.log_roots(session, delegation.id)
    size = await queries.log_size(session, delegation.id)
    if not roots or roots[-1].rows != size:
        raise SiteStillRunsError
    registrations = await queries.registration_ids(session, delegation.sitting_id, delegating.room_ids_of(delegation))
    attempts = await queries.attempt_ids(session, registrations)
    said = {
        (str(body.get("attempt")), body.get("part", 0))
        for row in await _all_rows(session, delegation.id)
        if row.kind in {"attempt.closed", "attempt.refused_late"}
        for body in [read_body(row.body)]
    }
    # Marks are given here, and refusals that came here are of no row of the site.
    covered = Covered(
        attempts,
        unmarked=frozenset(map(str, attempts)),
        later_parts=frozenset(await queries.refused_parts(session, attempts) - said),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.zip"
        lines = [_root_line(root) for root in roots]
        with file.open("wb") as target:
            async for piece in archive_pieces(
                session, delegation.sitting_id, lines, _chained(session, delegation.id), covered
            ):
                target.write(piece)
        verdict = await asyncio.to_thread(verify_file, file, public_key=delegation.public_key)
    faults = verdict.faults + await _damaged_files(session, attempts)
    if faults:
        raise SiteLogRefusedError(faults=faults[:MOST_FAULTS])
    return _Checked(verdict, roots[-1])


async def _damaged_files(session: AsyncSession, attempts: Sequence[UUID]) -> list[Fault]:
    """Hold files that were handed in against their hashes, which stand in the journals."""
    faults = []
    for upload in await upload_queries.uploads_of(session, attempts):
        digest = hashlib.sha256()
        async for part in upload_queries.contents(session, upload.id):
            digest.update(part)
        if digest.hexdigest() != upload.sha256:
            faults.append(Fault("site_file_damaged", f"upload:{upload.id}", {"file": upload.file_name}))
    return faults


async def _take_over(
    session: AsyncSession, delegation: SiteDelegation, root: SiteLogRoot, actor: Actor, now: datetime
) -> None:
    public_key = delegation.public_key or ""
    last = delegation.log_rows
    while rows := await queries.log_rows_after(session, delegation.id, last, limit=_BATCH):
        await sitting_log.append_of_another_server(
            session,
            delegation.sitting_id,
            [
                (
                    row.kind,
                    row.at,
                    marked(read_body(row.body), delegation=delegation.id, number=row.number, public_key=public_key),
                )
                for row in rows
            ],
        )
        last = rows[-1].number
    rooms = delegating.room_ids_of(delegation)
    await queries.hold_rooms(session, delegation.sitting_id, rooms, None)
    registrations = await queries.registration_ids(session, delegation.sitting_id, rooms)
    moves = await seat_queries.moves_of(session, list(registrations))
    await reseating.take_places(session, {move.registration_id: move.to_seat for move in moves})
    delegation.log_rows = root.rows
    delegation.pushed_at = delegation.pushed_at or now
    session.add(delegation)
    await session.flush()
    hint_after_commit(session, SEAT, registrations)
    details: dict[str, object] = {
        "segment": root.segment,
        "rows": root.rows,
        "root": root.root,
        "previous_root": root.previous_root,
        "closed_at": iso_utc(root.closed_at),
        "public_key": root.public_key,
        "signature": root.signature,
    }
    await delegating.record(session, RECEIVED, delegation, actor, now, details)


def _root_line(root: SiteLogRoot) -> RootLine:
    return RootLine(
        segment=root.segment,
        rows=root.rows,
        root=root.root,
        previous_root=root.previous_root,
        closed_at=iso_utc(root.closed_at),
        public_key=root.public_key,
        signature=root.signature,
    )


async def _all_rows(session: AsyncSession, delegation_id: UUID) -> list[SiteLogRow]:
    found: list[SiteLogRow] = []
    while rows := await queries.log_rows_after(session, delegation_id, found[-1].number if found else 0, limit=_BATCH):
        found += rows
    return found


async def _chained(session: AsyncSession, delegation_id: UUID) -> AsyncIterator[ChainedRow]:
    for row in await _all_rows(session, delegation_id):
        yield ChainedRow(row.number, row.kind, row.at, row.body, row.hash)
