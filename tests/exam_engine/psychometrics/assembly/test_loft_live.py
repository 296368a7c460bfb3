"""One form at a time, for whoever turns up."""

import json
from dataclasses import replace

import numpy as np
import pytest

from exam_engine.psychometrics.assembly import (
    Count,
    EnemyLimit,
    Information,
    ItemUse,
    PairOverlap,
    Range,
    SpecificationError,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.loft import OnTheFlyError
from exam_engine.psychometrics.assembly.loft_live import OnTheFlyPlan, OnTheFlyState, next_form, plan_on_the_fly
from tests.exam_engine.psychometrics.assembly.random_banks import LEVELS, MODULES, random_bank
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool

SPECIFICATION = TestSpecification(
    n_forms=80,
    requirements=(
        length(18),
        *(exactly(6, module=module) for module in MODULES),
        *(Range(Count({"level": level}), 4, 8) for level in LEVELS),
        EnemyLimit(),
        StimulusSets(1, 1, 3, 4),
        Range(Information(0.0), 2.6, 3.4),
    ),
)


def sit(plan: OnTheFlyPlan, n_candidates: int, seed: int = 0) -> tuple[list[tuple[str, ...]], OnTheFlyState]:
    """Forms of candidates in turn; the state goes through JSON between them."""
    state, forms = OnTheFlyState(), []
    for _ in range(n_candidates):
        made = next_form(plan, state, seed=seed)
        forms.append(made.item_ids)
        state = OnTheFlyState.from_dict(json.loads(json.dumps(made.state.to_dict())))
    return forms, state


def test_every_candidate_gets_a_form_that_meets_the_specification_and_use_stays_level() -> None:
    pool = random_bank(300, 1, n_stimuli=6)
    plan = plan_on_the_fly(pool, SPECIFICATION)
    forms, state = sit(plan, 80)
    assert check_forms(pool, SPECIFICATION, forms) == ()
    assert state.n_made == 80
    assert sum(state.used.values()) == 80 * 18
    assert max(state.used.values()) <= 1.3 * plan.limit.cap + 1
    assert len(set(forms)) == 80


def test_state_and_seed_decide_the_form() -> None:
    plan = plan_on_the_fly(random_bank(300, 2, n_stimuli=6), SPECIFICATION)
    (one, again, other) = (next_form(plan, OnTheFlyState(), seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.item_ids != other.item_ids
    assert next_form(plan, one.state, seed=1).item_ids != one.item_ids


def test_a_state_is_not_changed_by_the_form_made_from_it() -> None:
    plan = plan_on_the_fly(random_bank(300, 2, n_stimuli=6), SPECIFICATION)
    state = OnTheFlyState()
    next_form(plan, state, seed=1)
    assert state == OnTheFlyState(0, {})


def test_items_used_before_are_left_alone_until_the_others_have_caught_up() -> None:
    pool = even_pool([1.0] * 20)
    plan = plan_on_the_fly(pool, TestSpecification(n_forms=20, requirements=(length(5),)))
    worn = {f"q{number}": 4 for number in range(1, 11)}
    for seed in range(20):
        assert not set(next_form(plan, OnTheFlyState(8, worn), seed=seed).item_ids) & worn.keys()


def test_more_candidates_than_expected_have_their_part_of_the_limit() -> None:
    specification = TestSpecification(n_forms=4, requirements=(length(5),), across=(ItemUse(1),))
    forms, state = sit(plan_on_the_fly(even_pool([1.0] * 20), specification), 12)
    assert len(forms) == 12
    assert set(state.used.values()) == {3}


def test_branch_and_bound_steps_in_where_swaps_find_nothing() -> None:
    # Of 4,845 sets of four, one has the sum asked for.
    points = np.array([2.0**power for power in range(20)])
    pool = even_pool([1.0] * 20, quantities={"points": points})
    specification = TestSpecification(
        n_forms=1,
        requirements=(length(4), Range(Total("points"), points[[3, 9, 11, 17]].sum(), points[[3, 9, 11, 17]].sum())),
    )
    made = next_form(plan_on_the_fly(pool, specification), OnTheFlyState(), seed=0)
    assert set(made.item_ids) == {"q4", "q10", "q12", "q18"}


def test_without_any_form_left_it_says_so() -> None:
    specification = TestSpecification(n_forms=2, requirements=(length(2),), across=(ItemUse(1),))
    plan = plan_on_the_fly(even_pool([1.0] * 4), specification)
    with pytest.raises(OnTheFlyError) as caught:
        next_form(plan, OnTheFlyState(1, {"q1": 1, "q2": 1, "q3": 1}), seed=0)
    assert (caught.value.code, caught.value.data) == ("no_form", {"made": 1})


def test_a_state_of_another_pool_is_refused() -> None:
    plan = plan_on_the_fly(even_pool([1.0] * 4), TestSpecification(n_forms=2, requirements=(length(2),)))
    with pytest.raises(SpecificationError) as caught:
        next_form(plan, OnTheFlyState(1, {"elsewhere": 1}), seed=0)
    assert caught.value.code == "unknown_item"


def test_overlap_of_pairs_cannot_be_kept_one_form_at_a_time() -> None:
    with pytest.raises(SpecificationError) as caught:
        plan_on_the_fly(
            even_pool([1.0] * 9), replace(SPECIFICATION, requirements=(length(3),), across=(PairOverlap(1),))
        )
    assert caught.value.code == "overlap_on_the_fly"
