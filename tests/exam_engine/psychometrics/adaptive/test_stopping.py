import numpy as np
import pytest
from scipy.special import ndtri

from exam_engine.psychometrics import ItemParameters, category_probabilities
from exam_engine.psychometrics.adaptive import (
    ConfidenceRule,
    SequentialRatioRule,
    session_result,
    simulate_adaptive_tests,
)
from tests.exam_engine.psychometrics.adaptive import makers


def test_a_test_without_rules_has_the_maximum_length() -> None:
    session = makers.finished(makers.adaptive_test(maximum_length=7))
    assert len(session.given) == 7
    assert session.stop_reason == "maximum_length"


@pytest.mark.parametrize("limit", [0.35, 0.45])
def test_a_test_stops_at_the_first_item_that_makes_it_precise_enough(limit: float) -> None:
    session = makers.finished(makers.adaptive_test(maximum_length=40, standard_error=limit))
    *before, last = [entry.standard_error for entry in session.given]
    assert session.stop_reason == "standard_error"
    assert last <= limit < min(before)


def test_a_standard_error_at_the_limit_is_precise_enough() -> None:
    at = makers.finished(makers.adaptive_test(maximum_length=5)).given[3].standard_error
    for limit, length in ((at, 4), (np.nextafter(at, 0.0), 5)):
        session = makers.finished(makers.adaptive_test(maximum_length=5, minimum_length=4, standard_error=float(limit)))
        assert len(session.given) == length


def test_no_rule_stops_a_test_before_the_minimum_length() -> None:
    for rule in (
        {"standard_error": 0.9},
        {"classification": ConfidenceRule(cuts=(-3.0,), confidence=0.5)},
        {"classification": SequentialRatioRule(cuts=(-2.0,), half_width=0.5, alpha=0.3, beta=0.3)},
    ):
        short = makers.finished(makers.adaptive_test(maximum_length=30, **rule))
        late = makers.finished(makers.adaptive_test(maximum_length=30, minimum_length=11, **rule))
        assert len(short.given) < 11
        assert len(late.given) == 11
        assert late.stop_reason == short.stop_reason


def test_a_confidence_interval_stops_the_test_as_soon_as_it_leaves_every_cut() -> None:
    rule = ConfidenceRule(cuts=(-0.8, 0.6), confidence=0.9)
    test = makers.adaptive_test(maximum_length=60, classification=rule)
    stopped = 0
    for seed in range(12):
        session = makers.finished(test, theta=0.0, seed=seed)
        half_widths = [ndtri(0.95) * entry.standard_error for entry in session.given]
        clear = [
            all(abs(entry.theta - cut) > half for cut in rule.cuts)
            for entry, half in zip(session.given, half_widths, strict=True)
        ]
        assert not any(clear[:-1])
        assert clear[-1] == (session.stop_reason == "confidence_interval")
        stopped += clear[-1]
        category = session_result(test, session).category
        assert category == sum(session.given[-1].theta >= cut for cut in rule.cuts)
    assert stopped >= 6


def test_the_sequential_test_stops_when_the_likelihood_ratio_leaves_walds_bounds() -> None:
    rule = SequentialRatioRule(cuts=(0.2,), half_width=0.3, alpha=0.05, beta=0.1)
    # Wald (1947): ln β/(1 − α) and ln (1 − β)/α.
    low, high = np.log(0.1 / 0.95), np.log(0.9 / 0.05)
    assert rule.bounds == pytest.approx((low, high))
    test = makers.adaptive_test(maximum_length=50, classification=rule)
    above, below = category_probabilities(np.array([0.5, -0.1]), test.pool.items)
    reasons = set()
    for seed in range(12):
        session = makers.finished(test, theta=0.2 + 0.5 * (-1) ** seed, seed=seed)
        items, scores = makers.positions(test, session), [entry.score for entry in session.given]
        ratio = np.cumsum(np.log(above[items, scores] / below[items, scores]))
        assert ((ratio[:-1] > low) & (ratio[:-1] < high)).all()
        decided = bool(ratio[-1] <= low or ratio[-1] >= high)
        assert decided == (session.stop_reason == "sequential_ratio")
        assert session_result(test, session).category == int(ratio[-1] >= 0.5 * (low + high))
        reasons.add(session.stop_reason)
    assert "sequential_ratio" in reasons


def test_the_sequential_test_keeps_its_error_rates() -> None:
    items = ItemParameters.dichotomous([f"r{item}" for item in range(400)], 1.0, 0.0)
    rule = SequentialRatioRule(cuts=(0.0,), half_width=0.4, alpha=0.05, beta=0.1)
    test = makers.adaptive_test(items, maximum_length=400, classification=rule)
    for theta, wrong, limit in ((-0.4, 1, 0.05), (0.4, 0, 0.1)):
        tests = simulate_adaptive_tests(test, np.full(3_000, theta), seed=9)
        assert set(tests.stops) == {"sequential_ratio"}
        errors = float((tests.category == wrong).mean())
        # Overshoot makes the test a little better than Wald's bounds; the standard error is 0.004 and 0.005.
        assert 0.4 * limit < errors < 1.3 * limit


def test_several_cuts_must_all_be_decided() -> None:
    rule = SequentialRatioRule(cuts=(-0.7, 0.7), half_width=0.25)
    tests = simulate_adaptive_tests(
        makers.adaptive_test(maximum_length=60, classification=rule), makers.abilities(800), seed=2
    )
    one = [
        simulate_adaptive_tests(
            makers.adaptive_test(maximum_length=60, classification=SequentialRatioRule(cuts=(cut,), half_width=0.25)),
            makers.abilities(800),
            seed=2,
        )
        for cut in rule.cuts
    ]
    # The same items come until a test ends, so that the last decision of the two ends the test of both cuts.
    assert (tests.length == np.maximum(one[0].length, one[1].length)).all()
    assert (tests.category == one[0].category + one[1].category).all()
    report = tests.decisions()
    assert report.accuracy > 0.8
    assert report.table.sum() == pytest.approx(1.0)


def test_a_decision_is_the_reason_given_when_precision_is_reached_too() -> None:
    rule = ConfidenceRule(cuts=(-3.5,), confidence=0.6)
    session = makers.finished(makers.adaptive_test(maximum_length=1, standard_error=2.0, classification=rule))
    assert session.stop_reason == "confidence_interval"
