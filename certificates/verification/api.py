"""Public routes of verification; nothing here needs or makes a login session."""

import base64

from fastapi import APIRouter, Request, Response

from certificates.registry import keys
from certificates.schemas import PublicKeyList, PublicKeyView, RegisterAnswerView, StatusListView
from certificates.verification import service
from certificates.verification.rate_limit import LookupLimit
from exam_engine.accounts.access import PUBLIC, client_address
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.time import iso_utc, utc_now

router = APIRouter(prefix="/api/verification", tags=["verification"], dependencies=[PUBLIC])


def count_lookup(request: Request) -> None:
    """Count a look-up of the caller's address; one limit serves the API and the pages."""
    state = request.app.state
    if not hasattr(state, "lookup_limit"):
        state.lookup_limit = LookupLimit()
    limit: LookupLimit = state.lookup_limit
    limit.count(client_address(request), now=utc_now())


@router.get("/keys")
async def list_keys(session: ReadSessionDep, response: Response) -> PublicKeyList:
    """Every key that ever signed certificates of this board."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return PublicKeyList(
        issued_at=utc_now(),
        keys=[
            PublicKeyView(
                kid=key.kid.hex(),
                public_key=base64.b64encode(key.public_key).decode(),
                not_before=key.not_before,
                not_after=key.not_after,
                revoked_at=key.revoked_at,
            )
            for key in await keys.known_keys(session)
        ],
    )


@router.get("/statuses")
async def read_status_list(request: Request, session: ReadSessionDep, response: Response) -> StatusListView:
    """The whole status list: who checks which certificate stays unknown to the server."""
    settings: Settings = request.app.state.settings
    built = await service.current_status_list(session, data_dir=settings.data_dir, now=utc_now())
    response.headers["Cache-Control"] = "public, max-age=60"
    return StatusListView(
        kid=built.kid.hex(),
        issued_at=iso_utc(built.issued_at),
        ttl_seconds=int(built.ttl.total_seconds()),
        size=built.size,
        bits=base64.b64encode(built.bits).decode(),
        signature=base64.b64encode(built.signature).decode(),
    )


@router.get("/certificates/{public_id}")
async def look_up_certificate(public_id: str, request: Request, session: ReadSessionDep) -> RegisterAnswerView:
    """What the register says of an id as typed; malformed and unknown ids answer alike."""
    count_lookup(request)
    return RegisterAnswerView.model_validate(await service.look_up(session, public_id))
