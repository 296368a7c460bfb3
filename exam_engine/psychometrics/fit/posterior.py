"""Posterior distributions of ability on the nodes, in blocks of candidates."""

from collections.abc import Iterator

import numpy as np
from scipy.special import softmax

from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import response_log_likelihood

_ROWS_AT_ONCE = 4096


def posterior_blocks(
    scores: ScoreArray, items: ItemParameters, ability: Quadrature
) -> Iterator[tuple[slice, FloatArray]]:
    """Yield rows and their (n, Q) posterior probabilities of the nodes."""
    with np.errstate(divide="ignore"):
        log_prior = np.log(ability.weights)
    for start in range(0, scores.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, min(start + _ROWS_AT_ONCE, scores.shape[0]))
        yield rows, softmax(response_log_likelihood(scores[rows], ability.nodes, items) + log_prior, axis=1)


def posterior_means(scores: ScoreArray, items: ItemParameters, ability: Quadrature) -> FloatArray:
    """(N,) means of the posterior distributions (EAP)."""
    result = np.empty(scores.shape[0])
    for rows, posterior in posterior_blocks(scores, items, ability):
        result[rows] = posterior @ ability.nodes
    return result
