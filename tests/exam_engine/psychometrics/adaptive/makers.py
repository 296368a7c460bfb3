"""Pools and answers for the tests of adaptive testing."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSession,
    AdaptiveSettings,
    AdaptiveTest,
    answer_item,
    start_session,
)
from exam_engine.psychometrics.adaptive.answers import AnswerModel
from exam_engine.psychometrics.adaptive.draws import ANSWER, uniform_draws
from exam_engine.psychometrics.arrays import FloatArray


def three_parameter(n_items: int = 120, seed: int = 5) -> ItemParameters:
    rng = np.random.default_rng(seed)
    names = [f"i{item:03}" for item in range(n_items)]
    a = np.clip(rng.lognormal(np.log(1.15), 0.3, n_items), 0.4, 2.5)
    return ItemParameters.dichotomous(names, a, rng.normal(0.0, 1.1, n_items), rng.beta(5.0, 17.0, n_items))


def mixed(n_each: int = 30, seed: int = 6) -> ItemParameters:
    """Right/wrong, graded, partial-credit and nominal items together."""
    rng = np.random.default_rng(seed)
    thresholds = rng.normal(0.0, 1.0, (2 * n_each, 1)) + np.array([-0.8, 0.0, 0.8])
    a = rng.lognormal(0.0, 0.25, 2 * n_each)
    names = [f"{kind}{item}" for kind in "gpn" for item in range(n_each)]
    return ItemParameters.concatenate(
        [
            three_parameter(n_each, seed),
            ItemParameters.polytomous(names[:n_each], "GRM", a[:n_each], thresholds[:n_each]),
            ItemParameters.polytomous(names[n_each : 2 * n_each], "GPCM", a[n_each:], thresholds[n_each:]),
            ItemParameters.nominal(
                names[2 * n_each :],
                np.sort(rng.normal(0.5, 0.6, (n_each, 2)), axis=1),
                rng.normal(0.0, 0.5, (n_each, 2)),
            ),
        ]
    )


def areas_of(n_items: int) -> tuple[str, ...]:
    """Areas A, B, C, with half, a third and a sixth of the items."""
    return tuple("AAABBC"[item % 6] for item in range(n_items))


def pool(n_items: int = 120, seed: int = 5, *, enemies: Sequence[Sequence[int]] = ()) -> AdaptivePool:
    return AdaptivePool.from_positions(three_parameter(n_items, seed), areas_of(n_items), enemies)


def adaptive_test(items: ItemParameters | None = None, **settings: Any) -> AdaptiveTest:
    chosen = AdaptiveSettings(**({"maximum_length": 12} | settings))
    return AdaptiveTest(pool() if items is None else AdaptivePool(items=items), chosen)


def states(
    test: AdaptiveTest, *, theta: float = 0.3, seed: int = 4, session: AdaptiveSession | None = None
) -> Iterator[AdaptiveSession]:
    """The session after the start and after each answer, the answers drawn as a simulation with the seed draws them."""
    model = AnswerModel(test.pool.items)
    now = start_session(test, seed=seed) if session is None else session
    yield now
    while now.pending is not None:
        item = test.position_of[now.pending]
        uniform = uniform_draws(seed, ANSWER, 1, step=len(now.given))
        score = model.draw(np.array([theta]), np.array([item]), uniform)[0]
        now = answer_item(test, now, now.pending, int(score))
        yield now


def finished(test: AdaptiveTest, *, theta: float = 0.3, seed: int = 4) -> AdaptiveSession:
    *_, last = states(test, theta=theta, seed=seed)
    return last


def positions(test: AdaptiveTest, session: AdaptiveSession) -> list[int]:
    return [test.position_of[entry.item] for entry in session.given]


def abilities(n: int, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(n)
