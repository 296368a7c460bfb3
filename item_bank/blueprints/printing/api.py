"""Route of printed blueprints."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.i18n import CatalogueDep, Language, LanguageDep
from exam_engine.core.text import clean_line
from item_bank.blueprints.printing.service import RENDERERS, TYPES, Ending, Issuer, blueprint_document

router = APIRouter(prefix="/api/blueprints/{blueprint_id}/documents", tags=["blueprints"])
Line = Annotated[str, Query(max_length=120)]


@router.get("/{ending}", dependencies=[requires(Permission.BLUEPRINT_READ)], response_class=Response)
async def print_blueprint(
    blueprint_id: UUID,
    ending: Ending,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    preferred: LanguageDep,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    agency: Line = "",
    school: Line = "",
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """The matrix and the specification to print or to hand on; of the blueprint as it stands, or of a version."""
    document = await blueprint_document(
        session,
        blueprint_id=blueprint_id,
        number=version,
        issuer=Issuer(clean_line(agency), clean_line(school)),
        catalogue=catalogue,
        language=language or preferred,
    )
    content = await asyncio.to_thread(RENDERERS[ending], document)
    headers = {"Content-Disposition": f'attachment; filename="ma-tran-de.{ending}"'}
    return Response(content, media_type=TYPES[ending], headers=headers)
