"""Distributions of the sum of all items but one given ability, for every item at once.

References
----------
Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461; Thissen, Pommerich, Billeaud & Williams (1995),
Applied Psychological Measurement 19, 39–49.
"""

from collections.abc import Iterator

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray


def rest_score_distributions(p: FloatArray, n_categories: IntArray) -> Iterator[tuple[int, FloatArray]]:
    """Yield each item with P(sum of the other items = s | θ), items in order.

    Halving the test again and again and adding one half's items to what lies outside the other costs J log J steps
    instead of J², and only adds positive numbers, so that nothing cancels in long tests.

    Parameters
    ----------
    p : (Q, J, K) category probabilities.
    n_categories : (J,) numbers of categories.

    Yields
    ------
    Item number and (Q, S + 1) probabilities of rest scores 0 … S.
    """
    yield from _outside(p, n_categories, 0, n_categories.size, np.ones((p.shape[0], 1)))


def added(distribution: FloatArray, p: FloatArray) -> FloatArray:
    """Distribution of a sum after one more item; distribution (Q, S + 1), p (Q, K), result (Q, S + K)."""
    steps = p.shape[1] - 1
    result = np.zeros((distribution.shape[0], distribution.shape[1] + steps))
    for score in range(steps + 1):
        result[:, score : score + distribution.shape[1]] += distribution * p[:, score : score + 1]
    return result


def _outside(
    p: FloatArray, n_categories: IntArray, start: int, stop: int, outside: FloatArray
) -> Iterator[tuple[int, FloatArray]]:
    if stop - start == 1:
        yield start, outside
        return
    middle = (start + stop) // 2
    for (inner_start, inner_stop), others in (
        ((start, middle), range(middle, stop)),
        ((middle, stop), range(start, middle)),
    ):
        distribution = outside
        for item in others:
            distribution = added(distribution, p[:, item, : n_categories[item]])
        yield from _outside(p, n_categories, inner_start, inner_stop, distribution)
