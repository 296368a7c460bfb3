"""Items of every kind go out as QTI and come home; what others make of them is what the bank makes of them."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from lxml import etree

from exam_engine.interactions.content import (
    MARKED_BY_PEOPLE,
    FileUpload,
    HotspotChoice,
    InlineChoice,
    Interaction,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Option,
    SelectPoint,
    Slider,
    Statement,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AcceptedText,
    ChoiceKey,
    ItemKey,
    Mapped,
    NumberKey,
    PerOption,
    PerPart,
    RubricKey,
    TextComparison,
    TextKey,
    TrueFalseKey,
)
from exam_engine.interactions.scoring import score
from exam_engine.media.preparing import prepare
from item_bank.exchange.exported import ExportedItem, ExportedMedia, WrittenFile
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.qti.naming import with_neutral_gaps
from item_bank.exchange.qti.own import OWN_PATH
from item_bank.exchange.qti.reading import read
from item_bank.exchange.qti.writing.package import write_qti3, write_qti21
from tests.exam_engine.interactions.strategies import Item, items
from tests.exam_engine.media.makers import tone
from tests.item_bank.exchange.qti.answering import as_variables, moved, responses
from tests.item_bank.exchange.qti.making import FILE, MEDIA, PICTURE, STIMULUS, draft, exported, files_of, zipped
from tests.item_bank.exchange.qti.processor import Processor
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

Writer = Callable[[Sequence[ExportedItem], Mapping[str, ExportedMedia]], WrittenFile]
POINTS = st.sampled_from(["1", "0.25", "2.5"])
WRITERS = st.sampled_from([write_qti3, write_qti21])
few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
each = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
INLINE = "inline_choice"
SCORED = sorted(set(get_args(Interaction)) - MARKED_BY_PEOPLE)


def with_media(item: Item) -> Item:
    """An item that names media of the tests."""
    content, key = item
    if isinstance(content, HotspotChoice | SelectPoint):
        picture = content.picture.model_copy(update={"media": PICTURE.sha256})
        return content.model_copy(update={"picture": picture}), key
    if isinstance(content, FileUpload):
        files = tuple(one.model_copy(update={"media": FILE.sha256}) for one in content.starting_files)
        return content.model_copy(update={"starting_files": files}), key
    return content, key


any_items: SearchStrategy[Item] = items().map(with_media)


def exactly_spelt(key: TextKey) -> TextKey:
    """The key with texts compared as QTI does, each of them different by its letters."""
    gaps = {}
    for gap, said in key.gaps.items():
        accepted = tuple(AcceptedText(text=f"{number}", share=one.share) for number, one in enumerate(said.accepted))
        gaps[gap] = said.model_copy(update={"accepted": accepted, "comparison": TextComparison(is_case_sensitive=True)})
    return key.model_copy(update={"gaps": gaps})


@given(item=any_items, points=POINTS, write=WRITERS)
@few
def test_a_package_of_our_own_comes_home_whole(item: Item, points: str, write: Writer) -> None:
    content, key = item
    written = write([exported(content, key, points=points, explanation="<p>Vì <u>thế</u>.</p>")], MEDIA)
    assume(not written.left_out)
    [home] = read(written.content, "cau-hoi.zip").items
    assert (home.content, home.key) == with_neutral_gaps(content, key)
    assert (home.code, home.explanation, home.notices) == ("IU03-001", "<p>Vì <u>thế</u>.</p>", ())
    said = home.metadata
    assert (said.module, said.reference_code, said.cognitive_level) == ("IU03", "IU03.2.1", "TH")
    assert (said.points, said.expected_seconds, said.source) == (Decimal(points), 90, "Hội đồng thi")
    assert said.tags == ("bảng tính", "hàm")


@pytest.mark.parametrize("interaction", SCORED)
@given(points=POINTS, data=st.data())
@each
def test_other_systems_score_responses_as_the_bank_does(interaction: str, points: str, data: DataObject) -> None:
    item = with_media(data.draw(items(interaction)))
    content, key = item
    if isinstance(key, TextKey):
        key = exactly_spelt(key)
    written = write_qti3([exported(content, key, points=points)], MEDIA)
    assume(not written.left_out)
    response = data.draw(responses(content, key))
    assume(response)
    scored = score(content, key, response)
    assume(scored.flag is None)
    xml = files_of(written.content)["items/IU03-001.xml"]
    assert Processor(xml, as_variables(content, response)).score() == scored.share * Fraction(points)


@pytest.mark.parametrize("interaction", SCORED)
@given(points=POINTS, data=st.data())
@each
def test_plain_players_score_responses_as_the_bank_does(interaction: str, points: str, data: DataObject) -> None:
    content, key = with_media(data.draw(items(interaction)))
    # Rows with several right partners can be counted by pairs in rules only.
    assume(not isinstance(content, Match) or content.max_per_source == 1)
    if isinstance(key, TextKey):
        key = exactly_spelt(key)
    written = write_qti3([exported(content, key, points=points)], MEDIA)
    assume(not written.left_out)
    response = data.draw(responses(content, key) | st.just([]))
    if isinstance(content, InlineChoice | TextEntry):
        # Gaps may be left empty.
        response = [entry for entry in response if data.draw(st.booleans())]
    scored = score(content, key, response)
    assume(scored.flag in {None, "omitted"})
    xml = files_of(written.content)["items/IU03-001.xml"]
    variables = as_variables(content, response) if response else {}
    assert Processor(xml, variables, is_plain=True).score() == scored.share * Fraction(points)


def test_options_that_differ_in_their_case_alone_earn_what_is_theirs() -> None:
    options = tuple(Option(id=id_, content=f"Phương án {number}") for number, id_ in enumerate(("J", "j", "K")))
    content = MultipleResponse(stem="Hỏi gì?", options=options)
    key = ChoiceKey(correct=("j", "K"), scoring=PerOption(penalty="0.5"))
    xml = files_of(write_qti3([exported(content, key)], MEDIA).content)["items/IU03-001.xml"]
    for response, share in ((["j", "K"], 1), (["J", "K"], Fraction(1, 4)), (["J"], 0)):
        assert Processor(xml, as_variables(content, response), is_plain=True).score() == share


def test_a_stimulus_has_its_place_in_the_items_that_show_it() -> None:
    shared = ExportedItem(draft(CHOICE, CHOICE_KEY, "X1", stimulus_code=STIMULUS.code), STIMULUS)
    root = etree.fromstring(files_of(write_qti3([shared], MEDIA).content)["items/X1.xml"])
    [reference] = root.iter("{*}qti-assessment-stimulus-ref")
    [body] = root.iter("{*}qti-item-body")
    assert body[0].get("data-stimulus-idref") == reference.get("identifier")


@pytest.mark.parametrize(
    ("names", "is_table"),
    [(("a", "b", "c", "d"), True), (("A", "B"), True), (("S1", "S10"), False), (("E", "F"), False)],
)
def test_statements_stand_in_a_table_whose_columns_keep_their_order(names: Sequence[str], is_table: bool) -> None:
    statements = tuple(Statement(id=name, content=f"Câu {name}") for name in names)
    key = TrueFalseKey(values=dict.fromkeys(names, True), scoring=PerPart())
    item = exported(TrueFalseTable(stem="Xét", statements=statements), key)
    [table] = etree.fromstring(files_of(write_qti3([item], MEDIA).content)["items/IU03-001.xml"]).iter(
        "{*}qti-match-interaction"
    )
    rows, columns = table
    assert (table.get("class") == "qti-match-tabular", table.get("shuffle")) == (is_table, "true")
    assert [(one.text, one.get("fixed")) for one in columns] == [("Đúng", "true"), ("Sai", "true")]
    assert {one.get("fixed") for one in rows} == {None}


@pytest.mark.parametrize("tolerance_in", ["units", "percent"])
@pytest.mark.parametrize("value", ["-0.926", "9.81", "100000"])
def test_bounds_of_a_number_belong_to_it_in_other_players_too(value: str, tolerance_in: str) -> None:
    content = NumericEntry(stem="Bao nhiêu?")
    key = NumberKey.model_validate({"value": value, "tolerance": "2", "tolerance_in": tolerance_in})
    xml = files_of(write_qti3([exported(content, key)], MEDIA).content)["items/IU03-001.xml"]
    right = Decimal(value)
    off = abs(right) * 2 / 100 if tolerance_in == "percent" else Decimal(2)
    tiny = Decimal("0.000000001")
    scores = [
        Processor(xml, {"RESPONSE": [format(number, "f")]}, is_plain=True).score()
        for number in (right - off - tiny, right - off, right, right + off, right + off + tiny)
    ]
    assert scores == [0, 1, 1, 1, 0]


def alone(item: Item, points: str, write: Writer) -> ImportedItem:
    """The item read from its XML alone."""
    content, key = item
    if isinstance(key, TextKey):
        key = exactly_spelt(key)
    written = write([exported(content, key, points=points)], MEDIA)
    assume(not written.left_out)
    files = files_of(written.content)
    del files[OWN_PATH]
    [home] = read(zipped(files), "cau-hoi.zip").items
    return home


@pytest.mark.parametrize("interaction", SCORED)
@given(points=POINTS, write=WRITERS, data=st.data())
@each
def test_rules_are_read_back_from_the_xml_alone(interaction: str, points: str, write: Writer, data: DataObject) -> None:
    item = with_media(data.draw(items(interaction)))
    content, key = item
    # Bounds around the sum of several variables are believed from our own file only.
    assume(content.interaction != INLINE or not isinstance(getattr(key, "scoring", None), PerOption | Mapped))
    home = alone(item, points, write)
    assert home.content is not None
    assert home.key is not None, home.notices
    key = exactly_spelt(key) if isinstance(key, TextKey) else key
    response = data.draw(responses(content, key))
    there = score(home.content, home.key, moved(response, content, home.content))
    here = score(content, key, response)
    assert abs(there.share - here.share) <= Fraction(1, 2000)
    assert there.is_correct == here.is_correct
    assert home.metadata.points == Decimal(points)


@given(item=any_items, write=WRITERS)
@few
def test_a_rubric_is_read_back_from_the_xml_alone(item: Item, write: Writer) -> None:
    content, key = item
    assume(isinstance(key, RubricKey) and not (isinstance(content, FileUpload) and len(content.file_types) > 1))
    home = alone(item, "1", write)
    assert isinstance(home.key, RubricKey)
    assert isinstance(key, RubricKey)
    assert [(one.title, one.points) for one in home.key.criteria] == [(one.title, one.points) for one in key.criteria]


@pytest.mark.parametrize("interaction", ["gap_match", "inline_choice", "text_entry", "hot_text"])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_names_of_gaps_and_marked_words_tell_nothing(interaction: str, data: DataObject) -> None:
    item = data.draw(items(interaction))
    for home in (alone(item, "1", write_qti3), whole(*item)):
        assert home.content is not None
        stored = home.content.model_dump()
        names = [gap["id"] for gap in stored.get("gaps", ())] or list(stored.get("hottexts", ()))
        letter = "h" if interaction == "hot_text" else "g"
        assert sorted(names) == sorted(f"{letter}{number}" for number in range(1, len(names) + 1))


def whole(content: ItemContent, key: ItemKey) -> ImportedItem:
    [home] = read(write_qti3([exported(content, key)], MEDIA).content, "cau-hoi.zip").items
    return home


def test_an_item_changed_elsewhere_is_read_from_its_xml() -> None:
    files = files_of(write_qti3([exported(CHOICE, CHOICE_KEY)], MEDIA).content)
    path = "items/IU03-001.xml"
    files[path] = files[path].replace(b"<qti-value>B</qti-value>", b"<qti-value>C</qti-value>")
    [home] = read(zipped(files), "cau-hoi.zip").items
    assert home.key is not None
    assert home.key.model_dump()["correct"] == ("C",)
    assert home.metadata.module == "IU03"


@pytest.mark.parametrize(("write", "element"), [(write_qti3, "audio"), (write_qti21, "object")])
def test_a_sound_is_what_the_version_has_for_it(write: Writer, element: str) -> None:
    sound = prepare(tone("WAV", seconds=0.1), "nghe.wav", "sound")
    media = {sound.sha256: ExportedMedia(sound.content, sound.content_type)}
    stem = f'<p>Nghe: <audio src="media:{sound.sha256}" controls=""></audio></p>'
    content = CHOICE.model_copy(update={"stem": stem})
    files = files_of(write([exported(content, CHOICE_KEY)], media).content)
    root = etree.fromstring(files["items/IU03-001.xml"])
    [written] = [one for name in ("audio", "object") for one in root.iter(f"{{*}}{name}")]
    assert etree.QName(written).localname == element
    assert f"items/{written.get('src') or written.get('data')}".replace("items/../", "") in files
    for kept in (files, {path: file for path, file in files.items() if path != OWN_PATH}):
        [home] = read(zipped(kept), "cau-hoi.zip").items
        assert home.content is not None
        assert home.content.stem == stem


def test_the_same_items_give_the_same_bytes() -> None:
    several = [exported(CHOICE, CHOICE_KEY, code=code) for code in ("IU03-002", "IU03-001")]
    assert write_qti3(several, MEDIA) == write_qti3(list(reversed(several)), MEDIA)


@pytest.mark.parametrize("write", [write_qti3, write_qti21])
def test_items_that_share_a_stimulus_still_share_it(write: Writer) -> None:
    shared = [
        ExportedItem(draft(CHOICE, CHOICE_KEY, code, stimulus_code=STIMULUS.code), STIMULUS) for code in ("X1", "X2")
    ]
    file = read(write([*shared, exported(CHOICE, CHOICE_KEY, code="X3")], MEDIA).content, "cau-hoi.zip")
    [stimulus] = file.stimuli
    assert (stimulus.code, stimulus.title, stimulus.content) == (STIMULUS.code, STIMULUS.title, STIMULUS.content)
    assert [(item.code, item.stimulus) for item in file.items] == [
        ("X1", stimulus.ref),
        ("X2", stimulus.ref),
        ("X3", None),
    ]
    assert [item.content for item in file.items] == [CHOICE] * 3


def test_an_item_that_a_version_has_no_form_for_is_named_with_the_reason() -> None:
    below = Slider(stem="Đặt", lower="-5", upper="5")
    finely = Slider(stem="Đặt", lower="0", upper="1", step="0.5")
    key = NumberKey(value="0")
    both = [exported(below, key, code="X1"), exported(finely, key, code="X2")]
    for write, code, reason in (
        (write_qti3, "X1", "qti_export_scale_below_nought"),
        (write_qti21, "X2", "qti_export_scale_step"),
    ):
        written = write(both, MEDIA)
        assert [(one.place, one.code) for one in written.left_out] == [(code, reason)]
        assert len(read(written.content, "cau-hoi.zip").items) == 1


def test_an_item_whose_picture_is_gone_is_not_written() -> None:
    content = CHOICE.model_copy(update={"stem": f'<p><img src="media:{"0" * 64}" alt="x"></p>'})
    written = write_qti3([exported(content, CHOICE_KEY)], MEDIA)
    assert [one.code for one in written.left_out] == ["qti_export_media_missing"]
