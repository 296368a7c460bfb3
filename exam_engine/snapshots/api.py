"""Routes of snapshots: the board's decision, the candidate's word, pictures in and pictures out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.security import read_or_create_key
from exam_engine.core.time import utc_now
from exam_engine.sittings import service as sittings
from exam_engine.snapshots import deciding, queries, taking, viewing
from exam_engine.snapshots.schemas import (
    ConsentIn,
    ErasureIn,
    OpenedViewing,
    SnapshotRule,
    SnapshotSettings,
    SnapshotSettingsView,
    Source,
    SourceStateIn,
    ViewingIn,
    ViewingList,
    WatchedCandidates,
)

router = APIRouter(tags=["snapshots"])

BOARD = "/api/sittings/{sitting_id}/snapshots"
OWN = "/api/snapshots/own"
VIEW = requires(Permission.SNAPSHOT_VIEW)
OWN_ATTEMPT = requires(Permission.ATTEMPT_TAKE)


def _master_key(request: Request) -> bytes:
    settings: Settings = request.app.state.settings
    return read_or_create_key(settings.data_dir / "keys" / "snapshots.key")


MasterKeyDep = Annotated[bytes, Depends(_master_key)]


async def _view(session: ReadSessionDep, sitting_id: UUID) -> SnapshotSettingsView:
    sitting = await sittings.find_sitting(session, sitting_id)
    setting = await queries.setting_of(session, sitting_id)
    if setting is None:
        return SnapshotSettingsView(settings=None)
    count, size = await queries.size_of_sitting(session, sitting_id)
    settings = SnapshotSettings(
        **setting.model_dump(exclude={"wrapped_key", "sitting_id"}),
        erased_after=deciding.erased_after(setting, sitting.ends_at),
        picture_count=count,
        byte_count=size,
    )
    return SnapshotSettingsView(settings=settings)


@router.get(BOARD, dependencies=[requires(Permission.SITTING_READ)])
async def read_settings(sitting_id: UUID, session: ReadSessionDep) -> SnapshotSettingsView:
    """Whether pictures are taken in the sitting, how, and how many there are."""
    return await _view(session, sitting_id)


@router.put(BOARD, dependencies=[requires(Permission.SITTING_WRITE)])
async def decide(
    sitting_id: UUID, body: SnapshotRule, actor: ActorDep, session: SessionDep, master_key: MasterKeyDep
) -> SnapshotSettingsView:
    """Have pictures taken in the sitting, or change how, before it opens."""
    await deciding.decide(session, sitting_id, body, master_key=master_key, actor=actor, now=utc_now())
    return await _view(session, sitting_id)


@router.delete(BOARD, dependencies=[requires(Permission.SITTING_WRITE)])
async def end(sitting_id: UUID, actor: ActorDep, session: SessionDep) -> SnapshotSettingsView:
    """Take no further pictures; those there are stay for their time."""
    await deciding.end(session, sitting_id, actor=actor, now=utc_now())
    return await _view(session, sitting_id)


@router.post(f"{BOARD}/erasure", dependencies=[requires(Permission.SITTING_WRITE)])
async def erase(sitting_id: UUID, body: ErasureIn, actor: ActorDep, session: SessionDep) -> SnapshotSettingsView:
    """Erase the pictures before their time."""
    await deciding.erase(session, sitting_id, reason=body.reason, actor=actor, now=utc_now())
    return await _view(session, sitting_id)


@router.get(f"{BOARD}/candidates", dependencies=[VIEW])
async def read_candidates(sitting_id: UUID, session: ReadSessionDep) -> WatchedCandidates:
    """Who agreed, what their browsers could do and how many pictures there are."""
    return await viewing.candidates_of(session, sitting_id)


@router.get(f"{BOARD}/viewings", dependencies=[VIEW])
async def read_viewings(sitting_id: UUID, session: ReadSessionDep) -> ViewingList:
    """Who looked at whose pictures, when and why."""
    return await viewing.viewings_of(session, sitting_id)


@router.post(f"{BOARD}/viewings", dependencies=[VIEW])
async def open_viewing(sitting_id: UUID, body: ViewingIn, actor: ActorDep, session: SessionDep) -> OpenedViewing:
    """Look at the pictures of one candidate, with a reason; the look is on record."""
    return await viewing.open_viewing(
        session, sitting_id, registration_id=body.registration_id, reason=body.reason, actor=actor, now=utc_now()
    )


@router.get("/api/snapshots/{snapshot_id}", dependencies=[VIEW], response_class=Response)
async def read_picture(
    snapshot_id: UUID,
    session: ReadSessionDep,
    actor: ActorDep,
    master_key: MasterKeyDep,
    viewing_id: Annotated[UUID, Query(description="Of the look that was opened at this candidate's pictures.")],
) -> Response:
    """One picture."""
    content, media_type = await viewing.picture(
        session, snapshot_id, viewing_id=viewing_id, master_key=master_key, actor=actor, now=utc_now()
    )
    return Response(content, media_type=media_type, headers={"Cache-Control": "private, no-store"})


@router.post(f"{OWN}/consent", status_code=204, dependencies=[OWN_ATTEMPT])
async def note_consent(body: ConsentIn, actor: ActorDep, session: SessionDep) -> None:
    """Agree to pictures, or not; whoever does not sits the exam all the same."""
    await taking.note_consent(session, actor.id, is_agreed=body.is_agreed, now=utc_now())


@router.post(f"{OWN}/state", status_code=204, dependencies=[OWN_ATTEMPT])
async def note_state(body: SourceStateIn, actor: ActorDep, session: SessionDep) -> None:
    """Say what became of the camera or of the screen."""
    await taking.note_state(session, actor.id, body.source, body.state)


@router.post(
    f"{OWN}/pictures/{{source}}",
    status_code=204,
    dependencies=[OWN_ATTEMPT],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(
    source: Source, request: Request, actor: ActorDep, session: SessionDep, master_key: MasterKeyDep
) -> None:
    """Bring a picture: JPEG or WebP, at most 256 KB, not more often than twice in the time between two."""
    picture = await request.body()
    await taking.take(session, actor.id, source, picture, master_key=master_key, now=utc_now())
