"""Response functions of a pool at fixed abilities, computed once and looked up at every step of every test."""

from functools import cached_property

import numpy as np

from exam_engine.psychometrics.ability.likelihood import item_terms
from exam_engine.psychometrics.adaptive.response_curves import ResponseCurves
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_curves, category_log_probabilities, fisher_information

_POINTS_PER_INTERVAL = 4
_LEAST_PROBABILITY = 1e-30
"""No answer is impossible: a record that the model excludes still has a posterior, where it is excluded least."""
_LOWEST_LOG = -1e8
"""Stands for log 0 in sums and products, where 0 · (−∞) would be NaN."""


class GridTables:
    """Tables over Q nodes; a response is the number item · K + score, K the largest number of categories.

    Parameters
    ----------
    items : J items.
    nodes : (Q,) increasing and equally spaced abilities.

    Attributes
    ----------
    probability : (J·K, Q) of each response, at least 1e-30.
    """

    def __init__(self, items: ItemParameters, nodes: FloatArray) -> None:
        self.items, self.nodes = items, nodes
        self.spacing = float(nodes[1] - nodes[0])
        self.n_categories = items.d.shape[1] + 1
        log_p = np.maximum(category_log_probabilities(nodes, items), _LOWEST_LOG)
        self._log_p: FloatArray = log_p
        self.probability: FloatArray = self._by_response(np.maximum(np.exp(log_p), _LEAST_PROBABILITY))
        self._curves = ResponseCurves(items)
        self._own = np.arange(self.n_categories) < items.n_categories[:, None]

    def _by_response(self, table: FloatArray) -> FloatArray:
        return np.ascontiguousarray(table.transpose(1, 2, 0).reshape(-1, self.nodes.size))

    @cached_property
    def log_probability(self) -> FloatArray:
        """(J·K, Q) natural logarithms."""
        return self._by_response(self._log_p)

    @cached_property
    def _log_slope(self) -> FloatArray:
        """(Q, J, K) derivatives of log-probabilities in ability; 0 where the probability is 0."""
        p, slope, _ = category_curves(self.nodes, self.items)
        result: FloatArray = np.divide(slope, p, out=np.zeros_like(p), where=p > 0.0)
        return result

    @cached_property
    def log_slope(self) -> FloatArray:
        """(J·K, Q) derivatives of log-probabilities in ability."""
        return self._by_response(self._log_slope)

    @cached_property
    def information(self) -> FloatArray:
        """(J, Q) Fisher information."""
        return np.ascontiguousarray(fisher_information(self.nodes, self.items).T)

    @cached_property
    def skew(self) -> FloatArray:
        """(J, Q) Σ P′P″/P over categories, Warm's J."""
        return item_terms(self.items, self.nodes).skew

    @cached_property
    def node_products(self) -> tuple[FloatArray, FloatArray]:
        """(Q, J·(K − 1)) probabilities of the scores from 1 and their products with the node's ability."""
        p = np.exp(self._log_p[:, :, 1:]).reshape(self.nodes.size, -1)
        return p, p * self.nodes[:, None]

    @cached_property
    def log_by_node(self) -> FloatArray:
        """(Q, J·K) log-probabilities, 0 for categories that an item does not have."""
        return self._log_of_own.reshape(self.nodes.size, -1)

    @cached_property
    def _log_of_own(self) -> FloatArray:
        return np.where(self._own, self._log_p, 0.0)

    @cached_property
    def log_integral(self) -> FloatArray:
        """(Q, J, K) integrals of the log-probabilities from the first node, by Gauss–Legendre quadrature."""
        result = np.zeros_like(self._log_p)
        for place, weight in zip(*np.polynomial.legendre.leggauss(_POINTS_PER_INTERVAL), strict=True):
            inside = self.nodes[:-1] + 0.5 * (1.0 + place) * self.spacing
            result[1:] += 0.5 * weight * self.spacing * category_log_probabilities(inside, self.items)
        return np.where(self._own, np.cumsum(np.maximum(result, _LOWEST_LOG), axis=0), 0.0)

    def information_at(self, theta: FloatArray) -> FloatArray:
        """(N, J) Fisher information at any abilities, not interpolated."""
        return self._curves.information(theta)

    def log_probability_at(self, theta: FloatArray) -> FloatArray:
        """(N, J, K) log-probabilities at any abilities; 0 for categories an item does not have."""
        return self._curves.log_probabilities(theta)

    def log_integral_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """(N, J, K) integrals of the log-probabilities over intervals inside the grid."""
        return self._log_integral_to(high) - self._log_integral_to(low)

    def _log_integral_to(self, theta: FloatArray) -> FloatArray:
        """The integral from the first node: the quintic through values and two derivatives at both ends of a cell."""
        h = self.spacing
        cell = np.clip(np.floor((theta - self.nodes[0]) / h).astype(np.intp), 0, self.nodes.size - 2)
        t = ((theta - self.nodes[cell]) / h)[:, None, None]
        rest = 1.0 - t
        result: FloatArray = (
            rest**3 * (1.0 + 3.0 * t + 6.0 * t**2) * self.log_integral[cell]
            + h * rest**3 * t * (1.0 + 3.0 * t) * self._log_of_own[cell]
            + 0.5 * h**2 * rest**3 * t**2 * self._log_slope[cell]
            + t**3 * (1.0 + 3.0 * rest + 6.0 * rest**2) * self.log_integral[cell + 1]
            - h * t**3 * rest * (1.0 + 3.0 * rest) * self._log_of_own[cell + 1]
            + 0.5 * h**2 * t**3 * rest**2 * self._log_slope[cell + 1]
        )
        return result
