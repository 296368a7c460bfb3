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
from typing import Final, Protocol, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from exam_engine.psychometrics.arrays import FloatArray

_FLOOR = 1e-10
"""Weight below which a node of a histogram does not fall: EM could never raise it again from zero, and digits would not
suffice to hold mean and standard deviation where that needs it raised."""
LEAST_SD: Final = 0.02
"""Where an estimated standard deviation is held, and reported as held: nobody can tell candidates apart who differ by
less, and the finest nodes still carry such a distribution."""
_SD_RANGE = (LEAST_SD, 150.0)
_MOST_STEPS = 20
_STEP_TOLERANCE = 1e-12
_LONGEST_STEP = 1.0
_SLACK = 1e-14
_MOST_TILT_STEPS = 100
_MOMENT_TOLERANCE = 1e-8
_ROUNDING = 1e-9
_FIRST_ANGLE = 0.4
_TINY_CURVE = 1e-60
_SHAPE_TOLERANCE = 1e-7
_MOST_SHAPE_STEPS = 40


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

    def has_run_away(self, nodes: FloatArray) -> bool:
        """Whether an estimated mean is beyond the nodes, or an estimated spread greater than theirs."""
        ...

    @property
    def has_no_spread(self) -> bool:
        """Whether the responses put an estimated standard deviation at the least that is allowed."""
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
        """Moments of the expected candidates, then scoring steps: on a grid they are not quite the maximum.

        Never less likely than this distribution, whatever the expected candidates.
        """
        if not (self.free_mean or self.free_sd):
            return self
        share = mass / mass.sum()

        def value(density: NormalDensity) -> float:
            return float(share @ density.log_weights(nodes))

        mean = float(share @ nodes) if self.free_mean else self.mean
        sd = float(np.sqrt(share @ (nodes - mean) ** 2)) if self.free_sd else self.sd
        moments = replace(self, mean=mean, sd=float(np.clip(sd, *_SD_RANGE)))
        found = max(self, moments, key=value)
        for _ in range(_MOST_STEPS):
            score = found.score(nodes)
            information = (score * np.exp(found.log_weights(nodes))[:, None]).T @ score
            # Where one node carries everything, the information is singular and there is no way to go.
            step = np.linalg.lstsq(information, share @ score)[0]
            step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), _LONGEST_STEP))
            trial = found.at(found.vector() + step, nodes)
            floor = value(found) - _SLACK
            while value(trial) < floor and np.abs(step).max() > _STEP_TOLERANCE:
                step *= 0.5
                trial = found.at(found.vector() + step, nodes)
            if value(trial) < floor:
                break
            found = trial
            if np.abs(step).max() <= _STEP_TOLERANCE:
                break
        return found

    def vector(self) -> FloatArray:
        """Mean, then logarithm of the standard deviation, as far as they are free."""
        return np.array([*([self.mean] * self.free_mean), *([np.log(self.sd)] * self.free_sd)])

    def at(self, vector: FloatArray, nodes: FloatArray) -> "NormalDensity":
        """The normal distribution with these free parameters; the nodes do not matter."""
        mean = float(vector[0]) if self.free_mean else self.mean
        sd = float(np.clip(np.exp(np.clip(vector[-1], -10.0, 10.0)), *_SD_RANGE)) if self.free_sd else self.sd
        return replace(self, mean=mean, sd=sd)

    def has_run_away(self, nodes: FloatArray) -> bool:
        """Whether an estimated mean is beyond the nodes, or an estimated spread greater than theirs."""
        is_inside = not self.free_mean or nodes[0] <= self.mean <= nodes[-1]
        return not (is_inside and (not self.free_sd or _is_narrow(self.sd, nodes)))

    @property
    def has_no_spread(self) -> bool:
        """Whether an estimated standard deviation is at the least that is allowed."""
        return self.free_sd and self.sd <= _SD_RANGE[0] * (1.0 + _ROUNDING)

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
        share = mass / mass.sum()
        found = self._nearest(share, nodes)
        return found if share @ found.log_weight >= share @ self.log_weight else self

    def vector(self) -> FloatArray:
        """Square roots of the weights, in which a step of equal length is about equally likely everywhere."""
        result: FloatArray = np.exp(0.5 * self.log_weight)
        return result

    def at(self, vector: FloatArray, nodes: FloatArray) -> "HistogramDensity":
        """The nearest histogram to these roots that sums to 1 and keeps the constraints."""
        return self._nearest(np.maximum(vector, 0.0) ** 2, nodes)

    def has_run_away(self, nodes: FloatArray) -> bool:
        """Never: the nodes themselves are its limits."""
        return False

    @property
    def has_no_spread(self) -> bool:
        """Never: a single spike is a histogram too."""
        return False

    def _nearest(self, mass: FloatArray, nodes: FloatArray) -> "HistogramDensity":
        share = np.maximum(mass / mass.sum(), _FLOOR)
        if self.is_standardised:
            share = _with_standard_moments(share, nodes)
        share = np.maximum(share, _FLOOR)
        return replace(self, log_weight=np.log(share / share.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class DavidianDensity:
    """Squared polynomial times a normal density; with all angles 0 it is the normal distribution itself.

    Attributes
    ----------
    angles : (k,) polar coordinates of the polynomial's coefficients, in an orthonormal basis.
    mean, log_sd : of the distribution, logits.
    is_standardised : whether mean 0 and standard deviation 1 are held.
    searches : how many of the next M-steps look for other shapes before they go on from the present one.
    """

    angles: FloatArray
    mean: float
    log_sd: float
    is_standardised: bool
    searches: int = 8

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """(Q,) logarithms of the curve at the nodes, normalised to sum 1."""
        return self._curve(nodes)[0]

    def maximised(self, mass: FloatArray, nodes: FloatArray) -> "DavidianDensity":
        """Maximise over the angles and, unless standardised, mean and spread, by quasi-Newton steps.

        Shapes have several local maxima. The first searches start also from the normal distribution moved a little in
        the direction of each coefficient, later ones only from the shape found before.
        """
        share = mass / mass.sum()

        def loss(vector: FloatArray) -> tuple[float, FloatArray]:
            log_weights, derivative = self.at(vector, nodes)._curve(nodes)
            return -float(share @ log_weights), -(share @ derivative)

        starts = [self.vector(), *(self._first_shapes() if self.searches else [])]
        options = {"gtol": _SHAPE_TOLERANCE, "maxiter": _MOST_SHAPE_STEPS}
        runs = [minimize(loss, start, jac=True, options=options) for start in starts]
        found = min(runs, key=lambda run: float(run.fun))
        better = self if found.fun > loss(self.vector())[0] else self.at(found.x, nodes)
        return replace(better, angles=_principal(better.angles), searches=max(self.searches - 1, 0))

    def vector(self) -> FloatArray:
        """Angles, then mean and logarithm of the standard deviation unless standardised."""
        moments = [] if self.is_standardised else [self.mean, self.log_sd]
        return np.concatenate([self.angles, moments])

    def at(self, vector: FloatArray, nodes: FloatArray) -> "DavidianDensity":
        """The curve with these parameters; the nodes do not matter."""
        order = self.angles.size
        if self.is_standardised:
            return replace(self, angles=vector[:order])
        log_sd = float(np.clip(vector[order + 1], *np.log(_SD_RANGE)))
        return replace(self, angles=vector[:order], mean=float(vector[order]), log_sd=log_sd)

    def has_run_away(self, nodes: FloatArray) -> bool:
        """Whether the mean is beyond the nodes, or the spread greater than theirs."""
        is_inside = bool(nodes[0] <= self.mean <= nodes[-1])
        return not (self.is_standardised or (is_inside and _is_narrow(float(np.exp(self.log_sd)), nodes)))

    @property
    def has_no_spread(self) -> bool:
        """Whether the standard deviation is at the least that is allowed."""
        return not self.is_standardised and float(np.exp(self.log_sd)) <= _SD_RANGE[0] * (1.0 + _ROUNDING)

    def _first_shapes(self) -> list[FloatArray]:
        order, moments = self.angles.size, self.vector()[self.angles.size :]
        shapes: list[FloatArray] = []
        for coefficient in range(1, order + 1):
            for sign in (1.0, -1.0):
                angles = np.zeros(order)
                angles[0] = sign * _FIRST_ANGLE
                angles[1:coefficient] = 0.5 * np.pi
                shapes.append(np.concatenate([angles, moments]))
        return shapes

    def _curve(self, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(Q,) log-weights and their (Q, parameters) derivatives in the vector."""
        order = self.angles.size
        c, c_by_angle = _spherical(self.angles)
        # z h_n = √(n+1) h_{n+1} + √n h_{n−1}: multiplication by z as a matrix gives the moments of the squared curve.
        root_n = np.sqrt(np.arange(1.0, order + 2))
        times_z = np.diag(root_n, 1)[:, :-1] + np.diag(root_n, -1)[:, :-1]
        z_c = times_z @ c
        shift = float(c @ z_c[:-1])
        shift_by_c = 2.0 * z_c[:-1]
        scale = float(np.sqrt(z_c @ z_c - shift**2))
        scale_by_c = (times_z.T @ z_c - shift * shift_by_c) / scale

        # The curve of this shift and scale is moved so that the distribution has exactly the mean and sd asked for.
        standard = (nodes - self.mean) / np.exp(self.log_sd)
        z = standard * scale + shift
        norms = np.sqrt(np.cumprod(np.concatenate([[1.0], np.arange(1.0, order + 1)])))
        hermite = np.polynomial.hermite_e.hermevander(z, order) / norms
        value = hermite @ c
        value = np.where(np.abs(value) < _TINY_CURVE, _TINY_CURVE, value)
        by_z = 2.0 * (hermite[:, :-1] @ (root_n[:order] * c[1:])) / value - z
        log_curve = 2.0 * np.log(np.abs(value)) - 0.5 * z**2
        log_weights: FloatArray = log_curve - logsumexp(log_curve)

        by_c = 2.0 * hermite / value[:, None] + by_z[:, None] * (np.outer(standard, scale_by_c) + shift_by_c)
        columns = [by_c @ c_by_angle]
        if not self.is_standardised:
            columns.append((by_z * -scale / np.exp(self.log_sd))[:, None])
            columns.append((by_z * -scale * standard)[:, None])
        derivative = np.hstack(columns)
        return log_weights, derivative - np.exp(log_weights) @ derivative


def _is_narrow(sd: float, nodes: FloatArray) -> bool:
    return bool(sd <= min(nodes[-1] - nodes[0], _SD_RANGE[1] * (1.0 - _ROUNDING)))


def _principal(angles: FloatArray) -> FloatArray:
    """Angles of the same curve (the point or its opposite) between 0 and π, the last between −π and π."""
    point = _spherical(angles)[0]
    point = -point if point[0] < 0.0 else point
    lengths = np.sqrt(np.cumsum(point[::-1] ** 2)[::-1])
    result: FloatArray = np.arctan2(lengths[1:], point[:-1])
    result[-1] = np.arctan2(point[-1], point[-2])
    return result


def _spherical(angles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Point (k + 1,) on the unit sphere at k angles, and its (k + 1, k) derivatives."""
    sines, cosines = np.sin(angles), np.cos(angles)
    point = np.concatenate([[1.0], np.cumprod(sines)]) * np.concatenate([cosines, [1.0]])
    derivative = np.zeros((angles.size + 1, angles.size))
    for place in range(angles.size):
        turned_sines, turned_cosines = sines.copy(), cosines.copy()
        turned_sines[place], turned_cosines[place] = cosines[place], -sines[place]
        turned = np.concatenate([[1.0], np.cumprod(turned_sines)]) * np.concatenate([turned_cosines, [1.0]])
        # Coordinates before this angle do not have it.
        derivative[place:, place] = turned[place:]
    return point, derivative


def _with_standard_moments(share: FloatArray, nodes: FloatArray) -> FloatArray:
    """The distribution p maximising Σ share log p with mean 0 and variance 1: share / (1 + λ₁θ + λ₂(θ² − 1))."""
    constraints = np.vstack([nodes, nodes**2 - 1.0])
    multipliers = np.zeros(2)
    factor = np.ones_like(nodes)
    for _ in range(_MOST_TILT_STEPS):
        tilted = share / factor
        slope = constraints @ tilted
        curvature = (constraints * (tilted / factor)) @ constraints.T
        step = np.linalg.lstsq(curvature, slope)[0]
        if slope @ step < _STEP_TOLERANCE**2:
            break
        # The multipliers maximise Σ share log(1 + λ₁θ + λ₂(θ² − 1)), which is concave where all factors are positive.
        while (moved := 1.0 + (multipliers + step) @ constraints).min() <= 0.0 or (
            share @ np.log(moved / factor) < 0.0 and np.abs(step).max() > _STEP_TOLERANCE
        ):
            step *= 0.5
        multipliers += step
        factor = moved
    tilted = share / factor
    if np.abs(constraints @ tilted).max() > _MOMENT_TOLERANCE:
        # Far from the constraints the digits do not suffice; a shift and stretch of the histogram gets near.
        mean = float(share @ nodes)
        sd = float(np.sqrt(share @ (nodes - mean) ** 2))
        tilted = np.maximum(np.interp(nodes * sd + mean, nodes, share, left=0.0, right=0.0), _FLOOR)
    total: FloatArray = tilted / tilted.sum()
    return total
