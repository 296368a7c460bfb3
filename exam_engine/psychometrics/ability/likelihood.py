"""Likelihood of response records: on a grid shared by all candidates, and with derivatives at one ability each."""

from typing import NamedTuple, Self

import numpy as np
from scipy.special import expit

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_curves, category_log_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED

_LOWEST_LOG = -1e8
"""Stands for log 0 in matrix products, where 0 · (−∞) would be NaN."""
_BLOCK_ENTRIES = 1 << 18


def block_rows(entries_per_row: int) -> int:
    """Candidates per block, so that arrays of a block stay in the processor's cache."""
    return max(16, _BLOCK_ENTRIES // max(1, entries_per_row))


class GridLikelihood:
    """Log-likelihood at fixed abilities, as matrix products.

    Parameters
    ----------
    items : J items.
    nodes : (Q,) abilities.
    """

    def __init__(self, items: ItemParameters, nodes: FloatArray) -> None:
        log_p = np.maximum(category_log_probabilities(nodes, items), _LOWEST_LOG)
        self._columns = [np.flatnonzero(items.n_categories > category) for category in range(log_p.shape[2])]
        self._tables = [
            np.ascontiguousarray(log_p[:, columns, category].T) for category, columns in enumerate(self._columns)
        ]
        self._n_nodes = nodes.size

    def __call__(self, scores: ScoreArray) -> FloatArray:
        """(N, Q) natural logarithms for (N, J) scores."""
        result = np.zeros((scores.shape[0], self._n_nodes))
        for category, (columns, table) in enumerate(zip(self._columns, self._tables, strict=True)):
            result += (scores[:, columns] == category).astype(np.float64) @ table
        return result


class LikelihoodTerms(NamedTuple):
    """The log-likelihood at each candidate's own ability, and what estimators need of it; each (N,).

    Besides value, slope and bend these are sums over the items presented of Σ P′²/P (expected information), Σ P′P″/P
    (Warm's J) and Σ P′³/P² (with J, the derivative of the information).
    """

    log_likelihood: FloatArray
    slope: FloatArray
    bend: FloatArray
    information: FloatArray
    skew: FloatArray
    cube: FloatArray


class ItemTerms(NamedTuple):
    """The last three of ``LikelihoodTerms`` item by item."""

    information: FloatArray
    skew: FloatArray
    cube: FloatArray


class RecordLikelihood:
    """Likelihood of some records with derivatives, each at an ability of its own.

    Parameters
    ----------
    scores : (N, J).
    items : J items.
    """

    def __init__(self, scores: ScoreArray, items: ItemParameters) -> None:
        logistic = np.array([family == "logistic" for family in items.families], dtype=np.bool_)
        self._logistic = _LogisticRecords.of(scores[:, logistic], items.take(logistic))
        self._other_scores, self._other_items = scores[:, ~logistic], items.take(~logistic)

    def __call__(self, theta: FloatArray, rows: IntArray) -> LikelihoodTerms:
        """Terms of the records (M,) at abilities (M,)."""
        total = np.zeros((6, rows.size))
        if self._logistic.scores.shape[1]:
            total += self._logistic.terms(theta, rows)
        if len(self._other_items):
            total += _category_terms(self._other_scores[rows], theta, self._other_items)
        return LikelihoodTerms(*total)


def item_terms(items: ItemParameters, nodes: FloatArray) -> ItemTerms:
    """Terms of each item at shared abilities, each (J, Q)."""
    curves = category_curves(nodes, items)
    relative = np.divide(curves.slope, curves.p, out=np.zeros_like(curves.p), where=curves.p > 0.0)
    return ItemTerms(
        (relative * curves.slope).sum(axis=2).T,
        (relative * curves.curvature).sum(axis=2).T,
        (relative**2 * curves.slope).sum(axis=2).T,
    )


class _LogisticRecords(NamedTuple):
    """Right and wrong answers with the parameters of the items they belong to, (J,) or (N, L) of the L presented."""

    scores: ScoreArray
    a: FloatArray
    d: FloatArray
    c: FloatArray
    u: FloatArray

    @classmethod
    def of(cls, scores: ScoreArray, items: ItemParameters) -> Self:
        """Records on common items, or closed up when most of a bank was not presented."""
        parameters = (items.a, items.d[:, 0], items.c, items.u)
        shown = scores != NOT_PRESENTED
        longest = int(shown.sum(axis=1).max(initial=0))
        if 2 * longest > len(items):
            return cls(scores, *parameters)
        first_shown = np.argsort(~shown, axis=1, kind="stable")[:, :longest]
        return cls(np.take_along_axis(scores, first_shown, axis=1), *(values[first_shown] for values in parameters))

    def terms(self, theta: FloatArray, rows: IntArray) -> list[FloatArray]:
        """Closed forms for right and wrong, several times faster than curves of categories."""
        scores = self.scores[rows]
        a, d, c, u = (values if values.ndim == 1 else values[rows] for values in self[1:])
        # Beyond 700 logits a probability would underflow, and its relative slope with it.
        z = np.clip(a * theta[:, None] + d, -700.0, 700.0)
        upper, lower = expit(z), expit(-z)
        span = u - c
        right, wrong = c + span * upper, (1.0 - u) + span * lower
        slope = span * a * upper * lower
        turn = a * (lower - upper)
        is_right, shown = scores == 1, scores != NOT_PRESENTED
        with np.errstate(divide="ignore", invalid="ignore"):
            first = slope / np.where(is_right, right, -wrong)
            first[~shown] = 0.0
            relative = np.where(shown, slope**2 / (right * wrong), 0.0)
            log_p = np.log(np.where(shown, np.where(is_right, right, wrong), 1.0))
            # Σ P′³/P² over right and wrong is P′³ (1/P² − 1/Q²).
            cube = relative * slope * (wrong - right) / (right * wrong)
        return [
            log_p.sum(axis=1),
            first.sum(axis=1),
            (first * (turn - first)).sum(axis=1),
            relative.sum(axis=1),
            (relative * turn).sum(axis=1),
            np.where(shown, cube, 0.0).sum(axis=1),
        ]


def _category_terms(scores: ScoreArray, theta: FloatArray, items: ItemParameters) -> list[FloatArray]:
    curves = category_curves(theta, items)
    shown = scores != NOT_PRESENTED
    chosen = np.where(shown, scores, 0).astype(np.intp)[:, :, None]
    p, slope, curvature = (np.take_along_axis(part, chosen, axis=2)[:, :, 0] for part in curves)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(shown, slope / p, 0.0)
        second = np.where(shown, curvature / p, 0.0) - first**2
        log_p = np.where(shown, np.log(p), 0.0)
        relative = np.where(curves.p > 0.0, curves.slope / curves.p, 0.0)
    return [
        log_p.sum(axis=1),
        first.sum(axis=1),
        second.sum(axis=1),
        np.einsum("njk,njk,nj->n", relative, curves.slope, shown),
        np.einsum("njk,njk,nj->n", relative, curves.curvature, shown),
        np.einsum("njk,njk,njk,nj->n", relative, relative, curves.slope, shown),
    ]


def limiting_log_likelihood(scores: ScoreArray, limiting_p: FloatArray) -> FloatArray:
    """Log-likelihood of each record as ability goes to one infinity, (N,); −∞ where a response gets impossible.

    Parameters
    ----------
    scores : (N, J).
    limiting_p : (J, K) from ``limiting_probabilities``.
    """
    impossible = limiting_p == 0.0
    log_p = np.log(np.where(impossible, 1.0, limiting_p))
    total = np.zeros(scores.shape[0])
    for category in range(limiting_p.shape[1]):
        chosen = (scores == category).astype(np.float64)
        total += chosen @ log_p[:, category]
        total[chosen @ impossible[:, category].astype(np.float64) > 0.0] = -np.inf
    return total


def presented_counts(scores: ScoreArray, items: ItemParameters) -> tuple[IntArray, BoolArray]:
    """(N,) numbers of items presented, and who of the candidates was shown none that depends on ability.

    Read in pieces, because the scores may be a file larger than memory.
    """
    informative = np.where(np.isnan(items.a), np.nan_to_num(items.s).any(axis=1), items.a != 0.0)
    n_items = np.zeros(scores.shape[0], dtype=np.intp)
    without_information = np.ones(scores.shape[0], dtype=np.bool_)
    rows = block_rows(len(items))
    for start in range(0, scores.shape[0], rows):
        shown = scores[start : start + rows] != NOT_PRESENTED
        n_items[start : start + rows] = shown.sum(axis=1)
        without_information[start : start + rows] = ~shown[:, informative].any(axis=1)
    return n_items, without_information


def limiting_probabilities(items: ItemParameters, direction: float) -> FloatArray:
    """(J, K) category probabilities as ability goes to direction · ∞."""
    steps = items.d.shape[1]
    result = np.zeros((len(items), steps + 1))
    for item, family in enumerate(items.families):
        own = int(items.n_categories[item]) - 1
        d = items.d[item, :own]
        if family in ("logistic", "graded"):
            z = d if items.a[item] == 0.0 else np.full(own, direction * items.a[item] * np.inf)
            above = items.c[item] + (items.u[item] - items.c[item]) / (1.0 + np.exp(-z))
            result[item, : own + 1] = -np.diff(above, prepend=1.0, append=0.0)
        else:
            slopes = (
                np.append(0.0, items.s[item, :own]) if family == "nominal" else items.a[item] * np.arange(own + 1.0)
            )
            intercepts = np.append(0.0, d if family == "nominal" else np.cumsum(d))
            leading = direction * slopes == (direction * slopes).max()
            weight = np.where(leading, np.exp(intercepts - intercepts[leading].max()), 0.0)
            result[item, : own + 1] = weight / weight.sum()
    return result
