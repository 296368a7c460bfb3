"""Final estimates from responses to the items of a panel, by any of the estimators."""

import numpy as np

from exam_engine.psychometrics.ability import estimate_map, estimate_mle, estimate_wle
from exam_engine.psychometrics.ability.estimates import AbilityEstimates
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.multistage_test import MultistageTest
from exam_engine.psychometrics.responses import ResponseMatrix


def estimates_by_pattern(test: MultistageTest, scores: ScoreArray) -> tuple[FloatArray, FloatArray]:
    """MAP, MLE or WLE estimates and their standard errors, each (N,).

    Parameters
    ----------
    scores : (N, J) of the panel's items in the order of ``panel.item_ids``, ``NOT_PRESENTED`` off the route.
    """
    items = test.items.select(test.panel.item_ids)
    responses = ResponseMatrix(
        scores=scores, item_names=items.names, weights=np.ones(scores.shape[0]), candidate_ids=None
    )
    found: AbilityEstimates
    match test.estimator:
        case "MAP":
            found = estimate_map(responses, items, prior_mean=test.prior.mean, prior_sd=test.prior.sd)
        case "MLE":
            found = estimate_mle(responses, items, bounds=(float(test.prior.nodes[0]), float(test.prior.nodes[-1])))
        case "WLE":
            found = estimate_wle(responses, items)
        case _:
            raise MultistageError("unknown_option", f"{test.estimator} is no estimator from the response pattern")
    return found.theta, found.standard_error
