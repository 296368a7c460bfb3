from typing import Any

import numpy as np
import pytest

from exam_engine.psychometrics import CellRequirement, TestSpecification, check_forms
from tests.exam_engine.psychometrics.assembly.pools import tiny_pool

POOL = tiny_pool([1.0, 1.0, 1.0, 1.0, 1.0, 1.1])


def specification(**changes: Any) -> TestSpecification:
    parts: dict[str, Any] = {"n_forms": 2, "length": 2, "theta_cut": 0.0}
    return TestSpecification(**(parts | changes))


def codes(forms: list[list[str]], **changes: Any) -> list[tuple[str, int | None]]:
    return [(violation.code, violation.form) for violation in check_forms(POOL, specification(**changes), forms)]


def test_forms_that_meet_the_specification_have_no_violations() -> None:
    assert codes([["q1", "q2"], ["q3", "q4"]]) == []


@pytest.mark.parametrize(
    ("forms", "changes", "expected"),
    [
        ([["q1", "q2"]], {}, [("number_of_forms", None)]),
        ([["q1", "q2"], ["q3", "q9"]], {}, [("unknown_item", 2), ("length", 2), ("information_closeness", None)]),
        ([["q1", "q1"], ["q3", "q4"]], {}, [("repeated_item", 1)]),
        ([["q1", "q2", "q5"], ["q3", "q4"]], {}, [("length", 1), ("information_closeness", None)]),
        ([["q1", "q2"], ["q2", "q4"]], {}, [("max_uses", None)]),
        ([["q1", "q2"], ["q2", "q4"]], {"max_uses": 2}, []),
        ([["q1", "q2"], ["q2", "q4"]], {"include": frozenset(["q2"])}, []),
        ([["q1", "q2"], ["q3", "q4"]], {"include": frozenset(["q2"])}, [("include", 2)]),
        ([["q1", "q2"], ["q3", "q4"]], {"exclude": frozenset(["q3"])}, [("exclude", 2)]),
        (
            [["q1", "q2"], ["q3", "q4"]],
            {"cells": (CellRequirement({"part": "x"}, 1, 2),)},
            [],
        ),
        (
            [["q1", "q2"], ["q4", "q5"]],
            {"cells": (CellRequirement({"part": "x"}, 1, 2),)},
            [("cell", 2)],
        ),
        (
            [["q1", "q2"], ["q3", "q4"]],
            {"cells": (CellRequirement({"part": "x"}, 0, 1),)},
            [("cell", 1)],
        ),
    ],
)
def test_each_broken_requirement_is_named_with_its_form(
    forms: list[list[str]], changes: dict[str, Any], expected: list[tuple[str, int | None]]
) -> None:
    assert codes(forms, **changes) == expected


def test_information_may_differ_by_the_tolerance_and_no_more() -> None:
    # At θ = b information is a²/4, so the second form has (1 + 1.21) / 2 = 1.105 times the first form's.
    forms = [["q1", "q2"], ["q3", "q6"]]

    assert codes(forms, information_tolerance=0.1051) == []
    assert codes(forms, information_tolerance=0.1049) == [("information_closeness", None)]


def test_information_is_compared_at_every_ability() -> None:
    pool = tiny_pool([1.0, 1.0], b=np.array([-1.0, 1.0]))
    level = TestSpecification(n_forms=2, length=1, theta_cut=0.0)
    uneven = TestSpecification(n_forms=2, length=1, theta_cut=0.0, theta_points=(1.0,))

    assert check_forms(pool, level, [["q1"], ["q2"]]) == ()
    (violation,) = check_forms(pool, uneven, [["q1"], ["q2"]])
    assert (violation.code, violation.data["theta"]) == ("information_closeness", 1.0)


def test_expected_scores_may_differ_by_the_tolerance_and_no_more() -> None:
    # Expected scores at 0 of items at −1 and 1: 0.7311 and 0.2689, a difference of 0.4621.
    pool = tiny_pool([1.0, 1.0], b=np.array([-1.0, 1.0]))
    for tolerance, expected in ((0.4622, ()), (0.4621, ("score_closeness",))):
        asked = TestSpecification(n_forms=2, length=1, theta_cut=0.0, score_tolerance=tolerance)
        assert tuple(violation.code for violation in check_forms(pool, asked, [["q1"], ["q2"]])) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [((90.0, 110.0), []), ((100.0, 100.0), []), ((100.1, 110.0), ["seconds"] * 2), ((90.0, 99.9), ["seconds"] * 2)],
)
def test_working_time_must_lie_in_its_range(seconds: tuple[float, float], expected: list[str]) -> None:
    pool = tiny_pool([1.0] * 4, expected_seconds=POOL.a[:4] * 50.0)
    asked = specification(seconds=seconds)

    assert [violation.code for violation in check_forms(pool, asked, [["q1", "q2"], ["q3", "q4"]])] == expected


def test_two_enemies_in_one_form_are_found_and_in_two_forms_are_not() -> None:
    pool = tiny_pool([1.0] * 4, enemies=(frozenset(["q1", "q2", "q4"]),))

    (violation,) = check_forms(pool, specification(), [["q1", "q2"], ["q3", "q4"]])
    assert (violation.code, violation.form, violation.data["items"]) == ("enemies", 1, ["q1", "q2"])
    assert check_forms(pool, specification(n_forms=1, length=2), [["q1", "q3"]]) == ()
