"""What can be wrong with an item's content, whatever its key."""

from typing import Any

import pytest

from exam_engine.interactions.content import ItemContent
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.checking.finding import Places, found_in
from tests.exam_engine.interactions.makers import PICTURE, content, options, passage

MEDIA = "cd" * 32
GAP = '<span data-gap="g1"></span>'
IMAGE = f'<img src="media:{MEDIA}" alt="">'


def choice(*texts: str) -> ItemContent:
    return content("single_choice", options=[{"id": f"o{at}", "content": text} for at, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("checked", "place"),
    [
        (content("order", options=[*options("AB"), *options("A", "Khác")]), "options/A"),
        (content("true_false_table", statements=[*options("ab"), *options("a", "Khác")]), "statements/a"),
        (content("match", sources=[*options("A"), *options("A", "Khác")], targets=options("xy", "Cột")), "sources/A"),
        (content("match", sources=options("A"), targets=[*options("x"), *options("x", "Khác")]), "targets/x"),
        (content("numeric_entry", units=[*options("A"), *options("A", "Khác")]), "units/A"),
        (content("hot_text", passage='<span data-hottext="a">x</span>', hottexts=["a", "a"]), "hottexts/a"),
        (
            content(
                "inline_choice",
                passage=passage("g1"),
                gaps=[{"id": "g1", "options": [*options("A"), *options("A", "Khác")]}],
            ),
            "gaps/g1/A",
        ),
        (content("text_entry", passage=passage("g1"), gaps=[{"id": "g1"}, {"id": "g1"}]), "gaps/g1"),
    ],
)
def test_a_name_stands_for_one_part_only(checked: ItemContent, place: str) -> None:
    assert found_in(checked) == {("part_twice", place)}


def test_sources_and_targets_may_have_the_same_names() -> None:
    assert found_in(makers.match("AB", "AB")) == set()


@pytest.mark.parametrize("text", ["", " ", "<p></p>", "<br>", "&nbsp;", "<p>\u200b</p>", "<strong> </strong>"])
def test_a_part_that_shows_nothing_is_told(text: str) -> None:
    assert found_in(choice("có", text)) == {("text_empty", "options/o1")}


@pytest.mark.parametrize("text", ["0", "<p>a</p>", IMAGE, f'<audio src="media:{MEDIA}" controls></audio>'])
def test_words_pictures_and_sounds_show_something(text: str) -> None:
    assert found_in(choice("có", text)) == set()


def test_a_formula_shows_something() -> None:
    assert found_in(choice("có", "<math><msup><mi>x</mi><mn>2</mn></msup></math>")) == set()


def test_the_stem_may_be_empty_only_where_a_passage_asks() -> None:
    assert found_in(content("single_choice", stem="", options=options("AB"))) == {("text_empty", "stem")}
    gapped = content("text_entry", stem="", passage=passage("g1"), gaps=[{"id": "g1"}])
    assert found_in(gapped) == set()


def test_what_a_screen_reader_says_of_pictures_is_no_blank() -> None:
    picture = {**PICTURE, "alternative_text": " "}
    assert found_in(content("select_point", picture=picture)) == {("text_empty", "picture/alternative_text")}
    areas = [
        {"id": "A", "shape": "circle", "coordinates": [9, 9, 3], "label": "\u200b"},
        {"id": "B", "shape": "circle", "coordinates": [29, 9, 3], "label": "Tệp"},
    ]
    checked = content("hotspot", picture=PICTURE, hotspots=areas)
    assert found_in(checked) == {("text_empty", "hotspots/A/label")}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Tệp", "Tệp", True),
        ("Tệp", "<p>Tệp </p>", True),
        ("Tệp  mới", "Tệp&nbsp;mới", True),
        ("Tệp", "Te\u0323\u0302p", True),
        ("Tệp", "tệp", False),
        ("Tệp", "Tép", False),
        ("x<sup>2</sup>", "x2", False),
        ("<strong>Tệp</strong>", "Tệp", False),
        (IMAGE, IMAGE, True),
        (IMAGE, IMAGE.replace("cd", "ef"), False),
    ],
)
def test_two_options_that_look_the_same_are_told(one: str, other: str, is_same: bool) -> None:
    assert found_in(choice(one, "khác", other)) == ({("parts_look_same", "options/o2")} if is_same else set())


def test_options_of_different_gaps_may_look_the_same() -> None:
    assert found_in(makers.inline_choice({"g1": "AB", "g2": "AB"})) == set()


def test_hotspots_that_are_read_out_alike_are_told() -> None:
    areas = [
        {"id": name, "shape": "circle", "coordinates": [9 + 20 * at, 9, 3], "label": label}
        for at, (name, label) in enumerate([("A", "Nút lưu"), ("B", "nút  lưu")])
    ]
    checked = content("hotspot", picture=PICTURE, hotspots=areas)
    assert found_in(checked) == {("parts_look_same", "hotspots/B")}


@pytest.mark.parametrize(
    ("html", "gaps", "faults"),
    [
        (passage("g1", "g2"), ["g1", "g2"], set()),
        (passage("g2", "g1"), ["g1", "g2"], set()),
        (passage("g1"), ["g1", "g2"], {("gap_not_in_passage", "gaps/g2")}),
        (passage("g1", "g2"), ["g1"], {("gap_not_listed", "passage")}),
        (passage("g1", "g1"), ["g1"], {("gap_twice_in_passage", "passage")}),
        (f'{GAP} <span data-hottext="h1">x</span>', ["g1"], {("gap_out_of_place", "passage")}),
        ("Không có chỗ trống", ["g1"], {("gap_not_in_passage", "gaps/g1")}),
    ],
)
def test_gaps_of_the_passage_and_of_the_list_agree(html: str, gaps: list[str], faults: Places) -> None:
    checked = content("text_entry", passage=html, gaps=[{"id": gap} for gap in gaps])
    assert found_in(checked) == faults


@pytest.mark.parametrize(
    ("html", "faults"),
    [
        ('<span data-hottext="a">x</span> <span data-hottext="b">y</span>', set()),
        ('<span data-hottext="a">x</span>', {("hottext_not_in_passage", "hottexts/b")}),
        (
            '<span data-hottext="a">x</span> <span data-hottext="b">y</span> <span data-hottext="c">z</span>',
            {("hottext_not_listed", "passage")},
        ),
        (
            '<span data-hottext="a">x</span> <span data-hottext="b">y</span> <span data-hottext="b">z</span>',
            {("hottext_twice_in_passage", "passage")},
        ),
        (
            f'<span data-hottext="a">x</span> <span data-hottext="b">y</span> {GAP}',
            {("gap_out_of_place", "passage")},
        ),
    ],
)
def test_marked_words_of_the_passage_and_of_the_list_agree(html: str, faults: Places) -> None:
    assert found_in(content("hot_text", passage=html, hottexts=["a", "b"])) == faults


@pytest.mark.parametrize(
    ("checked", "place"),
    [
        (content("single_choice", stem=f"Hỏi {GAP}?", options=options("AB")), "stem"),
        (choice("a", f"b {GAP}"), "options/o1"),
        (choice("a", '<span data-hottext="h1">b</span>'), "options/o1"),
    ],
)
def test_a_gap_outside_a_passage_is_out_of_place(checked: ItemContent, place: str) -> None:
    assert found_in(checked) == {("gap_out_of_place", place)}


@pytest.mark.parametrize(
    ("limits", "faults"),
    [
        ({"min_choices": 0, "max_choices": 3}, set()),
        ({"min_choices": 3, "max_choices": None}, set()),
        ({"min_choices": 2, "max_choices": 2}, set()),
        ({"min_choices": 3, "max_choices": 2}, {("min_above_max", "min_choices")}),
        ({"min_choices": 0, "max_choices": 4}, {("limit_above_parts", "max_choices")}),
        ({"min_choices": 4, "max_choices": None}, {("limit_above_parts", "min_choices")}),
    ],
)
def test_limits_of_choices_can_be_kept(limits: dict[str, Any], faults: Places) -> None:
    assert found_in(makers.multiple_response("ABC", **limits)) == faults
    assert found_in(makers.hotspot("ABC", **limits)) == faults
    assert found_in(makers.hot_text(["a", "b", "c"], **limits)) == faults


def test_limits_of_pairs_can_be_reached() -> None:
    assert found_in(makers.match("AB", "xyz", max_per_source=3, max_per_target=2)) == set()
    assert found_in(makers.match("AB", "xyz", max_per_source=4)) == {("limit_above_parts", "max_per_source")}
    assert found_in(makers.match("AB", "xyz", max_per_target=3)) == {("limit_above_parts", "max_per_target")}


@pytest.mark.parametrize(
    ("shape", "coordinates", "code"),
    [
        ("rectangle", [0, 0, 100, 80], None),
        ("rectangle", [0, 0, 101, 80], "shape_outside_picture"),
        ("rectangle", [5, 0, 5, 80], "shape_empty"),
        ("rectangle", [9, 0, 5, 80], "shape_empty"),
        ("rectangle", [0, 0, 5], "shape_coordinates"),
        ("circle", [100, 80, 1], None),
        ("circle", [50, 50, 0], "shape_empty"),
        ("circle", [50, 81, 5], "shape_outside_picture"),
        ("circle", [50, 50, 5, 5], "shape_coordinates"),
        ("polygon", [0, 0, 9, 0, 9, 9], None),
        ("polygon", [0, 0, 9, 9, 5, 5], "shape_empty"),
        ("polygon", [0, 0, 9, 0], "shape_coordinates"),
        ("polygon", [0, 0, 9, 0, 9, 9, 1], "shape_coordinates"),
        ("polygon", [0, 0, 9, 0, 9, -1], "shape_outside_picture"),
    ],
)
def test_hotspots_lie_in_the_picture_and_have_an_extent(shape: str, coordinates: list[int], code: str | None) -> None:
    drawn = {"id": "A", "shape": shape, "coordinates": coordinates, "label": "Nút A"}
    other = {"id": "B", "shape": "circle", "coordinates": [50, 50, 5], "label": "Nút B"}
    checked = content("hotspot", picture=PICTURE, hotspots=[drawn, other])
    assert found_in(checked) == ({(code, "hotspots/A")} if code else set())


@pytest.mark.parametrize(
    ("scale", "faults"),
    [
        (("0", "10", "2.5"), set()),
        (("-1", "1", "0.1"), set()),
        (("0", "10", "3"), {("scale_step", "step")}),
        (("0", "10", "0"), {("scale_step", "step")}),
        (("0", "10", "-1"), {("scale_step", "step")}),
        (("0", "10", "11"), {("scale_step", "step")}),
        (("5", "5", "1"), {("scale_empty", "upper")}),
        (("5", "4", "1"), {("scale_empty", "upper")}),
    ],
)
def test_a_scale_rises_in_whole_steps(scale: tuple[str, str, str], faults: Places) -> None:
    assert found_in(makers.slider(*scale)) == faults


def test_a_unit_is_printed_or_chosen_but_not_both() -> None:
    assert found_in(makers.numeric_entry("AB", unit="KB")) == {("unit_and_units", "unit")}
    assert found_in(makers.numeric_entry("", unit="KB")) == set()


@pytest.mark.parametrize(
    "type_", ["exe", "js", "bat", "cmd", "vbs", "ps1", "docm", "xlsm", "pptm", "dotm", "zip", "jar"]
)
def test_programs_scripts_archives_and_macros_are_never_handed_in(type_: str) -> None:
    assert found_in(makers.file_upload("docx", type_)) == {("file_type_not_permitted", f"file_types/{type_}")}


@pytest.mark.parametrize(
    ("name", "is_permitted"),
    [
        ("de.docx", True),
        ("ẢNH.PNG", True),
        ("trang web.zip", True),
        ("de.docm", False),
        ("docx", False),
        (".docx", False),
        ("a.", False),
    ],
)
def test_a_task_begins_with_documents_or_an_archive_of_them(name: str, is_permitted: bool) -> None:
    file = {"name": name, "media": MEDIA, "content_type": "application/x", "size_bytes": 1}
    expected = set() if is_permitted else {("file_type_not_permitted", f"starting_files/{name}")}
    assert found_in(makers.file_upload("docx", starting_files=[file])) == expected


def test_two_starting_files_of_one_name_would_overwrite_each_other() -> None:
    file = {"name": "De.docx", "media": MEDIA, "content_type": "application/x", "size_bytes": 1}
    checked = makers.file_upload("docx", starting_files=[file, {**file, "name": "de.docx"}])
    assert found_in(checked) == {("part_twice", "starting_files/de.docx")}
