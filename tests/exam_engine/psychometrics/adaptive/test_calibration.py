from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics.adaptive import (
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    SympsonHetter,
    calibrate_sympson_hetter,
    simulate_adaptive_tests,
)
from tests.exam_engine.psychometrics.adaptive import makers

CONTENT = {"A": 0.5, "B": 1.0 / 3.0, "C": 1.0 / 6.0}
SETTINGS = AdaptiveSettings(maximum_length=12, content_targets=CONTENT)


def with_control(control: SympsonHetter) -> AdaptiveTest:
    return AdaptiveTest(makers.pool(), replace(SETTINGS, exposure=control))


@pytest.mark.parametrize("rate", [0.2, 0.35])
def test_calibrated_probabilities_hold_the_rate(rate: float) -> None:
    calibration = calibrate_sympson_hetter(makers.pool(), SETTINGS, maximum_rate=rate, seed=3)
    tests = simulate_adaptive_tests(with_control(calibration.control), makers.abilities(6_000), seed=8)
    # Chance alone raises the highest of some fifty rates by three standard errors of 0.006.
    assert rate - 0.03 < tests.exposure.maximum < rate + 0.025
    assert (tests.content_counts == [6, 4, 2]).all()
    assert calibration.highest_rates[0] == 1.0
    assert calibration.highest_rates[-1] < rate + 0.06
    assert calibration.control.probabilities.min() >= rate - 1e-9


def test_segments_hold_the_rate_among_candidates_of_similar_ability() -> None:
    calibration = calibrate_sympson_hetter(
        makers.pool(), SETTINGS, maximum_rate=0.4, seed=3, segment_bounds=(-0.6, 0.6)
    )
    tests = simulate_adaptive_tests(with_control(calibration.control), makers.abilities(6_000), seed=8)
    assert (tests.segment_rates.max(axis=1) < 0.45).all()


def test_a_calibration_is_the_same_under_the_same_seed() -> None:
    one, again, other = (
        calibrate_sympson_hetter(
            makers.pool(), SETTINGS, maximum_rate=0.3, seed=seed, iterations=3, n_candidates=200
        ).to_dict()
        for seed in (3, 3, 4)
    )
    assert one == again != other
    assert len(one["highest_rates"]) == 3


def test_candidates_are_drawn_from_the_abilities_given() -> None:
    able = calibrate_sympson_hetter(
        makers.pool(), SETTINGS, maximum_rate=0.2, seed=3, n_candidates=500, abilities=np.array([2.0])
    )
    tests = simulate_adaptive_tests(with_control(able.control), np.full(2_000, 2.0), seed=1)
    others = simulate_adaptive_tests(with_control(able.control), np.full(2_000, -1.5), seed=1)
    assert tests.exposure.maximum < 0.27
    assert others.exposure.maximum > 0.4


@pytest.mark.parametrize(
    ("rate", "options"),
    [(0.0999, {}), (1.01, {}), (0.0, {}), (0.5, {"iterations": 0}), (0.5, {"n_candidates": 0})],
)
def test_a_rate_that_cannot_be_held_is_refused(rate: float, options: dict[str, Any]) -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        calibrate_sympson_hetter(makers.pool(), SETTINGS, maximum_rate=rate, seed=1, **options)
    assert caught.value.code == "bad_exposure"


def test_the_least_rate_is_every_item_alike() -> None:
    calibration = calibrate_sympson_hetter(
        makers.pool(), SETTINGS, maximum_rate=0.1, seed=1, iterations=2, n_candidates=100
    )
    assert calibration.maximum_rate == 0.1
