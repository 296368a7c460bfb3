"""Rules of imports: read and check a file, keep it, apply it in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line
from exam_engine.core.workbook import read_workbook
from item_bank.exchange import queries
from item_bank.exchange.columns import CODE, STEM
from item_bank.exchange.errors import (
    ImportAppliedError,
    ImportEmptyError,
    ImportHasErrorsError,
    ImportNotFoundError,
)
from item_bank.exchange.models import ItemImport
from item_bank.exchange.rows import ReadItems, RowFault, SyllabusCodes, read_items
from item_bank.items import saving
from item_bank.items.content import ItemDraft
from item_bank.items.deciding import act
from item_bank.syllabus.service import Syllabus

KEPT_FOR = timedelta(days=7)
_NOT_CHANGED = frozenset({"retired", "published"})


@dataclass(frozen=True, slots=True)
class DryRun:
    """What applying an import would do, and what is wrong in its file."""

    stored: ItemImport
    new_items: int
    changed_items: int
    unchanged_items: int
    errors: list[RowFault]
    warnings: list[RowFault]


@dataclass(frozen=True, slots=True)
class AppliedImport:
    """What applying an import did."""

    created: int
    new_versions: int
    unchanged: int
    skipped: int


def syllabus_codes(syllabus: Syllabus) -> SyllabusCodes:
    """Return what the rows of a file may refer to."""
    names = {code: module.name for code, module in syllabus.modules.items()}
    return SyllabusCodes(names, frozenset(syllabus.sections))


def read_file(content: bytes, codes: SyllabusCodes) -> ReadItems:
    """Read an .xlsx file of items; takes CPU time, so keep it off the event loop.

    Raises
    ------
    InvalidWorkbookError
        The file cannot be read or holds no item sheet.
    """
    return read_items(read_workbook(content), codes)


async def prepare_import(
    session: AsyncSession, *, read: ReadItems, content: bytes, file_name: str, actor: Actor, now: datetime
) -> DryRun:
    """Compare a read file with the bank and keep it; the bank does not change."""
    drafts = dict(read.drafts)
    comparison = await saving.compare(session, list(drafts.values()))
    twins = await saving.same_items(session, list(drafts.values()))
    errors, warnings = list(read.errors), list(read.warnings)
    for row, draft in read.drafts.items():
        if comparison[draft.code] in _NOT_CHANGED:
            fault = f"item_is_{comparison[draft.code]}"
            errors.append(RowFault(row, "", CODE.names[0], fault, {"value": draft.code}))
            del drafts[row]
        elif draft.code in twins:
            warnings.append(RowFault(row, "", STEM.names[0], "same_item_in_bank", {"other": twins[draft.code]}))
    stored = ItemImport(
        file_name=_plain_file_name(file_name),
        file_hash=hashlib.sha256(content).hexdigest(),
        sheet_name=read.sheet_name[:64],
        rows_read=read.rows_read,
        rows_with_errors=read.rows_read - len(drafts),
        drafts=[_to_json(draft) for draft in drafts.values()],
        created_by=actor.id,
        created_at=now,
    )
    await queries.delete_unapplied(session, before=now - KEPT_FOR)
    session.add(stored)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="item_import.checked",
        object_type="item_import",
        object_id=str(stored.id),
        details={"file": stored.file_name, "sha256": stored.file_hash, "rows": stored.rows_read},
        now=now,
    )
    counts = Counter(comparison[draft.code] for draft in drafts.values())
    return DryRun(
        stored,
        counts["new"],
        counts["changed"],
        counts["unchanged"],
        sorted(errors, key=lambda fault: fault.row),
        sorted(warnings, key=lambda fault: fault.row),
    )


async def apply_import(
    session: AsyncSession,
    *,
    import_id: UUID,
    is_skipping_errors: bool,
    is_submitting: bool,
    actor: Actor,
    now: datetime,
) -> AppliedImport:
    """Save the items of one's own import; all of them or, on any error, none.

    Raises
    ------
    ImportNotFoundError, ImportAppliedError, ImportHasErrorsError, ImportEmptyError
    ItemsInUseError
        Somebody else saved one of the codes at the same moment.
    """
    stored = await queries.lock_import(session, import_id=import_id, created_by=actor.id)
    if stored is None:
        raise ImportNotFoundError
    if stored.applied_at is not None:
        raise ImportAppliedError
    if not stored.drafts:
        raise ImportEmptyError
    if stored.rows_with_errors and not is_skipping_errors:
        raise ImportHasErrorsError(rows=stored.rows_with_errors)
    drafts = [_from_json(draft) for draft in stored.drafts]
    # An item may have been retired since the file was checked.
    comparison = await saving.compare(session, drafts)
    usable: Sequence[ItemDraft] = [draft for draft in drafts if comparison[draft.code] not in _NOT_CHANGED]
    stored.applied_at, stored.drafts = now, []
    session.add(stored)
    saved = await saving.save_drafts(session, drafts=usable, actor=actor, now=now)
    if is_submitting and saved.item_ids:
        await act(session, "submit", item_ids=saved.item_ids, wanted=None, actor=actor, now=now)
    skipped = stored.rows_with_errors + len(drafts) - len(usable)
    return AppliedImport(saved.created, saved.new_versions, saved.unchanged, skipped)


def _plain_file_name(name: str) -> str:
    return clean_line(PurePosixPath(name.replace("\\", "/")).name)[:200] or "?"


_DRAFT = TypeAdapter(ItemDraft)


def _to_json(draft: ItemDraft) -> dict[str, Any]:
    stored: dict[str, Any] = _DRAFT.dump_python(draft, mode="json")
    return stored


def _from_json(stored: dict[str, Any]) -> ItemDraft:
    return _DRAFT.validate_python(stored)
