"""Moodle XML: every type of question, what it earns, and what is told of what cannot be carried."""

import base64
from decimal import Decimal
from fractions import Fraction

import pytest

from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    GapMatch,
    InlineChoice,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SingleChoice,
    TextEntry,
)
from exam_engine.interactions.keys import ChoiceKey, NumberKey, RubricKey, TextKey
from exam_engine.interactions.rich_text import media_of, plain_text, sanitise
from item_bank.exchange.formats import recognise
from item_bank.exchange.moodle_xml.metadata import category_names
from tests.item_bank.exchange.moodle_xml.quizzes import (
    answer,
    codes,
    earned,
    file,
    only,
    question,
    quiz,
    sound,
    whole,
)
from tests.item_bank.exchange.qti.making import png

KEYS = answer("0", "Ctrl+C", "Sao chép") + answer("100", "Ctrl+S", "Đúng") + answer("0", "Ctrl+V")


def test_a_choice_of_one() -> None:
    item = sound(only(question("multichoice", "<p>Phím nào <b>lưu</b>?</p>", KEYS + "<single>true</single>")))
    assert isinstance(item.content, SingleChoice)
    assert item.content.stem == "<p>Phím nào <strong>lưu</strong>?</p>"
    assert [plain_text(option.content) for option in item.content.options] == ["Ctrl+C", "Ctrl+S", "Ctrl+V"]
    assert item.content.is_shuffled
    assert item.key == ChoiceKey(correct=("B",))
    assert "A: Sao chép" in plain_text(item.explanation)
    assert item.notices == ()


def test_fractions_of_a_choice_of_one_are_kept() -> None:
    answers = answer("100", "nhất") + answer("33.33333", "nhì") + answer("-50", "bét")
    item = sound(only(question("multichoice", "Chọn.", answers + "<single>true</single>")))
    assert [earned(item, id_) for id_ in "ABC"] == [1, Fraction(3333, 10_000), 0]
    assert codes(item) == ["moodle_negative"]


def test_several_of_a_third_each_earn_all_points_together() -> None:
    answers = "".join(answer("33.33333", str(n)) for n in range(3)) + answer("-100", "sai")
    item = sound(only(question("multichoice", "Chọn ba.", answers + "<single>false</single>")))
    assert isinstance(item.content, MultipleResponse)
    assert earned(item, "A", "B", "C") == 1
    assert earned(item, "A", "B", "C", "D") == 0
    assert abs(earned(item, "A") - Fraction(1, 3)) < Fraction(1, 1000)


def test_options_keep_their_order_where_moodle_keeps_it() -> None:
    item = only(question("multichoice", "Chọn.", KEYS + "<single>1</single><shuffleanswers>0</shuffleanswers>"))
    assert isinstance(item.content, SingleChoice)
    assert not item.content.is_shuffled


@pytest.mark.parametrize("kind", ["multichoice", "multichoiceset", "truefalse", "shortanswer", "numerical"])
def test_no_key_is_guessed_where_nothing_is_right(kind: str) -> None:
    words = ("true", "false") if kind == "truefalse" else ("1", "2")
    item = only(question(kind, "Hỏi?", "".join(answer("0", word) for word in words)))
    assert item.key is None
    assert "moodle_no_right_answer" in codes(item, "error")


def test_true_and_false() -> None:
    item = sound(only(question("truefalse", "RAM mất dữ liệu.", answer("100", "true", "Phải") + answer("0", "false"))))
    assert earned(item, "A") == 1
    assert earned(item, "B") == 0


def test_a_plug_in_for_all_or_nothing() -> None:
    answers = answer("100", "một") + answer("100", "hai") + answer("0", "ba")
    item = sound(only(question("multichoiceset", "Chọn hai.", answers)))
    assert [earned(item, *chosen) for chosen in ("AB", "A", "ABC")] == [1, 0, 0]


def test_short_answers_with_case_shares_and_patterns() -> None:
    answers = answer("100", "Hà Nội") + answer("50", "Ha Noi") + answer("100", "Hà*") + answer("0", "*")
    item = sound(only(question("shortanswer", "Thủ đô?", answers + "<usecase>1</usecase>")))
    assert isinstance(item.content, TextEntry)
    assert [earned(item, f"g1 {word}") for word in ("Hà Nội", "Ha Noi", "hà nội", "Hà Tây")] == [
        1,
        Fraction(1, 2),
        0,
        0,
    ]
    assert codes(item) == ["moodle_wildcard"]


def test_a_star_with_a_backslash_is_a_star() -> None:
    item = sound(only(question("shortanswer", "Phép nhân?", answer("100", r"a\*b"))))
    assert earned(item, "g1 a*b") == 1


def test_numbers_with_tolerance_and_unit() -> None:
    more = answer("100", "3.14", more="<tolerance>0.01</tolerance>") + answer(
        "50", "3", more="<tolerance>0</tolerance>"
    )
    units = "<units><unit><multiplier>1</multiplier><unit_name>cm</unit_name></unit></units><showunits>0</showunits>"
    item = sound(only(question("numerical", "Pi?", more + units)))
    assert isinstance(item.content, NumericEntry)
    assert item.content.unit == "cm"
    assert item.key == NumberKey(value="3.14", tolerance="0.01")
    assert codes(item) == ["moodle_further_number"]


def test_units_to_choose_from() -> None:
    units = "".join(
        f"<unit><multiplier>{multiplier}</multiplier><unit_name>{name}</unit_name></unit>"
        for multiplier, name in (("1", "KB"), ("1024", "B"))
    )
    more = f"<units>{units}</units><showunits>2</showunits><unitgradingtype>1</unitgradingtype>"
    item = sound(
        only(question("numerical", "Bao nhiêu?", answer("100", "4") + more + "<unitpenalty>0.25</unitpenalty>"))
    )
    assert [earned(item, "4", unit) for unit in "AB"] == [1, Fraction(3, 4)]
    assert codes(item) == ["moodle_units"]


def test_pairs_with_one_that_misleads() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in (("Writer", "văn bản"), ("Calc", "bảng tính"), ("Word", "văn bản"), ("", "ảnh"))
    )
    item = sound(only(question("matching", "Ghép.", pairs)))
    assert isinstance(item.content, Match)
    assert [plain_text(one.content) for one in item.content.targets] == ["văn bản", "bảng tính", "ảnh"]
    assert earned(item, "S1 T1", "S2 T2", "S3 T1") == 1
    assert earned(item, "S1 T1", "S2 T1", "S3 T1") == Fraction(2, 3)


def test_an_order_stands_as_it_is_written() -> None:
    answers = "".join(answer(str(n), step) for n, step in enumerate(("Mở", "Sửa", "Lưu"), start=1))
    item = sound(only(question("ordering", "Xếp.", answers + "<gradingtype>ALL_OR_NOTHING</gradingtype>")))
    assert isinstance(item.content, Order)
    assert earned(item, "A", "B", "C") == 1
    assert earned(item, "A", "C", "B") == 0


def test_words_dragged_into_a_text() -> None:
    boxes = "".join(f"<dragbox><text>{word}</text><group>1</group></dragbox>" for word in ("RAM", "ROM", "SSD"))
    item = sound(only(question("ddwtos", "<p>[[2]] chỉ đọc, [[1]] mất khi tắt.</p>", boxes)))
    assert isinstance(item.content, GapMatch)
    assert earned(item, "T2 g1", "T1 g2") == 1
    assert earned(item, "T1 g1", "T2 g2") == 0


def test_words_chosen_in_a_text_by_groups() -> None:
    choices = "".join(
        f"<selectoption><text>{word}</text><group>{group}</group></selectoption>"
        for word, group in (("RAM", 1), ("xanh", 2), ("ROM", 1), ("đỏ", 2))
    )
    item = sound(only(question("gapselect", "[[3]] và [[2]]", choices)))
    assert isinstance(item.content, InlineChoice)
    assert [[plain_text(one.content) for one in gap.options] for gap in item.content.gaps] == [
        ["RAM", "ROM"],
        ["xanh", "đỏ"],
    ]
    assert earned(item, "g1 B", "g2 A") == 1


def test_a_gap_without_its_word_is_told() -> None:
    item = only(question("ddwtos", "[[4]]", "<dragbox><text>một</text></dragbox>"))
    assert codes(item) == ["moodle_gap_unknown"]


def test_embedded_words_and_exact_numbers() -> None:
    item = sound(only(question("cloze", "<p>Có {1:NUMERICAL:=8:0} bit; {:SA:=RAM#Phải~%50%ram máy~*#Chưa}.</p>")))
    assert isinstance(item.content, TextEntry)
    assert isinstance(item.key, TextKey)
    assert earned(item, "g1 8", "g2 RAM") == 1
    assert earned(item, "g1 9", "g2 ram máy") == Fraction(1, 4)


def test_embedded_choices_with_escapes_and_partial_fractions() -> None:
    item = sound(only(question("cloze", r"A {1:MC:=a\}b~c\~d} B {1:MULTICHOICE_S:sai~%50%gần~=đúng}")))
    assert isinstance(item.content, InlineChoice)
    assert [plain_text(one.content) for one in item.content.gaps[0].options] == ["a}b", "c~d"]
    assert earned(item, "g1 A", "g2 C") == 1
    assert earned(item, "g1 A", "g2 B") == Fraction(3, 4)


def test_a_single_embedded_number_with_tolerance_becomes_a_number() -> None:
    item = sound(only(question("cloze", "Pi là {1:NM:=3.14:0.01}.")))
    assert isinstance(item.content, NumericEntry)
    assert earned(item, "3.15") == 1
    assert earned(item, "3.16") == 0


@pytest.mark.parametrize("text", ["{1:SA:=a#<p>Vì</p>~b#Sai}", "{1:MC:=<b>a</b>#<ul><li>Vì</li></ul>~b}"])
def test_feedback_to_embedded_answers_becomes_canonical_html(text: str) -> None:
    item = only(question("cloze", text, general="Chung."))
    assert "Vì" in item.explanation
    assert sanitise(item.explanation).html == item.explanation


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("cloze", "{1:SA:=a} {1:MC:=b~c}", "moodle_cloze_mixed"),
        ("cloze", "{1:NM:=1:0.5} {1:NM:=2:0}", "moodle_cloze_mixed"),
        ("calculated", "{a} + {b}", "moodle_calculated"),
        ("ddmarker", "Kéo.", "moodle_drag_on_picture"),
        ("stack", "Tính.", "moodle_type_unknown"),
    ],
)
def test_what_no_item_can_be_is_told_and_left_out(kind: str, text: str, code: str) -> None:
    found = whole(question(kind, text))
    assert found.items == ()
    assert [(one.severity, one.code) for one in found.notices] == [("left_out", code)]


def test_an_essay_and_its_notes_for_graders() -> None:
    notes = '<graderinfo format="html"><text>Nêu đủ ba ý.</text></graderinfo><defaultgrade>2.5000000</defaultgrade>'
    item = sound(only(question("essay", "Trình bày.", f"<responseformat>editor</responseformat>{notes}")))
    assert isinstance(item.content, ExtendedText)
    assert isinstance(item.key, RubricKey)
    assert (item.key.criteria[0].points, item.key.model_answer) == ("2.5", "Nêu đủ ba ý.")
    assert item.metadata.points == Decimal("2.5")
    assert codes(item) == ["moodle_grader_notes"]


def test_an_essay_that_is_a_file() -> None:
    more = (
        "<responseformat>noinline</responseformat><attachments>2</attachments><filetypeslist>.docx,.exe</filetypeslist>"
    )
    item = only(question("essay", "Nộp bài.", more))
    assert isinstance(item.content, FileUpload)
    assert (item.content.file_types, item.content.max_files) == (("docx",), 2)
    assert codes(item) == ["moodle_essay_without_rubric", "moodle_file_types"]


def test_pictures_inside_of_texts_and_in_links() -> None:
    picture = png(40, 30)
    text = '<p>Hình <img src="@@PLUGINFILE@@/h%C3%ACnh%201.png" alt="Sơ đồ" width="40"></p>'
    found = whole(question("shortanswer", text, answer("100", "x"), file("hình 1.png", picture)))
    [item] = found.items
    assert item.content is not None
    assert set(media_of(item.content.stem)) == set(found.media)
    assert item.notices == ()


def test_the_picture_that_old_files_have_beside_the_text_is_shown_below_it() -> None:
    coded = base64.b64encode(png(40, 30)).decode()
    beside = f"<image>moodle.png</image><image_base64>\n{coded}\n</image_base64>"
    found = whole(question("multichoice", "Hình nào?", beside + "<single>true</single>" + KEYS))
    [item] = found.items
    assert item.content is not None
    [picture] = found.media
    assert item.content.stem == f'<p>Hình nào?</p><p><img src="media:{picture}" alt=""></p>'
    assert codes(item) == []
    spoilt = beside.replace(coded, "AAAA")
    told = only(question("multichoice", "Hình nào?", spoilt + "<single>true</single>" + KEYS))
    assert "moodle_media_refused" in codes(told, "left_out")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("https://example.org/a.png", "moodle_media_outside"),
        ("@@PLUGINFILE@@/a.png", "moodle_media_missing"),
        ("data:image/png;base64,AAAA", "moodle_media_refused"),
    ],
)
def test_pictures_that_are_not_there(source: str, code: str) -> None:
    item = only(question("shortanswer", f'Xem <img src="{source}" alt="">', answer("100", "x")))
    assert code in codes(item, "left_out")
    assert "http" not in (item.content.stem if item.content else "")


def test_formulas_in_tex_become_mathematics() -> None:
    item = sound(only(question("shortanswer", r"<p>Tính \(a &lt; b^2\) và giá 5$.</p>", answer("100", "x"))))
    assert item.content is not None
    assert item.content.stem.count("<math") == 1
    assert "5$" in item.content.stem


def test_tags_categories_mark_and_number() -> None:
    category = '<question type="category"><category><text>$course$/top/IU03/Bảng biểu</text></category></question>'
    tags = "".join(f"<tag><text>{tag}</text></tag>" for tag in ("hàm", "level:VD", "reference:IU03.2.1"))
    more = KEYS + f"<defaultgrade>2.0</defaultgrade><idnumber>iu03-007</idnumber><tags>{tags}</tags><hidden>1</hidden>"
    [item] = whole(category, question("multichoice", "Hỏi?", more, general="Vì thế.")).items
    said = item.metadata
    assert (item.code, said.points, said.module, said.reference_code) == ("IU03-007", Decimal(2), "IU03", "IU03.2.1")
    assert (said.cognitive_level, said.tags) == ("VD", ("hàm", "Bảng biểu"))
    assert plain_text(item.explanation).startswith("Vì thế.\nA: Sao chép")
    assert codes(item) == ["moodle_hidden"]


def test_names_of_categories() -> None:
    assert category_names("$course$/top/Default for Tin 10") == []
    assert category_names("$system$/A//B/C") == ["A/B", "C"]


def test_penalties_and_hints_are_counted_once_for_the_file() -> None:
    more = KEYS + '<penalty>0.3333333</penalty><hint format="html"><text>Nghĩ đi</text></hint>'
    found = whole(*[question("multichoice", "Hỏi?", more)] * 3)
    assert [(one.code, one.params) for one in found.notices] == [
        ("moodle_hints", {"count": 3}),
        ("moodle_penalty", {"count": 3}),
    ]


def test_a_description_becomes_a_stimulus() -> None:
    found = whole(question("description", "<p>Cho bảng.</p>"))
    [stimulus] = found.stimuli
    assert (stimulus.title, stimulus.content) == ("Tên câu", "<p>Cho bảng.</p>")


def test_a_file_of_moodle_is_known_by_its_root() -> None:
    known = recognise("export.xml", quiz(question("multichoice", "Hỏi?", KEYS)))
    assert known is not None
    assert known.code == "moodle_xml"
