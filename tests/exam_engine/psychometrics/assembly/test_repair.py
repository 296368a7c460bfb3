import math

import numpy as np
import pytest

from exam_engine.psychometrics.assembly import (
    Count,
    EnemyLimit,
    ItemUse,
    MustExclude,
    MustInclude,
    Range,
    SpecificationError,
    StimulusSets,
    TestSpecification,
    Total,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.infeasibility import explain_infeasibility
from exam_engine.psychometrics.assembly.repaired import with_changes
from tests.exam_engine.psychometrics.assembly.blueprint_bank import bank, blueprint
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool

TOO_MANY = blueprint(levels=(12, 12, 8, 14))
"""Levels that add up to 46 of 40 items."""


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, "NB minimum −6"),
        ({"NB": 1.5}, "TH minimum −6"),
        ({"NB": math.inf, "TH": math.inf}, "VD minimum −6"),
        ({"count": math.inf, "NB": 1.0}, "NB minimum −6"),
    ],
)
def test_what_is_dear_stays_and_what_must_stay_is_not_touched(weights: dict[str, float], expected: str) -> None:
    (repair,) = explain_infeasibility(bank(), TOO_MANY, weights=weights).repairs

    assert str(repair) == expected
    assert repair.is_verified


def test_cheapest_comes_first_and_others_leave_its_changes_out() -> None:
    repairs = explain_infeasibility(bank(), TOO_MANY, repairs=3).repairs

    assert [str(repair) for repair in repairs] == ["NB minimum −6", "TH minimum −6", "VD minimum −6"]
    assert [(repair.cost, repair.proven_cost) for repair in repairs] == [(6.0, 6.0)] * 3


def test_a_repair_no_one_may_make_is_not_told() -> None:
    explanation = explain_infeasibility(
        bank(), TOO_MANY, weights=dict.fromkeys(("count", "length", "total", "information"), math.inf)
    )

    assert explanation.repairs == ()
    assert explanation.is_minimal


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan])
def test_a_weight_that_is_not_positive_is_refused(weight: float) -> None:
    with pytest.raises(SpecificationError) as caught:
        explain_infeasibility(bank(), TOO_MANY, weights={"NB": weight})
    assert caught.value.code == "out_of_range"


def test_a_repair_that_spares_hardly_anything_by_one_more_change_makes_the_one_change() -> None:
    # The 1,000 words missing cost 45 items' worth. The item of 26 words instead of 20 would save six of them, for a
    # second more than allowed, which is cheaper by half a percent.
    pool = even_pool(
        [1.0] * 3,
        quantities={"words": np.array([20.0, 20.0, 26.0]), "seconds": np.array([100.0, 100.0, 101.0])},
    )
    specification = TestSpecification(
        n_forms=1,
        requirements=(length(2), Range(Total("words"), 1040.0), Range(Total("seconds"), 0.0, 200.0)),
    )

    (repair,) = explain_infeasibility(pool, specification, weights={"length": math.inf}).repairs

    assert str(repair) == "words minimum −1000"
    assert repair.proven_cost < repair.cost < 1.05 * repair.proven_cost


def test_each_kind_of_bound_is_written_back() -> None:
    pool = passage_pool()
    cases = [
        (TestSpecification(n_forms=1, requirements=(length(4), StimulusSets(2, 2, 3, 3))), "stimulus_items"),
        (TestSpecification(n_forms=1, requirements=(length(2), StimulusSets(2, 2, 2, 3))), "stimulus_items"),
        (TestSpecification(n_forms=1, requirements=(length(2), StimulusSets(3, 3, 1, 3))), "stimuli"),
        (
            TestSpecification(n_forms=1, requirements=(length(2), EnemyLimit(), MustInclude(frozenset({"q1", "q7"})))),
            "enemies",
        ),
        (TestSpecification(n_forms=3, requirements=(length(4),), across=(ItemUse(1),)), "item_use"),
        (TestSpecification(n_forms=2, requirements=(length(4),), across=(ItemUse(2, minimum=2),)), "item_use"),
        (TestSpecification(n_forms=1, requirements=(length(7), MustExclude(frozenset({"q1", "q2"})))), "exclude"),
    ]
    codes = ("length", "count", "stimuli", "stimulus_items", "enemies", "item_use", "include", "exclude")

    for specification, code in cases:
        others_stay = dict.fromkeys(codes, math.inf) | {code: 1.0}
        repairs = explain_infeasibility(pool, specification, weights=others_stay).repairs
        assert [change.name.code for change in repairs[0].changes] == [code], specification
        assert repairs[0].is_verified
        assert repairs[0].specification != specification
        assert explain_infeasibility(pool, repairs[0].specification, repairs=0).proof == "none"


def test_the_same_condition_in_another_rule_is_left_alone() -> None:
    pool = bank()
    other = Range(Count({"module": "IU06", "level": "VD"}), 2, 7)
    specification = blueprint(exactly(7, module="IU05", level="VD"), other)
    (repair,) = explain_infeasibility(pool, specification).repairs

    (change,) = repair.changes
    assert change.to_dict() == {
        "code": "count",
        "label": "IU05 × VD",
        "side": "minimum",
        "change": -1.0,
        "bound": 6.0,
        "data": {"where": {"module": "IU05", "level": "VD"}, "minimum": 7, "maximum": 7},
    }
    before, after = specification.requirements, repair.specification.requirements
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        Range(Count({"module": "IU05", "level": "VD"}), 6.0, 7.0)
    ]
    assert with_changes(pool, specification, ()) == specification
