"""Routes of blueprints."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.blueprints import service
from item_bank.blueprints.schemas import BlueprintInput, BlueprintList, BlueprintView, SupplyList, SupplyView

router = APIRouter(prefix="/api/blueprints", tags=["blueprints"])

Note = Annotated[str, Query(max_length=500, description="Why it is saved; kept with the version.")]


@router.get("", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def list_blueprints(session: ReadSessionDep, page: PageDep) -> BlueprintList:
    """All blueprints by name."""
    records, total = await service.list_blueprints(session, offset=page.offset, limit=page.limit)
    supply = await service.supply(session)
    return BlueprintList(items=[_view(record, supply) for record in records], total=total)


@router.get("/supply", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def read_supply(session: ReadSessionDep) -> SupplyList:
    """What the bank holds for new forms, module by level; for a blueprint that is not stored yet."""
    return SupplyList(cells=_supply(await service.supply(session)))


@router.post("", status_code=201, dependencies=[requires(Permission.BLUEPRINT_WRITE)])
async def create_blueprint(
    body: BlueprintInput, actor: ActorDep, session: SessionDep, note: Note = ""
) -> BlueprintView:
    """Store a new blueprint."""
    record = await service.create_blueprint(session, plan=body, note=note, actor=actor, now=utc_now())
    return _view(record, await service.supply(session))


@router.get("/{blueprint_id}", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def read_blueprint(blueprint_id: UUID, session: ReadSessionDep) -> BlueprintView:
    """One blueprint with the supply of the bank."""
    return _view(await service.find_blueprint(session, blueprint_id), await service.supply(session))


@router.put("/{blueprint_id}", dependencies=[requires(Permission.BLUEPRINT_WRITE)])
async def change_blueprint(
    blueprint_id: UUID, body: BlueprintInput, actor: ActorDep, session: SessionDep, note: Note = ""
) -> BlueprintView:
    """Replace a blueprint, as a new version of it; forms made before are not touched."""
    record = await service.change_blueprint(
        session, blueprint_id=blueprint_id, plan=body, note=note, actor=actor, now=utc_now()
    )
    return _view(record, await service.supply(session))


def _supply(supply: dict[tuple[str, str], int]) -> list[SupplyView]:
    return [
        SupplyView.model_validate({"module_code": module, "cognitive_level": level, "available": available})
        for (module, level), available in sorted(supply.items())
    ]


def _view(record: service.BlueprintRecord, supply: dict[tuple[str, str], int]) -> BlueprintView:
    return BlueprintView.model_validate(
        {
            **record.facts,
            "id": record.blueprint.id,
            "supply": _supply(supply),
            "updated_at": record.blueprint.updated_at,
            "changed_by": record.blueprint.changed_by_name,
        }
    )
