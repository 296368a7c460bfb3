"""Marginal likelihood of the 2PL, its gradient, expected counts and exact information, computed block by block.

The 2PL is an exponential family given ability: with logit aθ + d, a candidate's responses say about ability only
Σ a_j x_j. Where the candidates of a block saw the same items, one pass therefore needs matrix-vector products with
the responses and a (Q, n) exponential, not the two (n, J) × (J, Q) products that a general model needs.

References
----------
Bock & Aitkin (1981), Psychometrika 46, 443–459 (the EM algorithm over quadrature nodes).
Louis (1982), JRSS B 44, 226–233 (the observed information from complete-data quantities).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.design import ResponseBlock
from exam_engine.psychometrics.quadrature import Quadrature


@dataclass(frozen=True, eq=False)
class Expectation:
    """What one pass over the responses at given parameters yields.

    Attributes
    ----------
    log_likelihood : marginal log-likelihood at the parameters.
    right_theta : (J,) expected sum of θ over right answers.
    right : (J,) weighted number of right answers.
    counts : (J, Q) expected number of candidates at each node who were shown the item.
    """

    log_likelihood: float
    right_theta: FloatArray
    right: FloatArray
    counts: FloatArray


@dataclass(frozen=True, slots=True)
class PosteriorSpread:
    """Extremes of the candidates' posterior ability distributions, against which a quadrature is judged.

    Attributes
    ----------
    smallest_sd : smallest posterior standard deviation of any candidate, logits.
    largest_edge_mass : largest posterior probability any candidate has on the two outermost nodes together.
    """

    smallest_sd: float
    largest_edge_mass: float


def expectation(blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, quadrature: Quadrature) -> Expectation:
    """One E-step: expected sufficient statistics and the marginal log-likelihood at slopes a, intercepts d (J,)."""
    n_items, nodes = a.size, quadrature.nodes
    moments = np.vstack([np.ones_like(nodes), nodes])
    total = 0.0
    right_theta, right = np.zeros(n_items), np.zeros(n_items)
    counts = np.zeros((n_items, nodes.size))
    for block, answers, joint, offset in _joint_densities(blocks, a, d, quadrature):
        mass, first = moments @ joint
        scale = block.weights / mass
        total += float(block.weights @ (np.log(mass) + offset))
        right_theta[block.columns] += (scale * first) @ answers
        right[block.columns] += block.weights @ answers
        if block.presented is None:
            counts[block.columns] += joint @ scale
        else:
            joint *= scale
            counts[block.columns] += (joint @ block.presented.astype(np.float64)).T
    # Σ d_j x_j is the same at every node, so it is left out of the densities and added here.
    return Expectation(total + float(d @ right), right_theta, right, counts)


def gradient(at: Expectation, a: FloatArray, d: FloatArray, quadrature: Quadrature) -> FloatArray:
    """Gradient (2J,) of the marginal log-likelihood, slopes first; ``at`` was computed at the same a, d.

    By Fisher's identity it is the gradient of the expected complete-data log-likelihood.
    """
    expected = at.counts * expit(_node_logits(a, d, quadrature.nodes))
    return np.concatenate([at.right_theta - expected @ quadrature.nodes, at.right - expected.sum(axis=1)])


def posterior_spread(
    blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> PosteriorSpread:
    """How narrow, and how near the ends of the nodes, the posterior distributions of ability get."""
    nodes = quadrature.nodes
    moments = np.vstack([np.ones_like(nodes), nodes, nodes**2])
    smallest_variance, largest_edge = np.inf, 0.0
    for _, _, joint, _ in _joint_densities(blocks, a, d, quadrature):
        mass, first, second = moments @ joint
        smallest_variance = min(smallest_variance, float((second / mass - (first / mass) ** 2).min()))
        largest_edge = max(largest_edge, float(((joint[0] + joint[-1]) / mass).max()))
    return PosteriorSpread(float(np.sqrt(max(smallest_variance, 0.0))), largest_edge)


def observed_information(
    blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> FloatArray:
    """Negative Hessian (2J, 2J) of the marginal log-likelihood, slopes first, then intercepts; exact.

    Louis's formula: the complete-data information less the posterior covariance of the complete-data score. A
    candidate's score for item j at ability θ is (x_j − P_j(θ))·(θ, 1); its posterior covariance over θ is summed
    with matrix products, using that x_j is constant given the candidate.
    """
    n_items, nodes = a.size, quadrature.nodes
    z = _node_logits(a, d, nodes)
    p = expit(z)
    powers = np.vstack([np.ones_like(nodes), nodes, nodes**2])
    counts = np.zeros((n_items, nodes.size))
    aa, ad, dd = (np.zeros((n_items, n_items)) for _ in range(3))
    for block, answers, posterior, _ in _joint_densities(blocks, a, d, quadrature):
        posterior /= posterior.sum(axis=0)
        weights, columns, p_block = block.weights, block.columns, p[block.columns]
        _, mean, square = powers @ posterior
        variance = square - mean**2
        # (n, K) posterior means of P, θP and θ²P, then posterior covariances of θ with θP and with P.
        e0, e1, e2 = (posterior.T @ (p_block * power).T for power in powers)
        slope_cov, intercept_cov = e2 - mean[:, None] * e1, e1 - mean[:, None] * e0
        weighted_posterior = posterior * weights
        if block.presented is None:
            at_nodes = weighted_posterior.sum(axis=1)
            counts[columns] += at_nodes
            cross = [(p_block * (at_nodes * power)) @ p_block.T for power in powers]
        else:
            shown = block.presented.astype(np.float64)
            counts[columns] += (weighted_posterior @ shown).T
            e0, e1, slope_cov, intercept_cov = (shown * term for term in (e0, e1, slope_cov, intercept_cov))
            cross = _masked_cross_moments(shown, weighted_posterior, p_block, powers)
        weighted = answers * weights[:, None]
        mixed = weighted.T @ slope_cov
        place = np.ix_(columns, columns)
        aa[place] += (weighted * variance[:, None]).T @ answers - mixed - mixed.T
        aa[place] += cross[2] - (e1 * weights[:, None]).T @ e1
        ad[place] += cross[1] - (e1 * weights[:, None]).T @ e0 - weighted.T @ intercept_cov
        dd[place] += cross[0] - (e0 * weights[:, None]).T @ e0

    complete = (counts * p * expit(-z)) @ powers.T
    information = -np.block([[aa, ad], [ad.T, dd]])
    item = np.arange(n_items)
    information[item, item] += complete[:, 2]
    information[item, item + n_items] += complete[:, 1]
    information[item + n_items, item] += complete[:, 1]
    information[item + n_items, item + n_items] += complete[:, 0]
    result: FloatArray = 0.5 * (information + information.T)
    return result


def _node_logits(a: FloatArray, d: FloatArray, nodes: FloatArray) -> FloatArray:
    result: FloatArray = a[:, None] * nodes + d[:, None]
    return result


def _joint_densities(
    blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> Iterator[tuple[ResponseBlock, FloatArray, FloatArray, FloatArray]]:
    """For each block: responses as floats (n, K), joint density of responses and node (Q, n), its log scale (n,).

    Densities leave out exp(Σ d_j x_j) and are divided by exp(scale), so that the largest of each candidate is 1:
    nothing overflows and a test of any length keeps its digits. Nodes come first because numpy reduces over the
    first axis several times faster than over a short last one.
    """
    log_wrong = log_expit(-_node_logits(a, d, quadrature.nodes))
    log_weights = np.log(quadrature.weights)
    for block in blocks:
        answers = block.right.astype(np.float64)
        statistic = answers @ a[block.columns]
        if block.presented is None:
            base = log_weights + log_wrong[block.columns].sum(axis=0)
            joint = np.column_stack([quadrature.nodes, base]) @ np.vstack([statistic, np.ones_like(statistic)])
        else:
            joint = log_wrong[block.columns].T @ block.presented.T.astype(np.float64)
            joint += np.multiply.outer(quadrature.nodes, statistic)
            joint += log_weights[:, None]
        peak = joint.max(axis=0)
        joint -= peak
        np.exp(joint, out=joint)
        yield block, answers, joint, peak


def _masked_cross_moments(
    shown: FloatArray, weighted_posterior: FloatArray, p: FloatArray, powers: FloatArray
) -> list[FloatArray]:
    """(K, K) sums over candidates who saw both items of the posterior means of θ^r P_j P_k, for r = 0, 1, 2."""
    cross = [np.zeros((p.shape[0], p.shape[0])) for _ in powers]
    for node, root in enumerate(np.sqrt(weighted_posterior)):
        # A matrix times its own transpose takes the symmetric product, half the work of a general one.
        half = shown * root[:, None]
        both = half.T @ half
        both *= np.outer(p[:, node], p[:, node])
        for moment, power in zip(cross, powers, strict=True):
            moment += power[node] * both
    return cross
