import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.assembly import (
    Count,
    EnemyLimit,
    Information,
    ItemPool,
    ItemUse,
    MinimaxTarget,
    MustExclude,
    MustInclude,
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
from exam_engine.psychometrics.assembly.bank_health import SittingPlan, bank_health
from exam_engine.psychometrics.assembly.specification import Requirement
from exam_engine.psychometrics.response_functions import fisher_information
from tests.exam_engine.psychometrics.assembly.blueprint_bank import bank, blueprint
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, even_pool, passage_pool


def one_form(*requirements: Requirement) -> TestSpecification:
    return TestSpecification(n_forms=1, requirements=requirements)


@pytest.mark.parametrize(("n_items", "forms"), [(11, 3), (12, 4), (13, 4)])
def test_a_bank_supplies_its_items_divided_by_the_length(n_items: int, forms: int) -> None:
    health = bank_health(even_pool([1.0] * n_items), one_form(length(3)), build=True)

    assert (health.bound, health.built, health.proof) == (forms, forms, "supply")
    assert health.value == pytest.approx(n_items / 3)
    assert [str(found.demand) for found in health.binding] == ["length at least 3"]
    # With one item less a form there would be n/2 forms; the effect is the slope of n/length at 3.
    assert health.binding[0].effect == pytest.approx(n_items / 9)


def test_the_scarcest_cell_binds() -> None:
    pool = even_pool([1.0] * 20, attributes={"part": ["x"] * 6 + ["y"] * 14})

    health = bank_health(pool, one_form(length(4), exactly(2, part="x"), exactly(2, part="y")))

    assert health.bound == 3
    assert [str(found.demand) for found in health.binding] == ["x at least 2"]


def test_items_kept_out_do_not_count_and_anchors_serve_every_form() -> None:
    pool = even_pool([1.0] * 12)
    out, in_all = MustExclude(frozenset({"q1", "q2", "q3"})), MustInclude(frozenset({"q4"}))

    assert bank_health(pool, one_form(length(3), out)).bound == 3
    anchored = bank_health(pool, one_form(length(3), out, in_all), build=True)
    assert (anchored.bound, anchored.built) == (4, 4)
    assert all("q4" in form for form in anchored.forms)


def test_items_used_twice_make_twice_as_many_forms() -> None:
    health = bank_health(even_pool([1.0] * 12), one_form(length(4)), item_uses=2, build=True)

    assert (health.bound, health.built) == (6, 6)


def test_stimuli_limit_the_forms_as_often_as_their_items_allow_or_as_they_may_be_used() -> None:
    pool = passage_pool()
    specification = one_form(length(1, 8), StimulusSets(1, 1, 1, 3))

    assert bank_health(pool, specification, build=True).built == 6
    once = bank_health(pool, specification, stimulus_uses=1, build=True)
    assert (once.bound, once.built) == (2, 2)
    assert str(once.binding[0].demand) == "stimuli at least 1"


def test_enemies_spread_over_forms() -> None:
    # Three forms of two items out of six, with three enemies: each form takes one of them.
    pool = even_pool([1.0] * 6, enemies=(frozenset({"q1", "q2", "q3"}),))
    assert bank_health(pool, one_form(length(2), EnemyLimit()), build=True).built == 3
    # Four enemies among six items make room for only two more in two forms.
    crowded = even_pool([1.0] * 6, enemies=(frozenset({"q1", "q2", "q3", "q4"}),))
    health = bank_health(crowded, one_form(length(2), EnemyLimit()), build=True)
    assert (health.bound, health.built) == (2, 2)
    assert "enemy set 1 at most 1" in {str(found.demand) for found in health.binding}


def test_no_form_at_all_is_a_bound_of_none() -> None:
    health = bank_health(even_pool([1.0] * 6), one_form(length(2), Range(Count({"part": "z"}), 1, 2)), build=True)

    assert (health.bound, health.built, health.forms) == (0, 0, ())


def test_targets_ask_every_form_for_their_share_of_information() -> None:
    pool = even_pool([2.0] * 4 + [0.5] * 8)
    strong, weak = 1.0, 0.0625  # a²/4, the information at the difficulty
    target = MinimaxTarget((Information(0.0),), (strong + weak,))

    assert bank_health(pool, one_form(length(2))).bound == 6
    health = bank_health(pool, replace(one_form(length(2)), objective=target), build=True)
    assert (health.bound, health.built) == (4, 4)
    assert health.binding[0].demand.name.code == "information"
    assert bank_health(pool, replace(one_form(length(2)), objective=target), target_share=None).bound == 6


def test_a_range_of_information_that_is_stricter_than_the_target_stays() -> None:
    pool = even_pool([2.0] * 4 + [0.5] * 8)
    target = MinimaxTarget((Information(0.0),), (0.1,))
    specification = replace(one_form(length(2), Range(Information(0.0), 1.0)), objective=target)

    assert bank_health(pool, specification).bound == 4


def test_seven_forms_of_three_items_are_the_fano_plane() -> None:
    # Seven items have seven triples of which any two share one item, and no eighth.
    pool = even_pool([1.0] * 7)

    health = bank_health(pool, one_form(length(3)), item_uses=None, overlap_share=1 / 3)

    assert (health.bound, health.proof, health.overlap_maximum) == (7, "overlap", 1)


def test_built_forms_overlap_no_more_than_they_may() -> None:
    pool = bank(120)
    specification = blueprint(levels=(5, 5, 5, 5))

    health = bank_health(pool, specification, item_uses=None, overlap_share=0.36, build=True, most_forms=8)

    assert health.overlap_maximum == 14
    assert health.built is not None
    assert health.built >= 5
    shared = max(len(set(one) & set(other)) for one, other in itertools.combinations(health.forms, 2))
    assert 0 < shared <= 14


def test_without_overlap_forms_have_no_item_in_common() -> None:
    assert bank_health(even_pool([1.0] * 7), one_form(length(3)), item_uses=None, overlap_share=0.1).bound == 2


def test_counting_ends_where_it_is_told_to() -> None:
    health = bank_health(even_pool([1.0] * 12), one_form(length(4)), item_uses=9, most_forms=5)

    assert (health.bound, health.proof) == (5, "limit")


def test_the_writing_plan_fills_the_cell_that_is_short() -> None:
    # Six forms need twelve items of x; the bank has four, and plenty of y.
    pool = even_pool([1.0] * 24, attributes={"part": ["x"] * 4 + ["y"] * 20})
    specification = one_form(length(4), exactly(2, part="x"), exactly(2, part="y"))

    health = bank_health(pool, specification, wanted_forms=6)

    assert health.bound == 2
    assert health.writing is not None
    (new,) = health.writing.items
    assert (new.where, new.count, new.theta, str(new)) == ({"part": "x"}, 8, None, "8 × x")
    assert new.effect == pytest.approx(0.5)
    assert (health.writing.n_items, health.writing.proven_n_items) == (8, 8)


def test_a_bank_with_the_planned_items_supplies_the_wanted_forms() -> None:
    pool = bank(120)
    specification = blueprint(levels=(12, 12, 6, 6))
    before = bank_health(pool, specification, wanted_forms=5)
    assert before.writing is not None

    # What the plan leaves open is spread as in the bank.
    alike = []
    for new in before.writing.items:
        places = [
            place
            for place in range(120)
            if all(pool.attributes[name][place] == value for name, value in new.where.items())
        ]
        alike += list(itertools.islice(itertools.cycle(places), new.count))
    grown = bank(120 + len(alike))
    attributes = {name: [*values, *(values[place] for place in alike)] for name, values in pool.attributes.items()}
    after = bank_health(replace(grown, attributes=attributes), specification, build=True)

    assert before.bound < 5
    assert after.bound >= 5
    assert after.built == after.bound
    # Five papers need 200 items, whatever their kinds.
    assert len(alike) >= before.writing.proven_n_items >= 80


def test_the_plan_names_the_difficulty_where_information_is_short() -> None:
    # Difficulties at 0 give little information at +2.
    pool = even_pool([1.5] * 30)
    high = float(fisher_information(np.array([2.0]), pool.parameters)[0, 0])
    peak = 1.5**2 / 4
    specification = one_form(length(3), Range(Information(2.0), 2.0 * high + peak))

    health = bank_health(pool, specification, wanted_forms=4)

    assert health.bound == 0
    assert health.writing is not None
    assert [(new.theta, new.count) for new in health.writing.items] == [(2.0, 4)]
    assert str(health.writing.items[0]).endswith("near +2")


def test_stimuli_that_are_short_are_written_with_their_items() -> None:
    health = bank_health(passage_pool(), one_form(length(2, 8), StimulusSets(1, 1, 2, 3)), wanted_forms=4)

    assert health.bound == 2
    assert health.writing is not None
    (new,) = health.writing.items
    assert (new.count, new.per_stimulus) == (4, 2)
    assert str(new).endswith("on 2 new stimuli")


def test_nothing_can_be_written_where_no_item_would_help() -> None:
    pool = even_pool([1.0] * 6, quantities={"words": np.full(6, 10.0)})

    health = bank_health(pool, one_form(length(2), Range(Total("words"), maximum=15.0)), wanted_forms=1)

    assert (health.bound, health.writing) == (0, None)


def test_the_forecast_says_in_which_sitting_the_bank_runs_dry() -> None:
    # 24 items make six forms of four; two forms a sitting, items rest for three sittings.
    pool = even_pool([1.0] * 24)
    plan = SittingPlan(forms=2, sittings=5, rest=3)

    health = bank_health(pool, one_form(length(4)), plan=plan)

    assert [(row.sitting, row.needed_forms, row.supplied_forms, row.items_to_write) for row in health.forecast] == [
        (1, 2, 6, 0),
        (2, 4, 6, 0),
        (3, 6, 6, 0),
        (4, 8, 6, 8),
        (5, 8, 6, 8),
    ]
    assert health.dry_sitting == 4
    # Two sittings of rest need six forms at once, which the bank has for ever.
    assert bank_health(pool, one_form(length(4)), plan=replace(plan, rest=2)).dry_sitting is None


def test_growth_puts_off_the_day_and_more_so_when_written_where_it_is_needed() -> None:
    # x is short: 8 of 24 items, two a form. Growth of six a sitting has two of x in it, or six.
    pool = even_pool([1.0] * 24, attributes={"part": ["x"] * 8 + ["y"] * 16})
    specification = one_form(length(4), exactly(2, part="x"), exactly(2, part="y"))

    health = bank_health(pool, specification, plan=SittingPlan(forms=2, sittings=6, growth=6))

    assert health.dry_sitting == 4
    assert [row.supplied_forms for row in health.forecast] == [4, 5, 6, 7, 8, 9]
    assert [row.can_be_supplied for row in health.forecast] == [True] * 6
    assert [row.items_to_write for row in health.forecast] == [0, 0, 4, 8, 16, 24]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"item_uses": None}, "no_limit"),
        ({"item_uses": 0}, "out_of_range"),
        ({"stimulus_uses": 0}, "out_of_range"),
        ({"overlap_share": 1.0}, "out_of_range"),
        ({"overlap_share": -0.1}, "out_of_range"),
        ({"most_forms": 0}, "out_of_range"),
        ({"wanted_forms": 0}, "out_of_range"),
    ],
)
def test_figures_that_cannot_be_are_refused(arguments: dict[str, float | None], code: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        bank_health(even_pool([1.0] * 6), one_form(length(2)), **arguments)  # type: ignore[arg-type]
    assert caught.value.code == code


@pytest.mark.parametrize("wrong", [{"forms": 0}, {"sittings": 0}, {"rest": -1}, {"growth": -1}])
def test_a_plan_of_sittings_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SpecificationError):
        SittingPlan(**({"forms": 1} | wrong))


def test_the_state_of_a_bank_is_json() -> None:
    health = bank_health(
        even_pool([1.0] * 12), one_form(length(3)), wanted_forms=5, plan=SittingPlan(forms=1), build=True
    )

    assert json.loads(json.dumps(health.to_dict())) == health.to_dict()
    assert health.to_dict()["built"] == 4


def test_the_same_seed_builds_the_same_forms() -> None:
    pool, specification = bank(480), blueprint()

    one, same = (bank_health(pool, specification, build=True, seed=3).forms for _ in range(2))

    assert one == same
    assert len(one) == bank_health(pool, specification).bound


def most_disjoint(pool: ItemPool, specification: TestSpecification) -> int:
    """The largest number of forms without common items, by trying all."""
    forms = [frozenset(form) for form in all_forms(pool, range(1, 5)) if not check_forms(pool, specification, [form])]

    def most(left: list[frozenset[str]], found: int) -> int:
        best = found
        for place, form in enumerate(left):
            rest = [other for other in left[place + 1 :] if not form & other]
            best = max(best, most(rest, found + 1))
        return best

    return most(forms, 0)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 3),
    st.integers(0, 2),
    st.integers(20, 90),
    st.integers(0, 60),
    st.sampled_from([(), (StimulusSets(0, 1, 2, 3),), (StimulusSets(1, 1, 1, 2),)]),
)
def test_built_forms_are_verified_and_lie_between_none_and_all_there_can_be(
    size: int, of_x: int, words: int, spread: int, stimuli: tuple[StimulusSets, ...]
) -> None:
    pool = passage_pool()
    specification = one_form(
        length(size),
        Range(Count({"part": "x"}), of_x, size),
        Range(Total("words", with_stimuli=False), words - spread, words),
        EnemyLimit(),
        *stimuli,
    )

    health = bank_health(pool, specification, build=True)
    best = most_disjoint(pool, specification)

    assert health.built is not None
    assert health.built <= best <= health.bound
    assert health.built >= min(best, 1)
    if health.built:
        several = replace(specification, n_forms=health.built, across=(ItemUse(1), PairOverlap(0)))
        assert check_forms(pool, several, health.forms) == ()


def test_blueprint_forms_come_near_the_bound_when_information_is_asked_for() -> None:
    pool = bank(480, seed=5)
    specification = blueprint(Range(Information(-1.0), 5.0), Range(Information(1.0), 5.0))

    health = bank_health(pool, specification, build=True)

    assert health.built is not None
    assert math.floor(health.value) >= health.built >= health.bound - 1
