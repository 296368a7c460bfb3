"""Peers beside our results: programmes they get, forms they give back, ratios."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.assembly.instances import read_instance, specification_of
from benchmarks.assembly.peers.comparison import PeerLimits, compare, write_programme
from benchmarks.assembly.worker import results_of
from exam_engine.psychometrics.assembly.exact import monolithic_programme
from exam_engine.psychometrics.assembly.solver import LinearProgramme, solve
from tests.benchmarks.assembly.small_folder import MAXIMIN, ROWS, write_instance, write_small_pool

Result = dict[str, Any]


def read_programme(path: str) -> LinearProgramme:
    with np.load(path) as arrays:
        shape = (arrays["row_lower"].size, arrays["cost"].size)
        return LinearProgramme(
            matrix=csr_array((arrays["values"], arrays["places"], arrays["starts"]), shape=shape),
            **{name: arrays[name] for name in ("cost", "row_lower", "row_upper", "lower", "upper", "is_integer")},
        )


def a_solver(_: str, request: Result) -> list[Result]:
    """A peer that solves what it is given."""
    solution = solve(read_programme(request["programme"]))
    assert solution.x is not None
    return [{"cpu_s": 3.0, "status": "Optimal", "x": solution.x.tolist()}]


def test_a_programme_in_a_file_is_the_programme(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "one")
    instance = read_instance(tmp_path, "one")
    programme = monolithic_programme(instance.pool, specification_of(instance))
    write_programme(tmp_path / "programme.npz", programme)
    again = read_programme(str(tmp_path / "programme.npz"))
    assert (again.matrix != csr_array(programme.matrix)).nnz == 0
    for name in ("cost", "row_lower", "row_upper", "lower", "upper", "is_integer"):
        np.testing.assert_array_equal(getattr(again, name), getattr(programme, name))


def test_solvers_forms_are_checked_and_their_seconds_set_against_ours(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "one")
    (own,) = results_of(tmp_path, "one")
    found = compare(tmp_path, read_instance(tmp_path, "one"), [own | {"cpu_s": 1.5}], PeerLimits(), run=a_solver)
    assert {result["peer"] for result in found} == {"PuLP + CBC", "scipy.milp"}
    for result in found:
        assert result["value"] == pytest.approx(own["value"])
        assert result["violations"] == 0
        assert result["ratio"] == pytest.approx(2.0)
        assert "x" not in result


def test_programmes_that_are_too_large_are_not_tried(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "many", kind="parallel_forms", n_forms=200)
    own = {"objective": MAXIMIN["type"], "forms": [[0]], "value": 1.0, "cpu_s": 1.0}

    def unwanted(_: str, request: Result) -> list[Result]:
        raise AssertionError(request)

    found = compare(tmp_path, read_instance(tmp_path, "many"), [own], PeerLimits(), run=unwanted)
    assert [result["failure"][:9] for result in found] == ["not tried", "not tried"]


def test_simulators_get_few_simulees_and_are_set_against_the_same_selection(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "cat", kind="cat", n_simulees=50, length=8, seed=3)
    requests: list[Result] = []

    def simulator(_: str, request: Result) -> list[Result]:
        requests.append(request)
        return [{"variant": name, "simulees_per_s": 10.0} for name in ("MFI", "randomesque 5")]

    ours = [
        {"variant": "e0", "description": "plain MFI", "simulees_per_s": 20_000.0},
        {"variant": "e1", "description": "randomesque 5 + content balancing", "simulees_per_s": 9_000.0},
    ]
    limits = PeerLimits(simulees=(("catsim", 100),))
    plain, other = compare(tmp_path, read_instance(tmp_path, "cat"), ours, limits, run=simulator)
    assert requests[0]["n_simulees"] == 50
    assert plain["ratio"] == pytest.approx(2_000.0)
    assert "ratio" not in other


def test_a_peer_that_breaks_off_is_told(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "one")
    (own,) = results_of(tmp_path, "one")
    found = compare(
        tmp_path, read_instance(tmp_path, "one"), [own], PeerLimits(), run=lambda _, __: [{"failure": "out of memory"}]
    )
    assert [result["failure"] for result in found] == ["out of memory", "out of memory"]


def test_the_same_problem_in_another_instance_is_not_solved_again(tmp_path: Path) -> None:
    write_small_pool(tmp_path)
    write_instance(tmp_path, "one")
    write_instance(tmp_path, "two", note="the same again")
    write_instance(tmp_path, "three", form=ROWS[:2])
    (own,) = results_of(tmp_path, "one")
    solved: set[str] = set()
    counts = [
        len(compare(tmp_path, read_instance(tmp_path, name), [own], PeerLimits(), solved=solved, run=a_solver))
        for name in ("one", "two", "three")
    ]
    assert counts == [2, 0, 2]
