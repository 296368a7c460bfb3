"""Exchanges in finished forms."""

from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, IntArray
from exam_engine.psychometrics.assembly import (
    EnemyLimit,
    ItemPool,
    PairOverlap,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    length,
)
from exam_engine.psychometrics.assembly.exposure_limit import item_use_limit
from exam_engine.psychometrics.assembly.loft_exchange import Exchanges
from exam_engine.psychometrics.assembly.loft_plan import form_plan
from exam_engine.psychometrics.assembly.rows import form_rows
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool


def exchanges_of(pool: ItemPool, forms: list[list[int]], *requirements: Any, across: Any = ()) -> Exchanges:
    specification = TestSpecification(n_forms=len(forms), requirements=requirements, across=across)
    rows = form_rows(pool, specification)
    limit = item_use_limit(pool, specification, rows)
    assert limit is not None
    holders = [[number for number, form in enumerate(forms) if item in form] for item in range(len(pool.item_ids))]
    arrays: list[IntArray] = [np.array(form) for form in forms]
    return Exchanges(form_plan(pool, specification, rows, limit), arrays, holders)


def only(pool: ItemPool, *items: int) -> BoolArray:
    chosen = np.zeros(len(pool.item_ids), dtype=np.bool_)
    chosen[list(items)] = True
    return chosen


def test_an_item_is_given_up_for_one_that_keeps_the_sum() -> None:
    pool = even_pool([1.0] * 5, quantities={"words": np.array([10.0, 20.0, 30.0, 12.0, 40.0])})
    exchanges = exchanges_of(pool, [[0, 1], [0, 2]], length(2), Range(Total("words"), 40, 45))
    assert exchanges.without(0, only(pool, 3, 4)) == (1, 3)
    assert exchanges.without(0, only(pool, 4)) is None
    assert exchanges.with_more(3, only(pool, 0)) == (1, 0)
    assert exchanges.with_more(4, only(pool, 1)) is None


def test_enemies_and_overlap_are_not_brought_together() -> None:
    pool = even_pool([1.0] * 5, enemies=(frozenset({"q2", "q4"}),))
    assert exchanges_of(pool, [[0, 1], [0, 2]], length(2), EnemyLimit()).without(0, only(pool, 3)) == (1, 3)
    overlap = exchanges_of(pool, [[0, 1], [2, 3]], length(2), across=(PairOverlap(0),))
    assert overlap.without(0, only(pool, 3, 4)) == (0, 4)


def test_an_item_of_a_stimulus_gives_way_to_another_of_the_same_stimulus() -> None:
    pool = passage_pool()
    exchanges = exchanges_of(pool, [[0, 1, 6], [3, 4, 7]], length(3), StimulusSets(1, 1, 2, 3))
    assert exchanges.without(0, only(pool, 2, 5, 7)) == (0, 2)
    assert exchanges.without(6, only(pool, 2, 5, 7)) == (0, 7)
