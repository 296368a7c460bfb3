"""Route of the health of the bank: it stands under the blueprint it is asked for."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import database_of
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.psychometrics.assembly.bank_health import SittingPlan
from item_bank.assembly import health
from item_bank.assembly.wording import Wording
from item_bank.blueprints.schemas import BankHealthView

router = APIRouter(prefix="/api/blueprints", tags=["blueprints"])


@router.get("/{blueprint_id}/health", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def read_health(
    blueprint_id: UUID,
    request: Request,
    catalogue: CatalogueDep,
    language: LanguageDep,
    forms_per_sitting: Annotated[int, Query(ge=1, le=60)] = 2,
    sittings: Annotated[int, Query(ge=1, le=24)] = 6,
    rest_sittings: Annotated[int | None, Query(ge=0, le=24)] = None,
    new_items_per_sitting: Annotated[int, Query(ge=0, le=1000)] = 0,
    uses_per_item: Annotated[int, Query(ge=1, le=60)] = 1,
    wanted_forms: Annotated[int | None, Query(ge=1, le=1000)] = None,
) -> BankHealthView:
    """How many more forms the bank supplies, what binds, which items to write, and when it runs dry."""
    plan = SittingPlan(forms=forms_per_sitting, sittings=sittings, rest=rest_sittings, growth=new_items_per_sitting)
    async with database_of(request).read() as session:
        question = await health.ask(
            session,
            blueprint_id=blueprint_id,
            uses_per_item=uses_per_item,
            wanted_forms=wanted_forms,
            plan=plan,
            now=utc_now(),
        )
    found = await asyncio.to_thread(health.answer, question)
    return health.health_view(question, found, Wording(catalogue, language))
