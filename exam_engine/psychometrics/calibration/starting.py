"""Starting values: a slope of one, intercepts that give the observed category shares."""

import numpy as np
from scipy.sparse.linalg import spsolve
from scipy.special import logit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.parameterisation import Parameterisation
from exam_engine.psychometrics.calibration.priors import Prior, Priors

_LOWER, _UPPER = 0.15, 0.97
_ATTENUATION = 0.346


def starting_values(layout: Parameterisation, category_counts: FloatArray, priors: Priors) -> FloatArray:
    """Free parameters (P,) near the estimates; ties take the least-squares mean of their items' values.

    The logit of an observed share is stretched by √(1 + 0.346 a²), because averaging a logistic curve over standard
    normal abilities flattens it by that much.
    """
    omega = np.empty(layout.offset.size)
    for group in layout.groups:
        table = omega[group.place].reshape(group.items.size, -1)
        steps = group.n_steps
        # Half a candidate more in each category keeps every logarithm finite for scores of fixed items that nobody has.
        counts = category_counts[group.items, : steps + 1] + 0.5
        share = counts / counts.sum(axis=1, keepdims=True)
        if group.kind == "nominal":
            table[:, :steps] = 0.5 * np.arange(1, steps + 1)
            table[:, steps:] = np.log(share[:, 1:] / share[:, :1])
        elif group.kind == "partial" and steps > 1:
            table[:, 0] = 0.5
            table[:, 1:] = np.log(share[:, 1:] / share[:, :-1])
        else:
            above = np.cumsum(share[:, :0:-1], axis=1)[:, ::-1]
            table[:, 0] = 1.0
            if group.kind in ("lower", "asymptotes"):
                lower = _centre(priors.lower, _LOWER)
                upper = _centre(priors.upper, _UPPER) if group.kind == "asymptotes" else 1.0
                table[:, 2] = logit(lower)
                if group.kind == "asymptotes":
                    table[:, 3] = logit(upper)
                above = np.clip((above - lower) / (upper - lower), 0.03, 0.97)
            table[:, 1 : 1 + steps] = logit(above) * np.sqrt(1.0 + _ATTENUATION)
    basis = layout.basis.tocsc()
    if not layout.n_free:
        return np.empty(0)
    return np.atleast_1d(spsolve((basis.T @ basis).tocsc(), basis.T @ (omega - layout.offset)))


def _centre(prior: Prior | None, otherwise: float) -> float:
    if prior is None:
        return otherwise
    if prior.family == "beta":
        return prior.first / (prior.first + prior.second)
    return float(1.0 / (1.0 + np.exp(-prior.first)))
