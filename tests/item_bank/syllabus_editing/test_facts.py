"""What a statement about the syllabus may not break, rule by rule."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection
from item_bank.syllabus.service import Syllabus
from item_bank.syllabus_editing.facts import (
    FrameworkFacts,
    code_faults,
    differences,
    form_faults,
    framework_faults,
    node_faults,
)
from tests.item_bank.syllabus_editing.making import facts


def syllabus(**successors: str) -> Syllabus:
    """Two frameworks: F/1 with module A, section A.1, topic A.1.1 and statement A.1.1.1; F/2 with module B."""
    day = date(2020, 1, 1)
    frameworks = [
        Framework(code=code, name=code, name_en="", legal_basis="L", valid_from=day) for code in ("F/1", "F/2")
    ]
    modules = [
        SyllabusModule(code=code, framework_code=framework, name=code, name_en="", position=1)
        for code, framework in (("A", "F/1"), ("B", "F/2"))
    ]
    parts = [
        SyllabusSection(
            code=code,
            module_code="A",
            parent_code=parent,
            depth=code.count("."),
            name=code,
            source="board",
            position=1,
            replaced_by=successors.get(code.replace(".", "_")),
        )
        for code, parent in (("A.1", None), ("A.1.1", "A.1"), ("A.1.1.1", "A.1.1"))
    ]
    return Syllabus(
        {one.code: one for one in frameworks}, {one.code: one for one in modules}, {one.code: one for one in parts}
    )


@pytest.mark.parametrize(
    ("parent", "code", "fault"),
    [
        (None, "C", None),
        (None, "NLS-1", None),
        (None, "C" * 16, None),
        (None, "C" * 17, "module_code_invalid"),
        (None, "1A", "module_code_invalid"),
        (None, "a", "module_code_invalid"),
        # The second letter is Cyrillic: nobody who types the code would find it.
        (None, "IА1", "module_code_invalid"),
        (None, "C.1", "module_code_invalid"),
        (None, "A", "syllabus_code_taken"),
        (None, "B", "syllabus_code_taken"),
        ("A", "A.2", None),
        ("A", "A.999", None),
        ("A", "A.1000", "part_code_invalid"),
        ("A", "A.0", "part_code_invalid"),
        ("A", "A.02", "part_code_invalid"),
        ("A", "A.x", "part_code_invalid"),
        ("A", "B.2", "part_code_invalid"),
        ("A", "A.1.2", "part_code_invalid"),
        ("A", "A.1", "syllabus_code_taken"),
        ("A.1.1", "A.1.1.2", None),
        ("A.1.1.1", "A.1.1.1.1", "syllabus_too_deep"),
        ("A.7", "A.7.1", "syllabus_parent_unknown"),
        # B belongs to the other framework.
        ("B", "B.1", "syllabus_parent_unknown"),
    ],
)
def test_a_new_code_lies_in_what_it_names_and_stands_for_nothing_else(
    parent: str | None, code: str, fault: str | None
) -> None:
    found = code_faults(syllabus(), framework_code="F/1", parent_code=parent, code=code)
    assert [one.code for one in found] == ([fault] if fault else [])


@given(st.lists(st.integers(1, 999), min_size=1, max_size=3))
def test_any_number_up_to_three_levels_below_a_module_makes_a_code(numbers: list[int]) -> None:
    above = ".".join(["IU04", *(str(number) for number in numbers[:-1])])
    assert form_faults(f"{above}.{numbers[-1]}", above) == []


def test_a_name_has_its_longest_length_and_no_more() -> None:
    def found(name: str, *, is_module: bool) -> list[str]:
        return [one.code for one in node_faults(syllabus(), code="A", is_module=is_module, facts=facts(name))]

    assert found("", is_module=True) == ["syllabus_name_missing"]
    assert found("x" * 200, is_module=True) == []
    assert found("x" * 201, is_module=True) == ["text_too_long"]
    assert found("x" * 500, is_module=False) == []
    assert found("x" * 501, is_module=False) == ["text_too_long"]


def test_a_last_day_is_not_before_the_first() -> None:
    def found(first: date, last: date) -> list[str]:
        stated = facts(valid_from=first, valid_to=last)
        return [one.code for one in node_faults(syllabus(), code="A.1", is_module=False, facts=stated)]

    assert found(date(2026, 6, 30), date(2026, 6, 30)) == []
    assert found(date(2026, 6, 30), date(2026, 6, 29)) == ["last_day_before_first"]


def test_only_modules_have_a_level() -> None:
    stated = facts(standard_level="basic")
    assert node_faults(syllabus(), code="A", is_module=True, facts=stated) == []
    refused = node_faults(syllabus(), code="A.1", is_module=False, facts=stated)
    assert [(one.code, one.place) for one in refused] == [("level_of_modules_only", "standard_level")]


def test_what_takes_over_exists_in_some_framework_and_never_leads_back() -> None:
    def found(successor: str, **successors: str) -> list[str]:
        stated = facts(replaced_by=successor)
        return [one.code for one in node_faults(syllabus(**successors), code="A.1", is_module=False, facts=stated)]

    assert found("B") == []
    assert found("C") == ["successor_unknown"]
    assert found("A.1") == ["successor_in_circle"]
    assert found("A.1.1", A_1_1="A.1.1.1") == []
    assert found("A.1.1", A_1_1="A.1.1.1", A_1_1_1="A.1") == ["successor_in_circle"]


@pytest.mark.parametrize(
    ("code", "is_sound"),
    [("TT03/2014", True), ("MOS-2019", True), ("X" * 32, True), ("X" * 33, False), ("tt03", False), ("TT03/", False)],
)
def test_a_framework_goes_by_the_number_of_its_legal_text(code: str, is_sound: bool) -> None:
    stated = FrameworkFacts("Chuẩn", "", "Thông tư 1", "board", "", date(2026, 1, 1), None)
    assert ([one.code for one in framework_faults(code, stated)] == []) == is_sound


def test_differences_name_changed_values_only() -> None:
    before, after = {"name": "Cũ", "source": "board"}, {"name": "Mới", "source": "board"}
    assert differences(before, after) == ({"name": "Cũ"}, {"name": "Mới"})
    assert differences(before, before) == ({}, {})
