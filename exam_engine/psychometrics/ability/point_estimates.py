"""Abilities at the highest point of a likelihood: maximum likelihood, Warm's weighted likelihood, posterior mode.

Under guessing the likelihood can have several maxima and can be highest at minus infinity; therefore the whole scale is
searched before any local step, and each estimate carries its doubts.

References
----------
Lord (1980), *Applications of Item Response Theory*, ch. 4; Samejima (1973), Psychometrika 38, 221–233 (several maxima
under the 3PL); Warm (1989), Psychometrika 54, 427–450; Penfield & Bergeron (2005), Applied Psychological Measurement
29, 218–233 (weighted likelihood, several categories); Bock & Aitkin (1981), Psychometrika 46, 443–459 (mode).
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_trapezoid

from exam_engine.psychometrics.ability.errors import ScoringError, items_of
from exam_engine.psychometrics.ability.estimates import AbilityEstimates, AbilityMethod, flag_table
from exam_engine.psychometrics.ability.likelihood import (
    GridLikelihood,
    ItemTerms,
    LikelihoodTerms,
    RecordLikelihood,
    block_rows,
    informative_items,
    item_terms,
    limiting_log_likelihood,
    limiting_probabilities,
)
from exam_engine.psychometrics.ability.search import climb, count_maxima, search_grid
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

Information = Literal["observed", "expected"]
Weight = Literal["warm", "jeffreys"]

_LEAST_INFORMATION = 1e-200
_LIMIT_SLACK = 1e-9
"""Log-likelihood by which a finite maximum must beat the limit at infinity; less is rounding."""


def estimate_mle(
    responses: ResponseMatrix,
    items: ItemParameters,
    *,
    bounds: tuple[float, float] | None = None,
    information: Information = "observed",
) -> AbilityEstimates:
    """Ability at which the record is most likely.

    Parameters
    ----------
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    bounds : search only here, and give the bound, flagged ``at_bound``, to whom it would lie beyond; by default the
        whole scale is searched and such a candidate gets ±∞, flagged ``infinite``.
    information : the standard error is 1/√ of the observed information (curvature of the log-likelihood) or of the
        expected (Fisher) information at the estimate; at a bound always of the expected.

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside`` as data go wrong, ``empty_range`` for bounds in the wrong order.
    """
    if bounds is not None and not bounds[0] < bounds[1]:
        raise ScoringError("empty_range", f"bounds {bounds} need the lower first", bounds=list(bounds))
    return _estimate(responses, items, _Objective("MLE", bounds=bounds, information=information))


def estimate_wle(
    responses: ResponseMatrix,
    items: ItemParameters,
    *,
    weight: Weight = "warm",
    information: Information = "observed",
) -> AbilityEstimates:
    """Warm's weighted likelihood estimate: the zero of ℓ′(θ) + J(θ) / 2I(θ), which removes the first-order bias of MLE.

    Finite for every candidate who was shown an informative item, all right and all wrong included.

    Parameters
    ----------
    responses, items : as for ``estimate_mle``.
    weight : ``warm`` as above, or ``jeffreys`` with the weight √I. They are the same for every model here without
        asymptotes; with guessing only Warm's removes the bias, while R package mirt computes ``jeffreys``.
    information : the standard error is 1/√ of the curvature of the weighted log-likelihood (``observed``) or of the
        Fisher information at the estimate (``expected``, the asymptotic variance that Warm gives).

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside``.
    """
    return _estimate(responses, items, _Objective("WLE", weight=weight, information=information))


def estimate_map(
    responses: ResponseMatrix,
    items: ItemParameters,
    *,
    prior_mean: ArrayLike = 0.0,
    prior_sd: ArrayLike = 1.0,
    information: Information = "observed",
) -> AbilityEstimates:
    """Mode of the posterior under a normal prior; finite for every candidate.

    Parameters
    ----------
    responses, items : as for ``estimate_mle``.
    prior_mean, prior_sd : of all candidates or (N,) one each, such as those of the candidate's group.
    information : the standard error is 1/√(I + 1/sd²) with the observed or the expected information I of the record.

    Raises
    ------
    ScoringError
        As for ``estimate_mle``; ``bad_prior`` naming the row whose prior is no distribution.
    """
    n_rows = responses.scores.shape[0]
    mean = np.broadcast_to(np.asarray(prior_mean, dtype=np.float64), (n_rows,))
    sd = np.broadcast_to(np.asarray(prior_sd, dtype=np.float64), (n_rows,))
    bad = ~(np.isfinite(mean) & np.isfinite(sd) & (sd > 0.0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ScoringError(
            "bad_prior",
            f"row {row + 1}: a normal prior with mean {mean[row]} and standard deviation {sd[row]} does not exist",
            row=row + 1,
        )
    return _estimate(responses, items, _Objective("MAP", mean=mean, sd=sd, information=information))


class _Objective(NamedTuple):
    """What is maximised and how its error is stated."""

    method: AbilityMethod
    information: Information
    weight: Weight = "warm"
    bounds: tuple[float, float] | None = None
    mean: FloatArray = np.zeros(0)
    sd: FloatArray = np.zeros(0)


def _estimate(responses: ResponseMatrix, items: ItemParameters, objective: _Objective) -> AbilityEstimates:
    own = items_of(responses, items)
    scores = responses.scores
    include = None
    if objective.method == "MAP" and scores.shape[0]:
        include = (
            float((objective.mean - 6.0 * objective.sd).min()),
            float((objective.mean + 6.0 * objective.sd).max()),
        )
    nodes = search_grid(own, include=include)
    if objective.bounds is not None:
        nodes = np.unique(np.concatenate([np.clip(nodes, *objective.bounds), np.linspace(*objective.bounds, 9)]))
    grid = _Grid(own, nodes, objective)
    informative = informative_items(own)

    n_rows = scores.shape[0]
    theta, error = np.full(n_rows, np.nan), np.full(n_rows, np.inf)
    infinite, at_bound, several, failed = (np.zeros(n_rows, dtype=np.bool_) for _ in range(4))
    rows_at_once = block_rows(max(nodes.size, scores.shape[1] * (own.d.shape[1] + 1)))
    for first in range(0, n_rows, rows_at_once):
        rows = np.arange(first, min(first + rows_at_once, n_rows))
        if objective.method != "MAP":
            rows = rows[(scores[rows][:, informative] != NOT_PRESENTED).any(axis=1)]
        found = _search_block(scores[rows], own, grid, objective, rows)
        theta[rows], error[rows] = found.theta, found.standard_error
        infinite[rows], at_bound[rows] = np.isinf(found.theta), found.at_bound
        several[rows], failed[rows] = found.several, found.failed
    shown = scores != NOT_PRESENTED
    return AbilityEstimates(
        method=objective.method,
        theta=theta,
        standard_error=error,
        n_items=shown.sum(axis=1),
        flagged=flag_table(
            n_rows,
            {
                "not_presented": ~shown[:, informative].any(axis=1),
                "infinite": infinite,
                "at_bound": at_bound,
                "multimodal": several,
                "not_converged": failed,
            },
        ),
        candidate_ids=responses.candidate_ids,
    )


class _Grid:
    """The items' likelihood and, for weighted likelihood, their terms at the nodes of the search."""

    def __init__(self, items: ItemParameters, nodes: FloatArray, objective: _Objective) -> None:
        self.nodes = nodes
        self.log_likelihood = GridLikelihood(items, nodes)
        self.limits = [limiting_probabilities(items, direction) for direction in (-1.0, 1.0)]
        self._terms = item_terms(items, nodes) if objective.method == "WLE" else None
        self._weight = objective.weight

    def log_weight(self, scores: ScoreArray) -> tuple[FloatArray, FloatArray]:
        """Logarithm of the weight, the integral of its drift, and the drift; each (N, Q).

        Where the record has no information left the weight is 0.
        """
        assert self._terms is not None  # noqa: S101  # narrows the type
        shown = (scores != NOT_PRESENTED).astype(np.float64)
        terms = ItemTerms(*(shown @ part for part in self._terms))
        drift = _drift(terms, self._weight)
        weight = cumulative_trapezoid(drift, self.nodes, axis=1, initial=0.0)
        return np.where(terms.information > _LEAST_INFORMATION, weight, -np.inf), drift


def _drift(terms: ItemTerms | LikelihoodTerms, weight: Weight) -> FloatArray:
    """Derivative of the logarithm of the weight; 0 where there is no information."""
    numerator = terms.skew if weight == "warm" else 2.0 * terms.skew - terms.cube
    usable = terms.information > _LEAST_INFORMATION
    return np.divide(0.5 * numerator, terms.information, out=np.zeros_like(numerator), where=usable)


class _Found(NamedTuple):
    theta: FloatArray
    standard_error: FloatArray
    at_bound: BoolArray
    several: BoolArray
    failed: BoolArray


def _search_block(
    scores: ScoreArray, items: ItemParameters, grid: _Grid, objective: _Objective, rows: IntArray
) -> _Found:
    nodes = grid.nodes
    terms_at = RecordLikelihood(scores, items)
    values = grid.log_likelihood(scores)
    drift_bend = np.zeros_like(values)
    if objective.method == "WLE":
        log_weight, drift = grid.log_weight(scores)
        values = values + log_weight
        drift_bend = np.gradient(drift, nodes, axis=1)
    elif objective.method == "MAP":
        values -= 0.5 * ((nodes - objective.mean[rows, None]) / objective.sd[rows, None]) ** 2
    best = np.argmax(values, axis=1)
    row = np.arange(scores.shape[0])
    low, high = nodes[np.maximum(best - 1, 0)], nodes[np.minimum(best + 1, nodes.size - 1)]
    drift_bend_at_best = drift_bend[row, best]

    def slope_and_bend(theta: FloatArray, part: IntArray) -> tuple[FloatArray, FloatArray]:
        at = terms_at(theta, part)
        if objective.method == "MAP":
            mean, precision = objective.mean[rows[part]], objective.sd[rows[part]] ** -2.0
            return at.slope - (theta - mean) * precision, at.bend - precision
        if objective.method == "WLE":
            # The weight's own curvature is small beside the likelihood's; its value at the node is near enough.
            return at.slope + _drift(at, objective.weight), at.bend + drift_bend_at_best[part]
        return at.slope, at.bend

    theta, converged = climb(slope_and_bend, _peak_of_parabola(nodes, values, best), low, high)
    at_bound = np.zeros(theta.size, dtype=np.bool_)
    if objective.bounds is not None:
        slope_at_end, _ = slope_and_bend(nodes[best], row)
        at_bound = ((best == 0) & (slope_at_end <= 0.0)) | ((best == nodes.size - 1) & (slope_at_end >= 0.0))
        theta = np.where(at_bound, nodes[best], theta)
    at = terms_at(theta, row)
    information = at.information.copy()
    if objective.information == "observed":
        information = np.where(at_bound, information, -at.bend)
        if objective.method == "WLE":
            step = 1e-3 * (high - low)
            after, before = (terms_at(theta + shift, row) for shift in (step, -step))
            information -= (_drift(after, objective.weight) - _drift(before, objective.weight)) / (2.0 * step)
    if objective.method == "MAP":
        information += objective.sd[rows] ** -2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(information > 0.0, 1.0 / np.sqrt(information), np.inf)
    if objective.method == "MLE" and objective.bounds is None:
        below, above = (limiting_log_likelihood(scores, limit) for limit in grid.limits)
        limit = np.maximum(below, above)
        endless = limit >= at.log_likelihood - _LIMIT_SLACK
        theta = np.where(endless, np.where(above > below, np.inf, -np.inf), theta)
        error = np.where(endless, np.inf, error)
        converged |= endless
        values = np.column_stack([below, values, above])
    return _Found(theta, error, at_bound, count_maxima(values) > 1, ~(converged | at_bound))


def _peak_of_parabola(nodes: FloatArray, values: FloatArray, best: IntArray) -> FloatArray:
    """Abscissa of the parabola through the best node and its neighbours; the node itself at an end of the grid."""
    row, middle = np.arange(best.size), np.clip(best, 1, nodes.size - 2)
    left, centre, right = (nodes[middle + step] for step in (-1, 0, 1))
    rise, fall = values[row, middle] - values[row, middle - 1], values[row, middle] - values[row, middle + 1]
    forward, back = right - centre, centre - left
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = 0.5 * (rise * forward**2 - fall * back**2) / (rise * forward + fall * back)
    inside = (best == middle) & np.isfinite(shift) & (np.abs(shift) < np.minimum(forward, back))
    return np.where(inside, centre + np.where(inside, shift, 0.0), nodes[best])
