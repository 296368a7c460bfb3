"""Personal forms, all at once."""

import json
from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics.assembly import (
    ANY,
    AllOrNone,
    Closeness,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    ItemPool,
    ItemUse,
    Maximin,
    MustExclude,
    MustInclude,
    PairOverlap,
    Part,
    Range,
    SpecificationError,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.loft import (
    OnTheFlyError,
    OnTheFlyResult,
    OnTheFlySettings,
    assemble_on_the_fly,
)
from tests.exam_engine.psychometrics.assembly.random_banks import LEVELS, MODULES, random_bank
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool

BLUEPRINT: tuple[Any, ...] = (
    length(18),
    *(exactly(6, module=module) for module in MODULES),
    *(Range(Count({"level": level}), 4, 8) for level in LEVELS),
    *(Range(Count({"key": key}), 2, 8) for key in "ABCD"),
    EnemyLimit(),
)


def made(pool: ItemPool, n_forms: int, *requirements: Any, across: Any = (), **changes: Any) -> OnTheFlyResult:
    """The forms, checked one by one."""
    specification = TestSpecification(
        n_forms=n_forms, requirements=requirements, across=across, parts=changes.pop("parts", ())
    )
    result = assemble_on_the_fly(pool, specification, OnTheFlySettings(**changes))
    assert result.is_complete
    assert check_forms(pool, specification, result.forms) == ()
    return result


@pytest.mark.parametrize("seed", range(4))
def test_every_form_meets_the_blueprint_and_the_band_and_items_are_used_alike(seed: int) -> None:
    pool = random_bank(300, seed, n_stimuli=6)
    band = [Range(Information(theta), 2.2, 3.6) for theta in (-1.0, 0.0, 1.0)]
    result = made(pool, 100, *BLUEPRINT, StimulusSets(1, 1, 3, 4), Range(Total("words"), 700, 1000), *band, seed=seed)
    assert result.exposure.use_max <= 1.2 * result.limit.cap + 1
    assert result.exposure.use_max >= result.limit.cap


SPECIAL: dict[str, tuple[Any, ...]] = {
    "information": (Range(Information(0.0), 2.9, 3.0), Range(Information(1.0), 2.4, 2.7)),
    "expected score": (Range(ExpectedScore(0.0), 11.0, 11.2),),
    "anchors": (MustInclude(frozenset({"b000", "b001"})),),
    "anchor of a stimulus": (MustInclude(frozenset({"a stimulus item"})), StimulusSets(1, 2, 3, 3)),
    "exclusion": (MustExclude(frozenset({"b003"}), {"key": "A", "level": "hard"}),),
    "all or none": (AllOrNone(frozenset({"b010", "b011"})), AllOrNone(frozenset({"b011", "b012"}))),
    "all or none with an anchor": (AllOrNone(frozenset({"b010", "b011"})), MustInclude(frozenset({"b010"}))),
    "all or none across a stimulus": (AllOrNone(frozenset({"b010", "a stimulus item"})), StimulusSets(1, 1, 2, 4)),
    "exact points": (Range(Total("points"), 36, 36),),
    "no stimuli": (MustExclude(where={"stimulus": ANY}),),
    "stimuli of two kinds": (
        StimulusSets(1, 1, 2, 3, {"module": "M1"}),
        StimulusSets(0, 1, 3, None, {"module": ("M2", "M3")}),
    ),
    "words of passages without a rule": (Range(Total("words"), 500, 1100),),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_every_kind_of_requirement_is_met(name: str) -> None:
    pool = random_bank(240, 7, n_stimuli=6)
    stimulus_item = next(item for item, own in zip(pool.item_ids, pool.stimuli, strict=True) if own == "s2")
    requirements = []
    for requirement in SPECIAL[name]:
        if isinstance(requirement, MustInclude | AllOrNone):
            items = frozenset(stimulus_item if item == "a stimulus item" else item for item in requirement.items)
            requirement = type(requirement)(items)
        requirements.append(requirement)
    result = made(pool, 40, *BLUEPRINT, *requirements)
    assert len(set(result.forms)) == 40


def test_groups_are_used_as_their_share_asks() -> None:
    group = frozenset({"q1", "q2"})
    result = made(even_pool([1.0] * 20), 100, length(4), AllOrNone(group))
    uses = sum(group <= set(form) for form in result.forms)
    assert 10 <= uses <= 30


def test_parts_have_their_own_requirements_and_follow_each_other() -> None:
    pool = random_bank(240, 3)
    parts = (
        Part("first", {"module": "M2"}, (Range(Count(), 8, 8), Range(Total("points"), 15, 17))),
        Part("second", {"module": ("M1", "M3")}, (Range(Count(), 10, 10),)),
    )
    result = made(pool, 30, length(18), parts=parts)
    modules = dict(zip(pool.item_ids, pool.attributes["module"], strict=True))
    for form in result.forms:
        assert [modules[item] == "M2" for item in form] == [True] * 8 + [False] * 10


def test_lengths_may_vary_within_their_range() -> None:
    result = made(random_bank(200, 5), 60, length(15, 20), Range(Information(0.0), 2.4, 2.8))
    assert all(15 <= len(form) <= 20 for form in result.forms)


def test_use_comes_down_to_its_limit_where_nothing_else_binds() -> None:
    result = made(even_pool([1.0] * 30), 90, length(10))
    # 90 forms of 10 of 30 items: each item in exactly 30 of them.
    assert (result.limit.cap, result.exposure.use_max) == (30, 30)
    assert result.exposure.exposure_chi_square == pytest.approx(0.0, abs=1e-12)


def test_disjoint_forms_are_made_as_long_as_items_last() -> None:
    pool = random_bank(240, 11)
    across = (ItemUse(1),)
    result = made(pool, 9, *BLUEPRINT, across=across)
    assert result.exposure.overlap_max == 0
    assert len({item for form in result.forms for item in form}) == 9 * 18


def test_no_pair_shares_more_than_allowed() -> None:
    pool = random_bank(240, 2)
    free = made(pool, 60, *BLUEPRINT).exposure.overlap_max
    result = made(pool, 60, *BLUEPRINT, across=(PairOverlap(3),))
    assert result.exposure.overlap_max <= 3 < free


def test_anchors_are_left_out_of_overlap_and_exposure() -> None:
    anchors = frozenset({"b000", "b001", "b002"})
    result = made(random_bank(240, 2), 30, length(18), MustInclude(anchors), across=(ItemUse(4), PairOverlap(4)))
    assert result.exposure.use_max <= 4
    assert all(anchors <= set(form) for form in result.forms)


def test_items_are_used_as_often_as_they_must() -> None:
    pool = random_bank(200, 4)
    result = made(pool, 60, *BLUEPRINT, across=(ItemUse(9, 3),))
    uses = [sum(item in form for form in result.forms) for item in pool.item_ids]
    assert min(uses) >= 3
    assert max(uses) <= 9


def test_a_wanted_item_use_is_aimed_at() -> None:
    pool = random_bank(240, 6)
    level = made(pool, 50, *BLUEPRINT)
    loose = made(pool, 50, *BLUEPRINT, Range(Information(0.0), 3.3, 4.0), item_use=25)
    assert level.exposure.use_max <= level.limit.cap + 2
    assert loose.exposure.use_max <= 25


def test_the_same_seed_gives_the_same_forms_and_another_seed_others() -> None:
    pool = random_bank(240, 8, n_stimuli=3)
    rules = (*BLUEPRINT, StimulusSets(1, 1, 3, 4))
    first, again, other = (made(pool, 20, *rules, seed=seed).forms for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_items_of_a_stimulus_stand_together() -> None:
    pool = random_bank(240, 8, n_stimuli=6)
    stimuli = dict(zip(pool.item_ids, pool.stimuli, strict=True))
    for form in made(pool, 20, *BLUEPRINT, StimulusSets(2, 2, 3, 4)).forms:
        runs = [stimuli[item] for item in form]
        for stimulus in set(runs) - {""}:
            first, number = runs.index(stimulus), runs.count(stimulus)
            assert runs[first : first + number] == [stimulus] * number


def test_the_result_is_json() -> None:
    data = made(random_bank(200, 1), 5, *BLUEPRINT).to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["is_complete"]
    assert data["exposure"]["n_forms"] == 5


def test_progress_counts_the_forms() -> None:
    heard: list[int] = []
    specification = TestSpecification(n_forms=4, requirements=(length(3),))
    assemble_on_the_fly(even_pool([1.0] * 12), specification, tell=heard.append)
    assert heard == [1, 2, 3, 4]


def refusal(pool: ItemPool, specification: TestSpecification) -> OnTheFlyError:
    with pytest.raises(OnTheFlyError) as caught:
        assemble_on_the_fly(pool, specification)
    return caught.value


def test_a_cap_below_the_limit_is_refused_with_what_binds_and_one_at_the_limit_is_not() -> None:
    pool = even_pool([1.0] * 10)

    def capped(cap: int) -> TestSpecification:
        return TestSpecification(n_forms=5, requirements=(length(4),), across=(ItemUse(cap),))

    error = refusal(pool, capped(1))
    assert (error.code, error.data["smallest"], error.data["maximum"]) == ("item_use_too_low", 2, 1)
    assert error.data["binding"][0]["code"] == "length"
    assert len(assemble_on_the_fly(pool, capped(2)).forms) == 5


def test_a_contradiction_is_refused() -> None:
    pool = even_pool([1.0] * 10)
    assert refusal(pool, TestSpecification(n_forms=2, requirements=(length(11),))).code == "infeasible"


def test_where_only_fractions_of_items_meet_the_requirements_there_is_no_form() -> None:
    pool = even_pool([1.0] * 4, quantities={"points": np.full(4, 2.0)})
    odd = TestSpecification(n_forms=2, requirements=(length(1, 2), Range(Total("points"), 3, 3)))
    assert refusal(pool, odd).code == "no_form"


def test_forms_that_cannot_be_made_are_missing_and_said_to_be() -> None:
    # Pairs are only allowed within q1, q2, q3 and within q4, q5, q6. Half of every allowed pair would use up all six
    # items for three forms; of whole pairs without a common item there are two.
    names = [f"q{number}" for number in range(1, 7)]
    enemies = tuple(frozenset({one, other}) for one in names[:3] for other in names[3:])
    specification = TestSpecification(n_forms=3, requirements=(length(2), EnemyLimit()), across=(ItemUse(1),))
    result = assemble_on_the_fly(even_pool([1.0] * 6, enemies=enemies), specification)
    assert result.limit.cap == 1
    assert (len(result.forms), result.n_forms, result.is_complete) == (2, 3, False)
    assert result.exposure.use_max == 1


def test_more_use_than_the_forms_can_give_is_refused() -> None:
    pool = even_pool([1.0] * 10)
    specification = TestSpecification(n_forms=2, requirements=(length(4),), across=(ItemUse(2, 1),))
    assert refusal(pool, specification).code == "item_use_too_high"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"objective": Maximin((Information(0.0),))}, "objective_on_the_fly"),
        ({"across": (Closeness(Information(0.0), relative=0.01),)}, "closeness_on_the_fly"),
    ],
)
def test_what_only_makes_sense_for_a_few_forms_is_refused(changes: dict[str, Any], code: str) -> None:
    specification = TestSpecification(n_forms=3, requirements=(length(3),), **changes)
    with pytest.raises(SpecificationError) as caught:
        assemble_on_the_fly(even_pool([1.0] * 12), specification)
    assert caught.value.code == code


def test_an_item_use_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="item_use"):
        OnTheFlySettings(item_use=0)
