"""Pools small enough to see through, and forms of them."""

import itertools
from typing import Any

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import ItemPool


def even_pool(a: list[float], **changes: Any) -> ItemPool:
    """Items q1, q2 … of difficulty 0; the first half has part ``x`` and the second half ``y``."""
    names = [f"q{index}" for index in range(1, len(a) + 1)]
    b = changes.pop("b", np.zeros(len(a)))
    parts: dict[str, Any] = {
        "parameters": ItemParameters.dichotomous(names, np.array(a), b),
        "attributes": {"part": ["x" if 2 * index < len(a) else "y" for index in range(len(a))]},
    }
    return ItemPool(**(parts | changes))


def passage_pool() -> ItemPool:
    """Eight items: s1 brings q1–q3, s2 brings q4–q6, and q7, q8 stand alone; passages of 100 and 40 words."""
    return even_pool(
        [1.0, 1.2, 0.8, 1.1, 0.9, 1.3, 1.0, 0.7],
        stimuli=("s1", "s1", "s1", "s2", "s2", "s2", "", ""),
        quantities={"words": np.array([10.0, 20.0, 30.0, 10.0, 20.0, 30.0, 5.0, 6.0])},
        stimulus_quantities={"words": {"s1": 100.0, "s2": 40.0}},
        enemies=(frozenset({"q1", "q7"}),),
    )


def all_forms(pool: ItemPool, sizes: range) -> list[tuple[str, ...]]:
    """Every set of items of the given sizes."""
    return [form for size in sizes for form in itertools.combinations(pool.item_ids, size)]
