"""Simulated multistage tests, whole groups of candidates at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.adaptive.simulated_tests import ConditionalPrecision, DecisionReport, ExposureReport
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.estimation import estimates_by_pattern
from exam_engine.psychometrics.multistage.multistage_test import MultistageTest
from exam_engine.psychometrics.multistage.structure import Route
from exam_engine.psychometrics.responses import NOT_PRESENTED
from exam_engine.psychometrics.simulation import simulate_responses

_CANDIDATES_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedMultistageTests:
    """Tests of N simulated candidates, in the order of the abilities given.

    Attributes
    ----------
    test : what they took.
    theta : (N,) true abilities.
    estimate, standard_error : (N,) final.
    route : (N,) places in ``test.panel.routes``.
    number_correct : (N,) sums of all item scores.
    """

    test: MultistageTest
    theta: FloatArray
    estimate: FloatArray
    standard_error: FloatArray
    route: IntArray
    number_correct: IntArray

    @property
    def bias(self) -> float:
        """Mean of estimate − ability, logits."""
        return float((self.estimate - self.theta).mean())

    @property
    def rmse(self) -> float:
        """Root mean square of estimate − ability, logits."""
        return float(np.sqrt(((self.estimate - self.theta) ** 2).mean()))

    @property
    def route_shares(self) -> dict[Route, float]:
        """Route → share of candidates who took it."""
        return {route: count / self.theta.size for route, count in self._route_counts.items()}

    @property
    def module_shares(self) -> dict[str, float]:
        """Module → share of candidates who were given it."""
        return {module: count / self.theta.size for module, count in module_sums(self._route_counts).items()}

    @property
    def _route_counts(self) -> dict[Route, float]:
        counts = np.bincount(self.route, minlength=len(self.test.panel.routes)).astype(np.float64)
        return dict(zip(self.test.panel.routes, counts.tolist(), strict=True))

    @property
    def item_rates(self) -> dict[str, float]:
        """Item of the panel → share of candidates who were given it."""
        shares: Counter[str] = Counter()
        for module, share in self.module_shares.items():
            shares.update(dict.fromkeys(self.test.panel.items_of[module], share))
        return {item: shares[item] for item in self.test.panel.item_ids}

    @property
    def exposure(self) -> ExposureReport:
        """How often the items of the panel were given, in the order of ``panel.item_ids``."""
        rates = np.array(list(self.item_rates.values()))
        n, length = self.theta.size, float(rates.sum())
        even = length / rates.size
        shared = float((rates * (rates * n - 1.0)).sum())
        return ExposureReport(
            rates=rates,
            maximum=float(rates.max()),
            unused_share=float((rates == 0.0).mean()),
            chi_square=float(((rates - even) ** 2).sum() / even),
            overlap=shared / ((n - 1.0) * length) if n > 1 else float("nan"),
        )

    def conditional(self, edges: Sequence[float]) -> ConditionalPrecision:
        """Errors by bins of true ability; a candidate at an edge is in the bin above it, those beyond are left out.

        Raises
        ------
        MultistageError
            ``bad_edges`` when edges do not increase.
        """
        limits = np.array(edges, dtype=np.float64)
        if limits.size < 2 or not np.isfinite(limits).all() or (np.diff(limits) <= 0.0).any():
            raise MultistageError("bad_edges", f"edges {list(edges)} of bins must be finite and increase")
        n_bins = limits.size - 1
        place = np.searchsorted(limits, self.theta, side="right") - 1
        inside = (place >= 0) & (place < n_bins)
        place, error = place[inside], (self.estimate - self.theta)[inside]
        lengths = np.array([len(self.test.panel.route_items(route)) for route in self.test.panel.routes], dtype=float)
        count = np.bincount(place, minlength=n_bins)

        def mean(values: FloatArray) -> FloatArray:
            total = np.bincount(place, weights=values, minlength=n_bins)
            result: FloatArray = np.divide(total, count, out=np.full(n_bins, np.nan), where=count > 0)
            return result

        return ConditionalPrecision(
            edges=limits,
            n_candidates=count,
            bias=mean(error),
            rmse=np.sqrt(mean(error**2)),
            standard_error=np.sqrt(mean(self.standard_error[inside] ** 2)),
            length=mean(lengths[self.route[inside]]),
        )

    def decisions(self, cuts: Sequence[float] | None = None) -> DecisionReport:
        """Accuracy and consistency at cuts, those of the test when None.

        Raises
        ------
        MultistageError
            ``bad_cuts`` for cuts that do not increase, or none where the test has none.
        """
        edges = np.array(self.test.cuts if cuts is None else cuts, dtype=np.float64)
        if not edges.size or not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
            raise MultistageError("bad_cuts", f"cut scores {edges.tolist()} must be finite and increase")
        decided = np.searchsorted(edges, self.estimate, side="right")
        table = np.zeros((edges.size + 1, edges.size + 1))
        np.add.at(table, (np.searchsorted(edges, self.theta, side="right"), decided), 1.0 / self.theta.size)
        in_order = decided[np.argsort(self.theta, kind="stable")]
        pairs = in_order[: in_order.size // 2 * 2].reshape(-1, 2)
        consistency = float((pairs[:, 0] == pairs[:, 1]).mean()) if len(pairs) else float("nan")
        return DecisionReport(table=table, consistency=consistency)

    def to_dict(self) -> dict[str, Any]:
        """The figures of all candidates together, and by steps of half a logit, as a JSON object."""
        low, high = np.floor(self.theta.min()), np.floor(self.theta.max()) + 1.0
        return {
            "n_candidates": int(self.theta.size),
            "bias": self.bias,
            "rmse": self.rmse,
            "mean_standard_error": float(np.sqrt((self.standard_error**2).mean())),
            "routes": [{"route": list(route), "share": share} for route, share in self.route_shares.items()],
            "modules": self.module_shares,
            "exposure": self.exposure.to_dict(),
            "conditional": self.conditional(np.arange(low, high + 0.25, 0.5).tolist()).to_dict(),
            "decisions": self.decisions().to_dict() if self.test.cuts else None,
        }


def simulate_multistage(test: MultistageTest, theta: FloatArray, rng: np.random.Generator) -> SimulatedMultistageTests:
    """Give the test to candidates of known ability.

    Candidates on the same path are answered, scored and routed together. Memory beyond the result stays at some
    megabytes, however many they are.

    Parameters
    ----------
    theta : (N,) abilities, logits.
    rng : source of randomness; the same state gives the same tests.

    Raises
    ------
    ValueError
        When an ability is not finite or there is none.
    """
    if theta.ndim != 1 or not theta.size or not np.isfinite(theta).all():
        raise ValueError("abilities must be a one-dimensional array of at least one finite number")
    found = SimulatedMultistageTests(
        test=test,
        theta=theta,
        estimate=np.empty(theta.size),
        standard_error=np.empty(theta.size),
        route=np.empty(theta.size, dtype=np.intp),
        number_correct=np.empty(theta.size, dtype=np.intp),
    )
    for start in range(0, theta.size, _CANDIDATES_AT_ONCE):
        _simulate_block(found, np.arange(start, min(start + _CANDIDATES_AT_ONCE, theta.size)), rng)
    return found


def module_sums(of_routes: dict[Route, float]) -> dict[str, float]:
    """Module → the sum of what the routes through it have."""
    sums: dict[str, float] = {}
    for route, amount in of_routes.items():
        for module in route:
            sums[module] = sums.get(module, 0.0) + amount
    return sums


@dataclass(slots=True, eq=False)
class _Group:
    """Candidates on one path."""

    path: Route
    rows: IntArray
    log_posterior: FloatArray
    number_correct: IntArray
    scores: list[ScoreArray]

    def part(self, chosen: IntArray, module: str) -> "_Group":
        return _Group(
            (*self.path, module),
            self.rows[chosen],
            self.log_posterior[chosen] if self.log_posterior.size else self.log_posterior,
            self.number_correct[chosen],
            [scores[chosen] for scores in self.scores],
        )


def _simulate_block(found: SimulatedMultistageTests, rows: IntArray, rng: np.random.Generator) -> None:
    test = found.test
    needs_posterior = test.routing.score == "EAP" or test.estimator == "EAP"
    by_pattern = test.estimator in ("MAP", "MLE", "WLE")
    prior = np.tile(test.log_prior, (rows.size, 1)) if needs_posterior else np.empty((0, 0))
    groups = [_Group((test.panel.start,), rows, prior, np.zeros(rows.size, dtype=np.intp), [])]
    for group in groups:
        module = group.path[-1]
        scores = simulate_responses(rng, found.theta[group.rows], test.items_of[module]).scores
        group.number_correct += scores.sum(axis=1, dtype=np.intp)
        if needs_posterior:
            group.log_posterior += test.likelihood_of[module](scores)
        if by_pattern:
            group.scores.append(scores)
        rule = test.routing.rule_of.get(group.path)
        if rule is None:
            _finish(found, group)
            continue
        if test.routing.score == "number_correct":
            choice = rule.choose(group.number_correct)
        else:
            choice = rule.choose(test.moments(group.log_posterior)[0])
        for position, following in enumerate(rule.modules):
            chosen = np.flatnonzero(choice == position)
            if chosen.size:
                groups.append(group.part(chosen, following))
        # The parts have copies of their own.
        group.log_posterior = np.empty((0, 0))


def _finish(found: SimulatedMultistageTests, group: _Group) -> None:
    test = found.test
    if test.estimator == "EAP":
        estimate, error = test.moments(group.log_posterior)
    elif test.estimator == "number_correct":
        table = test.score_tables[group.path]
        estimate, error = table.theta[group.number_correct], table.standard_error[group.number_correct]
    else:
        places = {item: place for place, item in enumerate(test.panel.item_ids)}
        row: ScoreArray = np.full((group.rows.size, len(places)), NOT_PRESENTED, dtype=np.int8)
        for module, scores in zip(group.path, group.scores, strict=True):
            row[:, [places[item] for item in test.panel.items_of[module]]] = scores
        estimate, error = estimates_by_pattern(test, row)
    found.estimate[group.rows], found.standard_error[group.rows] = estimate, error
    found.route[group.rows] = test.panel.routes.index(group.path)
    found.number_correct[group.rows] = group.number_correct
