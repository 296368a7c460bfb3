"""Rules of imports: bring a file, complete what it does not say, drop it; the bank does not change by any of these."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.jobs import service as jobs
from exam_engine.core.text import clean_line
from exam_engine.media import service as media
from item_bank.exchange import queries
from item_bank.exchange.advising import linted, twins_in_bank, writing_notices
from item_bank.exchange.checking import check_rows, item_of, refresh_counts, stored_notice
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.exchange.errors import (
    FormatUnknownError,
    ImportAppliedError,
    ImportNotFoundError,
    ImportNotReadyError,
    ImportRowNotFoundError,
)
from item_bank.exchange.formats import FORMATS, Format, format_of, recognise
from item_bank.exchange.imported import Notice
from item_bank.exchange.intake import FileFacts, PreparedImport, advised_item
from item_bank.exchange.models import ItemImport, ItemImportFile, ItemImportMedia, ItemImportRow
from item_bank.items.queries import batches
from item_bank.quality.bank_index import BankIndex

JOB_KIND = "item_import"
KEPT_FOR = timedelta(days=7)
"""A run that nobody applied is deleted after this, with what only it holds."""

AT_ONCE_BYTES = 1_000_000
AT_ONCE_ITEMS = 500
"""What is read and checked while its owner waits; larger files are long work with progress."""

_ROWS_ASKED = 100


def choose_format(name: str, content: bytes, wanted: str | None) -> Format:
    """Return the format that was chosen by hand, or the one that the file seems to be in.

    Raises
    ------
    FormatUnknownError
    """
    found = format_of(wanted) if wanted else recognise(name, content)
    if found is None:
        endings = ", ".join(dict.fromkeys(ending for one in FORMATS for ending in one.endings))
        raise FormatUnknownError(file=name, endings=endings)
    return found


def plain_file_name(name: str) -> str:
    """Return the last part of a path as one clean line."""
    return clean_line(PurePosixPath(name.replace("\\", "/")).name)[:200] or "?"


async def begin(
    session: AsyncSession,
    *,
    name: str,
    content: bytes,
    format_code: str,
    is_long: bool,
    actor: Actor,
    now: datetime,
) -> ItemImport:
    """Open a run for a file; a long one is queued to be read, with its bytes kept until then."""
    await queries.delete_unapplied(session, before=now - KEPT_FOR)
    run = ItemImport(
        file_name=name,
        file_hash=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format=format_code,
        state="reading",
        options=ImportOptions().model_dump(mode="json"),
        created_by=actor.id,
        created_at=now,
    )
    session.add(run)
    await session.flush()
    if is_long:
        session.add(ItemImportFile(import_id=run.id, content=content))
        _queue(session, run, "check", actor, now)
    await audit.record(
        session,
        actor=actor,
        action="item_import.brought",
        object_type="item_import",
        object_id=str(run.id),
        details={"file": run.file_name, "sha256": run.file_hash, "format": run.format, "bytes": run.size_bytes},
        now=now,
    )
    return run


def _queue(session: AsyncSession, run: ItemImport, task: str, actor: Actor, now: datetime) -> None:
    parameters = {"import_id": str(run.id), "task": task}
    run.job_id = jobs.enqueue(session, kind=JOB_KIND, parameters=parameters, actor=actor, now=now).id
    session.add(run)


def queue_applying(session: AsyncSession, run: ItemImport, *, is_submitting: bool, actor: Actor, now: datetime) -> None:
    """Queue the applying of a large run."""
    parameters: dict[str, Any] = {"import_id": str(run.id), "task": "apply", "is_submitting": is_submitting}
    run.job_id = jobs.enqueue(session, kind=JOB_KIND, parameters=parameters, actor=actor, now=now).id
    run.state = "applying"
    session.add(run)


async def store_prepared(session: AsyncSession, run: ItemImport, prepared: PreparedImport) -> None:
    """Store what a file holds; its rows are yet to be checked."""
    await queries.empty_run(session, run.id)
    await store_rows(session, run.id, prepared.rows)
    await finish_reading(session, run, prepared.facts)


async def store_rows(session: AsyncSession, import_id: UUID, rows: Iterable[dict[str, Any]]) -> None:
    """Store rows of a file that is being read."""
    await queries.insert_rows(session, [{"import_id": import_id, **row} for row in rows])


async def finish_reading(session: AsyncSession, run: ItemImport, facts: FileFacts) -> None:
    """Store what a file holds besides its rows, which are all stored and yet to be checked."""
    wanted = {sha256 for named in facts.media_named.values() for _, sha256 in named}
    known = await media.exist(session, wanted - facts.media.keys()) | facts.media.keys()
    unknown = {
        number: [(place, sha256) for place, sha256 in named if sha256 not in known]
        for number, named in facts.media_named.items()
    }
    noted = sorted({number for number, named in unknown.items() if named} | facts.twins.keys())
    for batch in batches(noted):
        changed = [
            {
                "number": row.number,
                "notices": row.notices
                + [
                    stored_notice(Notice("error", "item_media_unknown", row.place, place, {"media": sha256[:12]}))
                    for place, sha256 in unknown.get(row.number, ())
                ],
                "advice": row.advice + ([facts.twins[row.number]] if row.number in facts.twins else []),
            }
            for row in await queries.advised_rows(session, run.id, batch)
        ]
        await queries.change_rows(session, run.id, changed)
    run.state, run.stimuli, run.notices = "checking", facts.stimuli, facts.notices
    session.add(run)
    await queries.delete_file(session, run.id)
    for one in facts.media.values():
        values = asdict(one)
        del values["changes"]
        session.add(ItemImportMedia(import_id=run.id, **values))
    await session.flush()


async def finish_checking(session: AsyncSession, run: ItemImport) -> None:
    """Count what was checked; the run is ready to be looked at."""
    run.state = "ready"
    await refresh_counts(session, run)


async def check_whole_run(session: AsyncSession, run: ItemImport) -> None:
    """Check all rows of a run at once."""
    await check_rows(session, run, await queries.all_rows(session, run.id))
    await finish_checking(session, run)


async def compare_with_bank(
    session: AsyncSession, index: BankIndex, run_id: UUID, numbers: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return for rows that resemble items of the bank, other than themselves, which ones those are."""
    found: dict[int, list[dict[str, Any]]] = {}
    if not await index.ask(session, len):
        return found
    for start in range(0, len(numbers), _ROWS_ASKED):
        rows = await queries.rows_to_check(session, run_id, numbers[start : start + _ROWS_ASKED])
        asked = [advised for row in rows if (advised := advised_item(item_of(row), row.code or "")) is not None]
        # Others wait for the same index; a part of the rows at a time lets them in between.
        answers = await index.ask(session, twins_in_bank(asked))
        found.update({number: [stored_notice(notice) for notice in notices] for number, notices in answers.items()})
    return found


async def add_advice(session: AsyncSession, run: ItemImport, advice: dict[int, list[dict[str, Any]]]) -> None:
    """Keep what was found about rows by comparing them with the bank."""
    for batch in batches(sorted(advice)):
        changed = [
            {"number": row.number, "advice": row.advice + advice[row.number], "has_warnings": True}
            for row in await queries.advised_rows(session, run.id, batch)
        ]
        await queries.change_rows(session, run.id, changed)


async def find_run(session: AsyncSession, import_id: UUID, actor: Actor) -> ItemImport:
    """Return one's own run.

    Raises
    ------
    ImportNotFoundError
    """
    run = await queries.find_import(session, import_id=import_id, created_by=actor.id)
    if run is None or run.state == "dropped":
        raise ImportNotFoundError
    return run


async def lock_ready(session: AsyncSession, import_id: UUID, actor: Actor) -> ItemImport:
    """Return one's own run that waits to be completed or applied, locked.

    Raises
    ------
    ImportNotFoundError, ImportAppliedError, ImportNotReadyError
    """
    run = await queries.lock_import(session, import_id=import_id, created_by=actor.id)
    if run is None or run.state == "dropped":
        raise ImportNotFoundError
    if run.state == "applied":
        raise ImportAppliedError
    if run.state != "ready":
        raise ImportNotReadyError
    return run


async def set_options(
    session: AsyncSession, *, import_id: UUID, options: ImportOptions, actor: Actor, now: datetime
) -> ItemImport:
    """Set what holds for all items; large runs are checked anew as long work."""
    run = await lock_ready(session, import_id, actor)
    run.options = options.model_dump(mode="json")
    await _check_anew(session, run, actor, now)
    return run


async def check_again(session: AsyncSession, *, import_id: UUID, actor: Actor, now: datetime) -> ItemImport:
    """Hold a run against the bank as it is now."""
    run = await lock_ready(session, import_id, actor)
    await _check_anew(session, run, actor, now)
    return run


async def _check_anew(session: AsyncSession, run: ItemImport, actor: Actor, now: datetime) -> None:
    session.add(run)
    await session.flush()
    if run.counts.get("all", 0) <= AT_ONCE_ITEMS:
        await check_whole_run(session, run)
    else:
        run.state = "checking"
        _queue(session, run, "check", actor, now)


async def change_rows(
    session: AsyncSession,
    *,
    import_id: UUID,
    numbers: Sequence[int],
    changes: RowChanges | None,
    is_left_out: bool | None,
    actor: Actor,
    now: datetime,
) -> ItemImport:
    """Say something of single items, or leave them out; what is not named of them stays.

    Raises
    ------
    ImportNotFoundError, ImportAppliedError, ImportNotReadyError, ImportRowNotFoundError
    """
    run = await lock_ready(session, import_id, actor)
    rows = await queries.rows_by_number(session, run.id, numbers)
    if len(rows) != len(set(numbers)):
        raise ImportRowNotFoundError
    if is_left_out is not None:
        await queries.leave_out(session, run.id, numbers, is_left_out=is_left_out)
        for row in rows:
            await session.refresh(row)
    named = changes.model_fields_set if changes is not None else set()
    if changes is not None and named:
        said = changes.model_dump(mode="json", include=named)
        for row in rows:
            row.changes = {**row.changes, **said}
            if "key" in named:
                _advise_anew(row)
            session.add(row)
        await session.flush()
        is_small = run.counts.get("all", 0) <= AT_ONCE_ITEMS
        # In a large run the other rows keep their codes; in a small one all are given anew, in order.
        await check_rows(session, run, await queries.all_rows(session, run.id) if is_small else rows)
    await refresh_counts(session, run)
    return run


def _advise_anew(row: ItemImportRow) -> None:
    """Find flaws of writing that show only now that the key is known; comparisons with other items stay."""
    item = advised_item(item_of(row), row.code or "")
    key = RowChanges.model_validate(row.changes).key
    if item is None or key is None:
        return
    kept = [one for one in row.advice if one["code"].startswith(("same_item", "similar_item"))]
    item = replace(item, key=key)
    found = writing_notices(item, linted(item))
    row.advice = [*(stored_notice(notice) for notice in found), *kept]


async def drop(session: AsyncSession, *, import_id: UUID, actor: Actor, now: datetime) -> None:
    """Give a run up; nothing of it stays but that it was.

    Raises
    ------
    ImportNotFoundError, ImportAppliedError, ImportNotReadyError
    """
    run = await queries.lock_import(session, import_id=import_id, created_by=actor.id)
    if run is None or run.state == "dropped":
        raise ImportNotFoundError
    if run.state == "applied":
        raise ImportAppliedError
    if run.state == "applying":
        raise ImportNotReadyError
    if run.job_id is not None:
        await jobs.request_cancel(session, job_id=run.job_id, now=now)
    run.state, run.stimuli, run.notices = "dropped", [], []
    run.counts = {name: count for name, count in run.counts.items() if name != "problems"}
    session.add(run)
    await queries.empty_run(session, run.id)
    await audit.record(
        session,
        actor=actor,
        action="item_import.dropped",
        object_type="item_import",
        object_id=str(run.id),
        details={"file": run.file_name, "sha256": run.file_hash},
        now=now,
    )
