import json
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.adaptive import (
    AdaptiveSession,
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    ConfidenceRule,
    ExposureRecord,
    ItemEligibility,
    RestrictedRate,
    SequentialRatioRule,
    SympsonHetter,
    answer_item,
    record_session,
    session_result,
    simulate_adaptive_tests,
    start_session,
)
from tests.exam_engine.psychometrics.adaptive import makers

CONTENT = {"A": 0.5, "B": 1.0 / 3.0, "C": 1.0 / 6.0}
WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "randomesque with content": {"randomesque": (5, 3), "content_targets": CONTENT},
    "KL": {"criterion": "KL"},
    "KLP": {"criterion": "KLP"},
    "MPWI": {"criterion": "MPWI"},
    "MEPV": {"criterion": "MEPV"},
    "MEPV at the estimate": {"criterion": "MEPV_at_estimate"},
    "MAP": {"estimator": "MAP", "prior_mean": 0.3, "prior_sd": 0.9},
    "MLE": {"estimator": "MLE"},
    "WLE": {"estimator": "WLE", "final_estimator": "EAP"},
    "EAP with MLE at the end": {"final_estimator": "MLE"},
    "Sympson-Hetter": {
        "exposure": SympsonHetter(probabilities=np.full((2, 120), 0.4), segment_bounds=(0.0,)),
        "content_targets": CONTENT,
    },
    "eligibility": {"exposure": ItemEligibility(maximum_rate=0.2, segment_bounds=(0.0,))},
    "restricted": {"exposure": RestrictedRate(maximum_rate=0.2)},
    "precision": {"standard_error": 0.45, "maximum_length": 40},
    "sequential test at the cut": {
        "classification": SequentialRatioRule(cuts=(0.0,), half_width=0.5),
        "information_at": "cut",
        "minimum_length": 4,
    },
    "confidence interval": {"classification": ConfidenceRule(cuts=(-0.5, 0.8), confidence=0.8)},
}


def compiled(way: str) -> AdaptiveTest:
    chosen = AdaptiveSettings(**({"maximum_length": 15} | WAYS[way]))
    return AdaptiveTest(makers.pool(enemies=[range(0, 40, 5), (1, 2, 3)]), chosen)


@pytest.mark.parametrize("way", WAYS)
def test_a_live_session_is_the_first_test_of_an_exact_simulation(way: str) -> None:
    test = compiled(way)
    for seed, theta in ((4, 0.3), (9, -1.4)):
        session = makers.finished(test, theta=theta, seed=seed)
        simulated = simulate_adaptive_tests(test, np.array([theta, 0.0, 1.0]), seed=seed, exact=True, concurrent=3)
        n_given = int(simulated.length[0])

        result = session_result(test, session)

        assert makers.positions(test, session) == simulated.items[0, :n_given].tolist()
        assert [entry.score for entry in session.given] == simulated.scores[0, :n_given].tolist()
        assert result.stop_reason in simulated.stops
        assert result.theta == pytest.approx(simulated.estimate[0], abs=1e-7)
        assert result.standard_error == pytest.approx(simulated.standard_error[0], rel=1e-6)
        assert (result.category or 0) == simulated.category[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_session_goes_on_from_any_stored_state_as_if_nothing_had_happened(way: str) -> None:
    test = compiled(way)
    states = list(makers.states(test))
    for state in states[:: max(1, len(states) // 4)]:
        stored = json.dumps(state.to_dict(), allow_nan=False)
        # Another server compiles the test from the same pool and stored settings.
        settings = AdaptiveSettings.from_dict(json.loads(json.dumps(test.settings.to_dict(), allow_nan=False)))
        other = AdaptiveTest(test.pool, settings)
        *_, last = makers.states(other, session=AdaptiveSession.from_dict(json.loads(stored)))
        assert last == states[-1]


def test_sessions_with_other_seeds_draw_otherwise() -> None:
    test = makers.adaptive_test(randomesque=(10,))
    assert len({start_session(test, seed=seed).pending for seed in range(40)}) > 5


def test_selection_changes_nothing_in_the_session_before() -> None:
    test = makers.adaptive_test()
    before = start_session(test, seed=1)
    stored = before.to_dict()
    assert before.pending is not None
    answers = [answer_item(test, before, before.pending, score) for score in (1, 1, 0)]
    assert before.to_dict() == stored
    assert answers[0] == answers[1] != answers[2]


def test_polytomous_scores_are_taken() -> None:
    items = makers.mixed()
    test = makers.adaptive_test(items, maximum_length=20)
    session = makers.finished(test, theta=0.7)
    assert max(entry.score for entry in session.given) > 1
    simulated = simulate_adaptive_tests(test, np.array([0.7]), seed=4, exact=True)
    assert makers.positions(test, session) == simulated.items[0].tolist()


def test_an_answer_to_another_item_than_the_pending_one_is_refused() -> None:
    test = makers.adaptive_test()
    first = start_session(test, seed=1)
    assert first.pending is not None
    second = answer_item(test, first, first.pending, 1)
    with pytest.raises(AdaptiveTestError) as caught:
        answer_item(test, second, first.pending, 1)
    assert caught.value.code == "not_pending"
    assert caught.value.data == {"item": first.pending}


@pytest.mark.parametrize(("score", "accepted"), [(-1, False), (0, True), (3, True), (4, False)])
def test_a_score_that_the_item_does_not_have_is_refused(score: int, accepted: bool) -> None:
    items = ItemParameters.polytomous(["p", "q"], "GPCM", 1.0, [[-1.0, 0.0, 1.0]] * 2)
    test = makers.adaptive_test(items, maximum_length=2)
    session = start_session(test, seed=1)
    if accepted:
        assert answer_item(test, session, "p", score).given[0].score == score
        return
    with pytest.raises(AdaptiveTestError) as caught:
        answer_item(test, session, "p", score)
    assert caught.value.code == "score_outside"


def test_a_finished_test_takes_no_answer_and_an_unfinished_one_has_no_result() -> None:
    test = makers.adaptive_test(maximum_length=1)
    running = start_session(test, seed=1)
    with pytest.raises(AdaptiveTestError) as caught:
        session_result(test, running)
    assert caught.value.code == "session_running"
    assert running.pending is not None
    over = answer_item(test, running, running.pending, 1)
    with pytest.raises(AdaptiveTestError) as caught:
        answer_item(test, over, running.pending, 1)
    assert caught.value.code == "session_over"
    result = session_result(test, over)
    assert result.to_dict() == {
        "theta": result.theta,
        "standard_error": result.standard_error,
        "category": None,
        "n_items": 1,
        "stop_reason": "maximum_length",
    }


def test_a_session_of_another_pool_is_refused() -> None:
    session = makers.finished(makers.adaptive_test())
    other = makers.adaptive_test(CATALOGUE, maximum_length=2)
    with pytest.raises(AdaptiveTestError) as caught:
        session_result(other, session)
    assert caught.value.code == "unknown_item"


CATALOGUE = ItemParameters.dichotomous(["x", "y", "z"], 1.0, [0.0, 0.5, 1.0])


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        start_session(makers.adaptive_test(), seed=-1)
    assert caught.value.code == "bad_session"


def test_a_test_ends_with_its_reason_when_enemies_leave_nothing() -> None:
    test = AdaptiveTest(makers.pool(20, enemies=[range(20)]), AdaptiveSettings(maximum_length=5))
    session = makers.finished(test)
    assert len(session.given) == 1
    assert session.stop_reason == "no_item_left"


@pytest.mark.parametrize(
    "control",
    [RestrictedRate(maximum_rate=0.3), ItemEligibility(maximum_rate=0.3, fading=0.98, segment_bounds=(0.0,))],
)
def test_sessions_one_after_another_count_exposure_like_a_simulation(control: Any) -> None:
    test = makers.adaptive_test(exposure=control)
    sessions = [makers.finished(test, theta=0.5, seed=seed) for seed in range(3)]
    record: ExposureRecord | None = None
    for session in sessions:
        record = record_session(test, session, record)
    assert record is not None
    counts = np.zeros(120)
    for session in sessions:
        counts[makers.positions(test, session)] += 1.0
    if isinstance(control, RestrictedRate):
        assert record.taken[0] == pytest.approx(counts)
    assert ((record.taken > 0.0).any(axis=0) == (counts > 0.0)).all()
    one = simulate_adaptive_tests(test, np.array([0.5]), seed=0, exact=True, concurrent=1)
    after_one = record_session(test, sessions[0], None)
    assert one.record is not None
    assert after_one.to_dict() == one.record.to_dict()


def test_exposure_so_far_leaves_items_out_of_the_next_session() -> None:
    test = makers.adaptive_test(exposure=RestrictedRate(maximum_rate=0.3))
    first = makers.finished(test)
    used = {entry.item for entry in first.given}
    second = start_session(test, seed=2, record=record_session(test, first, None))
    assert set(second.ineligible[0]) == used
    *_, last = makers.states(test, session=second)
    assert not {entry.item for entry in last.given} & used


def test_only_controls_that_count_have_a_record() -> None:
    test = makers.adaptive_test()
    with pytest.raises(AdaptiveTestError) as caught:
        record_session(test, makers.finished(test), None)
    assert caught.value.code == "bad_exposure"
