"""Assignment of items to those who are to write or to review them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Permission, permissions_of
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from item_bank.items import queries as item_queries
from item_bank.items.history.store import record_events
from item_bank.items.records import ItemFilter, ItemRecord
from item_bank.items.saving import CODES_IN_AUDIT
from item_bank.items.workflow import UNDER_REVIEW
from item_bank.reviewing import queries
from item_bank.reviewing.errors import AssigneeUnknownError

_WRITE, _REVIEW = Permission.ITEM_WRITE.value, Permission.ITEM_APPROVE.value


@dataclass(frozen=True, slots=True)
class Assignee:
    """Somebody who may get items, and how many they have already."""

    user: User
    may_write: bool
    may_review: bool
    assigned: int


@dataclass(frozen=True, slots=True)
class AssignmentRefusal:
    """An item that was not assigned, and the code of the reason."""

    code: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """What assigning did; ``unchanged`` items had that person already."""

    done: int
    unchanged: int
    refusals: list[AssignmentRefusal]


async def assignees(session: AsyncSession) -> list[Assignee]:
    """Return the active staff that write or review items, by name."""
    counts = await queries.assignments(session)
    found = []
    for user in await accounts.list_users(session):
        granted = permissions_of(frozenset(user.roles))
        if user.is_active and granted & {_WRITE, _REVIEW}:
            found.append(Assignee(user, _WRITE in granted, _REVIEW in granted, counts.get(user.id, 0)))
    return sorted(found, key=lambda one: (one.user.display_name, one.user.username))


async def assign(
    session: AsyncSession,
    *,
    item_ids: Sequence[UUID] | None,
    wanted: ItemFilter | None,
    assignee_id: UUID | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> Assigned:
    """Give the named items, or all that match, to one person; to nobody when ``assignee_id`` is None.

    What waits for review goes to somebody who may approve it, so to no writer of it; everything else that is not
    retired goes to anybody who writes or reviews.

    Raises
    ------
    AssigneeUnknownError
    """
    person = None
    if assignee_id is not None:
        person = next((one for one in await assignees(session) if one.user.id == assignee_id), None)
        if person is None:
            raise AssigneeUnknownError
    records = await item_queries.lock_records(session, item_ids=item_ids, wanted=wanted)
    found = {record.item.id for record in records}
    refusals = [AssignmentRefusal(str(id_), "item_not_found") for id_ in item_ids or () if id_ not in found]
    writers = await item_queries.writers_since_approval(session, [record.item.id for record in records])
    changed, unchanged = [], 0
    for record in records:
        reason = None if person is None else _reason_against(person, record, writers[record.item.id])
        if reason is not None:
            refusals.append(AssignmentRefusal(record.item.code, reason))
        elif record.item.assignee_id == assignee_id:
            unchanged += 1
        else:
            record.item.assignee_id = assignee_id
            record.item.assignee_name = person.user.display_name if person else ""
            record.item.updated_at = now
            changed.append(record.item)
    if changed:
        session.add_all(changed)
        await session.flush()
        statuses = {item.id: item.status for item in changed}
        who = person.user.display_name if person else ""
        told = " – ".join(part for part in (who, note.strip()) if part)
        await record_events(
            session, "assign" if person else "unassign", changed, statuses, actor=actor, now=now, note=told
        )
        await audit.record(
            session,
            actor=actor,
            action="item.assigned",
            object_type="item",
            object_id=str(changed[0].id) if len(changed) == 1 else "",
            details={
                "count": len(changed),
                "items": sorted(item.code for item in changed)[:CODES_IN_AUDIT],
                "assignee": "" if assignee_id is None else str(assignee_id),
            },
            now=now,
        )
    return Assigned(len(changed), unchanged, refusals)


def _reason_against(person: Assignee, record: ItemRecord, writers: frozenset[UUID]) -> str | None:
    if record.item.status == "retired":
        return "item_is_retired"
    if record.item.status in UNDER_REVIEW:
        if person.user.id in writers | {record.version.key_author_id}:
            return "assignee_wrote_item"
        if not person.may_review:
            return "assignee_no_reviewer"
    return None
