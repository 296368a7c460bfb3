"""What somebody may do with an item now, and what stands in the way of the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from item_bank.items.models import Item, ItemVersion
from item_bank.items.workflow import TRANSITIONS
from item_bank.items.workflow import Act as WorkflowAct

ItemAct = Literal[
    "edit",
    "submit",
    "withdraw",
    "approve",
    "return",
    "pretest",
    "release",
    "suspend",
    "resume",
    "retire",
    "assign",
    "comment",
    "name_enemies",
    "supersede",
    "duplicate",
]

_NEEDS: dict[ItemAct, Permission] = {
    "edit": Permission.ITEM_WRITE,
    "submit": Permission.ITEM_WRITE,
    "withdraw": Permission.ITEM_WRITE,
    "approve": Permission.ITEM_APPROVE,
    "return": Permission.ITEM_APPROVE,
    "pretest": Permission.ITEM_RELEASE,
    "release": Permission.ITEM_RELEASE,
    "suspend": Permission.ITEM_RELEASE,
    "resume": Permission.ITEM_RELEASE,
    "retire": Permission.ITEM_APPROVE,
    "assign": Permission.ITEM_ASSIGN,
    "comment": Permission.ITEM_COMMENT,
    "name_enemies": Permission.ITEM_COMMENT,
    "supersede": Permission.ITEM_WRITE,
    "duplicate": Permission.ITEM_WRITE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about acts on an item; ``writers`` wrote a version since the last approved one, or the key."""

    item: Item
    version: ItemVersion
    writers: frozenset[UUID]
    is_complete: bool
    successor: str | None


def permits(standing: Standing, actor: Actor) -> Iterator[tuple[ItemAct, str | None]]:
    """Yield every act with the code of what stands in the actor's way, None when nothing does.

    It only foretells: the act itself is judged anew when it is asked for.
    """
    for act, permission in _NEEDS.items():
        if permission.value not in actor.permissions:
            yield act, "item_act_not_yours"
        else:
            yield act, _hindrance(standing, act, actor)


def _hindrance(standing: Standing, act: ItemAct, actor: Actor) -> str | None:
    item = standing.item
    if act in TRANSITIONS:
        return _hindrance_of_step(standing, act, actor)
    if act == "edit" and item.first_published_at is not None:
        return "item_only_supersedable"
    if act in {"edit", "assign"} and item.status == "retired":
        return "item_stays_retired"
    if act == "supersede":
        if item.first_published_at is None:
            return "item_still_editable"
        if item.status == "retired" or standing.successor is not None:
            return "item_has_successor" if standing.successor is not None else "item_stays_retired"
    return None


def _hindrance_of_step(standing: Standing, act: WorkflowAct, actor: Actor) -> str | None:
    if standing.item.status not in TRANSITIONS[act].start:
        return "item_wrong_status"
    if act == "approve" and actor.id in standing.writers:
        return "own_item"
    if act in {"submit", "approve"} and not standing.is_complete:
        return "item_incomplete"
    return None
