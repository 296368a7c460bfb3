import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm, skewnorm

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.density import (
    DavidianDensity,
    HistogramDensity,
    NormalDensity,
    _principal,
)
from tests.exam_engine.psychometrics.calibration.models import NODES


def moments(log_weights: FloatArray) -> tuple[float, float]:
    weights = np.exp(log_weights)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    mean = float(weights @ NODES)
    return mean, float(np.sqrt(weights @ (NODES - mean) ** 2))


def skewed_mass() -> FloatArray:
    """Expected candidates at the nodes of a population that is not normal: mean 0.4, standard deviation 0.9."""
    shape = skewnorm(5.0)
    mass: FloatArray = 1000 * shape.pdf((NODES - 0.4) / 0.9 * shape.std() + shape.mean())
    return mass


def likelihood(mass: FloatArray, log_weights: FloatArray) -> float:
    return float(mass @ log_weights)


@given(st.floats(-1.5, 1.5), st.floats(0.5, 1.6))
def test_a_normal_distribution_is_recovered_from_its_own_weights(mean: float, sd: float) -> None:
    mass = 500 * norm(mean, sd).pdf(NODES)

    found = NormalDensity(free_mean=True, free_sd=True).maximised(mass, NODES)

    assert found.mean == pytest.approx(mean, abs=1e-8)
    assert found.sd == pytest.approx(sd, abs=1e-8)


def test_the_normal_m_step_is_the_maximum_on_the_grid_and_not_only_its_moments() -> None:
    # A part of the population lies beyond the grid, so moments of grid and distribution differ.
    mass = 500 * norm(3.0, 2.0).pdf(NODES)
    assert mass @ NODES / mass.sum() == pytest.approx(2.8, abs=0.1)

    found = NormalDensity(free_mean=True, free_sd=True).maximised(mass, NODES)

    np.testing.assert_allclose(mass @ found.score(NODES), 0.0, atol=1e-7)
    assert found.mean == pytest.approx(3.0, abs=1e-6)


def test_only_what_is_free_moves() -> None:
    mass = skewed_mass()

    assert NormalDensity(0.1, 1.3).maximised(mass, NODES) == NormalDensity(0.1, 1.3)
    only_mean = NormalDensity(sd=1.3, free_mean=True).maximised(mass, NODES)
    assert only_mean.sd == 1.3
    assert only_mean.mean == pytest.approx(0.4, abs=0.01)
    only_sd = NormalDensity(free_sd=True).maximised(mass, NODES)
    assert only_sd.mean == 0.0
    assert only_sd.sd == pytest.approx(np.hypot(0.4, 0.9), abs=0.01)


@pytest.mark.parametrize("density", [NormalDensity(0.3, 1.2, True, True), NormalDensity(0.3, 0.8, False, True)])
def test_derivatives_of_the_normal_weights_are_finite_differences(density: NormalDensity) -> None:
    step, mass = 1e-5, skewed_mass()
    score, curvature = [], []
    for shift in step * np.eye(density.vector().size):
        up, down = density.at(density.vector() + shift, NODES), density.at(density.vector() - shift, NODES)
        score.append((up.log_weights(NODES) - down.log_weights(NODES)) / (2 * step))
        curvature.append(-(mass @ up.score(NODES) - mass @ down.score(NODES)) / (2 * step))

    np.testing.assert_allclose(density.score(NODES).T, score, atol=1e-7)
    np.testing.assert_allclose(density.complete_information(mass, NODES), curvature, rtol=1e-6, atol=1e-4)


def test_a_free_histogram_is_the_shares_of_the_candidates() -> None:
    mass = skewed_mass()

    found = HistogramDensity(NormalDensity().log_weights(NODES), is_standardised=False).maximised(mass, NODES)

    np.testing.assert_allclose(np.exp(found.log_weights(NODES)), np.maximum(mass / mass.sum(), 1e-10), rtol=1e-8)


def test_a_standardised_histogram_is_the_likeliest_of_mean_zero_and_variance_one() -> None:
    nodes = np.linspace(-3.0, 3.0, 9)
    mass = np.array([3.0, 8.0, 20.0, 40.0, 60.0, 44.0, 30.0, 12.0, 6.0])

    found = HistogramDensity(np.full(9, -np.log(9.0)), is_standardised=True).maximised(mass, nodes)
    weights = np.exp(found.log_weights(nodes))

    assert weights @ nodes == pytest.approx(0.0, abs=1e-10)
    assert weights @ nodes**2 == pytest.approx(1.0, abs=1e-10)
    best = minimize(
        lambda p: -mass @ np.log(p),
        np.exp(-0.5 * nodes**2) / np.exp(-0.5 * nodes**2).sum(),
        bounds=[(1e-9, 1.0)] * 9,
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1.0},
            {"type": "eq", "fun": lambda p: p @ nodes},
            {"type": "eq", "fun": lambda p: p @ nodes**2 - 1.0},
        ],
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert likelihood(mass, found.log_weights(nodes)) == pytest.approx(-best.fun, abs=1e-4)
    np.testing.assert_allclose(weights, best.x, atol=1e-4)


def test_a_histogram_far_from_standard_is_still_brought_to_a_distribution() -> None:
    mass = norm(4.0, 0.3).pdf(NODES)

    found = HistogramDensity(NormalDensity().log_weights(NODES), is_standardised=True).maximised(mass, NODES)

    mean, sd = moments(found.log_weights(NODES))
    assert mean == pytest.approx(0.0, abs=0.01)
    assert sd == pytest.approx(1.0, abs=0.05)


def test_a_davidian_curve_of_right_angles_is_the_normal_distribution() -> None:
    normal = DavidianDensity(np.array([0.0, 1.0, 2.0]), 0.0, 0.0, is_standardised=True)

    np.testing.assert_allclose(normal.log_weights(NODES), NormalDensity().log_weights(NODES), atol=1e-9)


@given(st.lists(st.floats(-3.1, 3.1), min_size=1, max_size=4))
def test_a_standardised_davidian_curve_has_mean_zero_and_variance_one(angles: list[float]) -> None:
    density = DavidianDensity(np.array(angles), 0.0, 0.0, is_standardised=True)
    fine = np.linspace(-12.0, 12.0, 2401)
    weights = np.exp(density.log_weights(fine))

    assert weights @ fine == pytest.approx(0.0, abs=1e-6)
    assert weights @ fine**2 == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("is_standardised", [True, False])
def test_derivatives_of_a_davidian_curve_are_finite_differences(is_standardised: bool) -> None:
    density = DavidianDensity(np.array([0.4, -1.1, 2.0]), 0.3, -0.2, is_standardised)
    mass, step = skewed_mass(), 1e-6
    differences = [
        (
            density.at(density.vector() + shift, NODES).log_weights(NODES) @ mass
            - density.at(density.vector() - shift, NODES).log_weights(NODES) @ mass
        )
        / (2 * step)
        for shift in step * np.eye(density.vector().size)
    ]

    np.testing.assert_allclose(mass @ density._curve(NODES)[1], differences, rtol=1e-5)


def test_davidian_curves_of_higher_order_come_nearer_to_a_skewed_population() -> None:
    mass = skewed_mass()
    gaps = []
    for order in (1, 2, 4, 6):
        start = DavidianDensity(np.full(order, 0.1), 0.0, 0.0, is_standardised=False)
        found = start.maximised(mass, NODES).maximised(mass, NODES)
        share = mass / mass.sum()
        gaps.append(float(share @ (np.log(share) - found.log_weights(NODES))))
        assert found.mean == pytest.approx(0.4, abs=0.02)
        assert np.exp(found.log_sd) == pytest.approx(0.9, abs=0.03)

    assert gaps[0] > gaps[1] > gaps[2] > gaps[3] > 0.0
    assert gaps[3] < 0.1 * gaps[0]


@given(st.lists(st.floats(-3.1, 3.1), min_size=1, max_size=4))
def test_turning_angles_into_their_principal_range_does_not_change_the_curve(angles: list[float]) -> None:
    density = DavidianDensity(np.array(angles), 0.0, 0.0, is_standardised=True)

    turned = _principal(density.angles)

    assert ((turned >= 0.0) & (turned <= np.pi))[:-1].all()
    same = DavidianDensity(turned, 0.0, 0.0, is_standardised=True)
    np.testing.assert_allclose(
        np.exp(same.log_weights(NODES)), np.exp(density.log_weights(NODES)), rtol=1e-6, atol=1e-12
    )


@settings(max_examples=50)
@given(
    st.lists(st.floats(0.0, 1.0), min_size=61, max_size=61).filter(lambda mass: sum(mass) > 0.1),
    st.sampled_from([1.0, 8.0, 60.0]),
    st.floats(-3.0, 3.0),
    st.floats(0.02, 8.0),
)
def test_no_m_step_makes_the_expected_candidates_less_likely(
    mass: list[float], power: float, mean: float, sd: float
) -> None:
    # High powers leave the candidates on a node or two, where moments of grid and distribution have little in common.
    candidates = np.array(mass) ** power
    before: list[NormalDensity | HistogramDensity] = [
        NormalDensity(mean, sd, free_mean=True, free_sd=True),
        NormalDensity(mean, sd, free_mean=True),
        NormalDensity(mean, sd, free_sd=True),
        HistogramDensity(NormalDensity().log_weights(NODES), is_standardised=True),
        HistogramDensity(NormalDensity(mean, max(sd, 0.3)).log_weights(NODES), is_standardised=False),
    ]

    for density in before:
        after = density.maximised(candidates, NODES).log_weights(NODES)
        assert likelihood(candidates, after) >= likelihood(candidates, density.log_weights(NODES)) - 1e-9


def test_a_histogram_with_spikes_keeps_mean_and_variance_to_the_last_digits() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        mass = norm(0.02, 1.03).pdf(NODES) * rng.gamma(2.0, 0.5, NODES.size)

        found = HistogramDensity(NormalDensity().log_weights(NODES), is_standardised=True).maximised(mass, NODES)

        mean, sd = moments(found.log_weights(NODES))
        assert mean == pytest.approx(0.0, abs=1e-7)
        assert sd == pytest.approx(1.0, abs=1e-7)
