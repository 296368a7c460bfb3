import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize

from exam_engine.psychometrics.fit import FitError, rmsd, rmsd_by_group
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities, response_log_likelihood
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference
from tests.exam_engine.psychometrics.published import LSAT7_PATTERNS, expanded_responses, pattern_responses


def test_data_that_are_exactly_as_expected_do_not_deviate() -> None:
    items, ability = reference.mixed_items(), normal_quadrature(mean=0.2, sd=0.9)

    curves = rmsd(reference.exact_responses(items, 2000.0, ability), items, ability)

    np.testing.assert_allclose(curves.rmsd, 0.0, atol=1e-12)
    np.testing.assert_allclose(curves.md, 0.0, atol=1e-12)
    np.testing.assert_allclose(curves.observed, curves.expected, atol=1e-10)


def test_empirical_curves_are_posterior_weighted_mean_scores() -> None:
    rng = np.random.default_rng(18)
    items, ability = reference.mixed_items(), normal_quadrature(9, -3, 3)
    responses = simulate_responses(rng, rng.normal(size=50), items, rng.random((50, 4)) < 0.8)
    p = category_probabilities(ability.nodes, items)
    posterior = np.tile(ability.weights, (50, 1))
    for row, item in np.argwhere(responses.scores >= 0):
        posterior[row] *= p[:, item, responses.scores[row, item]]
    posterior /= posterior.sum(axis=1, keepdims=True)

    curves = rmsd(responses, items, ability, fixed=items.names)

    for item in range(4):
        seen = responses.scores[:, item] >= 0
        mass = posterior[seen].sum(axis=0)
        highest = items.n_categories[item] - 1
        curve = responses.scores[seen, item] @ posterior[seen] / mass / highest
        gap = curve - p[:, item] @ np.arange(4) / highest
        np.testing.assert_allclose(curves.observed[item], curve, rtol=1e-10)
        assert curves.rmsd[item] == pytest.approx(np.sqrt(ability.weights @ gap**2))
        assert curves.md[item] == pytest.approx(ability.weights @ gap)


def test_true_parameters_are_rejected_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(19)
    items = ItemParameters.polytomous(
        [f"q{j}" for j in range(8)], "GPCM", rng.lognormal(0, 0.3, 8), np.sort(rng.normal(size=(8, 2)), axis=1)
    )
    found = [rmsd(simulate_responses(rng, rng.normal(size=500), items), items, fixed=items.names) for _ in range(60)]

    p, md_p = (np.concatenate([getattr(curves, name) for curves in found]) for name in ("p", "md_p"))
    # 480 tests at 5 %: three standard errors are 3 %.
    assert 0.02 < (p < 0.05).mean() < 0.08
    assert 0.02 < (md_p < 0.05).mean() < 0.08
    # Chance alone makes RMSD positive; what is taken off leaves squares that are zero on average, before the cut at 0.
    squares = np.concatenate([curves.rmsd**2 for curves in found]).mean()
    left = np.concatenate([curves.rmsd_corrected**2 for curves in found]).mean()
    assert left < 0.4 * squares


def test_estimated_parameters_leave_less_deviation_than_fixed_ones() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)

    estimated = rmsd(responses, reference.LSAT7_2PL)
    fixed = rmsd(responses, reference.LSAT7_2PL, fixed=reference.NAMES)

    np.testing.assert_allclose(estimated.rmsd, fixed.rmsd)
    assert (estimated.md_se < fixed.md_se).all()
    assert (estimated.p < fixed.p).all()
    # Maximum likelihood makes the mean deviation nearly zero; against its own error it is no more than chance.
    assert (estimated.md_p > 0.01).all()


def test_an_item_that_became_easier_is_found_with_its_sign() -> None:
    rng = np.random.default_rng(21)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(25)], np.full(25, 1.1), np.linspace(-2, 2, 25))
    moved = dataclasses.replace(items, d=items.d + 0.6 * (np.arange(25) == 12)[:, None])

    curves = rmsd(simulate_responses(rng, rng.normal(size=3000), moved), items, fixed=items.names)

    assert np.argmax(curves.rmsd) == 12
    assert curves.rmsd_corrected[12] > 0.08
    assert curves.md[12] > 0.08
    assert curves.p_adjusted[12] < 1e-10
    # The easier item pulls everybody's posterior up a little, so that some others may follow, but far behind.
    assert np.delete(curves.rmsd, 12).max() < 0.5 * curves.rmsd[12]


def test_a_row_with_a_weight_stands_for_as_many_candidates() -> None:
    weighted = rmsd(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL)
    repeated = rmsd(expanded_responses(LSAT7_PATTERNS), reference.LSAT7_2PL)

    np.testing.assert_allclose(weighted.p, repeated.p, rtol=1e-8)
    np.testing.assert_allclose(weighted.standard_errors, repeated.standard_errors, rtol=1e-8)


def test_rasch_and_1pl_forms_of_one_model_give_one_test() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    rasch = dataclasses.replace(
        ItemParameters.dichotomous(reference.NAMES, np.ones(5), np.linspace(-2, 0, 5)), models=("Rasch",) * 5
    )
    ability = normal_quadrature(sd=1.3)
    common = dataclasses.replace(rasch.transformed(1 / 1.3, 0.0), models=("1PL",) * 5)
    standard = dataclasses.replace(ability, nodes=ability.nodes / 1.3)

    np.testing.assert_allclose(rmsd(responses, rasch, ability).p, rmsd(responses, common, standard).p, rtol=1e-8)


def test_groups_are_compared_with_common_curves_and_their_own_densities() -> None:
    items = reference.mixed_items()
    densities = {"first": normal_quadrature(mean=-0.5), "second": normal_quadrature(mean=0.8, sd=1.3)}
    parts = [reference.exact_responses(items, 3000.0, density) for density in densities.values()]
    both = ResponseMatrix.from_array(
        np.concatenate([part.scores for part in parts]),
        items.names,
        weights=np.concatenate([part.weights for part in parts]),
    )
    groups = ["first"] * len(parts[0].scores) + ["second"] * len(parts[1].scores)

    right = rmsd_by_group(both, items, densities, groups=groups)
    wrong = rmsd_by_group(both, items, densities["first"], groups=groups)

    assert list(right) == ["first", "second"]
    for curves in right.values():
        np.testing.assert_allclose(curves.rmsd, 0.0, atol=1e-12)
        np.testing.assert_allclose(curves.n_candidates, 3000.0)
    assert (wrong["second"].rmsd > 0.001).all()


def test_one_group_by_name_is_one_group() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)

    named = rmsd_by_group(responses, reference.LSAT7_2PL, groups=["all"] * len(responses.scores))["all"]

    np.testing.assert_allclose(named.p, rmsd(responses, reference.LSAT7_2PL).p)


def test_an_estimated_mean_leaves_less_room_for_deviations() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)

    known = rmsd(responses, reference.LSAT7_2PL, fixed=reference.NAMES)
    estimated = rmsd(responses, reference.LSAT7_2PL, fixed=reference.NAMES, free_density=("mean", "sd"))

    assert (estimated.md_se < known.md_se).all()


def test_deviations_in_a_group_with_estimated_mean_and_spread_are_rejected_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(27)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(12)], np.full(12, 1.2), np.linspace(-1, 1, 12))
    p = []
    for _ in range(40):
        responses = simulate_responses(rng, rng.normal(0.5, 0.8, 500), items)

        def misfit(density: np.ndarray, responses: ResponseMatrix = responses) -> float:
            ability = normal_quadrature(mean=density[0], sd=np.exp(density[1]))
            return -float(
                np.log(np.exp(response_log_likelihood(responses.scores, ability.nodes, items)) @ ability.weights).sum()
            )

        mean, log_sd = minimize(misfit, [0.4, -0.1], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-4}).x
        estimated = normal_quadrature(mean=mean, sd=np.exp(log_sd))
        p += list(rmsd(responses, items, estimated, fixed=items.names, free_density=("mean", "sd")).p)

    # 480 tests at 5 %.
    assert 0.02 < (np.array(p) < 0.05).mean() < 0.085


def test_an_item_nobody_saw_has_nan_and_null() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    scores = responses.scores.copy()
    scores[:, 2] = -1

    curves = rmsd(
        ResponseMatrix.from_array(scores, responses.item_names, weights=responses.weights), reference.LSAT7_2PL
    )

    assert np.isnan([curves.rmsd[2], curves.p[2], curves.md[2], curves.md_p[2]]).all()
    assert np.isfinite(np.delete(curves.p, 2)).all()
    item = curves.to_dict()["items"][2]
    assert item["rmsd"] is None
    assert item["observed"][0] is None


def test_a_design_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(FitError, match="expected 10") as refused:
        rmsd(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL, parameter_design=np.eye(4))
    assert refused.value.code == "options_differ"
    with pytest.raises(FitError, match="2 groups for 32 rows"):
        rmsd_by_group(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL, groups=["a", "b"])
