"""Acts on items: handing in for review, approval by a second person, taking into use and out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.items import queries
from item_bank.items.history.store import record_events
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemApproval
from item_bank.items.records import ItemFilter, ItemRecord
from item_bank.items.saving import CODES_IN_AUDIT
from item_bank.items.workflow import TRANSITIONS, Act

RefusalReason = Literal["own_item", "item_wrong_status", "item_not_found", "item_incomplete", "not_own_item"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that an act left alone, and why."""

    code: str
    reason_code: RefusalReason
    status: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many items an act changed, and which it left alone."""

    done: int
    refusals: list[Refusal]


async def act(
    session: AsyncSession,
    act: Act,
    *,
    item_ids: Sequence[UUID] | None,
    wanted: ItemFilter | None,
    actor: Actor,
    now: datetime,
    note: str = "",
    checklist: int | None = None,
) -> Outcome:
    """Lead the named items, or all that match, from their state to the next; leave alone those that may not go there.

    Nobody approves an item or a key that they wrote or last changed: whoever wrote any version since the last approved
    one, or the key that is in it, is refused. What is incomplete is neither handed in nor approved.

    Parameters
    ----------
    note : why, for the history of each item.
    checklist : number of the checklist that a reviewer answered for this act, None without one.
    """
    records = await queries.lock_records(session, item_ids=item_ids, wanted=wanted)
    transition = TRANSITIONS[act]
    refusals = _unknown(item_ids, records)
    writers: Mapping[UUID, frozenset[UUID]] = {}
    incomplete: frozenset[UUID] = frozenset()
    if act == "approve":
        writers = await queries.writers_since_approval(session, [record.item.id for record in records])
    if act in {"submit", "approve"}:
        incomplete = await _incomplete(session, [r for r in records if r.item.status in transition.start])
    done: list[ItemRecord] = []
    for record in records:
        item = record.item
        if item.status not in transition.start:
            refusals.append(Refusal(item.code, "item_wrong_status", item.status))
        elif act == "approve" and actor.id in writers[item.id] | {record.version.key_author_id}:
            refusals.append(Refusal(item.code, "own_item"))
        elif item.id in incomplete:
            refusals.append(Refusal(item.code, "item_incomplete"))
        else:
            done.append(record)
    if done:
        await _lead(session, act, done, actor, now, note, checklist)
    return Outcome(len(done), refusals)


async def _lead(
    session: AsyncSession,
    act: Act,
    records: Sequence[ItemRecord],
    actor: Actor,
    now: datetime,
    note: str,
    checklist: int | None,
) -> None:
    before = {record.item.id: record.item.status for record in records}
    with_parameters = await queries.items_with_parameters(session, [record.item.id for record in records])
    for record in records:
        end = TRANSITIONS[act].end
        # Parameters stay in force when a change left what is asked as it was; the item then goes on being used.
        if act == "approve" and record.item.id in with_parameters:
            end = "operational"
        record.item.status, record.item.updated_at = end, now
    session.add_all([record.item for record in records])
    if act == "approve":
        session.add_all(
            [
                ItemApproval(
                    item_version_id=record.version.id,
                    author_id=record.version.author_id,
                    key_author_id=record.version.key_author_id,
                    approved_by=actor.id,
                    approved_by_name=actor.display_name,
                    approved_at=now,
                )
                for record in records
            ]
        )
        await _retire_superseded(session, records, actor, now)
    await session.flush()
    items = [record.item for record in records]
    await record_events(session, act, items, before, actor=actor, now=now, note=note, checklist=checklist)
    await audit.record(
        session,
        actor=actor,
        action=_ACTIONS[act],
        object_type="item",
        object_id=str(records[0].item.id) if len(records) == 1 else "",
        after={"versions": [[record.item.code, record.version.content_hash] for record in records]},
        details={
            "count": len(records),
            "items": sorted(record.item.code for record in records)[:CODES_IN_AUDIT],
            # What reviewers say may tell a key; it is in the history, which only those read who may read keys.
            **({"note": note} if note and act not in {"approve", "return"} else {}),
            **({"checklist": checklist} if act == "approve" else {}),
        },
        now=now,
    )


_ACTIONS: dict[Act, str] = {
    "submit": "item.submitted",
    "withdraw": "item.withdrawn",
    "return": "item.returned",
    "approve": "item.approved",
    "pretest": "item.pretested",
    "release": "item.released",
    "suspend": "item.suspended",
    "resume": "item.resumed",
    "retire": "item.retired",
}


async def _retire_superseded(session: AsyncSession, records: Sequence[ItemRecord], actor: Actor, now: datetime) -> None:
    successors = {record.item.supersedes_id: record.item.code for record in records if record.item.supersedes_id}
    for record in await queries.lock_records(session, item_ids=[*successors]) if successors else ():
        item = record.item
        before = {item.id: item.status}
        item.status, item.updated_at = "retired", now
        session.add(item)
        await record_events(session, "superseded", [item], before, actor=actor, now=now, note=successors[item.id])


async def _incomplete(session: AsyncSession, records: Sequence[ItemRecord]) -> frozenset[UUID]:
    keys = await keys_of(session, [record.version.id for record in records])
    found = set()
    for record in records:
        key = keys[record.version.id].key
        faults = check_item(
            CONTENT.validate_python(record.version.content), None if key is None else KEY.validate_python(key)
        )
        if faults:
            found.add(record.item.id)
    return frozenset(found)


def _unknown(item_ids: Sequence[UUID] | None, records: Sequence[ItemRecord]) -> list[Refusal]:
    found = {record.item.id for record in records}
    return [Refusal(str(item_id), "item_not_found") for item_id in item_ids or () if item_id not in found]
