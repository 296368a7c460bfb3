import numpy as np
import pytest
from scipy.stats import binomtest

from exam_engine.psychometrics.fit import FitError, empirical_curves, grouped_x2, pv_q1
from exam_engine.psychometrics.fit.grouped_chi_squares import GroupExpectation, GroupStatistic
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference

ONE = ItemParameters.dichotomous(["q"], [1.2], [0.1])


def four_groups() -> tuple[ResponseMatrix, np.ndarray]:
    """Forty candidates of ten each at abilities around −1.5, −0.5, 0.5 and 1.5 with 2, 5, 4 and 9 right answers."""
    theta = np.repeat([-1.5, -0.5, 0.5, 1.5], 10) + np.tile(np.linspace(-0.2, 0.2, 10), 4)
    right = np.concatenate([np.arange(10) < count for count in (2, 5, 4, 9)])
    return ResponseMatrix.from_array(right[:, None].astype(int), ["q"]), theta


@pytest.mark.parametrize("statistic", ["X2", "G2"])
@pytest.mark.parametrize("expected", ["mean", "median"])
def test_statistics_of_four_groups_by_hand(statistic: GroupStatistic, expected: GroupExpectation) -> None:
    responses, theta = four_groups()
    p = category_probabilities(theta, ONE)[:, 0].reshape(4, 10, 2)
    middle = category_probabilities(np.sort(theta.reshape(4, 10), axis=1)[:, 4], ONE)[:, 0]
    model = 10 * (p.mean(axis=1) if expected == "mean" else middle)
    observed = np.array([[8, 2], [5, 5], [6, 4], [1, 9]])
    by_hand = (
        ((observed - model) ** 2 / model).sum()
        if statistic == "X2"
        else 2 * (observed * np.log(observed / model)).sum()
    )

    test = grouped_x2(
        responses,
        ONE,
        theta,
        statistic=statistic,
        expected=expected,
        n_groups=4,
        smallest_expected=0.0,
    )

    assert test.name == statistic
    assert test.statistic[0] == pytest.approx(by_hand)
    assert test.df[0] == 4 - 2


def test_a_cell_that_nobody_chose_adds_nothing_to_g2() -> None:
    theta = np.repeat([-1.0, 1.0], 20)
    responses = ResponseMatrix.from_array(np.repeat([[0], [1]], 20, axis=0), ["q"])
    p = category_probabilities(np.array([-1.0, 1.0]), ONE)[:, 0]

    test = grouped_x2(responses, ONE, theta, statistic="G2", n_groups=2, n_free=[0])

    assert test.statistic[0] == pytest.approx(-2 * 20 * (np.log(p[0, 0]) + np.log(p[1, 1])))


def test_sparse_categories_of_a_group_join_and_groups_of_one_cell_do_not_count() -> None:
    items = ItemParameters.polytomous(["q"], "GRM", [1.5], [[-1.0, 0.0, 1.0]])
    theta = np.repeat([-6.0, 0.0], 20)
    responses = ResponseMatrix.from_array(np.tile([[0], [1], [2], [3]], (10, 1)), ["q"])

    test = grouped_x2(responses, items, theta, n_groups=2, n_free=[0])

    # At −6 all but one category are next to impossible; at 0 all four expect at least two candidates.
    assert test.df[0] == 3


def test_candidates_of_equal_ability_stay_together_in_groups_of_about_equal_size() -> None:
    rng = np.random.default_rng(22)
    items = reference.LSAT6_2PL
    theta = rng.integers(-5, 6, 1000) / 3.0
    curves = empirical_curves(simulate_responses(rng, theta, items), items, theta, n_groups=4)

    for curve in curves:
        assert curve.n_candidates.sum() == 1000
        assert len(curve.theta) == 4
        assert (np.diff(curve.theta) > 0).all()
    order = np.argsort(theta, kind="stable")
    _, sizes = np.unique(theta[order], return_counts=True)
    boundaries = np.cumsum(curves[0].n_candidates)
    assert set(boundaries) <= set(np.cumsum(sizes))


def test_bands_are_wilsons_and_points_are_shares() -> None:
    responses, theta = four_groups()

    (curve,) = empirical_curves(responses, ONE, theta, n_groups=4, confidence=0.9)

    np.testing.assert_allclose(curve.observed[:, 1], [0.2, 0.5, 0.4, 0.9])
    np.testing.assert_allclose(curve.theta, [-1.5, -0.5, 0.5, 1.5], atol=1e-12)
    for group, right in enumerate((2, 5, 4, 9)):
        interval = binomtest(right, 10).proportion_ci(0.9, method="wilson")
        assert curve.lower[group, 1] == pytest.approx(interval.low)
        assert curve.upper[group, 1] == pytest.approx(interval.high)
    np.testing.assert_allclose(curve.expected.sum(axis=1), 1.0)
    assert curve.to_dict()["observed"][3][1] == 0.9


def test_bands_contain_the_model_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(23)
    items, theta = reference.mixed_items(), rng.normal(size=4000)
    curves = empirical_curves(simulate_responses(rng, theta, items, rng.random((4000, 4)) < 0.8), items, theta)

    inside = [(curve.lower <= curve.expected) & (curve.expected <= curve.upper) for curve in curves]
    assert np.concatenate([part.ravel() for part in inside]).mean() > 0.88


def test_items_of_different_lengths_are_tested_each_over_its_own_categories() -> None:
    rng = np.random.default_rng(26)
    items, theta = reference.mixed_items(), rng.normal(size=1500)
    responses = simulate_responses(rng, theta, items)

    together = grouped_x2(responses, items, theta)

    for item, name in enumerate(items.names):
        alone = ResponseMatrix.from_array(responses.scores[:, item : item + 1], [name])
        single = grouped_x2(alone, items, theta)
        assert together.statistic[item] == pytest.approx(single.statistic[0])
        assert together.df[item] == single.df[0] <= 10 * (items.n_categories[item] - 1)


def test_grouping_by_true_ability_rejects_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(24)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(10)], np.full(10, 1.2), np.linspace(-1, 1, 10))
    p = []
    for _ in range(40):
        theta = rng.normal(size=1000)
        p += list(grouped_x2(simulate_responses(rng, theta, items), items, theta, fixed=items.names).p)

    assert 0.017 < (np.array(p) < 0.05).mean() < 0.083


def test_plausible_value_q1_is_the_mean_over_draws() -> None:
    rng = np.random.default_rng(25)
    items = reference.LSAT7_2PL
    theta = rng.normal(size=800)
    responses = simulate_responses(rng, theta, items)
    draws = theta[:, None] + rng.normal(0, 0.3, (800, 3))

    test = pv_q1(responses, items, draws)

    single = [grouped_x2(responses, items, draw) for draw in draws.T]
    np.testing.assert_allclose(test.statistic, np.mean([one.statistic for one in single], axis=0))
    np.testing.assert_allclose(test.df, np.mean([one.df for one in single], axis=0))


def test_infinite_abilities_are_left_out_and_counted() -> None:
    responses, theta = four_groups()
    theta[:2] = -np.inf

    test = grouped_x2(responses, ONE, theta, n_groups=4)

    assert test.n_left_out == 2.0
    assert test.n_candidates[0] == 38.0
    assert grouped_x2(responses, ONE, theta, n_groups=4, infinite="edge").n_candidates[0] == 40.0


def test_an_item_nobody_saw_has_no_statistic_and_an_empty_curve() -> None:
    responses = ResponseMatrix.from_array([[0, -1], [1, -1], [1, -1]], ["item_1", "item_2"])
    items = reference.LSAT6_2PL.take(np.arange(2))

    assert grouped_x2(responses, items, np.zeros(3)).flags[1] == "no_degrees_of_freedom"
    assert empirical_curves(responses, items, np.zeros(3))[1].theta.size == 0


def test_options_that_make_no_groups_are_refused() -> None:
    responses, theta = four_groups()
    with pytest.raises(FitError, match="2 or more") as refused:
        grouped_x2(responses, ONE, theta, n_groups=1)
    assert refused.value.code == "options_differ"
    with pytest.raises(FitError, match="confidence"):
        empirical_curves(responses, ONE, theta, confidence=1.0)
    with pytest.raises(FitError, match="plausible values"):
        pv_q1(responses, ONE, theta)
