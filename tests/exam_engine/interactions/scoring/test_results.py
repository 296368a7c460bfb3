"""Shares become points in one place, rounded half-up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.scoring import points_of, score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key


@pytest.mark.parametrize(
    ("share", "points", "expected"),
    [
        ("1", "0.25", "0.25"),
        ("0", "0.25", "0"),
        ("1/3", "1", "0.3333"),
        ("2/3", "1", "0.6667"),
        ("1/3", "0.25", "0.0833"),
        ("1/2", "0.0001", "0.0001"),
        ("1/2", "0.0003", "0.0002"),
        ("4999/10000", "0.0001", "0"),
        ("1/8", "0.0004", "0.0001"),
        ("1/10", "1", "0.1"),
        ("1/7", "10", "1.4286"),
        ("1", "3.3333", "3.3333"),
    ],
)
def test_halves_of_the_last_digit_are_rounded_up(share: str, points: str, expected: str) -> None:
    assert points_of(Fraction(share), Decimal(points)) == Decimal(expected)


@given(st.fractions(0, 1), st.decimals(0, 100, places=4))
def test_points_are_off_by_no_more_than_half_of_the_last_digit(share: Fraction, points: Decimal) -> None:
    rounded = points_of(share, points)
    assert 0 <= rounded <= points
    assert abs(Fraction(rounded) - share * Fraction(points)) <= Fraction(1, 20_000)
    assert rounded == round(rounded, 4)


def test_work_for_people_waits_for_a_marker_and_nothing_handed_in_is_omitted() -> None:
    written, task = makers.extended_text(), makers.file_upload("docx")
    assert score(written, makers.rubric(), ["Bài làm"]).flag == "awaiting_marker"
    assert score(written, makers.rubric(), []).flag == "omitted"
    assert score(written, makers.rubric(), [" \n"]).flag == "omitted"
    assert score(task, makers.rubric(), [f"{'0a' * 32} bài.docx"]).flag == "awaiting_marker"
    assert score(task, makers.rubric(), ["bài.docx"]).flag == "malformed"
    assert score(task, makers.rubric(), [f"{'0a' * 32} bài.docx"]).share == 0


def test_a_key_of_another_form_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="single_choice has no key of the form order"):
        score(makers.single_choice(), key("order", order=["A", "B"]), ["A"])
