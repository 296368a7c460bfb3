"""Demands one by one against a bank that is counted by hand: both sides of every bound."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exam_engine.core.db import new_id
from item_bank.assembly.bank import UNUSED, BankItem, Exposure
from item_bank.assembly.feasibility.counting import Demand, demands_of
from item_bank.assembly.feasibility.supply import supply_of
from item_bank.blueprints.statement import BlueprintStatement
from tests.conftest import NINE


def item(code: str, module: str, level: str, **changes: Any) -> BankItem:
    base = BankItem(
        item_id=new_id(),
        version_id=new_id(),
        code=code,
        module_code=module,
        reference_code=f"{module}.1",
        cognitive_level=level,
        interaction="single_choice",
        stem_text=code,
        stem_digest=code,
        words=10,
        expected_seconds=None,
        points=1.0,
        stimulus="",
        a=1.0,
        b=0.0,
        c=None,
        is_simulated=False,
        key="A",
        exposure=UNUSED,
    )
    return replace(base, **changes)


# IU01: 4 NB, 2 TH. IU02: 3 NB, of which one is a table of true and false; the last one lies in topic 10.
BANK = [
    item("a1", "IU01", "NB", words=5, key="A"),
    item("a2", "IU01", "NB", words=10, key="B"),
    item("a3", "IU01", "NB", words=15, key="B", stimulus="S-1"),
    item("a4", "IU01", "NB", words=20, key="C", stimulus="S-1"),
    item("a5", "IU01", "TH", words=25, points=0.25),
    item("a6", "IU01", "TH", words=30, points=0.25, expected_seconds=100),
    item("b1", "IU02", "NB", words=35, stimulus="S-2"),
    item("b2", "IU02", "NB", words=40, interaction="true_false_table", key=""),
    item("b3", "IU02", "NB", words=45, reference_code="IU02.10"),
]


def cell(module: str, level: str, minimum: int, maximum: int | None = None) -> dict[str, Any]:
    most = minimum if maximum is None else maximum
    return {"module_code": module, "cognitive_level": level, "minimum": minimum, "maximum": most}


CELLS = [cell("IU01", "NB", 0, 4), cell("IU01", "TH", 0, 4), cell("IU02", "NB", 0, 2)]


def demands(bank: list[BankItem] = BANK, **changes: Any) -> list[Demand]:
    plan = {"name": "Đề thử", "form_length": 4, "duration_minutes": 20, "cut_theta": 0.0, "cells": CELLS} | changes
    return demands_of(supply_of(bank, BlueprintStatement.model_validate(plan), now=NINE))


def at(place: str, found: list[Demand], **facts: Any) -> Demand:
    (one,) = [
        demand
        for demand in found
        if demand.place == place and all(getattr(demand, name) == value for name, value in facts.items())
    ]
    return one


@pytest.mark.parametrize(
    ("minimum", "status", "missing"), [(2, "met", 0), (3, "tight", 0), (4, "tight", 0), (5, "short", 1)]
)
def test_a_cell_is_short_when_its_least_is_more_than_the_bank_has(minimum: int, status: str, missing: int) -> None:
    found = at("cells.0", demands(cells=[cell("IU01", "NB", minimum, 9)]))
    assert (found.available, found.status, found.missing) == (4, status, missing)


def test_a_cell_of_which_the_bank_has_nothing_lacks_all_it_asks_for_and_nothing_when_it_asks_for_none() -> None:
    found = demands(cells=[cell("IU05", "VDC", 2), cell("IU06", "VD", 0, 2)])
    assert (at("cells.0", found).missing, at("cells.1", found).status) == (2, "met")


@pytest.mark.parametrize(("length", "missing"), [(8, 0), (9, 1)])
def test_a_form_is_no_longer_than_its_cells_and_the_bank_allow(length: int, missing: int) -> None:
    # 4 + 2 + 2: the first cell is used up, the second is limited by the bank, the third by its own most.
    found = at("form_length", demands(form_length=length))
    assert (found.available, found.missing) == (8, missing)


@pytest.mark.parametrize(("minimum", "missing"), [(6, 0), (7, 1)])
def test_a_module_holds_what_its_cells_give_together(minimum: int, missing: int) -> None:
    found = demands(module_totals=[{"module_code": "IU01", "minimum": minimum, "maximum": 8}])
    assert at("module_totals.0", found).missing == missing


@pytest.mark.parametrize(("minimum", "missing"), [(6, 0), (7, 1)])
def test_a_level_holds_what_its_cells_give_together(minimum: int, missing: int) -> None:
    found = demands(level_totals=[{"cognitive_level": "NB", "minimum": minimum, "maximum": 8}])
    assert at("level_totals.0", found).missing == missing


def test_a_topic_holds_what_lies_in_it_and_not_its_namesake() -> None:
    rows = [
        {"reference_code": "IU02.1", "minimum": 2, "maximum": 3},
        {"reference_code": "IU02.10", "minimum": 2, "maximum": 3},
    ]
    found = demands(reference_totals=rows)
    assert [
        (at(f"reference_totals.{n}", found).available, at(f"reference_totals.{n}", found).missing) for n in (0, 1)
    ] == [
        (2, 0),
        (1, 1),
    ]


def test_parts_are_counted_by_their_kinds_and_what_is_in_none_stays_out() -> None:
    parts = [{"name": "Phần II", "interactions": ["true_false_table"], "minimum": 2, "maximum": 2}]
    found = demands(parts=parts)
    assert at("parts.0", found).missing == 1
    assert at("form_length", found).available == 1


@pytest.mark.parametrize(
    ("bounds", "side", "available", "missing"),
    [
        # The three dearest of the eight choice items are 1 point each, the two cheapest a quarter.
        ({"minimum_points": 3}, "minimum", 3, 0),
        ({"minimum_points": 4}, "minimum", 3, 1),
        ({"maximum_points": 1}, "maximum", 0.5, 0),
        ({"maximum_points": 0}, "maximum", 0.5, 0.5),
    ],
)
def test_points_of_a_part_lie_between_its_cheapest_and_its_dearest_items(
    bounds: dict[str, int], side: str, available: float, missing: float
) -> None:
    part = {"name": "Phần I", "interactions": ["single_choice"], "minimum": 2, "maximum": 3} | bounds
    found = at("parts.0", demands(parts=[part]), quantity="points", side=side)
    assert (found.available, found.missing) == (available, missing)


@pytest.mark.parametrize(("minimum", "size", "missing"), [(1, 2, 0), (2, 2, 1), (2, 1, 0), (1, 3, 1)])
def test_a_stimulus_counts_only_with_items_enough(minimum: int, size: int, missing: int) -> None:
    found = demands(stimuli={"minimum": minimum, "maximum": 3, "items_minimum": size})
    assert at("stimuli", found).missing == missing


def test_every_letter_is_held_against_the_balance_of_keys() -> None:
    found = demands(key_balance={"minimum": 1, "maximum": 3})
    assert {letter: at("key_balance", found, key=letter).missing for letter in "ABCD"} == {
        "A": 0,
        "B": 0,
        "C": 0,
        "D": 1,
    }


@pytest.mark.parametrize(
    ("changes", "side", "available", "missing"),
    [
        # Shortest four: 5 + 10 + 15 + 20 words; longest four: 30 + 35 + 40 + 45.
        ({"words": {"maximum": 50}}, "maximum", 50, 0),
        ({"words": {"maximum": 49}}, "maximum", 50, 1),
        ({"words": {"minimum": 150}}, "minimum", 150, 0),
        ({"words": {"minimum": 151}}, "minimum", 150, 1),
        # Four of recognising at 40 seconds each; the author's 100, 60 for understanding and twice 40.
        ({"seconds": {"maximum": 160}}, "maximum", 160, 0),
        ({"seconds": {"maximum": 159}}, "maximum", 160, 1),
        ({"seconds": {"minimum": 240}}, "minimum", 240, 0),
        ({"seconds": {"minimum": 241}}, "minimum", 240, 1),
        ({"points": {"maximum": 2}}, "maximum", 2.5, 0.5),
        ({"points": {"maximum": 3}}, "maximum", 2.5, 0),
    ],
)
def test_amounts_of_a_form_lie_between_its_least_and_its_greatest_items(
    changes: dict[str, Any], side: str, available: float, missing: float
) -> None:
    (place,) = changes
    found = at(place, demands(**changes), side=side)
    assert (found.available, found.missing) == (available, missing)


def test_nothing_is_said_of_sums_over_more_items_than_there_are() -> None:
    assert [demand.place for demand in demands(form_length=10, words={"maximum": 1})][:1] == ["form_length"]
    assert all(demand.place != "words" for demand in demands(form_length=10, words={"maximum": 1}))


@pytest.mark.parametrize(("days", "held_back"), [(59, 1), (61, 0)])
def test_an_item_that_rests_is_counted_apart_until_its_months_are_over(days: int, held_back: int) -> None:
    # NINE is in the middle of a month, so that two calendar months are 59 to 62 days.
    used = Exposure(forms=1, sittings=1, candidates=9, last_used=NINE - timedelta(days=days))
    bank = [replace(BANK[0], exposure=used), *BANK[1:]]
    plan = {"name": "Đề", "form_length": 4, "duration_minutes": 20, "cut_theta": 0.0, "cells": CELLS, "rest_months": 2}
    supply = supply_of(bank, BlueprintStatement.model_validate(plan), now=NINE)
    found = supply.cells[("IU01", "NB")]
    assert (found.available, found.held_back) == (4 - held_back, held_back)


@pytest.mark.parametrize(("most", "available"), [(1, 3), (2, 4)])
def test_an_item_used_in_more_sittings_than_allowed_stays_out(most: int, available: int) -> None:
    bank = [replace(BANK[0], exposure=Exposure(sittings=2, last_used=NINE)), *BANK[1:]]
    assert at("cells.0", demands(bank, maximum_previous_uses=most)).available == available
