"""Routes of item imports: bring a file, look at what it would do, complete it, apply it or drop it."""

import asyncio
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response, UploadFile
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.exchange import applying, queries, service
from item_bank.exchange.checking import check_rows, notices_of
from item_bank.exchange.completion import ImportOptions
from item_bank.exchange.errors import ImportRowNotFoundError
from item_bank.exchange.examples import example_of
from item_bank.exchange.formats import FORMATS, format_of
from item_bank.exchange.intake import PreparedImport, prepare, read_file
from item_bank.exchange.models import ItemImport
from item_bank.exchange.queries import RowFilter
from item_bank.exchange.schemas import (
    FormatList,
    FormatView,
    ImportApplication,
    ImportList,
    ImportProblemList,
    ImportRowList,
    ImportRowView,
    ImportView,
    RowsUpdate,
    RowUpdate,
)
from item_bank.exchange.stimuli import placed_stimuli
from item_bank.exchange.views import problem_list, row_view, run_view, summary_view
from item_bank.quality.bank_index import BankIndex, bank_index_of

PATH = "/api/items/imports"
LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of the largest file that is taken: a package with its pictures."""

router = APIRouter(prefix=PATH, tags=["item imports"])
BankIndexDep = Annotated[BankIndex, Depends(bank_index_of)]
_NUMBERS_TOLD = 1_000
_WRITE = [requires(Permission.ITEM_WRITE)]
_MEDIA_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def body_limits(_settings: Settings) -> dict[str, int]:
    """Return the paths whose bodies may be larger than other uploads, in bytes."""
    return {PATH: LARGEST_FILE}


@router.get("/formats", dependencies=_WRITE)
async def list_formats(catalogue: CatalogueDep, language: LanguageDep) -> FormatList:
    """The formats that files are taken in."""
    return FormatList(
        items=[
            FormatView(
                code=one.code,
                title=catalogue.text(one.title_code, language),
                help=catalogue.find(f"{one.title_code}.help", language) or "",
                endings=list(one.endings),
                has_example=example_of(one.code, catalogue, language) is not None,
            )
            for one in FORMATS
        ]
    )


@router.get("/formats/{code}/example", dependencies=_WRITE, response_class=Response)
async def download_example(code: str, catalogue: CatalogueDep, language: LanguageDep) -> Response:
    """A file to try the format with, or to fill in."""
    example = example_of(code, catalogue, language) if format_of(code) is not None else None
    if example is None:
        raise NotFoundError
    content = await asyncio.to_thread(example.content)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(example.name)}"}
    return Response(content, media_type=example.media_type, headers=headers)


@router.post("", status_code=201, dependencies=_WRITE)
async def bring_file(
    file: UploadFile,
    request: Request,
    actor: ActorDep,
    index: BankIndexDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    format_code: Annotated[str | None, Form(alias="format", max_length=32)] = None,
) -> ImportView:
    """Read a file and tell what importing it would do; the bank does not change.

    Large files are read as long work: the answer then has the state `reading` and the id of the job.
    """
    content = await file.read()
    name = service.plain_file_name(file.filename or "")
    chosen = service.choose_format(name, content, format_code)
    prepared: PreparedImport | None = None
    if len(content) <= service.AT_ONCE_BYTES:
        # Reading takes its time: neither the event loop nor the one writer of SQLite waits for it.
        imported = await asyncio.to_thread(read_file, content, name, chosen.code)
        if len(imported.items) <= service.AT_ONCE_ITEMS:
            prepared = await asyncio.to_thread(prepare, imported)
    database = database_of(request)
    async with database.write() as session:
        run = await service.begin(
            session,
            name=name,
            content=content,
            format_code=chosen.code,
            is_long=prepared is None,
            actor=actor,
            now=utc_now(),
        )
        if prepared is not None:
            await service.store_prepared(session, run, prepared)
            await check_rows(session, run, await queries.all_rows(session, run.id))
    if prepared is not None:
        async with database.read() as session:
            numbers = [row["number"] for row in prepared.rows]
            advice = await service.compare_with_bank(session, index, run.id, numbers)
        async with database.write() as session:
            run = await queries.lock_import(session, import_id=run.id, created_by=actor.id) or run
            await service.add_advice(session, run, advice)
            await service.finish_checking(session, run)
    async with database.read() as session:
        return await _view(session, run, catalogue, language)


@router.get("", dependencies=_WRITE)
async def list_imports(
    actor: ActorDep, session: ReadSessionDep, page: PageDep, catalogue: CatalogueDep, language: LanguageDep
) -> ImportList:
    """One's own runs, newest first; those that nobody applied are kept for seven days."""
    runs, total = await queries.find_imports(session, created_by=actor.id, offset=page.offset, limit=page.limit)
    return ImportList(items=[summary_view(run, catalogue, language) for run in runs], total=total)


@router.get("/{import_id}", dependencies=_WRITE)
async def read_import(
    import_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ImportView:
    """One's own run: counts, problems, what is set for all items."""
    return await _view(session, await service.find_run(session, import_id, actor), catalogue, language)


@router.get("/{import_id}/rows", dependencies=_WRITE)
async def list_rows(
    import_id: UUID,
    actor: ActorDep,
    session: ReadSessionDep,
    page: PageDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    show: RowFilter = "all",
    problem: Annotated[str | None, Query(max_length=64, description="Only items of which this is noted.")] = None,
) -> ImportRowList:
    """The items of a run in the order of the file."""
    run = await service.find_run(session, import_id, actor)
    if problem is None:
        rows, total = await queries.find_rows(session, run.id, wanted=show, offset=page.offset, limit=page.limit)
        numbers = await queries.numbers_shown(session, run.id, wanted=show, limit=_NUMBERS_TOLD)
    else:
        noted = await queries.noted_rows(session, run.id)
        numbers = [row.number for row in noted if any(one["code"] == problem for one in notices_of(row))]
        rows = await queries.rows_by_number(session, run.id, numbers[page.offset : page.offset + page.limit])
        total = len(numbers)
    stimuli = await placed_stimuli(session, run)
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    return ImportRowList(
        items=[row_view(row, stimuli, catalogue, language, with_key=with_key) for row in rows],
        total=total,
        numbers=numbers[:_NUMBERS_TOLD],
    )


@router.get("/{import_id}/problems", dependencies=_WRITE)
async def list_problems(
    import_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ImportProblemList:
    """All that is wrong or doubtful about a run and its items, to print or to mend the file by."""
    run = await service.find_run(session, import_id, actor)
    return problem_list(run, await queries.noted_rows(session, run.id), catalogue, language)


@router.get("/{import_id}/rows/{number}", dependencies=_WRITE)
async def read_row(
    import_id: UUID,
    number: int,
    actor: ActorDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ImportRowView:
    """One item of a run."""
    return await _row_view(
        session, await service.find_run(session, import_id, actor), number, actor, catalogue, language
    )


@router.get("/{import_id}/media/{sha256}", dependencies=_WRITE, response_class=Response)
async def read_media(
    import_id: UUID, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], actor: ActorDep, session: ReadSessionDep
) -> Response:
    """A picture, sound or file of a run that is not applied yet."""
    run = await service.find_run(session, import_id, actor)
    found = await queries.find_media(session, import_id=run.id, sha256=sha256)
    if found is None:
        raise NotFoundError
    kind = "inline" if found.content_type.startswith(("image/", "audio/")) else "attachment"
    disposition = f"{kind}; filename*=UTF-8''{quote(found.original_name, safe='')}"
    headers = {**_MEDIA_HEADERS, "Content-Disposition": disposition}
    return Response(found.content, media_type=found.content_type, headers=headers)


@router.patch("/{import_id}/options", dependencies=_WRITE)
async def set_options(
    import_id: UUID,
    body: ImportOptions,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ImportView:
    """Set what holds for all items of which the file says nothing itself; replaces what was set before."""
    run = await service.set_options(session, import_id=import_id, options=body, actor=actor, now=utc_now())
    return await _view(session, run, catalogue, language)


@router.patch("/{import_id}/rows/{number}", dependencies=_WRITE)
async def change_row(
    import_id: UUID,
    number: int,
    body: RowUpdate,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ImportRowView:
    """Say what the file does not say of one item, above all its key; or leave it out."""
    run = await service.change_rows(
        session,
        import_id=import_id,
        numbers=[number],
        changes=body.changes,
        is_left_out=body.is_left_out,
        actor=actor,
        now=utc_now(),
    )
    return await _row_view(session, run, number, actor, catalogue, language)


@router.patch("/{import_id}/rows", dependencies=_WRITE)
async def change_rows(
    import_id: UUID,
    body: RowsUpdate,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ImportView:
    """Say the same of several items, or leave them out."""
    run = await service.change_rows(
        session,
        import_id=import_id,
        numbers=body.numbers,
        changes=body.changes,
        is_left_out=body.is_left_out,
        actor=actor,
        now=utc_now(),
    )
    return await _view(session, run, catalogue, language)


@router.post("/{import_id}/check", dependencies=_WRITE)
async def check_import(
    import_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ImportView:
    """Hold the run against the bank as it is now."""
    run = await service.check_again(session, import_id=import_id, actor=actor, now=utc_now())
    return await _view(session, run, catalogue, language)


@router.post("/{import_id}/apply", dependencies=_WRITE)
async def apply_import(
    import_id: UUID,
    body: ImportApplication,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ImportView:
    """Save the items of one's own run, all or none; large runs as long work, in the state `applying` until then."""
    run = await applying.lock_applicable(
        session, import_id=import_id, is_skipping_errors=body.skip_rows_with_errors, actor=actor
    )
    now = utc_now()
    if run.counts["all"] > applying.AT_ONCE_ROWS:
        service.queue_applying(session, run, is_submitting=body.submit_for_review, actor=actor, now=now)
        await session.flush()
    else:
        await applying.apply_run(session, run, is_submitting=body.submit_for_review, actor=actor, now=now)
    return await _view(session, run, catalogue, language)


@router.delete("/{import_id}", status_code=204, dependencies=_WRITE)
async def drop_import(import_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Give a run up with all that only it holds."""
    await service.drop(session, import_id=import_id, actor=actor, now=utc_now())


async def _view(session: AsyncSession, run: ItemImport, catalogue: Catalogue, language: Language) -> ImportView:
    stimuli = await placed_stimuli(session, run)
    media = await queries.held_media(session, run.id)
    return run_view(run, stimuli.values(), media, catalogue, language)


async def _row_view(
    session: AsyncSession, run: ItemImport, number: int, actor: Actor, catalogue: Catalogue, language: Language
) -> ImportRowView:
    rows = await queries.rows_by_number(session, run.id, [number])
    if not rows:
        raise ImportRowNotFoundError
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    return row_view(rows[0], await placed_stimuli(session, run), catalogue, language, with_key=with_key)
