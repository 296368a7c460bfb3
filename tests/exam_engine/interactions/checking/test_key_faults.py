"""What can be wrong with a key beside its content."""

from typing import Any

import pytest

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.checking.finding import Places, found
from tests.exam_engine.interactions.makers import content, key, rule


@pytest.mark.parametrize(
    ("correct", "faults"),
    [
        (["A"], set()),
        (["A", "B"], {("key_needs_one", "key/correct")}),
        (["Z"], {("key_unknown_part", "key/correct/Z")}),
        (["A", "A"], {("part_twice", "key/correct/A"), ("key_needs_one", "key/correct")}),
    ],
)
def test_a_single_choice_has_exactly_one_right_option(correct: list[str], faults: Places) -> None:
    assert found(makers.single_choice("ABCD"), key("choice", correct=correct)) == faults


@pytest.mark.parametrize(
    ("limits", "correct", "faults"),
    [
        ({"max_choices": 2}, "AB", set()),
        ({"max_choices": 2}, "ABC", {("key_size", "key/correct")}),
        ({"min_choices": 2}, "AB", set()),
        ({"min_choices": 2}, "A", {("key_size", "key/correct")}),
        ({}, "ABCD", set()),
        ({}, "AZ", {("key_unknown_part", "key/correct/Z")}),
    ],
)
def test_as_many_are_right_as_may_be_chosen(limits: dict[str, int], correct: str, faults: Places) -> None:
    keyed = key("choice", correct=list(correct))
    assert found(makers.multiple_response("ABCD", **limits), keyed) == faults
    assert found(makers.hotspot("ABCD", **{"max_choices": None, **limits}), keyed) == faults


def test_marked_words_are_named_by_the_key_as_in_the_passage() -> None:
    assert found(makers.hot_text(["h1", "h2"]), key("choice", correct=["h2"])) == set()
    assert found(makers.hot_text(["h1", "h2"]), key("choice", correct=["h3"])) == {
        ("key_unknown_part", "key/correct/h3")
    }


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ("abcd", set()),
        ("abc", {("key_part_missing", "key/values/d")}),
        ("abcde", {("key_unknown_part", "key/values/e")}),
    ],
)
def test_every_statement_has_a_value(values: str, faults: Places) -> None:
    keyed = key("true_false", values=dict.fromkeys(values, True))
    assert found(makers.true_false_table("abcd"), keyed) == faults


@pytest.mark.parametrize(
    ("order", "faults"),
    [
        ("CAB", set()),
        ("CA", {("key_part_missing", "key/order/B")}),
        ("CABD", {("key_unknown_part", "key/order/D")}),
        ("CABC", {("part_twice", "key/order/C")}),
    ],
)
def test_the_right_order_holds_every_option_once(order: str, faults: Places) -> None:
    assert found(makers.order("ABC"), key("order", order=list(order))) == faults


@pytest.mark.parametrize(
    ("limits", "pairs", "faults"),
    [
        ({}, ["Ax", "Bx"], set()),
        ({}, ["Ax", "Ay"], {("key_over_limit", "key/pairs")}),
        ({"max_per_source": 2}, ["Ax", "Ay"], set()),
        ({"max_per_target": 1}, ["Ax", "Bx"], {("key_over_limit", "key/pairs")}),
        ({"max_per_target": 1}, ["Ax", "By"], set()),
        ({}, ["Ax", "Cz"], {("key_unknown_part", "key/pairs/C"), ("key_unknown_part", "key/pairs/z")}),
        ({"max_per_source": 2}, ["Ax", "Ax"], {("part_twice", "key/pairs/A x")}),
    ],
)
def test_right_pairs_keep_the_limits_of_rows_and_columns(
    limits: dict[str, int], pairs: list[str], faults: Places
) -> None:
    keyed = key("pairs", pairs=[tuple(pair) for pair in pairs])
    assert found(makers.match("AB", "xy", **limits), keyed) == faults


@pytest.mark.parametrize(
    ("is_reusable", "pairs", "faults"),
    [
        (False, [("A", "g1"), ("B", "g2")], set()),
        (True, [("A", "g1"), ("A", "g2")], set()),
        (False, [("A", "g1"), ("A", "g2")], {("key_over_limit", "key/pairs")}),
        (True, [("A", "g1")], {("key_part_missing", "key/pairs/g2")}),
        (True, [("A", "g1"), ("B", "g1"), ("C", "g2")], {("key_over_limit", "key/pairs")}),
        (False, [("Z", "g1"), ("B", "g2")], {("key_unknown_part", "key/pairs/Z")}),
    ],
)
def test_every_gap_has_one_right_text(is_reusable: bool, pairs: list[tuple[str, str]], faults: Places) -> None:
    checked = makers.gap_match("ABC", ["g1", "g2"], is_reusable=is_reusable)
    assert found(checked, key("pairs", pairs=pairs)) == faults


@pytest.mark.parametrize(
    ("pairs", "faults"),
    [
        ([("g1", "A"), ("g2", "D")], set()),
        ([("g1", "A")], {("key_part_missing", "key/pairs/g2")}),
        ([("g1", "A"), ("g2", "A")], {("key_unknown_part", "key/pairs/g2 A")}),
        ([("g1", "A"), ("g1", "B"), ("g2", "C")], {("key_over_limit", "key/pairs")}),
        ([("g1", "A"), ("g2", "C"), ("g3", "C")], {("key_unknown_part", "key/pairs/g3")}),
    ],
)
def test_every_gap_has_one_right_option_of_its_own(pairs: list[tuple[str, str]], faults: Places) -> None:
    assert found(makers.inline_choice({"g1": "AB", "g2": "CD"}), key("pairs", pairs=pairs)) == faults


def typed(*accepted: tuple[str, str], **comparison: bool) -> ItemKey:
    texts = [{"text": text, "share": share} for text, share in accepted]
    return key("text", gaps={"g1": {"accepted": texts, "comparison": comparison}})


@pytest.mark.parametrize(
    ("keyed", "faults"),
    [
        (typed(("bàn phím", "1"), ("keyboard", "0.5")), set()),
        (typed(("bàn phím", "1"), ("Bàn  phím", "1")), set()),
        (typed(("bàn phím", "1"), ("Bàn phím", "0.5")), {("key_text_twice", "key/gaps/g1/2")}),
        (typed(("bàn phím", "1"), ("Bàn phím", "0.5"), is_case_sensitive=True), set()),
        (typed(("má", "1"), ("ma", "0.5"), are_marks_required=False), {("key_text_twice", "key/gaps/g1/2")}),
        (typed(("a", "1"), (" ", "1")), {("text_empty", "key/gaps/g1/2")}),
        (typed(("a", "1"), ("\u200b", "1")), {("text_empty", "key/gaps/g1/2")}),
        (typed(("a", "0.5")), {("key_not_full", "key/scoring")}),
        (typed(("a", "1"), ("b", "-0.5")), {("key_share_range", "key/gaps/g1/2")}),
        (typed(("a", "1"), ("b", "1.5")), {("key_share_range", "key/gaps/g1/2")}),
        (key("text", gaps={"g2": {"accepted": [{"text": "a"}]}}), None),
    ],
)
def test_accepted_texts_can_be_typed_and_are_worth_one_thing(keyed: ItemKey, faults: Places | None) -> None:
    missing = {("key_unknown_part", "key/gaps/g2"), ("key_part_missing", "key/gaps/g1")}
    assert found(makers.text_entry("g1"), keyed) == (missing if faults is None else faults)


@pytest.mark.parametrize(
    ("units", "fields", "faults"),
    [
        ("", {}, set()),
        ("AB", {"unit": "B"}, set()),
        ("AB", {}, {("key_unit_missing", "key/unit")}),
        ("AB", {"unit": "C"}, {("key_unknown_part", "key/unit/C")}),
        ("", {"unit": "A"}, {("key_unknown_part", "key/unit/A")}),
        ("", {"tolerance": "-0.1"}, {("key_tolerance_negative", "key/tolerance")}),
        ("AB", {"unit": "B", "share_with_wrong_unit": "1.1"}, {("key_share_range", "key/share_with_wrong_unit")}),
        ("AB", {"unit": "B", "share_with_wrong_unit": "-0.1"}, {("key_share_range", "key/share_with_wrong_unit")}),
    ],
)
def test_a_number_has_a_unit_that_is_offered_and_a_tolerance(
    units: str, fields: dict[str, Any], faults: Places
) -> None:
    assert found(makers.numeric_entry(units), key("number", value="8", **fields)) == faults


@pytest.mark.parametrize(
    ("value", "is_on_scale"),
    [("0", True), ("10", True), ("2.5", True), ("2.4", False), ("-2.5", False), ("12.5", False)],
)
def test_the_value_of_a_slider_is_one_of_its_steps(value: str, is_on_scale: bool) -> None:
    faults = set() if is_on_scale else {("key_off_scale", "key/value")}
    assert found(makers.slider("0", "10", "2.5"), key("number", value=value)) == faults


@pytest.mark.parametrize(
    ("area", "code"),
    [
        ({"shape": "circle", "coordinates": [50, 40, 5]}, None),
        ({"shape": "circle", "coordinates": [50, 40, 0]}, "shape_empty"),
        ({"shape": "rectangle", "coordinates": [5, 5, 5, 9]}, "shape_empty"),
        ({"shape": "polygon", "coordinates": [0, 0, 9, 0, 9]}, "shape_coordinates"),
        ({"shape": "circle", "coordinates": [101, 40, 5]}, "shape_outside_picture"),
        ({"shape": "circle", "coordinates": [50, 40, 5], "share": "-1"}, "key_share_range"),
    ],
)
def test_areas_of_a_key_are_drawn_soundly(area: dict[str, Any], code: str | None) -> None:
    sound = {"shape": "rectangle", "coordinates": [80, 60, 90, 70]}
    faults = found(makers.select_point(), key("areas", areas=[sound, area]))
    assert faults == ({(code, "key/areas/2")} if code else set())


@pytest.mark.parametrize(
    ("shares", "max_points", "is_full"),
    [(["1"], 1, True), (["0.5", "0.5"], 2, True), (["0.5", "0.5"], 1, False), (["0.9"], 1, False)],
)
def test_as_many_points_can_be_set_as_all_points_need(shares: list[str], max_points: int, is_full: bool) -> None:
    areas = [
        {"shape": "circle", "coordinates": [20 + 20 * at, 40, 5], "share": share} for at, share in enumerate(shares)
    ]
    faults = found(makers.select_point(max_points), key("areas", areas=areas))
    assert faults == (set() if is_full else {("key_not_full", "key/scoring")})


@pytest.mark.parametrize(
    ("criteria", "faults"),
    [
        ([("c1", "Đúng", "2"), ("c2", "Đẹp", "0.5")], set()),
        ([("c1", "Đúng", "0")], {("key_points_not_positive", "key/criteria/c1/points")}),
        ([("c1", "Đúng", "-1")], {("key_points_not_positive", "key/criteria/c1/points")}),
        ([("c1", "Đúng", "1"), ("c1", "Đẹp", "1")], {("part_twice", "key/criteria/c1")}),
        ([("c1", " ", "1")], {("text_empty", "key/criteria/c1/title")}),
    ],
)
def test_a_rubric_has_criteria_with_titles_and_points(criteria: list[tuple[str, str, str]], faults: Places) -> None:
    keyed = key("rubric", criteria=[{"id": id_, "title": title, "points": points} for id_, title, points in criteria])
    assert found(makers.extended_text(), keyed) == faults
    assert found(makers.file_upload("docx"), keyed) == faults


@pytest.mark.parametrize(
    ("shares", "faults"),
    [
        (["0", "0.1", "0.25", "0.5", "1"], set()),
        (["0", "0", "0", "0", "1"], set()),
        (["0", "0.25", "0.25", "1"], {("key_by_count_length", "key/scoring/shares")}),
        (["0", "0", "0", "0", "0", "1"], {("key_by_count_length", "key/scoring/shares")}),
        (["0.1", "0.1", "0.25", "0.5", "1"], {("key_by_count_not_rising", "key/scoring/shares")}),
        (["0", "0.1", "0.25", "0.5", "0.9"], {("key_by_count_not_rising", "key/scoring/shares")}),
        (["0", "0.3", "0.25", "0.5", "1"], {("key_by_count_not_rising", "key/scoring/shares")}),
    ],
)
def test_a_table_of_counts_has_an_entry_for_each_and_never_falls(shares: list[str], faults: Places) -> None:
    keyed = key("true_false", values=dict.fromkeys("abcd", False), scoring=rule("by_count", shares=shares))
    assert found(makers.true_false_table("abcd"), keyed) == faults


@pytest.mark.parametrize(
    ("checked", "keyed", "parts"),
    [
        (makers.match("AB", "xy"), {"form": "pairs", "pairs": [("A", "x"), ("B", "y")]}, 2),
        (makers.match("ABC", "xy"), {"form": "pairs", "pairs": [("A", "x"), ("B", "y")]}, 2),
        (makers.gap_match("ABC", ["g1", "g2"]), {"form": "pairs", "pairs": [("A", "g1"), ("B", "g2")]}, 2),
        (makers.inline_choice({"g1": "AB"}), {"form": "pairs", "pairs": [("g1", "B")]}, 1),
        (makers.text_entry("g1"), {"form": "text", "gaps": {"g1": {"accepted": [{"text": "a"}]}}}, 1),
        (makers.order("ABC"), {"form": "order", "order": ["A", "B", "C"]}, 3),
    ],
)
def test_the_parts_that_are_counted_are_rows_gaps_and_places(
    checked: ItemContent, keyed: dict[str, Any], parts: int
) -> None:
    for count in {1, parts, parts + 1}:
        shares = ["0", *["0.5"] * (count - 1), "1"]
        faults = found(checked, key(**keyed, scoring=rule("by_count", shares=shares)))
        assert faults == (set() if count == parts else {("key_by_count_length", "key/scoring/shares")})


@pytest.mark.parametrize(
    ("scoring", "faults"),
    [
        (rule("per_option", penalty="1"), set()),
        (rule("per_option", penalty="0.3333"), set()),
        (rule("per_option", penalty="-0.1"), {("key_share_range", "key/scoring/penalty")}),
        (rule("per_option", penalty="1.1"), {("key_share_range", "key/scoring/penalty")}),
        (rule("mapped", shares={"A": "0.5", "B": "0.5"}, default="-1"), set()),
        (rule("mapped", shares={"A": "0.5", "B": "0.4"}, default="-1"), {("key_not_full", "key/scoring")}),
        (rule("mapped", shares={"A": "1", "B": "0"}, default="-1"), set()),
        (rule("mapped", shares={"A": "1", "B": "0", "Z": "0"}), {("key_unknown_part", "key/scoring/shares/Z")}),
        (rule("mapped", shares={"A": "1.5"}), {("key_share_range", "key/scoring/shares/A")}),
        (rule("mapped", shares={"A": "1"}, default="-1.5"), {("key_share_range", "key/scoring/shares/default")}),
        (rule("mapped", shares={"A": "1"}, default="-1", upper="0.5"), {("key_not_full", "key/scoring")}),
        (rule("mapped", shares={"A": "1"}, lower="-1"), {("key_share_range", "key/scoring/lower")}),
        (rule("mapped", shares={"A": "1"}, lower="0.5", upper="0.4"), {("key_share_range", "key/scoring/lower")}),
    ],
)
def test_shares_of_choices_are_sound_and_the_right_ones_earn_everything(
    scoring: dict[str, Any], faults: Places
) -> None:
    keyed = key("choice", correct=["A", "B"], scoring=scoring)
    assert found(makers.multiple_response("ABCD"), keyed) == faults


@pytest.mark.parametrize(
    ("limits", "scoring", "is_told"),
    [
        ({}, rule("per_option", penalty="0"), True),
        ({}, rule("per_option", penalty="0.1"), False),
        ({"max_choices": 3}, rule("per_option", penalty="0"), False),
        ({"max_choices": 4}, rule("per_option", penalty="0"), True),
        ({}, rule("mapped", shares={"A": "0.5", "B": "0.5"}), True),
        ({}, rule("mapped", shares={"A": "0.5", "B": "0.5", "C": "-0.1"}), False),
        ({}, rule("all_or_nothing"), False),
    ],
)
def test_a_rule_by_which_choosing_everything_earns_everything_is_told(
    limits: dict[str, int], scoring: dict[str, Any], is_told: bool
) -> None:
    keyed = key("choice", correct=["A", "B"], scoring=scoring)
    faults = found(makers.multiple_response("ABCD", **limits), keyed)
    assert faults == ({("key_all_chosen_full", "key/scoring")} if is_told else set())


def test_where_all_options_are_right_choosing_them_all_is_the_answer() -> None:
    keyed = key("choice", correct=["A", "B"], scoring=rule("per_option", penalty="0"))
    assert found(makers.multiple_response("AB"), keyed) == set()


def test_a_key_of_more_pairs_than_a_response_has_room_for_is_told() -> None:
    names = [f"n{number}" for number in range(9)]
    checked = content(
        "match",
        sources=makers.options(names, "Hàng"),
        targets=makers.options(names, "Cột"),
        max_per_source=9,
    )
    pairs = [(source, target) for source in names for target in names]
    assert found(checked, key("pairs", pairs=pairs)) == {("key_not_answerable", "key")}
    assert found(checked, key("pairs", pairs=pairs[:64])) == set()
