"""Items that other programs wrote are read as what they say, and nothing about them is guessed."""

import pytest

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import (
    GapMatch,
    InlineChoice,
    MultipleResponse,
    Order,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import (
    AllOrNothing,
    AreaKey,
    ByCount,
    ChoiceKey,
    Mapped,
    OrderKey,
    PairKey,
    PerOption,
    PerPart,
    TrueFalseKey,
)
from item_bank.exchange.imported import ImportedFile
from item_bank.exchange.qti.reading import looks_like, read
from tests.item_bank.exchange.qti.foreign import (
    MAP,
    MATCH,
    NS_22,
    choice,
    codes,
    declared,
    item_2,
    item_3,
    manifest,
    mapping,
    one,
    template,
)
from tests.item_bank.exchange.qti.making import PICTURE, png, zipped


def test_a_single_choice_of_version_2_with_names_that_tell_the_key() -> None:
    xml = item_2(choice("wrong:Chuột", "right:Bàn phím"), declared("single", "identifier", "right"), template(MATCH))
    item = one(xml)
    assert looks_like("cau-1.xml", xml)
    assert isinstance(item.content, SingleChoice)
    assert [(option.id, option.content) for option in item.content.options] == [("A", "Chuột"), ("B", "Bàn phím")]
    assert item.content.stem == "<p>Chọn gì?</p>"
    assert item.content.is_shuffled
    assert item.key == ChoiceKey(correct=("B",))
    assert (item.code, item.notices) == ("CAU-1", ())


def test_the_same_item_of_version_3() -> None:
    body = """<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>
      <qti-simple-choice identifier="A">Mouse</qti-simple-choice>
      <qti-simple-choice identifier="B" fixed="true">Key<b>board</b></qti-simple-choice></qti-choice-interaction>"""
    right = """<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
      <qti-correct-response><qti-value> B </qti-value></qti-correct-response></qti-response-declaration>"""
    rules = (
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
    )
    item = one(item_3(body, right, rules))
    assert isinstance(item.content, SingleChoice)
    assert item.content.language == "en"
    assert item.content.options[1].content == "Key<strong>board</strong>"
    assert item.content.options[1].is_fixed
    assert item.key == ChoiceKey(correct=("B",))


@pytest.mark.parametrize(
    ("entries", "bounds", "scoring", "warnings"),
    [
        # Each right one the same, wrong ones nothing or the same cost.
        ({"A": "1", "B": "1"}, {"lowerBound": "0"}, PerOption(penalty="0"), []),
        ({"A": "2", "B": "2", "C": "-1", "D": "-1"}, {"lowerBound": "0"}, PerOption(penalty="0.5"), []),
        ({"A": "1", "B": "1"}, {"lowerBound": "0", "defaultValue": "-1"}, PerOption(penalty="1"), []),
        ({"A": "1", "B": "1"}, {"defaultValue": "-1"}, PerOption(penalty="1"), ["qti_score_below_nought"]),
        # Different worth.
        ({"A": "3", "B": "1"}, {}, Mapped(shares={"A": "0.75", "B": "0.25"}), []),
        ({"A": "2", "B": "1"}, {}, Mapped(shares={"A": "0.6667", "B": "0.3333"}), ["qti_shares_rounded"]),
        ({"A": "1", "B": "1", "C": "-5"}, {"lowerBound": "0"}, Mapped(shares={"A": "0.5", "B": "0.5", "C": "-1"}), []),
    ],
)
def test_mappings_become_rules_of_points(
    entries: dict[str, str], bounds: dict[str, str], scoring: object, warnings: list[str]
) -> None:
    right = declared("multiple", "identifier", "A;B", mapping(entries, **bounds))
    item = one(item_2(choice("A:một", "B:hai", "C:ba", "D:bốn", most=0), right, template(MAP), NS_22))
    assert isinstance(item.content, MultipleResponse)
    assert item.content.max_choices is None
    assert item.key == ChoiceKey(correct=("A", "B"), scoring=scoring)
    assert [code for _, code in codes(item)] == warnings


@pytest.mark.parametrize(
    "rules",
    [
        # Nothing that the bank could score by.
        "<setOutcomeValue identifier='SCORE'><randomFloat min='0' max='1'/></setOutcomeValue>",
        "<lookupOutcomeValue identifier='SCORE'><variable identifier='RESPONSE'/></lookupOutcomeValue>",
        "<responseCondition><responseIf><customOperator/><setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>",
        # A right answer that earns nothing.
        "<setOutcomeValue identifier='SCORE'><baseValue baseType='float'>0</baseValue></setOutcomeValue>",
        # Points without any answer.
        "<setOutcomeValue identifier='SCORE'><baseValue baseType='float'>1</baseValue></setOutcomeValue>",
    ],
)
def test_scoring_that_is_not_understood_gives_no_key(rules: str) -> None:
    right = declared("single", "identifier", "A")
    item = one(item_2(choice("A:một", "B:hai"), right, f"<responseProcessing>{rules}</responseProcessing>"))
    assert item.content is not None
    assert item.key is None
    assert codes(item) == [("left_out", "qti_scoring_left_out")]


def test_an_item_that_says_nothing_of_what_is_right_has_no_key_and_no_complaint() -> None:
    item = one(item_2(choice("A:một", "B:hai"), declared("single", "identifier", "")))
    assert item.key is None
    assert item.notices == ()


def test_a_rule_written_out_is_the_template() -> None:
    rules = """<responseProcessing><responseCondition>
      <responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">2.5</baseValue></setOutcomeValue></responseIf>
      <responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>
        <setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">sai</baseValue></setOutcomeValue>
      </responseElse></responseCondition></responseProcessing>"""
    item = one(item_2(choice("A:một", "B:hai"), declared("single", "identifier", "A"), rules))
    assert item.key == ChoiceKey(correct=("A",), scoring=AllOrNothing())
    assert str(item.metadata.points) == "2.5"


def test_statements_against_true_and_false_are_a_table() -> None:
    body = """<p>Về thư điện tử:</p><matchInteraction responseIdentifier="RESPONSE" maxAssociations="0" shuffle="false">
      <simpleMatchSet><simpleAssociableChoice identifier="S1" matchMax="1">CC hiện cho mọi người
      </simpleAssociableChoice>
      <simpleAssociableChoice identifier="S2" matchMax="1">BCC hiện cho mọi người
      </simpleAssociableChoice></simpleMatchSet>
      <simpleMatchSet><simpleAssociableChoice identifier="X" matchMax="0">Sai</simpleAssociableChoice>
      <simpleAssociableChoice identifier="Y" matchMax="0">ĐÚNG</simpleAssociableChoice>
      </simpleMatchSet></matchInteraction>"""
    right = declared("multiple", "directedPair", "S1 Y;S2 X", mapping({"S1 Y": "0.5", "S2 X": "0.5"}))
    item = one(item_2(body, right, template(MAP)))
    assert isinstance(item.content, TrueFalseTable)
    assert not item.content.is_shuffled
    assert item.key == TrueFalseKey(values={"S1": True, "S2": False}, scoring=PerPart())


def test_steps_over_a_count_are_a_rule_by_count() -> None:
    body = """<matchInteraction responseIdentifier="RESPONSE" maxAssociations="2" shuffle="true">
      <prompt>Đúng sai?</prompt>
      <simpleMatchSet><simpleAssociableChoice identifier="a" matchMax="1">một</simpleAssociableChoice>
      <simpleAssociableChoice identifier="b" matchMax="1">hai</simpleAssociableChoice></simpleMatchSet>
      <simpleMatchSet><simpleAssociableChoice identifier="D" matchMax="2">Đúng</simpleAssociableChoice>
      <simpleAssociableChoice identifier="S" matchMax="2">Sai</simpleAssociableChoice>
      </simpleMatchSet></matchInteraction>"""
    right = declared("multiple", "directedPair", "a D;b D", mapping({"a D": "1", "b D": "1"}))
    steps = "".join(
        f"<{name}><gte><mapResponse identifier='RESPONSE'/><baseValue baseType='float'>{least}</baseValue></gte>"
        f"<setOutcomeValue identifier='SCORE'>"
        f"<baseValue baseType='float'>{score}</baseValue></setOutcomeValue></{name}>"
        for name, least, score in (("responseIf", 2, "1"), ("responseElseIf", 1, "0.1"))
    )
    item = one(
        item_2(body, right, f"<responseProcessing><responseCondition>{steps}</responseCondition></responseProcessing>")
    )
    assert item.key == TrueFalseKey(values={"a": True, "b": True}, scoring=ByCount(shares=("0", "0.1", "1")))


def test_the_place_of_a_stimulus_is_no_part_of_the_question() -> None:
    body = """<div class="qti-shared-stimulus" data-stimulus-idref="S1"><p>Read this.</p></div>
      <qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>
      <qti-simple-choice identifier="A">Mouse</qti-simple-choice>
      <qti-simple-choice identifier="B">Keyboard</qti-simple-choice></qti-choice-interaction>"""
    item = one(item_3(body))
    assert item.content is not None
    assert item.content.stem == "<p>Which?</p>"


def test_an_order_a_gap_match_and_choices_in_gaps() -> None:
    order = """<orderInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Xếp</prompt>
      <simpleChoice identifier="x1">Mở</simpleChoice><simpleChoice identifier="x2">Lưu
      </simpleChoice></orderInteraction>"""
    item = one(item_2(order, declared("ordered", "identifier", "x2;x1"), template(MATCH)))
    assert isinstance(item.content, Order)
    assert item.key == OrderKey(order=("x2", "x1"))
    gaps = """<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="false"><prompt>Điền</prompt>
      <gapText identifier="W" matchMax="1">Word</gapText><gapText identifier="E" matchMax="1">Excel</gapText>
      <p>Soạn bằng <gap identifier="soan_W"/>.</p></gapMatchInteraction>"""
    item = one(item_2(gaps, declared("multiple", "directedPair", "W soan_W"), template(MATCH)))
    assert isinstance(item.content, GapMatch)
    assert item.content.passage == '<p>Soạn bằng <span data-gap="g1"></span>.</p>'
    assert item.key == PairKey(pairs=(("W", "g1"),))
    inline = """<p>Ctrl+<inlineChoiceInteraction responseIdentifier="R" shuffle="false">
      <inlineChoice identifier="C">C</inlineChoice><inlineChoice identifier="V">V</inlineChoice>
      </inlineChoiceInteraction> để chép</p>"""
    item = one(item_2(inline, declared("single", "identifier", "C", name="R"), template(MATCH)))
    assert isinstance(item.content, InlineChoice)
    assert item.key == PairKey(pairs=(("g1", "C"),))


@pytest.mark.parametrize(
    ("interaction", "code"),
    [
        ("associateInteraction", "qti_interaction_unsupported"),
        ("graphicOrderInteraction", "qti_interaction_unsupported"),
        ("drawingInteraction", "qti_interaction_unsupported"),
        ("mediaInteraction", "qti_interaction_unsupported"),
        ("customInteraction", "qti_interaction_unsupported"),
        ("portableCustomInteraction", "qti_interaction_unsupported"),
    ],
)
def test_what_the_bank_has_no_kind_for_is_named_with_its_place(interaction: str, code: str) -> None:
    item = one(item_2(f'<{interaction} responseIdentifier="RESPONSE"/>'))
    assert item.content is None
    assert codes(item) == [("error", code)]
    assert item.notices[0].place == "cau-1.xml (Câu 1)"


def test_templates_several_interactions_and_none_are_refused() -> None:
    assert codes(one(item_2(choice("A:1", "B:2") * 2))) == [("error", "qti_interactions_several")]
    assert codes(one(item_2("<p>Chỉ để đọc.</p>"))) == [("error", "qti_without_interaction")]
    made = '<templateDeclaration identifier="N" cardinality="single" baseType="integer"/>'
    assert codes(one(item_2(choice("A:1", "B:2"), made))) == [("error", "qti_templates")]


def package(files: dict[str, bytes | str], types: dict[str, str]) -> ImportedFile:
    return read(zipped({"imsmanifest.xml": manifest(types), **files}), "goi.zip")


def test_a_package_brings_pictures_and_points_into_them() -> None:
    areas = '<areaMapping><areaMapEntry shape="rect" coords="0,0,50,40" mappedValue="1"/></areaMapping>'
    # The file counts in a picture half as large as the one that is stored.
    body = """<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Chỉ vào</prompt>
      <object data="../hinh/ban%20phim.png" type="image/png" width="320" height="240">Bàn phím</object>
      </selectPointInteraction>"""
    xml = item_2(body, declared("single", "point", "10 10", areas), template(f"{MAP}_point"))
    file = package(
        {"cau/1.xml": xml, "hinh/ban phim.png": png()},
        {"cau/1.xml": "imsqti_item_xmlv2p1", "hinh/ban%20phim.png": "webcontent"},
    )
    [item] = file.items
    assert set(file.media) == {PICTURE.sha256}
    assert isinstance(item.key, AreaKey)
    assert item.key.areas[0].coordinates == (0, 0, 100, 80)
    assert item.content is not None
    assert check_item(item.content, item.key) == []


def test_items_that_share_a_stimulus_of_version_3_name_it() -> None:
    passage = b"""<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="doan-1"
      title="Read"><qti-stimulus-body><h2>Mail</h2><p>Dear all</p></qti-stimulus-body></qti-assessment-stimulus>"""
    reference = '<qti-assessment-stimulus-ref identifier="s" href="../chung/doan.xml"/>'
    body = """<qti-extended-text-interaction response-identifier="RESPONSE"><qti-prompt>Why?</qti-prompt>
      </qti-extended-text-interaction>"""
    files: dict[str, bytes | str] = {
        "cau/1.xml": item_3(body, more=reference),
        "cau/2.xml": item_3(body, more=reference),
    }
    types = dict.fromkeys(files, "imsqti_item_xmlv3p0")
    file = package(
        {**files, "chung/doan.xml": passage, "de.xml": "<qti-assessment-test/>"},
        {**types, "de.xml": "imsqti_test_xmlv3p0"},
    )
    [stimulus] = file.stimuli
    assert (stimulus.title, stimulus.code) == ("Read", "DOAN-1")
    assert stimulus.content == "<p><strong>Mail</strong></p><p>Dear all</p>"
    assert [item.stimulus for item in file.items] == [stimulus.ref, stimulus.ref]
    assert [notice.code for notice in file.notices] == ["qti_test_left_out"]


def test_feedback_is_the_explanation_and_formulas_stay() -> None:
    more = """<modalFeedback outcomeIdentifier="F" identifier="x" showHide="show"><p>Vì <math
      xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p></modalFeedback>"""
    item = one(item_2(choice("A:một", "B:hai"), declared("single", "identifier", "A"), template(MATCH), more=more))
    assert item.explanation == "<p>Vì <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>"
