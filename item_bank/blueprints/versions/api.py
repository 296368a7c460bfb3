"""Routes of the versions of blueprints."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.blueprints import service as blueprints
from item_bank.blueprints.versions import restoring, service
from item_bank.blueprints.versions.facts import differences
from item_bank.blueprints.versions.models import BlueprintVersion
from item_bank.blueprints.versions.schemas import (
    BlueprintComparison,
    BlueprintDifference,
    BlueprintVersionList,
    BlueprintVersionOrigin,
    BlueprintVersionView,
    MadeBlueprint,
    NewFromVersion,
    RestorationInput,
)
from item_bank.blueprints.versions.wording import subject_text, value_text

router = APIRouter(prefix="/api/blueprints/{blueprint_id}/versions", tags=["blueprints"])
_READ = [requires(Permission.BLUEPRINT_READ)]
_WRITE = [requires(Permission.BLUEPRINT_WRITE)]

Number = Annotated[int, Path(ge=1, le=1_000_000)]
Compared = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("", dependencies=_READ)
async def list_blueprint_versions(blueprint_id: UUID, session: ReadSessionDep) -> BlueprintVersionList:
    """All versions of a blueprint, newest first."""
    current = (await blueprints.find_blueprint(session, blueprint_id)).statement
    versions = await service.list_versions(session, blueprint_id)
    origins = {version.origin_blueprint_id for version in versions} - {None, blueprint_id}
    names = await blueprints.names_of(session, [id_ for id_ in origins if id_ is not None])
    # The newest one that states what the blueprint states now; an older one may have stated the same.
    newest = next((one.number for one in versions if service.statement_of(one) == current), None)
    return BlueprintVersionList(items=[_view(version, version.number == newest, names) for version in versions])


@router.get("/differences", dependencies=_READ)
async def compare_blueprint_versions(
    blueprint_id: UUID,
    before: Compared,
    after: Compared,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> BlueprintComparison:
    """What one version states otherwise than another, in words."""
    one, other = [await service.find_version(session, blueprint_id, number) for number in (before, after)]
    found = differences(service.statement_of(one), service.statement_of(other))
    return BlueprintComparison(
        before=before,
        after=after,
        differences=[
            BlueprintDifference(
                group=difference.subject.group,
                subject=subject_text(difference.subject, catalogue, language),
                before=None if difference.before is None else value_text(difference.before, catalogue, language),
                after=None if difference.after is None else value_text(difference.after, catalogue, language),
            )
            for difference in found
        ],
    )


@router.post("/{number}/restoration", dependencies=_WRITE)
async def restore_blueprint_version(
    blueprint_id: UUID, number: Number, body: RestorationInput, actor: ActorDep, session: SessionDep
) -> MadeBlueprint:
    """Let the blueprint state again what a version stated, as its newest version."""
    record = await restoring.restore(
        session, blueprint_id=blueprint_id, number=number, note=body.note, actor=actor, now=utc_now()
    )
    return await _made(session, record.blueprint.id)


@router.post("/{number}/copies", status_code=201, dependencies=_WRITE)
async def make_blueprint_from_version(
    blueprint_id: UUID, number: Number, body: NewFromVersion, actor: ActorDep, session: SessionDep
) -> MadeBlueprint:
    """Store a new blueprint that states what a version states."""
    record = await restoring.make_from(
        session, blueprint_id=blueprint_id, number=number, name=body.name, actor=actor, now=utc_now()
    )
    return await _made(session, record.blueprint.id)


async def _made(session: SessionDep, blueprint_id: UUID) -> MadeBlueprint:
    newest = (await service.list_versions(session, blueprint_id))[0]
    return MadeBlueprint(id=blueprint_id, number=newest.number)


def _view(version: BlueprintVersion, is_current: bool, names: dict[UUID, str]) -> BlueprintVersionView:
    origin = version.origin_blueprint_id
    return BlueprintVersionView(
        number=version.number,
        name=version.statement["name"],
        form_length=version.statement["form_length"],
        note=version.note,
        origin=None
        if origin is None
        else BlueprintVersionOrigin(blueprint_id=origin, number=version.origin_number or 0, name=names.get(origin)),
        saved_by=version.saved_by_name,
        saved_at=version.saved_at,
        is_current=is_current,
    )
