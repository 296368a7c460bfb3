"""The matrix and the specification: figures added up by hand, and what items of a form must always add up to."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.blueprints.printing.matrix import QUESTION_FORMS, CountedItem, items_matrix
from item_bank.blueprints.printing.tables import Box, PrintedTable, placed
from tests.item_bank.blueprints.printing.making import printer, syllabus

KINDS = sorted(kind for kinds in QUESTION_FORMS.values() for kind in kinds)
ITEMS = st.lists(
    st.builds(
        CountedItem,
        st.sampled_from(["IU01", "IU02"]),
        st.sampled_from(["IU01", "IU01.1", "IU01.1.1", "IU01.2", "IU02"]),
        st.sampled_from(["NB", "TH", "VD", "VDC"]),
        st.sampled_from(KINDS),
        st.sampled_from([Decimal("0.25"), Decimal(1)]),
        st.integers(10, 300),
    ),
    min_size=1,
    max_size=15,
)


def texts(table: PrintedTable) -> list[list[str]]:
    return [[box.text for box in row] for row in table.rows]


def test_the_matrix_adds_up_cells_rows_columns_shares_and_time() -> None:
    assert texts(printer().matrix_table()) == [
        ["1", "IU01. Hiểu biết chung", "3–4", "", "2", "5–6", "50–60"],
        ["2", "IU02. =1+1", "1–2", "3", "", "4–5", "40–50"],
        ["Tổng số câu", "4–6", "3", "2", "10", "100"],
        ["Tỉ lệ %", "40–60", "30", "20", "100", ""],
        ["Thời gian dự kiến (phút)", "4–6", "6", "3", "13–15", ""],
    ]


def test_totals_that_are_stated_narrow_what_the_cells_allow() -> None:
    table = printer(
        module_totals=[{"module_code": "IU01", "minimum": 6, "maximum": 9}],
        level_totals=[{"cognitive_level": "NB", "minimum": 5, "maximum": 5}],
    ).matrix_table()
    assert texts(table)[0][-2:] == ["6", "60"]
    assert texts(table)[2][1] == "5"


def test_one_part_fills_the_columns_of_its_form_of_question() -> None:
    part = {"name": "I", "interactions": ["single_choice", "multiple_response"], "minimum": 10, "maximum": 10}
    table = printer(parts=[part]).matrix_table()
    assert [box.text for box in table.head[1]] == ["Nhiều lựa chọn"]
    assert texts(table)[0][2:5] == ["3–4", "", "2"]


def test_several_parts_are_counted_as_far_as_the_blueprint_says() -> None:
    parts = [
        {"name": "I", "interactions": ["single_choice"], "minimum": 6, "maximum": 8, "minimum_points": 3},
        {"name": "II", "interactions": ["true_false_table"], "minimum": 2, "maximum": 4},
    ]
    table = printer(parts=parts).matrix_table()
    assert [box.text for box in table.head[1]] == ["Nhiều lựa chọn", "Đúng – Sai", "Tất cả"]
    first, _, all_questions, points, shares, _ = texts(table)
    assert first[2:5] == ["", "", "3–4"]
    assert all_questions[1:4] == ["6–8", "2–4", "4–6"]
    assert points[1:3] == ["≥ 3", ""]
    assert shares[1:3] == ["60–80", "20–40"]
    assert any("khi lập đề" in note for note in table.notes)


def test_topics_with_totals_have_lines_of_their_own_within_the_module() -> None:
    table = printer(reference_totals=[{"reference_code": "IU01.1", "minimum": 1, "maximum": 2}]).matrix_table()
    assert [row[2] for row in texts(table)[:2]] == ["IU01.1. Máy tính: 1–2 câu", ""]


def test_the_specification_names_units_and_what_is_required_in_them() -> None:
    rows = texts(printer().specification_table())
    assert rows[0][:4] == ["1", "IU01. Hiểu biết chung", "IU01.1. Máy tính", "– Nêu được các bộ phận của máy tính"]
    assert rows[1] == ["IU01.2. Mạng", ""]
    assert rows[2][:5] == ["2", "IU02. =1+1", "", "", "1–2"]


@given(items=ITEMS)
@settings(max_examples=30, deadline=None)
def test_each_item_of_a_form_is_counted_once_in_every_direction(items: list[CountedItem]) -> None:
    matrix = items_matrix(items, syllabus())
    assert sum(amount.most for amount in matrix.form_level_totals.values()) == len(items)
    assert sum(module.total.most for module in matrix.modules) == len(items)
    units = [unit for module in matrix.modules for unit in module.units]
    assert sum(amount.most for unit in units for amount in (unit.cells or {}).values()) == len(items)
    assert matrix.points == sum(item.points for item in items)
    assert sum(amount.most for amount in matrix.seconds.values()) == sum(item.seconds for item in items)
    made = printer(matrix)
    for table in (made.matrix_table(), made.specification_table()):
        # What does not fill the table exactly is refused here.
        assert placed([*table.head, *table.rows], len(table.widths))
    total = next(row for row in texts(made.matrix_table()) if row[0] == "Tổng số câu")
    assert total[-2] == str(len(items))


@pytest.mark.parametrize(
    "rows",
    [
        [[Box("a")]],
        [[Box("a", columns=3)]],
        [[Box("a", rows=2), Box("b")]],
        [[Box("a", rows=2), Box("b")], [Box("c"), Box("d")]],
    ],
)
def test_rows_that_do_not_fill_a_table_are_refused(rows: list[list[Box]]) -> None:
    with pytest.raises(ValueError, match=r"fit|fill"):
        placed(rows, 2)
