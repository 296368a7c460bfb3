import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from exam_engine.psychometrics.adaptive.shadow_relaxation import WarmRelaxation, basis_from_text, basis_text
from exam_engine.psychometrics.adaptive.shadow_restriction import restricted
from exam_engine.psychometrics.adaptive.shadow_search import SearchResult, best_point
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.solver import LinearProgramme

N_VARIABLES = 9
EVERY_POINT = np.array(list(itertools.product((0.0, 1.0), repeat=N_VARIABLES)))
FIRST_TWO = np.arange(N_VARIABLES) < 2


def random_programme(seed: int) -> LinearProgramme:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-3, 8, (3, N_VARIABLES)).astype(np.float64)
    middle = matrix.sum(axis=1) * 0.5
    return LinearProgramme(
        cost=-rng.lognormal(0.0, 0.5, N_VARIABLES),
        matrix=csr_array(matrix),
        row_lower=np.floor(middle - rng.integers(0, 6, 3)),
        row_upper=np.floor(middle + rng.integers(0, 2, 3)),
        lower=np.zeros(N_VARIABLES),
        upper=np.ones(N_VARIABLES),
        is_integer=np.ones(N_VARIABLES, dtype=np.bool_),
    )


def least_cost(programme: LinearProgramme) -> float:
    """By looking at every point."""
    sums = EVERY_POINT @ programme.matrix.toarray().T
    feasible = ((sums >= programme.row_lower - 1e-9) & (sums <= programme.row_upper + 1e-9)).all(axis=1)
    costs: FloatArray = EVERY_POINT[feasible] @ programme.cost
    return float(costs.min(initial=np.inf))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_search_finds_the_best_of_all_points_or_proves_that_there_is_none(seed: int) -> None:
    programme = random_programme(seed)
    found = best_point(WarmRelaxation(programme), programme, branch_first=FIRST_TWO, max_nodes=10_000)
    assert found.is_proved
    assert found.value == pytest.approx(least_cost(programme), abs=1e-7)
    if found.x is not None:
        assert found.value == pytest.approx(programme.cost @ found.x)


@given(seed=st.integers(0, 10**6), part=st.floats(0.0, 1.5))
@settings(max_examples=40, deadline=None)
def test_only_points_better_than_the_value_to_beat_are_found(seed: int, part: float) -> None:
    programme = random_programme(seed)
    best, below = least_cost(programme), part * programme.cost.sum()
    found = best_point(WarmRelaxation(programme), programme, branch_first=FIRST_TWO, below=below, max_nodes=10_000)
    if best < below - 1e-6:
        assert found.value == pytest.approx(best, abs=1e-7)
    elif best > below + 1e-6:
        assert found.x is None
        assert found.is_proved


@given(seed=st.integers(0, 10**6), looseness=st.floats(1e-4, 1.0))
@settings(max_examples=40, deadline=None)
def test_restricted_programme_keeps_every_better_point_and_no_worse_bound(seed: int, looseness: float) -> None:
    programme = random_programme(seed)
    best = least_cost(programme)
    root = WarmRelaxation(programme).solve(programme.lower, programme.upper)
    if not np.isfinite(best) or root is None:
        return
    rest = restricted(programme, root, best + looseness)
    found = best_point(
        WarmRelaxation(rest.programme), rest.programme, branch_first=FIRST_TWO[rest.free], max_nodes=10_000
    )
    assert found.x is not None
    point = rest.whole(found.x)
    assert programme.cost @ point == pytest.approx(best, abs=1e-7)
    assert found.value + rest.offset == pytest.approx(best, abs=1e-7)
    sums = programme.matrix @ point
    assert (sums >= programme.row_lower - 1e-6).all()
    assert (sums <= programme.row_upper + 1e-6).all()


def test_search_says_when_its_nodes_did_not_suffice_for_a_proof() -> None:
    def search(seed: int, max_nodes: int) -> SearchResult:
        programme = random_programme(seed)
        return best_point(WarmRelaxation(programme), programme, branch_first=FIRST_TWO, max_nodes=max_nodes)

    seed, needed = next((seed, nodes) for seed in range(100) if (nodes := search(seed, 10_000).nodes) > 2)
    short = search(seed, needed - 1)
    assert (short.nodes, short.is_proved) == (needed - 1, False)
    assert search(seed, needed).is_proved


def test_same_basis_gives_the_same_vertex_whatever_was_solved_in_between() -> None:
    # Equal costs: many optimal vertices, of which the basis decides one.
    programme = random_programme(4)
    relaxation = WarmRelaxation(programme)
    relaxation.price(-np.ones(N_VARIABLES))
    assert relaxation.solve(programme.lower, programme.upper) is not None
    basis = relaxation.basis
    answers = []
    for seed in range(3):
        relaxation.price(np.random.default_rng(seed).normal(size=N_VARIABLES))
        relaxation.solve(programme.lower, programme.upper)
        relaxation.price(-1.0 - np.arange(N_VARIABLES, dtype=np.float64) // 3.0)
        vertex = relaxation.solve(programme.lower, programme.upper, start=basis)
        assert vertex is not None
        answers.append(vertex.x.tolist())
    assert answers[0] == answers[1] == answers[2]


def test_basis_read_from_text_is_the_same_basis() -> None:
    programme = random_programme(4)
    relaxation = WarmRelaxation(programme)
    relaxation.price(programme.cost)
    vertex = relaxation.solve(programme.lower, programme.upper)
    text = basis_text(relaxation.basis)
    columns, rows = text.split("/")
    assert (len(columns), len(rows)) == (N_VARIABLES, 3)
    other = WarmRelaxation(programme)
    other.price(programme.cost)
    again = other.solve(programme.lower, programme.upper, start=basis_from_text(text))
    assert vertex is not None
    assert again is not None
    assert again.x == pytest.approx(vertex.x)
    assert basis_text(other.basis) == text
