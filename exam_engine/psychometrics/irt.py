"""Response functions of the two-parameter logistic model (2PL).

P(correct | θ) = 1 / (1 + exp(−a(θ − b))), with no 1.7 scaling. Slope a is per logit and may be negative (an item that
able candidates miss, most often a wrong key); θ and b are in logits of the reference population (mean 0, sd 1).

References
----------
Birnbaum (1968), in Lord & Novick, *Statistical Theories of Mental Test Scores*, ch. 17–20.
"""

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.responses import NOT_PRESENTED


def logit(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Log-odds a(θ − b) of a correct response; theta (N,), a and b (J,), result (N, J)."""
    result: FloatArray = a * (theta[:, None] - b)
    return result


def p_correct(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Probability of a correct response; theta (N,), a and b (J,), result (N, J)."""
    result: FloatArray = expit(logit(theta, a, b))
    return result


def item_information(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Fisher information a²P(1 − P) of each item; theta (N,), a and b (J,), result (N, J).

    1 − P is computed as the logistic of the opposite log-odds, which keeps its digits where P is nearly 1.
    """
    z = logit(theta, a, b)
    result: FloatArray = a**2 * expit(z) * expit(-z)
    return result


def test_information(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Information of the whole form, the sum over its items; theta (N,), result (N,)."""
    result: FloatArray = item_information(theta, a, b).sum(axis=1)
    return result


def expected_score(theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Expected number of right answers, the test characteristic curve; theta (N,), result (N,)."""
    result: FloatArray = p_correct(theta, a, b).sum(axis=1)
    return result


def log_likelihood(scores: ScoreArray, theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Log-likelihood of each candidate's responses at that candidate's ability.

    Parameters
    ----------
    scores : (N, J) of 1, 0 and ``NOT_PRESENTED``, which contributes nothing.
    theta : (N,) logits.
    a, b : (J,) slopes and difficulties.

    Returns
    -------
    (N,) natural logarithms, zero for a candidate who was shown nothing.
    """
    z = logit(theta, a, b)
    signed = np.where(scores == 1, z, -z)
    result: FloatArray = np.where(scores == NOT_PRESENTED, 0.0, log_expit(signed)).sum(axis=1)
    return result
