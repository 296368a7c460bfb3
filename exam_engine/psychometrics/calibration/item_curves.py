"""Log-probabilities of item groups at the nodes and their derivatives in the working parameters.

Arrays are (G, K, Q, …): items of the group, categories, nodes.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.parameterisation import ItemGroup


class CurveDerivatives(NamedTuple):
    """Probabilities (G, K, Q); first (G, K, Q, p) and second (G, K, Q, p, p) derivatives in the working parameters."""

    p: FloatArray
    first: FloatArray
    second: FloatArray | None


def log_probabilities(group: ItemGroup, working: FloatArray, nodes: FloatArray) -> FloatArray:
    """(G, K, Q) natural logarithms at working parameters (G, p)."""
    if group.is_exponential:
        predictors = _linear_predictors(group, working, nodes)
        if group.n_steps == 1:
            return np.stack([log_expit(-predictors[:, 1]), log_expit(predictors[:, 1])], axis=1)
        result: FloatArray = log_softmax(predictors, axis=1)
        return result
    z = working[:, :1, None] * nodes + working[:, 1 : 1 + group.n_steps, None]
    if group.kind == "graded":
        # P(k) = σ(z_k) σ(−z_{k+1}) (1 − exp(z_{k+1} − z_k)): no difference of nearly equal numbers.
        gap = np.diff(working[:, 1:], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.pad(np.log(-np.expm1(gap)), ((0, 0), (1, 1)))
        above = np.pad(log_expit(z), ((0, 0), (1, 0), (0, 0)))
        below = np.pad(log_expit(-z), ((0, 0), (0, 1), (0, 0)))
        log_p: FloatArray = above + below + inner[:, :, None]
        return log_p
    lower, upper = _asymptotes(group, working)
    # Logarithms of sums lose nothing: no term vanishes before its logarithm is taken. Asymptotes that cross give NaN.
    with np.errstate(divide="ignore", invalid="ignore"):
        log_span = log_expit(-working[:, 2:3]) if group.kind == "lower" else np.log(upper - lower)
        right = np.logaddexp(log_expit(working[:, 2:3]), log_span + log_expit(z[:, 0]))
        wrong = log_span + log_expit(-z[:, 0])
        if group.kind == "asymptotes":
            wrong = np.logaddexp(log_expit(-working[:, 3:4]), wrong)
    return np.stack([wrong, right], axis=1)


def predictor_design(group: ItemGroup) -> tuple[FloatArray, FloatArray]:
    """(K, p) how the working parameters of an exponential family move a category's predictor, and (p,) powers of θ.

    The predictor of category k is Σ_p E_kp θ^{r_p} ω_p.
    """
    categories = np.arange(group.n_steps + 1)
    steps = np.arange(1, group.n_steps + 1)
    if group.kind == "partial":
        design = np.column_stack([categories, categories[:, None] >= steps])
        powers = [1] + [0] * group.n_steps
    else:
        indicators = categories[:, None] == steps
        design = np.hstack([indicators, indicators])
        powers = [1] * group.n_steps + [0] * group.n_steps
    return design.astype(np.float64), np.array(powers)


def curve_derivatives(group: ItemGroup, working: FloatArray, nodes: FloatArray, *, second: bool) -> CurveDerivatives:
    """Probabilities and derivatives of a group that is no exponential family."""
    n_items, width = working.shape
    steps = group.n_steps
    z = working[:, :1, None] * nodes + working[:, 1 : 1 + steps, None]
    upper_tail, lower_tail = expit(z), expit(-z)
    density = upper_tail * lower_tail
    bend = density * (lower_tail - upper_tail)
    # Derivatives of the cumulative curves P(≥ v), v = 1 … m: (G, m, Q, p[, p]).
    first = np.zeros((n_items, steps, nodes.size, width))
    curvature = np.zeros((n_items, steps, nodes.size, width, width)) if second else None
    lower, upper = _asymptotes(group, working)
    span = (upper - lower)[:, :, None]
    for step in range(steps):
        own = 1 + step
        first[:, step, :, 0] = span[:, 0] * density[:, step] * nodes
        first[:, step, :, own] = span[:, 0] * density[:, step]
        if curvature is not None:
            curvature[:, step, :, 0, 0] = span[:, 0] * bend[:, step] * nodes**2
            curvature[:, step, :, 0, own] = curvature[:, step, :, own, 0] = span[:, 0] * bend[:, step] * nodes
            curvature[:, step, :, own, own] = span[:, 0] * bend[:, step]
    if group.kind in ("lower", "asymptotes"):
        _add_asymptote(first, curvature, 2, lower, lower_tail, -density, nodes)
    if group.kind == "asymptotes":
        _add_asymptote(first, curvature, 3, upper, upper_tail, density, nodes)
    p = np.exp(log_probabilities(group, working, nodes))
    # P(k) is the difference of two neighbouring cumulative curves, so its derivatives are differences too.
    edge = ((0, 0), (1, 1), (0, 0), (0, 0))
    slope = -np.diff(np.pad(first, edge), axis=1)
    bending = None if curvature is None else -np.diff(np.pad(curvature, (*edge, (0, 0))), axis=1)
    return CurveDerivatives(p, slope, bending)


def _linear_predictors(group: ItemGroup, working: FloatArray, nodes: FloatArray) -> FloatArray:
    """(G, K, Q) predictors of an exponential family, 0 for category 0."""
    design, powers = predictor_design(group)
    slopes, intercepts = working * (powers == 1) @ design.T, working * (powers == 0) @ design.T
    result: FloatArray = slopes[:, :, None] * nodes + intercepts[:, :, None]
    return result


def _asymptotes(group: ItemGroup, working: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(G, 1) lower and upper asymptotes; 0 and 1 for models without."""
    has_lower = group.kind in ("lower", "asymptotes")
    lower = expit(working[:, 2:3]) if has_lower else np.zeros((working.shape[0], 1))
    upper = expit(working[:, 3:4]) if group.kind == "asymptotes" else np.ones_like(lower)
    return lower, upper


def _add_asymptote(
    first: FloatArray,
    curvature: FloatArray | None,
    place: int,
    asymptote: FloatArray,
    tail: FloatArray,
    density: FloatArray,
    nodes: FloatArray,
) -> None:
    """Fill in derivatives in the logit of an asymptote; ``tail`` (G, 1, Q) multiplies it in the curve."""
    rate = (asymptote * (1.0 - asymptote))[:, :, None]
    first[..., place] = rate * tail
    if curvature is not None:
        curvature[..., place, place] = rate * (1.0 - 2.0 * asymptote[:, :, None]) * tail
        curvature[..., place, 0] = curvature[..., 0, place] = rate * density * nodes
        curvature[..., place, 1] = curvature[..., 1, place] = rate * density
