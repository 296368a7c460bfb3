"""Tailored papers as a pure function of bank, blueprint and options."""

from typing import Any

import numpy as np
import pytest

from exam_engine.core.db import new_id
from item_bank.assembly.bank import UNUSED, BankItem, item_pool
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.tailored.making import Made, Problem, information_band, make, score_scale
from item_bank.tailored.options import AdaptiveOptions, MultistageOptions, PersonalOptions
from tests.conftest import NINE
from tests.item_bank.assembly.banks import LEVELS, MODULES, small_bank

BANK = tuple(
    BankItem(
        item_id=new_id(),
        version_id=new_id(),
        code=item.code,
        module_code=item.module,
        reference_code=item.module,
        cognitive_level=item.level,
        interaction="single_choice",
        stem_text=item.stem,
        stem_digest=item.code,
        words=10,
        expected_seconds=None,
        points=1.0,
        stimulus="",
        a=item.a,
        b=item.b,
        c=None,
        is_simulated=False,
        key="ABCD"[item.key],
        exposure=UNUSED,
    )
    for item in small_bank(16)
)


def statement(minimum: int = 1, maximum: int = 3, **changes: Any) -> BlueprintStatement:
    cells = [
        {"module_code": module, "cognitive_level": level, "minimum": minimum, "maximum": maximum}
        for module in MODULES
        for level in LEVELS
    ]
    parts = {"name": "Đề thử", "form_length": 12, "duration_minutes": 20, "cut_theta": 0.0, "cells": cells}
    return BlueprintStatement.model_validate(parts | changes)


def made(
    options: PersonalOptions | MultistageOptions | AdaptiveOptions, plan: BlueprintStatement | None = None
) -> tuple[Made, list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []
    return make(Problem(BANK, plan or statement(), options, (), NINE), tell=told.append), told


PERSONAL = PersonalOptions(design="personal", form_count=12)
MULTISTAGE = MultistageOptions(design="multistage", structure="1-2", spread=0.75)
ADAPTIVE = AdaptiveOptions(design="adaptive", minimum_length=4)
TOO_LONG = statement(17, 17, form_length=102)


@pytest.mark.parametrize(
    ("options", "plan", "code"),
    [
        (PERSONAL.model_copy(update={"item_use": 1}), statement(), "item_use_too_low"),
        (MULTISTAGE.model_copy(update={"panel_count": 9}), statement(), "panel_infeasible"),
        (ADAPTIVE, TOO_LONG, "pool_too_small"),
        (ADAPTIVE.model_copy(update={"maximum_rate": 0.1}), statement(), "bad_exposure"),
    ],
)
def test_what_cannot_be_made_says_why(
    options: PersonalOptions | MultistageOptions | AdaptiveOptions, plan: BlueprintStatement, code: str
) -> None:
    result, _ = made(options, plan)
    assert (result.status, [conflict["code"] for conflict in result.conflict]) == ("infeasible", [code])
    assert result.content == {}


@pytest.mark.parametrize("options", [PERSONAL, MULTISTAGE])
def test_a_cell_that_the_bank_cannot_fill_is_named(options: PersonalOptions | MultistageOptions) -> None:
    result, _ = made(options, TOO_LONG)
    assert result.status == "infeasible"
    shortages = [conflict["data"] for conflict in result.conflict if conflict["code"] == "shortage"]
    named = {"where": {"module": "IU03", "level": "NB"}, "needed": 17, "available": 16}
    assert any(named.items() <= shortage.items() for shortage in shortages)


@pytest.mark.parametrize("options", [PERSONAL, MULTISTAGE, ADAPTIVE])
def test_the_same_seed_gives_the_same_paper_and_another_seed_another(
    options: PersonalOptions | MultistageOptions | AdaptiveOptions,
) -> None:
    first, told = made(options)
    assert first == made(options)[0]
    assert first != made(options.model_copy(update={"seed": 2}))[0]
    assert {"stage", "done", "of"} == set().union(*told)


def test_no_two_personal_forms_share_more_than_three_quarters() -> None:
    result, _ = made(PERSONAL.model_copy(update={"form_count": 60}))
    forms = [set(form) for form in result.content["forms"]]
    assert len(forms) == 60
    assert max(len(one & other) for one in forms for other in forms if one is not other) <= 9


def test_a_limit_on_use_is_kept() -> None:
    result, _ = made(PERSONAL.model_copy(update={"item_use": 2}))
    codes = [code for form in result.content["forms"] for code in form]
    assert max(codes.count(code) for code in set(codes)) <= 2


def test_the_band_is_around_the_average_form_and_as_wide_as_the_blueprint_lets_forms_differ() -> None:
    pool = item_pool(BANK, statement(), now=NINE)
    (low, at_cut, high) = information_band(pool, statement(closeness={"tolerance": 0.1, "offset": 1.0}))
    assert [low[0], at_cut[0], high[0]] == [-1.0, 0.0, 1.0]
    # Every cell has two items of twelve and as many items in the bank: the average form is the average item times 12.
    information = np.array([item.a**2 / (2 + 2 * np.cosh(item.a * item.b)) for item in BANK])
    assert (at_cut[1] + at_cut[2]) / 2 == pytest.approx(12 * information.mean(), rel=1e-9)
    assert at_cut[2] / at_cut[1] == pytest.approx(1.1)


def test_a_target_takes_the_place_of_the_average_form() -> None:
    pool = item_pool(BANK, statement(), now=NINE)
    target = {"kind": "target", "points": [{"theta": 0.5, "information": 3.0}]}
    ((theta, low, high),) = information_band(pool, statement(objective=target, closeness=None))
    assert theta == 0.5
    assert low == pytest.approx(3.0 * 2.0 / 2.05)
    assert high == pytest.approx(3.0 * 2.1 / 2.05)


def test_points_are_the_score_expected_on_an_average_form() -> None:
    pool = item_pool(BANK, statement(), now=NINE)
    scale = dict(score_scale(pool, statement()))
    expected = np.array([1 / (1 + np.exp(-item.a * (0.5 - item.b))) for item in BANK])
    assert scale[0.5] == pytest.approx(12 * expected.mean(), abs=1e-6)


def test_content_of_an_adaptive_test_follows_the_middle_of_the_ranges() -> None:
    cells = [
        {"module_code": module, "cognitive_level": level, "minimum": 0, "maximum": 6 if level == "NB" else 3}
        for module in MODULES
        for level in LEVELS
    ]
    result, _ = made(ADAPTIVE, statement(cells=cells))
    targets = result.content["settings"]["content_targets"]
    assert targets["IU03 NB"] == pytest.approx(0.25)
    assert targets["IU04 VD"] == pytest.approx(0.125)
