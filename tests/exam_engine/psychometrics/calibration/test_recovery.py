"""Known parameters are found again, and 95 % intervals hold them 95 % of the time."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import logit

from exam_engine.psychometrics import (
    CalibrationSettings,
    ItemParameters,
    ItemStandardErrors,
    Prior,
    Priors,
    ResponseMatrix,
    calibrate,
    simulate_responses,
)
from exam_engine.psychometrics.arrays import FloatArray

Maker = Callable[[np.random.Generator], ItemParameters]

GUESSING = Priors(lower=Prior("beta", 5, 17))
SLIPS = Priors(lower=Prior("beta", 5, 17), upper=Prior("beta", 40, 3))


def names(n_items: int, first: str = "q") -> list[str]:
    return [f"{first}{item}" for item in range(n_items)]


def rasch(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.dichotomous(names(20), 1.0, rng.normal(size=20))


def two(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.dichotomous(names(20), rng.lognormal(0.0, 0.3, 20), rng.normal(size=20))


def three(rng: np.random.Generator) -> ItemParameters:
    # Where nobody is weak enough to guess, c is its prior and no interval of large samples; so the items are hard.
    a, b = rng.lognormal(0.2, 0.3, 20), rng.uniform(-0.3, 1.5, 20)
    return ItemParameters.dichotomous(names(20), a, b, rng.beta(5, 17, 20))


def graded(rng: np.random.Generator) -> ItemParameters:
    b = np.sort(rng.normal(size=(12, 3)), axis=1) + np.array([-0.5, 0.0, 0.5])
    return ItemParameters.polytomous(names(12), "GRM", rng.lognormal(0.0, 0.3, 12), b)


def partial_credit(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.polytomous(names(12), "GPCM", rng.lognormal(-0.2, 0.3, 12), rng.normal(size=(12, 2)))


def common_slope(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.polytomous(names(12), "PCM", 0.9, rng.normal(size=(12, 2)))


def rating_scale(rng: np.random.Generator) -> ItemParameters:
    b = rng.normal(size=(12, 1)) + np.array([-0.8, 0.1, 0.7])
    return ItemParameters.polytomous(names(12), "RSM", 0.9, b)


def nominal(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.nominal(
        names(10), np.cumsum(rng.uniform(0.3, 0.9, (10, 2)), axis=1), rng.normal(size=(10, 2))
    )


def mixed(rng: np.random.Generator) -> ItemParameters:
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(names(8, "two"), rng.lognormal(0.0, 0.3, 8), rng.normal(size=8)),
            ItemParameters.dichotomous(
                names(4, "three"), rng.lognormal(0.2, 0.3, 4), rng.normal(size=4), rng.beta(5, 17, 4)
            ),
            ItemParameters.polytomous(names(3, "graded"), "GRM", rng.lognormal(0, 0.3, 3), [[-0.8, 0.6]] * 3),
            ItemParameters.polytomous(names(3, "partial"), "GPCM", rng.lognormal(0, 0.3, 3), [[0.4, -0.3]] * 3),
        ]
    )


MODELS: dict[str, tuple[Maker, CalibrationSettings, int]] = {
    "Rasch": (rasch, CalibrationSettings(model="Rasch"), 1000),
    "1PL": (rasch, CalibrationSettings(model="1PL"), 1000),
    "2PL": (two, CalibrationSettings(), 1000),
    "3PL": (three, CalibrationSettings(model="3PL", priors=GUESSING), 6000),
    "GRM": (graded, CalibrationSettings(model="GRM"), 1000),
    "GPCM": (partial_credit, CalibrationSettings(model="GPCM"), 1000),
    "PCM": (common_slope, CalibrationSettings(model="PCM"), 1000),
    "RSM": (rating_scale, CalibrationSettings(model="RSM"), 1000),
    "NRM": (nominal, CalibrationSettings(model="NRM"), 1500),
}


def standardised_errors(found: ItemParameters, truth: ItemParameters, errors: ItemStandardErrors) -> FloatArray:
    """(P,) errors of all estimated parameters over their standard errors; of asymptotes, those of their logits."""
    z = [((getattr(found, name) - getattr(truth, name)) / getattr(errors, name)).ravel() for name in ("a", "d", "s")]
    for name in ("c", "u"):
        value, true, error = getattr(found, name), getattr(truth, name), getattr(errors, name)
        known = np.isfinite(error)
        rate = value[known] * (1.0 - value[known])
        z.append((logit(value[known]) - logit(true[known])) * rate / error[known])
    every = np.concatenate(z)
    finite: FloatArray = every[np.isfinite(every)]
    return finite


def errors_of_one_data_set(seed: int, model: str) -> FloatArray:
    make, settings, n_candidates = MODELS[model]
    rng = np.random.default_rng(seed)
    truth = make(rng)
    if model == "mixed":
        settings = CalibrationSettings(item_models=dict(zip(truth.names, truth.models, strict=True)), priors=GUESSING)
    fit = calibrate(simulate_responses(rng, rng.normal(size=n_candidates), truth), settings)
    assert fit.converged
    assert fit.standard_errors is not None
    return standardised_errors(fit.items, truth, fit.standard_errors)


MODELS["mixed"] = (mixed, CalibrationSettings(), 2000)
USUAL = {"GRM"}
"""A share for every run."""


def assert_covered(z: FloatArray, least: int) -> None:
    assert z.size >= least
    assert 0.93 <= np.mean(np.abs(z) < 1.96) <= 0.97
    assert abs(np.mean(z)) < 0.15


@pytest.mark.slow
@pytest.mark.parametrize("model", [m if m in USUAL else pytest.param(m, marks=pytest.mark.extended) for m in MODELS])
def test_intervals_of_every_model_cover_as_often_as_they_promise(model: str) -> None:
    first = errors_of_one_data_set(5000, model)
    others = [errors_of_one_data_set(seed, model) for seed in range(5001, 5001 + 3000 // first.size)]

    assert_covered(np.concatenate([first, *others]), 2900)


@pytest.mark.slow
@pytest.mark.extended
def test_intervals_of_items_with_both_asymptotes_cover_beside_items_that_fix_the_scale() -> None:
    z = []
    for seed in range(8000, 8060):
        rng = np.random.default_rng(seed)
        anchors = ItemParameters.dichotomous(names(30, "anchor"), 1.4, np.linspace(-2.5, 2.5, 30))
        new = ItemParameters.dichotomous(
            names(8), rng.lognormal(0.4, 0.2, 8), rng.uniform(-0.8, 0.8, 8), rng.beta(5, 17, 8), rng.beta(40, 3, 8)
        )
        truth = ItemParameters.concatenate([anchors, new])
        responses = simulate_responses(rng, rng.normal(0.0, 1.4, 8000), truth)

        fit = calibrate(responses, CalibrationSettings(model="4PL", priors=SLIPS), fixed=anchors)

        assert fit.converged
        assert fit.standard_errors is not None
        z.append(standardised_errors(fit.items, truth, fit.standard_errors))

    assert_covered(np.concatenate(z), 1900)


@pytest.mark.parametrize("model", ["2PL", "GRM"])
def test_intervals_cover_in_a_few_data_sets(model: str) -> None:
    z = np.concatenate([errors_of_one_data_set(seed, model) for seed in range(6000, 6020)])

    assert np.mean(np.abs(z) < 1.96) == pytest.approx(0.95, abs=0.03)


@pytest.mark.slow
@pytest.mark.extended
def test_intervals_of_two_groups_and_of_items_beside_fixed_ones_cover_as_often_as_they_promise() -> None:
    of_groups, of_new_items, of_populations = [], [], []
    for seed in range(7000, 7080):
        rng = np.random.default_rng(seed)
        truth = two(rng)
        groups = np.repeat(["first", "second"], 800)
        theta = np.concatenate([rng.normal(size=800), rng.normal(0.6, 1.3, 800)])
        responses = simulate_responses(rng, theta, truth)

        fit = calibrate(responses, groups=groups)
        assert fit.standard_errors is not None
        of_groups.append(standardised_errors(fit.items, truth, fit.standard_errors))
        second = fit.groups[1]
        assert second.se_mean is not None
        assert second.se_sd is not None
        of_populations += [(second.mean - 0.6) / second.se_mean, (second.sd - 1.3) / second.se_sd]

        own = ResponseMatrix.from_array(responses.scores[800:], truth.names)
        linked = calibrate(own, fixed=truth.select(truth.names[:12]))
        assert linked.standard_errors is not None
        of_new_items.append(standardised_errors(linked.items, truth, linked.standard_errors))

    assert_covered(np.concatenate(of_groups), 3000)
    assert_covered(np.concatenate(of_new_items), 1200)
    assert np.mean(np.abs(of_populations) < np.array(1.96)) == pytest.approx(0.95, abs=0.045)
