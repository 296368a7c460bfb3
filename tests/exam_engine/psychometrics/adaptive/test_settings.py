import json
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    ConfidenceRule,
    ItemEligibility,
    SequentialRatioRule,
    SympsonHetter,
    simulate_adaptive_tests,
)
from tests.exam_engine.psychometrics.adaptive import makers

CONTROL = SympsonHetter(probabilities=np.ones((1, 3)))


@pytest.mark.parametrize(
    "settings",
    [
        AdaptiveSettings(maximum_length=40),
        AdaptiveSettings(
            maximum_length=40,
            minimum_length=10,
            standard_error=0.3,
            classification=SequentialRatioRule(cuts=(-0.5, 0.5), half_width=0.1, alpha=0.01, beta=0.02),
            information_at="cut",
            estimator="MLE",
            final_estimator="WLE",
            prior_mean=0.2,
            prior_sd=1.1,
            fences=(-5.0, 4.5),
            start=-0.3,
            randomesque=(5, 4, 3, 2, 1),
            exposure=ItemEligibility(maximum_rate=0.2, fading=0.999, segment_bounds=(0.0,)),
            content_targets={"A": 0.25, "B": 0.75},
        ),
        AdaptiveSettings(
            maximum_length=3,
            criterion="KL",
            kl_width=2.0,
            classification=ConfidenceRule(cuts=(0.1,), confidence=0.9),
            exposure=CONTROL,
        ),
    ],
)
def test_settings_read_what_they_wrote(settings: AdaptiveSettings) -> None:
    stored = json.dumps(settings.to_dict(), allow_nan=False)
    again = AdaptiveSettings.from_dict(json.loads(stored))
    assert again.to_dict() == settings.to_dict()
    assert again.classification == settings.classification


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("bad_length", {"maximum_length": 0}),
        ("bad_length", {"minimum_length": 0}),
        ("bad_length", {"minimum_length": 11}),
        ("bad_rule", {"standard_error": 0.0}),
        ("bad_rule", {"information_at": "cut"}),
        ("bad_rule", {"information_at": "cut", "criterion": "KL", "classification": ConfidenceRule(cuts=(0.0,))}),
        ("bad_rule", {"fences": (1.0, 1.0)}),
        ("bad_rule", {"fences": (-np.inf, 1.0)}),
        ("bad_rule", {"start": np.nan}),
        ("bad_rule", {"kl_width": 0.0}),
        ("unknown_option", {"criterion": "luck"}),
        ("unknown_option", {"estimator": "EAPsum"}),
        ("unknown_option", {"final_estimator": "best"}),
        ("unknown_option", {"information_at": "start"}),
        ("bad_prior", {"prior_sd": 0.0}),
        ("bad_prior", {"prior_mean": np.inf}),
        ("bad_exposure", {"randomesque": ()}),
        ("bad_exposure", {"randomesque": (5, 0)}),
        ("bad_exposure", {"randomesque": (2,), "exposure": CONTROL}),
        ("bad_content", {"content_targets": {"A": 0.5, "B": 0.49}}),
        ("bad_content", {"content_targets": {"A": 1.5, "B": -0.5}}),
    ],
)
def test_settings_that_contradict_themselves_are_refused(code: str, options: dict[str, Any]) -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        AdaptiveSettings(**({"maximum_length": 10} | options))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("bad_cuts", lambda: ConfidenceRule(cuts=())),
        ("bad_cuts", lambda: ConfidenceRule(cuts=(0.5, 0.5))),
        ("bad_cuts", lambda: SequentialRatioRule(cuts=(np.nan,))),
        ("bad_rule", lambda: ConfidenceRule(cuts=(0.0,), confidence=1.0)),
        ("bad_rule", lambda: SequentialRatioRule(cuts=(0.0,), half_width=0.0)),
        ("bad_rule", lambda: SequentialRatioRule(cuts=(0.0,), alpha=0.5, beta=0.5)),
        ("bad_rule", lambda: SequentialRatioRule(cuts=(0.0,), alpha=0.0)),
        ("bad_rule", lambda: SequentialRatioRule(cuts=(0.0, 0.4), half_width=0.2)),
    ],
)
def test_rules_that_cannot_decide_are_refused(code: str, make: Any) -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        make()
    assert caught.value.code == code


def test_rules_on_the_right_side_of_the_boundary_are_taken() -> None:
    assert SequentialRatioRule(cuts=(0.0, 0.4), half_width=0.199).cuts == (0.0, 0.4)
    assert SequentialRatioRule(cuts=(0.0,), alpha=0.5, beta=0.499).beta == 0.499
    assert AdaptiveSettings(maximum_length=10, minimum_length=10).minimum_length == 10


def test_unknown_classification_rules_are_refused() -> None:
    stored = AdaptiveSettings(maximum_length=5, classification=ConfidenceRule(cuts=(0.0,))).to_dict()
    stored["classification"]["rule"] = "coin"
    with pytest.raises(AdaptiveTestError) as caught:
        AdaptiveSettings.from_dict(stored)
    assert caught.value.code == "unknown_option"


def test_mcbride_and_martins_rule_ends_with_the_best_item() -> None:
    settings = AdaptiveSettings(maximum_length=10, randomesque=(5, 4, 3, 2, 1))
    assert [settings.randomesque_at(n) for n in range(8)] == [5, 4, 3, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("empty_pool", lambda: AdaptivePool(items=makers.three_parameter().take(np.zeros(0, dtype=np.intp)))),
        ("bad_areas", lambda: AdaptivePool(items=makers.three_parameter(3), areas=("A", "B"))),
        ("unknown_item", lambda: AdaptivePool(items=makers.three_parameter(3), enemies=(("i000", "i003"),))),
        ("pool_too_small", lambda: AdaptiveTest(makers.pool(9), AdaptiveSettings(maximum_length=10))),
        (
            "bad_content",
            lambda: AdaptiveTest(makers.pool(9), AdaptiveSettings(maximum_length=2, content_targets={"D": 1.0})),
        ),
        (
            "bad_content",
            lambda: AdaptiveTest(makers.pool(12), AdaptiveSettings(maximum_length=3, content_targets={"C": 1.0})),
        ),
    ],
)
def test_pools_that_cannot_serve_a_test_are_refused(code: str, make: Any) -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        make()
    assert caught.value.code == code


def test_a_test_under_another_exposure_control_is_the_same_otherwise() -> None:
    test = makers.adaptive_test(criterion="KL")
    control = SympsonHetter(probabilities=np.full((1, 120), 0.5))
    other = test.with_exposure(control)
    afresh = makers.adaptive_test(criterion="KL", exposure=control)
    assert test.settings.exposure is None
    one, same = (simulate_adaptive_tests(each, makers.abilities(20), seed=1) for each in (other, afresh))
    assert (one.items == same.items).all()
    with pytest.raises(AdaptiveTestError) as caught:
        test.with_exposure(CONTROL)
    assert caught.value.code == "bad_exposure"


def test_a_pool_of_just_the_items_needed_serves_the_test() -> None:
    only_c = AdaptiveSettings(maximum_length=2, content_targets={"C": 1.0})
    assert AdaptiveTest(makers.pool(12), only_c).quota.tolist() == [0, 0, 2]


def test_an_item_closes_itself_and_all_its_enemies() -> None:
    items = ItemParameters.dichotomous(["p", "q", "r", "s"], 1.0, 0.0)
    pool = AdaptivePool(items=items, enemies=(("p", "q"), ("q", "r")))
    assert pool.closes.tolist() == [[0, 1, 4], [0, 1, 2], [1, 2, 4], [3, 4, 4]]
    assert AdaptivePool.from_positions(items, enemies=[(0, 1), (1, 2)]).closes.tolist() == pool.closes.tolist()
