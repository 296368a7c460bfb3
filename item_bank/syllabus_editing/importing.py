"""Rules of taking in a sheet of the syllabus: a dry run first, then everything or nothing."""

import hashlib
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.core.workbook import WorkbookLimits, read_workbook
from item_bank.syllabus.service import find_syllabus
from item_bank.syllabus_editing import service
from item_bank.syllabus_editing.errors import (
    FrameworkNotFoundError,
    SyllabusChangedError,
    SyllabusFileChangesNothingError,
    SyllabusFileHasErrorsError,
)
from item_bank.syllabus_editing.planning import Plan, as_audit, plan_of
from item_bank.syllabus_editing.rows import ReadSheet, SheetFault, read_nodes

MOST_FAULTS_IN_ANSWER = 100
LIMITS = WorkbookLimits(rows=5_000)
"""A standard has some hundreds of statements."""


def read_file(content: bytes) -> ReadSheet:
    """Read an .xlsx file of the syllabus; takes CPU time, so keep it off the event loop.

    Raises
    ------
    InvalidWorkbookError
        The file cannot be read or holds no such sheet.
    """
    return read_nodes(read_workbook(content, LIMITS))


async def check(session: AsyncSession, *, framework_code: str, read: ReadSheet) -> Plan:
    """Return what taking in a read file would do; nothing changes.

    Raises
    ------
    FrameworkNotFoundError
    """
    syllabus = await find_syllabus(session)
    if framework_code not in syllabus.frameworks:
        raise FrameworkNotFoundError(code=framework_code)
    return plan_of(read, syllabus, framework_code)


async def apply(
    session: AsyncSession,
    *,
    framework_code: str,
    read: ReadSheet,
    content: bytes,
    plan_digest: str,
    actor: Actor,
    now: datetime,
) -> Plan:
    """Take in a file as it was checked: every row or, on any error, none.

    Raises
    ------
    FrameworkNotFoundError, SyllabusFileHasErrorsError, SyllabusFileChangesNothingError
    SyllabusChangedError
        It would no longer do what the dry run told.
    """
    await service.lock(session, framework_code)
    plan = await check(session, framework_code=framework_code, read=read)
    if plan.errors:
        faults = [_fault(fault) for fault in plan.errors[:MOST_FAULTS_IN_ANSWER]]
        raise SyllabusFileHasErrorsError(count=len(plan.errors), faults=faults)
    if not plan.added and not plan.changed:
        raise SyllabusFileChangesNothingError(code=framework_code)
    if plan.digest != plan_digest:
        raise SyllabusChangedError(code=framework_code)
    syllabus = await find_syllabus(session)
    last = max((node.position for node in syllabus.nodes_of(framework_code)), default=0)
    # A part refers to the one above it, so they enter one depth after the other; among siblings they come after those
    # that are there, in the order of the sheet.
    for position, node in enumerate(sorted(plan.added, key=lambda node: node.code.count(".")), start=last + 1):
        stored = service.new_node(framework_code, node.code, node.facts, position)
        await service.store_new(session, stored, actor=actor, now=now)
    for node in plan.changed:
        known = syllabus.node(node.code)
        if known is None:
            raise SyllabusChangedError(code=node.code)
        await service.store_change(session, known, node.facts, actor=actor, now=now)
    await audit.record(
        session,
        actor=actor,
        action="syllabus.imported",
        object_type=service.FRAMEWORK,
        object_id=framework_code,
        details={**as_audit(plan), "sha256": hashlib.sha256(content).hexdigest()},
        now=now,
    )
    return plan


def _fault(fault: SheetFault) -> Fault:
    return Fault(fault.code, f"{fault.column}{fault.row}", fault.params)
