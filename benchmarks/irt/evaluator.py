"""One judge for all tools: marginal log-likelihood, its gradient and the distance to its maximum, by plain formulas.

Nothing here comes from the library that is judged. Abilities are integrated over 61 equally spaced nodes on [−6, 6]
with normalised N(0, 1) weights; derivatives of the category probabilities are central differences. The distance is the
Newton step with the cross-product information, which at the maximum estimates the observed information consistently.

References
----------
Berndt, Hall, Hall & Hausman (1974), Annals of Economic and Social Measurement 3, 653–665 (the step).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, log_softmax, logsumexp
from scipy.stats import beta as beta_distribution

FloatArray = NDArray[np.float64]

NODES: Final = np.linspace(-6.0, 6.0, 61)
_DENSITY = np.exp(-0.5 * NODES**2)
_LOG_WEIGHTS: Final = np.log(_DENSITY / _DENSITY.sum())
_ROWS_AT_ONCE = 2_048
_DIFFERENCE = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Item parameters as tools report them: slope a (J,), thresholds b (J, M), lower asymptote c (J,)."""

    model: Literal["2PL", "3PL", "GRM", "GPCM"]
    a: FloatArray
    b: FloatArray
    c: FloatArray

    @classmethod
    def from_dict(cls, model: Literal["2PL", "3PL", "GRM", "GPCM"], values: dict[str, Any]) -> Self:
        """Read what a worker process reported."""
        a = np.asarray(values["a"], dtype=np.float64)
        b = np.asarray(values["b"], dtype=np.float64).reshape(a.size, -1)
        c = np.zeros(a.size) if values.get("c") is None else np.asarray(values["c"], dtype=np.float64)
        return cls(model, a, b, c)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good estimates are for the data.

    Attributes
    ----------
    log_likelihood : marginal.
    objective : log-likelihood plus log prior density, what a fit with priors maximises.
    rise_left : by how much the objective would still rise, to second order; about the gap to its maximum.
    step_a, step_b, step_c : largest distance of a parameter to the maximum, to second order.
    max_gradient_c : largest derivative of the objective in a lower asymptote; 0 for models without.
    """

    log_likelihood: float
    objective: float
    rise_left: float
    step_a: float
    step_b: float
    step_c: float
    max_gradient_c: float


def evaluate(
    scores: NDArray[np.int8], estimates: Estimates, guessing_prior: tuple[float, float] | None = None
) -> Evaluation:
    """Judge estimates; scores (N, J), −1 where an item was not presented."""
    n_items, n_thresholds = estimates.b.shape
    log_p = category_log_probabilities(estimates)
    derivatives = _differences(estimates)
    total = 0.0
    gradient = np.zeros(len(derivatives) * n_items)
    information = np.zeros((gradient.size, gradient.size))
    for block, log_mass, posterior in _posteriors(scores, log_p):
        total += float(log_mass.sum())
        score = np.hstack([_expected(block, posterior, derivative) for derivative in derivatives])
        gradient += score.sum(axis=0)
        information += score.T @ score
    log_prior = 0.0
    gradient_c = gradient[(1 + n_thresholds) * n_items :]
    if guessing_prior is not None:
        p, q = guessing_prior
        log_prior = float(beta_distribution.logpdf(estimates.c, p, q).sum())
        gradient_c += (p - 1.0) / estimates.c - (q - 1.0) / (1.0 - estimates.c)
        place = np.arange((1 + n_thresholds) * n_items, gradient.size)
        information[place, place] += (p - 1.0) / estimates.c**2 + (q - 1.0) / (1.0 - estimates.c) ** 2
    step = np.linalg.solve(information, gradient)
    step_a, step_b, step_c = np.split(step, [n_items, (1 + n_thresholds) * n_items])
    return Evaluation(
        log_likelihood=total,
        objective=total + log_prior,
        rise_left=0.5 * float(gradient @ step),
        step_a=_largest(step_a),
        step_b=_largest(step_b),
        step_c=_largest(step_c),
        max_gradient_c=_largest(gradient_c),
    )


def category_log_probabilities(estimates: Estimates) -> FloatArray:
    """Logarithm of the probability of each category at each node, (K, J, Q)."""
    z = estimates.a[:, None] * (NODES - estimates.b.T[:, :, None])
    if estimates.model == "GPCM":
        cumulated = np.concatenate([np.zeros_like(z[:1]), np.cumsum(z, axis=0)])
        steps: FloatArray = log_softmax(cumulated, axis=0)
        return steps
    if estimates.model == "GRM":
        above, below = log_expit(z), log_expit(-z)
        # σ(x) − σ(y) = σ(x) σ(−y) (1 − exp(y − x)) keeps its digits where both are nearly 1.
        inner = above[:-1] + below[1:] + np.log(-np.expm1(z[1:] - z[:-1]))
        return np.concatenate([below[:1], inner, above[-1:]])
    c = estimates.c[:, None]
    logistic: FloatArray = np.log(np.stack([(1.0 - c) * expit(-z[0]), c + (1.0 - c) * expit(z[0])]))
    return logistic


def _posteriors(
    scores: NDArray[np.int8], log_p: FloatArray
) -> Iterator[tuple[NDArray[np.int8], FloatArray, FloatArray]]:
    for start in range(0, scores.shape[0], _ROWS_AT_ONCE):
        block = scores[start : start + _ROWS_AT_ONCE]
        joint = _LOG_WEIGHTS + sum(
            (block == category).astype(np.float64) @ at_nodes for category, at_nodes in enumerate(log_p)
        )
        log_mass = logsumexp(joint, axis=1)
        yield block, log_mass, np.exp(joint - log_mass[:, None])


def _differences(estimates: Estimates) -> list[FloatArray]:
    """Derivatives (K, J, Q) of the log-probabilities in a, b₁ … b_M and, for the 3PL, c."""
    n_thresholds = estimates.b.shape[1]
    n_kinds = 1 + n_thresholds + (estimates.model == "3PL")

    def moved(by: FloatArray) -> FloatArray:
        a, b = estimates.a + by[0], estimates.b + by[1 : 1 + n_thresholds]
        return category_log_probabilities(Estimates(estimates.model, a, b, estimates.c + by[1 + n_thresholds :].sum()))

    return [(moved(by) - moved(-by)) / (2.0 * _DIFFERENCE) for by in _DIFFERENCE * np.eye(n_kinds)]


def _expected(block: NDArray[np.int8], posterior: FloatArray, derivative: FloatArray) -> FloatArray:
    """(n, J) posterior mean of the derivative at the category that each candidate reached."""
    result = np.zeros(block.shape)
    for category, at_nodes in enumerate(derivative):
        result += np.where(block == category, posterior @ at_nodes.T, 0.0)
    return result


def _largest(values: FloatArray) -> float:
    return float(np.abs(values).max(initial=0.0))
