"""A sheet that leaves the bank comes home without a change, and says what it cannot carry."""

import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from exam_engine.interactions.cleaning import cleaned_content
from exam_engine.interactions.content import Match, MultipleResponse, NumericEntry, Option, TextEntry, TrueFalseTable
from exam_engine.interactions.keys import (
    ChoiceKey,
    ItemKey,
    NumberKey,
    PairKey,
    PerOption,
    TextKey,
    TrueFalseKey,
)
from item_bank.exchange.exported import ExportedItem, WrittenFile
from item_bank.exchange.exporting.sheet import write_sheet
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.sheet_file import read_sheet
from tests.exam_engine.interactions.strategies import Item, items
from tests.item_bank.exchange.package.test_package import as_draft
from tests.item_bank.exchange.qti.making import STIMULUS, draft, exported
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

PLAIN = CHOICE.model_copy(
    update={
        "stem": "Hàm nào tính tổng?",
        "options": tuple(one.model_copy(update={"is_fixed": False}) for one in CHOICE.options),
    }
)


def home(written: WrittenFile) -> list[ImportedItem]:
    return list(read_sheet(written.content, "cau-hoi.xlsx").items)


def only(item: ExportedItem) -> ImportedItem:
    written = write_sheet([item], {})
    assert written.left_out == ()
    [found] = home(written)
    return found


@given(item=items())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_each_item_comes_home_as_it_left_or_is_named_as_left_out(item: Item) -> None:
    content, key = item
    leaving = draft(cleaned_content(content).content, key, explanation="<p>Vì <strong>thế</strong>.</p>")
    written = write_sheet([ExportedItem(leaving)], {})
    assert [as_draft(one) for one in home(written)] == ([] if written.left_out else [leaving])


TEXT = "Thủ đô của Việt Nam là "
KEYS: list[tuple[object, ItemKey]] = [
    (PLAIN, CHOICE_KEY),
    (CHOICE.model_copy(update={"options": PLAIN.options}), CHOICE_KEY),
    (MultipleResponse(stem="Chọn hai.", options=PLAIN.options), ChoiceKey(correct=("A", "C"))),
    (
        TrueFalseTable.model_validate(
            {"stem": "Xét:", "statements": [{"id": one, "content": f"Ý {one} &lt; 5"} for one in "abcd"]}
        ),
        TrueFalseKey(values={"a": True, "b": False, "c": False, "d": True}),
    ),
    (
        TextEntry.model_validate(
            {
                "stem": "",
                "passage": f'{TEXT}<span data-gap="g1"></span>.',
                "gaps": [{"id": "g1", "expected_length": 8}],
            }
        ),
        TextKey.model_validate({"gaps": {"g1": {"accepted": [{"text": "Hà Nội"}, {"text": "Ha Noi"}]}}}),
    ),
    (NumericEntry(stem="Số pi?", unit="rad"), NumberKey(value="3.142", tolerance="0.001")),
    (NumericEntry(stem="Bao nhiêu?"), NumberKey(value="-12.5", tolerance="2", tolerance_in="percent")),
    (
        Match(
            stem="Ghép.",
            sources=(Option(id="s1", content="CPU"), Option(id="s2", content="RAM")),
            targets=tuple(Option(id=f"t{n}", content=text) for n, text in enumerate(("xử lý", "nhớ", "in"), 1)),
        ),
        PairKey(pairs=(("s1", "t1"), ("s2", "t2"))),
    ),
]


@pytest.mark.parametrize(("content", "key"), KEYS)
def test_kinds_that_a_row_can_carry_come_home_with_key_and_all_metadata(content: object, key: ItemKey) -> None:
    leaving = draft(content, key, points="0.25", explanation="Vì 1 &lt; 2.")  # type: ignore[arg-type]
    assert as_draft(only(ExportedItem(leaving))) == leaving


def test_an_item_without_a_key_leaves_with_an_empty_cell_and_comes_home_without_one() -> None:
    found = only(exported(PLAIN, None))
    assert found.content == PLAIN
    assert found.key is None


def test_what_would_come_home_changed_is_left_out_and_named() -> None:
    scored = ChoiceKey(correct=("A", "B"), scoring=PerOption())
    leaving = [
        exported(PLAIN, CHOICE_KEY, code="IU03-001"),
        exported(CHOICE, CHOICE_KEY, code="IU03-002"),
        exported(MultipleResponse(stem="Chọn.", options=PLAIN.options), scored, code="IU03-003"),
        exported(PLAIN.model_copy(update={"is_shuffled": False}), CHOICE_KEY, code="IU03-004"),
    ]
    written = write_sheet(leaving, {})
    assert [one.code for one in home(written)] == ["IU03-001"]
    assert [(one.place, one.code) for one in written.left_out] == [
        ("IU03-002", "export_sheet_detail"),
        ("IU03-003", "export_sheet_detail"),
        ("IU03-004", "export_sheet_detail"),
    ]


def test_texts_that_begin_like_formulas_stay_texts_in_the_file() -> None:
    written = write_sheet([exported(PLAIN, CHOICE_KEY, explanation="=HYPERLINK(A1)")], {})
    sheet = load_workbook(io.BytesIO(written.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value or "").startswith("=")]
    assert [cell.value for cell in cells] == ["=AVG(A1:A5)", "=SUM(A1:A5)", "=ADD(A1:A5)", "=HYPERLINK(A1)"]
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_a_stimulus_is_named_as_missing_from_the_sheet_while_its_item_is_written() -> None:
    with_stimulus = draft(PLAIN, CHOICE_KEY, stimulus_code=STIMULUS.code)
    written = write_sheet([ExportedItem(with_stimulus, STIMULUS)], {})
    assert [(one.severity, one.code) for one in written.left_out] == [("warning", "export_sheet_stimulus")]
    plain = replace(with_stimulus, metadata=replace(with_stimulus.metadata, stimulus_code=None))
    assert as_draft(home(written)[0]) == plain
