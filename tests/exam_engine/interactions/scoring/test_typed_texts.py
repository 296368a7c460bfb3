"""What words typed into gaps earn."""

from fractions import Fraction

import pytest

from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key, rule


def texts(rule_name: str = "per_part", **rule_fields: object) -> ItemKey:
    gaps = {
        "g1": {"accepted": [{"text": "bàn phím"}, {"text": "keyboard", "share": "0.5"}]},
        "g2": {"accepted": [{"text": "Ctrl+C"}], "comparison": {"is_case_sensitive": True}},
    }
    return key("text", gaps=gaps, scoring=rule(rule_name, **rule_fields))


@pytest.mark.parametrize(
    ("response", "share"),
    [
        (["g1 bàn phím", "g2 Ctrl+C"], "1"),
        (["g2 Ctrl+C", "g1   Bàn  Phím "], "1"),
        (["g1 keyboard", "g2 Ctrl+C"], "3/4"),
        (["g1 keyboard"], "1/4"),
        (["g1 bàn phím", "g2 ctrl+c"], "1/2"),
        (["g1 ban phim", "g2 Ctrl+C"], "1/2"),
        (["g1 chuột", "g2 Ctrl+V"], "0"),
        (["g1 ", "g2 Ctrl+C"], "1/2"),
    ],
)
def test_each_gap_earns_by_the_accepted_text_that_was_typed(response: list[str], share: str) -> None:
    assert score(makers.text_entry("g1", "g2"), texts(), response).share == Fraction(share)


def test_a_gap_that_is_right_in_part_does_not_count_as_right_where_gaps_are_counted() -> None:
    content, response = makers.text_entry("g1", "g2"), ["g1 keyboard", "g2 Ctrl+C"]
    assert score(content, texts("by_count", shares=["0", "0.25", "1"]), response).share == Fraction(1, 4)
    assert score(content, texts("all_or_nothing"), response).share == 0
    parts = score(content, texts(), response).parts
    assert {part.id: part.share for part in parts} == {"g1": Fraction(1, 2), "g2": Fraction(1)}


def test_the_best_of_several_accepted_texts_that_fit_counts() -> None:
    accepted = [{"text": "máy tính", "share": "0.5"}, {"text": "MÁY TÍNH", "share": "1"}]
    keyed = key("text", gaps={"g1": {"accepted": accepted}})
    assert score(makers.text_entry("g1"), keyed, ["g1 Máy tính"]).is_correct


def test_a_typed_text_may_hold_spaces_and_look_like_a_name_of_a_gap() -> None:
    keyed = key("text", gaps={"g1": {"accepted": [{"text": "g2 x"}]}, "g2": {"accepted": [{"text": "y"}]}})
    assert score(makers.text_entry("g1", "g2"), keyed, ["g1 g2 x", "g2 y"]).is_correct
