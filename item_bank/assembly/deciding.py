"""Who may do what with an assembly and when: approval by a second person, withdrawal, publication."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, SecondPersonError
from exam_engine.forms import service as forms_service
from exam_engine.forms.schemas import FormSpec
from item_bank.assembly import queries
from item_bank.assembly.detail import AssemblyDetail, read_detail
from item_bank.assembly.errors import (
    AssemblyItemsChangedError,
    AssemblyNotApprovableError,
    AssemblyNotApprovedError,
    AssemblyNotFoundError,
    StaleAssemblyError,
)
from item_bank.assembly.models import Assembly
from item_bank.assembly.service import DELETABLE
from item_bank.items.publication import published_items
from item_bank.items.saving import mark_published

Act = Literal["edit", "lock", "approve", "withdraw", "publish", "delete", "cancel", "assemble_again"]

_NEEDS: dict[Act, Permission] = {
    "edit": Permission.ASSEMBLY_RUN,
    "lock": Permission.ASSEMBLY_RUN,
    "approve": Permission.ASSEMBLY_APPROVE,
    "withdraw": Permission.ASSEMBLY_APPROVE,
    "publish": Permission.ASSEMBLY_PUBLISH,
    "delete": Permission.ASSEMBLY_RUN,
    "cancel": Permission.ASSEMBLY_RUN,
    "assemble_again": Permission.ASSEMBLY_RUN,
}
_POSSIBLE: dict[Act, tuple[frozenset[str], str]] = {
    "edit": (frozenset({"assembled"}), "assembly_not_editable"),
    "lock": (frozenset({"assembled", "approved", "published"}), "assembly_without_forms"),
    "approve": (frozenset({"assembled"}), "assembly_not_approvable"),
    "withdraw": (frozenset({"approved"}), "assembly_not_approved"),
    "publish": (frozenset({"approved"}), "assembly_not_approved"),
    "delete": (DELETABLE, "assembly_not_deletable"),
    "cancel": (frozenset({"running"}), "assembly_not_running"),
    "assemble_again": (frozenset({"assembled", "approved", "published"}), "assembly_without_forms"),
}
"""For each act the states in which it is possible, and the code of what is said otherwise."""


def permits(detail: AssemblyDetail, actor: Actor) -> Iterator[tuple[Act, str | None]]:
    """Yield every act with what stands in the actor's way, None when nothing does."""
    for act, (states, refusal) in _POSSIBLE.items():
        if _NEEDS[act].value not in actor.permissions:
            yield act, "permission_denied"
        elif detail.record.status not in states:
            yield act, refusal
        elif act == "approve" and not _is_second_person(detail, actor):
            yield act, "assembly_second_person"
        else:
            yield act, None


def _is_second_person(detail: AssemblyDetail, actor: Actor) -> bool:
    return actor.id != detail.assembly.created_by and actor.id not in detail.editor_ids


async def approve(session: AsyncSession, *, assembly_id: UUID, revision: int, actor: Actor, now: datetime) -> None:
    """Let the forms be published, by a person who neither started the assembly nor changed its forms.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotApprovableError, SecondPersonError
    StaleAssemblyError
        Somebody changed the forms since the approver looked at ``revision``.
    AssemblyItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    assembly = await _locked(session, assembly_id)
    if assembly.status != "assembled":
        raise AssemblyNotApprovableError
    if assembly.revision != revision:
        raise StaleAssemblyError
    detail = await read_detail(session, assembly_id)
    if not _is_second_person(detail, actor):
        raise SecondPersonError
    _refuse_changed(detail)
    assembly.status = "approved"
    assembly.approved_by, assembly.approved_by_name, assembly.approved_at = actor.id, actor.display_name, now
    session.add(assembly)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="assembly.approved",
        object_type="assembly",
        object_id=str(assembly.id),
        after={"forms": [form.codes for form in detail.forms], "violations": assembly.violations},
        details={
            "forms": [form.form_code for form in detail.forms],
            "revision": assembly.revision,
            "deviations": len(assembly.violations),
        },
        now=now,
    )


async def withdraw(session: AsyncSession, *, assembly_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an approval back before publication; the forms can be changed again.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotApprovedError
    """
    assembly = await _locked(session, assembly_id)
    if assembly.status != "approved":
        raise AssemblyNotApprovedError
    approver = assembly.approved_by_name
    assembly.status = "assembled"
    assembly.approved_by = assembly.approved_by_name = assembly.approved_at = None
    session.add(assembly)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="assembly.approval_withdrawn",
        object_type="assembly",
        object_id=str(assembly.id),
        details={"approved_by": approver},
        now=now,
    )


async def publish(
    session: AsyncSession, *, assembly_id: UUID, actor: Actor, now: datetime, rng: random.Random
) -> list[UUID]:
    """Freeze the approved forms for use in sittings and return their ids.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotApprovedError
    AssemblyItemsChangedError
        Naming each item that has another version now or is not approved any more.
    """
    assembly = await _locked(session, assembly_id)
    if assembly.status != "approved":
        raise AssemblyNotApprovedError
    detail = await read_detail(session, assembly_id)
    _refuse_changed(detail)
    specs = await _form_specs(session, detail)
    forms = await forms_service.publish_forms(session, specs=specs, actor=actor, now=now, rng=rng)
    await mark_published(session, [item.item_version_id for spec in specs for item in spec.items], now)
    assembly.status = "published"
    assembly.published_form_ids = [str(form.id) for form in forms]
    assembly.published_by_name, assembly.published_at = actor.display_name, now
    session.add(assembly)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="assembly.published",
        object_type="assembly",
        object_id=str(assembly.id),
        after={"forms": [[form.form_code, form.content_hash] for form in forms]},
        details={"forms": [form.form_code for form in forms]},
        now=now,
    )
    return [form.id for form in forms]


async def _locked(session: AsyncSession, assembly_id: UUID) -> Assembly:
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    return assembly


def _refuse_changed(detail: AssemblyDetail) -> None:
    faults = [
        Fault(
            "assembly_item_changed",
            f"{form.form_code}/{place.row.position}",
            {"code": place.item.code, "form_code": form.form_code},
        )
        for form in detail.forms
        for place in form.places
        if place.is_outdated
    ]
    if faults:
        raise AssemblyItemsChangedError(faults=faults)


async def _form_specs(session: AsyncSession, detail: AssemblyDetail) -> list[FormSpec]:
    assembly, statement = detail.assembly, detail.statement
    version_ids = {place.row.item_version_id for form in detail.forms for place in form.places}
    items = await published_items(session, version_ids)
    return [
        FormSpec(
            form_code=form.form_code,
            title=statement.name,
            duration_minutes=statement.duration_minutes,
            items=[items[place.row.item_version_id] for place in form.places],
            tools=statement.tools,
            items_per_page=statement.items_per_page,
            source={
                "assembly_id": str(assembly.id),
                "blueprint_id": str(assembly.blueprint_id),
                "cut_theta": statement.cut_theta,
                "information": form.figures.information,
                "max_relative_difference": assembly.max_relative_difference,
            },
        )
        for form in detail.forms
    ]
