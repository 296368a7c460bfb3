"""Fits in processes of their own, and what the report makes of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.irt.cases import CASES, Case
from benchmarks.irt.evaluator import Evaluation
from benchmarks.irt.report import Check, case_table, checks
from benchmarks.irt.runs import Measured, Setting, measure, settings_for

CASE_A, CASE_C = (next(case for case in CASES if case.key == key) for key in "ac")


def evaluation(objective: float = -1000.0) -> Evaluation:
    return Evaluation(
        log_likelihood=objective,
        objective=objective,
        rise_left=1e-9,
        step_a=1e-6,
        step_b=1e-6,
        step_c=0.0,
        max_gradient_c=0.0,
    )


def measured(tool: str, *, cpu: float = 0.1, memory: float = 100.0, objective: float = -1000.0) -> Measured:
    report = {"cpu": cpu, "memory": memory, "start_cpu": 0.5, "passes": 20, "product_seconds": 0.004}
    return Measured(
        setting=Setting(tool=tool, label="61 nodes, squarem"),
        reports=(report,),
        evaluation=evaluation(objective),
        errors={"a": 0.03, "b": 0.04},
    )


def check(name: str, ours: Measured, *peers: Measured, key: str = "a") -> Check:
    case = next(case for case in CASES if case.key == key)
    return next(found for found in checks(case, [ours, *peers]) if name in found.what)


def test_a_fit_in_a_fresh_process_reaches_the_maximum_that_the_judge_sees(tmp_path: Path) -> None:
    case = Case(key="a", title="small", seed=5, model="2PL", n_candidates=800, n_items=10)
    (result,) = measure(case, settings_for(CASES[1], peers=False, quick=True), repeat=1, folder=tmp_path)
    assert result.failure == ""
    assert result.evaluation is not None
    assert result.evaluation.rise_left < 1e-6
    assert result.median("cpu") < result.median("start_cpu")
    assert "small" in case_table(case, [result])


def test_a_tool_that_fails_is_shown_with_its_reason_and_does_not_stop_the_run(tmp_path: Path) -> None:
    case = Case(key="a", title="small", seed=5, model="2PL", n_candidates=50, n_items=4)
    wrong = Setting(tool="exam_engine", label="as it comes", options={"max_iterations": 0})
    (result,) = measure(case, (wrong,), repeat=2, folder=tmp_path)
    assert result.failure == "ValueError: max_iterations is 0; a whole number of at least 1 is needed"
    assert result.failure in case_table(case, [result])
    assert [found.passed for found in checks(case, [result])] == [False]


@pytest.mark.parametrize(("theirs", "passed"), [(0.36, True), (0.34, False)])
def test_the_speed_ratio_is_that_to_the_fastest_comparable_fit_of_mirt(theirs: float, passed: bool) -> None:
    coarse = replace(measured("mirt", cpu=0.01), setting=Setting(tool="mirt", label="21 nodes", comparable=False))
    found = check("faster", measured("exam_engine"), coarse, measured("mirt", cpu=theirs), measured("mirt", cpu=9.0))
    assert found.passed is passed


@pytest.mark.parametrize(("theirs", "passed"), [(-999.99995, True), (-999.9998, False)])
def test_speed_counts_only_at_an_equal_or_better_likelihood(theirs: float, passed: bool) -> None:
    found = check("faster", measured("exam_engine"), measured("mirt", cpu=9.0, objective=theirs))
    assert found.passed is passed


@pytest.mark.parametrize(("memory", "passed"), [(150.0, True), (150.1, False)])
def test_memory_counts_up_to_its_bar(memory: float, passed: bool) -> None:
    assert check("memory", measured("exam_engine", memory=memory), key="b").passed is passed


@pytest.mark.parametrize(("best", "passed"), [(-999.9991, True), (-999.9989, False)])
def test_the_likelihood_may_be_a_thousandth_below_the_best_of_the_run(best: float, passed: bool) -> None:
    assert check("below the best", measured("exam_engine"), measured("girth", objective=best)).passed is passed


def test_without_peers_the_comparison_is_not_shown_instead_of_passed() -> None:
    assert check("faster", measured("exam_engine")).passed is None


def test_the_share_of_the_limit_is_the_time_of_the_products_alone_over_the_time_of_the_fit() -> None:
    found = check("two-product limit", measured("exam_engine", cpu=0.1), key="b")
    assert found.measured == "80 %"


def test_a_quick_run_leaves_out_what_is_slow_and_keeps_what_the_ratio_needs() -> None:
    labels = [(at.tool, at.label) for at in settings_for(CASE_C, peers=True, quick=True)]
    assert labels == [("exam_engine", "as it comes"), ("mirt", "61 nodes, squarem")]
    assert any(at.with_errors for at in settings_for(CASE_A, peers=True, quick=True))
