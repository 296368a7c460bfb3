"""Differences between versions of items of every kind: complete on both sides, told in words."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.interactions.content import CONTENT, Interaction
from exam_engine.interactions.keys import KEY, RubricKey
from item_bank.reviewing.differences import (
    FactChange,
    ItemDifference,
    ItemSide,
    Part,
    compare_items,
    compare_parts,
    key_facts,
    taken_apart,
)
from tests.exam_engine.interactions.strategies import Item, items

KINDS = list(Interaction.__args__)  # type: ignore[attr-defined]


def side(item: Item) -> ItemSide:
    content, key = item
    return ItemSide(CONTENT.dump_python(content, mode="json"), key=KEY.dump_python(key, mode="json"))


def single_choice(*options: str, correct: str = "B", **changes: Any) -> ItemSide:
    content = {
        "interaction": "single_choice",
        "language": "vi",
        "stem": "Hàm nào tính tổng?",
        "options": [{"id": chr(65 + n), "content": text, "is_fixed": False} for n, text in enumerate(options)],
        "is_shuffled": True,
    }
    key = {"form": "choice", "correct": [correct], "scoring": {"rule": "all_or_nothing"}}
    return ItemSide(content | changes, key=key)


def told(difference: ItemDifference) -> list[tuple[str | None, str | None, str, bool]]:
    """What became of the parts: older place, newer place, change, moved."""
    return [
        (
            part.before.place if part.before else None,
            part.after.place if part.after else None,
            part.change,
            part.is_moved,
        )
        for part in difference.parts
    ]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_the_difference_of_any_two_items_holds_both_whole(kind: str, data: st.DataObject) -> None:
    one, other = data.draw(items(kind)), data.draw(items() | items(kind))
    before, after = side(one), side(other)
    difference = compare_items(before, after)
    for number, given_side in enumerate((before, after)):
        parts, settings = taken_apart(given_side.content)
        kept = [part.after if number else part.before for part in difference.parts]
        assert sorted((part for part in kept if part is not None), key=repr) == sorted(parts, key=repr)
        for part in difference.parts:
            ours = part.after if number else part.before
            assert (part.text.after if number else part.text.before) == (ours.html if ours else "")
        for change in difference.settings:
            assert (change.after if number else change.before) == settings.get(change.name)
        facts = key_facts(given_side.key)
        for change in difference.key:
            assert (change.after if number else change.before) == facts.get(change.name)
    assert difference.is_same == (one == other)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_an_item_does_not_differ_from_itself(kind: str, data: st.DataObject) -> None:
    same = side(data.draw(items(kind)))
    difference = compare_items(same, same)
    assert difference.is_same
    assert {(change, moved) for *_, change, moved in told(difference)} == {("same", False)}


@given(st.permutations(["một", "hai", "ba", "bốn", "năm"]), st.sets(st.sampled_from(range(5)), max_size=4))
def test_as_few_parts_as_possible_have_moved(order: list[str], gone: set[int]) -> None:
    names = ["một", "hai", "ba", "bốn", "năm"]
    before = [Part(f"options/{name}", name) for name in names]
    after = [part for name in order for part in before if part.html == name and names.index(name) not in gone]
    difference = compare_parts(before, after)
    assert [part.after for part in difference if part.after is not None] == after
    assert {part.before.html for part in difference if part.before and part.after is None} == {names[n] for n in gone}
    still = [names.index(part.after.html) for part in difference if part.after is not None and not part.is_moved]
    assert still == sorted(still), "those that stayed keep their order"
    numbers = [names.index(part.html) for part in after]
    longest = max(
        (
            chosen.bit_count()
            for chosen in range(1 << len(numbers))
            if (row := [n for place, n in enumerate(numbers) if chosen >> place & 1]) == sorted(row)
        ),
        default=0,
    )
    assert len(still) == longest


def test_a_changed_option_is_told_at_its_letter() -> None:
    difference = compare_items(single_choice("COUNT", "SUM"), single_choice("COUNTA", "SUM"))
    assert told(difference) == [
        ("stem", "stem", "same", False),
        ("options/A", "options/A", "changed", False),
        ("options/B", "options/B", "same", False),
    ]
    assert not difference.is_same


def test_an_option_put_in_front_leaves_the_others_as_they_were() -> None:
    difference = compare_items(single_choice("COUNT", "SUM"), single_choice("MIN", "COUNT", "SUM", correct="C"))
    assert told(difference)[1:] == [
        (None, "options/A", "added", False),
        ("options/A", "options/B", "same", False),
        ("options/B", "options/C", "same", False),
    ]
    assert difference.key == (FactChange("correct", ["B"], ["C"]),)


def test_a_removed_option_is_told_where_it_stood() -> None:
    difference = compare_items(single_choice("COUNT", "MIN", "SUM"), single_choice("COUNT", "SUM"))
    assert told(difference)[1:] == [
        ("options/A", "options/A", "same", False),
        ("options/B", None, "removed", False),
        ("options/C", "options/B", "same", False),
    ]


def test_options_that_changed_places_have_moved() -> None:
    difference = compare_items(single_choice("COUNT", "SUM", "MAX"), single_choice("MAX", "COUNT", "SUM"))
    assert told(difference)[1:] == [
        ("options/C", "options/A", "same", True),
        ("options/A", "options/B", "same", False),
        ("options/B", "options/C", "same", False),
    ]


def test_a_key_that_names_the_same_letter_may_mean_another_option() -> None:
    difference = compare_items(single_choice("COUNT", "SUM"), single_choice("SUM", "AVERAGE"))
    assert difference.key == ()
    assert difference.right_before == difference.right_after == frozenset({"options/B"})
    assert ("options/B", "options/A", "same", False) in told(difference), "what was right is at another letter now"


def test_parts_that_a_key_pairs_by_name_keep_their_names() -> None:
    def ordered(*steps: str) -> ItemSide:
        options = [{"id": chr(65 + n), "content": text, "is_fixed": False} for n, text in enumerate(steps)]
        content = {"interaction": "order", "stem": "Xếp các bước.", "options": options}
        return ItemSide(content, key={"form": "order", "order": ["A", "B"]})

    difference = compare_items(ordered("Mở", "In"), ordered("In", "Mở"))
    assert told(difference)[1:] == [
        ("options/A", "options/A", "changed", False),
        ("options/B", "options/B", "changed", False),
    ]


def test_a_change_of_the_key_is_told_by_the_letters() -> None:
    difference = compare_items(single_choice("COUNT", "SUM"), single_choice("COUNT", "SUM", correct="A"))
    assert difference.key == (FactChange("correct", ["B"], ["A"]),)
    assert not difference.is_same


def test_settings_metadata_and_language_are_told() -> None:
    before = single_choice("COUNT", "SUM")
    after = single_choice("COUNT", "SUM", is_shuffled=False, language="en")
    changed = compare_items(
        ItemSide(before.content, {"cognitive_level": "NB", "tags": ["ô"]}),
        ItemSide(after.content, {"cognitive_level": "TH", "tags": ["ô"]}),
    )
    assert set(changed.settings) == {FactChange("is_shuffled", True, False), FactChange("language", "vi", "en")}
    assert changed.metadata == (FactChange("cognitive_level", "NB", "TH"),)


def test_a_hotspot_that_moved_on_the_picture_and_another_picture_are_told() -> None:
    def pointed(media: str, right: int) -> ItemSide:
        return ItemSide(
            {
                "interaction": "hotspot",
                "stem": "Chỉ nút Lưu.",
                "picture": {"media": media * 64, "alternative_text": "Thanh công cụ", "width": 90, "height": 30},
                "hotspots": [
                    {"id": "A", "shape": "rectangle", "coordinates": [0, 0, right, 20], "label": "Nút < Lưu"},
                ],
            }
        )

    difference = compare_items(pointed("a", 20), pointed("b", 30))
    _, picture, hotspot = difference.parts
    assert [change for change, _ in picture.text.pieces] == ["removed", "added"]
    assert hotspot.facts == (FactChange("coordinates", "0, 0, 20, 20", "0, 0, 30, 20"),)
    assert hotspot.after is not None
    assert hotspot.after.html == "Nút &lt; Lưu", "labels are no markup"


def test_accepted_texts_pairs_and_criteria_are_told_in_words() -> None:
    text = {
        "form": "text",
        "gaps": {"g1": {"accepted": [{"text": "RAM", "share": "1"}, {"text": "ram", "share": "0.5"}]}},
    }
    pairs = {"form": "pairs", "pairs": [["s1", "t2"], ["s2", "t1"]]}
    rubric = {
        "form": "rubric",
        "criteria": [{"id": "c1", "title": "Bố cục", "points": "2"}],
        "model_answer": "<p>x</p>",
    }
    assert key_facts(text) == {"form": "text", "gaps/g1/accepted": ["RAM", "ram (0.5)"]}
    assert key_facts(pairs) == {"form": "pairs", "pairs": ["s1 → t2", "s2 → t1"]}
    assert key_facts(rubric) == {"form": "rubric", "criteria/c1/title": "Bố cục", "criteria/c1/points": "2"}
    assert RubricKey.model_validate(rubric).model_answer == "<p>x</p>"


def test_a_key_that_came_is_a_change_from_nothing() -> None:
    without = ItemSide(single_choice("COUNT", "SUM").content, key=None)
    difference = compare_items(without, single_choice("COUNT", "SUM"))
    assert FactChange("correct", None, ["B"]) in difference.key


def test_stimulus_model_answer_and_explanation_are_compared_word_by_word() -> None:
    content = {"interaction": "extended_text", "stem": "Viết thư."}

    def essay(word: str) -> ItemSide:
        key = {"form": "rubric", "criteria": [], "model_answer": f"<p>Kính {word}</p>"}
        return ItemSide(content, key=key, explanation=f"Vì {word}", stimulus=f"<p>Đọc {word}</p>")

    difference = compare_items(essay("gửi"), essay("thưa"))
    for text in (difference.stimulus, difference.model_answer, difference.explanation):
        assert [(change, token.html) for change, token in text.pieces if change != "same"] == [
            ("removed", "gửi"),
            ("added", "thưa"),
        ]
