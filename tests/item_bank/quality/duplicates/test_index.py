"""Pairs, and an index that changes as the bank does."""

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.quality.duplicates import DuplicateIndex, ItemText, word_sets
from tests.item_bank.quality.duplicates.edits import EDITS, sample_texts

TEXTS = sample_texts()


def with_copies(seed: int) -> dict[str, ItemText]:
    rng = random.Random(seed)
    texts = dict(TEXTS)
    for number, code in enumerate(rng.sample(sorted(TEXTS), 40)):
        edit = list(EDITS.values())[number % len(EDITS)]
        texts[f"copy of {code}"] = edit(TEXTS[code], rng)
    return texts


def test_all_pairs_are_those_that_comparing_one_by_one_finds() -> None:
    texts = with_copies(1)
    index = DuplicateIndex.build(texts)
    for minimum in (0.65, 0.72, 0.9):
        pairs = {(pair.first, pair.second): pair.similarity for pair in index.pairs(minimum)}
        one_by_one = {}
        order = list(texts)
        for code, text in texts.items():
            for match in index.similar(text, 20, minimum=minimum, besides=code):
                if order.index(code) < order.index(match.code):
                    one_by_one[code, match.code] = match.similarity
        # Searches forgive somewhat more typing errors than the search for all pairs.
        assert pairs.items() <= one_by_one.items()
        assert len(one_by_one) - len(pairs) <= 1
        assert len(pairs) >= 30


def test_planted_copies_are_the_pairs_and_nothing_else_is() -> None:
    pairs = DuplicateIndex.build(with_copies(2)).pairs()
    assert all(pair.second == f"copy of {pair.first}" for pair in pairs)
    assert len(pairs) >= 38
    similarities = [pair.similarity for pair in pairs]
    assert similarities == sorted(similarities, reverse=True)


def test_pairs_do_not_depend_on_how_many_items_are_worked_on_together(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = with_copies(5)
    whole = DuplicateIndex.build(texts).pairs()
    assert len(whole) >= 30
    for name, count in (("_TEXTS_AT_ONCE", 7), ("_ROWS_AT_ONCE", 3), ("_PAIRS_AT_ONCE", 5)):
        monkeypatch.setattr(word_sets, name, count)
    assert DuplicateIndex.build(texts).pairs() == whole


def test_pairs_do_not_depend_on_how_the_index_came_about() -> None:
    texts = with_copies(3)
    built = DuplicateIndex.build(texts)
    grown = DuplicateIndex()
    for number, (code, text) in enumerate(texts.items()):
        grown.add(code, text)
        if number % 7 == 0:
            grown.similar("Máy tính là gì?")
    assert grown.pairs() == built.pairs()
    for code in ("IU03-010", "IU05-020"):
        assert grown.similar(texts[code]) == built.similar(texts[code])


def test_an_item_that_changed_is_found_as_it_is_now() -> None:
    index = DuplicateIndex.build(TEXTS)
    old, new = TEXTS["IU01-001"], ItemText("Giao thức nào gửi thư điện tử giữa các máy chủ?", ("SMTP", "FTP", "SSH"))
    assert [match.code for match in index.similar(old)] == ["IU01-001"]
    index.add("IU01-001", new)
    assert index.similar(old) == []
    assert [match.code for match in index.similar(new)] == ["IU01-001"]
    assert len(index) == len(TEXTS)


def test_an_item_that_was_removed_is_not_found() -> None:
    index = DuplicateIndex.build(TEXTS)
    index.similar("Máy tính")
    index.discard("IU01-001")
    index.discard("no such item")
    assert "IU01-001" not in index
    assert index.similar(TEXTS["IU01-001"]) == []
    assert len(index) == len(TEXTS) - 1


def test_an_empty_index_answers() -> None:
    index = DuplicateIndex()
    assert (index.similar("Máy tính"), index.pairs(), list(index.entries()), len(index)) == ([], [], [], 0)


VOCABULARY = (
    "máy chủ",
    "router",
    "bảng",
    "truy vấn",
    "khóa chính",
    "tệp",
    "mạng",
    "excel",
    "1",
    "2",
    "nào",
    "đúng",
    "sai",
)
WORDS = st.sampled_from(VOCABULARY)
ITEMS = st.builds(
    ItemText,
    st.lists(WORDS, max_size=8).map(" ".join),
    st.lists(st.lists(WORDS, max_size=3).map(" ".join), max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(changes=st.lists(st.tuples(st.sampled_from("abcdef"), ITEMS | st.none()), max_size=14), asked=ITEMS)
def test_after_any_changes_the_index_is_as_if_built_from_what_is_left(
    changes: list[tuple[str, ItemText | None]], asked: ItemText
) -> None:
    index = DuplicateIndex()
    texts: dict[str, ItemText] = {}
    for code, text in changes:
        texts.pop(code, None)
        if text is None:
            index.discard(code)
        else:
            index.add(code, text)
            texts[code] = text
        index.similar(asked)
    fresh = DuplicateIndex.build(texts)
    assert index.similar(asked) == fresh.similar(asked)
    assert index.pairs() == fresh.pairs()


@settings(max_examples=60, deadline=None)
@given(first=ITEMS, second=ITEMS)
def test_similarity_is_symmetric_and_bounded(first: ItemText, second: ItemText) -> None:
    index = DuplicateIndex.build(TEXTS | {"a": first, "b": second})
    one = {match.code: match.similarity for match in index.similar(first, 300, minimum=0.6)}
    other = {match.code: match.similarity for match in index.similar(second, 300, minimum=0.6)}
    assert one.get("b") == other.get("a")
    assert all(0.6 <= similarity <= 1.0 for similarity in one.values())


def test_many_copies_of_one_item_are_all_paired() -> None:
    copies = {f"c{number}": ItemText(f"Câu {number}: Thiết bị nào ghi âm giọng nói?") for number in range(12)}
    pairs = DuplicateIndex.build(TEXTS | copies).pairs()
    assert {frozenset((pair.first, pair.second)) for pair in pairs} == {
        frozenset(pair) for pair in combinations(copies, 2)
    }
    assert {pair.reason for pair in pairs} == {"identical"}
