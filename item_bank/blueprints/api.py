"""Routes of blueprints."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.blueprints import service
from item_bank.blueprints.schemas import BlueprintInput, BlueprintList, BlueprintView

router = APIRouter(prefix="/api/blueprints", tags=["blueprints"])


@router.get("", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def list_blueprints(session: ReadSessionDep, page: PageDep) -> BlueprintList:
    """All blueprints by name."""
    records, total = await service.list_blueprints(session, offset=page.offset, limit=page.limit)
    supply = await service.supply(session)
    return BlueprintList(items=[_view(record, supply) for record in records], total=total)


@router.post("", status_code=201, dependencies=[requires(Permission.BLUEPRINT_WRITE)])
async def create_blueprint(body: BlueprintInput, actor: ActorDep, session: SessionDep) -> BlueprintView:
    """Store a new blueprint."""
    record = await service.create_blueprint(session, plan=_plan(body), actor=actor, now=utc_now())
    return _view(record, await service.supply(session))


@router.get("/{blueprint_id}", dependencies=[requires(Permission.BLUEPRINT_READ)])
async def read_blueprint(blueprint_id: UUID, session: ReadSessionDep) -> BlueprintView:
    """One blueprint with the supply of the bank."""
    return _view(await service.find_blueprint(session, blueprint_id), await service.supply(session))


@router.put("/{blueprint_id}", dependencies=[requires(Permission.BLUEPRINT_WRITE)])
async def change_blueprint(
    blueprint_id: UUID, body: BlueprintInput, actor: ActorDep, session: SessionDep
) -> BlueprintView:
    """Replace a blueprint; forms made before are not touched."""
    record = await service.change_blueprint(
        session, blueprint_id=blueprint_id, plan=_plan(body), actor=actor, now=utc_now()
    )
    return _view(record, await service.supply(session))


def _plan(body: BlueprintInput) -> service.BlueprintPlan:
    cells = tuple(service.Cell(cell.module_code, cell.cognitive_level, cell.count) for cell in body.cells)
    return service.BlueprintPlan(body.name, body.form_length, body.duration_minutes, body.cut_theta, cells)


def _view(record: service.BlueprintRecord, supply: dict[tuple[str, str], int]) -> BlueprintView:
    return BlueprintView.model_validate(
        {
            **record.facts,
            "supply": [
                {"module_code": module, "cognitive_level": level, "available": available}
                for (module, level), available in sorted(supply.items())
            ],
            "updated_at": record.blueprint.updated_at,
            "changed_by": record.blueprint.changed_by_name,
        }
    )
