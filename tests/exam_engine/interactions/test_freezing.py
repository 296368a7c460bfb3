"""Frozen items: new names that tell nothing, and the same scores as before."""

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.freezing import freeze
from exam_engine.interactions.keys import KEY
from exam_engine.interactions.right_responses import right_response
from exam_engine.interactions.scoring import score
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.makers import key
from tests.exam_engine.interactions.strategies import Item, items

seeds = st.integers(0, 2**32).map(random.Random)
KEEPS_NAMES = {"hot_text", "text_entry", "select_point", "slider", "extended_text", "file_upload"}


def named_parts(content: ItemContent) -> list[tuple[str, str]]:
    """What is named anew, with the texts by which it can be known again; in one order for both states."""
    found: list[tuple[str, str]] = []
    match content.model_dump():
        case {"options": parts} | {"statements": parts} | {"texts": parts} | {"units": parts}:
            found += [(part["content"], part["id"]) for part in parts]
        case {"sources": sources, "targets": targets}:
            found += [(part["content"], f"source {part['id']}") for part in sources]
            found += [(part["content"], f"target {part['id']}") for part in targets]
        case {"hotspots": spots}:
            found += [(spot["label"], spot["id"]) for spot in spots]
        case {"gaps": [{"options": _}, *_] as gaps}:
            found += [(f"{g['id']} {o['content']}", f"{g['id']} {o['id']}") for g in gaps for o in g["options"]]
    return sorted(found)


def renamed(content: ItemContent, frozen: ItemContent, response: list[str]) -> list[str]:
    """The same response in the names of the frozen item, found by the texts of its parts."""
    before, after = named_parts(content), named_parts(frozen)
    assert [text for text, _ in before] == [text for text, _ in after]
    names = {old: new for (_, old), (_, new) in zip(before, after, strict=True)}

    def name(entry: str) -> str:
        first, space, second = entry.partition(" ")
        match content.interaction:
            case "match":
                return f"{names[f'source {first}'][7:]} {names[f'target {second}'][7:]}"
            case "inline_choice":
                return names[entry]
            case "numeric_entry":
                return names.get(entry, entry)
            case _:
                return names[first] + space + second

    return response if content.interaction in KEEPS_NAMES else [name(entry) for entry in response]


@given(items(), seeds, st.data())
def test_a_frozen_item_scores_each_response_as_before(item: Item, rng: random.Random, data: st.DataObject) -> None:
    content, keyed = item
    frozen, frozen_key = freeze(content, keyed, rng)
    right = right_response(content, keyed)
    response = data.draw(st.lists(st.sampled_from(right), unique=True)) if right else []
    before = score(content, keyed, response)
    after = score(frozen, frozen_key, renamed(content, frozen, response))
    assert (after.share, after.is_correct, after.flag) == (before.share, before.is_correct, before.flag)


@given(items(), seeds)
def test_a_frozen_item_is_whole_and_survives_storage(item: Item, rng: random.Random) -> None:
    frozen, frozen_key = freeze(*item, rng)
    assert check_item(frozen, frozen_key) == []
    assert CONTENT.validate_json(frozen.model_dump_json()) == frozen
    assert KEY.validate_json(frozen_key.model_dump_json()) == frozen_key


@given(items(), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_names(item: Item, seed: int) -> None:
    assert freeze(*item, random.Random(seed)) == freeze(*item, random.Random(seed))


@given(items(), seeds)
def test_nothing_but_names_and_the_order_of_hotspots_changes(item: Item, rng: random.Random) -> None:
    content, keyed = item
    frozen, frozen_key = freeze(content, keyed, rng)

    def nameless(stored: str) -> list[str]:
        # Ids are what the new names replace; letters sorted, since hotspots change places.
        return sorted(re.findall(r'"(?:content|label|stem|passage|media|language|points|title|value)":"[^"]*"', stored))

    assert nameless(frozen.model_dump_json()) == nameless(content.model_dump_json())
    assert json.loads(frozen_key.model_dump_json()).keys() == json.loads(keyed.model_dump_json()).keys()


@pytest.mark.parametrize(
    ("content", "correct"),
    [
        (makers.single_choice("ABCD"), ["A"]),
        (makers.multiple_response("ABCD"), ["A", "B"]),
        (makers.hotspot("ABCD", max_choices=2), ["A", "B"]),
    ],
    ids=lambda given: getattr(given, "interaction", ""),
)
def test_new_names_follow_neither_what_is_right_nor_the_order_of_writing(
    content: ItemContent, correct: list[str]
) -> None:
    seen = set()
    for seed in range(300):
        frozen, _ = freeze(content, key("choice", correct=correct), random.Random(seed))
        names = [part["id"] for part in next(v for k, v in frozen.model_dump().items() if k in ("options", "hotspots"))]
        assert all(re.fullmatch("[a-z2-9]{4}", name) for name in names)
        seen.add(tuple(sorted(range(4), key=names.__getitem__)))
    # Each of the 24 orders of four names is bound to come up; 300 draws miss one with odds below 1 in 10,000.
    assert len(seen) == 24


def test_hotspots_are_listed_as_a_picture_is_read() -> None:
    spots = [
        {"id": "right", "shape": "circle", "coordinates": [70, 30, 10], "label": "dưới"},
        {"id": "b", "shape": "polygon", "coordinates": [60, 15, 50, 10, 55, 5], "label": "trên phải"},
        {"id": "c", "shape": "rectangle", "coordinates": [0, 5, 9, 9], "label": "trên trái"},
    ]
    content = makers.content("hotspot", picture=makers.PICTURE, hotspots=spots)
    frozen, _ = freeze(content, key("choice", correct=["right"]), random.Random(1))
    labels = [spot["label"] for spot in frozen.model_dump()["hotspots"]]
    assert labels == ["trên trái", "trên phải", "dưới"]


def test_shares_by_pair_follow_their_pairs() -> None:
    mapped = {"rule": "mapped", "shares": {"A x": "0.7", "B y": "0.3", "A y": "-0.2"}}
    keyed = key("pairs", pairs=[("A", "x"), ("B", "y")], scoring=mapped)
    content = makers.match("AB", "xy")
    frozen, frozen_key = freeze(content, keyed, random.Random(5))
    response = renamed(content, frozen, ["A x"])
    assert score(frozen, frozen_key, response).share == score(content, keyed, ["A x"]).share
    assert "A x" not in frozen_key.model_dump_json()
