"""Tasks for the computation of a report, honest and not."""

from dataclasses import replace
from typing import Any

import numpy as np

from exam_engine.forensics.neighbours import SeatPlace
from exam_engine.forensics.task import ForensicsTask
from tests.exam_engine.psychometrics.forensics.sittings import honest_sitting


def honest_task(seed: int = 1, candidates: int = 120, items: int = 40, *, with_bank: bool = True) -> ForensicsTask:
    """Return a sitting in rows of eight, in which everybody works alone."""
    sitting, rng = honest_sitting(seed, candidates, items), np.random.default_rng(seed)
    changed = rng.random(sitting.chosen.shape) < 0.08
    first = np.where(changed, sitting.truth.draw(rng, sitting.theta, sitting.chosen), sitting.chosen).astype(np.int8)
    speed, noise = rng.normal(0.0, 0.25, candidates), rng.standard_normal((candidates, items))
    seconds = np.exp(rng.normal(3.7, 0.4, items) - speed[:, None] + 0.45 * noise)
    departures = rng.poisson(0.8, candidates)
    return ForensicsTask(
        candidates=tuple(f"00000000-0000-4000-8000-{row:012d}" for row in range(candidates)),
        places=tuple(SeatPlace(f"P{row // 40}", row % 40 + 1, 8) for row in range(candidates)),
        items=sitting.truth.items.names,
        codes=tuple(f"IU01-{item:03d}" for item in range(items)),
        n_options=sitting.n_options,
        scores=sitting.scores,
        chosen=sitting.chosen,
        first=first,
        seconds=seconds,
        departures=departures,
        away_seconds=(departures * 4.0).astype(np.float64),
        parameters=sitting.truth.items if with_bank else None,
        seed=seed,
        replications=4,
    )


def changed_task(task: ForensicsTask, **changes: Any) -> ForensicsTask:
    """Return the task with other values."""
    return replace(task, **changes)
