"""Flaws of true/false tables and of text entry."""

import pytest

from item_bank.quality.linting import LintedAnswer, LintedItem
from item_bank.quality.spelling import i_or_y, respelled, tone_placement
from tests.item_bank.quality.linting.makers import found, places, table


@pytest.mark.parametrize(
    ("verdicts", "is_flawed"),
    [
        ((True, True, True, True), True),
        ((False, False, False, False), True),
        ((True, True, True, False), False),
        ((None, None, None, None), False),
        ((True,), False),
    ],
)
def test_a_table_mixes_true_and_false(verdicts: tuple[bool | None, ...], is_flawed: bool) -> None:
    item = table("Về RAM:", *((f"Phát biểu {i}", verdict) for i, verdict in enumerate(verdicts)))
    assert bool(places(item, "statements_uniform")) is is_flawed


def entry(*accepted: str, ignores_tone_placement: bool = False, ignores_spaces: bool = False) -> LintedItem:
    answer = LintedAnswer("g1", accepted, ignores_tone_placement, ignores_spaces)
    return LintedItem("text_entry", "Điền vào chỗ trống.", answers=(answer,))


@pytest.mark.parametrize(
    ("accepted", "missing"),
    [
        (("hòa mạng",), "hoà mạng"),
        (("kỹ thuật",), "kĩ thuật"),
        (("7,5",), "7.5"),
        (("7.5",), "7,5"),
        (("Ctrl+C",), "Ctrl + C"),
        (("xóa tùy chọn",), "xoá tuỳ chọn"),
    ],
)
def test_a_key_takes_every_right_spelling(accepted: tuple[str, ...], missing: str) -> None:
    (finding,) = found(entry(*accepted), "spelling_missing")
    assert (finding.place, finding.params["missing"]) == ("gaps/g1", missing)
    assert found(entry(*accepted, missing), "spelling_missing") == []


@pytest.mark.parametrize("answer", ["máy in", "CPU", "quả", "1024", "12:30", "C++"])
def test_an_answer_with_one_spelling_needs_no_other(answer: str) -> None:
    assert found(entry(answer), "spelling_missing") == []


def test_a_comparison_that_forgives_spellings_needs_no_list_of_them() -> None:
    assert found(entry("hòa mạng", ignores_tone_placement=True), "spelling_missing") == []
    assert found(entry("Ctrl+C", ignores_spaces=True), "spelling_missing") == []
    # Tones are forgiven, i for y is not.
    (finding,) = found(entry("mỹ hòa", ignores_tone_placement=True), "spelling_missing")
    assert finding.params["missing"] == "mĩ hòa"


@pytest.mark.parametrize(
    "word", ["hòa", "hoà", "xóa", "xoá", "khỏe", "khoẻ", "tùy", "tuỳ", "thúy", "thuý", "lõa", "loã", "họa", "hoạ"]
)
def test_both_placements_of_a_tone_lead_to_the_same_pair(word: str) -> None:
    pair = tone_placement(word)
    assert pair is not None
    assert word in pair
    assert tone_placement(pair[0]) == tone_placement(pair[1]) == pair


def test_i_and_y_lead_to_the_same_pair() -> None:
    assert i_or_y("lý") == i_or_y("lí") == ("lí", "lý")
    assert i_or_y("ty") is None
    assert respelled("máy in") == []
