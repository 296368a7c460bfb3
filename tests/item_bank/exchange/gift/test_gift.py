"""GIFT files: every type of question that Moodle's documentation describes, and what people get wrong."""

import gc
import time
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.core.errors import InvalidInputError
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import Match, NumericEntry, SingleChoice, TextEntry
from exam_engine.interactions.keys import ChoiceKey, NumberKey, PairKey
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.scoring import score
from item_bank.exchange.examples import example_of
from item_bank.exchange.gift.reading import looks_like, read
from item_bank.exchange.imported import ImportedItem


def items(text: str) -> list[ImportedItem]:
    return list(read(text.encode(), "cau-hoi.gift").items)


def only(text: str) -> ImportedItem:
    [item] = items(text)
    return item


def codes(item: ImportedItem, severity: str | None = None) -> list[str]:
    return [notice.code for notice in item.notices if severity in {None, notice.severity}]


def earned(item: ImportedItem, *response: str) -> Fraction:
    assert item.content is not None
    assert item.key is not None
    return score(item.content, item.key, response).share


def sound(item: ImportedItem) -> ImportedItem:
    assert item.content is not None
    assert check_item(item.content, item.key) == []
    return item


def test_a_choice_with_one_right_answer() -> None:
    item = sound(only("::Phím tắt:: Phím nào lưu tệp? {\n~Ctrl+C#Sao chép\n=Ctrl+S#Đúng rồi\n~Ctrl+V\n}"))
    assert isinstance(item.content, SingleChoice)
    assert [plain_text(option.content) for option in item.content.options] == ["Ctrl+C", "Ctrl+S", "Ctrl+V"]
    assert item.key == ChoiceKey(correct=("B",))
    assert plain_text(item.content.stem) == "Phím nào lưu tệp?"
    assert "A. Sao chép" in plain_text(item.explanation)
    assert item.notices == ()


def test_signs_of_the_format_are_typed_with_a_backslash() -> None:
    item = sound(only(r"Kết quả của 2 \= 1+1 \{tập\}\: \#1\nlà? {=\~đúng \\ ~a\=b}"))
    assert isinstance(item.content, SingleChoice)
    assert plain_text(item.content.stem) == "Kết quả của 2 = 1+1 {tập}: #1\nlà?"
    assert [plain_text(option.content) for option in item.content.options] == ["~đúng \\", "a=b"]


def test_weights_of_a_single_choice_are_kept() -> None:
    item = sound(only("Chọn một. {=tốt nhất ~%50%tạm được ~%-25%sai hẳn ~sai}"))
    assert [earned(item, id_) for id_ in "ABCD"] == [1, Fraction(1, 2), 0, 0]
    assert codes(item) == ["gift_penalty"], "nobody gets less than nought for one item"


def test_several_answers_that_are_each_right() -> None:
    item = sound(only("Phím nào xoá? {=Delete =Backspace ~Home}"))
    assert [earned(item, id_) for id_ in "ABC"] == [1, 1, 0]
    assert codes(item) == ["gift_several_right"]


def test_a_choice_of_several_by_weights_of_thirds_earns_all_points() -> None:
    item = sound(only("Chọn ba. {~%33.33333%một ~%33.33333%hai ~%33.33333%ba ~%-50%bốn}"))
    assert item.content is not None
    assert item.content.interaction == "multiple_response"
    assert earned(item, "A", "B", "C") == 1
    assert Fraction(1, 3) - Fraction(1, 1000) < earned(item, "A") < Fraction(1, 3) + Fraction(1, 1000)
    assert earned(item, "D") == 0
    assert earned(item, "A", "D") == 0


@pytest.mark.parametrize(("word", "right"), [("T", "A"), ("TRUE", "A"), ("true", "A"), ("F", "B"), ("FALSE", "B")])
def test_true_and_false(word: str, right: str) -> None:
    item = sound(only(f"RAM mất dữ liệu khi tắt máy. {{{word}#Sai vì thế#Đúng vì thế}}"))
    assert item.key == ChoiceKey(correct=(right,))
    assert "Sai vì thế" in plain_text(item.explanation)


def test_words_to_type_with_shares() -> None:
    item = sound(only("Thủ đô của Việt Nam là? {=Hà Nội =%50%Thăng Long}"))
    assert isinstance(item.content, TextEntry)
    assert earned(item, "g1 hà nội") == 1
    assert earned(item, "g1 Thăng Long") == Fraction(1, 2)
    assert earned(item, "g1 Huế") == 0


def test_a_missing_word_stands_in_its_sentence() -> None:
    item = sound(only("Bộ nhớ {=RAM} mất dữ liệu khi tắt máy."))
    assert isinstance(item.content, TextEntry)
    assert plain_text(item.content.passage) == "Bộ nhớ ___ mất dữ liệu khi tắt máy."
    choice = sound(only("Bộ nhớ {=RAM ~ROM} mất dữ liệu khi tắt máy."))
    assert isinstance(choice.content, SingleChoice)
    assert plain_text(choice.content.stem) == "Bộ nhớ _____ mất dữ liệu khi tắt máy."


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ("#5", NumberKey(value="5")),
        ("#5:0.1", NumberKey(value="5", tolerance="0.1")),
        ("#1..5", NumberKey(value="3", tolerance="2")),
        ("#-3.5:0", NumberKey(value="-3.5")),
        ("#=1822:0#Đúng =%50%1822:2#Gần đúng", NumberKey(value="1822")),
    ],
)
def test_numbers_with_tolerances_and_ranges(block: str, key: NumberKey) -> None:
    item = sound(only(f"Bao nhiêu? {{{block}}}"))
    assert isinstance(item.content, NumericEntry)
    assert item.key == key
    assert codes(item) == (["gift_further_number"] if "50" in block else [])


def test_pairs_with_a_distractor() -> None:
    item = sound(
        only("Ghép. {\n=Writer -> văn bản\n=Calc -> bảng tính\n=Impress -> trình chiếu\n= -> cơ sở dữ liệu\n}")
    )
    assert isinstance(item.content, Match)
    assert (len(item.content.sources), len(item.content.targets)) == (3, 4)
    assert isinstance(item.key, PairKey)
    assert earned(item, "S1 T1", "S2 T2", "S3 T4") == Fraction(2, 3)


def test_an_essay_waits_for_its_marking_scheme() -> None:
    item = only("Hãy kể lợi ích của sao lưu. {}")
    assert item.content is not None
    assert (item.content.interaction, item.key, codes(item)) == ("extended_text", None, ["gift_essay_without_rubric"])


def test_categories_identities_and_tags_come_along() -> None:
    text = "$CATEGORY: $course$/Bảng tính\n\n// [id:BT-07] [tag:hàm] [tag:cơ bản]\n::T:: Một? {=a ~b}\n\nHai? {=a ~b}"
    one, two = items(text)
    assert (one.code, one.metadata.tags) == ("BT-07", ("hàm", "cơ bản", "$course$/Bảng tính"))
    assert (two.code, two.metadata.tags) == (None, ("$course$/Bảng tính",))
    assert [item.number for item in (one, two)] == [1, 2]


def test_general_feedback_comes_first_in_the_explanation() -> None:
    item = only("Một? {=a#đúng ~b####Xem lại bài 3}")
    assert plain_text(item.explanation).startswith("Xem lại bài 3")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[html]<b>Đậm</b><script>x</script>", "<strong>Đậm</strong>"),
        ("<b>Đậm</b>", "<strong>Đậm</strong>"),
        ("[plain]<b>Đậm</b>", "&lt;b&gt;Đậm&lt;/b&gt;"),
        ("a < b và b > c", "a &lt; b và b &gt; c"),
    ],
)
def test_texts_are_read_in_the_format_that_they_state(text: str, html: str) -> None:
    item = only(f"{text} {{=a ~b}}")
    assert item.content is not None
    assert item.content.stem == html
    assert ("gift_markup_dropped" in codes(item, "left_out")) == ("script" in text)


def test_an_answer_and_a_feedback_may_state_a_format_of_their_own() -> None:
    item = only("Màu nào?{=[html]<b>vàng</b> #[plain]5 < 6 ~[moodle]đỏ #[html]<i>sai</i>}")
    assert isinstance(item.content, SingleChoice)
    assert [option.content for option in item.content.options] == ["<strong>vàng</strong>", "đỏ"]
    assert item.explanation == "<p>A. 5 &lt; 6</p><p>B. <em>sai</em></p>"


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("Số pi bằng bao nhiêu? {#3.14:0.01}.", "Số pi bằng bao nhiêu?"),
        ('Trái Đất quay.{T}";', "Trái Đất quay."),
        ("Nước ta nằm ở {=châu Á ~châu Âu}.", "Nước ta nằm ở _____."),
        ("Nước {~ở =sôi} ở 100 °C.", "Nước _____ ở 100 °C."),
    ],
)
def test_a_mark_behind_the_answers_is_not_parted_from_its_sentence(text: str, stem: str) -> None:
    item = only(text)
    assert item.content is not None
    assert item.content.stem == stem


def test_feedbacks_stand_below_each_other_in_the_explanation() -> None:
    item = only("Trái Đất phẳng.{FALSE#Chưa đúng.#Đúng rồi.####Trái Đất hình cầu.}")
    assert item.explanation == "<p>Trái Đất hình cầu.</p><p>Chưa đúng.</p><p>Đúng rồi.</p>"


@pytest.mark.parametrize("block", ["#3:2~#Sai rồi", "#=3:2 ~#Sai rồi", "#=3:2 =*#Sai rồi"])
def test_what_is_said_about_any_other_number_is_kept(block: str) -> None:
    item = only(f"Số nào?{{{block}}}")
    assert isinstance(item.key, NumberKey)
    assert (item.key.value, item.key.tolerance, item.explanation) == ("3", "2", "<p>Sai rồi</p>")


def test_blank_lines_inside_the_answers_end_no_question() -> None:
    assert len(items("Một? {\n=a\n\n~b\n}\n\nHai? {=a ~b}")) == 2


def test_a_text_without_answers_is_told_and_left_out() -> None:
    found = read("Đọc bảng sau.\n\nMột? {=a ~b}".encode(), "x.gift")
    assert [item.number for item in found.items] == [1]
    assert [(notice.severity, notice.code) for notice in found.notices] == [("left_out", "gift_description")]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("{~a ~b}", "gift_no_right_answer"),
        ("{~%-50%a ~%-50%b}", "gift_no_right_answer"),
        ("{=%50%a =%50%b}", "gift_no_right_answer"),
        ("{=a*b}", "gift_no_right_answer"),
        ("{#}", "gift_number_unreadable"),
        ("{#năm}", "gift_number_unreadable"),
        ("{#5:-1}", "gift_number_unreadable"),
        ("{#1e999999999}", "gift_number_unreadable"),
        ("{=a -> x}", "gift_pair_count"),
        ("{=a -> =b -> y =c -> z}", "gift_no_right_answer"),
        ("{đúng ~sai}", "gift_answers_unreadable"),
        ("{=a ~%500%b}", "gift_weight"),
        ("{=a ~b", "gift_brace_missing"),
        ("{~" + "~".join("x" * 21) + "}", "gift_option_count"),
    ],
)
def test_what_names_no_right_answer_gets_no_key(block: str, code: str) -> None:
    item = only(f"Câu hỏi? {block}")
    assert item.key is None
    assert code in codes(item, "error")


SIGNS = st.text(alphabet="=~#{}%:\\->.\n[]/$*aA1 đ", max_size=200)


@settings(max_examples=400)
@given(SIGNS)
def test_no_text_whatever_breaks_the_reader_and_no_unmarked_option_becomes_right(text: str) -> None:
    try:
        found = read(f"Câu? {text}".encode(), "x.gift")
    except InvalidInputError:
        return
    for item in found.items:
        if isinstance(item.key, ChoiceKey) and item.content is not None and item.content.interaction == "single_choice":
            assert "=" in text or "T" in text.upper() or "F" in text.upper()


@st.composite
def choices(draw: st.DrawFn) -> tuple[str, list[str], int]:
    word = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
    texts = draw(st.lists(word, min_size=2, max_size=6, unique=True))
    return draw(word), texts, draw(st.integers(0, len(texts) - 1))


def escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "~=#{}:\\" else sign for sign in text)


@given(st.lists(choices(), min_size=1, max_size=4))
def test_what_is_written_is_read_back(written: list[tuple[str, list[str], int]]) -> None:
    text = "\n\n".join(
        f"[plain]{escaped('Q' + stem)} {{"
        + " ".join(("=" if place == right else "~") + escaped(option) for place, option in enumerate(options))
        + "}"
        for stem, options, right in written
    )
    found = items(text)
    assert [item.key for item in found] == [ChoiceKey(correct=("ABCDEF"[right],)) for _, _, right in written]


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Keep the garbage collector away, whose time grows with all that the tests of this process have left."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
def test_reading_takes_time_in_proportion_to_the_file() -> None:
    def seconds(text: str) -> float:
        begin = time.process_time()
        read(text.encode(), "x.gift")
        return time.process_time() - begin

    for piece in ("{", "\\", "~", "=a -> ", "::", "[id:", "#", "{=a\n"):
        assert seconds("Câu? " + piece * 100_000) < 20 * seconds("Câu? " + piece * 10_000) + 1


@pytest.mark.parametrize(
    ("name", "text", "is_gift"),
    [
        ("a.gift", "Một? {=a ~b}", True),
        ("a.txt", "Một? {\n=a ~b}", True),
        ("a.txt", "Một? {TRUE}", True),
        ("a.txt", "Câu 1. Một?\nA. a\nB. b\nANSWER: A", False),
        ("a.docx", "Một? {=a ~b}", False),
    ],
)
def test_the_format_is_known_by_its_answer_blocks(name: str, text: str, is_gift: bool) -> None:
    assert looks_like(name, text.encode()) is is_gift


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        read(b"\xff\xfe\x00\xd8", "x.gift")


def test_places_say_where_the_question_begins() -> None:
    assert items("// một\n\n\nCâu thứ nhất? {=a ~b}")[0].place.startswith("¶ 4")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_example_that_people_learn_from_is_read_without_a_word(language: Language) -> None:
    example = example_of("gift", Catalogue(("exam_engine", "item_bank")), language)
    assert example is not None
    found = read(example.content(), example.name)
    assert len(found.items) == 5
    assert [sound(item).notices for item in found.items] == [()] * 5
