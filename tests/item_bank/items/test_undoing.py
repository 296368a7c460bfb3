"""An act taken back leaves every item exactly where it was, or is not offered."""

from typing import get_args
from uuid import UUID

import pytest

from item_bank.items.undoing import Moved, way_back
from item_bank.items.workflow import TRANSITIONS, Act, ItemStatus

CASES = [(act, start) for act in get_args(Act) for start in sorted(TRANSITIONS[act].start)]


@pytest.mark.parametrize(("act", "start"), CASES)
def test_the_way_back_ends_where_the_act_began(act: Act, start: ItemStatus) -> None:
    steps = way_back(act, [Moved(UUID(int=1), start)])
    status = TRANSITIONS[act].end
    for step in steps:
        assert status in TRANSITIONS[step.act].start
        status = TRANSITIONS[step.act].end
    assert status == start or not steps


def test_decisions_are_not_taken_back() -> None:
    for act, start in CASES:
        if act in {"approve", "return", "retire"}:
            assert way_back(act, [Moved(UUID(int=1), start)]) == ()


def test_items_go_back_along_their_own_ways() -> None:
    steps = way_back("suspend", [Moved(UUID(int=1), "operational"), Moved(UUID(int=2), "approved")])
    assert [(step.act, step.item_ids) for step in steps] == [
        ("resume", (UUID(int=1),)),
        ("release", (UUID(int=1),)),
        ("resume", (UUID(int=2),)),
    ]
