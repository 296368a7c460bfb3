"""Which items a request means: filters as they come in an address or in a body."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query

from exam_engine.accounts.access import ActorDep
from exam_engine.core.actor import Actor
from exam_engine.interactions.content import Interaction
from item_bank.items.errors import UnknownFilterError
from item_bank.items.records import ItemFilter
from item_bank.items.schemas import ItemSelection, LevelCode, ModuleCode, ReferenceCode, SearchText, TagText
from item_bank.items.search.parsing import parse
from item_bank.items.workflow import ItemStatus


def selected(selection: ItemSelection, actor: Actor) -> ItemFilter:
    """Return the filter for acts on all that match.

    Raises
    ------
    UnknownFilterError
        A filter typed has a value that nobody knows: whoever acts on items must know which.
    """
    unknown = parse(selection.q or "").unknown
    if unknown:
        raise UnknownFilterError(filters=", ".join(unknown))
    return _filter(selection, actor)


def _wanted(
    actor: ActorDep,
    module: Annotated[list[ModuleCode], Query(default_factory=list, max_length=100)],
    reference: Annotated[list[ReferenceCode], Query(default_factory=list, max_length=100)],
    level: Annotated[list[LevelCode], Query(default_factory=list, max_length=4)],
    status: Annotated[list[ItemStatus], Query(default_factory=list, max_length=9)],
    kind: Annotated[list[Interaction], Query(default_factory=list, max_length=20)],
    author: Annotated[list[UUID], Query(default_factory=list, max_length=100)],
    assignee: Annotated[list[UUID | Literal["none"]], Query(default_factory=list, max_length=100)],
    tag: Annotated[list[TagText], Query(default_factory=list, max_length=20)],
    has_key: Annotated[bool | None, Query()] = None,
    q: Annotated[SearchText | None, Query()] = None,
) -> ItemFilter:
    selection = ItemSelection(
        module=module,
        reference=reference,
        level=level,
        status=status,
        kind=kind,
        has_key=has_key,
        author=author,
        assignee=assignee,
        tag=tag,
        q=q,
    )
    return _filter(selection, actor)


WantedDep = Annotated[ItemFilter, Depends(_wanted)]


def _filter(selection: ItemSelection, actor: Actor) -> ItemFilter:
    return ItemFilter(
        modules=tuple(selection.module),
        references=tuple(selection.reference),
        levels=tuple(selection.level),
        statuses=tuple(selection.status),
        kinds=tuple(selection.kind),
        has_key=selection.has_key,
        authors=tuple(selection.author),
        assignees=tuple(None if one == "none" else one for one in selection.assignee),
        tags=tuple(selection.tag),
        q=selection.q or "",
        me=actor.id,
    )
