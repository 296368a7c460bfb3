"""What a multistage test by number correct does, exactly: no simulation, no sampling error."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.ability.classification import Classification
from exam_engine.psychometrics.ability.posterior import refined
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.multistage_test import MultistageTest
from exam_engine.psychometrics.multistage.score_distributions import path_score_distributions
from exam_engine.psychometrics.multistage.simulation import module_sums
from exam_engine.psychometrics.multistage.structure import Route
from exam_engine.psychometrics.quadrature import Quadrature

_REFINEMENT = 4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MultistageEvaluation:
    """Exact figures at each of Q abilities and, by their weights, of a population.

    Attributes
    ----------
    theta : (Q,) abilities.
    weights : (Q,) their shares in the population.
    bias : (Q,) expected estimate − ability.
    standard_error : (Q,) standard deviation of the estimates of candidates of one ability.
    rmse : (Q,) root of the mean squared error.
    routes : the R routes.
    route_probability : (Q, R).
    classification : decisions at the test's cuts; None without cuts.
    """

    theta: FloatArray
    weights: FloatArray
    bias: FloatArray
    standard_error: FloatArray
    rmse: FloatArray
    routes: tuple[Route, ...]
    route_probability: FloatArray
    classification: Classification | None

    @property
    def mean_bias(self) -> float:
        """Expected error in the population, logits."""
        return float(self.weights @ self.bias)

    @property
    def population_rmse(self) -> float:
        """Root of the mean squared error in the population, logits."""
        return float(np.sqrt(self.weights @ self.rmse**2))

    @property
    def route_shares(self) -> dict[Route, float]:
        """Route → share of the population that takes it."""
        return dict(zip(self.routes, (self.weights @ self.route_probability).tolist(), strict=True))

    @property
    def module_shares(self) -> dict[str, float]:
        """Module → share of the population that is given it, the exposure rate of each of its items."""
        return module_sums(self.route_shares)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "bias": self.mean_bias,
            "rmse": self.population_rmse,
            "routes": [{"route": list(route), "share": share} for route, share in self.route_shares.items()],
            "modules": self.module_shares,
            "conditional": [
                {"theta": theta, "bias": bias, "standard_error": error, "rmse": rmse, "routes": probability}
                for theta, bias, error, rmse, probability in zip(
                    self.theta.tolist(),
                    self.bias.tolist(),
                    self.standard_error.tolist(),
                    self.rmse.tolist(),
                    self.route_probability.tolist(),
                    strict=True,
                )
            ],
            "decisions": None if self.classification is None else self.classification.to_dict(),
        }


def evaluate_multistage(
    test: MultistageTest, population: Quadrature | None = None, *, theta: FloatArray | None = None
) -> MultistageEvaluation:
    """Distribution of routes, estimates and decisions under number-correct routing and estimation.

    Parameters
    ----------
    test : routed and estimated by number correct.
    population : distribution of ability; the test's prior when None.
    theta : (Q,) abilities instead of a population, equally weighted.

    Raises
    ------
    MultistageError
        ``needs_number_correct`` for a test that uses response patterns, which are too many to count; simulate it.
    """
    if test.estimator != "number_correct":
        raise MultistageError(
            "needs_number_correct",
            f"estimates by {test.estimator} depend on response patterns; take number_correct, or simulate",
        )
    density = refined(population if population is not None else test.prior, _REFINEMENT)
    nodes, weights = density.nodes, density.weights
    if theta is not None:
        nodes, weights = theta, np.full(theta.size, 1.0 / theta.size)
    distributions = path_score_distributions(test.panel, test.items, test.routing, nodes)
    routes = test.panel.routes
    edges = np.array(test.cuts, dtype=np.float64)
    mean, square = np.zeros(nodes.size), np.zeros(nodes.size)
    categories = np.zeros((nodes.size, edges.size + 1))
    for route in routes:
        estimate = test.score_tables[route].theta
        # A score that cannot occur has probability 0 whatever its estimate.
        error = np.where(np.isnan(estimate), 0.0, estimate - nodes[:, None])
        mean += (distributions[route] * error).sum(axis=1)
        square += (distributions[route] * error**2).sum(axis=1)
        decided = np.searchsorted(edges, np.nan_to_num(estimate), side="right")
        for category in range(edges.size + 1):
            categories[:, category] += distributions[route][:, decided == category].sum(axis=1)
    classification = None
    if edges.size:
        classification = Classification(
            cuts=edges,
            theta=nodes,
            weights=weights,
            true_category=np.searchsorted(edges, nodes, side="right"),
            probability=categories,
        )
    return MultistageEvaluation(
        theta=nodes,
        weights=weights,
        bias=mean,
        standard_error=np.sqrt(np.maximum(square - mean**2, 0.0)),
        rmse=np.sqrt(square),
        routes=routes,
        route_probability=np.column_stack([distributions[route].sum(axis=1) for route in routes]),
        classification=classification,
    )
