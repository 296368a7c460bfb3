"""The lognormal model of times, its residuals, fast right answers, rapid guesses."""

import numpy as np
import pytest
from scipy.stats import binom, kstest

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.forensics import fit_response_times, response_times

CANDIDATES, ITEMS = 400, 30


def drawn(seed: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    intensity, spread = rng.normal(3.7, 0.4, ITEMS), rng.uniform(0.3, 0.6, ITEMS)
    speed = rng.normal(0.0, 0.25, CANDIDATES)
    times = np.exp(intensity - speed[:, None] + spread * rng.standard_normal((CANDIDATES, ITEMS)))
    return times, intensity, 1.0 / spread, speed


def half_right(seed: int = 0) -> BoolArray:
    return np.random.default_rng(seed).random((CANDIDATES, ITEMS)) < 0.6


def test_parameters_are_found_again() -> None:
    times, intensity, discrimination, speed = drawn(1)
    model = fit_response_times(times)

    assert np.abs(model.intensity - intensity + speed.mean()).max() < 4 * 0.65 / np.sqrt(CANDIDATES)
    assert np.abs(model.discrimination / discrimination - 1.0).max() < 4 / np.sqrt(2 * CANDIDATES)
    # The error of a speed is that of a mean of 30 residuals with a spread of about 0.45.
    assert np.sqrt(np.mean((model.speed - speed + speed.mean()) ** 2)) == pytest.approx(0.45 / np.sqrt(30), rel=0.2)
    assert abs(model.speed.mean()) < 1e-9


def test_equal_spread_gives_the_two_way_analysis_of_variance() -> None:
    times = drawn(2)[0]
    logs = np.log(times)
    model = fit_response_times(times)
    weights = model.discrimination**2 / (model.discrimination**2).sum()

    np.testing.assert_allclose(model.intensity, logs.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(model.speed, (model.intensity - logs) @ weights, atol=1e-6)


def test_pattern_of_honest_times_has_its_distribution() -> None:
    times = np.concatenate([drawn(3)[0]])
    found = response_times(times, half_right(), fit_response_times(times))

    assert kstest(found.pattern_p, "uniform").pvalue > 1e-3
    for level in (0.05, 0.01):
        assert binom.sf((found.pattern_p <= level).sum() - 1, CANDIDATES, level) > 1e-3


def test_fast_right_answers_of_honest_candidates_are_listed_no_more_than_the_level_says() -> None:
    listed = []
    for seed in range(4, 8):
        times = drawn(seed)[0]
        listed.append(response_times(times, half_right(seed), fit_response_times(times)).fast_right_p)
    p = np.concatenate(listed)
    for level in (0.05, 0.01):
        assert binom.sf((p <= level).sum() - 1, p.size, level) > 1e-3


def test_items_known_beforehand_show_as_fast_and_right() -> None:
    times, right = drawn(8)[0], half_right()
    known = np.arange(10)
    times[:5, known] *= 0.25
    right[:5, known] = True
    found = response_times(times, right, fit_response_times(times))

    assert (found.fast_right_p[:5] < 1e-3).all()
    assert (found.n_fast_right[:5] >= 5).all()
    assert np.median(found.fast_right_p[5:]) > 0.2


def test_rapid_answers_are_those_under_a_tenth_of_the_median_and_ten_seconds() -> None:
    times = np.full((41, 2), [40.0, 200.0])
    times[0] = [3.9, 9.9]
    times[1] = [4.1, 10.1]
    found = response_times(times, np.zeros(times.shape, dtype=np.bool_), fit_response_times(times))

    assert found.n_rapid[:3].tolist() == [2, 0, 0]


def test_missing_times_count_for_nothing() -> None:
    times = drawn(9)[0]
    times[0] = np.nan
    times[1, 1:] = np.nan
    found = response_times(times, half_right(), fit_response_times(times))

    assert (found.n_items[0], found.n_items[1]) == (0, 1)
    assert found.pattern_p[:2].tolist() == [1.0, 1.0]
    assert np.isfinite(found.pattern_p[2:]).all()


def test_a_time_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        fit_response_times(np.array([[1.0, 0.0]]))
