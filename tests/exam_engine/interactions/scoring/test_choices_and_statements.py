"""What choices and true/false tables earn, by tables worked out by hand."""

from fractions import Fraction

import pytest

from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key, rule

LETTERS = "ABCDE"
ABC = ["A", "B", "C"]


@pytest.mark.parametrize(("response", "share"), [(["B"], 1), (["A"], 0), ([], 0), (["A", "B"], 0)])
def test_a_single_choice_earns_everything_or_nothing(response: list[str], share: int) -> None:
    scored = score(makers.single_choice(), key("choice", correct=["B"]), response)
    assert scored.share == share
    assert scored.is_correct == (share == 1)
    assert scored.parts == ()


@pytest.mark.parametrize(
    ("response", "share"),
    [("ABC", 1), ("CAB", 1), ("AB", 0), ("ABCD", 0), ("D", 0), ("ABCDE", 0)],
)
def test_all_or_nothing_asks_for_exactly_the_right_set(response: str, share: int) -> None:
    scored = score(makers.multiple_response(LETTERS), key("choice", correct=ABC), list(response))
    assert scored.share == share


@pytest.mark.parametrize(
    ("penalty", "response", "share"),
    [
        ("1", "ABC", "1"),
        ("1", "AB", "2/3"),
        ("1", "ABCD", "2/3"),
        ("1", "AD", "0"),
        ("1", "ADE", "0"),
        ("1", "DE", "0"),
        ("1", "ABCDE", "1/3"),
        ("0.5", "ABD", "1/2"),
        ("0.5", "AD", "1/6"),
        ("0.5", "ADE", "0"),
        ("0.5", "ABCDE", "2/3"),
        ("0.3333", "ADE", "3334/30000"),
        ("0", "ABD", "2/3"),
        ("0", "DE", "0"),
    ],
)
def test_each_right_option_earns_its_share_and_each_wrong_one_costs_the_penalty(
    penalty: str, response: str, share: str
) -> None:
    per_option = key("choice", correct=ABC, scoring=rule("per_option", penalty=penalty))
    scored = score(makers.multiple_response(LETTERS), per_option, list(response))
    assert scored.share == Fraction(share)
    assert scored.is_correct == (share == "1")


@pytest.mark.parametrize(
    ("response", "share"),
    [
        (["H", "O"], "1"),
        (["H"], "1/2"),
        (["H", "O", "Cl"], "1/2"),
        (["H", "Cl"], "0"),
        (["H", "O", "He"], "0"),
        (["Cl"], "0"),
    ],
)
def test_mapped_shares_are_summed_and_held_between_their_bounds(response: list[str], share: str) -> None:
    """QTI's mapResponse; the example of its specification (what water is made of), with half of its values."""
    content = makers.content("multiple_response", options=makers.options(["H", "He", "C", "O", "N", "Cl"]))
    mapped = rule("mapped", shares={"H": "0.5", "O": "0.5", "Cl": "-0.5"}, default="-1")
    assert score(content, key("choice", correct=["H", "O"], scoring=mapped), response).share == Fraction(share)


@pytest.mark.parametrize(("response", "share"), [("A", "1/2"), ("D", "1/10"), ("AB", "4/5"), ("ABC", "4/5")])
def test_the_bounds_of_a_mapping_may_be_narrower_than_all_points(response: str, share: str) -> None:
    mapped = rule("mapped", shares={"A": "0.5", "B": "0.5", "C": "0.5"}, lower="0.1", upper="0.8")
    keyed = key("choice", correct=ABC, scoring=mapped)
    assert score(makers.multiple_response(LETTERS), keyed, list(response)).share == Fraction(share)


def test_an_option_is_reported_right_when_it_was_chosen_exactly_if_it_is_correct() -> None:
    scored = score(makers.multiple_response("ABCD"), key("choice", correct=["A", "B"]), ["B", "C"])
    assert {part.id: part.share for part in scored.parts} == {"A": 0, "B": 1, "C": 0, "D": 1}


def test_marked_words_and_hotspots_are_scored_like_options() -> None:
    words = makers.hot_text(["h1", "h2", "h3"], max_choices=2)
    keyed = key("choice", correct=["h1", "h3"], scoring=rule("per_option"))
    assert score(words, keyed, ["h3", "h1"]).is_correct
    assert score(words, keyed, ["h1"]).share == Fraction(1, 2)
    areas = makers.hotspot("ABC")
    assert score(areas, key("choice", correct=["C"]), ["C"]).is_correct
    assert score(areas, key("choice", correct=["C"]), ["B"]).share == 0


RIGHT = {"a": True, "b": False, "c": True, "d": False}
"""Key of four statements."""


def said(right: int, wrong: int = 0) -> list[str]:
    """The first statements answered right, the next ones wrong, the others not at all."""
    values = list(RIGHT.items())
    answers = [(id_, value) for id_, value in values[:right]]
    answers += [(id_, not value) for id_, value in values[right : right + wrong]]
    return [f"{id_} {str(value).lower()}" for id_, value in answers]


@pytest.mark.parametrize(("right", "share"), [(0, "0"), (1, "0.1"), (2, "0.25"), (3, "0.5"), (4, "1")])
def test_four_statements_earn_what_the_graduation_examination_of_2025_gives(right: int, share: str) -> None:
    """Ministry of Education and Training: 0.1, 0.25, 0.5 and 1 of the point for 1, 2, 3 and 4 right ones."""
    scored = score(makers.true_false_table("abcd"), key("true_false", values=RIGHT), said(right, 4 - right))
    assert scored.share == Fraction(share)
    assert scored.is_correct == (right == 4)
    assert scored.flag is None


def test_a_statement_left_out_is_as_good_as_one_answered_wrong() -> None:
    content, keyed = makers.true_false_table("abcd"), key("true_false", values=RIGHT)
    assert score(content, keyed, said(3, 0)).share == score(content, keyed, said(3, 1)).share == Fraction(1, 2)
    scored = score(content, keyed, said(1, 1))
    assert [part.share for part in scored.parts] == [1, 0, 0, 0]


@pytest.mark.parametrize(("right", "per_part", "all_of_it"), [(4, "1", 1), (3, "3/4", 0), (0, "0", 0)])
def test_statements_may_also_count_alike_or_only_together(right: int, per_part: str, all_of_it: int) -> None:
    content, response = makers.true_false_table("abcd"), said(right, 4 - right)
    parted = key("true_false", values=RIGHT, scoring=rule("per_part"))
    assert score(content, parted, response).share == Fraction(per_part)
    whole = key("true_false", values=RIGHT, scoring=rule("all_or_nothing"))
    assert score(content, whole, response).share == all_of_it


def test_a_table_of_other_length_has_a_count_rule_of_its_own() -> None:
    two = key("true_false", values={"a": True, "b": True}, scoring=rule("by_count", shares=["0", "0.4", "1"]))
    content = makers.true_false_table("ab")
    assert score(content, two, ["a true", "b false"]).share == Fraction(2, 5)
    assert score(content, two, ["a true", "b true"]).is_correct
