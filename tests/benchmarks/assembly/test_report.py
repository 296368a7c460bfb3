"""Tables of results, failures among them, and repeated runs."""

from typing import Any

from benchmarks.assembly.checks import Check
from benchmarks.assembly.report import HEALTH, PEERS, checks_table, instance_table, table
from benchmarks.assembly.runs import merged

SOLVED: dict[str, Any] = {
    "id": "a_P300",
    "kind": "single_form",
    "objective": "maximin",
    "forms": [[1, 2]],
    "value": 12.99514,
    "bound": 13.0,
    "gap": 0.000374,
    "violations": 0,
    "cpu_s": 0.11,
}


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_a_row_has_value_bound_gap_and_seconds_and_no_column_that_nothing_fills() -> None:
    head, _, row = cells(instance_table([SOLVED]))
    assert dict(zip(head, row, strict=True)) == {
        "instance": "a_P300",
        "objective": "maximin",
        "forms": "1",
        "value": "12.9951",
        "proven bound": "13.0000",
        "gap": "0.037 %",
        "violations": "0",
        "CPU s": "0.11",
    }


def test_a_failure_takes_a_row_of_its_own_as_wide_as_the_others() -> None:
    failed = {"id": "a_P301", "kind": "single_form", "failure": "no such pool"}
    rows = cells(instance_table([SOLVED, failed]))
    assert rows[-1][:2] == ["a_P301", "**no such pool**"]
    assert len({len(row) for row in rows}) == 1
    assert cells(instance_table([failed]))[-1] == ["a_P301", "**no such pool**"]


def test_a_conflict_is_told_in_the_words_of_its_demands() -> None:
    attempt = {"id": "x", "kind": "single_form", "status": "infeasible", "failure": "no forms"}
    explained = {"id": "x", "conflict": ["length at least 40", "words at most 560"], "is_minimal": True}
    told = instance_table([attempt, explained])
    assert "**no forms**" in told
    assert "length at least 40; words at most 560" in told


def test_keys_that_were_left_aside_are_named_under_the_table() -> None:
    assert instance_table([SOLVED | {"ignored_keys": ["colour"]}]).endswith("Not understood and left aside: colour.")


def test_health_names_the_strongest_rows_and_peers_how_many_times_our_seconds() -> None:
    health = {"pool": "P300", "id": "b4_P300", "built": 5, "bound": 6, "binding": [{"row": "IU05 × VD", "effect": 1.0}]}
    assert "| P300 | b4_P300 | 5 | 6 | IU05 × VD |" in table([health], HEALTH)
    peer = {"id": "a_P300", "peer": "scipy.milp", "variant": "maximin", "cpu_s": 0.5, "our_cpu_s": 0.1, "ratio": 5.0}
    head, _, row = cells(table([peer], PEERS))
    assert (head[-1], row[-1]) == ("times ours", "5")


def test_checks_say_pass_fail_or_not_shown() -> None:
    found = [Check("a", "≤ 1", "0.5", True), Check("b", "≤ 1", "2", False), Check("c", "≤ 1", "", None)]
    assert [row[-1] for row in cells(checks_table(found))[-3:]] == ["pass", "**fail**", "not shown by this run"]


def test_repeated_runs_give_medians_of_times_and_tell_whether_forms_stayed_the_same() -> None:
    turns = [[SOLVED | {"cpu_s": seconds, "ms_per_selection": {"mean": seconds}}] for seconds in (0.3, 0.1, 0.2)]
    (result,) = merged(turns)
    assert result["cpu_s"] == 0.2
    assert result["ms_per_selection"] == {"mean": 0.2}
    assert result["same_every_time"] is True
    (other,) = merged([*turns, [SOLVED | {"forms": [[1, 3]]}]])[:1]
    assert other["same_every_time"] is False


def test_a_single_run_says_nothing_of_repetition() -> None:
    assert merged([[SOLVED]]) == [SOLVED]
