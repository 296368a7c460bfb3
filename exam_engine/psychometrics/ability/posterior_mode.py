"""Modes of the posterior distribution of ability (MAP).

References
----------
Samejima (1969), Psychometrika Monograph 17, ch. 4; Baker & Kim (2004), *Item Response Theory: Parameter Estimation
Techniques*, 2nd ed., ch. 7.
"""

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.ability.blocks import BlockEstimates, error_from, estimate_in_blocks
from exam_engine.psychometrics.ability.errors import check_option, items_of, normal_priors
from exam_engine.psychometrics.ability.estimates import AbilityEstimates
from exam_engine.psychometrics.ability.likelihood import GridLikelihood, RecordLikelihood
from exam_engine.psychometrics.ability.maximum_likelihood import Information
from exam_engine.psychometrics.ability.search import count_maxima, search, search_grid
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


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
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    prior_mean, prior_sd : of all candidates or (N,) one each, such as those of the candidate's group.
    information : the standard error is 1/√(I + 1/sd²) with the observed or the expected information I of the record.

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside``; ``bad_prior`` naming the row whose prior is no distribution;
        ``unknown_option``.
    """
    check_option("information", information, get_args(Information))
    own = items_of(responses, items)
    mean, sd = normal_priors(responses, prior_mean, prior_sd)
    include = (float((mean - 6.0 * sd).min()), float((mean + 6.0 * sd).max())) if mean.size else None
    nodes = search_grid(own, include=include)
    on_grid = GridLikelihood(own, nodes)

    def estimate(scores: ScoreArray, rows: IntArray) -> BlockEstimates:
        record, centre, precision = RecordLikelihood(scores, own), mean[rows], sd[rows] ** -2.0

        def slope_and_bend(theta: FloatArray, part: IntArray) -> tuple[FloatArray, FloatArray]:
            at = record(theta, part)
            return at.slope - (theta - centre[part]) * precision[part], at.bend - precision[part]

        values = on_grid(scores) - 0.5 * precision[:, None] * (nodes - centre[:, None]) ** 2
        theta, converged, _ = search(values, nodes, slope_and_bend)
        at = record(theta, np.arange(rows.size))
        own_information = -at.bend if information == "observed" else at.information
        return BlockEstimates(
            theta,
            error_from(own_information + precision),
            count_maxima(values) > 1,
            converged,
            np.zeros(rows.size, dtype=np.bool_),
        )

    return estimate_in_blocks("MAP", responses, own, nodes.size, estimate, prior_only=True)
