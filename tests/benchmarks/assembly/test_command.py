"""The command on small folders: what it writes, and that what fails keeps to itself."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.assembly.__main__ import main
from tests.benchmarks.assembly.small_folder import ROWS, write_instance, write_small_pool


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, dict[str, Any]]:
    """A folder with instances that can be met, cannot be met, and cannot be understood; exit code and file."""
    folder = tmp_path_factory.mktemp("instances")
    target = write_small_pool(folder)
    write_instance(folder, "one")
    write_instance(
        folder,
        "several",
        kind="parallel_forms",
        n_forms=2,
        across={"item_usage_max": 1, "pairwise_overlap_max": 0},
        objective={"type": "minimax_target", "theta": [-1.0, 0.0, 1.0], "target": target},
    )
    too_many = {"type": "count", "where": {"cog": "TH"}, "lb": 7, "ub": 8}
    write_instance(folder, "impossible", form=[*ROWS, too_many])
    write_instance(folder, "strange", form=[*ROWS, {"type": "colour", "lb": 1, "ub": 2}])
    write_instance(folder, "broken", pool="P81")
    out = folder.parent / "out.json"
    code = main(["--instances", str(folder), "--out", str(out)])
    record: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"), parse_constant=_refuse)
    return folder, code, record


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_forms_are_lists_of_indices_that_meet_the_rows_of_the_file(run: tuple[Path, int, dict[str, Any]]) -> None:
    folder, _, record = run
    (one,) = record["instances"]["one"]
    (form,) = one["forms"]
    with np.load(folder / "pool_P80.npz") as arrays:
        words, level, stimulus = (arrays[name][form] for name in ("words", "cog", "stimulus"))
    assert len(set(form)) == 8
    assert 150 <= words.sum() <= 450
    assert 2 <= Counter(level.tolist())[0] <= 4
    assert (stimulus < 0).all()
    assert one["violations"] == 0
    assert one["status"] == "solved"
    assert one["value"] == pytest.approx(one["bound"])
    assert one["gap"] == pytest.approx(0.0, abs=1e-9)
    assert one["cpu_s"] > 0.0


def test_parallel_forms_share_no_item_and_bring_the_health_of_their_bank(
    run: tuple[Path, int, dict[str, Any]],
) -> None:
    _, _, record = run
    (several,) = record["instances"]["several"]
    first, second = several["forms"]
    assert not set(first) & set(second)
    (health,) = record["health"]["P80"]
    assert 2 <= health["built"] <= health["bound"] <= 80 // 8


def test_a_specification_that_cannot_be_met_is_explained_whatever_its_name(
    run: tuple[Path, int, dict[str, Any]],
) -> None:
    _, _, record = run
    attempt, explained = record["instances"]["impossible"]
    assert attempt["status"] == "infeasible"
    assert attempt["forms"] == []
    # Eight items, at least two of level NB: seven of level TH are one too many.
    assert len(explained["conflict"]) == 3
    assert any("TH" in demand for demand in explained["conflict"])
    assert explained["is_minimal"] is True
    assert explained["is_repair_verified"] is True
    assert explained["cpu_s"] >= 0.0
    assert explained["repair_cpu_s"] >= 0.0


def test_what_is_not_understood_is_told_of_that_instance_alone(run: tuple[Path, int, dict[str, Any]]) -> None:
    _, code, record = run
    assert code == 1
    (strange,), (broken,) = record["instances"]["strange"], record["instances"]["broken"]
    assert "requirement 6 is of type 'colour'" in strange["failure"]
    assert "pool_P81.json" in broken["failure"]
    failed = {check["what"] for check in record["checks"] if check["passed"] is False}
    assert failed == {"strange", "broken"}


def test_the_file_says_where_and_how_the_figures_were_taken(run: tuple[Path, int, dict[str, Any]]) -> None:
    _, _, record = run
    assert set(record) == {"instances", "health", "peers", "machine", "checks"}
    assert record["peers"] == []
    assert record["machine"]["threads"] == 1
    for instance_id, results in record["instances"].items():
        assert results
        assert {result["id"] for result in results} == {instance_id}
        assert all("kind" in result for result in results)


def test_only_named_instances_run_and_a_run_in_which_all_holds_ends_with_0(
    run: tuple[Path, int, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _, _ = run
    out = tmp_path / "out.json"
    assert main(["--instances", str(folder), "--only", "one", "--repeat", "2", "--out", str(out)]) == 0
    record = json.loads(out.read_text(encoding="utf-8"))
    assert list(record["instances"]) == ["one"]
    assert record["health"] == {}
    assert record["instances"]["one"][0]["same_every_time"] is True
    assert "| one | maximin |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "two"], "no instance 'two'"),
        (["--out", "nowhere/out.json"], "there is no folder"),
        (["--repeat", "0"], "--repeat must be at least 1"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_runs(
    run: tuple[Path, int, dict[str, Any]], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    folder, _, _ = run
    with pytest.raises(SystemExit) as stopped:
        main(["--instances", str(folder), *arguments])
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--instances", str(tmp_path / "absent")])
    assert "there is no folder" in capsys.readouterr().err
