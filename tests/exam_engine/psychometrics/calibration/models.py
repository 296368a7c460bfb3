"""Small problems of every model, for tests of the parts of a calibration."""

from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics import NOT_PRESENTED, ItemParameters
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.calibration.density import NormalDensity
from exam_engine.psychometrics.calibration.design import ResponseBlock, response_blocks, totals
from exam_engine.psychometrics.calibration.em import Point, Problem, State, evaluate
from exam_engine.psychometrics.calibration.parameterisation import Parameterisation, parameterise, working_values
from exam_engine.psychometrics.calibration.passes import Passes
from exam_engine.psychometrics.calibration.priors import Priors
from exam_engine.psychometrics.calibration.uncertainty import observed_information
from exam_engine.psychometrics.response_functions import category_probabilities

NODES = np.linspace(-6.0, 6.0, 61)

# Four categories each, but for the last of each kind with three: two item groups of every polytomous kind.
ITEMS = {
    "2PL": ItemParameters.dichotomous(["a1", "a2", "a3"], [0.8, 1.4, -0.5], [-0.4, 0.7, 0.2]),
    "3PL": ItemParameters.dichotomous(["b1", "b2", "b3"], [0.9, 1.4, 1.1], [-0.4, 0.7, 0.2], [0.2, 0.15, 0.3]),
    "4PL": ItemParameters.dichotomous(["c1", "c2"], [1.2, 1.4], [-0.4, 0.7], [0.2, 0.15], [0.95, 0.9]),
    "GRM": ItemParameters.polytomous(["d1", "d2"], "GRM", [1.2, 0.7], [[-1.0, 0.0, 1.2], [-0.5, 0.5, np.nan]]),
    "GPCM": ItemParameters.polytomous(["e1", "e2"], "GPCM", [1.2, 0.7], [[-1.0, 0.3, 0.2], [-0.5, 0.5, np.nan]]),
    "NRM": ItemParameters.nominal(
        ["f1", "f2"], [[0.5, -0.3, 1.1], [0.4, 1.0, np.nan]], [[0.2, 0.5, -0.4], [0.3, 0.1, np.nan]]
    ),
}
MIXED = ItemParameters.concatenate(list(ITEMS.values()))
DESIGNS = ["complete", "booklets", "scattered"]


@dataclass(frozen=True)
class SmallProblem:
    """Weighted candidates of two populations, with everything that a pass needs."""

    scores: ScoreArray
    weights: FloatArray
    populations: IntArray
    problem: Problem
    state: State
    parts: tuple[list[ResponseBlock], ...]

    def point(self, change: FloatArray | None = None) -> Point:
        """Evaluate at the state moved by a change (P + 2,) of item parameters and the second mean and log-sd."""
        if change is None:
            return evaluate(self.problem, self.state)
        n_free = self.state.phi.size
        density = self.state.densities[1]
        moved = density.at(density.vector() + change[n_free:], NODES)
        return evaluate(self.problem, State(self.state.phi + change[:n_free], (self.state.densities[0], moved)))


def small_problem(
    items: ItemParameters, design: str, priors: Priors | None = None, *, layout: Parameterisation | None = None
) -> SmallProblem:
    """90 candidates of two populations; in booklets two sets of items, scattered any subset."""
    rng = np.random.default_rng(7)
    populations = np.repeat([0, 1], [50, 40])
    theta = rng.normal(size=90) + 0.5 * populations
    scores = simulate(rng, theta, items)
    n_items = len(items)
    if design == "booklets":
        scores[::2, : n_items // 2] = NOT_PRESENTED
        scores[1::2, n_items // 2 + 1 :] = NOT_PRESENTED
    elif design == "scattered":
        scores[rng.random(scores.shape) < 0.4] = NOT_PRESENTED
        scores[np.arange(90), rng.integers(0, n_items, 90)] = 0
    weights = rng.uniform(0.5, 3.0, 90)
    # Blocks of 20 rows, so that booklets have several blocks and scattered rows take the masked way.
    blocks = list(response_blocks(scores, weights, populations, 20))
    parts = (blocks[: len(blocks) // 2], blocks[len(blocks) // 2 :])
    chosen = layout or parameterise(items.names, items.models, items.n_categories, None)
    found = totals(blocks, n_items, int(items.n_categories.max()), 2)
    passes = Passes(parts)
    densities = (NormalDensity(), NormalDensity(0.3, 1.2, free_mean=True, free_sd=True))
    own = priors or Priors()

    def information(point: Point) -> FloatArray:
        moments = passes.score_moments(point.model, point.state.densities)
        return observed_information(chosen, point, moments, NODES, own).observed

    problem = Problem(chosen, found.category_counts, NODES, own, passes.expectation, information)
    omega = working_values(chosen, items)
    phi = np.linalg.lstsq(chosen.basis.toarray(), omega - chosen.offset, rcond=None)[0]
    return SmallProblem(scores, weights, populations, problem, State(phi, densities), parts)


def simulate(rng: np.random.Generator, theta: FloatArray, items: ItemParameters) -> ScoreArray:
    """Draw a score for every candidate and item by comparing a uniform number with cumulative probabilities."""
    below = np.cumsum(category_probabilities(theta, items), axis=2)[:, :, :-1]
    scores: ScoreArray = (rng.random((theta.size, len(items), 1)) > below).sum(axis=2).astype(np.int8)
    return scores
