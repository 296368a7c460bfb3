"""Small random pools and specifications of several forms, and what trying every set of forms gives."""

import itertools

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import (
    Closeness,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    ItemPool,
    ItemUse,
    Maximin,
    MinimaxTarget,
    PairOverlap,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    length,
)
from exam_engine.psychometrics.assembly.measures import amounts_of
from exam_engine.psychometrics.assembly.specification import Across, Objective, Requirement, objective_measures


def random_pool(rng: np.random.Generator, n_items: int = 10, *, with_stimuli: bool = False) -> ItemPool:
    names = [f"q{index}" for index in range(n_items)]
    stimuli = ["s1", "s1", "s1", "s2", "s2", "s2"] + [""] * (n_items - 6)
    return ItemPool(
        parameters=ItemParameters.dichotomous(names, rng.uniform(0.6, 2.0, n_items), rng.normal(size=n_items)),
        attributes={"module": ["x" if index % 2 else "y" for index in range(n_items)]},
        quantities={"seconds": rng.uniform(20.0, 90.0, n_items)},
        stimuli=tuple(stimuli) if with_stimuli else (),
        stimulus_quantities={"seconds": {"s1": 30.0, "s2": 45.0}} if with_stimuli else {},
        enemies=(frozenset({"q0", "q7"}), frozenset({"q8", "q9"})),
    )


def random_specification(rng: np.random.Generator, *, with_stimuli: bool = False) -> TestSpecification:
    """Two forms of three or four items; what is asked for changes from draw to draw."""
    requirements: list[Requirement] = [
        length(4) if with_stimuli else length(3, int(rng.integers(3, 5))),
        Range(Count({"module": "x"}), int(rng.integers(0, 2)), 2 + int(rng.integers(0, 2))),
        Range(Total("seconds"), 100.0, float(rng.uniform(230.0, 380.0))),
        EnemyLimit(),
    ]
    if with_stimuli:
        requirements.append(StimulusSets(0, 1, 2, 3))
    across: list[Across] = [ItemUse(1)] if rng.random() < 0.5 else [PairOverlap(1)]
    if rng.random() < 0.4:
        across.append(Closeness(Information(0.0), relative=float(rng.uniform(0.02, 0.3))))
    measures = (Information(-0.5), Information(0.5), ExpectedScore(0.0))
    objective: Objective = Maximin(measures[:2], (1.0, 1.2))
    if rng.random() < 0.5:
        targets = (float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.5, 1.0)), float(rng.uniform(1.2, 2.0)))
        objective = MinimaxTarget(measures, targets, tolerance=0.0, is_relative=bool(rng.random() < 0.7))
    return TestSpecification(n_forms=2, requirements=tuple(requirements), across=tuple(across), objective=objective)


def best_value(pool: ItemPool, specification: TestSpecification) -> float | None:
    """The true optimum over every two forms, None when there are none."""
    alone = specification.single_form()
    forms = [
        list(form)
        for size in range(specification.length[0], specification.length[1] + 1)
        for form in itertools.combinations(range(len(pool.item_ids)), size)
        if not check_forms(pool, alone, [[pool.item_ids[item] for item in form]])
    ]
    if not forms:
        return None
    held = np.zeros((len(forms), len(pool.item_ids)))
    for number, form in enumerate(forms):
        held[number, form] = 1.0
    one, other = np.triu_indices(len(forms))
    shared = (held @ held.T)[one, other]
    fits = np.ones(one.size, dtype=np.bool_)
    for rule in specification.across:
        match rule:
            case ItemUse(maximum):
                fits &= shared <= maximum - 1
            case PairOverlap(maximum):
                fits &= shared <= maximum
            case Closeness(measure, relative):
                values = held @ amounts_of(measure, pool).items
                least, greatest = np.sort([values[one], values[other]], axis=0)
                fits &= greatest <= (1.0 + (relative or 0.0)) * least
    if not fits.any():
        return None
    per_form = held @ np.array([amounts_of(m, pool).items for m in objective_measures(specification.objective)]).T
    pairs = np.stack([per_form[one[fits]], per_form[other[fits]]], axis=1)
    match specification.objective:
        case Maximin(_, weights):
            return float((pairs / np.array(weights)).min(axis=(1, 2)).max())
        case MinimaxTarget() as aim:
            deviations = np.abs(pairs - np.array(aim.targets)) / np.array(aim.scales)
            return float(deviations.max(axis=(1, 2)).min())
    raise AssertionError("random problems have one of these two objectives")
