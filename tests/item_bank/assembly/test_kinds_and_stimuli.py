"""Forms of several kinds of items, with parts, stimuli, enemies, topics, points and stated times."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from exam_engine.core.db import new_id
from item_bank.assembly.bank import UNUSED, BankItem, in_cells
from item_bank.assembly.checking import violations_of
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.solving import Problem, Solution, solve
from item_bank.blueprints.consistency import faults_of
from item_bank.blueprints.statement import BlueprintStatement
from tests.conftest import NINE

KINDS = ("single_choice", "true_false_table", "numeric_entry")


def item(number: int, **changes: Any) -> BankItem:
    base = BankItem(
        item_id=new_id(),
        version_id=new_id(),
        code=f"I-{number:02d}",
        module_code="IU04",
        reference_code="IU04.5",
        cognitive_level="NB",
        interaction=KINDS[number % 3],
        stem_text=f"Câu {number}",
        stem_digest=f"{number}",
        words=10,
        expected_seconds=None,
        points=1.0,
        stimulus="",
        a=1.0,
        b=(number % 7 - 3) / 3,
        c=None,
        is_simulated=False,
        key="",
        exposure=UNUSED,
    )
    return replace(base, **changes)


BANK = [item(number) for number in range(24)]


def statement(form_length: int = 6, **changes: Any) -> BlueprintStatement:
    cell = {"module_code": "IU04", "cognitive_level": "NB", "minimum": form_length, "maximum": form_length}
    parts = {"name": "Đề thử", "form_length": form_length, "duration_minutes": 20, "cut_theta": 0.0, "cells": [cell]}
    return BlueprintStatement.model_validate(parts | changes)


def solved(bank: list[BankItem], plan: BlueprintStatement, forms: int = 2) -> tuple[Solution, list[list[BankItem]]]:
    options = AssemblyOptions(form_count=forms)
    solution = solve(Problem(tuple(in_cells(bank, plan)), plan, options, (), {}, NINE), tell=lambda _: None)
    by_code = {item.code: item for item in bank}
    chosen = [[by_code[code] for code in form] for form in solution.forms]
    if chosen:
        assert violations_of(plan, options, (), chosen, made_at=NINE) == []
    return solution, chosen


PART_ONE = {"name": "Phần I", "interactions": ["single_choice"], "minimum": 3, "maximum": 3}
PART_TWO = {"name": "Phần II", "interactions": ["true_false_table"], "minimum": 2, "maximum": 3}


def test_a_form_has_its_parts_one_after_the_other_and_no_item_of_another_kind() -> None:
    _, forms = solved(BANK, statement(parts=[PART_TWO | {"minimum": 3}, PART_ONE]))
    for form in forms:
        assert [item.interaction for item in form] == ["true_false_table"] * 3 + ["single_choice"] * 3


def test_points_of_a_part_and_of_the_form_are_held() -> None:
    bank = [replace(item, points=0.25 if item.interaction == "single_choice" else 1.0) for item in BANK]
    one = PART_ONE | {"minimum": 0, "maximum": 6, "maximum_points": 1}
    two = PART_TWO | {"minimum": 0, "maximum": 6}
    _, forms = solved(bank, statement(parts=[one, two], points={"minimum": 3}))
    for form in forms:
        assert sum(item.points for item in form if item.interaction == "single_choice") <= 1
        assert sum(item.points for item in form) >= 3


def test_a_topic_counts_what_lies_in_it_and_not_its_namesakes() -> None:
    codes = ("IU04.1", "IU04.1.2", "IU04.1.2.3", "IU04.10", "IU04.10.1", "IU04.2")
    bank = [replace(item, reference_code=codes[number % 6]) for number, item in enumerate(BANK)]
    rows = [
        {"reference_code": "IU04.1", "minimum": 3, "maximum": 3},
        {"reference_code": "IU04.10", "minimum": 2, "maximum": 2},
        {"reference_code": "IU04.1.2", "minimum": 1, "maximum": 1},
    ]
    _, forms = solved(bank, statement(reference_totals=rows))
    for form in forms:
        counts = Counter(item.reference_code for item in form)
        assert counts["IU04.1"] + counts["IU04.1.2"] + counts["IU04.1.2.3"] == 3
        assert counts["IU04.10"] + counts["IU04.10.1"] == 2
        assert counts["IU04.1.2"] + counts["IU04.1.2.3"] == 1


def test_a_topic_that_no_item_is_about_makes_the_blueprint_impossible_and_is_named() -> None:
    rows = [{"reference_code": "IU04.7", "minimum": 1, "maximum": 2}]
    solution, _ = solved(BANK, statement(reference_totals=rows))
    assert solution.status == "infeasible"
    assert "reference:IU04.7" in {str(row["data"].get("name")) for row in solution.conflict}
    assert {step["place"] for repair in solution.repairs for step in repair} <= {"reference_totals.0", "form_length"}


def test_items_of_a_stimulus_come_together_as_many_as_the_blueprint_says() -> None:
    bank = [replace(item, stimulus=f"S-{number // 4}" if number < 12 else "") for number, item in enumerate(BANK)]
    rule = {"minimum": 1, "maximum": 1, "items_minimum": 3, "items_maximum": 4}
    _, forms = solved(bank, statement(stimuli=rule))
    for form in forms:
        counts = Counter(item.stimulus for item in form if item.stimulus)
        assert len(counts) == 1
        assert set(counts.values()) <= {3, 4}
        places = [place for place, item in enumerate(form) if item.stimulus]
        assert places == list(range(places[0], places[0] + len(places)))


def test_declared_enemies_never_meet() -> None:
    enemies = {item.code: frozenset(other.code for other in BANK[:20] if other is not item) for item in BANK[:20]}
    bank = [replace(item, enemies=enemies.get(item.code, frozenset())) for item in BANK]
    _, forms = solved(bank, statement(5), forms=1)
    first = {item.code for item in BANK[:20]}
    assert len([item for item in forms[0] if item.code in first]) == 1
    together = [[bank[0], bank[1], *bank[20:23]]]
    found = violations_of(statement(5), AssemblyOptions(form_count=1), (), together, made_at=NINE)
    assert [violation["code"] for violation in found] == ["enemies"]


def test_the_time_that_an_author_expects_goes_before_what_its_level_is_assumed_to_take() -> None:
    bank = [replace(item, expected_seconds=200 if number % 2 else None) for number, item in enumerate(BANK)]
    _, forms = solved(bank, statement(seconds={"maximum": 6 * 40}))
    assert all(item.expected_seconds is None for form in forms for item in form)
    solution, _ = solved(bank, statement(seconds={"maximum": 6 * 40 - 1}))
    assert solution.status == "infeasible"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"parts": [PART_ONE, PART_ONE | {"name": "Khác"}]}, "blueprint_part_overlap", "parts.1"),
        ({"parts": [PART_ONE, PART_TWO | {"name": "Phần I"}]}, "blueprint_part_repeated", "parts.1"),
        ({"parts": [PART_ONE, PART_TWO | {"minimum": 4, "maximum": 4}]}, "blueprint_part_sum", "parts"),
        ({"parts": [PART_ONE, PART_TWO | {"maximum": 2}]}, "blueprint_part_sum", "parts"),
        ({"stimuli": {"minimum": 3, "maximum": 3, "items_minimum": 3}}, "blueprint_stimulus_sum", "stimuli"),
        ({"stimuli": {"maximum": 3, "items_minimum": 3, "items_maximum": 2}}, "blueprint_range_empty", "stimuli"),
        ({"points": {"minimum": 3, "maximum": 2}}, "blueprint_range_empty", "points"),
        (
            {"reference_totals": [{"reference_code": "IU04.6", "minimum": 0, "maximum": 2}]},
            "blueprint_reference_unknown",
            "reference_totals.0",
        ),
        (
            {"reference_totals": [{"reference_code": "IU04.5", "minimum": 0, "maximum": 2}] * 2},
            "blueprint_reference_repeated",
            "reference_totals.1",
        ),
    ],
)
def test_what_no_form_could_meet_is_refused_at_its_place(changes: dict[str, Any], code: str, place: str) -> None:
    faults = faults_of(statement(**changes), {"IU04"}, {"IU04.5"})
    assert [(fault.code, fault.place) for fault in faults] == [(code, place)]


def test_parts_and_stimuli_that_just_fit_are_taken() -> None:
    rule = {"minimum": 2, "maximum": 2, "items_minimum": 3}
    assert faults_of(statement(parts=[PART_ONE, PART_TWO], stimuli=rule), {"IU04"}) == []
