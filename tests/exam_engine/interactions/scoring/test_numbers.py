"""What typed numbers and sliders earn at both sides of every bound."""

from fractions import Fraction

import pytest

from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key


@pytest.mark.parametrize(
    ("value", "tolerance", "tolerance_in", "typed", "is_right"),
    [
        ("12.5", "0", "units", "12,5", True),
        ("12.5", "0", "units", "12.5", True),
        ("12.5", "0", "units", "12,50", True),
        ("12.5", "0", "units", "12,500000001", False),
        ("0.3", "0.1", "units", "0,2", True),
        ("0.3", "0.1", "units", "0,4", True),
        ("0.3", "0.1", "units", "0,1999999999", False),
        ("0.3", "0.1", "units", "0,4000000001", False),
        ("200", "5", "percent", "190", True),
        ("200", "5", "percent", "210", True),
        ("200", "5", "percent", "189,99", False),
        ("200", "5", "percent", "210,01", False),
        ("-200", "5", "percent", "-190", True),
        ("-200", "5", "percent", "-210,01", False),
        ("-200", "5", "percent", "200", False),
        ("0", "5", "percent", "0", True),
        ("0", "5", "percent", "0,01", False),
        ("0.1", "0", "units", ",1", True),
        ("1024", "0", "units", "1.024", True),
        ("1024", "0", "units", "1 024", True),
        ("1024", "0", "units", "1,024", False),
        ("1.024", "0", "units", "1.024", True),
        ("1.024", "0", "units", "1,024", True),
        ("1.024", "0", "units", "1024", False),
        ("1048576", "0", "units", "1.048.576", True),
    ],
)
def test_a_number_is_right_up_to_and_including_its_tolerance(
    value: str, tolerance: str, tolerance_in: str, typed: str, is_right: bool
) -> None:
    keyed = key("number", value=value, tolerance=tolerance, tolerance_in=tolerance_in)
    scored = score(makers.numeric_entry(), keyed, [typed])
    assert scored.is_correct == is_right
    assert scored.share == int(is_right)


@pytest.mark.parametrize(
    ("response", "share"),
    [
        (["8", "B"], "1"),
        (["8", "A"], "0.5"),
        (["8", ""], "0.5"),
        (["8"], "0.5"),
        (["9", "B"], "0"),
        (["9", "A"], "0"),
    ],
)
def test_the_right_number_beside_a_wrong_unit_earns_the_share_set_for_it(response: list[str], share: str) -> None:
    keyed = key("number", value="8", unit="B", share_with_wrong_unit="0.5")
    scored = score(makers.numeric_entry("AB"), keyed, response)
    assert scored.share == Fraction(share)
    assert {part.id: int(part.share) for part in scored.parts} == {
        "number": int(response[0] == "8"),
        "unit": int(response[1:] == ["B"]),
    }


def test_no_number_is_told_apart_from_a_wrong_number() -> None:
    keyed = key("number", value="8")
    assert score(makers.numeric_entry(), keyed, ["tám"]).flag == "malformed"
    assert score(makers.numeric_entry(), keyed, ["9"]).flag is None


@pytest.mark.parametrize(
    ("response", "is_right"),
    [("0.3", True), ("0.30000000000000004", True), ("0.2", True), ("0.4", True), ("0.1", False), ("0.5", False)],
)
def test_a_slider_is_right_within_its_tolerance(response: str, is_right: bool) -> None:
    scored = score(makers.slider("0", "1", "0.1"), key("number", value="0.3", tolerance="0.1"), [response])
    assert scored.is_correct == is_right
