"""Maximum likelihood estimates of ability.

Under guessing the likelihood can have several maxima and can be highest at minus infinity; therefore the whole scale is
searched before any local step, and each estimate carries its doubts.

References
----------
Lord (1980), *Applications of Item Response Theory*, ch. 4; Samejima (1973), Psychometrika 38, 221–233 (several maxima
under the 3PL).
"""

from typing import Literal, get_args

import numpy as np

from exam_engine.psychometrics.ability.blocks import BlockEstimates, error_from, estimate_in_blocks
from exam_engine.psychometrics.ability.errors import ScoringError, check_option, items_of
from exam_engine.psychometrics.ability.estimates import AbilityEstimates
from exam_engine.psychometrics.ability.likelihood import (
    GridLikelihood,
    RecordLikelihood,
    limiting_log_likelihood,
    limiting_probabilities,
)
from exam_engine.psychometrics.ability.search import count_maxima, search, search_grid
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix

Information = Literal["observed", "expected"]

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
    bounds : finite; search only between them, and give a bound, flagged ``at_bound``, to whom it would lie beyond. By
        default the whole scale is searched and such a candidate gets ±∞, flagged ``infinite``.
    information : the standard error is 1/√ of the observed information (curvature of the log-likelihood) or of the
        expected (Fisher) information at the estimate; at a bound always of the expected.

    Raises
    ------
    ScoringError
        ``no_parameters`` or ``score_outside`` as data go wrong, ``empty_range`` for bounds in the wrong order,
        ``unknown_option``.
    """
    check_option("information", information, get_args(Information))
    own = items_of(responses, items)
    nodes = search_grid(own)
    if bounds is not None:
        if not (bounds[0] < bounds[1] and np.isfinite(bounds).all()):
            raise ScoringError("empty_range", f"bounds {bounds} need to be finite, the lower first")
        nodes = np.unique(np.concatenate([np.clip(nodes, *bounds), np.linspace(*bounds, 9)]))
    on_grid = GridLikelihood(own, nodes)
    limits = [limiting_probabilities(own, direction) for direction in (-1.0, 1.0)]

    def estimate(scores: ScoreArray, rows: IntArray) -> BlockEstimates:
        record, every = RecordLikelihood(scores, own), np.arange(rows.size)

        def slope_and_bend(theta: FloatArray, part: IntArray) -> tuple[FloatArray, FloatArray]:
            at = record(theta, part)
            return at.slope, at.bend

        values = on_grid(scores)
        theta, converged, best = search(values, nodes, slope_and_bend)
        if bounds is None:
            at_bound = np.zeros(rows.size, dtype=np.bool_)
        else:
            outward = np.where(best == 0, -1.0, np.where(best == nodes.size - 1, 1.0, 0.0))
            at_bound = outward * record(nodes[best], every).slope > 0.0
            theta = np.where(at_bound, nodes[best], theta)
        at = record(theta, every)
        error = error_from(np.where(at_bound | (information == "expected"), at.information, -at.bend))
        if bounds is None:
            below, above = (limiting_log_likelihood(scores, limit) for limit in limits)
            endless = np.maximum(below, above) >= at.log_likelihood - _LIMIT_SLACK
            theta = np.where(endless, np.where(above > below, np.inf, -np.inf), theta)
            error = np.where(endless, np.inf, error)
            converged = converged | endless
            values = np.column_stack([below, values, above])
        return BlockEstimates(theta, error, count_maxima(values) > 1, converged | at_bound, at_bound)

    return estimate_in_blocks("MLE", responses, own, nodes.size, estimate, prior_only=False)
