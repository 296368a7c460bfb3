import itertools
import math
from typing import Literal

import numpy as np
import pytest
from scipy.sparse import csr_array

from exam_engine.psychometrics.assembly.solver import LinearProgramme, SearchProgress, SolverLimits, solve

Backend = Literal["highspy", "scipy"]
BACKENDS: tuple[Backend, ...] = ("highspy", "scipy")


def knapsack(seed: int, n: int = 10, *, is_integer: bool = True) -> LinearProgramme:
    """Two knapsack rows over n things; costs are negative values."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(1.0, 5.0, (2, n))
    return LinearProgramme(
        cost=-rng.uniform(1.0, 3.0, n),
        matrix=csr_array(weights),
        row_lower=np.full(2, -math.inf),
        row_upper=weights.sum(axis=1) / 3.0,
        lower=np.zeros(n),
        upper=np.ones(n),
        is_integer=np.full(n, is_integer),
    )


def best_by_trying_all(programme: LinearProgramme) -> float:
    points = np.array(list(itertools.product((0.0, 1.0), repeat=programme.cost.size)))
    sums = points @ programme.matrix.toarray().T
    return float((points @ programme.cost)[(sums <= programme.row_upper).all(axis=1)].min())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("seed", range(4))
def test_the_optimum_is_that_of_trying_every_point(backend: Backend, seed: int) -> None:
    programme = knapsack(seed)
    solution = solve(programme, backend=backend)
    assert solution.status == "optimal"
    assert solution.value == pytest.approx(best_by_trying_all(programme), abs=1e-9)
    assert solution.bound == pytest.approx(solution.value, abs=1e-8)
    assert solution.x is not None
    assert set(solution.x.tolist()) <= {0.0, 1.0}


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_whole_numbers_the_value_is_at_least_as_good(backend: Backend) -> None:
    relaxed = solve(knapsack(1, is_integer=False), backend=backend)
    assert relaxed.status == "optimal"
    assert relaxed.value <= best_by_trying_all(knapsack(1))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("is_integer", [True, False])
def test_what_cannot_be_met_is_said_to_be_infeasible(backend: Backend, is_integer: bool) -> None:
    programme = LinearProgramme(
        cost=np.zeros(2),
        matrix=csr_array([[1.0, 1.0]]),
        row_lower=np.array([3.0]),
        row_upper=np.array([3.0]),
        lower=np.zeros(2),
        upper=np.ones(2),
        is_integer=np.full(2, is_integer),
    )
    solution = solve(programme, backend=backend)
    assert (solution.status, solution.x, solution.bound) == ("infeasible", None, math.inf)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_node_limit_leaves_a_bound_below_the_value(backend: Backend) -> None:
    solution = solve(knapsack(3, 60), SolverLimits(nodes=1), backend=backend)
    assert solution.bound <= solution.value
    assert solution.bound > -math.inf


def test_a_caller_hears_of_progress_and_may_stop_the_search() -> None:
    told: list[SearchProgress] = []

    def stop_at_once(progress: SearchProgress) -> bool:
        told.append(progress)
        return True

    rng = np.random.default_rng(5)
    n = 80
    weights = rng.integers(100, 999, (8, n)).astype(np.float64)
    hard = LinearProgramme(
        cost=-rng.integers(100, 999, n).astype(np.float64),
        matrix=csr_array(weights),
        row_lower=np.full(8, -math.inf),
        row_upper=np.floor(weights.sum(axis=1) / 2.0),
        lower=np.zeros(n),
        upper=np.ones(n),
        is_integer=np.ones(n, dtype=np.bool_),
    )
    solution = solve(hard, tell=stop_at_once)
    assert solution.status == "cancelled"
    assert told
    assert all(progress.value is None or progress.bound <= progress.value for progress in told)


def test_a_start_is_a_point_that_the_answer_is_no_worse_than() -> None:
    programme = knapsack(2, 40)
    best = solve(programme)
    again = solve(programme, SolverLimits(nodes=1), start=best.x)
    assert again.value == pytest.approx(best.value, abs=1e-9)


def test_the_same_programme_gives_the_same_answer() -> None:
    first, second = (solve(knapsack(7, 50), SolverLimits(nodes=20), seed=3) for _ in range(2))
    assert first.x is not None
    assert second.x is not None
    assert first.x.tolist() == second.x.tolist()
    assert (first.bound, first.nodes) == (second.bound, second.nodes)
