"""Route of feasibility: it stands beside the blueprints, stored or not, that it is asked for."""

from fastapi import APIRouter, Request

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import database_of
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.assembly.feasibility import service
from item_bank.assembly.feasibility.schemas import BlueprintDraft, FeasibilityView
from item_bank.assembly.feasibility.views import feasibility_view

router = APIRouter(prefix="/api/blueprints", tags=["blueprints"])


@router.post("/feasibility", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def read_feasibility(
    body: BlueprintDraft, request: Request, catalogue: CatalogueDep, language: LanguageDep
) -> FeasibilityView:
    """What the bank holds for a blueprint as it is written, what is missing where, and whether one form is possible.

    Nothing is stored.
    """
    async with database_of(request).read() as session:
        question = await service.ask(session, body, now=utc_now())
    return feasibility_view(question, await service.answer(question), catalogue, language)
