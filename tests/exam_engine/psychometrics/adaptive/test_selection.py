from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import ItemParameters, fisher_information
from exam_engine.psychometrics.adaptive import (
    AdaptivePool,
    AdaptiveSettings,
    AdaptiveTest,
    ItemEligibility,
    RestrictedRate,
    SympsonHetter,
    simulate_adaptive_tests,
)
from tests.exam_engine.psychometrics.adaptive import makers

CONTENT = {"A": 0.5, "B": 1.0 / 3.0, "C": 1.0 / 6.0}


def test_each_item_is_the_most_informative_of_those_left() -> None:
    test = makers.adaptive_test(maximum_length=25)
    session = makers.finished(test)
    theta, left = 0.0, set(range(120))
    for entry, item in zip(session.given, makers.positions(test, session), strict=True):
        information = fisher_information(np.array([theta]), test.pool.items)[0]
        assert item == max(left, key=information.__getitem__)
        left.remove(item)
        theta = entry.theta


def test_equal_items_come_in_the_order_of_the_pool() -> None:
    alike = ItemParameters.dichotomous([f"i{item}" for item in range(300)], 1.0, 0.0)
    for exact in (False, True):
        tests = simulate_adaptive_tests(makers.adaptive_test(alike), makers.abilities(3), seed=1, exact=exact)
        assert (tests.items == np.arange(12)).all()


def test_randomesque_draws_evenly_from_the_best_items() -> None:
    test = makers.adaptive_test(maximum_length=3, randomesque=(5, 2, 1))
    first, second, third = simulate_adaptive_tests(test, np.zeros(5_000), seed=3, exact=True).items.T
    best = np.argsort(-fisher_information(np.zeros(1), test.pool.items)[0])
    counts = np.bincount(first, minlength=120)
    assert set(np.flatnonzero(counts)) == set(best[:5])
    # χ² with 4 degrees of freedom is above 18.5 once in a thousand.
    assert ((counts[best[:5]] - 1000.0) ** 2 / 1000.0).sum() < 18.5
    for item in best[:5]:
        # After the first item there are as many estimates as scores, and two items for each.
        assert len(set(second[first == item])) <= 4
    assert np.unique(np.column_stack([first, second, third]), axis=0).shape[0] > 5


def test_randomesque_takes_what_is_left_when_fewer_are_left() -> None:
    test = makers.adaptive_test(makers.three_parameter(12), maximum_length=12, randomesque=(50,))
    tests = simulate_adaptive_tests(test, makers.abilities(40), seed=1)
    assert (np.sort(tests.items, axis=1) == np.arange(12)).all()
    assert len(np.unique(tests.items[:, 0])) > 6


@pytest.mark.parametrize("exact", [False, True])
def test_content_counts_are_exact_and_the_widest_gap_comes_first(exact: bool) -> None:
    test = AdaptiveTest(makers.pool(), AdaptiveSettings(maximum_length=12, content_targets=CONTENT))
    tests = simulate_adaptive_tests(test, makers.abilities(100), seed=2, exact=exact)
    assert (tests.content_counts == [6, 4, 2]).all()
    # A ½, B ⅓, C ⅙: A first; then B is ⅓ behind and C ⅙; then C, as A and B have their share or more; and so on.
    order = "".join("ABC"[area] for area in test.area_of[tests.items[0]])
    assert order[:6] == "ABCABA"
    assert not tests.content_relaxed.any()


def test_counts_that_are_no_whole_numbers_get_the_largest_remainders() -> None:
    test = AdaptiveTest(
        makers.pool(), AdaptiveSettings(maximum_length=10, content_targets={"A": 0.55, "B": 0.27, "C": 0.18})
    )
    # 5.5, 2.7 and 1.8: the two items left over go to C and B.
    assert test.quota.tolist() == [5, 3, 2]


@pytest.mark.parametrize("control", [None, RestrictedRate(maximum_rate=0.05), ItemEligibility(maximum_rate=0.05)])
def test_a_test_of_the_whole_pool_gives_every_item_whatever_exposure_control_says(control: Any) -> None:
    chosen = AdaptiveSettings(maximum_length=30, exposure=control, content_targets=CONTENT)
    tests = simulate_adaptive_tests(AdaptiveTest(makers.pool(30), chosen), makers.abilities(120), seed=2)
    assert (np.sort(tests.items, axis=1) == np.arange(30)).all()
    assert (tests.content_counts == [15, 10, 5]).all()
    assert bool(tests.exposure_relaxed.any()) == (control is not None)


def test_content_gives_way_when_enemies_empty_an_area() -> None:
    # All six items of area C are enemies: the second C item has to come from another area.
    area_c = [item for item, area in enumerate(makers.areas_of(36)) if area == "C"]
    pool = makers.pool(36, enemies=[area_c])
    test = AdaptiveTest(pool, AdaptiveSettings(maximum_length=12, content_targets=CONTENT))
    tests = simulate_adaptive_tests(test, makers.abilities(50), seed=2)
    assert (tests.content_counts[:, 2] == 1).all()
    assert (tests.length == 12).all()
    assert (tests.content_relaxed == 1).all()


def test_a_test_ends_when_enemies_leave_nothing() -> None:
    pool = makers.pool(20, enemies=[range(10), range(10, 20)])
    tests = simulate_adaptive_tests(
        AdaptiveTest(pool, AdaptiveSettings(maximum_length=8)), makers.abilities(30), seed=2
    )
    assert tests.stops == {"no_item_left": 30}
    assert (tests.length == 2).all()
    assert (tests.items[:, 2:] == -1).all()
    assert np.isfinite(tests.estimate).all()


def test_sympson_hetter_gives_the_best_item_with_its_probability() -> None:
    pool = AdaptivePool(items=makers.three_parameter())
    best, second = np.argsort(-fisher_information(np.zeros(1), pool.items)[0])[:2]
    p = np.ones((1, 120))
    p[0, best], p[0, second] = 0.3, 0.6
    test = AdaptiveTest(pool, AdaptiveSettings(maximum_length=1, exposure=SympsonHetter(probabilities=p)))
    tests = simulate_adaptive_tests(test, np.zeros(20_000), seed=5)
    rates = tests.exposure.rates
    # Standard errors are at most 0.0035.
    assert rates[best] == pytest.approx(0.3, abs=0.013)
    assert rates[second] == pytest.approx(0.7 * 0.6, abs=0.013)
    assert tests.set_aside[0, best] == 20_000 - tests.times_given[best]
    assert tests.set_aside.sum() == tests.set_aside[0, [best, second]].sum()


def test_an_item_set_aside_does_not_come_back() -> None:
    pool = AdaptivePool(items=makers.three_parameter())
    p = np.full((1, 120), 0.5)
    test = AdaptiveTest(pool, AdaptiveSettings(maximum_length=20, exposure=SympsonHetter(probabilities=p)))
    for seed in range(5):
        for session in makers.states(test, seed=seed):
            assert not {entry.item for entry in session.given} & set(session.set_aside)
            assert session.pending not in session.set_aside


def test_a_test_goes_on_when_no_item_ever_passes() -> None:
    p = np.zeros((1, 120))
    test = AdaptiveTest(makers.pool(), AdaptiveSettings(maximum_length=12, exposure=SympsonHetter(probabilities=p)))
    plain = makers.adaptive_test()
    theta = makers.abilities(20)
    closed = simulate_adaptive_tests(test, theta, seed=1)
    assert (closed.items == simulate_adaptive_tests(plain, theta, seed=1).items).all()


def test_conditional_sympson_hetter_uses_the_segment_of_the_estimate() -> None:
    pool = AdaptivePool(items=makers.three_parameter())
    p = np.ones((2, 120))
    p[1] = 0.2
    control = SympsonHetter(probabilities=p, segment_bounds=(0.0,))
    tests = simulate_adaptive_tests(
        AdaptiveTest(pool, AdaptiveSettings(maximum_length=10, exposure=control, start=-0.5)),
        makers.abilities(500),
        seed=1,
    )
    assert not tests.set_aside[0].any()
    assert tests.set_aside[1].sum() > 1000


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    length=st.integers(1, 18),
    sets=st.lists(st.sets(st.integers(0, 59), min_size=2, max_size=5), max_size=8),
    kind=st.sampled_from(["none", "randomesque", "sympson_hetter", "eligibility", "restricted"]),
    content=st.booleans(),
    exact=st.booleans(),
)
def test_no_item_comes_twice_and_no_enemies_meet(
    seed: int, length: int, sets: list[set[int]], kind: str, content: bool, exact: bool
) -> None:
    probabilities = np.random.default_rng(seed).random((1, 60))
    options: dict[str, dict[str, Any]] = {
        "none": {},
        "randomesque": {"randomesque": (4,)},
        "sympson_hetter": {"exposure": SympsonHetter(probabilities=probabilities)},
        "eligibility": {"exposure": ItemEligibility(maximum_rate=0.4, segment_bounds=(0.0,))},
        "restricted": {"exposure": RestrictedRate(maximum_rate=0.4)},
    }
    chosen = AdaptiveSettings(maximum_length=length, content_targets=CONTENT if content else None, **options[kind])
    pool = makers.pool(60, seed=seed, enemies=[sorted(group) for group in sets])
    tests = simulate_adaptive_tests(
        AdaptiveTest(pool, chosen), makers.abilities(25, seed), seed=seed, exact=exact, concurrent=10
    )
    for row, n_given in zip(tests.items, tests.length, strict=True):
        items = set(row[:n_given].tolist())
        assert len(items) == n_given
        assert -1 not in items
        for group in sets:
            assert len(items & group) <= 1
    full = tests.length == length
    assert full.all() or sets
    if content and not sets:
        assert (tests.content_counts == AdaptiveTest(pool, chosen).quota).all()
