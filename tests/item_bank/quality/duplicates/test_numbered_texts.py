"""Items in one array come out as they were put in, in whatever order they come and go."""

from hypothesis import given
from hypothesis import strategies as st

from item_bank.quality.duplicates.numbered_texts import OPTIONS, STEMS, Entry, GrowingTexts, joined

WORDS = st.lists(st.integers(0, 9), max_size=4)
CHANGES = st.lists(st.tuples(st.sampled_from("abcde"), WORDS, st.lists(WORDS, max_size=3), st.booleans()), max_size=12)


def ended(options: list[list[int]]) -> list[int]:
    return [word for option in options for word in [*option, -1]]


def plain(entry: Entry) -> tuple[str, list[int], list[int], bool]:
    return entry.code, entry.stem.tolist(), entry.options.tolist(), entry.is_generic


@given(CHANGES, st.sets(st.sampled_from("abcde")))
def test_the_items_there_are_those_added_last_and_not_discarded(
    changes: list[tuple[str, list[int], list[list[int]], bool]], gone: set[str]
) -> None:
    growing = GrowingTexts()
    expected: dict[str, tuple[str, list[int], list[int], bool]] = {}
    for code, stem, options, is_generic in changes:
        before = growing.discard(code)
        assert (plain(before) if before is not None else None) == expected.pop(code, None)
        growing.add(code, stem, ended(options), is_generic=is_generic)
        expected[code] = code, stem, ended(options), is_generic
    for code in gone:
        growing.discard(code)
        expected.pop(code, None)
    texts = growing.texts()
    assert len(growing) == len(texts) == len(expected)
    assert [plain(texts.entry(row)) for row in range(len(texts))] == list(expected.values())
    chosen = [(stem, options) for _, stem, options, _ in expected.values()][1:3]
    for side in (STEMS, OPTIONS):
        rows, words = texts.placed_words(side, slice(1, 3))
        placed = [(row, word) for row, item in enumerate(chosen) for word in item[side] if word >= 0]
        assert list(zip(rows.tolist(), words.tolist(), strict=True)) == placed


def test_rows_of_several_are_joined_in_the_order_given() -> None:
    first, second = GrowingTexts(), GrowingTexts()
    first.add("a", [1, 2], [3, -1], is_generic=True)
    first.add("b", [], [], is_generic=False)
    second.add("c", [4], [-1, 5, -1], is_generic=False)
    both = joined([(second.texts(), [0]), (first.texts(), [1, 0])])
    assert [plain(both.entry(row)) for row in range(3)] == [
        ("c", [4], [-1, 5, -1], False),
        ("b", [], [], False),
        ("a", [1, 2], [3, -1], True),
    ]
    assert len(joined([])) == 0
