"""The smallest cap on item use."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from exam_engine.psychometrics.assembly import (
    ANY,
    Count,
    EnemyLimit,
    ItemUse,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.exposure_limit import ItemUseLimit, item_use_limit
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, even_pool, passage_pool


def limit_of(pool: Any, *requirements: Any, n_forms: int = 10, across: Any = ()) -> ItemUseLimit:
    limit = item_use_limit(pool, TestSpecification(n_forms=n_forms, requirements=requirements, across=across))
    assert limit is not None
    return limit


@pytest.mark.parametrize(("n_forms", "cap"), [(10, 4), (11, 5), (100, 40), (1, 1)])
def test_with_nothing_but_a_length_items_are_shared_out_evenly(n_forms: int, cap: int) -> None:
    limit = limit_of(even_pool([1.0] * 10), length(4), n_forms=n_forms)
    assert limit.share == pytest.approx(0.4)
    assert limit.cap == cap
    assert [row.name.code for row in limit.binding] == ["length"]
    assert limit.binding[0].weight == pytest.approx(1.0)


def test_the_scarcest_cell_sets_the_limit_and_is_named() -> None:
    pool = even_pool([1.0] * 10, attributes={"part": ["x"] * 2 + ["y"] * 8})
    limit = limit_of(pool, length(4), Range(Count({"part": "x"}), 1, 3))
    assert limit.share == pytest.approx(0.5)
    assert [str(row.name) for row in limit.binding] == ["x"]


def test_stimuli_limit_their_items() -> None:
    # Two stimuli of three items; a form has one of them with two items: each item stands in a third of the forms.
    requirements = (length(3), StimulusSets(1, 1, 2, 2))
    assert limit_of(passage_pool(), *requirements).share == pytest.approx(0.5)
    more = limit_of(passage_pool(), length(2, 3), StimulusSets(1, 1, 2, 2))
    assert more.share == pytest.approx(1 / 3)
    assert more.binding[0].name.code == "stimuli"


def test_no_mixture_of_whole_forms_has_a_smaller_largest_share() -> None:
    pool = passage_pool()
    specification = TestSpecification(
        n_forms=12,
        requirements=(length(3, 4), EnemyLimit(), StimulusSets(0, 1, 2, 3), Range(Total("words"), 30, 150)),
    )
    forms = [
        form for form in all_forms(pool, range(3, 5)) if not check_forms(pool, specification.single_form(), [form])
    ]
    holds = np.array([[item in form for form in forms] for item in pool.item_ids], dtype=np.float64)
    best = linprog(
        np.append(np.zeros(len(forms)), 1.0),
        A_ub=np.hstack([holds, -np.ones((len(holds), 1))]),
        b_ub=np.zeros(len(holds)),
        A_eq=np.append(np.ones(len(forms)), 0.0)[None, :],
        b_eq=[1.0],
    )
    limit = item_use_limit(pool, specification)
    assert limit is not None
    assert limit.share <= best.fun + 1e-9
    assert limit.share > 0.5 * best.fun


def test_the_shares_reach_the_limit_and_meet_the_requirements() -> None:
    pool = even_pool([1.0] * 10)
    limit = limit_of(pool, length(4), exactly(3, part="x"))
    assert limit.item_shares.max() == pytest.approx(limit.share)
    assert limit.item_shares.sum() == pytest.approx(4.0)
    assert limit.item_shares[pool.matching({"part": "x"})].sum() == pytest.approx(3.0)


def test_weights_add_up_to_one_and_foretell_what_easing_a_bound_gives() -> None:
    def share(least: float) -> ItemUseLimit:
        return limit_of(
            even_pool([1.0] * 6, quantities={"words": np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])}),
            length(2),
            Range(Total("words"), least, 11.0),
        )

    tight, eased = share(9.0), share(9.0 * 0.999)
    assert sum(row.weight for row in tight.binding) == pytest.approx(1.0)
    weight = {row.name.code: row.weight for row in tight.binding}
    assert weight["total"] > 1.0 > 0.0 > weight["length"]
    assert 1.0 - eased.share / tight.share == pytest.approx(0.001 * weight["total"], rel=0.02)


def test_anchors_do_not_count() -> None:
    limit = limit_of(even_pool([1.0] * 10), length(4), MustInclude(frozenset({"q1"})))
    assert limit.share == pytest.approx(3 / 9)
    assert limit.item_shares[0] == 1.0


def test_excluded_items_are_no_help() -> None:
    limit = limit_of(even_pool([1.0] * 10), length(4), MustExclude(frozenset({"q1", "q2"})))
    assert limit.share == pytest.approx(0.5)


def test_limits_on_some_items_raise_the_use_of_the_others() -> None:
    rule = ItemUse(1, where={"part": "x"})
    limit = limit_of(even_pool([1.0] * 10), length(4), across=(rule, ItemUse(3)))
    # Five items in a tenth of the forms; the other five make up for the rest.
    assert limit.share == pytest.approx((4.0 - 0.5) / 5)
    assert {row.name.code for row in limit.binding} == {"length", "item_use"}


def test_there_is_no_limit_without_a_form() -> None:
    specification = TestSpecification(n_forms=2, requirements=(length(4), exactly(5, part="x")))
    assert item_use_limit(even_pool([1.0] * 10), specification) is None
    short = TestSpecification(n_forms=2, requirements=(length(11),))
    assert item_use_limit(even_pool([1.0] * 10), short) is None
    both = TestSpecification(
        n_forms=2, requirements=(length(2), MustInclude(frozenset({"q1"})), MustExclude(where={"part": ANY}))
    )
    assert item_use_limit(even_pool([1.0] * 10), both) is None


def test_it_says_so_in_json_values() -> None:
    data = limit_of(even_pool([1.0] * 10), length(4)).to_dict()
    assert data["cap"] == 4
    assert data["binding"][0]["code"] == "length"
