import itertools

import numpy as np
import pytest
from scipy.stats import chi2_contingency, pearsonr

from exam_engine.psychometrics.fit import FitError, ld_x2, q3, q3_critical_value
from exam_engine.psychometrics.fit.posterior import posterior_means
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS, LSAT7_PATTERNS, pattern_responses

LOW, HIGH = np.triu_indices(5, 1)
# Pairs (1, 2), (1, 3), … (4, 5); R package mirt 1.45.1, residuals(type = "Q3") at EAP and residuals(type = "LD").
Q3_LSAT6 = [-0.042069289, -0.042235684, -0.064722318, -0.062856613, -0.115708872, -0.098167361, -0.030220453,
            -0.094347895, -0.105630887, -0.00416975]  # fmt: skip
Q3_LSAT7 = [-0.134483784, -0.213735153, -0.012105503, 0.00869568, -0.162778501, -0.133864372, -0.12450148,
            -0.169786943, -0.114730612, -0.054469799]  # fmt: skip
LD_LSAT7 = [0.451013369, 0.856418276, 2.577942593, 2.392573233, 1.053128764, 0.266105873, 1.382947179, 0.154361838,
            0.002955974, 1.0534e-05]  # fmt: skip
V_LSAT7 = [-0.021237075, -0.029264625, 0.050773444, 0.048913937, 0.032451945, -0.016312752, -0.037187998,
           -0.012424244, -0.001719295, 0.000102635]  # fmt: skip


def dependent_pair(rng: np.random.Generator, n_candidates: int) -> tuple[ResponseMatrix, ItemParameters]:
    """Twenty items of which the last repeats the answer to the one before it for every third candidate."""
    b = np.append(np.linspace(-1, 1, 19), 1.0)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(20)], np.full(20, 1.2), b)
    scores = simulate_responses(rng, rng.normal(size=n_candidates), items).scores.copy()
    scores[::3, 19] = scores[::3, 18]
    return ResponseMatrix.from_array(scores, items.names), items


@pytest.mark.parametrize(
    ("patterns", "items", "expected"),
    [(LSAT6_PATTERNS, reference.LSAT6_2PL, Q3_LSAT6), (LSAT7_PATTERNS, reference.LSAT7_2PL, Q3_LSAT7)],
)
def test_reference_values_of_q3_at_eap(patterns: dict[str, int], items: ItemParameters, expected: list[float]) -> None:
    responses = pattern_responses(patterns)

    pairs = q3(responses, items, posterior_means(responses.scores, items, normal_quadrature()))

    np.testing.assert_allclose(pairs.q3[LOW, HIGH], expected, atol=1e-7)
    np.testing.assert_array_equal(np.diag(pairs.q3), 1.0)
    assert pairs.average == pytest.approx(np.mean(expected), abs=1e-7)
    assert pairs.q3_star == pytest.approx(max(expected) - np.mean(expected), abs=1e-7)


def test_q3_of_a_pair_uses_those_who_saw_both_items() -> None:
    rng = np.random.default_rng(6)
    items = reference.mixed_items()
    theta = rng.normal(size=500)
    responses = simulate_responses(rng, theta, items, rng.random((500, 4)) < 0.7)
    residual = responses.scores - expected_item_scores(theta, items)
    theta[:5] = np.inf

    pairs = q3(responses, items, theta)

    for i, j in itertools.combinations(range(4), 2):
        both = (responses.scores[:, [i, j]] >= 0).all(axis=1) & np.isfinite(theta)
        assert pairs.n_candidates[i, j] == both.sum()
        assert pairs.q3[i, j] == pytest.approx(pearsonr(*residual[both][:, [i, j]].T).statistic, abs=1e-12)


def test_a_pair_that_nobody_saw_together_has_no_statistic() -> None:
    rng = np.random.default_rng(6)
    presented = np.ones((200, 5), dtype=bool)
    presented[:100, 0] = presented[100:, 1] = False
    responses = simulate_responses(rng, rng.normal(size=200), reference.LSAT6_2PL, presented)

    pairs = q3(responses, reference.LSAT6_2PL, np.zeros(200))
    tables = ld_x2(responses, reference.LSAT6_2PL)

    assert np.isnan([pairs.q3[0, 1], tables.statistic[0, 1], tables.p[1, 0]]).all()
    assert np.isfinite(pairs.average)
    assert pairs.to_dict()["q3"][0][1] is None
    assert tables.to_dict()["pairs"][0]["statistic"] is None


def test_items_that_depend_on_each_other_are_flagged_by_both() -> None:
    responses, items = dependent_pair(np.random.default_rng(8), 2000)

    pairs = q3(responses, items, posterior_means(responses.scores, items, normal_quadrature()))
    tables = ld_x2(responses, items)

    assert [(first, second) for first, second, _ in pairs.flagged] == [("q18", "q19")]
    assert tables.standardised[18, 19] > 10.0
    assert tables.cramers_v[18, 19] > 0.0
    others = np.triu(np.ones((20, 20), dtype=bool), 1)
    others[18, 19] = False
    assert tables.standardised[others].max() < 10.0


def test_the_critical_value_of_q3_star_is_exceeded_as_rarely_as_its_level_says() -> None:
    rng = np.random.default_rng(10)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(8)], np.full(8, 1.2), np.linspace(-1, 1, 8))
    ability = normal_quadrature()
    critical = q3_critical_value(rng, items, ability, presented=np.ones((400, 8), dtype=bool), level=0.9)

    exceeded = []
    for _ in range(150):
        responses = simulate_responses(rng, rng.normal(size=400), items)
        exceeded.append(q3(responses, items, posterior_means(responses.scores, items, ability)).q3_star > critical)

    assert 0.02 < np.mean(exceeded) < 0.2


def test_reference_values_of_ld_x2() -> None:
    tables = ld_x2(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL)

    np.testing.assert_allclose(tables.statistic[LOW, HIGH], LD_LSAT7, atol=1e-6)
    np.testing.assert_allclose(tables.cramers_v[LOW, HIGH], V_LSAT7, atol=1e-6)
    np.testing.assert_array_equal(tables.df[LOW, HIGH], 1.0)
    np.testing.assert_allclose(tables.standardised[0, 1], (0.451013369 - 1) / np.sqrt(2), atol=1e-6)


def test_ld_x2_of_items_without_slope_is_the_test_of_independence() -> None:
    rng = np.random.default_rng(11)
    scores = np.stack([rng.integers(0, 3, 300), rng.integers(0, 4, 300)], axis=1)
    shares = [np.bincount(column) / 300 for column in scores.T]
    flat = ItemParameters.nominal(
        ["a", "b"],
        [[0.0, 0.0, np.nan], [0.0] * 3],
        [[*np.log(shares[0][1:] / shares[0][0]), np.nan], np.log(shares[1][1:] / shares[1][0])],
    )

    tables = ld_x2(ResponseMatrix.from_array(scores, ["a", "b"]), flat)

    table = np.array([[((scores == (i, j)).all(axis=1)).sum() for j in range(4)] for i in range(3)])
    expected = chi2_contingency(table, correction=False)
    assert tables.statistic[0, 1] == pytest.approx(expected.statistic)
    assert tables.p[0, 1] == pytest.approx(expected.pvalue)
    assert tables.df[0, 1] == expected.dof


def test_the_sign_is_that_of_the_association_in_an_ordered_table() -> None:
    items = ItemParameters.polytomous(["a", "b"], "GPCM", [1e-9, 1e-9], [[0.0, 0.0], [0.0, 0.0]])
    together = [[0, 0], [1, 1], [2, 2], [0, 1]] * 30

    assert ld_x2(ResponseMatrix.from_array(together, ["a", "b"]), items).cramers_v[0, 1] > 0.0
    against = [[first, 2 - second] for first, second in together]
    assert ld_x2(ResponseMatrix.from_array(against, ["a", "b"]), items).cramers_v[0, 1] < 0.0


def test_abilities_and_options_that_do_not_fit_are_refused() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    with pytest.raises(FitError, match="do not match 30 rows") as shape:
        q3(responses, reference.LSAT6_2PL, np.zeros(7))
    assert shape.value.code == "abilities_differ"
    abilities = np.zeros(30)
    abilities[4] = np.nan
    with pytest.raises(FitError, match="row 5"):
        q3(responses, reference.LSAT6_2PL, abilities)
    with pytest.raises(FitError, match="level") as options:
        q3_critical_value(np.random.default_rng(1), reference.LSAT6_2PL, presented=np.ones((9, 5), dtype=bool), level=2)
    assert options.value.code == "options_differ"
