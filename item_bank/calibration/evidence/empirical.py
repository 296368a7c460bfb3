"""Observed scores of items by groups of ability beside the model, and whether an item is easier than it should be.

A candidate's ability is known by a posterior distribution only. Sorting candidates by estimates of it puts them into
wrong groups, the more the shorter the test, and bends the points away from a curve that fits. So each candidate counts
in every group by the share of the posterior that lies in it.

References
----------
Bock & Aitkin (1981), Psychometrika 46, 443–459 (expected numbers of candidates and of right answers at a node); Kish
(1965), *Survey Sampling*, ch. 8 (effective size); Wilson (1927), Journal of the American Statistical Association 22,
209–212; Rao (1948), Proceedings of the Cambridge Philosophical Society 44, 50–57 (score test).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics import ItemParameters, ResponseMatrix
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.fit.posterior import posterior_blocks
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores

GROUPS: Final = 10
"""Groups that each hold a tenth of the sample's distribution of ability."""
FEWEST_EXPECTED: Final = 5.0
"""Candidates that a group must be expected to hold for its share to be told."""
_Z: Final = 1.959963984540054
"""Of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class GroupPoint:
    """An item in one group of ability; scores are shares of the item's highest score.

    Attributes
    ----------
    theta : mean ability of the group's candidates.
    n : candidates expected to be in the group, among those who were shown the item.
    observed, lower, upper : mean score and its 95 % interval.
    expected : what the model gives for these candidates.
    """

    theta: float
    n: float
    observed: float
    lower: float
    upper: float
    expected: float


@dataclass(frozen=True, slots=True)
class ObservedItem:
    """What the answers say about one item.

    Attributes
    ----------
    points : the groups from low to high ability; those with hardly anybody are left out.
    surprise : mean score less what the parameters expect of the same candidates, as a share of the highest score:
        positive when the item is easier than expected.
    surprise_z : the same in standard errors (score test); None when the scores do not vary from what is expected.
    """

    points: tuple[GroupPoint, ...]
    surprise: float
    surprise_z: float | None


def observed_items(responses: ResponseMatrix, items: ItemParameters, population: Quadrature) -> list[ObservedItem]:
    """Points and surprise of every item, in the order of the responses.

    Parameters
    ----------
    responses : (N, J) scores.
    items : parameters of these items, in the same order.
    population : distribution of ability of the sample.
    """
    nodes = population.nodes
    highest = items.max_scores.astype(np.float64)
    model = expected_item_scores(nodes, items) / highest
    bands = _bands(population)
    n_items, n_nodes, n_bands = len(items), nodes.size, bands.shape[1]
    mass = np.zeros((n_items, n_nodes))
    score, square_score = np.zeros((2, n_items, n_bands))
    square_mass = np.zeros((n_items, n_bands))
    difference, square_difference, seen_count = np.zeros((3, n_items))
    for rows, posterior in posterior_blocks(responses.scores, items, population):
        scores = responses.scores[rows]
        seen = (scores >= 0).astype(np.float64)
        share = np.where(scores >= 0, scores, 0) / highest
        in_band = posterior @ bands
        mass += seen.T @ posterior
        score += share.T @ in_band
        square_score += (share**2).T @ in_band
        square_mass += seen.T @ in_band**2
        surprise = seen * (share - posterior @ model)
        difference += surprise.sum(axis=0)
        square_difference += (surprise**2).sum(axis=0)
        seen_count += seen.sum(axis=0)
    n = mass @ bands
    result = []
    for item in range(n_items):
        told = np.flatnonzero(n[item] >= FEWEST_EXPECTED)
        points = []
        for band in told:
            size = float(n[item, band])
            weight = mass[item] * bands[:, band] / size
            mean = float(score[item, band] / size)
            variance = max(float(square_score[item, band] / size) - mean**2, 0.0)
            effective = size**2 / float(square_mass[item, band])
            low, high = _interval(mean, variance, effective, is_share=highest[item] == 1.0)
            points.append(GroupPoint(float(weight @ nodes), size, mean, low, high, float(weight @ model[:, item])))
        spread = float(np.sqrt(square_difference[item]))
        result.append(
            ObservedItem(
                tuple(points),
                float(difference[item] / seen_count[item]) if seen_count[item] else 0.0,
                float(difference[item] / spread) if spread > 0.0 else None,
            )
        )
    return result


def _bands(population: Quadrature) -> FloatArray:
    """(Q, G) share of each node that belongs to each group; a node on the border of two belongs to both."""
    reached = np.concatenate([[0.0], np.cumsum(population.weights)])
    reached /= reached[-1]
    borders = np.linspace(0.0, 1.0, GROUPS + 1)
    overlap = np.minimum(reached[1:, None], borders[1:]) - np.maximum(reached[:-1, None], borders[:-1])
    inside = np.maximum(overlap, 0.0)
    total = inside.sum(axis=1, keepdims=True)
    # A node that nobody is expected at still belongs somewhere, should an answer reach it.
    nearest = np.minimum((reached[1:] * GROUPS).astype(np.intp), GROUPS - 1)
    result: FloatArray = np.where(total > 0.0, inside / np.where(total > 0.0, total, 1.0), np.eye(GROUPS)[nearest])
    return result


def _interval(mean: float, variance: float, n: float, *, is_share: bool) -> tuple[float, float]:
    """Wilson's interval of a share; of other means ± z standard errors, kept between 0 and 1."""
    if not is_share:
        half = _Z * (variance / n) ** 0.5
        return max(mean - half, 0.0), min(mean + half, 1.0)
    centre = (mean + _Z**2 / (2.0 * n)) / (1.0 + _Z**2 / n)
    half = _Z * (mean * (1.0 - mean) / n + _Z**2 / (4.0 * n**2)) ** 0.5 / (1.0 + _Z**2 / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)
