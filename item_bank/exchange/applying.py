"""Applying a run: exactly what was shown, in one transaction, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media import service as media
from exam_engine.media.preparing import PreparedMedia
from item_bank.exchange import queries
from item_bank.exchange.checking import DRAFT, check_rows
from item_bank.exchange.errors import ImportEmptyError, ImportHasErrorsError, ImportOutdatedError
from item_bank.exchange.models import ItemImport, ItemImportMedia, ItemImportRow
from item_bank.exchange.service import lock_ready
from item_bank.exchange.stimuli import placed_stimuli, save_stimuli
from item_bank.items import saving
from item_bank.items import service as items
from item_bank.items.content import ItemDraft
from item_bank.items.deciding import act

_ITEMS_NAMED = 500
AT_ONCE_ROWS = 2_000
"""Runs up to this size are applied while their owner waits."""


async def lock_applicable(
    session: AsyncSession, *, import_id: UUID, is_skipping_errors: bool, actor: Actor
) -> ItemImport:
    """Return one's own run that can be applied, locked.

    Raises
    ------
    ImportNotFoundError, ImportAppliedError, ImportNotReadyError, ImportHasErrorsError, ImportEmptyError
    """
    run = await lock_ready(session, import_id, actor)
    errors = run.counts.get("errors", 0)
    usable = sum(run.counts.get(name, 0) for name in ("new", "changed", "unchanged"))
    if not usable:
        raise ImportEmptyError
    if errors and not is_skipping_errors:
        raise ImportHasErrorsError(rows=errors)
    return run


async def apply_run(
    session: AsyncSession, run: ItemImport, *, is_submitting: bool, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Save the items of a run that are neither faulty nor left out, with their stimuli and media; all or none.

    Raises
    ------
    ImportOutdatedError
        The bank changed since the run was checked.
    ItemsInUseError
        Somebody else saved one of the codes at the same moment.
    StimulusPublishedError
    """
    rows = await queries.all_rows(session, run.id)
    shown = [_shown(row) for row in rows]
    await check_rows(session, run, rows)
    if [_shown(row) for row in rows] != shown:
        raise ImportOutdatedError
    taken = [row for row in rows if row.draft is not None and not row.is_left_out]
    drafts = [DRAFT.validate_python(row.draft) for row in taken if row.comparison in {"new", "changed"}]
    await _store_media(session, run, drafts, actor, now)
    used = {str(row.item["stimulus"]) for row in taken if row.item.get("stimulus")}
    await save_stimuli(session, run, used, actor=actor, now=now)
    saved = await saving.save_drafts(session, drafts=drafts, actor=actor, now=now)
    submitted = 0
    if is_submitting and saved.item_ids:
        submitted = (await act(session, "submit", item_ids=saved.item_ids, wanted=None, actor=actor, now=now)).done
    unchanged = sum(row.comparison == "unchanged" for row in taken)
    counted = {
        "created": saved.created,
        "new_versions": saved.new_versions,
        "unchanged": unchanged + saved.unchanged,
        "skipped": len(rows) - len(drafts) - unchanged,
        "submitted": submitted,
    }
    run.outcome = {**counted, "items": await _named(session, taken)}
    run.state, run.applied_at, run.stimuli = "applied", now, []
    run.counts = {name: count for name, count in run.counts.items() if name != "problems"}
    session.add(run)
    await queries.empty_run(session, run.id)
    await audit.record(
        session,
        actor=actor,
        action="item_import.applied",
        object_type="item_import",
        object_id=str(run.id),
        details={"file": run.file_name, "sha256": run.file_hash, **counted},
        now=now,
    )
    return counted


async def _named(session: AsyncSession, taken: Sequence[ItemImportRow]) -> list[dict[str, Any]]:
    """Return the first items of the bank that the rows have become; the rows themselves go."""
    first = [row for row in taken if row.code is not None][:_ITEMS_NAMED]
    records = await items.items_by_code(session, [str(row.code) for row in first])
    return [
        {
            "id": str(records[row.code].item.id),
            "code": row.code,
            "stem": row.stem[:120],
            "comparison": row.comparison,
        }
        for row in first
        if row.code in records
    ]


def _shown(row: ItemImportRow) -> tuple[Any, ...]:
    return row.code, row.comparison, row.has_errors


async def _store_media(
    session: AsyncSession, run: ItemImport, drafts: list[ItemDraft], actor: Actor, now: datetime
) -> None:
    """Store the media that the items to be saved show, and those of the run's stimuli."""
    held = {one.sha256: one for one in await queries.media_of_run(session, run.id)}
    if not held:
        return
    named = {sha256 for draft in drafts for sha256 in media_hashes(draft.content)}
    for draft in drafts:
        named |= {sha256 for _, html in texts(draft.content) for sha256 in media_of(html)}
        named |= set(media_of(draft.explanation))
    for stimulus in (await placed_stimuli(session, run)).values():
        named |= set(media_of(stimulus.content))
    prepared = [_prepared(held[sha256]) for sha256 in sorted(named & held.keys())]
    await media.store_all(session, prepared=prepared, actor=actor, now=now)


def _prepared(one: ItemImportMedia) -> PreparedMedia:
    return PreparedMedia(
        purpose=one.purpose,  # type: ignore[arg-type]  # held as text
        sha256=one.sha256,
        content_type=one.content_type,
        content=one.content,
        original_name=one.original_name,
        original_sha256=one.original_sha256,
        width=one.width,
        height=one.height,
        duration_ms=one.duration_ms,
    )
