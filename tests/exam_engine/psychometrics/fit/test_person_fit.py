import itertools

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import kstest

from exam_engine.psychometrics.fit import person_fit
from exam_engine.psychometrics.fit.posterior import posterior_means
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import category_log_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference


@pytest.mark.parametrize(
    ("pattern", "items", "expected"),
    [
        ("00000", reference.LSAT6_2PL, [1.497081162, 1.119953254, 1.463731279, 1.210383299, -1.20595509]),
        ("00001", reference.LSAT6_2PL, [1.53139664, 1.127618084, 1.339440847, 0.918121549, -0.951206033]),
        ("00011", reference.LSAT6_2PL, [1.889916577, 1.437452959, 1.399276905, 0.992404899, -1.159745017]),
        ("00000", reference.LSAT7_2PL, [0.711935491, -0.559919484, 0.785379012, -0.460818168, 0.579915167]),
        ("00001", reference.LSAT7_2PL, [0.65626247, -1.111775078, 0.674563016, -1.063964027, 1.043429167]),
    ],
)
def test_reference_values_at_eap(pattern: str, items: ItemParameters, expected: list[float]) -> None:
    # R package mirt 1.45.1, personfit(): outfit, z, infit, z and Zh, which is lz.
    responses = ResponseMatrix.from_array([[int(answer) for answer in pattern]])

    fit = person_fit(responses, items, posterior_means(responses.scores, items, normal_quadrature()))

    np.testing.assert_allclose(
        [fit.outfit[0], fit.outfit_z[0], fit.infit[0], fit.infit_z[0], fit.lz[0]], expected, atol=2e-6
    )


def test_lz_is_the_log_likelihood_standardised_over_all_patterns() -> None:
    items, theta = reference.mixed_items(), 0.4
    patterns, _ = reference.pattern_distribution(items, normal_quadrature())
    log_p = category_log_probabilities(np.array([theta]), items)[0]
    log_likelihood = np.array([sum(log_p[j, x] for j, x in enumerate(pattern)) for pattern in patterns])
    probability = np.exp(log_likelihood)
    mean = probability @ log_likelihood
    sd = np.sqrt(probability @ (log_likelihood - mean) ** 2)

    fit = person_fit(ResponseMatrix.from_array(patterns, items.names), items, np.full(len(patterns), theta))

    np.testing.assert_allclose(fit.lz, (log_likelihood - mean) / sd, rtol=1e-10)
    # lz* too has mean 0 and variance 1 over all patterns at a known ability.
    assert probability @ fit.lz_star == pytest.approx(0.0, abs=1e-12)
    assert probability @ fit.lz_star**2 == pytest.approx(1.0)


def test_lz_star_at_map_is_snijders_form_with_its_correction_for_the_estimator() -> None:
    a, b = np.array([0.8, 1.4, 1.1, 0.6, 1.9]), np.array([-1.0, 0.2, 0.7, -0.3, 1.1])
    answers = np.array([0, 1, 1, 0, 1])
    items = ItemParameters.dichotomous(reference.NAMES, a, b)
    mean, sd = 0.3, 1.2

    def right(theta: float) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-a * (theta - b))))

    theta = brentq(lambda t: a @ (answers - right(t)) + (mean - t) / sd**2, -6, 6, xtol=1e-13)
    p = right(theta)
    w, slope = np.log(p / (1 - p)), a * p * (1 - p)
    c = (slope @ w) / (slope @ a)
    corrected = w - c * a
    by_hand = ((answers - p) @ w + c * (mean - theta) / sd**2) / np.sqrt(corrected**2 @ (p * (1 - p)))

    fit = person_fit(ResponseMatrix.from_array([answers]), items, np.array([theta]))

    assert fit.lz_star[0] == pytest.approx(by_hand, rel=1e-9)


def test_lz_star_stays_normal_at_estimated_abilities_where_lz_does_not() -> None:
    rng = np.random.default_rng(16)
    items = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous([f"d{j}" for j in range(20)], rng.lognormal(0, 0.3, 20), rng.normal(size=20)),
            ItemParameters.polytomous(
                [f"p{j}" for j in range(10)], "GRM", np.full(10, 1.3), np.sort(rng.normal(size=(10, 3)), axis=1)
            ),
        ]
    )
    responses = simulate_responses(rng, rng.normal(size=4000), items)
    theta = posterior_means(responses.scores, items, normal_quadrature())

    fit = person_fit(responses, items, theta)

    assert 0.035 < (fit.p < 0.05).mean() < 0.065
    assert kstest(fit.p, "uniform").statistic < 0.05
    assert np.std(fit.lz) < np.std(fit.lz_star)


def test_a_candidate_who_answers_against_the_order_of_difficulty_stands_out() -> None:
    items = ItemParameters.dichotomous([f"q{j}" for j in range(30)], np.full(30, 1.3), np.linspace(-2.5, 2.5, 30))
    usual, reversed_order = np.arange(30) < 15, np.arange(30) >= 15
    responses = ResponseMatrix.from_array(np.array([usual, reversed_order], dtype=int), items.names)

    fit = person_fit(responses, items, np.zeros(2))

    assert fit.p[0] > 0.9
    assert fit.p[1] < 1e-6
    assert fit.infit_z[1] > 3.0
    assert fit.outfit[1] > 3.0


def test_guttman_errors_are_pairs_of_steps_in_the_wrong_order() -> None:
    rng = np.random.default_rng(17)
    items = reference.mixed_items()
    responses = simulate_responses(rng, rng.normal(size=80), items, rng.random((80, 4)) < 0.85)
    steps = [(j, k) for j in range(4) for k in range(1, items.n_categories[j])]
    scores = responses.scores
    share = [(scores[:, j] >= k).sum() / (scores[:, j] >= 0).sum() for j, k in steps]
    ranked = [steps[index] for index in np.argsort(-np.array(share), kind="stable")]

    fit = person_fit(responses, items, np.zeros(80))

    for row in range(80):
        seen = [(j, k) for j, k in ranked if scores[row, j] >= 0]
        errors = sum(scores[row, j] < k and scores[row, m] >= n for (j, k), (m, n) in itertools.combinations(seen, 2))
        if seen:
            assert fit.guttman_errors[row] == errors
        else:
            assert np.isnan(fit.guttman_errors[row])
    assert np.isnan(fit.guttman_normed).all()


def test_guttman_errors_are_normed_by_their_largest_number() -> None:
    items = ItemParameters.dichotomous(["a", "b", "c"], [1.0] * 3, [-1.0, 0.0, 1.0])
    responses = ResponseMatrix.from_array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1], [1, 1, 0]], ["a", "b", "c"])

    fit = person_fit(responses, items, np.zeros(5))

    np.testing.assert_array_equal(fit.guttman_errors, [0, 0, 2, 0, 0])
    np.testing.assert_array_equal(fit.guttman_normed, [0, 0, 1, np.nan, 0])


def test_only_presented_items_count() -> None:
    items = reference.LSAT7_2PL
    whole = ResponseMatrix.from_array([[1, -1, 0, 1, -1], [-1, -1, -1, -1, -1]], items.names)
    part = ResponseMatrix.from_array([[1, 0, 1]], ["item_1", "item_3", "item_4"])

    fit = person_fit(whole, items, np.array([0.2, 0.0]))
    alone = person_fit(part, items.select(part.item_names), np.array([0.2]))

    for name in ("lz", "lz_star", "p", "outfit", "outfit_z", "infit", "infit_z"):
        assert getattr(fit, name)[0] == pytest.approx(getattr(alone, name)[0], rel=1e-12)
        assert np.isnan(getattr(fit, name)[1])
    assert fit.n_items.tolist() == [3.0, 0.0]
    assert fit.to_dict()["lz"][1] is None


def test_candidates_with_infinite_abilities_have_no_person_fit() -> None:
    responses = ResponseMatrix.from_array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0]], candidate_ids=["full", "some"])

    left_out = person_fit(responses, reference.LSAT7_2PL, np.array([np.inf, 0.1]))
    edge = person_fit(responses, reference.LSAT7_2PL, np.array([np.inf, 0.1]), infinite="edge")

    assert np.isnan(left_out.lz_star[0])
    assert edge.lz[0] == pytest.approx(person_fit(responses, reference.LSAT7_2PL, np.array([0.2, 0.1])).lz[0])
    assert left_out.to_dict()["candidate_ids"] == ["full", "some"]
