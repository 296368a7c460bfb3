"""EM iterations with SQUAREM extrapolation that never lowers the likelihood.

References
----------
Varadhan & Roland (2008), Scandinavian Journal of Statistics 35, 335–353 (scheme S3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.design import ResponseBlock
from exam_engine.psychometrics.m_step import MaximisationStep
from exam_engine.psychometrics.marginal_likelihood import Expectation, expectation, gradient
from exam_engine.psychometrics.quadrature import Quadrature

Progress = Callable[[int, float, float], None]
"""Called with (iteration, log-likelihood, largest parameter change); an exception it raises ends the run."""

DIVERGING_SLOPE: Final = 50.0
"""|a| at which a run stops: the curve is a step between two nodes, and the likelihood has no finite maximum."""

_FIRST_LONGEST_EXTRAPOLATION = 4.0


@dataclass(frozen=True, eq=False)
class EmRun:
    """Where the iterations ended.

    Attributes
    ----------
    a, d : (J,) slopes and intercepts.
    iterations : EM maps applied.
    e_steps : passes over the responses.
    max_change : largest absolute change of a parameter in the last EM map.
    is_stationary : no slope diverged, and whether that change and the gradient before it met their tolerances.
    has_diverged : a slope exceeded ``DIVERGING_SLOPE``.
    log_likelihood_trace : one value per accepted iterate, never decreasing.
    """

    a: FloatArray
    d: FloatArray
    iterations: int
    e_steps: int
    max_change: float
    is_stationary: bool
    has_diverged: bool
    log_likelihood_trace: tuple[float, ...]


def run_em(
    blocks: list[ResponseBlock],
    a: FloatArray,
    d: FloatArray,
    quadrature: Quadrature,
    *,
    maximise: MaximisationStep,
    free: FloatArray,
    max_iterations: int,
    parameter_tolerance: float,
    gradient_tolerance: float,
    accelerate: bool,
    progress: Progress | None,
) -> EmRun:
    """Iterate from a, d (J,) to a stationary point, until a slope diverges, or for ``max_iterations`` EM maps.

    ``maximise`` is the model's M-step; the columns of ``free`` (2J, P) are the directions in which its P parameters
    move slopes and intercepts. Stationary means that an EM map moves no slope or intercept by more than
    ``parameter_tolerance`` and no component of the gradient in those directions exceeds ``gradient_tolerance``.
    """
    n_items = a.size
    iterations = e_steps = 0
    longest = _FIRST_LONGEST_EXTRAPOLATION
    trace: list[float] = []

    def pass_over_responses(parameters: FloatArray) -> Expectation:
        nonlocal e_steps
        e_steps += 1
        return expectation(blocks, parameters[:n_items], parameters[n_items:], quadrature)

    def em_map(at: Expectation, parameters: FloatArray) -> FloatArray:
        nonlocal iterations
        iterations += 1
        return np.concatenate(maximise(at, parameters[:n_items], parameters[n_items:], quadrature))

    current = np.concatenate([a, d])
    at_current = pass_over_responses(current)
    while True:
        first = em_map(at_current, current)
        change = float(np.abs(first - current).max())
        slope = gradient(at_current, current[:n_items], current[n_items:], quadrature) @ free
        is_stationary = change <= parameter_tolerance and float(np.abs(slope).max()) <= gradient_tolerance
        trace.append(at_current.log_likelihood)
        if progress is not None:
            progress(iterations, at_current.log_likelihood, change)
        has_diverged = float(np.abs(first[:n_items]).max()) > DIVERGING_SLOPE
        if is_stationary or has_diverged or iterations >= max_iterations:
            return EmRun(
                a=first[:n_items],
                d=first[n_items:],
                iterations=iterations,
                e_steps=e_steps,
                max_change=change,
                is_stationary=is_stationary and not has_diverged,
                has_diverged=has_diverged,
                log_likelihood_trace=tuple(trace),
            )
        at_first = pass_over_responses(first)
        if not accelerate or iterations + 1 >= max_iterations:
            current, at_current = first, at_first
            continue
        second = em_map(at_first, first)
        extrapolated, length = _extrapolate(current, first, second, longest)
        at_extrapolated = pass_over_responses(extrapolated)
        if at_extrapolated.log_likelihood >= at_first.log_likelihood:
            current, at_current = extrapolated, at_extrapolated
            if length == longest:
                longest *= 4.0
        else:
            current, at_current = second, pass_over_responses(second)
            longest = max(_FIRST_LONGEST_EXTRAPOLATION, length / 2.0)


def _extrapolate(start: FloatArray, first: FloatArray, second: FloatArray, longest: float) -> tuple[FloatArray, float]:
    """Squared extrapolation through two EM maps and its step length; length 1 is ``second`` itself."""
    step = first - start
    bend = second - first - step
    bend_norm = float(np.linalg.norm(bend))
    length = float(np.linalg.norm(step)) / bend_norm if bend_norm > 0.0 else 1.0
    length = min(max(length, 1.0), longest)
    result: FloatArray = start + 2.0 * length * step + length**2 * bend
    return result, length
