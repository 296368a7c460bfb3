"""The check of many forms at once against the check of each."""

from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics.assembly import (
    AllOrNone,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    ItemPool,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    length,
)
from exam_engine.psychometrics.assembly.loft_check import FormCheck
from tests.exam_engine.psychometrics.assembly.small_pools import all_forms, passage_pool

REQUIREMENTS: tuple[Any, ...] = (
    Range(Count({"part": "x"}), 1, 2),
    Range(Total("words"), 60, 150),
    Range(Total("words", with_stimuli=False), 30, 60),
    Range(Information(0.0), 0.6, 0.9),
    Range(ExpectedScore(1.0), 1.5, 2.2),
    EnemyLimit(),
    StimulusSets(1, 1, 2, 2),
    StimulusSets(0, 1, 1, 3, {"part": "x"}),
    MustInclude(frozenset({"q7"})),
    MustExclude(frozenset({"q2"}), {"part": "y"}),
    AllOrNone(frozenset({"q3", "q8"})),
)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: type(requirement).__name__)
def test_both_checks_agree_on_every_form_of_a_small_pool(requirement: Any) -> None:
    pool = passage_pool()
    specification = TestSpecification(n_forms=1, requirements=(length(1, 5), requirement))
    forms = all_forms(pool, range(1, 6))
    failing = set(FormCheck(pool, specification).failing([pool.indices(form) for form in forms]).tolist())
    expected = {number for number, form in enumerate(forms) if check_forms(pool, specification, [form])}
    assert failing == expected
    assert 0 < len(failing) < len(forms)


def test_a_form_that_repeats_an_item_fails() -> None:
    pool: ItemPool = passage_pool()
    check = FormCheck(pool, TestSpecification(n_forms=1, requirements=(length(2, 3),)))
    assert check.failing([np.array([6, 7]), np.array([6, 6]), np.array([1, 6, 7])]).tolist() == [1]
