"""Items go out as Moodle XML and come home: the same texts, the same points; what Moodle cannot hold is told."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from lxml import etree

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import (
    CONTENT,
    FileUpload,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Option,
    Order,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import KEY, ChoiceKey, ItemKey, Mapped, OrderKey, RubricKey, TextComparison, TextKey
from exam_engine.interactions.rich_text import latex_to_mathml
from exam_engine.interactions.scoring import score
from exam_engine.interactions.texts import texts
from item_bank.exchange.exported import ExportedItem
from item_bank.exchange.exporting.writers import writer_of
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.moodle_xml.reading import read
from item_bank.exchange.moodle_xml.writing.file import write_moodle_xml
from tests.exam_engine.interactions.strategies import items
from tests.item_bank.exchange.qti.answering import moved, responses
from tests.item_bank.exchange.qti.making import FILE, MEDIA, PICTURE, STIMULUS, draft, exported

few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
CARRIED = [
    "single_choice", "multiple_response", "true_false_table", "match", "order", "gap_match", "inline_choice",
    "text_entry", "numeric_entry",
]  # fmt: skip
ONE = (Option(id="A", content="một"), Option(id="B", content="hai"))


def sent(content: ItemContent, key: ItemKey | None, **more: str) -> ImportedItem:
    """The item after its way to Moodle and back; only those that Moodle holds without a word."""
    written = write_moodle_xml([exported(content, key, **more)], MEDIA)
    assert written.left_out == ()
    [home] = read(written.content, "a.xml").items
    return home


def in_their_order(content: ItemContent, key: ItemKey | None) -> ItemContent:
    """The item with its parts in Moodle's order: lines as they are right, targets as the rows name them."""
    if isinstance(content, Order) and isinstance(key, OrderKey):
        options = {option.id: option for option in content.options}
        return content.model_copy(update={"options": tuple(options[id_] for id_ in key.order)})
    if isinstance(content, Match) and key is not None and key.form == "pairs":
        partner = dict(key.pairs)
        first = dict.fromkeys([*(partner[one.id] for one in content.sources), *(one.id for one in content.targets)])
        targets = {target.id: target for target in content.targets}
        return content.model_copy(update={"targets": tuple(targets[id_] for id_ in first)})
    return content


def strictly_compared(key: TextKey) -> TextKey:
    """The key with texts compared as Moodle does, apart from where tones are put."""
    gaps = {}
    for gap, said in key.gaps.items():
        comparison = TextComparison(is_case_sensitive=said.comparison.is_case_sensitive)
        gaps[gap] = said.model_copy(update={"comparison": comparison})
    return key.model_copy(update={"gaps": gaps})


def shown(content: ItemContent) -> list[str]:
    return [html for _, html in texts(content)]


@pytest.mark.parametrize("interaction", CARRIED)
@given(data=st.data())
@few
def test_items_come_home_with_their_texts_and_points(interaction: str, data: DataObject) -> None:
    content, key = data.draw(items(interaction))
    key = strictly_compared(key) if isinstance(key, TextKey) else key
    written = write_moodle_xml([exported(content, key)], MEDIA)
    told = {notice.code for notice in written.left_out}
    # Where Moodle compares or scores otherwise, that is told; where choices are limited, the rest is the same.
    assume(told <= {"moodle_export_limits"})
    [home] = read(written.content, "a.xml").items
    assert home.content is not None
    assert home.key is not None, home.notices
    content = in_their_order(content, key)
    assert type(home.content) is type(content)
    assert [html for html in shown(home.content) if "data-gap" not in html] == [
        html for html in shown(content) if "data-gap" not in html
    ]
    response = data.draw(responses(content, key))
    here = score(content, key, response)
    there = score(home.content, home.key, moved(response, content, home.content))
    assert abs(there.share - here.share) <= Fraction(1, 500)


def test_what_earns_otherwise_in_moodle_is_told() -> None:
    several = MultipleResponse(stem="Chọn?", options=ONE)
    written = write_moodle_xml([exported(several, ChoiceKey(correct=("A",)))], MEDIA)
    assert [(one.severity, one.code, one.place) for one in written.left_out] == [
        ("warning", "moodle_export_scoring", "IU03-001")
    ]
    assert len(read(written.content, "a.xml").items) == 1


def test_a_share_that_moodle_does_not_know_keeps_the_item_out() -> None:
    key = ChoiceKey(correct=("A",), scoring=Mapped(shares={"A": "1", "B": "0.37"}))
    written = write_moodle_xml([exported(SingleChoice(stem="Chọn?", options=ONE), key)], MEDIA)
    assert [(one.severity, one.code) for one in written.left_out] == [("left_out", "moodle_export_fraction")]
    assert read(written.content, "a.xml").items == ()


@pytest.mark.parametrize("interaction", ["hot_text", "hotspot", "select_point", "slider"])
@given(data=st.data())
@settings(max_examples=3, deadline=None)
def test_kinds_that_moodle_has_not_are_told(interaction: str, data: DataObject) -> None:
    written = write_moodle_xml([exported(*data.draw(items(interaction)))], MEDIA)
    assert [one.code for one in written.left_out] == ["moodle_export_interaction"]


@pytest.mark.parametrize("interaction", ["extended_text", "file_upload"])
@given(data=st.data())
@few
def test_rubrics_and_starting_files_come_home(interaction: str, data: DataObject) -> None:
    content, key = data.draw(items(interaction))
    if isinstance(content, FileUpload):
        files = tuple(
            one.model_copy(
                update={"name": f"{n}.csv", "media": FILE.sha256, "content_type": "text/csv",
                        "size_bytes": len(FILE.content)}
            )
            for n, one in enumerate(content.starting_files)
        )  # fmt: skip
        content = content.model_copy(update={"starting_files": files})
    home = sent(content, key)
    assert isinstance(key, RubricKey)
    assert isinstance(home.key, RubricKey)
    assert [(one.title, one.points) for one in home.key.criteria] == [(one.title, one.points) for one in key.criteria]
    assert home.notices == ()
    if isinstance(content, FileUpload):
        assert home.content == content


@pytest.mark.parametrize(
    "stem",
    [
        f'<p>Hình <img src="media:{PICTURE.sha256}" alt="Bàn phím"></p>',
        f"<p>Tính {latex_to_mathml(r'a < b^{2}')}.</p>",
        r"Gõ \(x\) và $$ rồi {1:SA:=a} và [[1]] &lt;b&gt; &amp; @@PLUGINFILE@@/",
        "<p>Đoạn <u>một</u></p><ul><li>a</li><li>b</li></ul>",
    ],
)
def test_texts_come_home_as_they_were(stem: str) -> None:
    table = TrueFalseTable.model_validate(
        {"stem": stem, "statements": [{"id": "S1", "content": stem}, {"id": "S2", "content": "Hai"}]}
    )
    key = {"form": "true_false", "values": {"S1": True, "S2": False}, "scoring": {"rule": "per_part"}}
    for content, right in ((table, key), (SingleChoice(stem=stem, options=ONE), {"form": "choice", "correct": ["B"]})):
        item = draft(content, None)
        home = sent(content, type_key(right), explanation=stem)
        assert home.content == content
        assert home.key == type_key(right)
        assert home.explanation == stem
        assert home.code == item.code


def type_key(stated: Mapping[str, object]) -> ItemKey:
    return KEY.validate_python(stated)


@pytest.mark.parametrize("word", ["a*b", '~}#=%{"/\\', "100%", "&lt;", "<b>", "\\"])
@pytest.mark.parametrize("passage", ['<p><span data-gap="g1"></span></p>', 'Gõ <span data-gap="g1"></span>.'])
def test_words_with_signs_of_the_notation_come_home(word: str, passage: str) -> None:
    content = {"interaction": "text_entry", "stem": "Gõ gì?", "passage": passage, "gaps": [{"id": "g1"}]}
    key = type_key({"form": "text", "gaps": {"g1": {"accepted": [{"text": word}]}}})
    home = sent(CONTENT.validate_python(content), key)
    assert home.content is not None
    assert home.key == key


def test_a_tolerance_in_per_cent_becomes_one_in_units() -> None:
    key = type_key({"form": "number", "value": "-200", "tolerance": "5", "tolerance_in": "percent"})
    home = sent(NumericEntry(stem="Bao nhiêu?", unit="KB"), key)
    assert isinstance(home.content, NumericEntry)
    assert home.content.unit == "KB"
    assert home.key is not None
    assert [score(home.content, home.key, [value]).share for value in ("-210", "-211")] == [1, 0]


def test_metadata_and_stimulus_come_home() -> None:
    key = ChoiceKey(correct=("B",))
    item = ExportedItem(draft(SingleChoice(stem="Hỏi?", options=ONE), key, points="2.5"), STIMULUS)
    found = read(write_moodle_xml([item], MEDIA).content, "a.xml")
    [home], [stimulus] = found.items, found.stimuli
    said = home.metadata
    assert (said.module, said.reference_code, said.cognitive_level) == ("IU03", "IU03.2.1", "TH")
    assert (said.points, said.expected_seconds, said.source) == (Decimal("2.5"), 90, "Hội đồng thi")
    assert said.tags == ("bảng tính", "hàm")
    assert home.stimulus == stimulus.ref
    assert (stimulus.code, stimulus.title, stimulus.content) == (STIMULUS.code, STIMULUS.title, STIMULUS.content)
    assert home.content is not None
    assert home.content.stem == "Hỏi?"


def test_the_file_is_what_moodle_expects_and_always_the_same() -> None:
    key = ChoiceKey(correct=("B",))
    several: Sequence[ExportedItem] = [
        exported(SingleChoice(stem="Hỏi?", options=ONE), key, code=code) for code in ("IU03-002", "IU03-001")
    ]
    written = write_moodle_xml(several, MEDIA)
    assert written == write_moodle_xml(list(reversed(several)), MEDIA)
    root = etree.fromstring(written.content)
    assert [one.get("type") for one in root] == ["category", "multichoice", "multichoice"]
    assert root.findtext("question/category/text") == "$course$/top/IU03"
    assert [one.findtext("idnumber") for one in list(root)[1:]] == ["IU03-001", "IU03-002"]
    assert [one.get("fraction") for one in root[1].iterfind("answer")] == ["0", "100"]


def test_the_bank_offers_the_format_to_those_who_export() -> None:
    writer = writer_of("moodle_xml")
    assert writer is not None
    assert (writer.ending, writer.write, writer.holds_keys) == ("xml", write_moodle_xml, True)


def test_items_that_come_home_are_sound() -> None:
    home = sent(SingleChoice(stem="Hỏi?", options=ONE), ChoiceKey(correct=("B",)))
    assert home.content is not None
    assert check_item(home.content, home.key) == []
