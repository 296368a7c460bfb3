"""Routes of exports: which formats there are, what a file would hold, the file."""

import asyncio
from dataclasses import asdict
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import Database, database_of
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.exchange.exported import WrittenFile
from item_bank.exchange.exporting import service
from item_bank.exchange.exporting.gathering import Gathered, gather
from item_bank.exchange.exporting.schemas import ExportFormatList, ExportFormatView, ExportReport, ExportRequest
from item_bank.exchange.exporting.writers import Writer, with_heading
from item_bank.exchange.paper.document import PaperHeading
from item_bank.exchange.views import notice_view
from item_bank.items.errors import ApprovalTargetError
from item_bank.items.selecting import selected

router = APIRouter(prefix="/api/items/exports", tags=["item exports"])
_EXPORT = [requires(Permission.ITEM_EXPORT)]


@router.get("/formats", dependencies=_EXPORT)
async def list_export_formats(actor: ActorDep, catalogue: CatalogueDep, language: LanguageDep) -> ExportFormatList:
    """The formats that one may ask for; without the right to see keys, only those that hold none."""
    return ExportFormatList(
        items=[
            ExportFormatView(
                code=one.code,
                title=catalogue.text(one.title_code, language),
                help=catalogue.text(f"{one.title_code}.help", language),
                ending=one.ending,
                holds_keys=one.holds_keys,
            )
            for one in service.writers_for(actor)
        ]
    )


@router.post("/report", dependencies=_EXPORT)
async def report_export(
    body: ExportRequest, request: Request, actor: ActorDep, catalogue: CatalogueDep, language: LanguageDep
) -> ExportReport:
    """What a file would hold, and what the format cannot carry; nothing leaves the bank."""
    _, gathered, written = await _written(body, database_of(request), actor)
    left_out = {one.place for one in written.left_out if one.severity == "left_out"}
    codes = {item.draft.code for item in gathered.items}
    return ExportReport(
        items=len(gathered.items),
        written=len(codes - left_out),
        notices=[notice_view(asdict(notice), catalogue, language) for notice in written.left_out],
    )


@router.post("", dependencies=_EXPORT, response_class=Response)
async def export_items(body: ExportRequest, request: Request, actor: ActorDep) -> Response:
    """A file with items; recorded with its hash before it is handed out."""
    database = database_of(request)
    writer, gathered, written = await _written(body, database, actor)
    now = utc_now()
    async with database.write() as session:
        await service.record_export(session, writer=writer, gathered=gathered, written=written, actor=actor, now=now)
    name = f"cau-hoi-{now:%Y%m%d-%H%M}-{writer.code}.{writer.ending}"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(written.content, media_type=writer.media_type, headers=headers)


async def _written(body: ExportRequest, database: Database, actor: Actor) -> tuple[Writer, Gathered, WrittenFile]:
    if (body.item_ids is None) == (body.all_matching is None):
        raise ApprovalTargetError
    writer = service.choose_writer(body.format, actor)
    if body.heading is not None:
        writer = with_heading(writer, PaperHeading(**body.heading.model_dump()))
    wanted = None if body.all_matching is None else selected(body.all_matching, actor)
    async with database.read() as session:
        gathered = await gather(session, item_ids=body.item_ids, wanted=wanted)
    # Writing takes its time: neither the event loop nor the one writer of SQLite waits for it.
    return writer, gathered, await asyncio.to_thread(writer.write, gathered.items, gathered.media)
