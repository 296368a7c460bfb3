"""Answers of simulated candidates, each to an item of their own."""

import numpy as np
from scipy.special import expit, softmax

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters


class AnswerModel:
    """Draws the score of one candidate on one item, for many such pairs at once.

    Parameters
    ----------
    items : J items.
    """

    def __init__(self, items: ItemParameters) -> None:
        self._cumulative = np.array([family in ("logistic", "graded") for family in items.families])
        self._all_cumulative = bool(self._cumulative.all())
        nominal = np.array([family == "nominal" for family in items.families])
        self._a, self._c, self._span = items.a, items.c, items.u - items.c
        self._d = np.where(np.isnan(items.d), -np.inf, items.d)
        steps = np.arange(1.0, items.d.shape[1] + 1.0)
        slopes = np.where(nominal[:, None], items.s, items.a[:, None] * steps)
        intercepts = np.where(nominal[:, None], items.d, np.cumsum(items.d, axis=1))
        own = np.isfinite(intercepts)
        self._slopes = np.pad(np.where(own, slopes, 0.0), ((0, 0), (1, 0)))
        self._intercepts = np.pad(np.where(own, intercepts, -np.inf), ((0, 0), (1, 0)))

    def draw(self, theta: FloatArray, items: IntArray, uniform: FloatArray) -> IntArray:
        """(M,) scores: how many of P(score ≥ 1), P(score ≥ 2), … exceed the draw.

        Parameters
        ----------
        theta : (M,) abilities; items : (M,) positions; uniform : (M,) draws from [0, 1).
        """
        if self._all_cumulative:
            return self._draw_cumulative(theta, items, uniform)
        scores = np.empty(items.size, dtype=np.intp)
        cumulative = self._cumulative[items]
        for mask, draw in ((cumulative, self._draw_cumulative), (~cumulative, self._draw_exponential)):
            scores[mask] = draw(theta[mask], items[mask], uniform[mask])
        return scores

    def _draw_cumulative(self, theta: FloatArray, items: IntArray, uniform: FloatArray) -> IntArray:
        place = self._a[items] * theta
        score = np.zeros(items.size, dtype=np.intp)
        for boundary in self._d.T:
            # An item does not have a boundary at minus infinity, though guessing would pass it.
            own = boundary[items]
            score += (uniform < self._c[items] + self._span[items] * expit(place + own)) & (own > -np.inf)
        return score

    def _draw_exponential(self, theta: FloatArray, items: IntArray, uniform: FloatArray) -> IntArray:
        p = softmax(self._slopes[items] * theta[:, None] + self._intercepts[items], axis=1)
        at_least = np.cumsum(p[:, :0:-1], axis=1)
        result: IntArray = (uniform[:, None] < at_least).sum(axis=1)
        return result
