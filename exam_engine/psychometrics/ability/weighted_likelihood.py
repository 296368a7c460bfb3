"""Warm's weighted likelihood estimates of ability.

References
----------
Warm (1989), Psychometrika 54, 427–450; Penfield & Bergeron (2005), Applied Psychological Measurement 29, 218–233, and
Magis (2015), Journal of Educational and Behavioral Statistics 40, 91–105 (items with several categories).
"""

from typing import Literal, get_args

import numpy as np
from scipy.integrate import cumulative_trapezoid

from exam_engine.psychometrics.ability.blocks import BlockEstimates, error_from, estimate_in_blocks
from exam_engine.psychometrics.ability.errors import check_option, items_of
from exam_engine.psychometrics.ability.estimates import AbilityEstimates
from exam_engine.psychometrics.ability.likelihood import (
    GridLikelihood,
    ItemTerms,
    LikelihoodTerms,
    RecordLikelihood,
    item_terms,
)
from exam_engine.psychometrics.ability.maximum_likelihood import Information
from exam_engine.psychometrics.ability.search import count_maxima, search, search_grid
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

Weight = Literal["warm", "jeffreys"]

_LEAST_INFORMATION = 1e-200
_DIFFERENCE_STEP = 1e-3
"""Step of the numerical derivative of the weight's drift, as a share of the logit of a typical item."""


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
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    weight : ``warm`` as above, or ``jeffreys`` with the weight √I. They are the same for every model here without
        asymptotes; with guessing only Warm's removes the bias, while R package mirt computes ``jeffreys``.
    information : the standard error is 1/√ of the curvature of the weighted log-likelihood (``observed``) or of the
        Fisher information at the estimate (``expected``, the asymptotic variance that Warm gives).

    Raises
    ------
    ScoringError
        ``no_parameters``, ``score_outside`` or ``unknown_option``.
    """
    check_option("weight", weight, get_args(Weight))
    check_option("information", information, get_args(Information))
    own = items_of(responses, items)
    nodes = search_grid(own)
    step = _DIFFERENCE_STEP * float(np.diff(nodes).min())
    on_grid, terms_on_grid = GridLikelihood(own, nodes), item_terms(own, nodes)

    def estimate(scores: ScoreArray, rows: IntArray) -> BlockEstimates:
        record, every = RecordLikelihood(scores, own), np.arange(rows.size)
        shown = (scores != NOT_PRESENTED).astype(np.float64)
        of_record = ItemTerms(*(shown @ part for part in terms_on_grid))
        drift = _drift(of_record, weight)
        # The weight is known by its drift only; where no information is left it is 0.
        log_weight = cumulative_trapezoid(drift, nodes, axis=1, initial=0.0)
        values = on_grid(scores) + np.where(of_record.information > _LEAST_INFORMATION, log_weight, -np.inf)
        drift_bend = np.gradient(drift, nodes, axis=1)[every, values.argmax(axis=1)]

        def slope_and_bend(theta: FloatArray, part: IntArray) -> tuple[FloatArray, FloatArray]:
            at = record(theta, part)
            # The weight's own curvature is small beside the likelihood's; its value at the node is near enough.
            return at.slope + _drift(at, weight), at.bend + drift_bend[part]

        theta, converged, _ = search(values, nodes, slope_and_bend)
        at = record(theta, every)
        curvature = at.information
        if information == "observed":
            after, before = (_drift(record(theta + shift, every), weight) for shift in (step, -step))
            curvature = -at.bend - (after - before) / (2.0 * step)
        return BlockEstimates(
            theta,
            error_from(curvature),
            count_maxima(values) > 1,
            converged,
            np.zeros(rows.size, dtype=np.bool_),
        )

    return estimate_in_blocks("WLE", responses, own, nodes.size, estimate, prior_only=False)


def _drift(terms: ItemTerms | LikelihoodTerms, weight: Weight) -> FloatArray:
    """Derivative of the logarithm of the weight; 0 where there is no information."""
    numerator = terms.skew if weight == "warm" else 2.0 * terms.skew - terms.cube
    usable = terms.information > _LEAST_INFORMATION
    return np.divide(0.5 * numerator, terms.information, out=np.zeros_like(numerator), where=usable)
