"""Numbers of items of each cell."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.assembly.loft_cells import cell_numbers


def test_cells_that_lag_behind_come_first() -> None:
    counts = np.array([[1.0], [1.0], [1.0], [0.0]])
    numbers = cell_numbers(
        np.array([0.1, 0.9, 0.5]),
        np.array([3, 3, 3]),
        counts,
        lower=np.array([2.0]),
        upper=np.array([2.0]),
        n_items=2,
    )
    assert numbers is not None
    assert numbers.tolist() == [0, 1, 1]


def test_swaps_mend_what_the_first_choice_misses() -> None:
    # Two of module one, one of module two, one of them hard; the hard items lag least.
    counts = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1], [0, 0, 0]], dtype=np.float64)
    numbers = cell_numbers(
        np.array([3.0, -5.0, 2.0, -4.0]),
        np.array([5, 5, 5, 5]),
        counts,
        lower=np.array([2.0, 1.0, 1.0]),
        upper=np.array([2.0, 1.0, 1.0]),
        n_items=5,
    )
    assert numbers is not None
    assert (numbers @ counts[:-1]).tolist() == [2.0, 1.0, 1.0]


def test_nothing_is_found_where_there_is_too_little() -> None:
    counts = np.array([[1.0], [0.0]])
    bounds = {"lower": np.array([3.0]), "upper": np.array([3.0])}
    assert cell_numbers(np.array([1.0]), np.array([2]), counts, n_items=3, **bounds) is None
    assert cell_numbers(np.zeros(0), np.zeros(0, dtype=np.intp), np.zeros((1, 1)), n_items=0, **bounds) is None


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10_000))
def test_numbers_meet_every_count_and_never_exceed_the_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # All crossings of two attributes with three values, and a length.
    cells = np.array(
        [
            [a == k for k in range(3)] + [b == k for k in range(3)] + [1]
            for a, b in itertools.product(range(3), repeat=2)
        ]
    )
    counts = np.vstack([cells.astype(np.float64), np.zeros(7)])
    room = rng.integers(0, 4, 9)
    inside = rng.integers(0, room + 1).astype(np.float64) @ counts[:-1]
    lower, upper = np.maximum(inside - rng.choice([0.0, 1.0], 7), 0.0), inside + rng.choice([0.0, 1.0], 7)
    numbers = cell_numbers(rng.normal(size=9), room, counts, lower=lower, upper=upper, n_items=int(inside[-1]))
    if numbers is not None:
        assert (numbers <= room).all()
        assert (numbers >= 0).all()
        sums = numbers @ counts[:-1]
        assert ((sums >= lower) & (sums <= upper)).all()
