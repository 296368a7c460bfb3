"""The order of items and options on the paper of one candidate."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.shuffling import shuffled_paper, with_shuffled_options
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.strategies import Item, items

SHUFFLED = ("options", "statements", "sources", "targets", "texts")


def view(ref: str, stimulus: str | None = None) -> dict[str, Any]:
    return {
        "ref": ref,
        "stimulus": None if stimulus is None else {"ref": stimulus},
        **makers.single_choice("ABCD").model_dump(mode="json"),
    }


@st.composite
def papers(draw: st.DrawFn) -> list[dict[str, Any]]:
    stimuli = draw(st.lists(st.none() | st.sampled_from(["s01", "s02", "s03"]), max_size=12))
    return [view(f"q{number:02d}", stimulus) for number, stimulus in enumerate(stimuli, start=1)]


def of_stimulus(paper: list[dict[str, Any]], ref: str) -> list[tuple[int, str]]:
    return [(at, item["ref"]) for at, item in enumerate(paper) if item["stimulus"] and item["stimulus"]["ref"] == ref]


@given(papers(), st.integers(0, 2**32))
def test_items_on_one_stimulus_stand_together_in_their_order(paper: list[dict[str, Any]], seed: int) -> None:
    shuffled = shuffled_paper(paper, seed)
    assert sorted(item["ref"] for item in shuffled) == [item["ref"] for item in paper]
    for stimulus in ("s01", "s02", "s03"):
        together = of_stimulus(shuffled, stimulus)
        assert [ref for _, ref in together] == [ref for _, ref in of_stimulus(paper, stimulus)]
        if together:
            assert together[-1][0] - together[0][0] == len(together) - 1


@given(papers(), st.integers(0, 2**32))
def test_a_stored_seed_gives_the_same_paper_again_and_changes_nothing_given(
    paper: list[dict[str, Any]], seed: int
) -> None:
    before = repr(paper)
    assert shuffled_paper(paper, seed) == shuffled_paper(paper, seed)
    assert repr(paper) == before


def test_every_order_of_items_comes_up() -> None:
    paper = [view("q01"), view("q02"), view("q03")]
    orders = Counter(tuple(item["ref"] for item in shuffled_paper(paper, seed)) for seed in range(600))
    assert len(orders) == 6
    # About 100 each; five standard deviations are 46.
    assert all(50 < count < 150 for count in orders.values())


@given(items(), st.integers(0, 2**32))
def test_shuffling_loses_and_adds_no_part_of_any_item(item: Item, seed: int) -> None:
    before = item[0].model_dump(mode="json")
    after = with_shuffled_options(before, random.Random(seed))
    assert after.keys() == before.keys()
    for name, value in before.items():
        if name in SHUFFLED:
            assert sorted(map(repr, after[name])) == sorted(map(repr, value))
        elif before["interaction"] == "inline_choice" and name == "gaps":
            assert [gap["id"] for gap in after["gaps"]] == [gap["id"] for gap in value]
            for one, other in zip(after["gaps"], value, strict=True):
                assert sorted(map(repr, one["options"])) == sorted(map(repr, other["options"]))
        else:
            assert after[name] == value


@given(st.lists(st.booleans(), min_size=2, max_size=8), st.integers(0, 2**32))
def test_fixed_options_keep_their_places(are_fixed: list[bool], seed: int) -> None:
    options = [
        {"id": f"o{number}", "content": str(number), "is_fixed": is_fixed} for number, is_fixed in enumerate(are_fixed)
    ]
    content = makers.content("single_choice", options=options).model_dump(mode="json")
    after = with_shuffled_options(content, random.Random(seed))["options"]
    for number, is_fixed in enumerate(are_fixed):
        if is_fixed:
            assert after[number]["id"] == f"o{number}"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (makers.single_choice("ABC"), ["options"]),
        (makers.multiple_response("ABC"), ["options"]),
        (makers.order("ABC"), ["options"]),
        (makers.true_false_table("abc"), ["statements"]),
        (makers.match("ABC", "xyz"), ["sources", "targets"]),
        (makers.gap_match("ABC"), ["texts"]),
    ],
    ids=lambda given: getattr(given, "interaction", ""),
)
def test_parts_come_in_every_order(content: Any, names: list[str]) -> None:
    shuffled = [with_shuffled_options(content.model_dump(mode="json"), random.Random(seed)) for seed in range(200)]
    for name in names:
        assert len({tuple(part["id"] for part in one[name]) for one in shuffled}) == 6


def test_the_options_of_each_gap_are_shuffled_by_themselves() -> None:
    content = makers.inline_choice({"g1": "AB", "g2": "CD"}).model_dump(mode="json")
    shuffled = [with_shuffled_options(content, random.Random(seed)) for seed in range(100)]
    assert len({str([[o["id"] for o in gap["options"]] for gap in one["gaps"]]) for one in shuffled}) == 4


def test_an_item_may_forbid_shuffling() -> None:
    content = makers.content("single_choice", options=makers.options("ABCDEF"), is_shuffled=False)
    stored = content.model_dump(mode="json")
    assert all(with_shuffled_options(stored, random.Random(seed)) == stored for seed in range(20))


def test_units_hotspots_and_gaps_keep_their_order() -> None:
    for content in (makers.numeric_entry("ABCDEF"), makers.hotspot("ABCDEF"), makers.text_entry("g1", "g2", "g3")):
        stored = content.model_dump(mode="json")
        assert all(with_shuffled_options(stored, random.Random(seed)) == stored for seed in range(20))
