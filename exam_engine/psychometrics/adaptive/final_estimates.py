"""The estimate that is reported at the end of a test."""

import numpy as np

from exam_engine.psychometrics.ability import AbilityEstimates, estimate_map, estimate_mle, estimate_wle
from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


def final_estimates(progress: CandidateProgress) -> tuple[FloatArray, FloatArray]:
    """(n,) estimates and standard errors: EAP from the posteriors held, the others by ``psychometrics.ability``.

    Standard errors are from the expected information, as those that the stopping rule looked at.
    """
    settings = progress.test.settings
    method = settings.final_estimator if settings.final_estimator is not None else settings.estimator
    if method == "EAP":
        return progress.posterior_moments()
    given, scores = progress.items[:, : progress.n_given], progress.scores[:, : progress.n_given]
    columns, place = np.unique(given, return_inverse=True)
    items = progress.test.pool.items.take(columns)
    table = np.full((progress.rows.size, columns.size), NOT_PRESENTED, dtype=np.int8)
    table[progress.rows[:, None], place.reshape(given.shape)] = scores
    responses = ResponseMatrix(scores=table, item_names=items.names, weights=np.ones(progress.rows.size))
    result: AbilityEstimates
    match method:
        case "MAP":
            result = estimate_map(
                responses, items, prior_mean=settings.prior_mean, prior_sd=settings.prior_sd, information="expected"
            )
        case "MLE":
            result = estimate_mle(responses, items, bounds=settings.fences, information="expected")
        case "WLE":
            result = estimate_wle(responses, items, information="expected")
    return result.theta, result.standard_error
