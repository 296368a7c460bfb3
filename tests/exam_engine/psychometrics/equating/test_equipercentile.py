import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.equating import (
    BivariateDistribution,
    EquatingError,
    EquatingTable,
    ScoreDistribution,
    bootstrap_equating,
    chained,
    counterbalanced,
    equipercentile_equating,
    equivalent_groups,
    poststratification,
    single_group,
    smooth_bivariate,
    smooth_scores,
)
from tests.exam_engine.psychometrics.equating.printed_scores import ACT_EQUIPERCENTILE, ACT_X, ACT_Y, MATH_SINGLE_GROUP


def act() -> tuple[ScoreDistribution, ScoreDistribution]:
    return ScoreDistribution.from_frequencies(ACT_X), ScoreDistribution.from_frequencies(ACT_Y)


def anchored(seed: int, ability: float, size: int = 1500) -> BivariateDistribution:
    """Scores on 12 items and on 6 anchor items of a simulated group."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(ability, 1.0, size)
    probability = 1.0 / (1.0 + np.exp(-theta))
    return BivariateDistribution.from_scores(
        rng.binomial(12, probability), rng.binomial(6, probability), x_range=(0, 12), v_range=(0, 6)
    )


def test_equivalents_of_kolen_and_brennan() -> None:
    table = equipercentile_equating(equivalent_groups(*act()))
    np.testing.assert_allclose(table.equivalents, ACT_EQUIPERCENTILE, atol=5.1e-5)
    assert table.increasing


def test_moments_of_the_equivalents_of_kolen_and_brennan() -> None:
    x, y = act()
    equivalents = equipercentile_equating(equivalent_groups(x, y)).equivalents
    mean = x.probabilities @ equivalents
    sd = np.sqrt(x.probabilities @ (equivalents - mean) ** 2)
    # Kolen & Brennan (2004), chapter 2.
    assert (mean, sd) == pytest.approx((18.9799, 8.9352), abs=5e-5)


@given(frequencies=st.lists(st.integers(1, 50), min_size=3, max_size=20))
@settings(deadline=None)
def test_a_form_is_equivalent_to_itself(frequencies: list[int]) -> None:
    scores = ScoreDistribution.from_frequencies(frequencies)
    table = equipercentile_equating(equivalent_groups(scores, scores))
    np.testing.assert_allclose(table.equivalents, scores.scores, atol=1e-9)


@given(x=st.lists(st.integers(1, 50), min_size=3, max_size=15), y=st.lists(st.integers(1, 50), min_size=3, max_size=15))
@settings(deadline=None)
def test_equivalents_rise_stay_within_half_a_score_of_the_range_and_have_the_same_percentile_rank(
    x: list[int], y: list[int]
) -> None:
    form_x, form_y = ScoreDistribution.from_frequencies(x), ScoreDistribution.from_frequencies(y)
    table = equipercentile_equating(equivalent_groups(form_x, form_y))
    assert table.increasing
    assert table.equivalents[0] >= -0.5
    assert table.equivalents[-1] <= len(y) - 0.5
    ranks = np.cumsum(form_x.probabilities) - 0.5 * form_x.probabilities
    limits = np.arange(len(y) + 1) - 0.5
    reached = np.interp(table.equivalents, limits, np.concatenate([[0.0], np.cumsum(form_y.probabilities)]))
    np.testing.assert_allclose(reached, ranks, atol=1e-9)


def test_where_nobody_has_a_score_the_middle_is_taken_and_the_error_is_unknown() -> None:
    x = ScoreDistribution.from_frequencies([10, 0, 10])
    y = ScoreDistribution.from_frequencies([10, 0, 0, 10])
    table = equipercentile_equating(equivalent_groups(x, y))
    # The percentile rank 50 belongs to every score from 0.5 to 2.5.
    assert table.equivalents[1] == pytest.approx(1.5)
    assert np.isnan(table.standard_errors[1])
    assert table.rows()[1]["standard_error"] is None


def test_the_error_in_closed_form() -> None:
    x, y = act()
    table = equipercentile_equating(equivalent_groups(x, y))
    score = 20
    f, below = x.probabilities[score], x.probabilities[:score].sum()
    rank = below + 0.5 * f
    cell = int(np.floor(table.equivalents[score] + 0.5))
    g, y_below = y.probabilities[cell], y.probabilities[:cell].sum()
    # Lord (1982) with the variance of a percentile rank, which halves one score: P(1 − P) − f/4 in place of P(1 − P).
    in_x = (rank * (1.0 - rank) - 0.25 * f) / x.n_candidates
    in_y = (rank * (1.0 - rank) - (y_below + g - rank) * (rank - y_below) / g) / y.n_candidates
    assert table.standard_errors[score] == pytest.approx(np.sqrt(in_x + in_y) / g, rel=1e-9)


def test_errors_with_presmoothing_agree_with_the_bootstrap() -> None:
    x, y = (smooth_scores(scores, degree=4).distribution for scores in act())

    def equate(x: ScoreDistribution, y: ScoreDistribution) -> EquatingTable:
        return equipercentile_equating(
            equivalent_groups(smooth_scores(x, degree=4).distribution, smooth_scores(y, degree=4).distribution)
        )

    delta = equipercentile_equating(equivalent_groups(x, y)).standard_errors
    drawn = bootstrap_equating([x, y], equate, n_replications=250, rng=np.random.default_rng(2)).standard_errors
    # In the steep tail the percentile rank bends at every half score, which derivatives at one place do not see.
    np.testing.assert_allclose(drawn[10:39], delta[10:39], rtol=0.15)


def test_frequency_estimation_by_counting_on_paper() -> None:
    xv = BivariateDistribution.from_frequencies([[6, 2], [3, 5], [1, 3]])
    yv = BivariateDistribution.from_frequencies([[4, 1], [3, 6], [1, 5]])
    design = poststratification(xv, yv, x_weight=0.3)
    anchor = 0.3 * np.array([0.5, 0.5]) + 0.7 * np.array([0.4, 0.6])
    x = np.array([[0.6, 0.2], [0.3, 0.5], [0.1, 0.3]]) @ anchor
    y = np.array([[4 / 8, 1 / 12], [3 / 8, 6 / 12], [1 / 8, 5 / 12]]) @ anchor
    np.testing.assert_allclose(design.x.probabilities, x)
    np.testing.assert_allclose(design.y.probabilities, y)


@pytest.mark.parametrize("x_weight", [0.0, 0.5, 1.0])
def test_errors_of_the_target_distributions_are_those_of_finite_differences(x_weight: float) -> None:
    xv, yv = anchored(1, 0.0, 4000), anchored(2, 0.4, 4000)
    design = poststratification(xv, yv, x_weight=x_weight)
    contrast = np.concatenate([design.x.scores, -2.0 * design.y.scores])

    def value(p: np.ndarray[tuple[int, int], np.dtype[np.float64]], side: int) -> float:
        tables = [
            BivariateDistribution(
                x_scores=t.x_scores, v_scores=t.v_scores, probabilities=q, n_candidates=t.n_candidates
            )
            for t, q in zip((xv, yv), (p, yv.probabilities) if side == 0 else (xv.probabilities, p), strict=True)
        ]
        moved = poststratification(tables[0], tables[1], x_weight=x_weight)
        return float(contrast @ np.concatenate([moved.x.probabilities, moved.y.probabilities]))

    variance = 0.0
    for side, table in enumerate((xv, yv)):
        gradient = np.zeros(table.probabilities.size)
        for cell in range(gradient.size):
            step = np.zeros(gradient.size)
            step[cell] = 1e-6
            change = step.reshape(table.probabilities.shape)
            gradient[cell] = (
                value(table.probabilities + change, side) - value(table.probabilities - change, side)
            ) / 2e-6
        variance += float(table.covariance(gradient[None, :])[0, 0])
    assert contrast @ design.covariance @ contrast == pytest.approx(variance, rel=1e-5)


@pytest.mark.parametrize("method", ["poststratification", "chained"])
def test_errors_of_nonequivalent_groups_agree_with_the_bootstrap(method: str) -> None:
    samples = [
        smooth_bivariate(anchored(seed, ability), degrees=(3, 3)).distribution for seed, ability in ((1, 0.0), (2, 0.4))
    ]

    def equate(xv: BivariateDistribution, yv: BivariateDistribution) -> EquatingTable:
        smoothed = [
            table if table.factor is not None else smooth_bivariate(table, degrees=(3, 3)).distribution
            for table in (xv, yv)
        ]
        return equipercentile_equating(
            poststratification(*smoothed) if method == "poststratification" else chained(*smoothed)
        )

    delta = equate(samples[0], samples[1]).standard_errors
    drawn = bootstrap_equating(samples, equate, n_replications=250, rng=np.random.default_rng(4)).standard_errors
    np.testing.assert_allclose(drawn[1:12], delta[1:12], rtol=0.2)


def test_groups_of_equal_ability_give_what_equivalent_groups_give() -> None:
    xv, yv = anchored(5, 0.0, 200_000), anchored(6, 0.0, 200_000)
    equivalent = equipercentile_equating(equivalent_groups(xv.x, yv.x)).equivalents
    for design in (poststratification(xv, yv), chained(xv, yv)):
        np.testing.assert_allclose(equipercentile_equating(design).equivalents, equivalent, atol=0.06)


def test_a_chain_is_one_equating_after_the_other() -> None:
    xv, yv = anchored(1, 0.0), anchored(2, 0.4)
    table = equipercentile_equating(chained(xv, yv))
    on_anchor = equipercentile_equating(equivalent_groups(xv.x, xv.v)).equivalents
    v_limits = np.arange(8) - 0.5
    ranks = np.interp(on_anchor, v_limits, np.concatenate([[0.0], np.cumsum(yv.v.probabilities)]))
    y_limits = np.arange(14) - 0.5
    expected = np.interp(ranks, np.concatenate([[0.0], np.cumsum(yv.x.probabilities)]), y_limits)
    np.testing.assert_allclose(table.equivalents, expected, atol=1e-9)


def test_in_a_single_group_errors_are_smaller_because_the_forms_go_together() -> None:
    xy = BivariateDistribution.from_frequencies(MATH_SINGLE_GROUP)
    single = equipercentile_equating(single_group(xy))
    apart = equipercentile_equating(equivalent_groups(xy.x, xy.v))
    np.testing.assert_allclose(single.equivalents, apart.equivalents)
    assert (single.standard_errors[2:19] < apart.standard_errors[2:19]).all()


def test_counterbalancing_mixes_the_orders_and_one_half_of_one_sample_is_that_sample() -> None:
    xy = BivariateDistribution.from_frequencies(MATH_SINGLE_GROUP)
    other = BivariateDistribution.from_frequencies(np.array(MATH_SINGLE_GROUP).T)
    mixed = counterbalanced(xy, other, x_weight=0.7, y_weight=0.6)
    np.testing.assert_allclose(mixed.x.probabilities, 0.7 * xy.x.probabilities + 0.3 * other.x.probabilities)
    np.testing.assert_allclose(mixed.y.probabilities, 0.4 * xy.v.probabilities + 0.6 * other.v.probabilities)
    twice = counterbalanced(xy, xy)
    np.testing.assert_allclose(twice.covariance, 0.5 * single_group(xy).covariance, atol=1e-15)


def test_a_form_on_which_all_have_one_score_is_refused() -> None:
    constant, other = ScoreDistribution.from_frequencies([0, 7, 0]), ScoreDistribution.from_frequencies([3, 5, 2])
    flat_anchor = BivariateDistribution.from_frequencies([[0, 4], [0, 6]])
    for design in (
        equivalent_groups(constant, other),
        equivalent_groups(other, constant),
        chained(flat_anchor, flat_anchor),
    ):
        with pytest.raises(EquatingError) as caught:
            equipercentile_equating(design)
        assert caught.value.code == "no_spread"


def test_an_anchor_score_that_one_group_lacks_is_named() -> None:
    xv = BivariateDistribution.from_frequencies([[6, 2, 0], [3, 5, 0]])
    yv = BivariateDistribution.from_frequencies([[4, 1, 2], [3, 6, 1]])
    with pytest.raises(EquatingError, match="who took X has the anchor score 2") as caught:
        poststratification(xv, yv, x_weight=0.5)
    assert caught.value.code == "anchor_score_unseen"
    # A synthetic population of the X group alone does not need it.
    assert poststratification(xv, yv, x_weight=1.0).y.probabilities.sum() == pytest.approx(1.0)


def test_designs_that_contradict_themselves_are_refused() -> None:
    xv = BivariateDistribution.from_frequencies([[6, 2], [3, 5]])
    wider = BivariateDistribution.from_frequencies([[6, 2, 1], [3, 5, 1]])
    for refused in (
        lambda: poststratification(xv, wider),
        lambda: chained(xv, wider),
        lambda: counterbalanced(xv, wider),
    ):
        with pytest.raises(EquatingError) as caught:
            refused()
        assert caught.value.code == "anchor_scores_differ"
    for weight in (-0.01, 1.01):
        with pytest.raises(EquatingError) as caught:
            poststratification(xv, xv, x_weight=weight)
        assert caught.value.code == "bad_weight"
