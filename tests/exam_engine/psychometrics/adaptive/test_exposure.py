import json
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics.adaptive import (
    AdaptiveSettings,
    AdaptiveTest,
    AdaptiveTestError,
    ExposureRecord,
    ItemEligibility,
    RestrictedRate,
    SympsonHetter,
    simulate_adaptive_tests,
    start_session,
)
from exam_engine.psychometrics.adaptive.exposure import exposure_control_from_dict, segments
from tests.exam_engine.psychometrics.adaptive import makers


def record(visits: list[float], taken: list[list[float]], eligible: list[list[float]]) -> ExposureRecord:
    return ExposureRecord(visits=np.array(visits), taken=np.array(taken), eligible=np.array(eligible))


def test_eligibility_is_the_allowed_rate_over_the_rate_among_those_for_whom_the_item_was_eligible() -> None:
    # van der Linden & Veldkamp (2004), eq. 15: r ε / α, at most 1; 1 for an item not taken yet.
    so_far = record([100.0], [[50.0, 20.0, 0.0]], [[100.0, 80.0, 100.0]])
    assert so_far.eligibility(ItemEligibility(maximum_rate=0.25))[0] == pytest.approx([0.5, 1.0, 1.0])


def test_an_item_is_eligible_when_the_draw_is_below_the_probability() -> None:
    so_far = record([100.0], [[50.0]], [[100.0]])
    control = ItemEligibility(maximum_rate=0.25)
    left_out = so_far.ineligible(control, np.array([[0.499999], [0.5], [0.9]]))
    assert left_out[:, 0, 0].tolist() == [False, True, True]


def test_restriction_leaves_out_items_at_the_rate_and_not_below() -> None:
    so_far = record([100.0], [[24.0, 25.0, 26.0]], [[100.0] * 3])
    left_out = so_far.ineligible(RestrictedRate(maximum_rate=0.25), np.zeros((2, 3)))
    assert left_out[:, 0].tolist() == [[False, True, True]] * 2


def test_nothing_is_left_out_before_the_first_candidate() -> None:
    for control in (RestrictedRate(maximum_rate=0.25), ItemEligibility(maximum_rate=0.25)):
        none_yet = ExposureRecord.empty(control, 4)
        assert not none_yet.ineligible(control, np.full((3, 4), 0.999)).any()


def test_counts_are_of_visits_to_a_segment_and_fade_one_candidate_at_a_time() -> None:
    control = ItemEligibility(maximum_rate=0.25, fading=0.9, segment_bounds=(0.0,))
    items = np.array([[0, 1, 2], [2, 0, 3], [1, 3, 3]])  # 3 stands for no item
    segment = np.array([[0, 0, 1], [1, 1, 0], [0, 0, 0]])
    ineligible = np.zeros((3, 2, 3), dtype=np.bool_)
    ineligible[1, 1, 1] = True

    together = ExposureRecord.empty(control, 3).after(control, items, segment, ineligible)

    visits, taken, eligible = np.zeros(2), np.zeros((2, 3)), np.zeros((2, 3))
    for row in range(3):
        visits, taken, eligible = 0.9 * visits, 0.9 * taken, 0.9 * eligible
        for place in {int(s) for i, s in zip(items[row], segment[row], strict=True) if i < 3}:
            visits[place] += 1.0
            eligible[place] += ~ineligible[row, place]
        for item, place in zip(items[row], segment[row], strict=True):
            if item < 3:
                taken[place, item] += 1.0
    assert together.visits == pytest.approx(visits)
    assert together.taken == pytest.approx(taken)
    assert together.eligible == pytest.approx(eligible)


def test_a_candidate_at_a_bound_is_in_the_segment_above() -> None:
    assert segments(np.array([-0.1, 0.0, 0.99, 1.0]), (0.0, 1.0)).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("control", "most"), [(RestrictedRate(maximum_rate=0.3), 0.32), (ItemEligibility(maximum_rate=0.3), 0.36)]
)
def test_rates_are_held_down_at_little_cost_in_precision(control: Any, most: float) -> None:
    theta = makers.abilities(1_500)
    free = simulate_adaptive_tests(makers.adaptive_test(), theta, seed=3)
    held = simulate_adaptive_tests(makers.adaptive_test(exposure=control), theta, seed=3, concurrent=20)
    assert free.exposure.maximum == 1.0
    assert held.exposure.maximum < most
    assert held.exposure.overlap < free.exposure.overlap
    assert held.rmse < free.rmse + 0.06
    assert held.record is not None
    assert held.record.visits[0] == 1_500
    assert held.record.taken[0] == pytest.approx(held.times_given)


def test_conditional_eligibility_holds_the_rate_among_similar_candidates() -> None:
    theta = makers.abilities(1_500)
    bounds = (-0.7, 0.7)
    whole = simulate_adaptive_tests(
        makers.adaptive_test(exposure=ItemEligibility(maximum_rate=0.3)), theta, seed=3, concurrent=20
    )
    split = simulate_adaptive_tests(
        makers.adaptive_test(exposure=ItemEligibility(maximum_rate=0.3, segment_bounds=bounds)),
        theta,
        seed=3,
        concurrent=20,
    )

    def worst_among_the_able(items: np.ndarray[Any, Any]) -> float:
        able = items[theta > 1.2]
        return float(np.bincount(able.ravel()).max() / len(able))

    assert worst_among_the_able(split.items) < worst_among_the_able(whole.items) - 0.1
    assert (split.segment_rates.max(axis=1) < 0.4).all()


def test_a_record_carries_exposure_from_one_sitting_to_the_next() -> None:
    test = makers.adaptive_test(exposure=RestrictedRate(maximum_rate=0.3))
    first = simulate_adaptive_tests(test, makers.abilities(400), seed=3)
    assert first.record is not None
    stored = ExposureRecord.from_dict(json.loads(json.dumps(first.record.to_dict())))
    used = stored.taken[0] >= 0.3 * stored.visits[0]
    second = simulate_adaptive_tests(test, makers.abilities(20), seed=4, record=stored, concurrent=20)
    assert used.any()
    assert not second.times_given[used].any()


@pytest.mark.parametrize("shape", [(2, 120), (1, 119)])
def test_a_record_of_another_test_is_refused(shape: tuple[int, int]) -> None:
    other = ExposureRecord(visits=np.zeros(shape[0]), taken=np.zeros(shape), eligible=np.zeros(shape))
    test = makers.adaptive_test(exposure=RestrictedRate(maximum_rate=0.3))
    with pytest.raises(AdaptiveTestError) as caught:
        start_session(test, seed=1, record=other)
    assert caught.value.code == "bad_exposure"


@pytest.mark.parametrize(
    "control",
    [
        SympsonHetter(probabilities=np.full((2, 5), 0.4), segment_bounds=(0.5,)),
        ItemEligibility(maximum_rate=0.2, fading=0.99, segment_bounds=(-1.0, 1.0)),
        RestrictedRate(maximum_rate=0.2),
    ],
)
def test_a_control_reads_what_it_wrote(control: Any) -> None:
    again = exposure_control_from_dict(json.loads(json.dumps(control.to_dict())))
    assert type(again) is type(control)
    assert again.to_dict() == control.to_dict()


@pytest.mark.parametrize(
    "make",
    [
        lambda: SympsonHetter(probabilities=np.ones(5)),
        lambda: SympsonHetter(probabilities=np.ones((1, 5)), segment_bounds=(0.0,)),
        lambda: SympsonHetter(probabilities=np.array([[0.5, 1.0000001]])),
        lambda: SympsonHetter(probabilities=np.array([[0.5, np.nan]])),
        lambda: ItemEligibility(maximum_rate=0.0),
        lambda: ItemEligibility(maximum_rate=1.01),
        lambda: ItemEligibility(maximum_rate=0.2, fading=0.0),
        lambda: ItemEligibility(maximum_rate=0.2, fading=1.1),
        lambda: ItemEligibility(maximum_rate=0.2, segment_bounds=(1.0, 1.0)),
        lambda: RestrictedRate(maximum_rate=-0.1),
        lambda: exposure_control_from_dict({"rule": "lottery", "segment_bounds": []}),
        lambda: AdaptiveTest(
            makers.pool(), AdaptiveSettings(maximum_length=5, exposure=SympsonHetter(probabilities=np.ones((1, 119))))
        ),
    ],
)
def test_controls_that_make_no_sense_are_refused(make: Any) -> None:
    with pytest.raises(AdaptiveTestError) as caught:
        make()
    assert caught.value.code == "bad_exposure"
