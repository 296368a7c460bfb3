"""Observed information of the marginal likelihood, and the cross-product of the candidates' scores, from one pass.

Louis's formula: observed information = expected complete-data information − Σ_i posterior covariance of candidate i's
complete-data score. That score is a function of ability, so its posterior covariance is Σ_{m ≥ 1} c_m c_mᵀ, with c_m
its coefficients on the polynomials that are orthonormal under the candidate's posterior. Scores are smooth where a
posterior is narrow, so a few polynomials give all digits, each at the price of one pair of matrix products, whatever
the models and whoever saw what. The coefficient on the constant is the candidate's marginal score, whose cross-product
is the other common estimate of the information.

References
----------
Louis (1982), JRSS B 44, 226–233; Gautschi (2004), *Orthogonal Polynomials*, ch. 2 (the Stieltjes procedure).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.calibration.density import LatentDensity, NormalDensity
from exam_engine.psychometrics.calibration.design import BlockSource, ResponseBlock
from exam_engine.psychometrics.calibration.expectation import GroupPart, Model, Posterior, posteriors
from exam_engine.psychometrics.calibration.item_curves import curve_derivatives, log_probabilities, predictor_design

_HIGHEST_DEGREE = 40
_NEGLIGIBLE = 1e-9
_DEGENERATE = 1e-9
_UNFELT = 1e-40


@dataclass(frozen=True, eq=False)
class ScoreMoments:
    """Sums over candidates, (W + D, W + D) in working parameters followed by those of normal densities.

    Attributes
    ----------
    missing : posterior covariances of the complete-data scores, the information that not knowing ability costs.
    cross_product : outer products of the marginal scores.
    """

    missing: FloatArray
    cross_product: FloatArray

    def __add__(self, other: "ScoreMoments") -> "ScoreMoments":
        """Add the sums over two sets of candidates."""
        return ScoreMoments(self.missing + other.missing, self.cross_product + other.cross_product)


def score_moments(source: BlockSource, model: Model, densities: Sequence[LatentDensity]) -> ScoreMoments:
    """One pass over the blocks of a source."""
    nodes, n_working = model.nodes, model.omega.size
    density_scores = [
        density.score(nodes) if isinstance(density, NormalDensity) else np.empty((nodes.size, 0))
        for density in densities
    ]
    first_of = n_working + np.cumsum([0, *(score.shape[1] for score in density_scores)])
    curves = [_ScoreCurves(model, index) for index in range(len(model.layout.groups))]
    size = int(first_of[-1])
    missing, cross_product = np.zeros((size, size)), np.zeros((size, size))
    for block, posterior in posteriors(source, model):
        population = block.population
        places = [curves[part.group].places(part) for part in posterior.parts]
        own = np.arange(first_of[population], first_of[population + 1])
        index = np.ix_(*[np.concatenate([*places, own])] * 2)
        parts = [(curves[part.group], part) for part in posterior.parts]
        is_linear = block.presented is None and all(curve.is_exponential for curve, _ in parts)
        sums = _linear_sums if is_linear else _polynomial_sums
        of_block = sums(block, posterior, parts, density_scores[population], nodes)
        missing[index] += of_block.missing
        cross_product[index] += of_block.cross_product
    return ScoreMoments(missing, cross_product)


def _linear_sums(
    block: ResponseBlock,
    posterior: Posterior,
    parts: list[tuple["_ScoreCurves", GroupPart]],
    density_score: FloatArray,
    nodes: FloatArray,
) -> ScoreMoments:
    """Sums of a block in which everybody saw the same items of exponential families.

    The scores are then x θ + (constants) − μ(θ) with x the candidate's features and μ the same for all candidates, so
    that their posterior covariances need only those of θ with itself and with μ, and one sum over nodes for μ with μ.
    """
    weight = posterior.density / posterior.mass
    base = np.hstack([*(curve.base(part) for curve, part in parts), density_score])
    features = np.hstack([part.features for _, part in parts])
    powers = np.concatenate([np.tile(curve.powers, part.rows.size) for curve, part in parts])
    columns, intercepts = np.flatnonzero(powers == 1), np.flatnonzero(powers == 0)
    first, second = np.vstack([nodes, nodes**2]) @ weight
    mean = weight.T @ base
    with_theta = (weight * nodes[:, None]).T @ base - first[:, None] * mean
    root = np.sqrt(block.weights)[:, None]
    missing = (base * (weight @ block.weights)[:, None]).T @ base
    missing -= (root * mean).T @ (root * mean)
    mixed = (block.weights[:, None] * features).T @ with_theta
    missing[columns] += mixed
    missing[:, columns] += mixed.T
    spread = root * np.sqrt(np.maximum(second - first**2, 0.0))[:, None] * features
    missing[np.ix_(columns, columns)] += spread.T @ spread
    score = mean
    score[:, columns] += features * first[:, None]
    score[:, intercepts] += np.hstack([curve.indicators(block, part) for curve, part in parts])
    score *= root
    return ScoreMoments(missing, score.T @ score)


def _polynomial_sums(
    block: ResponseBlock,
    posterior: Posterior,
    parts: list[tuple["_ScoreCurves", GroupPart]],
    density_score: FloatArray,
    nodes: FloatArray,
) -> ScoreMoments:
    """Sums of any block, polynomial by polynomial until one adds nothing."""
    weight = posterior.density / posterior.mass
    root = np.sqrt(block.weights)[:, None]
    size = sum(curve.n_parameters(part) for curve, part in parts) + density_score.shape[1]
    missing, cross_product = np.zeros((size, size)), np.zeros((size, size))
    # Where there is next to no weight nothing feels the polynomials, which may exceed all numbers there.
    weight[weight < _UNFELT] = 0.0
    polynomial = (weight > 0.0).astype(np.float64)
    previous, lead = np.zeros_like(weight), np.zeros(weight.shape[1])
    for degree in range(min(_HIGHEST_DEGREE, nodes.size)):
        weighted = weight * polynomial
        raised = nodes[:, None] * polynomial
        on_theta = nodes @ weighted if degree <= 1 else None
        coefficients = np.hstack(
            [
                *(curve.coefficients(block, part, weighted, on_theta, degree) for curve, part in parts),
                weighted.T @ density_score,
            ]
        )
        coefficients *= root
        addition = coefficients.T @ coefficients
        if degree == 0:
            cross_product = addition
        else:
            missing += addition
            if np.trace(addition) <= _NEGLIGIBLE * np.trace(missing):
                break
        raised -= (weighted * raised).sum(axis=0) * polynomial + lead * previous
        lead = np.sqrt((weight * raised**2).sum(axis=0))
        # A posterior on a few nodes has only as many polynomials; the rest are zero.
        exists = lead > _DEGENERATE
        raised *= np.where(exists, 1.0 / np.where(exists, lead, 1.0), 0.0)
        previous, polynomial = polynomial, raised
        lead = np.where(exists, lead, 0.0)
    return ScoreMoments(missing, cross_product)


class _ScoreCurves:
    """Complete-data scores of one item group as functions of ability."""

    def __init__(self, model: Model, index: int) -> None:
        self._group = group = model.layout.groups[index]
        working, nodes = group.working(model.omega), model.nodes
        self._width = working.shape[1]
        self.is_exponential = group.is_exponential
        if group.is_exponential:
            # score of parameter p: features × θ^r − mean(θ)
            design, self.powers = predictor_design(group)
            p = np.exp(log_probabilities(group, working, nodes))
            mean = np.einsum("gkq,kp->gqp", p, design) * nodes[:, None] ** self.powers
            self._base = -mean
        else:
            curve = curve_derivatives(group, working, nodes, second=False)
            relative = curve.first / np.maximum(curve.p, np.finfo(np.float64).tiny)[..., None]
            self._base = relative[:, 0]
            # (G, Q, f, p): what category f adds to the score of category 0
            self._above = np.moveaxis(relative[:, 1:] - relative[:, :1], 1, 2)

    def places(self, part: GroupPart) -> IntArray:
        """Positions in ω of the parameters of the part's items."""
        first = self._group.place.start + part.rows * self._width
        result: IntArray = (first[:, None] + np.arange(self._width)).ravel()
        return result

    def n_parameters(self, part: GroupPart) -> int:
        """Number of parameters of the part's items."""
        return part.rows.size * int(self._width)

    def base(self, part: GroupPart) -> FloatArray:
        """(Q, g · p) score of category 0 at the nodes."""
        result: FloatArray = self._base[part.rows].transpose(1, 0, 2).reshape(self._base.shape[1], -1)
        return result

    def coefficients(
        self, block: ResponseBlock, part: GroupPart, weighted: FloatArray, on_theta: FloatArray | None, degree: int
    ) -> FloatArray:
        """(n, g · p) posterior means of score × polynomial; ``weighted`` (Q, n) is posterior × polynomial."""
        rows, n_items = part.rows, part.rows.size
        n_rows, n_nodes = weighted.shape[1], weighted.shape[0]
        found = (weighted.T @ self.base(part)).reshape(n_rows, n_items, self._width)
        if block.presented is not None:
            found *= block.presented[:, part.columns, None]
        features = part.features.reshape(n_rows, n_items, -1)
        if not self._group.is_exponential:
            above = self._above[rows]
            for category in range(above.shape[2]):
                table = above[:, :, category].transpose(1, 0, 2).reshape(n_nodes, -1)
                own = (weighted.T @ table).reshape(n_rows, n_items, self._width)
                found += features[:, :, category, None] * own
        elif on_theta is not None:
            # Features are constant given the candidate: only the parts in θ reach beyond the constant polynomial.
            found[:, :, self.powers == 1] += features * on_theta[:, None, None]
            if degree == 0:
                found[:, :, self.powers == 0] += self.indicators(block, part).reshape(n_rows, n_items, -1)
        result: FloatArray = found.reshape(n_rows, -1)
        return result

    def indicators(self, block: ResponseBlock, part: GroupPart) -> FloatArray:
        """(n, g · m) features of the intercepts: score at least v, or category v."""
        steps = np.arange(1, self._group.n_steps + 1)
        scores = block.scores[:, part.columns, None]
        holds = scores >= steps if self._group.kind == "partial" else scores == steps
        result: FloatArray = holds.reshape(scores.shape[0], -1).astype(np.float64)
        return result
