import numpy as np
import pytest
from scipy.integrate import quad

from exam_engine.psychometrics import NOT_PRESENTED, Quadrature, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import eap_from_sum_scores, estimate_eap, estimate_eap_sum
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import response_log_likelihood
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.ability import makers, reference


@pytest.mark.parametrize(
    ("items", "table"),
    [
        (reference.LSAT6_1PL_ITEMS, reference.LSAT6_1PL),
        (reference.LSAT6_3PL_ITEMS, reference.LSAT6_3PL),
        (reference.LSAT7_2PL_ITEMS, reference.LSAT7_2PL),
        (reference.GRM_ITEMS, reference.GRM),
        (reference.GPCM_ITEMS, reference.GPCM),
        (reference.NRM_ITEMS, reference.NRM),
    ],
    ids=["1PL", "3PL", "2PL", "GRM", "GPCM", "NRM"],
)
def test_records_get_the_means_and_deviations_of_the_reference(
    items: ItemParameters, table: reference.Reference
) -> None:
    found = estimate_eap(makers.records(table, items), items)

    expected = np.array(list(table.values()))
    np.testing.assert_allclose(found.theta, expected[:, 0], atol=1e-6)
    np.testing.assert_allclose(found.standard_error, expected[:, 1], atol=1e-6)
    assert not found.flagged.any()


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_the_posterior_moments_equal_adaptive_integration(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(1), np.array([0.7]), items)

    height = response_log_likelihood(responses.scores, np.array([0.5]), items)[0, 0]

    def density(theta: float) -> float:
        value = response_log_likelihood(responses.scores, np.array([theta]), items)[0, 0]
        return float(np.exp(value - height - (theta - 0.5) ** 2 / (2 * 0.8**2)))

    moments = [
        quad(lambda theta, power=power: theta**power * density(theta), -9, 9, points=[0.5], limit=200)[0]
        for power in range(3)
    ]
    mean = moments[1] / moments[0]

    found = estimate_eap(responses, items, normal_quadrature(mean=0.5, sd=0.8))

    assert found.theta[0] == pytest.approx(mean, abs=1e-6)
    assert found.standard_error[0] == pytest.approx(np.sqrt(moments[2] / moments[0] - mean**2), abs=1e-6)


@pytest.mark.parametrize("length", [200, 600])
def test_a_posterior_narrower_than_the_nodes_is_integrated_between_them(length: int) -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(length)], 1.8, np.linspace(-2.0, 2.0, length))
    responses = simulate_responses(np.random.default_rng(2), np.linspace(-1.5, 1.5, 7), items)

    found = estimate_eap(responses, items)
    fine = estimate_eap(responses, items, normal_quadrature(3001))

    assert (found.standard_error < normal_quadrature().spacing).all()
    np.testing.assert_allclose(found.theta, fine.theta, atol=1e-7)
    np.testing.assert_allclose(found.standard_error, fine.standard_error, atol=1e-7)
    assert not found.flagged.any()


def test_a_posterior_too_narrow_for_any_refinement_is_flagged() -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(400)], 12.0, np.linspace(-0.2, 0.4, 400))
    responses = simulate_responses(np.random.default_rng(9), np.array([0.1]), items)

    found = estimate_eap(responses, items, normal_quadrature(3, -1.0, 1.0))

    assert found.flags(0) == ("coarse_grid",)
    assert estimate_eap(responses, items).flags(0) == ()


def test_a_posterior_against_the_end_of_the_prior_is_flagged() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1] * 12, [1, 0] * 6], items.names)

    found = estimate_eap(responses, items, normal_quadrature(61, -2.0, 2.0, sd=1.5))

    assert found.with_flag("edge_of_grid").tolist() == [True, False]


def test_who_was_shown_nothing_gets_the_prior() -> None:
    items = makers.three_parameter()
    responses = ResponseMatrix.from_array(np.full((1, 20), NOT_PRESENTED), items.names)
    prior = normal_quadrature(mean=0.4, sd=0.8)

    for estimate in (estimate_eap, estimate_eap_sum):
        found = estimate(responses, items, prior)
        assert found.theta[0] == pytest.approx(prior.mean, abs=1e-12)
        assert found.standard_error[0] == pytest.approx(prior.sd, abs=1e-9)
        assert found.flags(0) == ("no_information",)


def test_a_histogram_with_empty_cells_is_a_prior_too() -> None:
    nodes = np.linspace(-6.0, 6.0, 61)
    weights = np.where(np.abs(nodes) < 2.0, 1.0, 0.0)
    prior = Quadrature(nodes=nodes, weights=weights / weights.sum())
    items = makers.two_parameter()
    responses = simulate_responses(np.random.default_rng(3), np.zeros(5), items)

    found = estimate_eap(responses, items, prior)

    inside = np.abs(nodes) < 2.0
    likelihood = np.exp(response_log_likelihood(responses.scores, nodes[inside], items))
    np.testing.assert_allclose(found.theta, likelihood @ nodes[inside] / likelihood.sum(axis=1), atol=1e-12)


def test_more_right_answers_never_lower_the_posterior_mean() -> None:
    items = ItemParameters.dichotomous(list("abcd"), [0.6, 1.0, 1.8, 0.9], [-1.0, 0.2, 0.4, 2.0], 0.2)
    patterns = np.array([[p >> k & 1 for k in range(4)] for p in range(16)])
    theta = estimate_eap(ResponseMatrix.from_array(patterns, list("abcd")), items).theta

    for low in range(16):
        for high in range(16):
            if low != high and low & high == low:
                assert theta[low] < theta[high]


def test_the_scale_may_be_any() -> None:
    items = makers.ITEMS_OF_EVERY_MODEL[-1]
    responses = simulate_responses(np.random.default_rng(4), np.linspace(-2.0, 2.0, 8), items)

    here = estimate_eap(responses, items)
    there = estimate_eap(
        responses, items.transformed(100.0, 500.0), normal_quadrature(61, -100.0, 1100.0, mean=500.0, sd=100.0)
    )

    np.testing.assert_allclose(there.theta, 500.0 + 100.0 * here.theta, rtol=1e-9)
    np.testing.assert_allclose(there.standard_error, 100.0 * here.standard_error, rtol=1e-7)


def test_posterior_deviations_cover_the_true_abilities() -> None:
    rng = np.random.default_rng(5)
    items = makers.three_parameter()
    theta = rng.normal(size=6000)

    found = estimate_eap(simulate_responses(rng, theta, items), items)

    # Over the population the posterior is calibrated exactly: the squared error is the posterior variance on average.
    assert np.mean((found.theta - theta) ** 2) == pytest.approx(np.mean(found.standard_error**2), rel=0.05)


def test_equal_sum_scores_of_one_form_are_equal_and_every_form_has_its_table() -> None:
    items = makers.graded()
    rng = np.random.default_rng(6)
    presented = np.array([[True] * 6, [True, True, True, False, False, False]])[rng.integers(0, 2, 60)]
    responses = simulate_responses(rng, rng.normal(size=60), items, presented)

    found = estimate_eap_sum(responses, items)

    for form, names in ((presented.all(axis=1), items.names), (~presented.all(axis=1), items.names[:3])):
        table = eap_from_sum_scores(items.select(names))
        sums = responses.scores[form][:, : len(names)].sum(axis=1)
        np.testing.assert_array_equal(found.theta[form], table.theta[sums])
        np.testing.assert_array_equal(found.standard_error[form], table.standard_error[sums])
    assert found.n_items[presented.all(axis=1)].tolist() == [6] * int(presented.all(axis=1).sum())


def test_a_sum_score_that_the_prior_holds_impossible_is_flagged() -> None:
    items = ItemParameters.dichotomous(["x", "y"], 400.0, -10.0)

    found = estimate_eap_sum(ResponseMatrix.from_array([[0, 1], [1, 1]], items.names), items)

    assert np.isnan(found.theta[0])
    assert np.isinf(found.standard_error[0])
    assert found.flags(0) == ("edge_of_grid",)
    assert found.flags(1) == ()


def test_estimates_are_stored_with_the_candidate_and_the_flags() -> None:
    items = makers.two_parameter()
    scores = [[1] * 12, [NOT_PRESENTED] * 12]
    responses = ResponseMatrix.from_array(scores, items.names, candidate_ids=["an", "binh"])

    rows = estimate_eap(responses, items).to_dict()

    assert [row["candidate"] for row in rows] == ["an", "binh"]
    assert [row["flags"] for row in rows] == [[], ["no_information"]]
    assert [row["n_items"] for row in rows] == [12, 0]
