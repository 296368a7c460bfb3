"""What matches, gaps and orders earn, by tables worked out by hand."""

from fractions import Fraction

import pytest

from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key, rule

PAIRS = [("A", "x"), ("B", "y"), ("C", "z")]
RULES = {
    "all_or_nothing": rule("all_or_nothing"),
    "per_part": rule("per_part"),
    "per_option": rule("per_option"),
    "by_count": rule("by_count", shares=["0", "0.1", "0.5", "1"]),
}


@pytest.mark.parametrize(
    ("response", "shares"),
    [
        (["A x", "B y", "C z"], ("1", "1", "1", "1")),
        (["C z", "A x", "B y"], ("1", "1", "1", "1")),
        (["A x", "B y"], ("0", "2/3", "2/3", "1/2")),
        (["A x", "B y", "C y"], ("0", "2/3", "1/3", "1/2")),
        (["A x", "B z", "C y"], ("0", "1/3", "0", "1/10")),
        (["A y", "B z", "C x"], ("0", "0", "0", "0")),
    ],
)
def test_three_rows_matched_by_each_rule(response: list[str], shares: tuple[str, ...]) -> None:
    earned = [
        score(makers.match("ABC", "xyz"), key("pairs", pairs=PAIRS, scoring=scoring), response).share
        for scoring in RULES.values()
    ]
    assert earned == [Fraction(share) for share in shares]


@pytest.mark.parametrize(
    ("response", "share"),
    [
        (["A x", "A y", "B z"], "1"),
        (["A x", "B z"], "1/2"),
        (["A x", "A y", "A z"], "0"),
        (["A x", "A y", "B x", "B z"], "1/2"),
    ],
)
def test_a_row_with_several_right_columns_is_right_only_with_exactly_these(response: list[str], share: str) -> None:
    content = makers.match("AB", "xyz", max_per_source=3)
    keyed = key("pairs", pairs=[("A", "x"), ("A", "y"), ("B", "z")], scoring=rule("per_part"))
    assert score(content, keyed, response).share == Fraction(share)


def test_nobody_earns_by_leaving_a_misleading_row_empty() -> None:
    content = makers.match("ABC", "xyz")
    keyed = key("pairs", pairs=PAIRS[:2], scoring=rule("per_part"))
    scored = score(content, keyed, ["A y"])
    assert scored.share == 0
    assert [part.id for part in scored.parts] == ["A", "B"]
    costing = key("pairs", pairs=PAIRS[:2], scoring=rule("per_option"))
    assert score(content, costing, ["A x", "B y", "C z"]).share == Fraction(1, 2)
    whole = key("pairs", pairs=PAIRS[:2])
    assert score(content, whole, ["A x", "B y"]).is_correct
    assert score(content, whole, ["A x", "B y", "C z"]).share == 0


@pytest.mark.parametrize(
    ("response", "share"),
    [(["A x", "B y"], "1"), (["A x"], "0.6"), (["A y"], "0.2"), (["A y", "B x"], "0"), (["A z"], "0")],
)
def test_pairs_may_have_shares_of_their_own(response: list[str], share: str) -> None:
    mapped = rule("mapped", shares={"A x": "0.6", "B y": "0.4", "A y": "0.2"}, default="-0.5")
    keyed = key("pairs", pairs=PAIRS[:2], scoring=mapped)
    assert score(makers.match("AB", "xyz"), keyed, response).share == Fraction(share)


@pytest.mark.parametrize(
    ("response", "share", "right"),
    [
        (["A g1", "B g2"], "1", {"g1", "g2"}),
        (["A g1", "C g2"], "1/2", {"g1"}),
        (["A g2", "B g1"], "0", set()),
        (["B g2"], "1/2", {"g2"}),
    ],
)
def test_texts_are_scored_gap_by_gap(response: list[str], share: str, right: set[str]) -> None:
    keyed = key("pairs", pairs=[("A", "g1"), ("B", "g2")], scoring=rule("per_part"))
    scored = score(makers.gap_match("ABC", ["g1", "g2"]), keyed, response)
    assert scored.share == Fraction(share)
    assert {part.id for part in scored.parts if part.share == 1} == right


def test_a_reusable_text_may_be_right_in_two_gaps() -> None:
    content = makers.gap_match("AB", ["g1", "g2"], is_reusable=True)
    keyed = key("pairs", pairs=[("A", "g1"), ("A", "g2")])
    assert score(content, keyed, ["A g2", "A g1"]).is_correct
    assert not score(content, keyed, ["A g1", "B g2"]).is_correct


@pytest.mark.parametrize(
    ("response", "share"), [(["g1 A", "g2 D"], "1"), (["g1 A", "g2 C"], "1/2"), (["g2 D"], "1/2"), (["g1 B"], "0")]
)
def test_choices_in_the_text_are_scored_gap_by_gap(response: list[str], share: str) -> None:
    keyed = key("pairs", pairs=[("g1", "A"), ("g2", "D")], scoring=rule("per_part"))
    assert score(makers.inline_choice({"g1": "AB", "g2": "CD"}), keyed, response).share == Fraction(share)


def test_options_of_two_gaps_may_have_the_same_names() -> None:
    content = makers.inline_choice({"g1": "AB", "g2": "AB"})
    keyed = key("pairs", pairs=[("g1", "A"), ("g2", "B")], scoring=rule("per_part"))
    assert score(content, keyed, ["g1 B", "g2 B"]).share == Fraction(1, 2)


@pytest.mark.parametrize(
    ("response", "all_of_it", "per_part", "by_count"),
    [
        ("ABCD", 1, "1", "1"),
        ("ABDC", 0, "1/2", "1/4"),
        ("BCDA", 0, "0", "0"),
        ("ADCB", 0, "1/2", "1/4"),
        ("DBCA", 0, "1/2", "1/4"),
        ("ACDB", 0, "1/4", "0"),
    ],
)
def test_an_order_counts_the_options_that_stand_at_their_own_place(
    response: str, all_of_it: int, per_part: str, by_count: str
) -> None:
    content, right = makers.order("DCBA"), list("ABCD")
    assert score(content, key("order", order=right), list(response)).share == all_of_it
    parted = key("order", order=right, scoring=rule("per_part"))
    assert score(content, parted, list(response)).share == Fraction(per_part)
    # Three alone cannot stand right; the entry is there for the table's sake.
    counted = key("order", order=right, scoring=rule("by_count", shares=["0", "0", "0.25", "0.25", "1"]))
    assert score(content, counted, list(response)).share == Fraction(by_count)
