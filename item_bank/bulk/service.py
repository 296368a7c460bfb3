"""Rules of changing many drafts: each gets a new version; what is under review or in use is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from item_bank.authoring.errors import UnknownReferenceError
from item_bank.bulk.changes import Change, changed, grouped, inverse
from item_bank.bulk.errors import NothingToChangeError
from item_bank.items import queries
from item_bank.items.deciding import Refusal
from item_bank.items.drafts import stored_drafts
from item_bank.items.records import ItemFilter
from item_bank.items.saving import save_drafts
from item_bank.syllabus import service as syllabus_service


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """How many items got a new version, which were left alone, and what would take it back."""

    done: int
    unchanged: int
    refusals: list[Refusal]
    undo: list[tuple[Change, list[UUID]]]


async def change_items(
    session: AsyncSession,
    *,
    item_ids: Sequence[UUID] | None,
    wanted: ItemFilter | None,
    change: Change,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> ChangeOutcome:
    """Change the metadata of the named drafts, or of all that match.

    Raises
    ------
    NothingToChangeError
    UnknownReferenceError
        The syllabus has no such reference.
    """
    if change.is_empty:
        raise NothingToChangeError
    module_code = await _module_of(session, change.reference_code)
    records = await queries.lock_records(session, item_ids=item_ids, wanted=wanted)
    found = {record.item.id for record in records}
    refusals = [Refusal(str(id_), "item_not_found") for id_ in item_ids or () if id_ not in found]
    open_ = [record for record in records if record.item.status == "draft" and record.item.first_published_at is None]
    editable = {record.item.id for record in open_}
    refusals += [
        Refusal(record.item.code, "item_wrong_status", record.item.status)
        for record in records
        if record.item.id not in editable
    ]
    drafts = await stored_drafts(session, open_)
    after = {
        id_: replace(draft, metadata=changed(draft.metadata, change, module_code)) for id_, draft in drafts.items()
    }
    touched = {id_: draft for id_, draft in after.items() if draft.metadata != drafts[id_].metadata}
    if touched:
        await save_drafts(session, drafts=list(touched.values()), actor=actor, now=now, note=note)
    return ChangeOutcome(
        done=len(touched),
        unchanged=len(drafts) - len(touched),
        refusals=refusals,
        undo=grouped((id_, inverse(drafts[id_].metadata, draft.metadata)) for id_, draft in touched.items()),
    )


async def _module_of(session: AsyncSession, reference_code: str | None) -> str | None:
    if reference_code is None:
        return None
    node = (await syllabus_service.find_syllabus(session)).node(reference_code)
    if node is None:
        raise UnknownReferenceError(value=reference_code)
    return str(getattr(node, "module_code", node.code))
