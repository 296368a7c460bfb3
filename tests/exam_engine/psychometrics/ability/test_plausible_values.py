import numpy as np
import pytest
from scipy.stats import kstest, norm

from exam_engine.psychometrics import NOT_PRESENTED, Quadrature, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import (
    ScoringError,
    combine_plausible_values,
    draw_conditioned_values,
    draw_plausible_values,
    estimate_eap,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import response_log_likelihood
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.ability import makers


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_draws_follow_the_posterior_of_the_record(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(1), np.array([0.6]), items)
    nodes = np.linspace(-6.0, 6.0, 24_001)
    joint = np.exp(response_log_likelihood(responses.scores, nodes, items)[0] - nodes**2 / 2)
    cumulative = np.cumsum(joint) / joint.sum()

    values = draw_plausible_values(np.random.default_rng(2), responses, items, n_draws=20_000)[0]

    assert kstest(values, lambda x: np.interp(x, nodes, cumulative)).pvalue > 0.001
    found = estimate_eap(responses, items)
    assert values.mean() == pytest.approx(found.theta[0], abs=4 * found.standard_error[0] / np.sqrt(20_000))
    assert values.std() == pytest.approx(found.standard_error[0], rel=0.03)


def test_without_responses_the_draws_follow_the_prior() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array(np.full((1, 12), NOT_PRESENTED), items.names)

    values = draw_plausible_values(
        np.random.default_rng(3), responses, items, normal_quadrature(mean=-0.5, sd=0.6), n_draws=20_000
    )

    assert kstest(values[0], norm(-0.5, 0.6).cdf).pvalue > 0.001


def test_draws_restore_the_spread_that_posterior_means_lose() -> None:
    rng = np.random.default_rng(4)
    items = makers.two_parameter()
    theta = rng.normal(0.4, 1.3, 20_000)
    responses = simulate_responses(rng, theta, items)
    prior = normal_quadrature(81, -8.0, 8.0, mean=0.4, sd=1.3)

    values = draw_plausible_values(rng, responses, items, prior, n_draws=3)

    np.testing.assert_allclose(values.mean(axis=0), 0.4, atol=0.04)
    np.testing.assert_allclose(values.std(axis=0), 1.3, atol=0.03)
    assert estimate_eap(responses, items, prior).theta.std() < 1.2


def test_a_difference_of_groups_needs_priors_of_their_own() -> None:
    rng = np.random.default_rng(5)
    items = makers.graded().take(np.arange(3))
    group = np.repeat([0, 1], 10_000)
    mean, sd = np.array([-0.4, 0.6])[group], np.array([0.8, 1.1])[group]
    responses = simulate_responses(rng, rng.normal(mean, sd), items)

    own = draw_conditioned_values(rng, responses, items, prior_mean=mean, prior_sd=sd, n_draws=1)[:, 0]
    common = draw_plausible_values(rng, responses, items, normal_quadrature(mean=0.1, sd=1.08), n_draws=1)[:, 0]

    assert own[group == 1].mean() - own[group == 0].mean() == pytest.approx(1.0, abs=0.05)
    assert own[group == 0].std() == pytest.approx(0.8, abs=0.03)
    assert own[group == 1].std() == pytest.approx(1.1, abs=0.03)
    assert common[group == 1].mean() - common[group == 0].mean() < 0.9


def test_one_seed_gives_the_same_draws_and_equal_priors_the_same_distribution() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(6), np.zeros(3), items)

    first, again = (draw_plausible_values(np.random.default_rng(7), responses, items, n_draws=4000) for _ in range(2))
    conditioned = draw_conditioned_values(
        np.random.default_rng(7), responses, items, prior_mean=0.0, prior_sd=1.0, n_draws=4000
    )

    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(conditioned, first, atol=0.01)


def test_draws_move_with_the_scale() -> None:
    items = makers.ITEMS_OF_EVERY_MODEL[-1]
    responses = simulate_responses(np.random.default_rng(10), np.linspace(-1.0, 1.0, 4), items)
    mean = np.array([0.0, 0.5, -0.5, 1.0])

    here = draw_conditioned_values(np.random.default_rng(11), responses, items, prior_mean=mean, prior_sd=0.5)
    there = draw_conditioned_values(
        np.random.default_rng(11),
        responses,
        items.transformed(10.0, 500.0),
        prior_mean=500.0 + 10.0 * mean,
        prior_sd=5.0,
    )

    np.testing.assert_allclose((there - 500.0) / 10.0, here, atol=1e-6)


def test_no_candidates_have_no_draws() -> None:
    items = makers.two_parameter()
    nobody = ResponseMatrix.from_array(np.zeros((0, 12)), items.names)
    rng = np.random.default_rng(12)

    assert draw_plausible_values(rng, nobody, items, n_draws=3).shape == (0, 3)
    assert draw_conditioned_values(rng, nobody, items, prior_mean=0.0, prior_sd=1.0, n_draws=3).shape == (0, 3)


def test_draws_stay_on_the_support_of_a_histogram() -> None:
    nodes = np.linspace(-3.0, 3.0, 31)
    weights = np.where((nodes > -1.05) & (nodes < 0.85), 1.0, 0.0)
    items = makers.two_parameter()

    values = draw_plausible_values(
        np.random.default_rng(8),
        ResponseMatrix.from_array([[1] * 12], items.names),
        items,
        Quadrature(nodes=nodes, weights=weights / weights.sum()),
        n_draws=5000,
    )

    assert values.min() > -1.25
    assert values.max() < 1.05


def test_rubins_rules_on_a_case_worked_by_hand() -> None:
    found = combine_plausible_values([10.0, 12.0, 11.0, 13.0, 14.0], [4.0, 5.0, 4.5, 5.5, 6.0])

    # Mean 12; within 5; between 10/4 = 2.5; total 5 + 1.2 · 2.5 = 8; df 4 (1 + 5/3)².
    assert found.estimate == pytest.approx(12.0)
    assert found.within == pytest.approx(5.0)
    assert found.between == pytest.approx(2.5)
    assert found.variance == pytest.approx(8.0)
    assert found.standard_error == pytest.approx(8.0**0.5)
    assert found.degrees_of_freedom == pytest.approx(4 * (8 / 3) ** 2)
    assert found.to_dict()["standard_error"] == pytest.approx(8.0**0.5)


def test_sets_that_agree_leave_the_sampling_variance_alone() -> None:
    found = combine_plausible_values([1.0, 1.0], [0.3, 0.5])

    assert found.variance == pytest.approx(0.4)
    assert found.degrees_of_freedom == np.inf
    assert found.to_dict()["degrees_of_freedom"] is None


@pytest.mark.parametrize(
    ("estimates", "variances", "code"),
    [
        ([1.0], [1.0], "too_few"),
        ([1.0, 2.0], [1.0], "too_few"),
        ([1.0, np.nan], [1.0, 1.0], "not_finite"),
        ([1.0, 2.0], [1.0, -1.0], "not_finite"),
    ],
)
def test_sets_that_cannot_be_combined_are_refused(estimates: list[float], variances: list[float], code: str) -> None:
    with pytest.raises(ScoringError) as caught:
        combine_plausible_values(estimates, variances)
    assert caught.value.code == code


def test_priors_that_are_no_distributions_and_no_draws_are_refused() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1] * 12, [0] * 12], items.names)
    rng = np.random.default_rng(9)
    with pytest.raises(ScoringError, match="row 2") as caught:
        draw_conditioned_values(rng, responses, items, prior_mean=[0.0, np.nan], prior_sd=1.0)
    assert caught.value.code == "bad_prior"
    with pytest.raises(ScoringError, match="nodes") as caught:
        draw_conditioned_values(rng, responses, items, prior_mean=[0.0, 1e5], prior_sd=1.0)
    assert caught.value.code == "bad_prior"
    with pytest.raises(ScoringError, match="at least one draw") as caught:
        draw_plausible_values(rng, responses, items, n_draws=0)
    assert caught.value.code == "too_few"
