"""Banks of a few hundred items as they come: modules, levels, keys, words, stimuli and enemies by chance."""

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import ItemPool

MODULES = ("M1", "M2", "M3")
LEVELS = ("easy", "middle", "hard")


def random_bank(n_items: int, seed: int, *, n_stimuli: int = 0) -> ItemPool:
    """Items b000 …; stimuli s0 … of six items of a module each; one enemy pair for every twenty items."""
    rng = np.random.default_rng(seed)
    ids = [f"b{index:03}" for index in range(n_items)]
    modules = [MODULES[index] for index in rng.integers(0, 3, n_items)]
    levels = rng.integers(0, 3, n_items)
    stimuli = [""] * n_items
    for number in range(n_stimuli):
        home = MODULES[number % 3]
        free = [index for index in range(n_items) if modules[index] == home and not stimuli[index]]
        for index in rng.choice(free, 6, replace=False):
            stimuli[index] = f"s{number}"
    alone = [name for name, stimulus in zip(ids, stimuli, strict=True) if not stimulus]
    enemies = rng.choice(alone, (n_items // 20, 2), replace=False)
    return ItemPool(
        parameters=ItemParameters.dichotomous(
            ids, rng.lognormal(0.1, 0.3, n_items), rng.normal(levels - 1.0, 0.8), rng.beta(5.0, 17.0, n_items)
        ),
        attributes={
            "module": modules,
            "level": [LEVELS[index] for index in levels],
            "key": [("A", "B", "C", "D")[index] for index in rng.integers(0, 4, n_items)],
        },
        quantities={
            "words": rng.integers(10, 80, n_items).astype(np.float64),
            "points": rng.integers(1, 4, n_items).astype(np.float64),
        },
        stimuli=tuple(stimuli) if n_stimuli else (),
        stimulus_quantities={"words": {f"s{number}": 60.0 + 10.0 * (number % 5) for number in range(n_stimuli)}},
        enemies=tuple(frozenset(pair.tolist()) for pair in enemies),
    )
