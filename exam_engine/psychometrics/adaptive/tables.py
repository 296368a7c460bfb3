"""Response functions of a pool at fixed abilities, computed once and looked up at every step of every test."""

from functools import cached_property

import numpy as np

from exam_engine.psychometrics.ability.likelihood import item_terms
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_curves, category_log_probabilities, fisher_information

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
    probability : (J·K, Q) of each response.
    """

    def __init__(self, items: ItemParameters, nodes: FloatArray) -> None:
        self.items, self.nodes = items, nodes
        self.spacing = float(nodes[1] - nodes[0])
        self.n_categories = items.d.shape[1] + 1
        log_p = np.maximum(category_log_probabilities(nodes, items), _LOWEST_LOG)
        self._log_p: FloatArray = log_p
        self.probability: FloatArray = self._by_response(np.exp(log_p))
        self._logistic = np.array([family == "logistic" for family in items.families])
        self._other_items = items.take(~self._logistic)
        self._a, self._d = items.a[self._logistic], items.d[self._logistic, 0]
        self._c, self._span = items.c[self._logistic], (items.u - items.c)[self._logistic]

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
        own = np.arange(self.n_categories) < self.items.n_categories[:, None]
        return np.where(own, self._log_p, 0.0)

    @cached_property
    def _log_integral(self) -> FloatArray:
        """(Q, J, K) integrals of the log-probabilities from the first node, by the trapezoid corrected for slopes."""
        f, slope, h = self._log_of_own, self._log_slope, self.spacing
        cells = 0.5 * h * (f[1:] + f[:-1]) + h**2 / 12.0 * (slope[:-1] - slope[1:])
        return np.concatenate([np.zeros_like(f[:1]), np.cumsum(cells, axis=0)])

    def log_probability_at(self, theta: FloatArray) -> FloatArray:
        """(N, J, K) log-probabilities between nodes, by cubic interpolation; 0 for categories an item does not have."""
        return self._hermite(theta, self._log_of_own, self._log_slope)

    def log_integral_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """(N, J, K) integrals of the log-probabilities over intervals inside the grid."""
        table, slope = self._log_integral, self._log_of_own
        return self._hermite(high, table, slope) - self._hermite(low, table, slope)

    def information_at(self, theta: FloatArray) -> FloatArray:
        """(N, J) Fisher information at any abilities, not interpolated."""
        # Right/wrong items in closed form: a live selection has no time for curves of all categories.
        upper = 1.0 / (1.0 + np.exp(np.clip(-(self._a * theta[:, None] + self._d), -700.0, 700.0)))
        slope = self._span * self._a * upper * (1.0 - upper)
        right = self._c + self._span * upper
        variance = right * (1.0 - right)
        logistic: FloatArray = np.divide(slope**2, variance, out=np.zeros_like(slope), where=variance > 0.0)
        if not len(self._other_items):
            return logistic
        result = np.empty((theta.size, len(self.items)))
        result[:, self._logistic] = logistic
        result[:, ~self._logistic] = fisher_information(theta, self._other_items)
        return result

    def cell(self, theta: FloatArray) -> IntArray:
        """(N,) number of the interval between nodes in which each ability lies, the first or last for those outside."""
        place = np.floor((theta - self.nodes[0]) / self.spacing).astype(np.intp)
        result: IntArray = np.clip(place, 0, self.nodes.size - 2)
        return result

    def _hermite(self, theta: FloatArray, values: FloatArray, slopes: FloatArray) -> FloatArray:
        cell, h = self.cell(theta), self.spacing
        t = ((theta - self.nodes[cell]) / h)[:, None, None]
        result: FloatArray = (
            (1.0 + 2.0 * t) * (1.0 - t) ** 2 * values[cell]
            + h * t * (1.0 - t) ** 2 * slopes[cell]
            + t**2 * (3.0 - 2.0 * t) * values[cell + 1]
            + h * t**2 * (t - 1.0) * slopes[cell + 1]
        )
        return result
