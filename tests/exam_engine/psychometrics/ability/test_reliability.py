import numpy as np
import pytest

from exam_engine.psychometrics import ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import (
    ScoringError,
    empirical_reliability,
    estimate_eap,
    estimate_mle,
    estimate_wle,
    marginal_reliability,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.ability import makers, reference


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (reference.LSAT7_2PL_ITEMS, reference.LSAT7_2PL_MARGINAL_RELIABILITY),
        (reference.LSAT6_3PL_ITEMS, reference.LSAT6_3PL_MARGINAL_RELIABILITY),
        (reference.GRM_ITEMS, reference.GRM_MARGINAL_RELIABILITY),
        (reference.NRM_ITEMS, reference.NRM_MARGINAL_RELIABILITY),
    ],
    ids=["2PL", "3PL", "GRM", "NRM"],
)
def test_marginal_reliability_in_the_standard_population_is_that_of_the_reference(
    items: ItemParameters, expected: float
) -> None:
    assert marginal_reliability(items) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    ("items", "patterns", "expected"),
    [
        (reference.LSAT7_2PL_ITEMS, published.LSAT7_PATTERNS, reference.LSAT7_2PL_EMPIRICAL_RELIABILITY),
        (reference.LSAT6_3PL_ITEMS, published.LSAT6_PATTERNS, reference.LSAT6_3PL_EMPIRICAL_RELIABILITY),
    ],
    ids=["LSAT7", "LSAT6"],
)
def test_empirical_reliability_of_all_candidates_is_that_of_the_reference(
    items: ItemParameters, patterns: dict[str, int], expected: float
) -> None:
    table, counts = published.pattern_table(patterns), np.array([*patterns.values()], dtype=np.float64)
    weighted = estimate_eap(ResponseMatrix.from_patterns(table, counts, items.names), items)
    expanded = estimate_eap(
        ResponseMatrix.from_array(np.repeat(table, [*patterns.values()], axis=0), items.names), items
    )

    assert empirical_reliability(weighted, counts) == pytest.approx(expected, abs=1e-7)
    assert empirical_reliability(expanded) == pytest.approx(expected, abs=1e-7)


def test_marginal_reliability_does_not_depend_on_how_the_scale_is_fixed() -> None:
    one_slope = ItemParameters.dichotomous(list("abc"), 0.755, [-1.0, 0.0, 1.0])
    rasch = one_slope.transformed(0.755, 0.3)

    here = marginal_reliability(one_slope)

    assert marginal_reliability(rasch, normal_quadrature(61, -4.23, 4.83, mean=0.3, sd=0.755)) == pytest.approx(
        here, abs=1e-9
    )
    # Integrating a Rasch scale over a standard normal population gives another figure for the same form.
    assert abs(marginal_reliability(rasch) - here) > 0.05


def test_both_kinds_of_estimate_show_the_squared_correlation_with_true_ability() -> None:
    rng = np.random.default_rng(1)
    items = makers.ITEMS_OF_EVERY_MODEL[-1]
    theta = rng.normal(size=5000)
    responses = simulate_responses(rng, theta, items)

    for found in (estimate_eap(responses, items), estimate_wle(responses, items)):
        squared = np.corrcoef(found.theta, theta)[0, 1] ** 2
        assert empirical_reliability(found) == pytest.approx(squared, abs=0.015)
        assert marginal_reliability(items) == pytest.approx(squared, abs=0.02)


def test_infinite_estimates_have_no_reliability() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1, 0] * 6, [1] * 12], items.names)
    with pytest.raises(ScoringError, match="row 2: the estimate is inf") as caught:
        empirical_reliability(estimate_mle(responses, items))
    assert caught.value.code == "not_finite"


def test_one_candidate_has_no_reliability() -> None:
    items = makers.two_parameter()
    with pytest.raises(ScoringError, match="at least two") as caught:
        empirical_reliability(estimate_eap(ResponseMatrix.from_array([[1] * 12], items.names), items))
    assert caught.value.code == "too_few"
