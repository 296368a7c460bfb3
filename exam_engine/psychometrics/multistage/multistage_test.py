"""A multistage test as it is given: a panel with item parameters, routing, estimator and cut scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple, Self, get_args

import numpy as np

from exam_engine.psychometrics.ability.likelihood import GridLikelihood
from exam_engine.psychometrics.ability.posterior import REFINEMENTS, log_weights, refined
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.routing import Routing
from exam_engine.psychometrics.multistage.score_distributions import path_score_distributions
from exam_engine.psychometrics.multistage.structure import Route
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import fisher_information

MultistageEstimator = Literal["EAP", "MAP", "MLE", "WLE", "number_correct"]
"""How the final estimate is made: from all responses, or from the route and the number-correct score alone."""


class ScoreTable(NamedTuple):
    """Estimate for every number-correct score on one route; NaN where the score cannot occur on it."""

    theta: FloatArray
    standard_error: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class MultistageTest:
    """What candidates are given and how they are scored.

    Parameters
    ----------
    panel : modules and routes.
    items : parameters of at least the panel's items.
    routing : rules of the panel.
    estimator : of the final estimate. ``number_correct`` gives everybody with the same route and score the same
        estimate, the posterior mean given both; it needs number-correct routing.
    prior : distribution of ability for EAP estimates; its mean and standard deviation for MAP.
    cuts : increasing abilities that separate the categories of the result; none for no classification.

    Raises
    ------
    MultistageError
        ``unknown_option``, ``no_parameters``, ``bad_cuts``, ``needs_number_correct`` or what
        ``Routing.refuse_other_panel`` raises.
    """

    __test__: ClassVar[bool] = False  # the name is the field's own; this keeps test runners from collecting the class

    panel: Panel
    items: ItemParameters
    routing: Routing
    estimator: MultistageEstimator = "EAP"
    prior: Quadrature = field(default_factory=normal_quadrature)
    cuts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        if self.estimator not in get_args(MultistageEstimator):
            raise MultistageError(
                "unknown_option",
                f"estimator {self.estimator!r} is not one of {', '.join(get_args(MultistageEstimator))}",
            )
        missing = sorted(set(self.panel.item_ids) - set(self.items.names))
        if missing:
            raise MultistageError(
                "no_parameters", f"item {missing[0]!r} ({len(missing)} in all) has no parameters", items=missing
            )
        if not np.isfinite(self.cuts).all() or (np.diff(self.cuts) <= 0.0).any():
            raise MultistageError("bad_cuts", f"cut scores {list(self.cuts)} must be finite and increase")
        if self.estimator == "number_correct" and self.routing.score != "number_correct":
            raise MultistageError(
                "needs_number_correct",
                "an estimate from the number correct needs number-correct routing; see number_correct_routing",
            )
        self.routing.refuse_other_panel(self.panel)

    @cached_property
    def items_of(self) -> Mapping[str, ItemParameters]:
        """Module → parameters of its items."""
        return {module.name: self.items.select(module.item_ids) for module in self.panel.modules}

    @cached_property
    def grid(self) -> Quadrature:
        """The prior, on nodes close enough for the narrowest posterior of any route."""
        information = {
            name: fisher_information(self.prior.nodes, own).sum(axis=1) for name, own in self.items_of.items()
        }
        most = max(float(sum(information[name] for name in route).max()) for route in self.panel.routes)
        narrowest = 1.0 / np.sqrt(most + self.prior.sd**-2.0)
        fine_enough = [factor for factor in REFINEMENTS if self.prior.spacing / factor <= narrowest]
        return refined(self.prior, fine_enough[0] if fine_enough else REFINEMENTS[-1])

    @cached_property
    def log_prior(self) -> FloatArray:
        """(Q,) logarithms of the prior on the grid."""
        return log_weights(self.grid)

    @cached_property
    def likelihood_of(self) -> Mapping[str, GridLikelihood]:
        """Module → log-likelihood of responses to it at the nodes of the grid."""
        return {name: GridLikelihood(own, self.grid.nodes) for name, own in self.items_of.items()}

    @cached_property
    def score_tables(self) -> Mapping[Route, ScoreTable]:
        """Route → posterior mean and standard deviation for every number-correct score on it.

        The posterior is that of the route and the score together, under number-correct routing.
        """
        distributions = path_score_distributions(self.panel, self.items, self.routing, self.grid.nodes)
        tables: dict[Route, ScoreTable] = {}
        for route in self.panel.routes:
            joint = distributions[route] * self.grid.weights[:, None]
            share = joint.sum(axis=0)
            posterior = np.divide(joint, share, out=np.full_like(joint, np.nan), where=share > 0.0)
            theta = self.grid.nodes @ posterior
            variance = ((self.grid.nodes[:, None] - theta) ** 2 * posterior).sum(axis=0)
            tables[route] = ScoreTable(theta, np.sqrt(variance))
        return tables

    def moments(self, log_posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(N,) posterior means and standard deviations from (N, Q) logarithms up to a constant."""
        posterior = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True))
        away = self.grid.nodes - self.grid.mean
        total, first, second = (posterior @ np.column_stack([np.ones_like(away), away, away**2])).T
        mean = first / total
        return self.grid.mean + mean, np.sqrt(np.maximum(second / total - mean**2, 0.0))

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object, parameters of the panel's items included."""
        return {
            "panel": self.panel.to_dict(),
            "items": self.items.select(self.panel.item_ids).to_dict(),
            "routing": self.routing.to_dict(),
            "estimator": self.estimator,
            "prior": {"nodes": self.prior.nodes.tolist(), "weights": self.prior.weights.tolist()},
            "cuts": list(self.cuts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        return cls(
            panel=Panel.from_dict(data["panel"]),
            items=ItemParameters.from_dict(data["items"]),
            routing=Routing.from_dict(data["routing"]),
            estimator=data["estimator"],
            prior=Quadrature(nodes=np.array(data["prior"]["nodes"]), weights=np.array(data["prior"]["weights"])),
            cuts=tuple(data["cuts"]),
        )
