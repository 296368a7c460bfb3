import math

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.assembly import (
    AllOrNone,
    Closeness,
    Count,
    EnemyLimit,
    ExpectedScore,
    Information,
    Interval,
    ItemPool,
    ItemUse,
    MustExclude,
    MustInclude,
    PairOverlap,
    Range,
    StimulusSets,
    TestSpecification,
    Total,
    check_forms,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.specification import Across, Requirement
from tests.exam_engine.psychometrics.assembly.small_pools import even_pool, passage_pool

POOL = even_pool([1.0, 1.0, 1.0, 1.0, 1.0, 1.1], quantities={"words": np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])})
GOOD = [["q1", "q2"], ["q3", "q4"]]


def found(
    forms: list[list[str]], *requirements: Requirement, across: tuple[Across, ...] = (), n_forms: int = 2
) -> list[tuple[str, int | None]]:
    specification = TestSpecification(n_forms=n_forms, requirements=(length(2), *requirements), across=across)
    return [(violation.code, violation.form) for violation in check_forms(POOL, specification, forms)]


@pytest.mark.parametrize(
    ("forms", "requirement", "expected"),
    [
        (GOOD, EnemyLimit(), []),
        ([["q1", "q2"]], EnemyLimit(), [("number_of_forms", None)]),
        ([["q1", "q2"], ["q3", "q9"]], EnemyLimit(), [("unknown_item", 2), ("range", 2)]),
        ([["q1", "q1"], ["q3", "q4"]], EnemyLimit(), [("repeated_item", 1), ("range", 1)]),
        ([["q1", "q2", "q5"], ["q3", "q4"]], EnemyLimit(), [("range", 1)]),
        (GOOD, exactly(1, part="x"), [("range", 1)]),
        (GOOD, Range(Count({"part": "x"}), 1, 2), []),
        (GOOD, Range(Count({"part": "x"}), 2), [("range", 2)]),
        (GOOD, Range(Count({"words": Interval(30.0)}), maximum=1), [("range", 2)]),
        (GOOD, Range(Total("words"), 30.0, 70.0), []),
        (GOOD, Range(Total("words"), 30.001, 70.0), [("range", 1)]),
        (GOOD, Range(Total("words"), 30.0, 69.999), [("range", 2)]),
        (GOOD, MustInclude(frozenset(["q2"])), [("include", 2)]),
        (GOOD, MustExclude(frozenset(["q3"])), [("exclude", 2)]),
        (GOOD, MustExclude(where={"words": Interval(maximum=10.0)}), [("exclude", 1)]),
        (GOOD, AllOrNone(frozenset(["q1", "q2"])), []),
        (GOOD, AllOrNone(frozenset(["q1", "q5"])), [("all_or_none", 1)]),
    ],
)
def test_each_broken_requirement_is_named_with_its_form(
    forms: list[list[str]], requirement: Requirement, expected: list[tuple[str, int | None]]
) -> None:
    assert found(forms, requirement) == expected


@pytest.mark.parametrize(
    ("forms", "rule", "expected"),
    [
        ([["q1", "q2"], ["q2", "q4"]], ItemUse(1), ["item_use"]),
        ([["q1", "q2"], ["q2", "q4"]], ItemUse(2), []),
        ([["q1", "q2"], ["q2", "q4"]], ItemUse(1, where={"part": "y"}), []),
        (GOOD, ItemUse(2, 1), ["item_use", "item_use"]),
        ([["q1", "q2"], ["q2", "q4"]], PairOverlap(0), ["pair_overlap"]),
        ([["q1", "q2"], ["q2", "q4"]], PairOverlap(1), []),
    ],
)
def test_what_forms_share_is_counted(forms: list[list[str]], rule: Across, expected: list[str]) -> None:
    assert [code for code, _ in found(forms, across=(rule,))] == expected


def test_items_that_every_form_must_hold_count_neither_as_use_nor_as_overlap() -> None:
    forms = [["q1", "q2"], ["q2", "q4"]]
    anchor = MustInclude(frozenset(["q2"]))
    assert found(forms, anchor, across=(ItemUse(1), PairOverlap(0))) == []


@pytest.mark.parametrize(("relative", "expected"), [(0.1051, []), (0.1049, ["closeness"])])
def test_information_may_differ_by_the_tolerance_and_no_more(relative: float, expected: list[str]) -> None:
    # At θ = b information is a²/4, so the second form has (1 + 1.21) / 2 = 1.105 times the first form's.
    rule = Closeness(Information(0.0), relative=relative)
    assert [code for code, _ in found([["q1", "q2"], ["q3", "q6"]], across=(rule,))] == expected


@pytest.mark.parametrize(("absolute", "expected"), [(0.4622, []), (0.4621, ["closeness"])])
def test_expected_scores_may_differ_by_the_tolerance_and_no_more(absolute: float, expected: list[str]) -> None:
    # Expected scores at 0 of items at −1 and 1: 0.7311 and 0.2689, a difference of 0.46212.
    pool = even_pool([1.0, 1.0], b=np.array([-1.0, 1.0]))
    specification = TestSpecification(
        n_forms=2, requirements=(length(1),), across=(Closeness(ExpectedScore(0.0), absolute=absolute),)
    )
    assert [violation.code for violation in check_forms(pool, specification, [["q1"], ["q2"]])] == expected


def test_two_enemies_in_one_form_are_found_and_in_two_forms_are_not() -> None:
    pool = even_pool([1.0] * 4, enemies=(frozenset(["q1", "q2", "q4"]),))
    specification = TestSpecification(n_forms=2, requirements=(length(2), EnemyLimit()))
    (violation,) = check_forms(pool, specification, GOOD)
    assert (violation.code, violation.form, violation.data) == ("enemies", 1, {"items": ["q1", "q2"], "maximum": 1})
    looser = TestSpecification(n_forms=2, requirements=(length(2), EnemyLimit(2)))
    assert check_forms(pool, looser, GOOD) == ()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (["q1", "q2", "q4", "q5"], []),
        (["q1", "q2", "q3", "q8"], ["stimuli"]),
        (["q1", "q2", "q4", "q8"], ["stimulus_items"]),
        (["q1", "q4", "q7", "q8"], ["stimulus_items", "stimulus_items"]),
    ],
)
def test_stimuli_must_be_as_many_as_asked_with_as_many_items_each(form: list[str], expected: list[str]) -> None:
    specification = TestSpecification(n_forms=1, requirements=(length(4), StimulusSets(2, 2, 2, 3)))
    assert [violation.code for violation in check_forms(passage_pool(), specification, [form])] == expected


@pytest.mark.parametrize(("maximum", "expected"), [(130.0, []), (129.0, ["range"])])
def test_the_words_of_a_passage_count_once(maximum: float, expected: list[str]) -> None:
    specification = TestSpecification(n_forms=1, requirements=(length(2), Range(Total("words"), maximum=maximum)))
    assert [violation.code for violation in check_forms(passage_pool(), specification, [["q1", "q2"]])] == expected


def test_a_violation_tells_what_was_asked_and_what_was_found() -> None:
    specification = TestSpecification(
        n_forms=2, requirements=(length(2), Range(Count({"part": "x"}), 2, name="phần x"))
    )
    (violation,) = check_forms(POOL, specification, GOOD)
    assert violation.data == {
        "measure": "count",
        "where": {"part": "x"},
        "name": "phần x",
        "minimum": 2,
        "maximum": None,
        "found": 1.0,
    }


def test_the_checker_computes_information_by_its_definition() -> None:
    """For the 3PL: a²(1 − P)(P − c)² / (P(1 − c)²) (Lord, 1980, eq. 4-43), here at θ = b."""
    a, c = 1.4, 0.2
    pool = ItemPool(parameters=ItemParameters.dichotomous(["q1"], [a], [0.3], [c]))
    p = c + (1.0 - c) / 2.0
    information = a * a * (1.0 - p) * (p - c) ** 2 / (p * (1.0 - c) ** 2)
    for bound, expected in ((information * (1 - 1e-5), 0), (information * (1 + 1e-5), 1)):
        specification = TestSpecification(n_forms=1, requirements=(length(1), Range(Information(0.3), bound, math.inf)))
        assert len(check_forms(pool, specification, [["q1"]])) == expected


def test_names_that_the_pool_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        found(GOOD, exactly(1, colour="red"))


def test_forms_may_come_in_any_order_of_items() -> None:
    assert found([["q2", "q1"], ["q4", "q3"]]) == []
