import itertools

import numpy as np

from exam_engine.psychometrics.fit.rest_scores import rest_score_distributions
from exam_engine.psychometrics.response_functions import category_probabilities
from tests.exam_engine.psychometrics.fit.reference import mixed_items


def test_rest_scores_are_distributed_as_enumeration_says() -> None:
    items, theta = mixed_items(), np.array([-1.0, 0.3])
    p = category_probabilities(theta, items)

    for item, distribution in rest_score_distributions(p, items.n_categories):
        others = [other for other in range(4) if other != item]
        by_hand = np.zeros_like(distribution)
        for answers in itertools.product(*(range(items.n_categories[other]) for other in others)):
            by_hand[:, sum(answers)] += np.prod(
                [p[:, other, answer] for other, answer in zip(others, answers, strict=True)], axis=0
            )
        np.testing.assert_allclose(distribution, by_hand, rtol=1e-12)


def test_long_tests_lose_no_probability() -> None:
    rng = np.random.default_rng(1)
    right = rng.uniform(0.001, 0.999, (3, 301))
    p = np.stack([1 - right, right], axis=2)

    sums = [distribution.sum(axis=1) for _, distribution in rest_score_distributions(p, np.full(301, 2))]

    assert len(sums) == 301
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
