"""Items of the bank that stand in a pasted text."""

import pytest

from item_bank.quality.duplicates import DuplicateIndex, ItemText, find_leaks
from tests.item_bank.quality.duplicates.edits import sample_texts, without_marks

TEXTS = sample_texts()
INDEX = DuplicateIndex.build(TEXTS)
FILLER = "Hôm nay lớp em học bài mới, cô giáo dặn cả lớp mang theo vở và bút. Trời mưa nên sân trường vắng. "


def printed(number: int, text: ItemText) -> str:
    options = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", text.options, strict=True))
    return f"Câu {number}. {text.stem}\n{options}\n"


def test_every_item_of_a_leaked_paper_is_found_once_and_in_order() -> None:
    codes = [f"IU0{module}-{number:03}" for module in range(1, 7) for number in (1, 9, 17, 25, 33)]
    document = FILLER * 5 + "\n".join(printed(i, TEXTS[code]) for i, code in enumerate(codes, start=1)) + FILLER * 5
    leaks = find_leaks(INDEX, document)
    assert [leak.code for leak in leaks] == codes
    assert all(leak.with_options and leak.coverage > 0.95 for leak in leaks)


@pytest.mark.parametrize("code", ["IU01-001", "IU03-017", "IU06-024"])
def test_the_passage_is_where_the_item_stands(code: str) -> None:
    text = TEXTS[code]
    document = FILLER + "\n\n" + printed(7, text) + FILLER
    (leak,) = find_leaks(INDEX, document)
    assert leak.code == code
    assert leak.line == 3
    assert document[leak.start : leak.end].startswith(leak.passage)
    start = document.index(text.stem)
    # Within a few words of either end: "Câu 7." may count in, an empty last word may not.
    assert abs(leak.start - start) <= 12
    assert leak.end > start + len(text.stem)


def test_a_copy_without_marks_and_options_is_found() -> None:
    document = FILLER + without_marks(TEXTS["IU02-028"].stem).upper() + " " + FILLER
    (leak,) = find_leaks(INDEX, document)
    assert (leak.code, leak.with_options) == ("IU02-028", False)


def test_line_breaks_inside_an_item_do_not_hide_it() -> None:
    document = printed(1, TEXTS["IU05-020"]).replace(" ", "\n")
    assert [leak.code for leak in find_leaks(INDEX, document)] == ["IU05-020"]


def test_other_texts_leak_nothing() -> None:
    assert find_leaks(INDEX, FILLER * 40) == []
    # The words of items, far from each other.
    scattered = f" {FILLER}".join(TEXTS["IU02-028"].stem.split())
    assert find_leaks(INDEX, scattered) == []


def test_a_template_with_other_content_is_no_leak() -> None:
    index = DuplicateIndex.build(
        TEXTS | {"X": ItemText("Hàm nào dùng để tính tổng?", ("SUM", "AVERAGE", "MAX", "MIN"))}
    )
    assert find_leaks(index, FILLER + "Hàm nào dùng để tính trung bình?" + FILLER) == []
    assert [leak.code for leak in find_leaks(index, "Hàm nào dùng để tính tổng? SUM, AVERAGE, MAX, MIN")] == ["X"]


@pytest.mark.parametrize("document", ["", "   \n ", "một hai", "?" * 50])
def test_no_words_leak_nothing(document: str) -> None:
    assert find_leaks(INDEX, document) == []
    assert find_leaks(DuplicateIndex(), document + FILLER) == []


def test_a_long_passage_is_cut() -> None:
    stem = " ".join(f"từkhóa{number}" for number in range(120))
    index = DuplicateIndex.build({"X": ItemText(stem)})
    (leak,) = find_leaks(index, stem)
    assert len(leak.passage) == 600
    assert leak.end == len(stem)
