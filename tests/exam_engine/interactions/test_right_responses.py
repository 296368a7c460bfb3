"""The response that a key asks for is sent in the form in which a browser would send it."""

import pytest

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.right_responses import right_response
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key

AREAS = [
    {"shape": "circle", "coordinates": [5, 5, 2], "share": "0.5"},
    {"shape": "rectangle", "coordinates": [20, 20, 40, 30], "share": "1"},
]


@pytest.mark.parametrize(
    ("content", "keyed", "response"),
    [
        (makers.multiple_response(), key("choice", correct=["C", "A"]), ["C", "A"]),
        (makers.true_false_table("ab"), key("true_false", values={"a": True, "b": False}), ["a true", "b false"]),
        (makers.match(), key("pairs", pairs=[("A", "x"), ("C", "z")]), ["A x", "C z"]),
        (makers.order(), key("order", order=["B", "A", "D", "C"]), ["B", "A", "D", "C"]),
        (makers.numeric_entry(), key("number", value="-1.234"), ["-1,234"]),
        (makers.numeric_entry("AB"), key("number", value="8", unit="B"), ["8", "B"]),
        (makers.slider("0", "1", "0.125"), key("number", value="0.125"), ["0.125"]),
        (makers.select_point(), key("areas", areas=AREAS), ["30 25"]),
        (makers.select_point(max_points=2), key("areas", areas=AREAS), ["30 25", "5 5"]),
        (makers.extended_text(), makers.rubric(), []),
    ],
)
def test_each_form_of_key_asks_for_its_response(content: ItemContent, keyed: ItemKey, response: list[str]) -> None:
    assert right_response(content, keyed) == response


def test_of_several_accepted_texts_the_first_of_the_highest_share_is_given() -> None:
    accepted = [{"text": "chuột", "share": "0.5"}, {"text": "bàn phím"}, {"text": "keyboard"}]
    keyed = key("text", gaps={"g1": {"accepted": accepted}})
    assert right_response(makers.text_entry("g1"), keyed) == ["g1 bàn phím"]


def test_an_area_hidden_by_an_earlier_one_has_no_point() -> None:
    hidden = {"shape": "rectangle", "coordinates": [22, 22, 24, 24], "share": "1"}
    keyed = key("areas", areas=[AREAS[1], hidden])
    assert right_response(makers.select_point(max_points=2), keyed) == ["30 25"]
