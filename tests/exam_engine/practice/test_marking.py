"""The sample exam holds every interaction once, its keys fit, and right answers earn what they must."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.forms.schemas import ItemView
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import Interaction
from exam_engine.interactions.right_responses import right_response
from exam_engine.practice.items import picture, sample_items
from exam_engine.practice.keys import sample_keys
from exam_engine.practice.marking import mark
from exam_engine.practice.rate import MOST_IN_WINDOW, WINDOW_SECONDS, AddressCounter

ITEMS: dict[str, ItemView] = {item.interaction: item for item in sample_items()}

# By hand, from what each question asks: a right answer, and a wrong one with what is left of the point.
KNOWN: dict[str, tuple[list[str], list[str], str]] = {
    "single_choice": (["c"], ["a"], "0"),
    "true_false_table": (["a true", "b false", "c true", "d false"], ["a true", "b false", "c true", "d true"], "0.5"),
    "multiple_response": (["a", "c", "e"], ["a", "b"], "0"),
    "match": (["s1 t3", "s2 t1", "s3 t2"], ["s1 t3", "s2 t2", "s3 t1"], "0.3333"),
    "order": (["b", "d", "a", "c"], ["a", "b", "c", "d"], "0"),
    "gap_match": (["c g1", "b g2"], ["c g1", "a g2"], "0.5"),
    "inline_choice": (["g1 b", "g2 a"], ["g1 a", "g2 a"], "0.5"),
    "text_entry": (["g1 8", "g2 Bàn  phím"], ["g1 8", "g2 chuột"], "0.5"),
    "numeric_entry": (["12,5", "u2"], ["12,5", "u1"], "0"),
    "hot_text": (["h1", "h4"], ["h1", "h2"], "0"),
    "hotspot": (["p2"], ["p1"], "0"),
    "select_point": (["170 230", "470 230"], ["170 230", "320 230"], "0.5"),
    "slider": (["30"], ["70"], "0"),
}


def test_every_interaction_stands_there_once_but_for_handing_in_files() -> None:
    assert [item.ref for item in sample_items()] == [f"q{number:02d}" for number in range(1, 15)]
    assert set(ITEMS) == set(get_args(Interaction)) - {"file_upload"}
    assert set(KNOWN) == set(ITEMS) - {"extended_text"}


@pytest.mark.parametrize("item", sample_items(), ids=lambda item: item.interaction)
def test_items_and_keys_are_as_publication_would_take_them(item: object) -> None:
    assert check_item(item, sample_keys()[item.ref]) == []  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize("interaction", KNOWN)
def test_right_answers_earn_the_point_and_wrong_ones_what_the_rule_leaves(interaction: str) -> None:
    right, wrong, left = KNOWN[interaction]
    ref = ITEMS[interaction].ref
    scores = mark({ref: right})
    assert (scores[ref].points, scores[ref].is_correct, scores[ref].flag) == (Decimal(1), True, None)
    assert {score.flag for other, score in scores.items() if other != ref} == {"omitted"}
    partial = mark({ref: wrong})[ref]
    assert (partial.points, partial.is_correct) == (Decimal(left), False)


def test_a_text_waits_for_people() -> None:
    ref = ITEMS["extended_text"].ref
    assert mark({ref: ["Lộ một nơi là lộ mọi nơi."]})[ref].flag == "awaiting_marker"
    assert right_response(ITEMS["extended_text"], sample_keys()[ref]) == []


@given(
    st.dictionaries(st.sampled_from([item.ref for item in sample_items()]), st.lists(st.text(max_size=30), max_size=6))
)
def test_whatever_is_sent_earns_between_nothing_and_the_point(responses: dict[str, list[str]]) -> None:
    for score in mark(responses).values():
        assert 0 <= score.points <= score.max_points


def test_the_picture_is_the_one_that_items_name() -> None:
    assert {ITEMS[name].picture.media for name in ("hotspot", "select_point")} == {picture()[0]}  # type: ignore[union-attr]


def test_an_address_is_let_in_so_often_and_again_in_the_next_window() -> None:
    counter = AddressCounter()
    assert [counter.admits("a", 5.0) for _ in range(MOST_IN_WINDOW)] == [True] * MOST_IN_WINDOW
    assert not counter.admits("a", WINDOW_SECONDS - 0.001)
    assert counter.admits("b", 5.0)
    assert counter.admits("a", float(WINDOW_SECONDS))
