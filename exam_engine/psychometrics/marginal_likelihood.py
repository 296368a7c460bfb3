"""Marginal likelihood of the 2PL, its gradient, expected counts and exact information, computed block by block.

The 2PL is an exponential family given ability: with logit aθ + d, a candidate's responses enter the likelihood only
through Σ a_j x_j. Where a block of candidates saw the same items, one pass therefore needs a matrix-vector product
with the responses and an (n, Q) exponential, not the two (n, J) × (J, Q) products that a general model needs.

References
----------
Bock & Aitkin (1981), Psychometrika 46, 443–459 (the EM algorithm over quadrature nodes).
Louis (1982), JRSS B 44, 226–233 (the observed information from complete-data quantities).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.quadrature import Quadrature

_MIN_GROUP_ROWS = 32
"""Candidates who must share one set of items before they get blocks of their own; below it the overhead loses."""


@dataclass(frozen=True, eq=False)
class ResponseBlock:
    """Some candidates' responses, ready for matrix products.

    Parameters
    ----------
    right : (n, K) int8, 1 where the answer was right, 0 where wrong or not presented.
    presented : (n, K) int8, or None when every candidate of the block saw all K items.
    columns : (K,) which items the columns are.
    weights : (n,) how many candidates each row stands for.
    """

    right: ScoreArray
    presented: ScoreArray | None
    columns: IntArray
    weights: FloatArray


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


def response_blocks(scores: ScoreArray, presented: BoolArray, weights: FloatArray, n_rows: int) -> list[ResponseBlock]:
    """Cut responses into blocks of at most ``n_rows`` rows, grouping candidates who saw the same items.

    Parameters
    ----------
    scores : (N, J), presented : (N, J), weights : (N,); every row has at least one presented item.
    """
    right = np.where(presented, scores, 0).astype(np.int8, copy=False)
    blocks: list[ResponseBlock] = []
    scattered: list[IntArray] = []
    for rows in _groups_with_equal_rows(presented):
        if rows.size < _MIN_GROUP_ROWS:
            scattered.append(rows)
            continue
        columns = np.flatnonzero(presented[rows[0]])
        blocks.extend(
            ResponseBlock(np.ascontiguousarray(right[np.ix_(part, columns)]), None, columns, weights[part])
            for part in _split(rows, n_rows)
        )
    if scattered:
        rows = np.sort(np.concatenate(scattered))
        columns = np.flatnonzero(presented[rows].any(axis=0))
        for part in _split(rows, n_rows):
            place = np.ix_(part, columns)
            blocks.append(
                ResponseBlock(
                    np.ascontiguousarray(right[place]),
                    np.ascontiguousarray(presented[place]).view(np.int8),
                    columns,
                    weights[part],
                )
            )
    return blocks


def expectation(blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, quadrature: Quadrature) -> Expectation:
    """One E-step: expected sufficient statistics and the marginal log-likelihood at slopes a, intercepts d (J,)."""
    n_items, nodes = a.size, quadrature.nodes
    log_wrong = log_expit(-_node_logits(a, d, nodes))
    moments = np.column_stack([np.ones_like(nodes), nodes])
    total = 0.0
    right_theta, right = np.zeros(n_items), np.zeros(n_items)
    counts = np.zeros((n_items, nodes.size))
    for block, answers, joint, offset in _joint_densities(blocks, a, d, log_wrong, quadrature):
        sums = joint @ moments
        scale = block.weights / sums[:, 0]
        total += float(block.weights @ (np.log(sums[:, 0]) + offset))
        statistics = np.column_stack([scale * sums[:, 1], block.weights])
        by_item = answers.T @ statistics
        right_theta[block.columns] += by_item[:, 0]
        right[block.columns] += by_item[:, 1]
        if block.presented is None:
            counts[block.columns] += scale @ joint
        else:
            joint *= scale[:, None]
            counts[block.columns] += block.presented.T.astype(np.float64) @ joint
    return Expectation(total, right_theta, right, counts)


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
    moments = np.column_stack([np.ones_like(nodes), nodes, nodes**2])
    log_wrong = log_expit(-_node_logits(a, d, nodes))
    smallest_variance, largest_edge = np.inf, 0.0
    for _, _, joint, _ in _joint_densities(blocks, a, d, log_wrong, quadrature):
        total, first, second = (joint @ moments).T
        smallest_variance = min(smallest_variance, float((second / total - (first / total) ** 2).min()))
        largest_edge = max(largest_edge, float(((joint[:, 0] + joint[:, -1]) / total).max()))
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
    p, log_wrong = expit(z), log_expit(-z)
    powers = np.column_stack([np.ones_like(nodes), nodes, nodes**2])
    counts = np.zeros((n_items, nodes.size))
    aa, ad, dd = (np.zeros((n_items, n_items)) for _ in range(3))
    for block, answers, posterior, _ in _joint_densities(blocks, a, d, log_wrong, quadrature):
        posterior /= posterior.sum(axis=1, keepdims=True)
        weights, columns = block.weights, block.columns
        mean = posterior @ nodes
        variance = posterior @ powers[:, 2] - mean**2
        p_block = p[columns]
        # (n, K) posterior means of P, θP and θ²P.
        e0, e1, e2 = (posterior @ (p_block * powers[:, r]).T for r in range(3))
        slope_cov, intercept_cov = e2 - mean[:, None] * e1, e1 - mean[:, None] * e0
        weighted_posterior = posterior * weights[:, None]
        if block.presented is None:
            at_nodes = weighted_posterior.sum(axis=0)
            counts[columns] += at_nodes
            cross = [(p_block * (at_nodes * powers[:, r])) @ p_block.T for r in range(3)]
        else:
            shown = block.presented.astype(np.float64)
            counts[columns] += shown.T @ weighted_posterior
            e0, e1, slope_cov, intercept_cov = (shown * term for term in (e0, e1, slope_cov, intercept_cov))
            cross = _masked_cross_moments(shown, weighted_posterior, p_block, powers)
        weighted = answers * weights[:, None]
        mixed = weighted.T @ slope_cov
        place = np.ix_(columns, columns)
        aa[place] += (weighted * variance[:, None]).T @ answers - mixed - mixed.T
        aa[place] += cross[2] - (e1 * weights[:, None]).T @ e1
        ad[place] += cross[1] - (e1 * weights[:, None]).T @ e0 - weighted.T @ intercept_cov
        dd[place] += cross[0] - (e0 * weights[:, None]).T @ e0

    complete = (counts * p * expit(-z)) @ powers
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
    blocks: list[ResponseBlock], a: FloatArray, d: FloatArray, log_wrong: FloatArray, quadrature: Quadrature
) -> Iterator[tuple[ResponseBlock, FloatArray, FloatArray, FloatArray]]:
    """For each block: its responses as floats (n, K), the joint density of responses and node (n, Q), its log scale.

    Densities are divided by exp(offset) so that the largest of each row is 1: nothing overflows, and a test of any
    length keeps its digits.
    """
    log_weights = np.log(quadrature.weights)
    for block in blocks:
        columns = block.columns
        answers = block.right.astype(np.float64)
        statistics = answers @ np.column_stack([a[columns], d[columns]])
        joint = statistics[:, :1] * quadrature.nodes
        if block.presented is None:
            joint += log_wrong[columns].sum(axis=0) + log_weights
        else:
            joint += block.presented.astype(np.float64) @ log_wrong[columns]
            joint += log_weights
        peak = joint.max(axis=1)
        joint -= peak[:, None]
        np.exp(joint, out=joint)
        yield block, answers, joint, peak + statistics[:, 1]


def _masked_cross_moments(
    shown: FloatArray, weighted_posterior: FloatArray, p: FloatArray, powers: FloatArray
) -> list[FloatArray]:
    """(K, K) sums over candidates who saw both items of the posterior means of θ^r P_j P_k, for r = 0, 1, 2."""
    cross = [np.zeros((p.shape[0], p.shape[0])) for _ in range(3)]
    for node in range(p.shape[1]):
        both = (shown * weighted_posterior[:, node, None]).T @ shown
        both *= np.outer(p[:, node], p[:, node])
        for r in range(3):
            cross[r] += powers[node, r] * both
    return cross


def _groups_with_equal_rows(presented: BoolArray) -> list[IntArray]:
    """Row numbers grouped by identical rows, in the order of their first row."""
    if presented.all():
        return [np.arange(presented.shape[0])]
    packed = np.packbits(presented, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, first, group, sizes = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(sizes)[:-1])
    return [members[index] for index in np.argsort(first)]


def _split(rows: IntArray, n_rows: int) -> list[IntArray]:
    return [rows[start : start + n_rows] for start in range(0, rows.size, n_rows)]
