"""Posterior mean and standard deviation of ability (EAP), from all responses or from the sum score alone.

References
----------
Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444; Thissen, Pommerich, Billeaud & Williams (1995),
Applied Psychological Measurement 19, 39–49 (sum scores).
"""

import numpy as np

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.ability.estimates import AbilityEstimates, flag_table
from exam_engine.psychometrics.ability.likelihood import presented_counts
from exam_engine.psychometrics.ability.posterior import REFINEMENTS, log_weights, posterior_blocks, refined
from exam_engine.psychometrics.ability.sum_scores import eap_from_sum_scores
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix

_MASS_AT_AN_END = 1e-3


def estimate_eap(responses: ResponseMatrix, items: ItemParameters, prior: Quadrature | None = None) -> AbilityEstimates:
    """Mean of the posterior, its standard deviation as standard error; finite for every candidate.

    A posterior narrower than the spacing of the nodes (a long test) is integrated again between the nodes, where the
    logarithm of the prior is interpolated, until the spacing is finer than the posterior.

    Parameters
    ----------
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    prior : distribution of ability, such as that of a calibration's group; standard normal on 61 nodes when None.

    Returns
    -------
    The prior's mean and standard deviation, flagged ``no_information``, for one who was shown no informative item.
    Flagged ``edge_of_grid`` where the posterior piles up at the first or last node, so that a wider prior grid would
    give another number, and ``coarse_grid`` where no refinement sufficed.

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside``, as ``items_of``.
    """
    own = items_of(responses, items)
    density = prior if prior is not None else normal_quadrature()
    n_rows = responses.scores.shape[0]
    theta, error = np.empty(n_rows), np.empty(n_rows)
    at_edge, coarse = np.zeros(n_rows, dtype=np.bool_), np.zeros(n_rows, dtype=np.bool_)
    pending = np.arange(n_rows)
    for factor in REFINEMENTS:
        grid = refined(density, factor)
        theta[pending], error[pending], at_edge[pending] = _moments(responses.scores, pending, own, grid)
        pending = pending[error[pending] < grid.spacing]
        if not pending.size:
            break
    coarse[pending] = True
    n_items, unknown = presented_counts(responses.scores, own)
    return AbilityEstimates(
        method="EAP",
        theta=theta,
        standard_error=error,
        n_items=n_items,
        flagged=flag_table(n_rows, {"no_information": unknown, "coarse_grid": coarse, "edge_of_grid": at_edge}),
        candidate_ids=responses.candidate_ids,
    )


def estimate_eap_sum(
    responses: ResponseMatrix, items: ItemParameters, prior: Quadrature | None = None
) -> AbilityEstimates:
    """Posterior mean and standard deviation given only the sum score, for reports in which equal scores are equal.

    Candidates who were shown different items get the table of their own items, one table a form. A score that the prior
    holds impossible has theta NaN and is flagged ``edge_of_grid``. Parameters and errors as for ``estimate_eap``.
    """
    own = items_of(responses, items)
    scores, shown = responses.scores, responses.presented
    forms, form_of, count = np.unique(np.packbits(shown, axis=1), axis=0, return_inverse=True, return_counts=True)
    theta, error = np.empty(scores.shape[0]), np.empty(scores.shape[0])
    by_form = np.split(np.argsort(form_of.ravel(), kind="stable"), np.cumsum(count)[:-1]) if forms.size else []
    for rows in by_form:
        columns = np.flatnonzero(shown[rows[0]])
        table = eap_from_sum_scores(own.take(columns), prior)
        sums = scores[np.ix_(rows, columns)].sum(axis=1, dtype=np.intp)
        theta[rows], error[rows] = table.theta[sums], table.standard_error[sums]
    n_items, unknown = presented_counts(scores, own)
    beyond = np.isnan(theta)
    error[beyond] = np.inf
    return AbilityEstimates(
        method="EAPsum",
        theta=theta,
        standard_error=error,
        n_items=n_items,
        flagged=flag_table(scores.shape[0], {"no_information": unknown, "edge_of_grid": beyond}),
        candidate_ids=responses.candidate_ids,
    )


def _moments(
    scores: ScoreArray, rows: IntArray, items: ItemParameters, grid: Quadrature
) -> tuple[FloatArray, FloatArray, BoolArray]:
    log_prior = log_weights(grid)
    # Powers about the centre of the prior, where no digits cancel.
    away = grid.nodes - grid.mean
    powers = np.column_stack([away, away**2])
    mean, sd = np.empty(rows.size), np.empty(rows.size)
    at_edge = np.zeros(rows.size, dtype=np.bool_)
    for block, posterior in posterior_blocks(scores, rows, items, grid.nodes, lambda _: log_prior):
        first, second = (posterior @ powers).T
        mean[block] = grid.mean + first
        sd[block] = np.sqrt(np.maximum(second - first**2, 0.0))
        at_edge[block] = np.maximum(posterior[:, 0], posterior[:, -1]) > _MASS_AT_AN_END
    return mean, sd, at_edge
