"""Latent ability distributions on a grid of nodes: normal, empirical histogram, Davidian curve.

Each distribution knows its log-weights at the nodes and its own M-step: the distribution of its family under which the
expected numbers of candidates at the nodes are likeliest. The reference population's is standardised (mean 0, standard
deviation 1) inside the family, because that is what fixes the scale of the items.

References
----------
Mislevy (1984), Psychometrika 49, 359–381 (estimated latent distributions); Woods & Lin (2009), Applied Psychological
Measurement 33, 102–117 (Davidian curves); Owen (2001), *Empirical Likelihood* (a histogram with given moments).
"""

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from scipy.optimize import minimize, root
from scipy.special import logsumexp

from exam_engine.psychometrics.arrays import FloatArray

_FLOOR = 1e-16
"""Weight below which a node of a histogram does not fall: EM could never raise it again from zero."""
_MOST_NEWTON_STEPS = 10
_STEP_TOLERANCE = 1e-12
_NEAR = 0.2


class LatentDensity(Protocol):
    """A distribution over the nodes with free parameters."""

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """(Q,) logarithms of weights that sum to 1."""
        ...

    def maximised(self, mass: FloatArray, nodes: FloatArray) -> Self:
        """Maximum likelihood in the family for expected numbers of candidates (Q,) at the nodes."""
        ...

    def vector(self) -> FloatArray:
        """Free parameters, in a metric without bounds."""
        ...

    def at(self, vector: FloatArray, nodes: FloatArray) -> Self:
        """The member of the family with these free parameters."""
        ...


@dataclass(frozen=True, slots=True)
class NormalDensity:
    """A normal distribution, its mean and standard deviation free or given.

    Attributes
    ----------
    mean, sd : logits.
    free_mean, free_sd : whether they are estimated.
    """

    mean: float = 0.0
    sd: float = 1.0
    free_mean: bool = False
    free_sd: bool = False

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """(Q,) logarithms of normal densities normalised to sum 1."""
        exponent = -0.5 * ((nodes - self.mean) / self.sd) ** 2
        result: FloatArray = exponent - logsumexp(exponent)
        return result

    def maximised(self, mass: FloatArray, nodes: FloatArray) -> "NormalDensity":
        """Moments of the expected candidates, then Newton steps: on a grid they are not quite the maximum."""
        if not (self.free_mean or self.free_sd):
            return self
        share = mass / mass.sum()
        mean = float(share @ nodes) if self.free_mean else self.mean
        sd = float(np.sqrt(share @ (nodes - mean) ** 2)) if self.free_sd else self.sd
        found = replace(self, mean=mean, sd=sd)
        for _ in range(_MOST_NEWTON_STEPS):
            step = np.linalg.solve(found.complete_information(share, nodes), share @ found.score(nodes))
            if not np.abs(step).max() < _NEAR:
                # Too few nodes carry the candidates for the correction to mean anything.
                return found
            found = found.at(found.vector() + step, nodes)
            if np.abs(step).max() < _STEP_TOLERANCE:
                break
        return found

    def vector(self) -> FloatArray:
        """Mean, then logarithm of the standard deviation, as far as they are free."""
        return np.array([*([self.mean] * self.free_mean), *([np.log(self.sd)] * self.free_sd)])

    def at(self, vector: FloatArray, nodes: FloatArray) -> "NormalDensity":
        """The normal distribution with these free parameters; the nodes do not matter."""
        mean = float(vector[0]) if self.free_mean else self.mean
        sd = float(np.exp(np.clip(vector[-1], -5.0, 5.0))) if self.free_sd else self.sd
        return replace(self, mean=mean, sd=sd)

    def score(self, nodes: FloatArray) -> FloatArray:
        """(Q, n_free) derivatives of the log-weights with respect to the vector."""
        z = (nodes - self.mean) / self.sd
        columns = [z / self.sd] * self.free_mean + [z**2] * self.free_sd
        table = np.array(columns).reshape(len(columns), nodes.size).T
        result: FloatArray = table - np.exp(self.log_weights(nodes)) @ table
        return result

    def complete_information(self, mass: FloatArray, nodes: FloatArray) -> FloatArray:
        """(n_free, n_free) negative second derivative of the expected log-weights at numbers of candidates (Q,)."""
        weights = np.exp(self.log_weights(nodes))
        score = self.score(nodes)
        information: FloatArray = mass.sum() * (score * weights[:, None]).T @ score
        # Beyond the covariance of the score, the curvature differs from its mean only while the fit is not yet there.
        z = (nodes - self.mean) / self.sd
        excess = mass - mass.sum() * weights
        if self.free_sd:
            information[-1, -1] += 2.0 * float(excess @ z**2)
            if self.free_mean:
                information[0, 1] += 2.0 * float(excess @ z) / self.sd
                information[1, 0] = information[0, 1]
        return information


@dataclass(frozen=True, slots=True, eq=False)
class HistogramDensity:
    """One weight per node, standardised for the reference population.

    Attributes
    ----------
    log_weight : (Q,) on the nodes of the fit.
    is_standardised : whether mean 0 and standard deviation 1 are held.
    """

    log_weight: FloatArray
    is_standardised: bool

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """(Q,) the weights themselves; the nodes must be those of the fit."""
        return self.log_weight

    def maximised(self, mass: FloatArray, nodes: FloatArray) -> "HistogramDensity":
        """Expected candidates as shares; under the moment constraints, tilted as empirical likelihood demands."""
        share = np.maximum(mass / mass.sum(), _FLOOR)
        if self.is_standardised:
            share = _with_standard_moments(share, nodes)
        return replace(self, log_weight=np.log(np.maximum(share, _FLOOR)))

    def vector(self) -> FloatArray:
        """Square roots of the weights, in which a step of equal length is about equally likely everywhere."""
        result: FloatArray = np.exp(0.5 * self.log_weight)
        return result

    def at(self, vector: FloatArray, nodes: FloatArray) -> "HistogramDensity":
        """The nearest histogram to these roots that sums to 1 and keeps the constraints."""
        return self.maximised(np.maximum(vector, 0.0) ** 2, nodes)


@dataclass(frozen=True, slots=True, eq=False)
class DavidianDensity:
    """Squared polynomial times a normal density; order 1 is the normal distribution itself.

    Attributes
    ----------
    angles : (k,) polar coordinates of the polynomial's coefficients, in an orthonormal basis.
    mean, log_sd : of the distribution, logits.
    is_standardised : whether mean 0 and standard deviation 1 are held.
    """

    angles: FloatArray
    mean: float
    log_sd: float
    is_standardised: bool

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """(Q,) logarithms of the curve at the nodes, normalised to sum 1."""
        shift, scale = self._shape_moments()
        # The curve of shape (shift, scale) is moved so that the distribution has exactly the mean and sd asked for.
        z = (nodes - self.mean) / np.exp(self.log_sd) * scale + shift
        log_density = 2.0 * np.log(np.maximum(np.abs(self._polynomial(z)), 1e-60)) - 0.5 * z**2
        result: FloatArray = log_density - logsumexp(log_density)
        return result

    def maximised(self, mass: FloatArray, nodes: FloatArray) -> "DavidianDensity":
        """Maximise over the angles and, unless standardised, mean and spread; quasi-Newton from the present shape."""
        share = mass / mass.sum()
        found = minimize(lambda vector: -float(share @ self.at(vector, nodes).log_weights(nodes)), self.vector())
        better = self.at(found.x, nodes)
        gain = float(share @ (better.log_weights(nodes) - self.log_weights(nodes)))
        return better if gain > 0.0 else self

    def vector(self) -> FloatArray:
        """Angles, then mean and logarithm of the standard deviation unless standardised."""
        moments = [] if self.is_standardised else [self.mean, self.log_sd]
        return np.concatenate([self.angles, moments])

    def at(self, vector: FloatArray, nodes: FloatArray) -> "DavidianDensity":
        """The curve with these parameters; the nodes do not matter."""
        order = self.angles.size
        if self.is_standardised:
            return replace(self, angles=vector[:order])
        return replace(self, angles=vector[:order], mean=float(vector[order]), log_sd=float(vector[order + 1]))

    def _coefficients(self) -> FloatArray:
        """Coefficients (k + 1,) of norm 1 over normalised Hermite polynomials."""
        sines = np.concatenate([[1.0], np.cumprod(np.sin(self.angles))])
        cosines = np.concatenate([np.cos(self.angles), [1.0]])
        result: FloatArray = sines * cosines
        return result

    def _polynomial(self, z: FloatArray) -> FloatArray:
        norms = np.sqrt(np.cumprod(np.concatenate([[1.0], np.arange(1.0, self.angles.size + 1)])))
        return np.asarray(np.polynomial.hermite_e.hermeval(z, self._coefficients() / norms), dtype=np.float64)

    def _shape_moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the curve before it is moved, by the recurrence z h_n = √(n+1) h_{n+1} + …."""
        c = self._coefficients()
        root_n = np.sqrt(np.arange(1.0, c.size + 1))
        padded = np.concatenate([c, [0.0]])
        times_z = np.zeros(c.size + 1)
        times_z[1:] += root_n * padded[:-1]
        times_z[:-1] += root_n * padded[1:]
        mean = float(padded @ times_z)
        return mean, float(np.sqrt(times_z @ times_z - mean**2))


def _with_standard_moments(share: FloatArray, nodes: FloatArray) -> FloatArray:
    """The distribution p maximising Σ share log p with mean 0 and variance 1: share / (1 + λ₁θ + λ₂(θ² − 1))."""
    constraints = np.vstack([nodes, nodes**2 - 1.0])

    def moments(multipliers: FloatArray) -> FloatArray:
        return constraints @ (share / (1.0 + multipliers @ constraints))

    def derivative(multipliers: FloatArray) -> FloatArray:
        return -(constraints * (share / (1.0 + multipliers @ constraints) ** 2)) @ constraints.T

    found = root(moments, np.zeros(2), jac=derivative, tol=1e-14)
    tilted: FloatArray = share / (1.0 + np.asarray(found.x, dtype=np.float64) @ constraints)
    if not (found.success and (tilted > 0.0).all()):
        # Far from the constraints the tilt can leave the simplex; a shift and stretch of the histogram gets near.
        mean = float(share @ nodes)
        sd = float(np.sqrt(share @ (nodes - mean) ** 2))
        tilted = np.maximum(np.interp(nodes * sd + mean, nodes, share, left=0.0, right=0.0), _FLOOR)
    total: FloatArray = tilted / tilted.sum()
    return total
