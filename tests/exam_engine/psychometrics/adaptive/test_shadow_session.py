import json
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import estimate_eap
from exam_engine.psychometrics.adaptive import AdaptiveTestError, ExposureRecord, ItemEligibility, RestrictedRate
from exam_engine.psychometrics.adaptive.shadow_adaptive import ShadowAdaptiveTest, ShadowSettings
from exam_engine.psychometrics.adaptive.shadow_session import (
    ShadowSession,
    answer_shadow_item,
    record_shadow_session,
    shadow_session_result,
    start_shadow_session,
)
from exam_engine.psychometrics.assembly import (
    Count,
    ItemPool,
    MustInclude,
    Part,
    Range,
    SpecificationError,
    TestSpecification,
    check_forms,
    length,
)
from tests.exam_engine.psychometrics.adaptive.shadow_pools import topic_pool, topic_specification
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool

SCORES = (1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0)


@pytest.fixture(scope="module")
def topic_test() -> ShadowAdaptiveTest:
    return ShadowAdaptiveTest(topic_pool(1), topic_specification())


@pytest.fixture(scope="module")
def stimulus_test() -> ShadowAdaptiveTest:
    return ShadowAdaptiveTest(topic_pool(1, n_stimuli=6), topic_specification(stimuli=True))


def walked(
    test: ShadowAdaptiveTest, scores: Sequence[int] = SCORES, *, seed: int = 0, record: ExposureRecord | None = None
) -> ShadowSession:
    session = start_shadow_session(test, seed=seed, record=record)
    for score in scores:
        if session.pending is None:
            break
        session = answer_shadow_item(test, session, session.pending, score)
    return session


def items_of(session: ShadowSession) -> list[str]:
    return [entry.item for entry in session.given]


@pytest.mark.parametrize("name", ["topic_test", "stimulus_test"])
def test_finished_test_meets_the_whole_specification(name: str, request: pytest.FixtureRequest) -> None:
    test: ShadowAdaptiveTest = request.getfixturevalue(name)
    session = walked(test)
    assert session.pending is None
    assert session.stop_reason == "maximum_length"
    assert check_forms(test.pool, test.specification, [items_of(session)]) == ()


def test_every_shadow_test_on_the_way_holds_the_items_given_and_the_pending_one(topic_test: ShadowAdaptiveTest) -> None:
    session = start_shadow_session(topic_test, seed=0)
    for score in SCORES:
        assert session.pending is not None
        names = [topic_test.pool.item_ids[item] for item in session.shadow.items]
        assert {*items_of(session), session.pending} <= set(names)
        assert check_forms(topic_test.pool, topic_test.specification, [names]) == ()
        session = answer_shadow_item(topic_test, session, session.pending, score)


def test_pending_item_is_the_most_informative_free_one_of_the_shadow_test(topic_test: ShadowAdaptiveTest) -> None:
    session = walked(topic_test, SCORES[:5])
    assert session.pending is not None
    information = topic_test.information(session.given[-1].theta)
    places = topic_test.pool.places
    free = set(session.shadow.items.tolist()) - {places[item] for item in items_of(session)}
    assert places[session.pending] == max(free, key=lambda item: information[item])


def test_estimate_is_the_posterior_mean_on_the_grid_as_for_any_test(topic_test: ShadowAdaptiveTest) -> None:
    session = walked(topic_test)
    scores = np.array([[entry.score for entry in session.given]], dtype=np.int8)
    responses = ResponseMatrix(scores=scores, item_names=tuple(items_of(session)), weights=np.ones(1))
    expected = estimate_eap(responses, topic_test.pool.parameters, normal_quadrature(81, -4.0, 4.0))
    result = shadow_session_result(topic_test, session)
    assert result.theta == pytest.approx(expected.theta[0], abs=1e-10)
    assert result.standard_error == pytest.approx(expected.standard_error[0], abs=1e-10)
    assert (result.n_items, result.stop_reason, result.category) == (12, "maximum_length", None)


def test_items_of_a_stimulus_come_one_after_the_other(stimulus_test: ShadowAdaptiveTest) -> None:
    pool = stimulus_test.pool
    rng = np.random.default_rng(0)
    for _ in range(4):
        session = walked(stimulus_test, rng.integers(0, 2, 12).tolist())
        order = [pool.stimuli[pool.places[item]] for item in items_of(session)]
        for stimulus in set(order) - {""}:
            places = [place for place, other in enumerate(order) if other == stimulus]
            assert places == list(range(places[0], places[0] + len(places)))
            assert 2 <= len(places) <= 3


def test_parts_come_in_their_order() -> None:
    specification = TestSpecification(
        n_forms=1,
        requirements=(length(7),),
        parts=(
            Part("first", {"topic": "z"}, (Range(Count(), 2, 3),)),
            Part("second", {"topic": "x"}, (Range(Count(), 2, 3),)),
        ),
    )
    pool = topic_pool(2)
    for scores in ((1,) * 7, (0,) * 7, SCORES):
        session = walked(ShadowAdaptiveTest(pool, specification), scores)
        topics = [pool.attributes["topic"][pool.places[item]] for item in items_of(session)]
        assert topics == sorted(topics, key="zxy".index)
        assert check_forms(pool, specification, [items_of(session)]) == ()


def test_stimulus_whose_items_belong_to_two_parts_is_refused() -> None:
    pool = even_pool([1.0, 1.0, 1.0, 1.0], stimuli=("", "s", "s", ""))
    parts = (Part("first", {"part": "x"}), Part("second", {"part": "y"}))
    specification = TestSpecification(n_forms=1, requirements=(length(2),), parts=parts)
    with pytest.raises(SpecificationError, match="'s'") as refusal:
        ShadowAdaptiveTest(pool, specification)
    assert refusal.value.code == "stimulus_in_two_parts"


def test_item_of_every_form_is_given_to_everybody() -> None:
    pool = even_pool([0.2, 1.0, 1.5, 2.0, 1.0, 1.2])
    specification = TestSpecification(n_forms=1, requirements=(length(3), MustInclude(frozenset({"q1"}))))
    assert items_of(walked(ShadowAdaptiveTest(pool, specification))) == ["q4", "q3", "q1"]


@pytest.mark.parametrize("name", ["topic_test", "stimulus_test"])
def test_session_stored_and_read_at_any_point_goes_on_as_if_nothing_happened(
    name: str, request: pytest.FixtureRequest
) -> None:
    test: ShadowAdaptiveTest = request.getfixturevalue(name)
    expected = walked(test).to_dict()
    session = start_shadow_session(test, seed=0)
    for score in SCORES:
        stored = json.dumps(session.to_dict())
        # Other candidates are served in between.
        walked(test, (score, 1 - score, 1))
        session = ShadowSession.from_dict(json.loads(stored), test)
        assert session.pending is not None
        session = answer_shadow_item(test, session, session.pending, score)
    assert session.to_dict() == expected


def test_both_backends_give_the_same_test() -> None:
    pool, specification = topic_pool(5), topic_specification()
    backends: tuple[Literal["highspy", "scipy"], ...] = ("highspy", "scipy")
    tests = [ShadowAdaptiveTest(pool, specification, backend=backend) for backend in backends]
    warm, cold = (walked(test) for test in tests)
    assert items_of(warm) == items_of(cold)
    assert [entry.theta for entry in warm.given] == [entry.theta for entry in cold.given]
    restored = ShadowSession.from_dict(json.loads(json.dumps(cold.to_dict())), tests[1])
    assert restored.to_dict() == cold.to_dict()


def test_items_with_more_than_two_scores_are_given_and_scored() -> None:
    rng = np.random.default_rng(0)
    names = [f"q{index}" for index in range(12)]
    graded = ItemParameters.polytomous(names[:6], "GRM", np.full(6, 1.5), np.sort(rng.normal(size=(6, 3)), axis=1))
    credit = ItemParameters.polytomous(names[6:], "GPCM", np.full(6, 1.2), rng.normal(size=(6, 2)))
    pool = ItemPool(
        parameters=ItemParameters.concatenate([graded, credit]), attributes={"kind": ["graded"] * 6 + ["credit"] * 6}
    )
    requirements = (length(4), Range(Count({"kind": "credit"}), 2, 2))
    test = ShadowAdaptiveTest(pool, TestSpecification(n_forms=1, requirements=requirements))
    high, low = walked(test, (2, 2, 2, 2)), walked(test, (0, 0, 0, 0))
    assert high.given[-1].theta > low.given[-1].theta
    for session in (high, low):
        assert check_forms(pool, test.specification, [items_of(session)]) == ()


def test_candidate_is_in_the_category_of_the_cuts_below_the_estimate() -> None:
    test = ShadowAdaptiveTest(topic_pool(1), topic_specification(), ShadowSettings(cuts=(-0.5, 0.5)))
    categories = [shadow_session_result(test, walked(test, [score] * 12)).category for score in (0, 1)]
    assert categories == [0, 2]


def test_test_of_open_length_ends_when_the_shadow_test_holds_nothing_more() -> None:
    pool = even_pool([1.0, 1.0, 1.0, 1.0], quantities={"words": np.array([60.0, 60.0, 60.0, 60.0])})
    words = Range(Count({"part": "x"}), 1, 1)
    specification = TestSpecification(
        n_forms=1, requirements=(length(1, 4), words, Range(Count({"part": "y"}), maximum=1))
    )
    session = walked(ShadowAdaptiveTest(pool, specification))
    assert len(session.given) == 2
    assert session.stop_reason == "no_item_left"


def test_answer_to_another_item_than_the_pending_one_is_refused(topic_test: ShadowAdaptiveTest) -> None:
    session = walked(topic_test, (1,))
    with pytest.raises(AdaptiveTestError) as refusal:
        answer_shadow_item(topic_test, session, items_of(session)[0], 1)
    assert refusal.value.code == "not_pending"


def test_answer_after_the_end_is_refused(topic_test: ShadowAdaptiveTest) -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        answer_shadow_item(topic_test, walked(topic_test), "q000", 1)
    assert refusal.value.code == "session_over"


@pytest.mark.parametrize("score", [-1, 2])
def test_score_that_the_item_does_not_have_is_refused(topic_test: ShadowAdaptiveTest, score: int) -> None:
    session = start_shadow_session(topic_test, seed=0)
    assert session.pending is not None
    with pytest.raises(AdaptiveTestError, match="from 0 to 1") as refusal:
        answer_shadow_item(topic_test, session, session.pending, score)
    assert refusal.value.code == "score_outside"


def test_result_of_a_running_session_is_refused(topic_test: ShadowAdaptiveTest) -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        shadow_session_result(topic_test, start_shadow_session(topic_test, seed=0))
    assert refusal.value.code == "session_running"


def test_session_of_another_pool_is_refused(topic_test: ShadowAdaptiveTest) -> None:
    data: dict[str, Any] = walked(topic_test, (1, 0)).to_dict()
    data["given"][0]["item"] = "gone"
    session = ShadowSession.from_dict(data, topic_test)
    assert session.pending is not None
    with pytest.raises(AdaptiveTestError, match="'gone'") as refusal:
        answer_shadow_item(topic_test, session, session.pending, 1)
    assert refusal.value.code == "unknown_item"


def test_negative_seed_is_refused(topic_test: ShadowAdaptiveTest) -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        start_shadow_session(topic_test, seed=-1)
    assert refusal.value.code == "bad_session"


def test_exposure_counts_of_another_pool_are_refused() -> None:
    test = ShadowAdaptiveTest(
        topic_pool(1), topic_specification(), ShadowSettings(exposure=ItemEligibility(maximum_rate=0.3))
    )
    with pytest.raises(AdaptiveTestError, match=r"\(1, 90\)") as refusal:
        start_shadow_session(test, seed=0, record=ExposureRecord.empty(ItemEligibility(maximum_rate=0.3), 7))
    assert refusal.value.code == "bad_exposure"


def test_exposure_of_a_test_without_control_is_not_counted(topic_test: ShadowAdaptiveTest) -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        record_shadow_session(topic_test, walked(topic_test), None)
    assert refusal.value.code == "bad_exposure"


def test_items_and_stimuli_count_in_every_segment_that_the_candidate_visited() -> None:
    control = ItemEligibility(maximum_rate=0.5, segment_bounds=(-0.2, 0.2))
    test = ShadowAdaptiveTest(
        topic_pool(1, n_stimuli=6), topic_specification(stimuli=True), ShadowSettings(exposure=control)
    )
    session = walked(test, (1,) * 12)
    record = record_shadow_session(test, session, None)
    visited = sorted({entry.segment for entry in session.given})
    assert visited == [1, 2]
    assert record.visits.tolist() == [0.0, 1.0, 1.0]
    places = [test.pool.places[item] for item in items_of(session)]
    stimuli = {90 + stimulus for stimulus in test.pool.stimulus_of[places].tolist() if stimulus >= 0}
    for segment in visited:
        assert set(np.flatnonzero(record.taken[segment]).tolist()) == set(places) | stimuli
    assert record.taken.max() == 1.0
    assert record.taken[0].sum() == 0.0


def test_candidate_after_one_who_was_given_everything_barred_gets_another_first_item() -> None:
    control = RestrictedRate(maximum_rate=0.5)
    test = ShadowAdaptiveTest(topic_pool(1), topic_specification(), ShadowSettings(exposure=control))
    first = walked(test)
    second = walked(test, record=record_shadow_session(test, first, None))
    assert not set(items_of(first)) & set(items_of(second))
    assert check_forms(test.pool, test.specification, [items_of(second)]) == ()


def test_barred_item_that_no_test_can_do_without_is_given_and_marked() -> None:
    control = RestrictedRate(maximum_rate=0.5)
    pool = even_pool([1.0, 1.5, 2.0])
    requirements = (length(2), Range(Count({"item": "q3"}), 1, 1))
    test = ShadowAdaptiveTest(
        pool, TestSpecification(n_forms=1, requirements=requirements), ShadowSettings(exposure=control)
    )
    first = walked(test)
    second = walked(test, record=record_shadow_session(test, first, None))
    assert items_of(first) == ["q3", "q2"]
    # The free item comes before the one that was barred.
    assert items_of(second) == ["q1", "q3"]
    assert [entry.relaxed for entry in second.given] == [0, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": np.inf},
        {"prior_sd": 0.0},
        {"n_nodes": 2},
        {"ability_range": (1.0, -1.0)},
        {"prior_sd": 0.05},
    ],
)
def test_settings_without_a_posterior_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        ShadowSettings(**changes)
    assert refusal.value.code == "bad_prior"


def test_cuts_that_do_not_increase_are_refused() -> None:
    with pytest.raises(AdaptiveTestError) as refusal:
        ShadowSettings(cuts=(0.5, -0.5))
    assert refusal.value.code == "bad_cuts"
