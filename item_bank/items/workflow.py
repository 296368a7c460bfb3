"""The life of an item: its states, the acts that lead from one to the next, and what saving a new version does."""

from dataclasses import dataclass
from typing import Literal, get_args

ItemStatus = Literal[
    "draft", "in_review", "returned", "revised", "approved", "pretest", "operational", "suspended", "retired"
]
STATUSES: tuple[ItemStatus, ...] = get_args(ItemStatus)

Act = Literal["submit", "withdraw", "return", "approve", "pretest", "release", "suspend", "resume", "retire"]

UNDER_REVIEW: frozenset[ItemStatus] = frozenset({"in_review", "revised"})
IN_USE: frozenset[ItemStatus] = frozenset({"approved", "pretest", "operational"})
"""A second person has approved what the item asks."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act leads to which."""

    start: frozenset[ItemStatus]
    end: ItemStatus


TRANSITIONS: dict[Act, Transition] = {
    "submit": Transition(frozenset({"draft"}), "in_review"),
    "withdraw": Transition(frozenset({"in_review", "revised", "returned"}), "draft"),
    "return": Transition(UNDER_REVIEW, "returned"),
    "approve": Transition(UNDER_REVIEW, "approved"),
    "pretest": Transition(frozenset({"approved"}), "pretest"),
    "release": Transition(frozenset({"approved", "pretest"}), "operational"),
    "suspend": Transition(IN_USE, "suspended"),
    # Whoever takes an item back into use says anew for what.
    "resume": Transition(frozenset({"suspended"}), "approved"),
    "retire": Transition(frozenset(STATUSES) - {"retired"}, "retired"),
}


def status_after_edit(status: ItemStatus) -> ItemStatus:
    """Return the state of an item after a new version of it was saved.

    What a reviewer sent back, or has before them, comes to the reviewers again by itself; what was in use starts anew.
    """
    return "revised" if status in {"returned", "revised", "in_review"} else "draft"
