"""Copies are found however they were changed; items of one template with other content are not."""

import random

import pytest

from item_bank.quality.duplicates import DuplicateIndex, ItemText
from tests.item_bank.quality.duplicates.edits import EDITS, sample_texts

TEXTS = sample_texts()
INDEX = DuplicateIndex.build(TEXTS)
# Transposed letters in two words of a short stem may leave too little of it; everything else is found nearly always.
RECALL = {"two typing errors": 0.92, "one option exchanged": 0.99, "a word left out": 0.98, "a sentence in front": 0.98}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_copy_is_found_and_stands_first(name: str) -> None:
    rng = random.Random(5)
    found = 0
    for code, text in TEXTS.items():
        matches = INDEX.similar(EDITS[name](text, rng), 3)
        found += bool(matches) and matches[0].code == code
    assert found / len(TEXTS) >= RECALL.get(name, 1.0)


def test_nothing_in_the_sample_bank_resembles_anything_else_in_it() -> None:
    assert INDEX.pairs() == []
    assert all(INDEX.similar(text, besides=code) == [] for code, text in TEXTS.items())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hàm nào tính tổng?", "Hàm nào tính trung bình?"),
        ("Hàm nào dùng để tính tổng các ô?", "Hàm nào dùng để tính trung bình các ô?"),
        ("Thủ đô của Pháp là thành phố nào?", "Thủ đô của Đức là thành phố nào?"),
        ("Tổ hợp phím nào dùng để sao chép?", "Tổ hợp phím nào dùng để dán?"),
        ("RAM là viết tắt của cụm từ nào?", "ROM là viết tắt của cụm từ nào?"),
        ("Phần mở rộng của tệp Word là gì?", "Phần mở rộng của tệp Excel là gì?"),
        ("Kết quả của =SUM(1;2) là gì?", "Kết quả của =SUM(3;4) là gì?"),
    ],
)
def test_the_same_template_over_other_content_is_no_duplicate(first: str, second: str) -> None:
    index = DuplicateIndex.build(TEXTS | {"X": ItemText(first)})
    assert "X" not in {match.code for match in index.similar(second)}
    assert "X" in {match.code for match in index.similar(first)}


def test_generic_stems_are_compared_by_their_options() -> None:
    stem = "Phát biểu nào sau đây đúng?"
    ram = ("RAM mất dữ liệu khi tắt máy", "ROM mất dữ liệu khi tắt máy", "CPU lưu tệp", "Chuột in văn bản")
    tables = ("Bảng có khóa chính", "Trường là một hàng", "Bản ghi là một cột", "Truy vấn xóa cơ sở dữ liệu")
    index = DuplicateIndex.build(TEXTS | {"X": ItemText(stem, ram)})
    assert index.similar(ItemText(stem, tables)) == []
    (match,) = index.similar(ItemText("Khẳng định nào dưới đây là đúng?", ram[::-1]))
    assert match.code == "X"


LONG = "Trong Microsoft Excel, công thức nào đếm số ô có giá trị lớn hơn 8 trong vùng B2:B31?"
OPTIONS = ('=COUNTIF(B2:B31,">8")', "=COUNT(B2:B31,8)", "=SUMIF(B2:B31,8)", "=COUNTA(B2:B31)")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ItemText(LONG, OPTIONS), "identical"),
        (ItemText(LONG.upper(), OPTIONS[::-1]), "identical"),
        (ItemText(LONG, ("Công thức một", "Công thức hai", "Hàm ba", "Hàm bốn")), "stem_identical"),
        (ItemText(LONG.replace("8", "9"), OPTIONS), "numbers_differ"),
        (ItemText(LONG.replace("lớn hơn", "nhỏ hơn"), OPTIONS), "opposed"),
        (ItemText(f"Bạn Hoa lập bảng điểm kiểm tra học kì môn Toán. {LONG}", OPTIONS), "contained"),
        (ItemText(LONG.replace("Microsoft Excel", "LibreOffice Calc"), OPTIONS), "reworded"),
    ],
)
def test_a_match_says_why(text: ItemText, reason: str) -> None:
    index = DuplicateIndex.build(TEXTS | {"X": ItemText(LONG, OPTIONS)})
    (match,) = index.similar(text, minimum=0.6)
    assert (match.code, match.reason) == ("X", reason)
    assert (match.similarity == 1.0) is (reason == "identical")


def test_similarity_falls_with_every_word_that_is_exchanged() -> None:
    words = ["máy", "chủ", "lưu", "trữ", "bản", "sao", "dữ", "liệu", "kế", "toán", "hằng", "đêm", "trên", "băng", "từ"]
    index = DuplicateIndex.build(TEXTS | {"X": ItemText(" ".join(words))})
    seen = []
    for count in range(3):
        changed = [f"khác{place}" if place < count else word for place, word in enumerate(words)]
        (match,) = index.similar(" ".join(changed), minimum=0.6)
        seen.append(match.similarity)
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen)
    assert seen[0] == 1.0


@pytest.mark.parametrize("text", ["", "   ", "???", ItemText("", ()), ItemText("", ("",))])
def test_no_words_resemble_nothing(text: str | ItemText) -> None:
    assert INDEX.similar(text) == []
    assert DuplicateIndex.build(TEXTS | {"X": ItemText("…", ("", ""))}).similar(text) == []


@pytest.mark.parametrize("minimum", [0.59, 1.01])
def test_a_minimum_under_which_everything_is_alike_is_refused(minimum: float) -> None:
    with pytest.raises(ValueError, match="least similarity"):
        INDEX.similar("Máy tính", minimum=minimum)
    with pytest.raises(ValueError, match="least similarity"):
        INDEX.pairs(minimum)


def test_a_limit_keeps_the_best_and_ties_stand_by_code() -> None:
    text = TEXTS["IU01-001"]
    index = DuplicateIndex.build(TEXTS | {"Z": text, "Y": text, "X": text})
    assert [match.code for match in index.similar(text, 3)] == ["IU01-001", "X", "Y"]
    assert [match.code for match in index.similar(text, 10, besides="X")] == ["IU01-001", "Y", "Z"]
