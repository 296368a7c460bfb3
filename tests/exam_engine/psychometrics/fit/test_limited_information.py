import dataclasses

import numpy as np
import pytest
from scipy.stats import ncx2

from exam_engine.psychometrics.fit import FitError, m2
from exam_engine.psychometrics.fit.moments import LimitedStatistic
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS, LSAT7_PATTERNS, pattern_responses

RASCH_DENSITY = normal_quadrature(sd=float(np.sqrt(reference.LSAT6_RASCH_VARIANCE)))


@pytest.mark.parametrize(
    ("patterns", "items", "ability", "statistic", "df", "p", "srmsr", "tli", "cfi"),
    [
        (LSAT6_PATTERNS, reference.LSAT6_1PL, None, 5.2913499, 9, 0.8082070, 0.0224192, 1.0725347, 1.0),
        (LSAT6_PATTERNS, reference.LSAT6_RASCH, RASCH_DENSITY, 5.2913587, 9, 0.8082062, 0.0224193, 1.0725345, 1.0),
        (LSAT6_PATTERNS, reference.LSAT6_2PL, None, 4.7383838, 5, 0.4486349, 0.0213222, 1.0092102, 1.0),
        (LSAT7_PATTERNS, reference.LSAT7_2PL, None, 11.9384116, 5, 0.0356415, 0.0319629, 0.9369266, 0.9684633),
    ],
)
def test_reference_values_of_m2(
    patterns: dict[str, int],
    items: ItemParameters,
    ability: Quadrature | None,
    statistic: float,
    df: int,
    p: float,
    srmsr: float,
    tli: float,
    cfi: float,
) -> None:
    fit = m2(pattern_responses(patterns), items, ability)

    assert fit.name == "M2"
    assert fit.df == df
    assert fit.flag is None
    np.testing.assert_allclose(
        [fit.statistic, fit.p, fit.srmsr, fit.tli, fit.cfi], [statistic, p, srmsr, tli, cfi], atol=1e-6
    )


def test_reference_values_of_rmsea_and_its_limits() -> None:
    fit = m2(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL)

    np.testing.assert_allclose(
        [fit.rmsea, fit.rmsea_lower, fit.rmsea_upper], [0.0372702, 0.0089547, 0.0649674], atol=5e-5
    )
    for limit, tail in ((fit.rmsea_lower, 0.95), (fit.rmsea_upper, 0.05)):
        assert ncx2.cdf(fit.statistic, fit.df, limit**2 * fit.df * 999) == pytest.approx(tail, abs=1e-8)
    good = m2(pattern_responses(LSAT6_PATTERNS), reference.LSAT6_2PL)
    assert (good.rmsea, good.rmsea_lower) == (0.0, 0.0)


def test_projecting_the_free_spread_makes_rasch_and_1pl_the_same_model() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    spread = float(np.sqrt(reference.LSAT6_RASCH_VARIANCE))
    as_1pl = dataclasses.replace(reference.LSAT6_RASCH.transformed(1 / spread, 0.0), models=("1PL",) * 5)
    standard = Quadrature(RASCH_DENSITY.nodes / spread, RASCH_DENSITY.weights)

    rasch = m2(responses, reference.LSAT6_RASCH, RASCH_DENSITY, project_density=True)
    common = m2(responses, as_1pl, standard)

    assert rasch.statistic == pytest.approx(common.statistic, rel=1e-10)
    assert rasch.df == common.df == 9


@pytest.mark.parametrize("statistic", ["M2", "C2"])
def test_data_that_are_exactly_as_expected_have_no_misfit(statistic: LimitedStatistic) -> None:
    items = ItemParameters.concatenate([reference.mixed_items(), reference.LSAT6_2PL])

    fit = m2(reference.exact_responses(items, 4000.0), items, statistic=statistic, fixed=items.names)

    assert fit.statistic == pytest.approx(0.0, abs=1e-8)
    assert fit.p == pytest.approx(1.0)
    assert fit.df == fit.n_moments
    assert fit.cfi == 1.0


def test_a_change_of_scale_changes_nothing() -> None:
    responses, ability = pattern_responses(LSAT7_PATTERNS), normal_quadrature()
    items = reference.LSAT7_2PL.transformed(1.7, -0.4)
    moved = Quadrature(1.7 * ability.nodes - 0.4, ability.weights)

    assert m2(responses, items, moved).statistic == pytest.approx(
        m2(responses, reference.LSAT7_2PL, ability).statistic, rel=1e-8
    )


def test_order_of_items_and_repeated_rows_change_nothing() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    backwards = ResponseMatrix.from_array(
        np.repeat(responses.scores, responses.weights.astype(int), axis=0)[:, ::-1], responses.item_names[::-1]
    )

    assert m2(backwards, reference.LSAT7_2PL).statistic == pytest.approx(
        m2(responses, reference.LSAT7_2PL).statistic, rel=1e-9
    )


def test_the_true_model_is_rejected_as_often_as_the_level_says_with_the_right_mean() -> None:
    rng = np.random.default_rng(9)
    items = reference.mixed_items()
    fits = [
        m2(simulate_responses(rng, rng.normal(size=800), items), items, statistic="C2", fixed=items.names)
        for _ in range(150)
    ]

    statistic = np.array([fit.statistic for fit in fits])
    assert fits[0].df == 8 + 6
    assert abs(statistic.mean() - 14) < 4 * np.sqrt(28 / 150)
    assert 0.005 < np.mean([fit.p < 0.05 for fit in fits]) < 0.11


def test_a_second_dimension_is_found() -> None:
    rng = np.random.default_rng(3)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(12)], np.full(12, 1.2), np.linspace(-1, 1, 12))
    first, second = rng.normal(size=(2, 2000))
    scores = np.concatenate(
        [
            simulate_responses(rng, first, items.take(np.arange(6))).scores,
            simulate_responses(rng, 0.4 * first + 0.9165 * second, items.take(np.arange(6, 12))).scores,
        ],
        axis=1,
    )

    fit = m2(ResponseMatrix.from_array(scores, items.names), items)

    assert fit.p < 1e-6
    assert fit.rmsea_lower > 0.05
    assert fit.cfi < 0.9


def test_booklets_with_common_parameters_make_one_test() -> None:
    rng = np.random.default_rng(12)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(9)], np.full(9, 1.1), np.linspace(-1.5, 1.5, 9))
    presented = np.ones((1500, 9), dtype=bool)
    presented[:500, 6:] = presented[500:1000, :3] = presented[1000:1040, 4] = False
    responses = simulate_responses(rng, rng.normal(size=1500), items, presented)
    halves = [slice(0, 500), slice(500, 1000), slice(1040, 1500)]
    columns = [np.arange(6), np.arange(3, 9), np.arange(9)]

    together = m2(responses, items, fixed=items.names)
    parts = [
        m2(
            ResponseMatrix.from_array(responses.scores[rows][:, own], [items.names[j] for j in own]),
            items.take(own),
            fixed=[items.names[j] for j in own],
        )
        for rows, own in zip(halves, columns, strict=True)
    ]

    assert together.statistic == pytest.approx(sum(part.statistic for part in parts), rel=1e-10)
    assert together.df == 21 + 21 + 45
    assert together.n_left_out == 40.0
    assert m2(responses, items).df == together.df - 18


def test_further_groups_spend_a_mean_and_a_spread_each() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    twice = ResponseMatrix.from_array(
        np.concatenate([responses.scores] * 2), responses.item_names, weights=np.tile(responses.weights, 2)
    )
    groups = ["a"] * len(responses.scores) + ["b"] * len(responses.scores)

    free = m2(twice, reference.LSAT7_2PL, groups=groups)
    equal = m2(twice, reference.LSAT7_2PL, groups=groups, free_density=())
    projected = m2(twice, reference.LSAT7_2PL, groups=groups, project_density=True)

    assert (free.df, equal.df, projected.df) == (30 - 12, 30 - 10, 30 - 12)
    assert free.statistic == pytest.approx(equal.statistic)
    assert projected.statistic <= free.statistic + 1e-9


def test_too_few_moments_are_refused_with_the_way_out() -> None:
    items = ItemParameters.polytomous(["a", "b", "c"], "GRM", [1.0] * 3, [[-1, 0, 1]] * 3)
    responses = reference.exact_responses(items, 1000.0)

    with pytest.raises(FitError, match="take C2") as refused:
        m2(responses, items)

    assert refused.value.code == "no_degrees_of_freedom"
    with pytest.raises(FitError, match="more items"):
        m2(pattern_responses(LSAT6_PATTERNS), reference.LSAT6_3PL)


def test_parameters_that_moments_do_not_determine_are_flagged() -> None:
    flat = ItemParameters.dichotomous([f"q{j}" for j in range(8)], np.zeros(8) + 1e-12, np.zeros(8))

    fit = m2(reference.exact_responses(flat, 1000.0), flat)

    # At zero slopes nothing but the proportions is determined.
    assert fit.flag == "unidentified"
    assert fit.df == 36 - 8


def test_an_item_that_all_answered_alike_leaves_no_comparison_with_independence() -> None:
    rng = np.random.default_rng(2)
    items = reference.LSAT6_2PL
    scores = simulate_responses(rng, rng.normal(size=400), items).scores.copy()
    scores[:, 0] = 1

    fit = m2(ResponseMatrix.from_array(scores, items.names), items)

    assert np.isfinite(fit.statistic)
    assert np.isnan([fit.tli, fit.cfi, fit.srmsr]).all()
    assert fit.to_dict()["cfi"] is None


def test_data_and_options_that_cannot_be_tested_are_refused() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    with pytest.raises(FitError, match="smallest_booklet") as few:
        m2(ResponseMatrix.from_array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 1]]), reference.LSAT6_2PL)
    assert few.value.code == "too_few_candidates"
    with pytest.raises(FitError, match="confidence"):
        m2(responses, reference.LSAT6_2PL, confidence=90.0)
    with pytest.raises(FitError, match="expected 10"):
        m2(responses, reference.LSAT6_2PL, parameter_design=np.eye(3))
    with pytest.raises(FitError, match="5 items have 15 moments") as many:
        m2(responses, reference.LSAT6_2PL, most_moments=14)
    assert many.value.code == "too_many_moments"
    assert m2(responses, reference.LSAT6_2PL, most_moments=15).n_moments == 15
    same = ItemParameters.dichotomous(["a", "b"], [1000.0, 1000.0], [0.1, 0.1])
    with pytest.raises(FitError, match="singular") as singular:
        m2(ResponseMatrix.from_array([[0, 0], [1, 1]] * 60, ["a", "b"]), same, fixed=["a", "b"])
    assert singular.value.code == "singular_moments"
