"""What must hold of results: both sides of every verdict."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.assembly.checks import (
    Bar,
    Check,
    bar_checks,
    health_checks,
    instance_checks,
    is_published,
    objective_value,
)

MAXIMIN = {"type": "maximin", "theta": [0.0], "weights": [1]}
TARGET = {"type": "minimax_target", "theta": [0.0], "target": [0.5]}
# Slope 1 at its difficulty gives information 1/4, slope 2 gives 1.
COLUMNS = {"a": np.array([1.0, 1.0, 2.0]), "b": np.zeros(3), "c": np.zeros(3)}


def write(folder: Path, objective: dict[str, Any], *, name: str = "one", seed: int = 1) -> None:
    facts = {"kind": "single_form", "pool": "P300", "objective": objective}
    (folder / f"inst_{name}.json").write_text(json.dumps(facts))
    (folder / "pool_P300.json").write_text(json.dumps({"seed": seed}))
    np.savez(folder / "pool_P300.npz", **COLUMNS)  # type: ignore[arg-type]


def result(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": "one",
        "kind": "single_form",
        "objective": "maximin",
        "forms": [[0, 2]],
        "value": 1.25,
        "bound": 1.25,
        "gap": 0.0,
        "violations": 0,
        "stop_reason": "optimal",
        "cpu_s": 0.1,
    }
    return plain | changes


def verdicts(folder: Path, results: list[dict[str, Any]], name: str = "one") -> dict[str, bool | None]:
    return {check.what.removeprefix(f"{name} "): check.passed for check in instance_checks(folder, name, results)}


@pytest.mark.parametrize(("forms", "value"), [([[0, 2]], 1.25), ([[0, 2], [0, 1]], 0.5), ([[2]], 1.0)])
def test_the_maximin_value_is_that_of_the_worst_form(forms: list[list[int]], value: float) -> None:
    assert objective_value(COLUMNS, MAXIMIN, forms) == pytest.approx(value)


def test_the_deviation_is_relative_to_the_target() -> None:
    assert objective_value(COLUMNS, TARGET, [[0, 1], [0]]) == pytest.approx(0.5)


def test_information_with_guessing_is_birnbaums() -> None:
    # At the difficulty with c = 0.2: P = 0.6, I = a² (Q/P) ((P − c)/(1 − c))² = (0.4/0.6) × 0.25.
    guessed = {"a": np.array([1.0]), "b": np.array([0.0]), "c": np.array([0.2])}
    assert objective_value(guessed, MAXIMIN, [[0]]) == pytest.approx(1.0 / 6.0)


def test_results_that_are_as_they_say_pass(tmp_path: Path) -> None:
    write(tmp_path, MAXIMIN)
    assert set(verdicts(tmp_path, [result()]).values()) == {True}


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({"violations": 1}, "maximin: violations"),
        ({"value": 1.3, "bound": 1.3}, "maximin: value from the raw parameters"),
        ({"bound": 1.0, "gap": 0.2}, "maximin: gap as stated"),
        ({"bound": 1.5}, "maximin: gap as stated"),
        ({"bound": 1.5, "gap": 1.0 / 6.0}, "maximin: gap as stated"),
        ({"bound": None, "gap": None}, "maximin: bound"),
        ({"same_every_time": False}, "maximin: same every time"),
    ],
)
def test_results_that_are_not_as_they_say_fail(tmp_path: Path, changes: dict[str, Any], fails: str) -> None:
    write(tmp_path, MAXIMIN)
    found = verdicts(tmp_path, [result(**changes)])
    assert [name for name, passed in found.items() if not passed] == [fails]


def test_a_gap_that_is_left_open_and_told_passes(tmp_path: Path) -> None:
    write(tmp_path, MAXIMIN)
    found = verdicts(tmp_path, [result(bound=1.5, gap=1.0 / 6.0, stop_reason="nodes")])
    assert set(found.values()) == {True}


@pytest.mark.parametrize(("stop_reason", "passed"), [("tolerance", False), ("iterations", True)])
def test_who_stops_at_the_tolerance_must_be_within_it(tmp_path: Path, stop_reason: str, passed: bool) -> None:
    write(tmp_path, TARGET)
    found = verdicts(
        tmp_path,
        [result(objective="minimax_target", forms=[[0]], value=0.5, bound=0.0, gap=0.5, stop_reason=stop_reason)],
    )
    assert found.get("minimax_target: deviation", True) is passed


def test_an_attempt_at_what_cannot_be_met_fails_only_without_an_explanation(tmp_path: Path) -> None:
    write(tmp_path, MAXIMIN)
    attempt = {"id": "one", "status": "infeasible", "failure": "no forms meet the specification", "forms": []}
    explained = {"conflict": ["length", "words"], "is_minimal": True, "repair": "words +2", "is_repair_verified": True}
    assert verdicts(tmp_path, [attempt]) == {"one": False}
    assert set(verdicts(tmp_path, [attempt, explained]).values()) == {True}
    unproved = explained | {"is_minimal": False, "is_repair_verified": False}
    assert set(verdicts(tmp_path, [attempt, unproved]).values()) == {False}


@pytest.mark.parametrize(("difference", "passed"), [(1e-9, True), (1e-3, False)])
def test_audited_shadow_tests_must_equal_the_integer_programmes(
    tmp_path: Path, difference: float, passed: bool
) -> None:
    write(tmp_path, MAXIMIN)
    shadow = {"variant": "d0", "violations": 0, "audit": {"n_selections": 7, "largest_difference": difference}}
    found = verdicts(tmp_path, [shadow])
    assert found["d0: 7 audited selections from the integer programme's"] is passed


@pytest.mark.parametrize(("rmse", "passed"), [(0.2249, True), (0.2251, False)])
def test_looked_up_selection_may_cost_little_precision(tmp_path: Path, rmse: float, passed: bool) -> None:
    write(tmp_path, MAXIMIN)
    cat = {"kind": "cat", "variant": "e0", "rmse": rmse, "rmse_exact": 0.22, "repeated_items": 0}
    assert verdicts(tmp_path, [cat])["e0: RMSE over that of exact selection"] is passed


def test_bars_of_simulations_do_not_count_with_few_simulees(tmp_path: Path) -> None:
    (tmp_path / "inst_d_sets_P1000.json").write_text(json.dumps({"kind": "shadow_cat", "n_simulees": 200}))
    slow = [{"variant": "", "violations": 0, "ms_per_selection": {"mean": 26.0}}]
    assert [check.passed for check in instance_checks(tmp_path, "d_sets_P1000", slow)] == [True, False]
    assert [check.passed for check in instance_checks(tmp_path, "d_sets_P1000", slow, few_simulees=True)] == [True]


@pytest.mark.parametrize(("made", "passed"), [(1000, True), (999, False)])
def test_all_personal_forms_asked_for_must_be_made(tmp_path: Path, made: int, passed: bool) -> None:
    write(tmp_path, MAXIMIN)
    assert verdicts(tmp_path, [{"requested": 1000, "n_forms": made, "violations": 0}])["one: forms"] is passed


@pytest.mark.parametrize(("value", "passed"), [(0.2, True), (0.201, False)])
def test_a_bar_holds_up_to_its_limit(value: float, passed: bool) -> None:
    (check,) = bar_checks("one", [Bar(figure="times.mean", most=0.2)], [{"times": {"mean": value}}], False)
    assert check == Check("one: times.mean", "≤ 0.2", f"{value:g}", passed)


def test_a_bar_means_only_results_that_say_so_and_gives_no_verdict_without_them() -> None:
    bar = Bar(figure="value", least=2.0, where={"objective": "maximin"})
    results = [{"objective": "maximin", "value": 3.0}, {"objective": "other", "value": 1.0}]
    assert [check.passed for check in bar_checks("one", [bar], results, False)] == [True]
    assert [check.passed for check in bar_checks("one", [bar], results[1:], False)] == [None]


def test_published_values_count_only_for_the_published_pools(tmp_path: Path) -> None:
    write(tmp_path, MAXIMIN, name="a_P300", seed=20_250_300)
    assert is_published(tmp_path, "P300")
    assert verdicts(tmp_path, [result()], "a_P300")["a_P300: value"] is False
    write(tmp_path, MAXIMIN, name="a_P300", seed=20_250_301)
    assert not is_published(tmp_path, "P300")
    assert "a_P300: value" not in verdicts(tmp_path, [result()], "a_P300")


@pytest.mark.parametrize(
    ("changes", "failures"),
    [({}, 0), ({"built": 7}, 1), ({"binding": []}, 1), ({"binding": [], "built": 6}, 0)],
)
def test_more_forms_than_the_bound_cannot_be_built_and_what_binds_is_named(
    tmp_path: Path, changes: dict[str, Any], failures: int
) -> None:
    health = {"built": 5, "bound": 6, "binding": [{"row": "IU05 × VD at least 1", "effect": 1.0}]} | changes
    found = list(health_checks(tmp_path, "P80", [health]))
    assert sum(check.passed is False for check in found) == failures
