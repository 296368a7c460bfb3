"""Simulated item pools and the blueprint of a 40-question paper over six modules and four cognitive levels."""

from typing import Any

import numpy as np

from exam_engine.psychometrics import CellRequirement, ItemPool, TestSpecification

MODULES = [f"IU0{number}" for number in range(1, 7)]
LEVELS = ["NB", "TH", "VD", "VDC"]
COUNTS = {
    "NB": [3, 2, 2, 3, 2, 2],
    "TH": [2, 2, 2, 2, 2, 2],
    "VD": [2, 1, 1, 2, 1, 1],
    "VDC": [1, 1, 1, 1, 1, 1],
}


def make_pool(n_items: int = 240, seed: int = 1, **changes: Any) -> ItemPool:
    """Items dealt evenly to the 24 cells, with five enemy pairs."""
    rng = np.random.default_rng(seed)
    item_ids = tuple(f"Q{index:04}" for index in range(n_items))
    pairs = rng.choice(n_items, (5, 2), replace=False)
    parts: dict[str, Any] = {
        "item_ids": item_ids,
        "a": rng.lognormal(0.0, 0.3, n_items),
        "b": rng.normal(size=n_items),
        "attributes": {
            "module": [MODULES[index % 6] for index in range(n_items)],
            "level": [LEVELS[index // 6 % 4] for index in range(n_items)],
        },
        "expected_seconds": rng.uniform(30.0, 90.0, n_items),
        "enemies": tuple(frozenset(item_ids[index] for index in pair) for pair in pairs),
    }
    return ItemPool(**(parts | changes))


def make_specification(**changes: Any) -> TestSpecification:
    """Two forms of 40 questions in 38 to 42 minutes, compared at the cut and one logit to each side."""
    parts: dict[str, Any] = {
        "n_forms": 2,
        "length": 40,
        "theta_cut": -0.3,
        "theta_points": (-1.3, 0.7),
        "cells": tuple(
            CellRequirement.exactly(COUNTS[level][number], module=module, level=level)
            for number, module in enumerate(MODULES)
            for level in LEVELS
        ),
        "seconds": (2280.0, 2520.0),
        "score_tolerance": 0.5,
    }
    return TestSpecification(**(parts | changes))


def tiny_pool(a: list[float], **changes: Any) -> ItemPool:
    """Items of difficulty 0 with one attribute, the first half ``x`` and the second half ``y``."""
    parts: dict[str, Any] = {
        "item_ids": tuple(f"q{index}" for index in range(1, len(a) + 1)),
        "a": np.array(a),
        "b": np.zeros(len(a)),
        "attributes": {"part": ["x" if 2 * index < len(a) else "y" for index in range(len(a))]},
    }
    return ItemPool(**(parts | changes))
