"""The order in which one candidate gets the items of a paper and the options of an item."""

import random
from collections.abc import Sequence
from typing import Any

_SHUFFLED_PARTS = {
    "single_choice": ("options",),
    "multiple_response": ("options",),
    "order": ("options",),
    "true_false_table": ("statements",),
    "match": ("sources", "targets"),
    "gap_match": ("texts",),
}


def shuffled_paper(items: Sequence[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Return item views with items and their options in the order of a stored seed.

    Items on one stimulus come together and in their order, wherever they stand, because they are read together. Options
    are shuffled unless the item forbids it: authors tend to write the right one at a favourite place.
    """
    rng = random.Random(seed)
    testlets: dict[str | int, list[dict[str, Any]]] = {}
    for number, view in enumerate(items):
        testlets.setdefault(_testlet(number, view), []).append(view)
    groups = list(testlets.values())
    rng.shuffle(groups)
    return [with_shuffled_options(view, rng) for group in groups for view in group]


def _testlet(number: int, view: dict[str, Any]) -> str | int:
    stimulus = view.get("stimulus")
    return number if stimulus is None else str(stimulus["ref"])


def with_shuffled_options(view: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return an item view with its options in another order; those that are fixed keep their places."""
    interaction = view["interaction"]
    if not view.get("is_shuffled", True):
        return view
    if interaction == "inline_choice":
        gaps = [{**gap, "options": _shuffled(gap["options"], rng)} for gap in view["gaps"]]
        return {**view, "gaps": gaps}
    return view | {name: _shuffled(view[name], rng) for name in _SHUFFLED_PARTS.get(interaction, ())}


def _shuffled(parts: Sequence[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    movable = [part for part in parts if not part.get("is_fixed", False)]
    rng.shuffle(movable)
    moved = iter(movable)
    return [part if part.get("is_fixed", False) else next(moved) for part in parts]
