"""A simulated bank of six modules and four levels, and the blueprint of a 40-item paper from it."""

from typing import Any

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import Count, ItemPool, Range, TestSpecification, exactly, length
from exam_engine.psychometrics.assembly.specification import Requirement

MODULES = [f"IU0{number}" for number in range(1, 7)]
LEVELS = ["NB", "TH", "VD", "VDC"]


def bank(n_items: int = 240, seed: int = 1, **changes: Any) -> ItemPool:
    """Items dealt evenly to the 24 cells; item Q0000 is IU01 × NB, and so is every 24th after it."""
    rng = np.random.default_rng(seed)
    ids = [f"Q{index:04}" for index in range(n_items)]
    a, b = rng.lognormal(0.0, 0.3, n_items), rng.normal(size=n_items)
    parts: dict[str, Any] = {
        "parameters": ItemParameters.dichotomous(ids, a, b),
        "attributes": {
            "module": [MODULES[index % 6] for index in range(n_items)],
            "level": [LEVELS[index // 6 % 4] for index in range(n_items)],
        },
        "quantities": {"seconds": np.round(rng.uniform(30.0, 90.0, n_items))},
    }
    return ItemPool(**(parts | changes))


def blueprint(
    *more: Requirement, levels: tuple[int, int, int, int] = (12, 12, 8, 6), **changes: Any
) -> TestSpecification:
    """40 items: modules exactly, levels at least ``levels``, and what else is asked for."""
    modules = [exactly(count, module=module) for module, count in zip(MODULES, (7, 7, 7, 7, 6, 6), strict=True)]
    at_least = [Range(Count({"level": level}), count, 40) for level, count in zip(LEVELS, levels, strict=True)]
    parts: dict[str, Any] = {"n_forms": 1, "requirements": (length(40), *modules, *at_least, *more)}
    return TestSpecification(**(parts | changes))
