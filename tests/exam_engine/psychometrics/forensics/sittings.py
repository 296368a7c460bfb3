"""Simulated sittings, honest and with copying, for tests of forensics."""

from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.forensics import OptionModel

OPTIONS = 4


@dataclass(frozen=True, eq=False)
class Sitting:
    """Candidates with their abilities, the truth about items and options, and what was chosen."""

    theta: FloatArray
    truth: OptionModel
    chosen: ScoreArray

    @property
    def right(self) -> IntArray:
        """Place of each item's right option."""
        return self.truth.right

    @property
    def n_options(self) -> IntArray:
        """Options of each item."""
        return np.full(self.right.size, OPTIONS)

    @property
    def scores(self) -> ScoreArray:
        """Right and wrong."""
        scores: ScoreArray = (self.chosen == self.right).astype(np.int8)
        return scores


def honest_sitting(seed: int, candidates: int = 200, items: int = 40) -> Sitting:
    """Draw a sitting in which everybody works alone."""
    rng = np.random.default_rng(seed)
    curves = ItemParameters.dichotomous(
        [f"i{item}" for item in range(items)],
        a=rng.lognormal(0.0, 0.3, items),
        b=rng.normal(-0.3, 1.0, items),
    )
    right = rng.integers(0, OPTIONS, items)
    shares = rng.dirichlet(np.full(OPTIONS, 2.0), items)[None]
    shares[0, np.arange(items), right] = 0.0
    truth = OptionModel(items=curves, right=right, cuts=np.array([]), shares=shares / shares.sum(axis=2, keepdims=True))
    theta = rng.standard_normal(candidates)
    return Sitting(theta, truth, truth.draw(rng, theta, np.zeros((candidates, items), dtype=np.int8)))


def with_copying(sitting: Sitting, seed: int, pairs: list[tuple[int, int]], share: float) -> Sitting:
    """The first of each pair takes a share of the second's answers over."""
    rng, chosen = np.random.default_rng(seed), sitting.chosen.copy()
    for copier, source in pairs:
        items = rng.choice(chosen.shape[1], round(share * chosen.shape[1]), replace=False)
        chosen[copier, items] = chosen[source, items]
    return Sitting(sitting.theta, sitting.truth, chosen)
