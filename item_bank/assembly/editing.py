"""Changes by hand: swaps that are checked independently, taken back and done again; locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from item_bank.assembly import queries
from item_bank.assembly.alternatives import find_place
from item_bank.assembly.bank import BankItem, in_cells, load_bank
from item_bank.assembly.checking import Stored, not_accepted, violations_of, with_reasons
from item_bank.assembly.detail import AssemblyDetail, read_detail
from item_bank.assembly.errors import (
    AssemblyNotEditableError,
    AssemblyNotFoundError,
    AssemblyPlaceNotFoundError,
    AssemblyWithoutFormsError,
    NothingToUndoError,
    StaleAssemblyError,
    SwapBreaksRequirementsError,
    SwapRefusedError,
)
from item_bank.assembly.figures import gap_of, value_of
from item_bank.assembly.models import Assembly, AssemblyEdit
from item_bank.assembly.service import assembled_item, difference_at_cut

_LOCKABLE = frozenset({"assembled", "approved", "published"})


async def swap(
    session: AsyncSession,
    *,
    assembly_id: UUID,
    form_number: int,
    position: int,
    item_id: UUID,
    revision: int,
    reason: str,
    accepts_violations: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Put another item into a place; the forms are checked again, and their figures made anew.

    The proved bound stays: it holds for all forms that meet the requirements.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotEditableError, AssemblyPlaceNotFoundError
    StaleAssemblyError
        The page has not seen the latest change.
    SwapRefusedError
        The item cannot stand there at all.
    SwapBreaksRequirementsError
        The forms would break requirements, and that was not accepted with a reason.
    """
    assembly = await _editable(session, assembly_id, revision)
    detail = await read_detail(session, assembly_id)
    new = await _replacement(session, detail, form_number, position, item_id)
    edits = detail.edits
    for edit in edits:
        # What was taken back can no longer be done again once another swap stands on top.
        if edit.status == "undone":
            edit.status = "dropped"
            session.add(edit)
    old = find_place(detail, form_number, position)[1]
    why = clean_line(reason)
    found = _violations(detail, form_number, position, new)
    fresh = not_accepted(found, assembly.violations)
    if fresh and not (accepts_violations and why):
        raise SwapBreaksRequirementsError(fresh)
    edit = AssemblyEdit(
        assembly_id=assembly_id,
        number=len(edits) + 1,
        form_number=form_number,
        position=position,
        old_item_id=old.row.item_id,
        new_item_id=new.item_id,
        reason=why,
        violations=fresh,
        edited_by=actor.id,
        edited_by_name=actor.display_name,
        edited_at=now,
    )
    session.add(edit)
    violations = with_reasons(found, assembly.violations, reason=why, by=actor.display_name, at=now)
    await _put(session, assembly, detail, edit, new, violations)
    details = {"reason": why, "violations": [violation["code"] for violation in fresh]}
    await _record(session, assembly, "assembly.item_swapped", edit, (old.item.code, new.code), actor, now, details)


async def undo(session: AsyncSession, *, assembly_id: UUID, revision: int, actor: Actor, now: datetime) -> None:
    """Take the last swap back.

    Raises
    ------
    AssemblyNotFoundError, AssemblyNotEditableError, StaleAssemblyError, NothingToUndoError
    SwapRefusedError
        The item that stood there before cannot be used any more.
    """
    await _step(session, assembly_id, revision, actor, now, is_undo=True)


async def redo(session: AsyncSession, *, assembly_id: UUID, revision: int, actor: Actor, now: datetime) -> None:
    """Do the swap again that was taken back last.

    Raises
    ------
    as ``undo``
    """
    await _step(session, assembly_id, revision, actor, now, is_undo=False)


async def _step(
    session: AsyncSession, assembly_id: UUID, revision: int, actor: Actor, now: datetime, *, is_undo: bool
) -> None:
    assembly = await _editable(session, assembly_id, revision)
    detail = await read_detail(session, assembly_id)
    edit = undoable(detail.edits) if is_undo else redoable(detail.edits)
    if edit is None:
        raise NothingToUndoError
    target = edit.old_item_id if is_undo else edit.new_item_id
    new = await _replacement(session, detail, edit.form_number, edit.position, target)
    old = find_place(detail, edit.form_number, edit.position)[1]
    found = _violations(detail, edit.form_number, edit.position, new)
    # Both states stood before: what they break was accepted then, with the reason of the swap that led there.
    reasons = [violation for other in detail.edits for violation in _accepted_with(other)]
    violations = with_reasons(
        found, [*reasons, *assembly.violations], reason=edit.reason, by=edit.edited_by_name, at=edit.edited_at
    )
    edit.status = "undone" if is_undo else "applied"
    edit.undone_by = actor.id
    session.add(edit)
    await _put(session, assembly, detail, edit, new, violations)
    action = "assembly.swap_undone" if is_undo else "assembly.swap_redone"
    await _record(session, assembly, action, edit, (old.item.code, new.code), actor, now, {})


def undoable(edits: Sequence[AssemblyEdit]) -> AssemblyEdit | None:
    """Return the swap that can be taken back: the last that stands."""
    return next((edit for edit in reversed(edits) if edit.status == "applied"), None)


def redoable(edits: Sequence[AssemblyEdit]) -> AssemblyEdit | None:
    """Return the swap that can be done again: the first of those taken back."""
    return next((edit for edit in edits if edit.status == "undone"), None)


async def set_locks(
    session: AsyncSession,
    *,
    assembly_id: UUID,
    places: Sequence[tuple[int, int]],
    is_locked: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Lock or unlock places; another assembly can take locked items over into the same forms.

    Raises
    ------
    AssemblyNotFoundError, AssemblyWithoutFormsError, AssemblyPlaceNotFoundError
    """
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    if assembly.status not in _LOCKABLE:
        raise AssemblyWithoutFormsError
    rows = {
        (place.row.form_number, place.row.position): place for place in await queries.items_of(session, assembly_id)
    }
    for place in places:
        if place not in rows:
            raise AssemblyPlaceNotFoundError(form=place[0], position=place[1])
        rows[place].row.is_locked = is_locked
        session.add(rows[place].row)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="assembly.items_locked" if is_locked else "assembly.items_unlocked",
        object_type="assembly",
        object_id=str(assembly_id),
        details={"places": len(places), "items": sorted({rows[place].item.code for place in places})[:100]},
        now=now,
    )


async def _editable(session: AsyncSession, assembly_id: UUID, revision: int) -> Assembly:
    assembly = await queries.lock_assembly(session, assembly_id)
    if assembly is None:
        raise AssemblyNotFoundError
    if assembly.status != "assembled":
        raise AssemblyNotEditableError
    if assembly.revision != revision:
        raise StaleAssemblyError(revision=assembly.revision)
    return assembly


async def _replacement(
    session: AsyncSession, detail: AssemblyDetail, form_number: int, position: int, item_id: UUID
) -> BankItem:
    form, place = find_place(detail, form_number, position)
    if place.row.is_locked:
        raise SwapRefusedError(faults=[Fault("assembly_item_locked", "item_id", {"code": place.item.code})])
    known = {item.item_id: item for item in in_cells(await load_bank(session), detail.statement)}
    new = known.get(item_id)
    if new is None:
        raise SwapRefusedError(faults=[Fault("assembly_item_not_usable", "item_id")])
    if new.code in form.codes:
        params = {"code": new.code, "form_code": form.form_code}
        raise SwapRefusedError(faults=[Fault("assembly_item_in_form", "item_id", params)])
    return new


def _forms_after(detail: AssemblyDetail, form_number: int, position: int, new: BankItem) -> list[list[BankItem]]:
    return [
        [
            new if (form.number, place.row.position) == (form_number, position) else fact
            for place, fact in zip(form.places, form.facts, strict=True)
        ]
        for form in detail.forms
    ]


def _violations(detail: AssemblyDetail, form_number: int, position: int, new: BankItem) -> list[Stored]:
    return violations_of(
        detail.statement,
        detail.options,
        detail.recent,
        _forms_after(detail, form_number, position, new),
        made_at=detail.assembly.created_at,
    )


async def _put(
    session: AsyncSession,
    assembly: Assembly,
    detail: AssemblyDetail,
    edit: AssemblyEdit,
    new: BankItem,
    violations: list[Stored],
) -> None:
    """Store the item in its place, and the figures of the assembly as it is then."""
    row = find_place(detail, edit.form_number, edit.position)[1].row
    fresh = assembled_item(assembly.id, edit.form_number, edit.position, new)
    for name, value in fresh.model_dump(exclude={"assembly_id", "form_number", "position"}).items():
        setattr(row, name, value)
    session.add(row)
    assembly.revision += 1
    assembly.violations = violations
    assembly.is_simulated = assembly.is_simulated or new.is_simulated
    session.add(assembly)
    await session.flush()
    changed = await read_detail(session, assembly.id)
    sums = np.array([form.objective for form in changed.forms])
    assembly.objective = float(value_of(changed.statement, sums))
    assembly.gap = gap_of(changed.statement, assembly.objective, assembly.bound)
    assembly.max_relative_difference = difference_at_cut(changed.statement, [form.facts for form in changed.forms])
    session.add(assembly)
    await session.flush()


def _accepted_with(edit: AssemblyEdit) -> list[Stored]:
    why = {"reason": edit.reason, "by": edit.edited_by_name, "at": edit.edited_at.isoformat()}
    return [{**violation, **why} for violation in edit.violations]


async def _record(
    session: AsyncSession,
    assembly: Assembly,
    action: str,
    edit: AssemblyEdit,
    codes: tuple[str, str],
    actor: Actor,
    now: datetime,
    details: dict[str, Any],
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="assembly",
        object_id=str(assembly.id),
        details={
            "form": edit.form_number,
            "position": edit.position,
            "from": codes[0],
            "to": codes[1],
            "revision": assembly.revision,
            **details,
        },
        now=now,
    )
