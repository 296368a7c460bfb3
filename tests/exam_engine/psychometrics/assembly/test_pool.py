from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import ANY, Interval, ItemPool, SpecificationError, Where
from exam_engine.psychometrics.assembly.pool import describe
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool

FOUR = [1.0] * 4


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, "q1 q2 q3 q4 q5 q6 q7 q8"),
        ({"part": "x"}, "q1 q2 q3 q4"),
        ({"part": ("x", "y"), "stimulus": "s2"}, "q4 q5 q6"),
        ({"stimulus": ANY}, "q1 q2 q3 q4 q5 q6"),
        ({"stimulus": ""}, "q7 q8"),
        ({"item": ("q2", "q8")}, "q2 q8"),
        ({"words": Interval(20.0)}, "q2 q3 q5 q6"),
        ({"words": Interval(maximum=6.0)}, "q7 q8"),
        ({"words": Interval(10.0, 20.0), "part": "y"}, "q5"),
    ],
)
def test_a_condition_picks_the_items_that_meet_all_its_parts(where: Where, expected: str) -> None:
    pool = passage_pool()
    assert " ".join(pool.item_ids[index] for index in np.flatnonzero(pool.matching(where))) == expected


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"colour": "red"}, "unknown_attribute"),
        ({"part": Interval(1.0)}, "interval_of_attribute"),
        ({"words": "10"}, "unknown_attribute"),
        ({"item": "q99"}, "unknown_item"),
    ],
)
def test_a_condition_on_what_the_pool_does_not_have_is_refused(where: Where, code: str) -> None:
    with pytest.raises(SpecificationError) as refused:
        passage_pool().matching(where)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"attributes": {"part": ["x"]}}, "pool_shape"),
        ({"quantities": {"words": np.ones(3)}}, "pool_shape"),
        ({"stimuli": ("s", "s")}, "pool_shape"),
        ({"attributes": {"item": ["x"] * 4}}, "reserved_name"),
        ({"quantities": {"stimulus": np.ones(4)}}, "reserved_name"),
        ({"quantities": {"words": np.array([1.0, np.nan, 1.0, 1.0])}}, "quantity_not_finite"),
        ({"stimulus_quantities": {"words": {}}}, "unknown_quantity"),
        (
            {"quantities": {"words": np.ones(4)}, "stimulus_quantities": {"words": {"s9": 1.0}}},
            "unknown_stimulus",
        ),
        (
            {
                "quantities": {"words": np.ones(4)},
                "stimuli": ("s", "s", "", ""),
                "stimulus_quantities": {"words": {"s": np.inf}},
            },
            "quantity_not_finite",
        ),
        ({"enemies": (frozenset({"q1", "q9"}),)}, "unknown_item"),
        ({"enemies": (frozenset({"q1"}),)}, "enemy_set_too_small"),
        (
            {"parameters": ItemParameters.dichotomous([f"q{i}" for i in range(4)], [*FOUR[:3], 0.0], FOUR)},
            "slope_not_positive",
        ),
        ({"parameters": ItemParameters.dichotomous([], [], []), "attributes": {}}, "pool_empty"),
    ],
)
def test_a_pool_that_contradicts_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(SpecificationError) as refused:
        even_pool(FOUR, **changes)
    assert refused.value.code == code


def test_a_part_of_a_pool_keeps_stimuli_and_enemies_that_still_make_sense() -> None:
    part = passage_pool().take(np.array([0, 1, 6]))
    assert part.item_ids == ("q1", "q2", "q7")
    assert part.stimulus_ids == ("s1",)
    assert part.stimulus_of.tolist() == [0, 0, -1]
    assert part.stimulus_amounts("words").tolist() == [100.0]
    assert part.enemies == (frozenset({"q1", "q7"}),)
    assert passage_pool().take(np.array([0, 1])).enemies == ()


def test_a_condition_is_described_by_its_values() -> None:
    assert describe({"module": "IU03", "level": ("VD", "VDC"), "words": Interval(6.0)}) == "IU03 × VD/VDC × ≥ 6"
    assert str(Interval(1.0, 2.5)) == "1…2.5"
    assert str(Interval(maximum=2.0)) == "≤ 2"


def test_polytomous_items_are_in_the_pool_like_any_others() -> None:
    names = ("q1", "q2")
    items = ItemParameters.polytomous(names, "GRM", [1.0, 1.5], [[-1.0, 1.0], [0.0, 0.5]])
    assert ItemPool(parameters=items).item_ids == names
