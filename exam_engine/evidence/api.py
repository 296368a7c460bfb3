"""Routes of the sitting log: its roots, closing it by hand, the export file."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.delivery import log_closing
from exam_engine.delivery.engine import root_signer
from exam_engine.evidence.export import export_pieces, root_line
from exam_engine.evidence.schemas import SignedRootView, SittingLogView
from exam_engine.evidence.words import minutes_lines
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogOpenError
from exam_engine.sitting_log.models import SittingLogRoot
from exam_engine.sitting_log.roots import fingerprint
from exam_engine.sittings import service as sittings

router = APIRouter(prefix="/api/sittings/{sitting_id}/log", tags=["sitting log"])

READ = requires(Permission.SITTING_LOG_READ)


def _root_view(root: SittingLogRoot, catalogue: Catalogue, language: Language) -> SignedRootView:
    return SignedRootView(
        segment=root.segment,
        rows=root.rows,
        root=root.root,
        fingerprint=fingerprint(root.root),
        previous_root=root.previous_root,
        closed_at=root.closed_at,
        public_key=root.public_key,
        signature=root.signature,
        minutes=minutes_lines(root_line(root), catalogue, language),
    )


@router.get("", dependencies=[READ])
async def read_log(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SittingLogView:
    """How many rows the log of a sitting has, and its signed roots with the lines for the minutes."""
    await sittings.find_sitting(session, sitting_id)
    roots = await sitting_log.roots_of(session, sitting_id)
    return SittingLogView(
        sitting_id=sitting_id,
        rows=await sitting_log.rows_of(session, sitting_id),
        roots=[_root_view(root, catalogue, language) for root in roots],
    )


@router.post("/closure", dependencies=[requires(Permission.SITTING_LOG_CLOSE)])
async def close_log(
    sitting_id: UUID,
    request: Request,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> SignedRootView:
    """Close the log before its time, or what came since it was closed; without news, the last root again.

    A sitting that is over is closed by the server itself.
    """
    await sittings.find_sitting(session, sitting_id)
    signer = root_signer(request.app.state.settings)
    root = await log_closing.close_log(session, sitting_id, signer=signer, actor=actor, now=utc_now())
    return _root_view(root, catalogue, language)


@router.get("/export.zip", dependencies=[READ], response_class=StreamingResponse)
async def export_log(sitting_id: UUID, request: Request, session: ReadSessionDep) -> StreamingResponse:
    """The log with all journals as one file that `exam-engine verify-sitting` checks without the server."""
    await sittings.find_sitting(session, sitting_id)
    if await sitting_log.last_root(session, sitting_id) is None:
        raise SittingLogOpenError
    return StreamingResponse(
        export_pieces(database_of(request), sitting_id),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="sitting-log-{sitting_id}.zip"'},
    )
