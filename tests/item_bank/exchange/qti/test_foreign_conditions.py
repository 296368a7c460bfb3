"""Typed answers and rules under conditions, as other programs write them."""

import pytest

from exam_engine.interactions.content import NumericEntry, TextEntry
from exam_engine.interactions.keys import AllOrNothing, ChoiceKey, NumberKey, PerOption, TextKey
from tests.item_bank.exchange.qti.foreign import MAP, choice, codes, declared, item_2, mapping, one, template


def test_texts_typed_into_gaps_keep_their_words_and_worth() -> None:
    entries = '<mapping defaultValue="0"><mapEntry mapKey="Excel" mappedValue="2" caseSensitive="true"/>'
    entries += '<mapEntry mapKey="Calc" mappedValue="1" caseSensitive="true"/></mapping>'
    body = '<p>Dùng <textEntryInteraction responseIdentifier="bangtinh" expectedLength="9"/> để tính.</p>'
    item = one(item_2(body, declared("single", "string", "Excel", entries, "bangtinh"), template(MAP)))
    assert isinstance(item.content, TextEntry)
    assert item.content.passage == '<p>Dùng <span data-gap="g1"></span> để tính.</p>'
    assert isinstance(item.key, TextKey)
    gap = item.key.gaps["g1"]
    assert [(text.text, text.share) for text in gap.accepted] == [("Excel", "1"), ("Calc", "0.5")]
    assert gap.comparison.is_case_sensitive
    assert str(item.metadata.points) == "2"


def test_a_number_with_its_tolerance_and_unit() -> None:
    body = '<p>1 KB bằng bao nhiêu?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/> byte</p>'
    rules = """<responseProcessing><responseCondition><responseIf>
      <equal toleranceMode="relative" tolerance="5 5"><variable identifier="RESPONSE"/>
      <correct identifier="RESPONSE"/></equal><setOutcomeValue identifier="SCORE">
      <baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>
      </responseProcessing>"""
    item = one(item_2(body, declared("single", "integer", "1024"), rules))
    assert isinstance(item.content, NumericEntry)
    assert (item.content.stem, item.content.unit) == ("<p>1 KB bằng bao nhiêu?</p>", "byte")
    assert item.key == NumberKey(value="1024", tolerance="5", tolerance_in="percent")
    one_sided = rules.replace("5 5", "5 0")
    assert one(item_2(body, declared("single", "integer", "1024"), one_sided)).key is None


@pytest.mark.parametrize(
    ("bounds", "right", "key"),
    [
        (("gte", "9.7", "lte", "9.9"), "9.8", NumberKey(value="9.8", tolerance="0.1")),
        (("lte", "-9.7", "gte", "-9.9"), "", NumberKey(value="-9.8", tolerance="0.1")),
        # Not in the middle; bounds that do not belong to it; one bound only; no number.
        (("gte", "9.7", "lte", "9.9"), "9.81", None),
        (("gt", "9.7", "lte", "9.9"), "9.8", None),
        (("gte", "9.7", "gte", "9.9"), "9.8", None),
        (("gte", "9.7", "lte", "nine"), "9.8", None),
        (("gte", "9.9", "lte", "9.7"), "9.8", None),
    ],
)
def test_a_number_between_two_bounds(bounds: tuple[str, ...], right: str, key: NumberKey | None) -> None:
    compared = "".join(
        f'<{name}><variable identifier="RESPONSE"/><baseValue baseType="float">{number}</baseValue></{name}>'
        for name, number in (bounds[:2], bounds[2:])
    )
    rules = f"""<responseProcessing><responseCondition><responseIf><and>{compared}</and>
      <setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue>
      </responseIf></responseCondition></responseProcessing>"""
    body = '<p>g = <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    item = one(item_2(body, declared("single", "float", right), rules))
    assert isinstance(item.content, NumericEntry)
    assert item.key == key
    assert ("left_out", "qti_scoring_left_out") in codes(item) or key is not None


@pytest.mark.parametrize(
    ("least", "right"),
    [("1", [("Excel", "1"), ("Calc", "0.5")]), ("0.5", [("Excel", "1"), ("Calc", "1")]), ("2", None), ("0", None)],
)
def test_texts_that_are_right_when_they_earn_enough(least: str, right: list[tuple[str, str]] | None) -> None:
    rules = f"""<responseProcessing><responseCondition><responseIf><gte><mapResponse identifier="RESPONSE"/>
      <baseValue baseType="float">{least}</baseValue></gte><setOutcomeValue identifier="SCORE">
      <baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition>
      </responseProcessing>"""
    body = '<p>Bảng tính: <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    item = one(item_2(body, declared("single", "string", "Excel", mapping({"Excel": "1", "Calc": "0.5"})), rules))
    if right is None:
        assert item.key is None
        return
    assert isinstance(item.key, TextKey)
    assert item.key.scoring == AllOrNothing()
    [gap] = item.key.gaps.values()
    assert [(text.text, text.share) for text in gap.accepted] == right


@pytest.mark.parametrize("has_else", [True, False])
def test_what_is_mapped_only_where_something_was_answered(has_else: bool) -> None:
    none = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>'
    rules = f"""<responseProcessing><responseCondition><responseIf>
      <not><isNull><variable identifier="RESPONSE"/></isNull></not>
      <setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>
      </responseIf>{f"<responseElse>{none}</responseElse>" if has_else else ""}</responseCondition>
      </responseProcessing>"""
    earned = mapping({"A": "1", "B": "1", "C": "-1", "D": "-1"}, lowerBound="0")
    body = choice("A:Một", "B:Hai", "C:Ba", "D:Bốn", most=0)
    item = one(item_2(body, declared("multiple", "identifier", "A;B", earned), rules))
    assert item.key == ChoiceKey(correct=("A", "B"), scoring=PerOption(penalty="1"))


def test_points_for_answering_at_all_are_no_key() -> None:
    rules = """<responseProcessing><responseCondition><responseIf>
      <not><isNull><variable identifier="RESPONSE"/></isNull></not>
      <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
      </responseIf></responseCondition></responseProcessing>"""
    item = one(item_2(choice("A:Một", "B:Hai"), declared("single", "identifier", "A"), rules))
    assert item.key is None
