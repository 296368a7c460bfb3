"""When a test ends, and why.

References
----------
Wald (1947), *Sequential Analysis*; Spray & Reckase (1996), Journal of Educational and Behavioral Statistics 21,
405–414; Eggen (1999), Applied Psychological Measurement 23, 249–261; Kingsbury & Weiss (1983), in Weiss (ed.), *New
Horizons in Testing*, 257–283.
"""

from typing import Final, Literal, get_args

import numpy as np
from scipy.special import ndtri

from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.adaptive.settings import ConfidenceRule, SequentialRatioRule
from exam_engine.psychometrics.arrays import BoolArray, IntArray

StopReason = Literal["sequential_ratio", "confidence_interval", "standard_error", "maximum_length", "no_item_left"]
STOP_REASONS: Final[tuple[StopReason, ...]] = get_args(StopReason)
GOES_ON: Final = -1


def stop_reasons(progress: CandidateProgress) -> IntArray:
    """(n,) place in ``STOP_REASONS`` of the first rule that ends each test now, ``GOES_ON`` where none does.

    Classification and precision count from the minimum length, the maximum length always. No item left is found out by
    selection.
    """
    settings = progress.test.settings
    result = np.full(progress.rows.size, GOES_ON)
    if progress.n_given >= settings.maximum_length:
        result[:] = STOP_REASONS.index("maximum_length")
    if progress.n_given < max(settings.minimum_length, 1):
        return result
    # The reason named last here is the one given when several hold.
    if settings.standard_error is not None:
        result[progress.standard_error <= settings.standard_error] = STOP_REASONS.index("standard_error")
    rule = settings.classification
    if isinstance(rule, ConfidenceRule):
        result[_outside_interval(progress, rule)] = STOP_REASONS.index("confidence_interval")
    elif isinstance(rule, SequentialRatioRule):
        result[(progress.decided != 0).all(axis=1)] = STOP_REASONS.index("sequential_ratio")
    return result


def categories(progress: CandidateProgress) -> IntArray:
    """(n,) category of each candidate, the number of cuts above which the rule puts them; 0 without cuts.

    Where the sequential test has not decided, the candidate is above the cut if the ratio is nearer to that decision
    (Spray & Reckase 1996); under the confidence rule the estimate decides.
    """
    rule = progress.test.settings.classification
    if isinstance(rule, SequentialRatioRule):
        nearer_above = progress.log_ratio >= 0.5 * sum(rule.bounds)
        above: BoolArray = np.where(progress.decided == 0, nearer_above, progress.decided > 0)
        result: IntArray = np.count_nonzero(above, axis=1)
        return result
    cuts = np.array(progress.test.settings.cuts)
    return np.searchsorted(cuts, progress.theta, side="right")


def _outside_interval(progress: CandidateProgress, rule: ConfidenceRule) -> BoolArray:
    z = ndtri(0.5 + 0.5 * rule.confidence)
    distance = np.abs(progress.theta[:, None] - np.array(rule.cuts))
    result: BoolArray = (distance > z * progress.standard_error[:, None]).all(axis=1)
    return result
