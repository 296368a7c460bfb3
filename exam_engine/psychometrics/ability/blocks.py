"""Point estimates made block by block of candidates and put together."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.ability.estimates import AbilityEstimates, AbilityMethod, flag_table
from exam_engine.psychometrics.ability.likelihood import block_rows, presented_counts
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


class BlockEstimates(NamedTuple):
    """Estimates of some candidates; each (M,)."""

    theta: FloatArray
    standard_error: FloatArray
    multimodal: BoolArray
    converged: BoolArray
    at_bound: BoolArray


def estimate_in_blocks(
    method: AbilityMethod,
    responses: ResponseMatrix,
    items: ItemParameters,
    n_nodes: int,
    estimate: Callable[[ScoreArray, IntArray], BlockEstimates],
    *,
    prior_only: bool,
) -> AbilityEstimates:
    """Estimate every candidate.

    Parameters
    ----------
    method : for the result.
    responses, items : columns in the same order.
    n_nodes : of the search, which decides the size of a block.
    estimate : from the scores of some candidates and their rows.
    prior_only : whether there is an estimate for one who was shown nothing informative; else theta is NaN.
    """
    scores, n_rows = responses.scores, responses.scores.shape[0]
    theta, error = np.full(n_rows, np.nan), np.full(n_rows, np.inf)
    multimodal, failed, at_bound = (np.zeros(n_rows, dtype=np.bool_) for _ in range(3))
    n_items, unknown = presented_counts(scores, items)
    rows_at_once = block_rows(max(n_nodes, scores.shape[1] * (items.d.shape[1] + 1)))
    for first in range(0, n_rows, rows_at_once):
        block = slice(first, first + rows_at_once)
        rows = first + np.flatnonzero(prior_only | ~unknown[block])
        found = estimate(scores[rows], rows)
        theta[rows], error[rows], multimodal[rows] = found.theta, found.standard_error, found.multimodal
        failed[rows], at_bound[rows] = ~found.converged, found.at_bound
    return AbilityEstimates(
        method=method,
        theta=theta,
        standard_error=error,
        n_items=n_items,
        flagged=flag_table(
            n_rows,
            {
                "no_information": unknown,
                "infinite": np.isinf(theta),
                "at_bound": at_bound,
                "multimodal": multimodal,
                "not_converged": failed,
            },
        ),
        candidate_ids=responses.candidate_ids,
    )


def error_from(information: FloatArray) -> FloatArray:
    """Standard errors 1/√information, ∞ where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(information > 0.0, 1.0 / np.sqrt(information), np.inf)
