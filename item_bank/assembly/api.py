"""Routes of assemblies: start and follow, read, change by hand, decide."""

import random
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.errors import Fault
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.assembly import alternatives, deciding, editing, service, starting, views
from item_bank.assembly.comparison import compare
from item_bank.assembly.detail import read_detail
from item_bank.assembly.errors import SwapBreaksRequirementsError, UnknownAssemblySortError
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.queries import AssemblyFilter
from item_bank.assembly.schemas import (
    AlternativeList,
    AssemblyInput,
    AssemblyList,
    AssemblyProgressView,
    AssemblyStarted,
    AssemblyStatus,
    AssemblyView,
    ComparisonView,
    LockInput,
    Publication,
    SeenRevision,
    Swap,
)
from item_bank.assembly.wording import Wording
from item_bank.items.schemas import LevelCode, ModuleCode, SearchText

router = APIRouter(prefix="/api/assemblies", tags=["assembly"])

READ = requires(Permission.ASSEMBLY_READ)
RUN = requires(Permission.ASSEMBLY_RUN)
APPROVE = requires(Permission.ASSEMBLY_APPROVE)
FormNumber = Annotated[int, Path(ge=1, le=60)]
Position = Annotated[int, Path(ge=1, le=200)]


@router.post("", status_code=202, dependencies=[RUN])
async def start_assembly(body: AssemblyInput, actor: ActorDep, session: SessionDep) -> AssemblyStarted:
    """Make equal forms to a blueprint."""
    options = AssemblyOptions.model_validate(body.model_dump(exclude={"blueprint_id"}))
    assembly = await starting.start(
        session, blueprint_id=body.blueprint_id, options=options, actor=actor, now=utc_now()
    )
    return AssemblyStarted(assembly_id=assembly.id, job_id=assembly.job_id)


@router.get("", dependencies=[READ])
async def list_assemblies(
    session: ReadSessionDep,
    page: PageDep,
    status: Annotated[AssemblyStatus | None, Query()] = None,
    blueprint_id: Annotated[UUID | None, Query()] = None,
    q: Annotated[SearchText | None, Query()] = None,
    sort: Annotated[str, Query(max_length=32)] = "-number",
) -> AssemblyList:
    """A page of assemblies; `q` is looked for in the blueprint's name, the number and who started it."""
    if sort not in service.SORT_FIELDS:
        raise UnknownAssemblySortError(sort=sort, fields=", ".join(sorted(service.SORT_FIELDS)))
    wanted = AssemblyFilter(status=status, blueprint_id=blueprint_id, q=q)
    records, total = await service.list_assemblies(session, wanted, sort=sort, offset=page.offset, limit=page.limit)
    return AssemblyList(items=[views.row_view(record) for record in records], total=total)


@router.get("/{assembly_id}", dependencies=[READ])
async def read_assembly(
    assembly_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssemblyView:
    """One assembly with its forms, or with what stood in their way."""
    return views.assembly_view(await read_detail(session, assembly_id), actor, catalogue, language)


@router.delete("/{assembly_id}", status_code=204, dependencies=[RUN])
async def delete_assembly(assembly_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Delete a draft that nobody approved or published."""
    await service.delete(session, assembly_id=assembly_id, actor=actor, now=utc_now())


@router.get("/{assembly_id}/progress", dependencies=[READ])
async def read_progress(
    assembly_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssemblyProgressView:
    """How far the search is, with value and proved bound from the beginning to now."""
    assembly, job = await service.find_job(session, assembly_id)
    return views.progress_view(assembly, job, catalogue, language)


@router.post("/{assembly_id}/cancellation", dependencies=[RUN])
async def cancel_assembly(
    assembly_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssemblyView:
    """Give up an assembly that is queued or running; nothing of it is stored."""
    await service.cancel(session, assembly_id=assembly_id, actor=actor, now=utc_now())
    return await _view(session, assembly_id, actor, catalogue, language)


@router.get("/{assembly_id}/comparison", dependencies=[READ])
async def compare_assemblies(
    assembly_id: UUID,
    other: Annotated[UUID, Query()],
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> ComparisonView:
    """Two assemblies side by side."""
    one_detail, other_detail = await read_detail(session, assembly_id), await read_detail(session, other)
    return compare(one_detail, other_detail, Wording(catalogue, language))


@router.get("/{assembly_id}/forms/{form_number}/items/{position}/alternatives", dependencies=[READ])
async def list_alternatives(
    assembly_id: UUID,
    form_number: FormNumber,
    position: Position,
    session: ReadSessionDep,
    page: PageDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    q: Annotated[SearchText | None, Query()] = None,
    module: Annotated[ModuleCode | None, Query()] = None,
    level: Annotated[LevelCode | None, Query()] = None,
    keeps_requirements: Annotated[bool, Query()] = False,
) -> AlternativeList:
    """What might stand in the place of an item, ranked, with its effect on the form and the assembly."""
    detail = await read_detail(session, assembly_id)
    found = await alternatives.find_alternatives(
        session,
        detail,
        form_number=form_number,
        position=position,
        wanted=alternatives.AlternativeFilter(q, module, level, keeps_requirements),
        offset=page.offset,
        limit=min(page.limit, alternatives.LARGEST_PAGE),
    )
    return views.alternatives_view(detail, found, catalogue, language)


@router.put("/{assembly_id}/forms/{form_number}/items/{position}", dependencies=[RUN])
async def swap_item(
    assembly_id: UUID,
    form_number: FormNumber,
    position: Position,
    body: Swap,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> AssemblyView:
    """Put another item into a place; what breaks a requirement needs a reason, which stays with the forms."""
    try:
        await editing.swap(
            session,
            assembly_id=assembly_id,
            form_number=form_number,
            position=position,
            item_id=body.item_id,
            revision=body.revision,
            reason=body.reason,
            accepts_violations=body.accept_violations,
            actor=actor,
            now=utc_now(),
        )
    except SwapBreaksRequirementsError as error:
        raise _in_words(error, catalogue, language) from error
    return await _view(session, assembly_id, actor, catalogue, language)


@router.post("/{assembly_id}/undo", dependencies=[RUN])
async def undo_swap(
    assembly_id: UUID,
    body: SeenRevision,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> AssemblyView:
    """Take the last swap back."""
    await editing.undo(session, assembly_id=assembly_id, revision=body.revision, actor=actor, now=utc_now())
    return await _view(session, assembly_id, actor, catalogue, language)


@router.post("/{assembly_id}/redo", dependencies=[RUN])
async def redo_swap(
    assembly_id: UUID,
    body: SeenRevision,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> AssemblyView:
    """Do the swap again that was taken back last."""
    await editing.redo(session, assembly_id=assembly_id, revision=body.revision, actor=actor, now=utc_now())
    return await _view(session, assembly_id, actor, catalogue, language)


@router.put("/{assembly_id}/locks", dependencies=[RUN])
async def set_locks(
    assembly_id: UUID,
    body: LockInput,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> AssemblyView:
    """Lock or unlock places; another assembly can take locked items over into the same forms."""
    await editing.set_locks(
        session,
        assembly_id=assembly_id,
        places=[(place.form_number, place.position) for place in body.places],
        is_locked=body.is_locked,
        actor=actor,
        now=utc_now(),
    )
    return await _view(session, assembly_id, actor, catalogue, language)


@router.post("/{assembly_id}/approval", dependencies=[APPROVE])
async def approve_assembly(
    assembly_id: UUID,
    body: SeenRevision,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> AssemblyView:
    """Let the forms be published as they were seen; needs a person who neither started nor changed them."""
    await deciding.approve(session, assembly_id=assembly_id, revision=body.revision, actor=actor, now=utc_now())
    return await _view(session, assembly_id, actor, catalogue, language)


@router.delete("/{assembly_id}/approval", dependencies=[APPROVE])
async def withdraw_approval(
    assembly_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> AssemblyView:
    """Take an approval back before publication."""
    await deciding.withdraw(session, assembly_id=assembly_id, actor=actor, now=utc_now())
    return await _view(session, assembly_id, actor, catalogue, language)


@router.post("/{assembly_id}/publication", dependencies=[requires(Permission.ASSEMBLY_PUBLISH)])
async def publish_assembly(assembly_id: UUID, actor: ActorDep, session: SessionDep) -> Publication:
    """Freeze the approved forms for use in sittings."""
    # Option ids must not be predictable from the time of publication.
    form_ids = await deciding.publish(
        session, assembly_id=assembly_id, actor=actor, now=utc_now(), rng=random.SystemRandom()
    )
    return Publication(form_ids=form_ids)


async def _view(
    session: SessionDep, assembly_id: UUID, actor: Actor, catalogue: Catalogue, language: Language
) -> AssemblyView:
    return views.assembly_view(await read_detail(session, assembly_id), actor, catalogue, language)


def _in_words(
    error: SwapBreaksRequirementsError, catalogue: Catalogue, language: Language
) -> SwapBreaksRequirementsError:
    wording = Wording(catalogue, language)
    faults = [
        Fault(
            "assembly_requirement_broken",
            f"forms.{violation['form']}" if violation["form"] else "forms",
            {"message": wording.violation(violation["code"], violation["data"])},
        )
        for violation in error.broken
    ]
    return SwapBreaksRequirementsError(error.broken, faults)
