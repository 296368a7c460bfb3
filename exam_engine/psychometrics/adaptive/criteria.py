"""What each item of the pool is worth to a candidate at this moment, under each criterion.

References
----------
Chang & Ying (1996), Applied Psychological Measurement 20, 213–229 (KL, over an interval that shrinks); van der Linden
(1998), Psychometrika 63, 201–216 (posterior-weighted information, expected posterior variance); Chen, Ankenmann & Chang
(2000), Applied Psychological Measurement 24, 241–255 (comparison); Magis & Raîche (2012), Journal of Statistical
Software 48(8) (KLP, expected variance with responses predicted by the estimate).
"""

import numpy as np

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.arrays import FloatArray


def item_values(test: AdaptiveTest, theta: FloatArray, posterior: FloatArray, n_given: int) -> FloatArray:
    """Value of every item to each of n candidates; the criterion prefers the largest.

    Parameters
    ----------
    test : J items and the criterion.
    theta : (n,) interim estimates, logits.
    posterior : (n, Q) posterior weights on the test's nodes, up to a factor per row.
    n_given : items given so far.

    Returns
    -------
    (n, J) Fisher information per logit² (``MFI``, ``MPWI``), Kullback–Leibler information in nats, times logits for
    ``KL``, or the negative expected posterior variance in logits².
    """
    weights = posterior / posterior.sum(axis=1, keepdims=True)
    match test.settings.criterion:
        case "MFI":
            return test.tables.information_at(information_points(test, theta))
        case "MPWI":
            weighted: FloatArray = weights @ test.tables.information.T
            return weighted
        case "KL":
            return _interval_information(test, theta, n_given)
        case "KLP":
            return _posterior_information(test, theta, weights)
        case "MEPV":
            return -_expected_variance(test, weights, None)
        case "MEPV_at_estimate":
            return -_expected_variance(test, weights, np.exp(test.tables.log_probability_at(theta)))


def information_points(test: AdaptiveTest, theta: FloatArray) -> FloatArray:
    """(n,) abilities at which the Fisher information counts: the estimates, or the cut score nearest to each."""
    if test.settings.information_at == "estimate":
        return theta
    cuts = np.array(test.settings.cuts)
    result: FloatArray = cuts[np.abs(theta[:, None] - cuts).argmin(axis=1)]
    return result


def _interval_information(test: AdaptiveTest, theta: FloatArray, n_given: int) -> FloatArray:
    """∫ KL(θ̂ ‖ θ) dθ over θ̂ ± c/√n, the part of it that the grid covers; n counts from 1 before the first item."""
    tables = test.tables
    half_width = test.settings.kl_width / np.sqrt(max(n_given, 1))
    low, high = (np.clip(theta + side * half_width, tables.nodes[0], tables.nodes[-1]) for side in (-1.0, 1.0))
    log_p = tables.log_probability_at(theta)
    divergence = (high - low)[:, None, None] * log_p - tables.log_integral_between(low, high)
    return _weighted_by_own_probability(test, log_p, divergence)


def _posterior_information(test: AdaptiveTest, theta: FloatArray, weights: FloatArray) -> FloatArray:
    """Σ_q w_q KL(θ̂ ‖ θ_q)."""
    log_p = test.tables.log_probability_at(theta)
    averaged = (weights @ test.tables.log_by_node).reshape(log_p.shape)
    return _weighted_by_own_probability(test, log_p, log_p - averaged)


def _weighted_by_own_probability(test: AdaptiveTest, log_p: FloatArray, values: FloatArray) -> FloatArray:
    own = np.arange(test.tables.n_categories) < test.pool.items.n_categories[:, None]
    result: FloatArray = np.einsum("njk,njk,jk->nj", np.exp(log_p), values, own.astype(np.float64))
    return result


def _expected_variance(test: AdaptiveTest, weights: FloatArray, predicted: FloatArray | None) -> FloatArray:
    """Σ_k π_k Var(θ | response k), π from the posterior unless (n, J, K) probabilities are given."""
    tables, nodes = test.tables, test.prior.nodes
    p, p_theta = tables.node_products
    shape = (weights.shape[0], len(test.pool.items), tables.n_categories - 1)
    mean, square = weights @ nodes, weights @ nodes**2
    mass, first = (weights @ p).reshape(shape), (weights @ p_theta).reshape(shape)
    if predicted is None:
        # The squares of all categories together are those of the posterior, so that only means are needed.
        rest_mass, rest_first = 1.0 - mass.sum(axis=2), mean[:, None] - first.sum(axis=2)
        between = _ratio(first**2, mass).sum(axis=2) + _ratio(rest_first**2, rest_mass)
        result: FloatArray = square[:, None] - between
        return result
    second = ((weights * nodes) @ p_theta).reshape(shape)
    mass, first, second = (
        np.concatenate([whole[:, None, None] - part.sum(axis=2, keepdims=True), part], axis=2)
        for whole, part in ((np.ones_like(mean), mass), (mean, first), (square, second))
    )
    variance = _ratio(second, mass) - _ratio(first, mass) ** 2
    own = np.arange(tables.n_categories) < test.pool.items.n_categories[:, None]
    expected: FloatArray = np.einsum("njk,njk,jk->nj", predicted, variance, own.astype(np.float64))
    return expected


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient, 0 where a response has no probability."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 1e-300)
