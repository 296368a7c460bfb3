"""The form of responses of each interaction and what of it cannot be scored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.responses import MAX_ENTRIES, MAX_ENTRY_LENGTH, response_flag
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.strategies import Item, items

SHA = "0a" * 32


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["A"], None),
        ([], "omitted"),
        (["Z"], "unknown_option"),
        ([""], "unknown_option"),
        (["a"], "unknown_option"),
        (["A "], "unknown_option"),
        (["A", "B"], "too_many_options"),
        (["A", "A"], "too_many_options"),
        (["A", "Z"], "unknown_option"),
    ],
)
def test_of_a_single_choice_one_known_option_is_named(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.single_choice(), response) == flag


@pytest.mark.parametrize(
    "content",
    [
        makers.multiple_response("ABC", max_choices=2),
        makers.hot_text(["a", "b", "c"], max_choices=2),
        makers.hotspot("ABC", max_choices=2),
    ],
    ids=lambda content: content.interaction,
)
def test_no_more_is_chosen_than_allowed_and_nothing_twice(content: ItemContent) -> None:
    a, b, c = "abc" if content.interaction == "hot_text" else "ABC"
    assert response_flag(content, [b, a]) is None
    assert response_flag(content, [a, b, c]) == "too_many_options"
    assert response_flag(content, [a, a]) == "too_many_options"
    assert response_flag(content, [a, "zz"]) == "unknown_option"


def test_without_a_limit_all_options_may_be_chosen() -> None:
    assert response_flag(makers.multiple_response("ABC"), ["A", "B", "C"]) is None


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["a true"], None),
        (["d false", "a true", "b true", "c false"], None),
        (["a True"], "malformed"),
        (["a"], "malformed"),
        (["a true "], "malformed"),
        (["e true"], "unknown_option"),
        (["a true", "a false"], "too_many_options"),
    ],
)
def test_statements_are_said_to_be_true_or_false_once(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.true_false_table("abcd"), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["A x", "B x"], None),
        (["A x", "B x", "C x"], "too_many_options"),
        (["A x", "A y"], "too_many_options"),
        (["A x", "A x"], "too_many_options"),
        (["x A"], "unknown_option"),
        (["A q"], "unknown_option"),
        (["A x y"], "unknown_option"),
        (["A"], "malformed"),
        (["A "], "malformed"),
        ([" x"], "malformed"),
    ],
)
def test_a_match_pairs_rows_and_columns_within_their_limits(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.match("ABC", "xyz", max_per_source=1, max_per_target=2), response) == flag


def test_the_same_pair_counts_as_too_many_even_where_a_row_takes_two() -> None:
    content = makers.match("AB", "xy", max_per_source=2)
    assert response_flag(content, ["A x", "A y"]) is None
    assert response_flag(content, ["A x", "A x"]) == "too_many_options"


def test_a_text_fills_several_gaps_only_where_it_is_reusable() -> None:
    response = ["A g1", "A g2"]
    assert response_flag(makers.gap_match(is_reusable=True), response) is None
    assert response_flag(makers.gap_match(is_reusable=False), response) == "too_many_options"
    assert response_flag(makers.gap_match(is_reusable=True), ["A g1", "B g1"]) == "too_many_options"
    assert response_flag(makers.gap_match(), ["g1 A"]) == "unknown_option"


def test_a_gap_takes_one_of_its_own_options() -> None:
    content = makers.inline_choice({"g1": "AB", "g2": "CD"})
    assert response_flag(content, ["g1 A", "g2 D"]) is None
    assert response_flag(content, ["g1 C"]) == "unknown_option"
    assert response_flag(content, ["g1 A", "g1 B"]) == "too_many_options"


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["D", "B", "A", "C"], None),
        (["A", "B", "C"], "malformed"),
        (["A", "B", "C", "C"], "too_many_options"),
        (["A", "B", "C", "E"], "unknown_option"),
    ],
)
def test_an_order_names_all_options_once(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.order("ABCD"), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["g1 máy tính"], None),
        (["g1 ", "g2  x "], None),
        (["g1 "], "omitted"),
        (["g1", "g2 \u00a0\u200b"], "omitted"),
        (["g3 x"], "unknown_option"),
        (["g1 x", "g1 y"], "too_many_options"),
    ],
)
def test_typed_texts_follow_the_name_of_their_gap(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.text_entry("g1", "g2"), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["12,5"], None),
        (["12,5", "A"], None),
        (["12,5", ""], None),
        (["", "A"], "omitted"),
        (["  "], "omitted"),
        (["mười hai"], "malformed"),
        (["12", "C"], "unknown_option"),
        (["12", "A", "B"], "malformed"),
    ],
)
def test_a_number_may_be_followed_by_a_unit(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.numeric_entry("AB"), response) == flag


def test_a_unit_is_not_chosen_where_none_is_offered() -> None:
    assert response_flag(makers.numeric_entry(unit="KB"), ["12 KB"]) is None
    assert response_flag(makers.numeric_entry(unit="KB"), ["12", "KB"]) == "malformed"


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["-1"], None),
        (["2"], None),
        (["0.30000000000000004"], None),
        (["2.0000000000000004"], None),
        (["2.1"], "malformed"),
        (["-1.1"], "malformed"),
        (["x"], "malformed"),
        ([""], "malformed"),
        (["1", "1"], "malformed"),
    ],
)
def test_a_slider_says_one_value_of_its_scale(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.slider("-1", "2", "0.1"), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["0 0", "100 80"], None),
        (["101 0"], "malformed"),
        (["0 81"], "malformed"),
        (["-1 0"], "malformed"),
        (["1.5 0"], "malformed"),
        (["1 2 3"], "malformed"),
        (["1  2"], "malformed"),
        (["1 1", "2 2", "3 3"], "too_many_options"),
    ],
)
def test_points_are_whole_pixels_of_the_picture(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.select_point(max_points=2), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        (["Bài làm"], None),
        (["a" * 10], None),
        (["a" * 11], "malformed"),
        ([" \n\t\u200b"], "omitted"),
        (["a", "b"], "malformed"),
    ],
)
def test_a_written_text_is_one_entry_of_bounded_length(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.extended_text(max_characters=10), response) == flag


@pytest.mark.parametrize(
    ("response", "flag"),
    [
        ([f"{SHA} bài thi.DOCX"], None),
        ([f"{SHA} a.docx", f"{SHA} b.docx"], None),
        ([f"{SHA} a.docx", f"{SHA} a.docx"], "too_many_options"),
        ([f"{SHA} a.docx", f"{SHA} b.docx", f"{SHA} c.docx"], "too_many_options"),
        ([f"{SHA} a.docm"], "malformed"),
        ([f"{SHA} docx.exe"], "malformed"),
        ([f"{SHA} docx"], "malformed"),
        ([f"{SHA} ../a.docx"], "malformed"),
        ([f"{SHA} "], "malformed"),
        ([f"{SHA[:-1]} a.docx"], "malformed"),
        ([f"{SHA.upper()} a.docx"], "malformed"),
        ([f"{SHA} a.docx", "x"], "malformed"),
    ],
)
def test_files_are_named_by_hash_and_name_of_a_permitted_type(response: list[str], flag: str | None) -> None:
    assert response_flag(makers.file_upload("docx", max_files=2), response) == flag


def test_a_response_has_bounds_of_its_own() -> None:
    gaps = [f"g{number}" for number in range(30)]
    content = makers.text_entry(*gaps)
    assert response_flag(content, [f"g1 {'a' * (MAX_ENTRY_LENGTH - 3)}"]) is None
    assert response_flag(content, [f"g1 {'a' * (MAX_ENTRY_LENGTH - 2)}"]) == "malformed"
    many = makers.content(
        "match",
        sources=makers.options([f"s{n}" for n in range(9)]),
        targets=makers.options([f"t{n}" for n in range(9)]),
        max_per_source=9,
    )
    pairs = [f"s{n} t{m}" for n in range(9) for m in range(9)]
    assert response_flag(many, pairs[:MAX_ENTRIES]) is None
    assert response_flag(many, pairs[: MAX_ENTRIES + 1]) == "malformed"


any_text = st.text(st.characters(), max_size=30)


@given(items(), st.data())
def test_any_list_of_strings_is_judged_without_an_error(item: Item, data: st.DataObject) -> None:
    content, _ = item
    # Texts that come near what is meant reach further than texts out of the blue.
    near = st.from_regex(r"[-+]?[A-Da-dgh0-9.,]{0,6} ?(true|false|[A-D0-9.,]{1,5})?", fullmatch=True)
    response = data.draw(st.lists(any_text | near, max_size=6))
    flag = response_flag(content, response)
    assert flag in {None, "omitted", "unknown_option", "too_many_options", "malformed"}
    assert (flag == "omitted") or response


def test_lone_surrogates_are_judged_too() -> None:
    assert response_flag(makers.text_entry("g1"), ["g1 \ud800"]) is None
    assert response_flag(makers.numeric_entry(), ["\udfff"]) == "malformed"
