"""Exact upper tails of sums of independent events with different probabilities (Poisson–binomial).

References
----------
van der Linden & Sotaridona (2006), Journal of Educational and Behavioral Statistics 31, 283–304 (the generalised
binomial and its recursion); Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461.
"""

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray


def poisson_binomial_tail(probabilities: FloatArray, at_least: IntArray) -> FloatArray:
    """P(M ≥ m) for M = Σ_j Bernoulli(p_j), by convolution of one event after the other.

    All terms are positive, so that the smallest tails keep their relative precision.

    Parameters
    ----------
    probabilities : (P, J) of the events of each sum; 0 for an event that cannot happen or does not count.
    at_least : (P,) m of each sum.

    Returns
    -------
    (P,) tails; 1 where m ≤ 0.

    Raises
    ------
    ValueError
        When a probability is outside [0, 1].
    """
    if not ((probabilities >= 0.0) & (probabilities <= 1.0)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    n_sums, n_events = probabilities.shape
    mass = np.zeros((n_events + 1, n_sums))
    mass[0] = 1.0
    for event in range(n_events):
        p = probabilities[:, event]
        mass[1 : event + 2] = mass[1 : event + 2] * (1.0 - p) + mass[: event + 1] * p
        mass[0] *= 1.0 - p
    counted = np.arange(n_events + 1)[:, None] >= at_least
    result: FloatArray = np.minimum(np.where(counted, mass, 0.0).sum(axis=0), 1.0)
    return np.where(at_least <= 0, 1.0, result)
