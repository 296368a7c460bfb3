"""What holds for the score of every item and every response."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.content import MARKED_BY_PEOPLE
from exam_engine.interactions.right_responses import right_response
from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions.strategies import Item, items

SETS = (
    "multiple_response",
    "true_false_table",
    "match",
    "gap_match",
    "inline_choice",
    "text_entry",
    "hot_text",
    "hotspot",
    "select_point",
)
"""Interactions in whose responses the order of entries says nothing."""

any_text = st.text(st.characters(), max_size=20)


def responses(item: Item) -> st.SearchStrategy[list[str]]:
    """Responses near the right one: entries of it, entries like it, texts out of the blue."""
    content, key = item
    right = right_response(content, key)
    names = sorted({part for entry in right for part in entry.split(" ")} | {"A", "true", "12,5", "7 9"})
    name = st.sampled_from(names)
    entry = st.sampled_from(right or ["x"]) | name | st.tuples(name, name).map(" ".join) | any_text
    return st.lists(entry, max_size=6)


@given(items(), st.data())
def test_every_response_to_every_item_is_scored_within_bounds(item: Item, data: st.DataObject) -> None:
    content, key = item
    scored = score(content, key, data.draw(responses(item)))
    assert 0 <= scored.share <= 1
    assert scored.is_correct == (scored.share == 1)
    assert scored.flag is None or scored.share == 0
    assert all(0 <= part.share <= 1 for part in scored.parts)
    assert len({part.id for part in scored.parts}) == len(scored.parts)


@given(items())
def test_the_response_of_the_key_earns_everything_except_where_people_mark(item: Item) -> None:
    content, key = item
    scored = score(content, key, right_response(content, key))
    if content.interaction in MARKED_BY_PEOPLE:
        assert (scored.share, scored.flag) == (Fraction(0), "omitted")
    else:
        assert (scored.share, scored.is_correct, scored.flag) == (Fraction(1), True, None)


@given(items())
def test_an_omitted_response_earns_nothing(item: Item) -> None:
    content, key = item
    scored = score(content, key, [])
    assert (scored.share, scored.is_correct, scored.flag, scored.parts) == (Fraction(0), False, "omitted", ())


@given(st.one_of([items(interaction) for interaction in SETS]), st.data())
def test_the_order_of_entries_changes_nothing_where_a_response_is_a_set(item: Item, data: st.DataObject) -> None:
    content, key = item
    response = data.draw(responses(item))
    assert score(content, key, data.draw(st.permutations(response))) == score(content, key, response)


@given(items("multiple_response") | items("match") | items("true_false_table") | items("text_entry"), st.data())
def test_leaving_out_an_entry_of_the_right_response_never_earns_more(item: Item, data: st.DataObject) -> None:
    content, key = item
    right = right_response(content, key)
    kept = data.draw(st.lists(st.sampled_from(right), unique=True))
    assert score(content, key, kept).share <= score(content, key, right).share
