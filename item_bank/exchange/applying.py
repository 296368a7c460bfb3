"""Applying a run: exactly what was shown, in one transaction, once."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media import service as media
from exam_engine.media.preparing import PreparedMedia
from item_bank.exchange import queries
from item_bank.exchange.census import Census
from item_bank.exchange.checking import ROWS_AT_ONCE, CheckedRow, Surroundings, census_of, examine, surroundings
from item_bank.exchange.errors import ImportEmptyError, ImportHasErrorsError, ImportOutdatedError
from item_bank.exchange.models import ItemImport, ItemImportMedia
from item_bank.exchange.service import lock_ready
from item_bank.exchange.stimuli import save_stimuli
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
    checking = _Checking(session, run, await surroundings(session, run, Census()))
    await _store_beside(session, checking, actor, now)
    tally = _Tally()
    saved = await saving.save_batches(session, batches=_drafts(checking, tally), actor=actor, now=now)
    submitted = 0
    if is_submitting and saved.item_ids:
        submitted = (await act(session, "submit", item_ids=saved.item_ids, wanted=None, actor=actor, now=now)).done
    counted = {
        "created": saved.created,
        "new_versions": saved.new_versions,
        "unchanged": tally.unchanged + saved.unchanged,
        "skipped": tally.rows - tally.drafts - tally.unchanged,
        "submitted": submitted,
    }
    run.outcome = {**counted, "items": await _named(session, tally.first)}
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


class _TakenRow(NamedTuple):
    """A row that becomes or is an item of the bank."""

    code: str
    stem: str
    comparison: str


@dataclass(slots=True)
class _Tally:
    """What became of rows: how many there were, were to be saved, and stay as they are; and the first ones taken."""

    rows: int = 0
    drafts: int = 0
    unchanged: int = 0
    first: list[_TakenRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Checking:
    """The rows of a run as they are checked again before any is saved: some at a time, and none that differs."""

    session: AsyncSession
    run: ItemImport
    around: Surroundings

    async def batches(self) -> AsyncIterator[list[CheckedRow]]:
        """Yield all rows of the run in order.

        Raises
        ------
        ImportOutdatedError
            A row would become something else than was shown.
        """
        numbers = await queries.numbers_of_rows(self.session, self.run.id)
        around = replace(self.around, census=await census_of(self.session, self.run.id))
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            rows = await queries.rows_to_check(self.session, self.run.id, numbers[start : start + ROWS_AT_ONCE])
            checked = await examine(self.session, around, rows)
            for row, one in zip(rows, checked, strict=True):
                if (row.code, row.comparison, row.has_errors) != (one.code, one.comparison, one.has_errors):
                    raise ImportOutdatedError
            yield checked


async def _drafts(checking: _Checking, tally: _Tally) -> AsyncIterator[list[ItemDraft]]:
    """Yield the drafts that are to be saved, and count them."""
    async for checked in checking.batches():
        taken = _taken(checked)
        drafts = _to_save(taken)
        tally.rows += len(checked)
        tally.drafts += len(drafts)
        tally.unchanged += sum(row.comparison == "unchanged" for row, _ in taken)
        tally.first += [
            _TakenRow(draft.code, row.stored.stem[:120], row.comparison)
            for row, draft in taken[: _ITEMS_NAMED - len(tally.first)]
        ]
        yield drafts


def _taken(checked: Sequence[CheckedRow]) -> list[tuple[CheckedRow, ItemDraft]]:
    return [(row, row.draft) for row in checked if row.draft is not None and not row.stored.is_left_out]


def _to_save(taken: Sequence[tuple[CheckedRow, ItemDraft]]) -> list[ItemDraft]:
    return [draft for row, draft in taken if row.comparison in {"new", "changed"}]


async def _named(session: AsyncSession, first: Sequence[_TakenRow]) -> list[dict[str, Any]]:
    """Return the first items of the bank that rows have become; the rows themselves go."""
    records = await items.items_by_code(session, [row.code for row in first])
    return [{"id": str(records[row.code].item.id), **row._asdict()} for row in first if row.code in records]


async def _store_beside(session: AsyncSession, checking: _Checking, actor: Actor, now: datetime) -> None:
    """Store the media and stimuli that the items to be saved show, before any of these, whichever batch it is in."""
    run = checking.run
    held = {one.sha256 for one in await queries.held_media(session, run.id)}
    if not held and not run.stimuli:
        return
    named = {sha256 for one in checking.around.stimuli.values() for sha256 in media_of(one.content)}
    used: set[str] = set()
    async for checked in checking.batches():
        taken = _taken(checked)
        used |= {row.said.item.stimulus for row, _ in taken if row.said.item.stimulus}
        for draft in _to_save(taken):
            named |= {*media_hashes(draft.content), *media_of(draft.explanation)}
            named |= {sha256 for _, html in texts(draft.content) for sha256 in media_of(html)}
    if held:
        found = await queries.media_of_run(session, run.id)
        prepared = [_prepared(one) for one in sorted(found, key=lambda one: one.sha256) if one.sha256 in named]
        await media.store_all(session, prepared=prepared, actor=actor, now=now)
    await save_stimuli(session, run, used, actor=actor, now=now)


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
