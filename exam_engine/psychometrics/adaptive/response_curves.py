"""Response functions of all items at once, compiled: a live selection has no time for the general ones."""

import numpy as np
from scipy.special import expit, log_softmax, softmax

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_log_probabilities

_STEEPEST = 700.0
"""Logits beyond which an exponential would overflow."""
_LOWEST_LOG = -1e8
"""Stands for log 0 in sums and products, where 0 · (−∞) would be NaN."""


class ResponseCurves:
    """Information and log-probabilities of J items of any models; K the largest number of categories.

    Parameters
    ----------
    items : J items.
    """

    def __init__(self, items: ItemParameters) -> None:
        families = np.array(items.families)
        self._n_items, self._n_categories = len(items), items.d.shape[1] + 1
        self._logistic, self._graded = (np.flatnonzero(families == family) for family in ("logistic", "graded"))
        self._exponential = np.flatnonzero((families == "partial") | (families == "nominal"))
        self._only_logistic = self._logistic.size == len(items)
        self._graded_items = items.take(self._graded)
        self._own = np.arange(self._n_categories) < items.n_categories[:, None]
        self._a, self._c, self._span = items.a, items.c, items.u - items.c
        self._d = np.where(np.isnan(items.d), -np.inf, items.d)
        steps = np.arange(1.0, self._n_categories)
        nominal = (families == "nominal")[:, None]
        slopes = np.where(nominal, items.s, items.a[:, None] * steps)
        intercepts = np.where(nominal, items.d, np.cumsum(items.d, axis=1))
        # A category that an item does not have has the intercept −∞, and a slope that does not make it NaN.
        missing = np.isnan(intercepts)
        self._slopes = np.pad(np.where(missing, 0.0, slopes), ((0, 0), (1, 0)))
        self._intercepts = np.pad(np.where(missing, -np.inf, intercepts), ((0, 0), (1, 0)))

    def information(self, theta: FloatArray) -> FloatArray:
        """(N, J) Fisher information at abilities (N,)."""
        logistic = self._logistic_information(theta)
        if self._only_logistic:
            return logistic
        result = np.empty((theta.size, self._n_items))
        result[:, self._logistic] = logistic
        if self._graded.size:
            result[:, self._graded] = self._graded_information(theta)
        if self._exponential.size:
            slopes = self._slopes[self._exponential]
            p = softmax(self._exponents(theta, self._exponential), axis=2)
            mean = (p * slopes).sum(axis=2)
            result[:, self._exponential] = (p * (slopes - mean[:, :, None]) ** 2).sum(axis=2)
        return result

    def log_probabilities(self, theta: FloatArray) -> FloatArray:
        """(N, J, K) log-probabilities at abilities (N,); 0 for categories an item does not have."""
        result = np.zeros((theta.size, self._n_items, self._n_categories))
        upper, lower = self._logistic_curves(theta)
        c, span = self._c[self._logistic], self._span[self._logistic]
        result[:, self._logistic, 1] = np.log(c + span * upper)
        result[:, self._logistic, 0] = np.log(1.0 - c - span + span * lower)
        if self._graded.size:
            result[:, self._graded] = category_log_probabilities(theta, self._graded_items)
        if self._exponential.size:
            result[:, self._exponential] = log_softmax(self._exponents(theta, self._exponential), axis=2)
        if not self._only_logistic:
            result = np.where(self._own, np.maximum(result, _LOWEST_LOG), 0.0)
        return result

    def _logistic_curves(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """1 / (1 + exp(∓z)) of right/wrong items."""
        z = self._a[self._logistic] * theta[:, None] + self._d[self._logistic, 0]
        growth = np.exp(np.clip(z, -_STEEPEST, _STEEPEST))
        lower = 1.0 / (1.0 + growth)
        return growth * lower, lower

    def _logistic_information(self, theta: FloatArray) -> FloatArray:
        upper, lower = self._logistic_curves(theta)
        span = self._span[self._logistic]
        slope = span * self._a[self._logistic] * upper * lower
        right = self._c[self._logistic] + span * upper
        variance = right * (1.0 - right)
        result: FloatArray = np.divide(slope**2, variance, out=np.zeros_like(slope), where=variance > 0.0)
        return result

    def _graded_information(self, theta: FloatArray) -> FloatArray:
        a = self._a[self._graded, None]
        z = np.clip(a * theta[:, None, None] + self._d[self._graded], -_STEEPEST, _STEEPEST)
        boundary = expit(z)
        steepness = a * boundary * expit(-z)
        # Categories lie between boundaries; before the first boundary is certainty, after the last nothing.
        p = -np.diff(boundary, axis=2, prepend=1.0, append=0.0)
        slope = -np.diff(steepness, axis=2, prepend=0.0, append=0.0)
        each = np.divide(slope**2, p, out=np.zeros_like(p), where=p > 0.0)
        result: FloatArray = each.sum(axis=2)
        return result

    def _exponents(self, theta: FloatArray, items: IntArray) -> FloatArray:
        result: FloatArray = self._slopes[items] * theta[:, None, None] + self._intercepts[items]
        return result
