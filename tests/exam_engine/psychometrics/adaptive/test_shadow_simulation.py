import json

import numpy as np
import pytest

from exam_engine.psychometrics.adaptive import AdaptiveTestError, ItemEligibility, RestrictedRate
from exam_engine.psychometrics.adaptive.shadow_adaptive import ShadowAdaptiveTest, ShadowSettings
from exam_engine.psychometrics.adaptive.shadow_simulation import SimulatedShadowTests, simulate_shadow_tests
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly import check_forms
from tests.exam_engine.psychometrics.adaptive.shadow_pools import topic_pool, topic_specification


def violations(test: ShadowAdaptiveTest, simulated: SimulatedShadowTests) -> int:
    names = test.pool.item_ids
    forms = [[names[item] for item in row] for row in simulated.tests.items.tolist()]
    return sum(len(check_forms(test.pool, test.specification, [form])) for form in forms)


@pytest.mark.parametrize("stimuli", [False, True])
def test_every_simulated_test_meets_the_specification_and_every_audit_agrees(stimuli: bool) -> None:
    test = ShadowAdaptiveTest(topic_pool(3, n_stimuli=6 if stimuli else 0), topic_specification(stimuli=stimuli))
    simulated = simulate_shadow_tests(test, np.linspace(-2.0, 2.0, 12), seed=1, audited_share=0.15)
    assert violations(test, simulated) == 0
    assert simulated.audit is not None
    assert simulated.audit.n_selections > 5
    assert simulated.audit.largest_difference < 1e-6
    assert (simulated.n_programmes >= 1).all()
    assert 0.0 < simulated.branched_share < 1.0
    assert simulated.tests.stops == {"maximum_length": 12}


def test_shadow_tests_measure_better_than_tests_drawn_at_random() -> None:
    test = ShadowAdaptiveTest(topic_pool(3), topic_specification(), ShadowSettings(cuts=(0.0,)))
    theta = np.random.default_rng(0).normal(size=60)
    simulated = simulate_shadow_tests(test, theta, seed=1)
    # Information of twelve average items, with the prior's.
    average = np.mean([12.0 * test.information(ability).mean() for ability in theta])
    assert simulated.tests.rmse < 1.0 / np.sqrt(average + 1.0)
    assert simulated.tests.decisions((0.0,)).accuracy > 0.7
    assert np.array_equal(simulated.tests.category, (simulated.tests.estimate >= 0.0).astype(int))


@pytest.mark.parametrize("bounds", [(), (-0.5, 0.5)])
def test_eligibility_holds_the_highest_exposure_rate_down(bounds: tuple[float, ...]) -> None:
    pool, specification = topic_pool(3), topic_specification()
    theta = np.random.default_rng(0).normal(size=80)
    control = ItemEligibility(maximum_rate=0.3, segment_bounds=bounds)
    free = simulate_shadow_tests(ShadowAdaptiveTest(pool, specification), theta[:20], seed=1)
    test = ShadowAdaptiveTest(pool, specification, ShadowSettings(exposure=control))
    held = simulate_shadow_tests(test, theta, seed=1)
    assert violations(test, held) == 0
    # The first item of all, without control.
    assert free.tests.exposure.maximum == 1.0
    # Rates scatter around the limit like those of 80 independent candidates.
    assert held.tests.exposure.maximum < 0.3 + 3.0 * np.sqrt(0.3 * 0.7 / 80)
    assert held.tests.exposure.overlap < free.tests.exposure.overlap
    assert held.tests.exposure.unused_share < free.tests.exposure.unused_share
    assert held.record is not None
    assert held.record.visits.max() == 80.0


def test_stimuli_are_held_to_the_rate_too() -> None:
    control = RestrictedRate(maximum_rate=0.5)
    test = ShadowAdaptiveTest(
        topic_pool(3, n_stimuli=6), topic_specification(stimuli=True), ShadowSettings(exposure=control)
    )
    simulated = simulate_shadow_tests(test, np.zeros(20), seed=1)
    assert simulated.record is not None
    assert simulated.record.taken[0, 90:].max() <= 11
    assert simulated.record.taken[0, 90:].sum() == 40


def test_same_seed_gives_the_same_tests_and_another_seed_others() -> None:
    test = ShadowAdaptiveTest(topic_pool(3), topic_specification())
    one, again, other = (simulate_shadow_tests(test, np.zeros(3), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.tests.items, again.tests.items)
    assert np.array_equal(one.tests.estimate, again.tests.estimate)
    assert not np.array_equal(one.tests.scores, other.tests.scores)


def test_every_state_of_every_session_is_told() -> None:
    test = ShadowAdaptiveTest(topic_pool(3), topic_specification())
    told: list[tuple[int, int, bool]] = []
    simulate_shadow_tests(
        test,
        np.zeros(2),
        seed=1,
        tell=lambda candidate, session: told.append((candidate, len(session.given), session.pending is None)),
    )
    assert told == [(candidate, n_given, n_given == 12) for candidate in range(2) for n_given in range(13)]


def test_report_is_json() -> None:
    test = ShadowAdaptiveTest(
        topic_pool(3), topic_specification(), ShadowSettings(exposure=ItemEligibility(maximum_rate=0.4))
    )
    simulated = simulate_shadow_tests(test, np.zeros(2), seed=1, audited_share=1.0)
    report = json.loads(json.dumps(simulated.to_dict()))
    assert report["audit"]["n_selections"] == 24
    assert report["n_candidates"] == 2


@pytest.mark.parametrize(
    ("theta", "seed", "share"),
    [(np.array([]), 0, 0.0), (np.array([np.nan]), 0, 0.0), (np.zeros(1), -1, 0.0), (np.zeros(1), 0, 1.1)],
)
def test_simulation_that_makes_no_sense_is_refused(theta: FloatArray, seed: int, share: float) -> None:
    test = ShadowAdaptiveTest(topic_pool(3), topic_specification())
    with pytest.raises(AdaptiveTestError) as refusal:
        simulate_shadow_tests(test, theta, seed=seed, audited_share=share)
    assert refusal.value.code == "bad_simulation"
