from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import (
    ScoringError,
    eap_from_sum_scores,
    sum_score_distribution,
    sum_score_fit,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities, expected_item_scores
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.ability import makers, reference


def test_the_distribution_is_that_of_all_possible_records() -> None:
    items = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["x", "y"], [1.2, -0.7], [0.3, 1.0], [0.2, 0.0]),
            ItemParameters.polytomous(["z"], "GRM", 1.1, [[-1.0, 0.2, 1.4]]),
            ItemParameters.nominal(["w"], [[0.7, -0.4]], [[0.2, 0.1]]),
        ]
    )
    theta = np.array([-1.5, 0.0, 2.0])
    p = category_probabilities(theta, items)
    expected = np.zeros((3, 8))
    for record in product(range(2), range(2), range(4), range(3)):
        expected[:, sum(record)] += np.prod([p[:, item, score] for item, score in enumerate(record)], axis=0)

    np.testing.assert_allclose(sum_score_distribution(items, theta), expected, rtol=1e-13)


def test_equal_items_give_the_binomial_distribution_to_its_far_tails() -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(500)], 1.0, 0.0)

    found = sum_score_distribution(items, np.array([-3.0, 0.0, 4.0]))

    for row, theta in enumerate([-3.0, 0.0, 4.0]):
        expected = binom.pmf(np.arange(501), 500, 1 / (1 + np.exp(-theta)))
        kept = expected > 1e-290
        np.testing.assert_allclose(found[row, kept], expected[kept], rtol=1e-9)


@given(st.lists(st.tuples(st.floats(-2.0, 3.0), st.floats(-4.0, 4.0), st.floats(0.0, 0.5)), min_size=1, max_size=15))
def test_the_distribution_sums_to_one_and_has_the_expected_score_whatever_the_order(
    parts: list[tuple[float, float, float]],
) -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(len(parts))], *np.array(parts).T)
    theta = np.linspace(-4.0, 4.0, 5)

    found = sum_score_distribution(items, theta)

    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-13)
    np.testing.assert_allclose(found @ np.arange(len(parts) + 1), expected_item_scores(theta, items).sum(axis=1))
    backwards = items.take(np.arange(len(parts))[::-1])
    np.testing.assert_allclose(sum_score_distribution(backwards, theta), found, rtol=1e-11)


@pytest.mark.parametrize(
    ("items", "table", "n_candidates"),
    [
        (reference.LSAT7_2PL_ITEMS, reference.LSAT7_SUM_SCORES, 1000),
        (reference.GPCM_ITEMS, reference.GPCM_SUM_SCORES, 392),
    ],
    ids=["LSAT7", "GPCM"],
)
def test_sum_scores_stand_for_the_abilities_of_the_reference(
    items: ItemParameters, table: dict[int, tuple[float, float, float]], n_candidates: int
) -> None:
    found = eap_from_sum_scores(items)

    for score, (theta, error, expected) in table.items():
        assert found.score[score] == score
        # The reference keeps the tails of its grid to 1e-6.
        assert found.theta[score] == pytest.approx(theta, abs=2e-5)
        assert found.standard_error[score] == pytest.approx(error, abs=5e-5)
        assert found.probability[score] * n_candidates == pytest.approx(expected, abs=2e-4)


def test_observed_sum_scores_are_set_beside_the_expected() -> None:
    responses = published.pattern_responses(published.LSAT7_PATTERNS)
    items = ItemParameters.dichotomous(
        responses.item_names, reference.LSAT7_2PL_ITEMS.a, reference.LSAT7_2PL_ITEMS.b[:, 0]
    )

    found = sum_score_fit(responses, items)

    assert found.observed.tolist() == [12, 40, 114, 205, 321, 308]
    np.testing.assert_allclose(found.expected, [row[2] for row in reference.LSAT7_SUM_SCORES.values()], atol=1e-4)
    # R package mirt 1.45.1 gives absolute values: .6013, .6972, .4034, .1900, .1015, .0315.
    np.testing.assert_allclose(
        np.abs(found.standardised_residual), [0.60134, 0.69717, 0.40344, 0.18999, 0.10154, 0.03153], atol=1e-5
    )
    assert found.to_dict()[0]["observed"] == 12.0


def test_sum_scores_of_different_items_are_not_mixed() -> None:
    items = ItemParameters.dichotomous(["x", "y"], 1.0, 0.0)
    with pytest.raises(ScoringError, match="row 2 was not shown every item") as caught:
        sum_score_fit(ResponseMatrix.from_array([[1, 1], [1, NOT_PRESENTED]], ["x", "y"]), items)
    assert caught.value.code == "not_one_form"


def test_a_rasch_sum_score_says_all_that_the_record_says() -> None:
    items = ItemParameters.dichotomous(list("abcd"), 0.9, [-1.0, 0.0, 0.5, 2.0])
    found = eap_from_sum_scores(items, normal_quadrature(mean=0.3, sd=1.2))
    nodes = normal_quadrature(mean=0.3, sd=1.2)
    p = category_probabilities(nodes.nodes, items)
    posterior = p[:, 0, 1] * p[:, 1, 0] * p[:, 2, 1] * p[:, 3, 0] * nodes.weights

    assert found.theta[2] == pytest.approx(posterior @ nodes.nodes / posterior.sum(), abs=1e-12)


def test_a_long_test_is_integrated_between_the_nodes() -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(300)], 3.0, np.linspace(-2.0, 2.0, 300))

    default = eap_from_sum_scores(items)
    fine = eap_from_sum_scores(items, normal_quadrature(1501))

    middle = slice(40, 260)
    np.testing.assert_allclose(default.theta[middle], fine.theta[middle], atol=1e-6)
    np.testing.assert_allclose(default.standard_error[middle], fine.standard_error[middle], atol=1e-6)


def test_the_reliability_of_sum_scores_is_the_squared_correlation_with_ability() -> None:
    items = makers.three_parameter()
    rng = np.random.default_rng(1)
    theta = rng.normal(size=60_000)
    sums = simulate_responses(rng, theta, items).scores.sum(axis=1)

    table = eap_from_sum_scores(items)

    assert table.reliability == pytest.approx(np.corrcoef(table.theta[sums], theta)[0, 1] ** 2, abs=0.01)
    assert table.probability.sum() == pytest.approx(1.0)
    assert table.to_dict()[3]["score"] == 3


def test_a_score_that_cannot_occur_has_no_ability() -> None:
    # Both items surely right for the whole population.
    items = ItemParameters.dichotomous(["x", "y"], 400.0, -10.0)

    found = eap_from_sum_scores(items)

    assert found.probability.tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(found.theta[:2]).all()
    assert found.to_dict()[0]["theta"] is None
    assert found.theta[2] == pytest.approx(0.0, abs=1e-12)
