"""Scoring single items."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.forms.keys.store import ItemKey
from exam_engine.forms.schemas import PublishedItem
from exam_engine.marking.item_scoring import SCORERS, score_item

KEY = ItemKey("single_choice", ("k3f9",), Decimal("0.25"))
OPTIONS = ["a111", "k3f9", "b222", "c333"]


@pytest.mark.parametrize(
    ("response", "points", "flag"),
    [
        (["k3f9"], "0.25", None),
        (["a111"], "0", None),
        ([], "0", "omitted"),
        (["zzzz"], "0", "unknown_option"),
        (["k3f9", "a111"], "0", "too_many_options"),
        (["k3f9", "k3f9"], "0", "too_many_options"),
        (["k3f9", "zzzz"], "0", "unknown_option"),
        (["K3F9"], "0", "unknown_option"),
    ],
)
def test_a_single_choice_earns_all_points_or_none(response: list[str], points: str, flag: str | None) -> None:
    score = score_item(response, KEY, OPTIONS)
    assert (score.points, score.max_points, score.flag) == (Decimal(points), Decimal("0.25"), flag)
    assert score.is_correct == (score.points > 0)


@given(st.lists(st.sampled_from([*OPTIONS, "zzzz", ""]), max_size=4))
def test_only_the_key_alone_earns_points(response: list[str]) -> None:
    assert score_item(response, KEY, OPTIONS).is_correct == (response == ["k3f9"])


def test_an_interaction_without_scoring_is_an_error_and_not_zero() -> None:
    with pytest.raises(KeyError):
        score_item(["x"], ItemKey("essay", ("x",), Decimal(1)), ["x"])


def test_every_interaction_that_can_be_published_can_be_scored() -> None:
    assert set(get_args(PublishedItem.model_fields["interaction"].annotation)) <= set(SCORERS)
