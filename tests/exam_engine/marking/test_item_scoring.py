"""Scoring single items of a form: the view that was delivered, the stored key, the points."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.forms.keys.store import FormItemKey
from exam_engine.forms.schemas import ITEM_VIEW, ItemView
from exam_engine.interactions.keys import ChoiceKey, Criterion, RubricKey, TrueFalseKey
from exam_engine.marking.item_scoring import score_item

KEY = FormItemKey(ChoiceKey(correct=("k3f9",)), Decimal("0.25"))
OPTIONS = ["a111", "k3f9", "b222", "c333"]


def view(**fields: Any) -> ItemView:
    common = {"ref": "q01", "module": {"code": "IU04", "name": "Bảng tính"}, "points": "1", "stem": "?"}
    return ITEM_VIEW.validate_python(common | {"language": "vi", "stimulus": None} | fields)


CHOICE = view(interaction="single_choice", options=[{"id": id_, "content": id_} for id_ in OPTIONS])


@pytest.mark.parametrize(
    ("response", "points", "flag"),
    [
        (["k3f9"], "0.25", None),
        (["a111"], "0", None),
        ([], "0", "omitted"),
        (["zzzz"], "0", "unknown_option"),
        (["k3f9", "a111"], "0", "too_many_options"),
        (["k3f9", "zzzz"], "0", "unknown_option"),
        (["K3F9"], "0", "unknown_option"),
    ],
)
def test_a_single_choice_earns_all_points_or_none(response: list[str], points: str, flag: str | None) -> None:
    score = score_item(CHOICE, KEY, response)
    assert (score.points, score.max_points, score.flag) == (Decimal(points), Decimal("0.25"), flag)
    assert score.is_correct == (score.points > 0)


@given(st.lists(st.sampled_from([*OPTIONS, "zzzz", ""]), max_size=4))
def test_only_the_key_alone_earns_points(response: list[str]) -> None:
    assert score_item(CHOICE, KEY, response).is_correct == (response == ["k3f9"])


@pytest.mark.parametrize(("right", "points"), [(0, "0"), (1, "0.1"), (2, "0.25"), (3, "0.5"), (4, "1")])
def test_a_true_false_table_earns_what_the_rule_of_2025_gives(right: int, points: str) -> None:
    table = view(interaction="true_false_table", statements=[{"id": id_, "content": id_} for id_ in OPTIONS])
    key = FormItemKey(TrueFalseKey(values=dict.fromkeys(OPTIONS, True)), Decimal(1))
    response = [f"{id_} {'true' if place < right else 'false'}" for place, id_ in enumerate(OPTIONS)]
    score = score_item(table, key, response)
    assert (score.points, score.is_correct) == (Decimal(points), right == 4)


def test_what_people_mark_earns_nothing_yet_and_says_so() -> None:
    key = FormItemKey(RubricKey(criteria=(Criterion(id="c1", title="Đúng thể thức", points="2"),)), Decimal(2))
    score = score_item(view(interaction="extended_text"), key, ["Kính gửi …"])
    assert (score.points, score.max_points, score.flag) == (Decimal(0), Decimal(2), "awaiting_marker")
