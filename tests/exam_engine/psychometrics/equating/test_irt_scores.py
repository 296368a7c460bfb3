import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.equating import (
    EquatingError,
    ScoreDistribution,
    equipercentile_equating,
    equivalent_groups,
    irt_equating_errors,
    irt_observed_score_equating,
    irt_true_score_equating,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance, ScaleTransformation, link_scales, uniform_quadrature
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities, expected_item_scores
from tests.exam_engine.psychometrics.linking.kolen_brennan import COMMON, form_x, form_y

# R package plink 1.5-1 (Weeks 2010, JSS 35(12)) for the forms of Kolen & Brennan (2004), Table 6.5, linked by
# Stocking–Lord over 40 equal weights on [-4, 4]: equivalents of Form X scores on Form Y.
TRUE_SCORES = {
    1: 0.888021, 4: 3.552083, 6: 5.328124, 7: 6.22719, 8: 7.417388, 12: 12.280685, 16: 16.574978, 20: 20.749825,
    24: 24.856907, 28: 28.795526, 32: 32.820187, 34: 34.721972, 35: 35.45363, 36: 36.0,
}  # fmt: skip
# The same over 40 points on [-4, 4] with normal weights in both groups.
OBSERVED_SCORES = {
    1: 0.718760, 4: 3.741669, 8: 7.958110, 12: 12.298689, 16: 16.549965, 20: 20.721318, 24: 24.828731, 28: 28.808531,
    32: 32.773227, 35: 35.501761, 36: 36.342276,
}  # fmt: skip


def linked_x() -> ItemParameters:
    return link_scales(form_x(), form_y(), old_weights=uniform_quadrature(40, -4.0, 4.0)).apply(form_x())


def mixed(shift: float = 0.0) -> ItemParameters:
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["m1", "m2"], [0.9, 1.4], np.array([-0.5, 0.6]) + shift, [0.2, 0.1]),
            ItemParameters.polytomous(["g1"], "GRM", [1.1], np.array([[-1.0, 0.2, 1.2]]) + shift),
            ItemParameters.polytomous(["p1"], "GPCM", [0.8], np.array([[-0.3, 0.5]]) + shift),
        ]
    )


def test_true_score_equivalents_of_kolen_and_brennan() -> None:
    table = irt_true_score_equating(linked_x(), form_y())
    np.testing.assert_allclose(table.equivalents[list(TRUE_SCORES)], list(TRUE_SCORES.values()), atol=1e-5)
    assert table.increasing


def test_observed_score_equivalents_of_kolen_and_brennan() -> None:
    table = irt_observed_score_equating(linked_x(), form_y(), x_population=normal_quadrature(40, -4.0, 4.0))
    np.testing.assert_allclose(table.equivalents[list(OBSERVED_SCORES)], list(OBSERVED_SCORES.values()), atol=1e-5)
    assert table.parameters == {}
    assert np.isnan(table.standard_errors).all()


def test_true_scores_meet_at_the_same_ability() -> None:
    x, y = mixed(), mixed(0.4)
    table = irt_true_score_equating(x, y)
    theta = np.linspace(-3.0, 3.0, 2001)
    on_x, on_y = expected_item_scores(theta, x).sum(axis=1), expected_item_scores(theta, y).sum(axis=1)
    np.testing.assert_allclose(table.equivalents[2:6], np.interp(table.x_scores[2:6], on_x, on_y), atol=1e-4)


def test_below_the_guessing_parameters_equivalents_lie_on_kolens_line() -> None:
    x = ItemParameters.dichotomous(["a", "b", "c", "d"], 1.0, [-1.0, 0.0, 0.5, 1.0], [0.3, 0.3, 0.3, 0.3])
    y = ItemParameters.dichotomous(["e", "f", "g", "h"], 1.2, [-0.5, 0.0, 0.5, 1.0], [0.2, 0.2, 0.1, 0.1])
    table = irt_true_score_equating(x, y)
    np.testing.assert_allclose(table.equivalents[:2], [0.0, 0.6 / 1.2])
    # Just above the sum of the guessing parameters the model takes over where the line ends.
    assert table.equivalents[1] < 0.6 < table.equivalents[2]
    assert table.equivalents[4] == 4.0
    assert table.parameters["x lower asymptotes"] == pytest.approx(1.2)


def test_above_the_upper_asymptotes_equivalents_lie_on_a_line_to_the_highest_scores() -> None:
    x = ItemParameters.dichotomous(["a", "b", "c"], 1.0, 0.0, 0.0, 0.6)
    y = ItemParameters.dichotomous(["e", "f", "g"], 1.0, 0.0, 0.0, 0.8)
    table = irt_true_score_equating(x, y)
    # Sums of the upper asymptotes: 1.8 and 2.4; score 2 is above the first.
    assert table.equivalents[2] == pytest.approx(3.0 - 1.0 * 0.6 / 1.2)
    assert table.equivalents[3] == 3.0
    assert table.equivalents[1] == pytest.approx(2.4 / 1.8)


@given(shift=st.floats(-0.5, 0.5))
@settings(max_examples=20, deadline=None)
def test_there_and_back_gives_the_true_score_again(shift: float) -> None:
    there = irt_true_score_equating(mixed(), mixed(shift))
    x = there.x_scores[(there.x_scores > 0.3) & (there.x_scores < 7.0)]
    on_y = there.apply(x)
    back = irt_true_score_equating(mixed(shift), mixed())
    # Between whole scores the table goes straight, the model does not.
    np.testing.assert_allclose(back.apply(on_y), x, atol=0.1)


@pytest.mark.parametrize("items", [form_y(), mixed()])
def test_a_form_is_equivalent_to_itself(items: ItemParameters) -> None:
    np.testing.assert_allclose(
        irt_true_score_equating(items, items).equivalents, np.arange(items.max_scores.sum() + 1), atol=1e-9
    )
    observed = irt_observed_score_equating(items, items, x_population=normal_quadrature())
    np.testing.assert_allclose(observed.equivalents, observed.x_scores, atol=1e-9)


def test_expected_score_distributions_by_enumerating_all_answers() -> None:
    x, y = mixed(), mixed(0.4)
    groups = normal_quadrature(11, -3.0, 3.0), normal_quadrature(11, -3.0, 3.0, mean=0.5, sd=0.8)
    table = irt_observed_score_equating(x, y, x_population=groups[0], y_population=groups[1], x_weight=0.3)

    def distribution(items: ItemParameters) -> ScoreDistribution:
        result = np.zeros(int(items.max_scores.sum()) + 1)
        for group, share in zip(groups, (0.3, 0.7), strict=True):
            p = category_probabilities(group.nodes, items)
            for answers in np.ndindex(*(int(k) for k in items.n_categories)):
                joint = np.prod([p[:, item, category] for item, category in enumerate(answers)], axis=0)
                result[sum(answers)] += share * float(group.weights @ joint)
        return ScoreDistribution(
            scores=np.arange(result.size, dtype=np.float64), probabilities=result, n_candidates=np.inf
        )

    expected = equipercentile_equating(equivalent_groups(distribution(x), distribution(y)))
    np.testing.assert_allclose(table.equivalents, expected.equivalents, atol=1e-9)


def test_errors_of_true_score_equating_in_closed_form_for_one_parameter() -> None:
    x, y = mixed(), mixed(0.4)
    covariance = ParameterCovariance((("m1", "d1"),), np.array([[0.04]]))
    errors = irt_equating_errors(x, y, irt_true_score_equating, x_covariance=covariance)
    # dy/dδ = −(τ_Y′ / τ_X′) ∂τ_X/∂δ at the ability of the score, by differences in ability.
    theta = np.linspace(-4.0, 4.0, 80_001)
    on_x, on_y = expected_item_scores(theta, x).sum(axis=1), expected_item_scores(theta, y).sum(axis=1)
    place = int(np.searchsorted(on_x, 4.0))
    slopes = np.gradient(on_y, theta)[place] / np.gradient(on_x, theta)[place]
    logit = 1.0 / (1.0 + np.exp(-(0.9 * theta[place] + x.d[0, 0])))
    assert errors[4] == pytest.approx(0.2 * slopes * 0.8 * logit * (1.0 - logit), rel=1e-3)
    np.testing.assert_allclose(
        irt_equating_errors(x, y, irt_true_score_equating, y_covariance=covariance)[[0, -1]], 0.0, atol=1e-12
    )


def test_errors_with_linking_agree_with_draws_of_the_parameters() -> None:
    x, y = form_x().select(COMMON), form_y().select(COMMON)

    def covariance(items: ItemParameters) -> ParameterCovariance:
        spread = 0.2 * np.array([0.1, 0.12, 0.03])
        return ParameterCovariance.independent_items(items, [np.diag(spread**2)] * len(items))

    def link_by_means(new: ItemParameters, old: ItemParameters) -> ScaleTransformation:
        return link_scales(new, old, method="mean-mean").transformation

    delta, drawn = (
        irt_equating_errors(
            x,
            y,
            irt_true_score_equating,
            x_covariance=covariance(x),
            y_covariance=covariance(y),
            link=link_by_means,
            n_replications=n_replications,
            rng=np.random.default_rng(3),
        )
        for n_replications in (0, 120)
    )
    np.testing.assert_allclose(drawn[3:11], delta[3:11], rtol=0.25)
    without = irt_equating_errors(x, y, irt_true_score_equating, x_covariance=covariance(x), y_covariance=covariance(y))
    assert np.abs(without[3:11] - delta[3:11]).max() > 0.005


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (ItemParameters.nominal(["n"], [[0.5, 1.0]], [[0.0, 0.1]]), "nominal_item"),
        (ItemParameters.dichotomous(["f"], -0.5, 0.0), "not_increasing"),
        (ItemParameters.dichotomous(["z"], 0.0, 0.0), "not_increasing"),
    ],
)
def test_forms_without_true_scores_are_refused(items: ItemParameters, code: str) -> None:
    for x, y in ((items, mixed()), (mixed(), items)):
        with pytest.raises(EquatingError, match=items.names[0]) as caught:
            irt_true_score_equating(x, y)
        assert caught.value.code == code


def test_a_synthetic_population_needs_a_share() -> None:
    for weight in (-0.1, 1.1):
        with pytest.raises(EquatingError) as caught:
            irt_observed_score_equating(mixed(), mixed(), x_population=normal_quadrature(), x_weight=weight)
        assert caught.value.code == "bad_weight"
