"""The ladder of a rule-set: what it must be, and where repeating a step leads."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.sittings.rule_sets import default_rule_sets
from exam_engine.sittings.violation_ladder import BadLadderError, ViolationLadder, ladder_of

CODES = ("reprimand", "warning", "suspension")


def usual() -> ViolationLadder:
    found = ladder_of(default_rule_sets()[0]["rule"])
    assert found is not None
    return found


def test_the_default_ladder_takes_what_the_ministry_takes() -> None:
    taken = [(step.name.vi, step.deduction, step.ends_attempt) for step in usual().steps]
    assert taken == [
        ("Khiển trách", Decimal("0.25"), False),
        ("Cảnh cáo", Decimal("0.50"), False),
        ("Đình chỉ thi", Decimal(1), True),
    ]


@pytest.mark.parametrize(
    ("before", "code", "reached"),
    [
        ([], "warning", "warning"),
        (["warning"], "warning", "suspension"),
        (["reprimand"], "warning", "warning"),
        (["reprimand"], "reprimand", "reprimand"),
        (["suspension"], "suspension", "suspension"),
    ],
)
def test_a_second_warning_is_a_suspension_and_nothing_else_is_raised(
    before: list[str], code: str, reached: str
) -> None:
    assert usual().reached(code, before).code == reached


def step(code: str, deduction: str, repeated_as: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": {"vi": code, "en": code}, "deduction": deduction, "repeated_as": repeated_as}


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [step("a", "0.25"), step("a", "0.5")],
        [step("a", "0.5"), step("b", "0.25")],
        [step("a", "1.01")],
        [step("a", "-0.01")],
        [step("a", "0.25", "a")],
        [step("a", "0.25"), step("b", "0.5", "a")],
        [step("a", "0.25", "nowhere")],
    ],
)
def test_a_ladder_that_does_not_climb_is_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(BadLadderError):
        ladder_of({"violations": {"legal_basis": "x", "steps": steps}})


def test_a_rule_without_a_ladder_offers_none() -> None:
    assert ladder_of({"papers": []}) is None


@given(st.lists(st.sampled_from(CODES), max_size=6), st.sampled_from(CODES))
def test_no_step_ever_becomes_a_milder_one(before: list[str], code: str) -> None:
    assert CODES.index(usual().reached(code, before).code) >= CODES.index(code)
