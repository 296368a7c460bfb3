"""Rules of tailored papers: start, store, approve by a second person, withdraw, delete."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, SecondPersonError
from exam_engine.core.jobs import service as jobs
from exam_engine.core.jobs.models import Job
from item_bank.assembly.bank import BankItem, in_cells, load_bank, load_recent_forms
from item_bank.blueprints import service as blueprints_service
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.tailored import queries
from item_bank.tailored.errors import (
    TailoredItemsChangedError,
    TailoredNumberTakenError,
    TailoredPaperNotApprovableError,
    TailoredPaperNotApprovedError,
    TailoredPaperNotDeletableError,
    TailoredPaperNotFoundError,
    TailoredPaperNotRunningError,
)
from item_bank.tailored.making import Made, Problem
from item_bank.tailored.models import TailoredPaper
from item_bank.tailored.options import AdaptiveOptions, MultistageOptions, PersonalOptions, TailoredOptions
from item_bank.tailored.queries import TailoredRecord

JOB_KIND = "tailored_paper"
Act = Literal["approve", "withdraw", "publish", "delete", "cancel"]

_OPTIONS: TypeAdapter[PersonalOptions | MultistageOptions | AdaptiveOptions] = TypeAdapter(TailoredOptions)
_STATUS = {"made": "made", "infeasible": "infeasible", "stopped": "failed"}
_DELETABLE = frozenset({"made", "infeasible", "failed", "cancelled"})
_POSSIBLE: dict[Act, tuple[Permission, frozenset[str], str]] = {
    "approve": (Permission.ASSEMBLY_APPROVE, frozenset({"made"}), "tailored_not_approvable"),
    "withdraw": (Permission.ASSEMBLY_APPROVE, frozenset({"approved"}), "tailored_not_approved"),
    "publish": (Permission.ASSEMBLY_PUBLISH, frozenset({"approved"}), "tailored_not_approved"),
    "delete": (Permission.ASSEMBLY_RUN, _DELETABLE, "tailored_not_deletable"),
    "cancel": (Permission.ASSEMBLY_RUN, frozenset({"running"}), "tailored_not_running"),
}
"""For each act the permission it needs, the states in which it is possible, and the code of what is said otherwise."""


async def start(
    session: AsyncSession,
    *,
    blueprint_id: UUID,
    options: PersonalOptions | MultistageOptions | AdaptiveOptions,
    actor: Actor,
    now: datetime,
) -> TailoredPaper:
    """Queue the making of a tailored paper to a blueprint as it stands now.

    Raises
    ------
    BlueprintNotFoundError
    TailoredNumberTakenError
        Another paper was started at the same moment.
    """
    statement = (await blueprints_service.find_blueprint(session, blueprint_id)).statement
    job = jobs.enqueue(session, kind=JOB_KIND, parameters={}, actor=actor, now=now)
    paper = TailoredPaper(
        number=await queries.next_number(session),
        design=options.design,
        blueprint_id=blueprint_id,
        blueprint=statement.model_dump(mode="json"),
        options=options.model_dump(mode="json"),
        job_id=job.id,
        created_by=actor.id,
        created_by_name=actor.display_name,
        created_at=now,
    )
    job.parameters = {"paper_id": str(paper.id)}
    await session.flush()
    session.add(paper)
    try:
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise TailoredNumberTakenError from error
    details = {"blueprint": statement.name, "options": paper.options}
    await _record(session, "tailored.started", paper, actor, now, details)
    return paper


async def prepare_problem(session: AsyncSession, paper_id: UUID, *, now: datetime) -> Problem | None:
    """Return what to compute for a paper; None when it is finished already."""
    record = await queries.find_paper(session, paper_id)
    if record is None or record.paper.status != "running":
        return None
    statement = BlueprintStatement.model_validate(record.paper.blueprint)
    return Problem(
        items=tuple(in_cells(await load_bank(session), statement)),
        statement=statement,
        options=_OPTIONS.validate_python(record.paper.options),
        recent=tuple(await load_recent_forms(session, statement, now=now)),
        now=now,
    )


async def store(
    session: AsyncSession, *, paper_id: UUID, problem: Problem, made: Made, actor: Actor, now: datetime
) -> None:
    """Keep the paper with its evidence, or why there is none, unless it was given up meanwhile.

    Raises
    ------
    TailoredPaperNotFoundError
    """
    paper = await _locked(session, paper_id)
    if paper.status != "running":
        return
    paper.status = _STATUS[made.status]
    paper.pool_size = len(problem.items)
    paper.content, paper.figures, paper.conflict = made.content, made.figures, made.conflict
    used = codes_of(paper)
    chosen = [item for item in problem.items if item.code in used]
    paper.versions = {item.code: str(item.version_id) for item in chosen}
    paper.is_simulated = any(item.is_simulated for item in chosen)
    session.add(paper)
    await session.flush()
    await _record(session, f"tailored.{paper.status}", paper, actor, now, {"items": len(used)})


def codes_of(paper: TailoredPaper) -> set[str]:
    """Return the codes of the items that candidates may be given."""
    content = paper.content
    if "forms" in content:
        return {code for form in content["forms"] for code in form}
    tests = content.get("tests", [content] if content else [])
    return {item["name"] for test in tests for item in test["items"]}


async def list_papers(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[TailoredRecord], int]:
    """Return a page of papers, newest first."""
    return await queries.find_page(session, offset=offset, limit=limit)


async def find_paper(session: AsyncSession, paper_id: UUID) -> TailoredRecord:
    """Return one paper.

    Raises
    ------
    TailoredPaperNotFoundError
    """
    record = await queries.find_paper(session, paper_id)
    if record is None:
        raise TailoredPaperNotFoundError
    return record


async def find_job(session: AsyncSession, paper_id: UUID) -> Job:
    """Return the work behind a paper.

    Raises
    ------
    TailoredPaperNotFoundError
    """
    job = await jobs.find(session, (await find_paper(session, paper_id)).paper.job_id)
    if job is None:
        raise TailoredPaperNotFoundError
    return job


def permits(record: TailoredRecord, actor: Actor) -> Iterator[tuple[Act, str | None]]:
    """Yield every act with what stands in the actor's way, None when nothing does."""
    for act, (permission, states, refusal) in _POSSIBLE.items():
        if permission.value not in actor.permissions:
            yield act, "permission_denied"
        elif record.status not in states:
            yield act, refusal
        elif act == "approve" and record.paper.created_by == actor.id:
            yield act, "tailored_second_person"
        else:
            yield act, None


async def cancel(session: AsyncSession, *, paper_id: UUID, actor: Actor, now: datetime) -> None:
    """Give up work that is queued or running.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotRunningError
    """
    paper = await _locked(session, paper_id)
    if paper.status != "running":
        raise TailoredPaperNotRunningError
    await jobs.request_cancel(session, job_id=paper.job_id, now=now)
    paper.status = "cancelled"
    session.add(paper)
    await session.flush()
    await _record(session, "tailored.cancelled", paper, actor, now, {})


async def delete(session: AsyncSession, *, paper_id: UUID, actor: Actor, now: datetime) -> None:
    """Delete a paper that nobody approved or published.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotDeletableError
    """
    paper = await _locked(session, paper_id)
    if (await find_paper(session, paper_id)).status not in _DELETABLE:
        raise TailoredPaperNotDeletableError
    await _record(session, "tailored.deleted", paper, actor, now, {"blueprint": paper.blueprint["name"]})
    await session.delete(paper)
    await session.flush()


async def approve(session: AsyncSession, *, paper_id: UUID, actor: Actor, now: datetime) -> None:
    """Let a paper be published, by another person than the one who had it made.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotApprovableError, SecondPersonError
    TailoredItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    paper = await _locked(session, paper_id)
    if paper.status != "made":
        raise TailoredPaperNotApprovableError
    if paper.created_by == actor.id:
        raise SecondPersonError
    await current_items(session, paper)
    paper.status = "approved"
    paper.approved_by, paper.approved_by_name, paper.approved_at = actor.id, actor.display_name, now
    session.add(paper)
    await session.flush()
    await _record(session, "tailored.approved", paper, actor, now, {})


async def withdraw(session: AsyncSession, *, paper_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an approval back before publication.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotApprovedError
    """
    paper = await _locked(session, paper_id)
    if paper.status != "approved":
        raise TailoredPaperNotApprovedError
    details = {"approved_by": paper.approved_by_name}
    paper.status = "made"
    paper.approved_by = paper.approved_by_name = paper.approved_at = None
    session.add(paper)
    await session.flush()
    await _record(session, "tailored.approval_withdrawn", paper, actor, now, details)


async def lock_approved(session: AsyncSession, paper_id: UUID) -> TailoredPaper:
    """Return an approved paper, locked for publication.

    Raises
    ------
    TailoredPaperNotFoundError, TailoredPaperNotApprovedError
    """
    paper = await _locked(session, paper_id)
    if paper.status != "approved":
        raise TailoredPaperNotApprovedError
    return paper


async def current_items(session: AsyncSession, paper: TailoredPaper) -> dict[str, BankItem]:
    """Return the items of a paper by code, as they are in the bank now.

    Raises
    ------
    TailoredItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    bank = {item.code: item for item in await load_bank(session)}
    faults = [
        Fault("tailored_item_changed", code, {"code": code})
        for code, version_id in sorted(paper.versions.items())
        if code not in bank or str(bank[code].version_id) != version_id
    ]
    if faults:
        raise TailoredItemsChangedError(faults=faults)
    return {code: bank[code] for code in paper.versions}


async def _locked(session: AsyncSession, paper_id: UUID) -> TailoredPaper:
    paper = await queries.lock_paper(session, paper_id)
    if paper is None:
        raise TailoredPaperNotFoundError
    return paper


async def _record(
    session: AsyncSession, action: str, paper: TailoredPaper, actor: Actor, now: datetime, details: dict[str, Any]
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="tailored_paper",
        object_id=str(paper.id),
        details={"number": paper.number, "design": paper.design, **details},
        now=now,
    )
