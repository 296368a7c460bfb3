"""Pass rules, on both sides of every boundary."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.results.marks import mark_of
from exam_engine.results.pass_rule import BadPassRuleError, PassRule, decide, parse_rule

D = Decimal


def paper(code: str, minimum: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": {"vi": code, "en": code}, "minimum": minimum}


def make_rule(*papers: dict[str, Any], **conditions: Any) -> PassRule:
    return parse_rule({"papers": list(papers) or [paper("multiple_choice", "5.00")], **conditions})


def passes(rule: PassRule, *marks: str) -> bool:
    return decide(rule, {p.code: D(mark) for p, mark in zip(rule.papers, marks, strict=True)}).is_pass


@pytest.mark.parametrize(("mark", "is_pass"), [("4.99", False), ("5.00", True), ("0.00", False), ("10.00", True)])
def test_one_paper_passes_from_its_minimum_on(mark: str, is_pass: bool) -> None:
    assert passes(make_rule(), mark) is is_pass


@pytest.mark.parametrize(
    ("theory", "practice", "is_pass"),
    [("5.00", "5.00", True), ("4.99", "10.00", False), ("10.00", "4.99", False), ("4.99", "4.99", False)],
)
def test_with_a_minimum_for_each_paper_both_must_be_reached(theory: str, practice: str, is_pass: bool) -> None:
    assert passes(make_rule(paper("theory", "5.00"), paper("practice", "5.00")), theory, practice) is is_pass


# The old A/B/C rule: mean at least 5, no paper below 3.
@pytest.mark.parametrize(
    ("theory", "practice", "is_pass"),
    [
        ("3.00", "7.00", True),
        ("2.99", "7.01", False),
        ("2.99", "10.00", False),
        ("5.00", "5.00", True),
        ("5.00", "4.99", True),
        ("4.99", "4.99", False),
        ("4.98", "5.00", False),
    ],
)
def test_with_a_mean_and_a_floor_both_conditions_count(theory: str, practice: str, is_pass: bool) -> None:
    rule = make_rule(paper("theory"), paper("practice"), mean_minimum="5.00", floor="3.00")
    assert passes(rule, theory, practice) is is_pass


def test_the_mean_is_rounded_like_a_mark_before_it_is_compared() -> None:
    rule = make_rule(paper("theory"), paper("practice"), mean_minimum="5.00")
    assert decide(rule, {"theory": D("5.00"), "practice": D("4.99")}).mean == D("5.00")


@pytest.mark.parametrize(
    ("decimals", "raw", "is_pass"),
    [
        (2, "4.994", False),
        (2, "4.995", True),
        (1, "4.949", False),
        (1, "4.95", True),
        (0, "4.49", False),
        (0, "4.50", True),
    ],
)
def test_the_decision_follows_the_mark_as_it_is_printed(decimals: int, raw: str, is_pass: bool) -> None:
    rule = make_rule(decimals=decimals)
    assert passes(rule, str(mark_of(D(raw), D(10), decimals=rule.decimals))) is is_pass


def test_a_fail_names_every_reason() -> None:
    rule = make_rule(paper("theory", "5.00"), paper("practice", "5.00"), mean_minimum="5.00", floor="3.00")
    verdict = decide(rule, {"theory": D("2.00"), "practice": D("4.00")})
    assert verdict.reasons == (
        ("paper_below_minimum", "theory"),
        ("paper_below_floor", "theory"),
        ("paper_below_minimum", "practice"),
        ("mean_below_minimum", ""),
    )
    assert decide(rule, {"theory": D("5.00"), "practice": D("5.00")}).reasons == ()


def test_a_missing_mark_is_an_error_and_no_fail() -> None:
    with pytest.raises(KeyError):
        decide(make_rule(paper("theory", "5.00"), paper("practice", "5.00")), {"theory": D(5)})


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"papers": []},
        {"papers": [{"code": "a"}]},
        {"papers": [paper("a", "10.01")]},
        {"papers": [paper("a", "-1")]},
        {"papers": [paper("a"), paper("a")]},
        {"papers": [paper("a")], "decimals": 3},
        {"papers": [paper("a")], "flor": "3"},
    ],
)
def test_a_rule_that_says_something_else_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(BadPassRuleError):
        parse_rule(rule)


@pytest.mark.parametrize("lockdown", [None, {"fullscreen": True}, {"events": {"copy": "grave"}}, "?"])
def test_what_is_said_of_the_window_decides_about_no_mark(lockdown: object) -> None:
    rule = {"papers": [paper("a")]}
    decided = decide(parse_rule(rule | {"lockdown": lockdown}), {"a": D("5.00")})
    assert decided == decide(parse_rule(rule), {"a": D("5.00")})


MARKS = st.integers(0, 1000).map(lambda hundredths: D(hundredths).scaleb(-2))


@given(MARKS, MARKS, MARKS, MARKS)
def test_a_better_mark_never_turns_a_pass_into_a_fail(theory: D, practice: D, more: D, minimum: D) -> None:
    rule = make_rule(paper("theory", str(minimum)), paper("practice"), mean_minimum="5.00", floor="3.00")
    better = min(D("10.00"), theory + more)
    if decide(rule, {"theory": theory, "practice": practice}).is_pass:
        assert decide(rule, {"theory": better, "practice": practice}).is_pass
