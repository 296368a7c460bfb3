"""EM iterations with SQUAREM extrapolation that never lowers the objective, and Newton steps to finish slow ones.

References
----------
Varadhan & Roland (2008), Scandinavian Journal of Statistics 35, 335–353 (scheme S3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.special import expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.density import LEAST_SD, LatentDensity, NormalDensity
from exam_engine.psychometrics.calibration.expectation import Expectation, Model
from exam_engine.psychometrics.calibration.item_curves import log_probabilities
from exam_engine.psychometrics.calibration.maximisation import maximise_items
from exam_engine.psychometrics.calibration.objective import (
    GroupStatistics,
    group_derivatives,
    group_statistics,
    intercept_part,
    log_prior,
)
from exam_engine.psychometrics.calibration.parameterisation import Parameterisation
from exam_engine.psychometrics.calibration.priors import Priors

Progress = Callable[[int, float, float], None]
"""Called with (iteration, log-likelihood, largest parameter change); an exception it raises ends the run."""

DIVERGING_SLOPE: Final = 50.0
"""|a| at which a run stops: the curve is a step between two nodes, and the likelihood has no finite maximum."""

_FIRST_LONGEST_EXTRAPOLATION = 4.0
_MAPS_BETWEEN_NEWTON_STEPS = 24
_PARAMETERS_PER_MAP = 4
"""A Newton step needs the information, which costs more passes the more parameters there are."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be maximised, all but the parameters.

    Attributes
    ----------
    layout : items and their free parameters.
    category_counts : (J, K) observed totals.
    nodes : (Q,) abilities.
    priors : of the item parameters.
    run_pass : goes over all responses with a model.
    information : observed information (P + D, P + D) of the free parameters of items and normal densities.
    """

    layout: Parameterisation
    category_counts: FloatArray
    nodes: FloatArray
    priors: Priors
    run_pass: Callable[[Model], Expectation]
    information: Callable[["Point"], FloatArray]


class State(NamedTuple):
    """Parameters: free item parameters (P,) and a density for each population."""

    phi: FloatArray
    densities: tuple[LatentDensity, ...]


@dataclass(frozen=True, eq=False)
class Point:
    """A state with what a pass at it found.

    Attributes
    ----------
    state, model : the parameters.
    expectation, statistics : of the pass.
    log_likelihood, objective : marginal log-likelihood, and with log prior.
    gradient : (P + D,) of the objective in free item parameters and normal densities' free parameters; 0 for a standard
        deviation that is at the least allowed and would fall.
    """

    state: State
    model: Model
    expectation: Expectation
    statistics: tuple[GroupStatistics, ...]
    log_likelihood: float
    objective: float
    gradient: FloatArray


@dataclass(frozen=True, eq=False)
class EmRun:
    """Where the iterations ended.

    Attributes
    ----------
    point : the end, with gradient and likelihood there.
    iterations : EM maps and Newton steps applied.
    e_steps : passes over the responses.
    max_change : largest change of a parameter in the last EM map; asymptotes and log-weights as proportions.
    is_stationary : whether that change and the gradient met their tolerances and nothing diverged.
    has_diverged : a slope exceeded ``DIVERGING_SLOPE``, or a population left the nodes or fell between them.
    trace : log-likelihood plus log prior of each accepted iterate, never decreasing.
    """

    point: Point
    iterations: int
    e_steps: int
    max_change: float
    is_stationary: bool
    has_diverged: bool
    trace: tuple[float, ...]


def evaluate(problem: Problem, state: State) -> Point:
    """Go over the responses at a state."""
    layout, nodes = problem.layout, problem.nodes
    omega = layout.omega(state.phi)
    log_weights = np.array([density.log_weights(nodes) for density in state.densities])
    model = Model(layout, omega, nodes, log_weights)
    found = problem.run_pass(model)
    statistics = group_statistics(layout, found, problem.category_counts)
    log_likelihood = found.log_likelihood + intercept_part(layout, omega, problem.category_counts)
    gradient = np.empty(omega.size)
    for group, own in zip(layout.groups, statistics, strict=True):
        gradient[group.place] = group_derivatives(
            group, own, group.working(omega), nodes, problem.priors
        ).gradient.ravel()
    of_densities = [
        _inward(density, mass @ density.score(nodes))
        for density, mass in zip(state.densities, found.mass, strict=True)
        if isinstance(density, NormalDensity)
    ]
    return Point(
        state=state,
        model=model,
        expectation=found,
        statistics=statistics,
        log_likelihood=log_likelihood,
        objective=log_likelihood + log_prior(layout, omega, problem.priors),
        gradient=np.concatenate([layout.pull_back(gradient), *of_densities]),
    )


def run_em(
    problem: Problem,
    start: State,
    *,
    max_iterations: int,
    parameter_tolerance: float,
    gradient_tolerance: float,
    accelerate: bool,
    progress: Progress | None,
    rough_information: FloatArray | None = None,
) -> EmRun:
    """Iterate to a stationary point, until a slope or a population diverges, or for ``max_iterations`` maps.

    With ``rough_information`` (P + D, P + D), such as that of a sample of the candidates, steps are Newton's with it in
    place of the exact one, one pass each, as long as they help.

    Stationary means that an EM map moves no parameter by more than ``parameter_tolerance`` and no component of the
    gradient exceeds ``gradient_tolerance``.
    """
    iterations = e_steps = 0
    longest = _FIRST_LONGEST_EXTRAPOLATION
    trace: list[float] = []
    metric = _ChangeMetric(problem.layout)
    is_slope = np.array([kind == "slope" for kind in problem.layout.free_kinds()], dtype=np.bool_)

    def visit(state: State) -> Point:
        nonlocal e_steps
        e_steps += 1
        return evaluate(problem, state)

    def em_map(point: Point) -> State:
        nonlocal iterations
        iterations += 1
        phi = maximise_items(problem.layout, point.statistics, point.state.phi, problem.nodes, problem.priors)
        densities = tuple(
            density.maximised(mass, problem.nodes)
            for density, mass in zip(point.state.densities, point.expectation.mass, strict=True)
        )
        return State(phi, densities)

    current = visit(start)
    between_newton_steps = max(_MAPS_BETWEEN_NEWTON_STEPS, start.phi.size // _PARAMETERS_PER_MAP)
    next_newton = between_newton_steps
    while True:
        first = em_map(current)
        change = metric.largest(current.state, first)
        worst = float(np.abs(current.gradient).max(initial=0.0))
        is_stationary = change <= parameter_tolerance and worst <= gradient_tolerance
        trace.append(current.objective)
        if progress is not None:
            progress(iterations, current.log_likelihood, change)
        steepest = float(np.abs(current.state.phi[is_slope]).max(initial=0.0))
        has_diverged = steepest > DIVERGING_SLOPE or _have_lost_the_nodes(current.state.densities, problem.nodes)
        if is_stationary or has_diverged or iterations >= max_iterations:
            return EmRun(
                point=current,
                iterations=iterations,
                e_steps=e_steps,
                max_change=change,
                is_stationary=is_stationary and not has_diverged,
                has_diverged=has_diverged,
                trace=tuple(trace),
            )
        if accelerate and rough_information is not None:
            better = _newton_step(problem, current, visit, rough_information)
            if better is not None:
                iterations += 1
                current = better
                continue
            rough_information = None
        if accelerate and iterations >= next_newton:
            next_newton = iterations + between_newton_steps
            better = _newton_step(problem, current, visit, problem.information(current))
            if better is not None:
                iterations += 1
                current = better
                continue
        at_first = visit(first)
        if not accelerate or iterations + 1 >= max_iterations:
            current = at_first
            continue
        second = em_map(at_first)
        extrapolated, length = _extrapolate(current.state, first, second, longest, problem.nodes)
        at_extrapolated = visit(extrapolated) if _is_possible(problem, extrapolated) else None
        if at_extrapolated is not None and at_extrapolated.objective >= at_first.objective:
            current = at_extrapolated
            if length == longest:
                longest *= 4.0
        else:
            current = visit(second)
            longest = max(_FIRST_LONGEST_EXTRAPOLATION, length / 2.0)


def density_vector(densities: Sequence[LatentDensity]) -> FloatArray:
    """Free parameters of all densities, one after another."""
    return np.concatenate([density.vector() for density in densities])


def densities_at(
    densities: Sequence[LatentDensity], vector: FloatArray, nodes: FloatArray
) -> tuple[LatentDensity, ...]:
    """Densities of the same families with the free parameters given."""
    sizes = [density.vector().size for density in densities]
    parts = np.split(vector, np.cumsum(sizes)[:-1])
    return tuple(
        density.at(part, nodes) if part.size else density for density, part in zip(densities, parts, strict=True)
    )


class _ChangeMetric:
    """Size of a step: asymptotes as proportions, all else as it is."""

    def __init__(self, layout: Parameterisation) -> None:
        kinds = np.array(layout.free_kinds(), dtype=object)
        self._is_logit = (kinds == "lower") | (kinds == "upper")

    def largest(self, one: State, two: State) -> float:
        """Largest change between two states."""
        change = np.abs(two.phi - one.phi)
        change[self._is_logit] = np.abs(expit(two.phi[self._is_logit]) - expit(one.phi[self._is_logit]))
        largest = float(change.max(initial=0.0))
        for before, after in zip(one.densities, two.densities, strict=True):
            largest = max(largest, float(np.abs(after.vector() - before.vector()).max(initial=0.0)))
        return largest


def _have_lost_the_nodes(densities: Sequence[LatentDensity], nodes: FloatArray) -> bool:
    """Whether a population has left these nodes or fallen between two of them."""
    is_coarse = nodes[1] - nodes[0] > LEAST_SD
    return any(density.has_run_away(nodes) or (is_coarse and density.has_no_spread) for density in densities)


def _inward(density: NormalDensity, gradient: FloatArray) -> FloatArray:
    """The gradient of a density's free parameters without what leads below the least standard deviation."""
    if density.has_no_spread:
        gradient[-1] = max(gradient[-1], 0.0)
    return gradient


def _is_possible(problem: Problem, state: State) -> bool:
    """Whether every category has a probability at every node: extrapolation may cross intercepts or asymptotes."""
    omega = problem.layout.omega(state.phi)
    return all(
        np.isfinite(log_probabilities(group, group.working(omega), problem.nodes)).all()
        for group in problem.layout.groups
    )


def _newton_step(
    problem: Problem, point: Point, visit: Callable[[State], Point], information: FloatArray
) -> Point | None:
    """A full Newton step on the marginal objective, if it raises the objective and lowers the gradient; else None."""
    if not all(isinstance(density, NormalDensity) for density in point.state.densities):
        return None
    scale = np.sqrt(np.maximum(np.diag(information), 0.0))
    if not (scale > 0.0).all():
        return None
    try:
        factor = np.linalg.cholesky(information / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    half = np.linalg.solve(factor, point.gradient / scale)
    step = np.linalg.solve(factor.T, half) / scale
    n_free = point.state.phi.size
    phi = point.state.phi + step[:n_free]
    vector = density_vector(point.state.densities) + step[n_free:]
    state = State(phi, densities_at(point.state.densities, vector, problem.nodes))
    if not _is_possible(problem, state):
        return None
    trial = visit(state)
    is_better = trial.objective >= point.objective and np.linalg.norm(trial.gradient) < np.linalg.norm(point.gradient)
    return trial if is_better else None


def _extrapolate(start: State, first: State, second: State, longest: float, nodes: FloatArray) -> tuple[State, float]:
    """Squared extrapolation through two EM maps and its step length; length 1 is ``second`` itself."""
    vectors = [np.concatenate([state.phi, density_vector(state.densities)]) for state in (start, first, second)]
    step = vectors[1] - vectors[0]
    bend = vectors[2] - vectors[1] - step
    bend_norm = float(np.linalg.norm(bend))
    length = float(np.linalg.norm(step)) / bend_norm if bend_norm > 0.0 else 1.0
    length = min(max(length, 1.0), longest)
    result = vectors[0] + 2.0 * length * step + length**2 * bend
    n_free = start.phi.size
    return State(result[:n_free], densities_at(second.densities, result[n_free:], nodes)), length
