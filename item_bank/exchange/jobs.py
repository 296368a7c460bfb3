"""Reading, checking and applying of large files as long work."""

import asyncio
from typing import Any
from uuid import UUID

from exam_engine.core.errors import DomainError, Fault
from exam_engine.core.jobs.computation import ComputationFailedError, ProcessDiedError
from exam_engine.core.jobs.context import JobContext
from exam_engine.core.time import utc_now
from item_bank.exchange import applying, queries, service
from item_bank.exchange.checking import ROWS_AT_ONCE, census_of, check_batch, stored_notice
from item_bank.exchange.errors import ImportRefusedError, ImportTookTooLongError
from item_bank.exchange.imported import Notice
from item_bank.exchange.intake import FileFacts, read_and_prepare
from item_bank.exchange.models import ItemImport, ItemImportFile
from item_bank.quality.bank_index import BankIndex

LONGEST_READING = 900
"""Seconds after which reading is given up."""

_MANY = 5_000
"""Items at which half of the reading is shown as done."""


async def run_import(context: JobContext) -> dict[str, Any]:
    """Do what the job's run waits for; a repeated job does nothing twice."""
    import_id = UUID(context.parameters["import_id"])
    async with context.database.read() as session:
        run = await session.get(ItemImport, import_id)
    if run is None:
        return {}
    try:
        if context.parameters["task"] == "apply":
            await _apply(context, run)
        else:
            if run.state == "reading":
                await _read(context, run)
            await _check(context, run)
    except DomainError as error:
        await _give_up(context, run, error.faults or (Fault(error.code, "", error.params),))
        raise
    except (ProcessDiedError, ComputationFailedError):
        await _give_up(context, run, (Fault("import_reading_failed"),))
        raise
    return {"import_id": str(import_id)}


async def _read(context: JobContext, run: ItemImport) -> None:
    async with context.database.read() as session:
        file = await session.get(ItemImportFile, run.id)
    if file is None:
        return
    await context.report(0.02, "import_progress.reading", file=run.file_name)

    async with context.database.write() as session:
        await queries.empty_reading(session, run.id)
    stored = 0

    async def store(rows: list[dict[str, Any]]) -> None:
        nonlocal stored
        async with context.database.write() as session:
            locked = await queries.lock_import(session, import_id=run.id)
            if locked is not None and locked.state == "reading":
                await service.store_rows(session, run.id, rows)
        stored += len(rows)
        # How many there are is known when all are read: the bar moves ever more slowly.
        await context.report(0.1 + 0.4 * stored / (stored + _MANY), "import_progress.looking", done=stored)

    try:
        async with asyncio.timeout(LONGEST_READING):
            read: FileFacts | tuple[Fault, ...] = await context.compute_telling(
                read_and_prepare, file.content, run.file_name, run.format, on_word=store
            )
    except TimeoutError as error:
        raise ImportTookTooLongError(file=run.file_name) from error
    if not isinstance(read, FileFacts):
        raise ImportRefusedError(faults=read)
    async with context.database.write() as session:
        locked = await queries.lock_import(session, import_id=run.id)
        if locked is not None and locked.state == "reading":
            await service.finish_reading(session, locked, read)


async def _check(context: JobContext, run: ItemImport) -> None:
    async with context.database.write() as session:
        numbers = await queries.numbers_of_rows(session, run.id)
        await queries.forget_codes(session, run.id)
        census = await census_of(session, run.id)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        share = 0.55 + 0.25 * start / len(numbers)
        await context.report(share, "import_progress.checking", done=start, items=len(numbers))
        async with context.database.write() as session:
            locked = await queries.lock_import(session, import_id=run.id)
            if locked is None or locked.state != "checking":
                return
            await check_batch(session, locked, numbers[start : start + ROWS_AT_ONCE], census)
    if context.parameters.get("task") == "check" and run.state == "reading":
        await _compare(context, run, numbers)
    async with context.database.write() as session:
        locked = await queries.lock_import(session, import_id=run.id)
        if locked is not None and locked.state == "checking":
            await service.finish_checking(session, locked)


async def _compare(context: JobContext, run: ItemImport, numbers: list[int]) -> None:
    """Find the items of the bank that rows resemble; jobs have an index of their own."""
    index = BankIndex()
    try:
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            share = 0.8 + 0.18 * start / len(numbers)
            await context.report(share, "import_progress.comparing", done=start, items=len(numbers))
            async with context.database.read() as session:
                found = await service.compare_with_bank(session, index, run.id, numbers[start : start + ROWS_AT_ONCE])
            async with context.database.write() as session:
                locked = await queries.lock_import(session, import_id=run.id)
                if locked is None or locked.state != "checking":
                    return
                await service.add_advice(session, locked, found)
    finally:
        await asyncio.to_thread(index.close)


async def _apply(context: JobContext, run: ItemImport) -> None:
    await context.report(0.1, "import_progress.applying", items=run.counts.get("all", 0))
    async with context.database.write() as session:
        locked = await queries.lock_import(session, import_id=run.id)
        if locked is None or locked.state != "applying":
            return
        await applying.apply_run(
            session, locked, is_submitting=context.parameters["is_submitting"], actor=context.actor, now=utc_now()
        )


async def _give_up(context: JobContext, run: ItemImport, faults: tuple[Fault, ...]) -> None:
    """Say on the run why it could not be read; one that could not be applied waits again as it was."""
    async with context.database.write() as session:
        locked = await queries.lock_import(session, import_id=run.id)
        if locked is None:
            return
        if locked.state == "applying":
            locked.state = "ready"
        elif locked.state in {"reading", "checking"}:
            if locked.state == "reading":
                await queries.empty_reading(session, locked.id)
            locked.state = "failed"
            locked.notices = [stored_notice(Notice("error", f.code, f.place, "", f.params)) for f in faults]
        session.add(locked)
