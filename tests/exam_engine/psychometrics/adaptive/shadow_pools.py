"""Pools and specifications for shadow tests."""

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import (
    Count,
    EnemyLimit,
    ItemPool,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    length,
)
from exam_engine.psychometrics.assembly.specification import Requirement


def topic_pool(seed: int, n_items: int = 90, n_stimuli: int = 0) -> ItemPool:
    """3PL items of three topics; the first items of each topic belong to stimuli of four, two of each topic."""
    rng = np.random.default_rng(seed)
    names = [f"q{index:03}" for index in range(n_items)]
    topics = [("x", "y", "z")[3 * index // n_items] for index in range(n_items)]
    stimuli = [""] * n_items
    for stimulus in range(n_stimuli):
        first = (stimulus % 3) * n_items // 3 + 4 * (stimulus // 3)
        stimuli[first : first + 4] = [f"s{stimulus}"] * 4
    parameters = ItemParameters.dichotomous(
        names, rng.lognormal(0.0, 0.3, n_items), rng.normal(0.0, 1.0, n_items), rng.uniform(0.0, 0.25, n_items)
    )
    return ItemPool(
        parameters=parameters,
        attributes={"topic": topics, "key": rng.choice(list("ABCD"), n_items).tolist()},
        quantities={"words": rng.integers(15, 80, n_items).astype(np.float64)},
        stimuli=tuple(stimuli) if n_stimuli else (),
        stimulus_quantities={"words": {f"s{stimulus}": 60.0 + 5.0 * stimulus for stimulus in range(n_stimuli)}},
        enemies=(frozenset({names[-1], names[-2]}), frozenset({names[n_items // 2], names[-3], names[-4]})),
    )


def topic_specification(*, stimuli: bool = False) -> TestSpecification:
    """Twelve items, four of each topic, keys balanced, a narrow range of words, no enemies together."""
    requirements: list[Requirement] = [length(12), EnemyLimit(), Range(Total("words"), 500.0, 560.0)]
    requirements += [Range(Count({"topic": topic}), 4, 4) for topic in ("x", "y", "z")]
    requirements += [Range(Count({"key": key}), 2, 4) for key in "ABCD"]
    if stimuli:
        requirements[2] = Range(Total("words"), 600.0, 660.0)
        requirements.append(StimulusSets(2, 2, 2, 3))
    return TestSpecification(n_forms=1, requirements=tuple(requirements))
