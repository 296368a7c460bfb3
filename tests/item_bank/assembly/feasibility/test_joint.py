"""Demands that the bank meets one by one, and together or not."""

import threading
from typing import Any

import pytest

from item_bank.assembly.feasibility import joint
from item_bank.assembly.feasibility.counting import demands_of
from item_bank.assembly.feasibility.joint import joint_answer
from item_bank.assembly.feasibility.supply import supply_of
from item_bank.blueprints.statement import BlueprintStatement
from tests.conftest import NINE
from tests.item_bank.assembly.feasibility.test_counting import cell, item

# Whatever is short is worth a quarter: four of each.
BANK = [item(f"s{n}", "IU01", "NB", words=10, points=0.25) for n in range(4)]
BANK += [item(f"l{n}", "IU01", "NB", words=50, points=1.0) for n in range(4)]


def plan(**changes: Any) -> BlueprintStatement:
    parts = {"name": "Đề", "form_length": 4, "duration_minutes": 9, "cut_theta": 0.0, "cells": [cell("IU01", "NB", 4)]}
    return BlueprintStatement.model_validate(parts | changes)


# Two long items and two short ones: 120 words and 2.5 points.
@pytest.mark.parametrize(
    ("words", "points", "status"), [(120, 2, "feasible"), (119, 2, "infeasible"), (160, 3, "feasible")]
)
def test_demands_that_exclude_each_other_only_together_are_named(words: int, points: int, status: str) -> None:
    statement = plan(words={"maximum": words}, points={"minimum": points})
    assert all(demand.missing == 0 for demand in demands_of(supply_of(BANK, statement, now=NINE)))
    found = joint_answer(BANK, statement, (), now=NINE)
    assert found.status == status
    if status == "infeasible":
        assert {"words", "points"} <= {row["data"].get("quantity") for row in found.conflict}
        assert {step["place"] for repair in found.repairs for step in repair} <= {"words", "points", "form_length"}
        assert found.repairs


def test_a_large_bank_gives_a_form_from_a_sample_and_its_lack_from_the_whole() -> None:
    bank = [item(f"x{n}", "IU01", "NB", words=20) for n in range(joint._LARGE)] + BANK
    assert joint_answer(bank, plan(), (), now=NINE).status == "feasible"
    assert joint_answer(bank, plan(words={"maximum": 39}), (), now=NINE).status == "infeasible"
    # Only the four shortest will do, which no small sample need hold.
    assert joint_answer(bank, plan(words={"maximum": 40}), (), now=NINE).status == "feasible"


def test_an_empty_pool_has_no_form() -> None:
    assert joint_answer([], plan(), (), now=NINE).status == "infeasible"


def test_no_more_than_two_questions_compute_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.BoundedSemaphore(2)
    monkeypatch.setattr(joint, "_AT_ONCE", gate)
    gate.acquire()
    assert joint_answer(BANK, plan(), (), now=NINE).status == "feasible"
    gate.acquire()
    assert joint_answer(BANK, plan(), (), now=NINE).status == "unknown"
