"""Panels small enough to see through."""

import itertools
from collections.abc import Iterator

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import ItemPool
from exam_engine.psychometrics.multistage import Panel, PanelModule, adjacent_routes


def one_two_panel() -> tuple[Panel, ItemParameters]:
    """1-2: a start of three items, then two easy or two hard ones; one of the easy ones has three categories."""
    dichotomous = ItemParameters.dichotomous(
        ["r1", "r2", "r3", "e1", "h1", "h2"],
        [1.2, 0.9, 1.5, 1.1, 1.3, 0.8],
        [-0.5, 0.0, 0.6, -1.2, 1.0, 1.4],
        [0.2, 0.1, 0.0, 0.2, 0.15, 0.0],
    )
    graded = ItemParameters.polytomous(["e2"], "GRM", [1.4], [[-1.5, -0.4]])
    panel = Panel(
        "1",
        (
            PanelModule("R", 1, ("r1", "r2", "r3")),
            PanelModule("E", 2, ("e1", "e2")),
            PanelModule("H", 2, ("h1", "h2")),
        ),
        (("R", "E"), ("R", "H")),
    )
    return panel, ItemParameters.concatenate([dichotomous, graded])


def one_three_three_panel(*, length: int = 6, seed: int = 5) -> tuple[Panel, ItemParameters]:
    """1-3-3 of 3PL items, difficulties about −1, 0 and 1."""
    rng = np.random.default_rng(seed)
    centres = {"R": 0.0, "2E": -1.0, "2M": 0.0, "2H": 1.0, "3E": -1.0, "3M": 0.0, "3H": 1.0}
    modules: list[PanelModule] = []
    difficulty: list[float] = []
    for name, centre in centres.items():
        stage = int(name[0]) if name[0].isdigit() else 1
        modules.append(PanelModule(name, stage, tuple(f"{name}-{number}" for number in range(length))))
        difficulty += rng.normal(centre, 0.4, length).tolist()
    names = [item for module in modules for item in module.item_ids]
    items = ItemParameters.dichotomous(
        names, rng.uniform(0.8, 2.0, len(names)), np.array(difficulty), np.full(len(names), 0.2)
    )
    return Panel("A", tuple(modules), adjacent_routes([["R"], ["2E", "2M", "2H"], ["3E", "3M", "3H"]])), items


def mixed_pool(n_items: int, *, seed: int = 1, n_units: int = 2) -> ItemPool:
    """2PL items in ``n_units`` units, u1, u2 …, with words and one enemy pair."""
    rng = np.random.default_rng(seed)
    names = [f"q{number}" for number in range(n_items)]
    return ItemPool(
        parameters=ItemParameters.dichotomous(
            names, rng.uniform(0.6, 2.0, n_items).round(3), rng.normal(0.0, 1.0, n_items).round(3)
        ),
        attributes={"unit": [f"u{number % n_units + 1}" for number in range(n_items)]},
        quantities={"words": rng.integers(10, 60, n_items).astype(np.float64)},
        enemies=(frozenset({"q0", "q1"}),),
    )


def all_scores(items: ItemParameters, names: tuple[str, ...]) -> Iterator[tuple[int, ...]]:
    """Every response pattern on the named items."""
    return itertools.product(*(range(steps + 1) for steps in items.select(names).max_scores.tolist()))
