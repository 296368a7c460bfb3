"""Events of the exam's window as operations of the journal: which stands for which, and how often each was told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from exam_engine.delivery.journal import Kind
from exam_engine.sittings.lockdown_rules import LockdownEvent

KIND_OF: Mapping[LockdownEvent, Kind] = {
    LockdownEvent.FOCUS: Kind.FOCUS_LOST,
    LockdownEvent.FULLSCREEN: Kind.FULLSCREEN_LEFT,
    LockdownEvent.COPY: Kind.COPY,
    LockdownEvent.PASTE: Kind.PASTE,
    LockdownEvent.SECOND_TAB: Kind.SECOND_TAB,
    LockdownEvent.PRINT: Kind.PRINT,
    LockdownEvent.DRAG: Kind.DRAG,
    LockdownEvent.DEVTOOLS: Kind.DEVTOOLS,
    LockdownEvent.SCREENS: Kind.SCREENS,
    LockdownEvent.CONTEXT_MENU: Kind.CONTEXT_MENU,
}
EVENT_OF: Mapping[str, LockdownEvent] = {kind.value: event for event, kind in KIND_OF.items()}


@dataclass(frozen=True, slots=True)
class EventCount:
    """Operations of one event in one attempt; ``unseen`` are those that no proctor has marked as seen.

    An operation may stand for several times: the browser writes down no more than a few a minute.
    """

    event: LockdownEvent
    count: int
    unseen: int
    last_seq: int


def times_of(body: str) -> int:
    """Return how many times an operation stands for: its value, where it has one that is a number."""
    value = json.loads(body).get("value")
    if (
        isinstance(value, list)
        and len(value) == 1
        and isinstance(value[0], str)
        and value[0].isascii()
        and value[0].isdigit()
    ):
        return max(1, min(int(value[0]), 9999))
    return 1
