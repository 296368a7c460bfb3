"""The most even use of a pool."""

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.exposure_shares import even_shares


def shares_of(amounts: list[list[float]], lower: list[float], upper: list[float], cap: float = 1.0) -> FloatArray:
    matrix = np.array(amounts)
    n_units = matrix.shape[1]
    return even_shares(
        matrix,
        np.array(lower),
        np.array(upper),
        weights=np.ones(n_units),
        floors=np.zeros(n_units),
        caps=np.full(n_units, cap),
    )


def test_alone_a_length_is_shared_out_evenly() -> None:
    assert shares_of([[1.0] * 8], [2.0], [2.0]) == pytest.approx(np.full(8, 0.25), abs=1e-3)


def test_a_need_for_more_tilts_the_shares_along_what_items_give() -> None:
    # Minimise Σx² with Σx = 1 and Σ i·x = 2.5 over i = 0 … 3: x is a straight line in i.
    shares = shares_of([[1.0] * 4, [0.0, 1.0, 2.0, 3.0]], [1.0, 2.0], [1.0, np.inf])
    assert shares == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=1e-3)


def test_caps_and_floors_are_kept_exactly() -> None:
    shares = even_shares(
        np.array([[1.0] * 4, [0.0, 1.0, 2.0, 3.0]]),
        np.array([1.0, 2.0]),
        np.array([1.0, np.inf]),
        weights=np.ones(4),
        floors=np.array([0.15, 0.0, 0.0, 0.0]),
        caps=np.array([1.0, 1.0, 1.0, 0.45]),
    )
    assert shares.max() <= 0.45
    assert shares[0] >= 0.15


def test_where_bounds_cannot_be_met_they_are_missed_by_little() -> None:
    shares = shares_of([[1.0] * 4], [3.0], [3.0], cap=0.5)
    assert shares == pytest.approx(np.full(4, 0.5))


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_a_general_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_units, n_rows = 12, 4
    amounts = np.vstack([np.ones(n_units), rng.normal(size=(n_rows - 1, n_units))])
    inside = rng.uniform(0.1, 0.4, n_units)
    lower, upper = amounts @ inside - 0.05, amounts @ inside + 0.05
    weights, caps = rng.uniform(0.5, 2.0, n_units), np.full(n_units, 0.5)
    found = even_shares(amounts, lower, upper, weights=weights, floors=np.zeros(n_units), caps=caps)
    expected = minimize(
        lambda x: (weights * x * x).sum(),
        inside,
        jac=lambda x: 2.0 * weights * x,
        method="SLSQP",
        bounds=[(0.0, 0.5)] * n_units,
        constraints=[LinearConstraint(amounts, lower, upper)],
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert (weights * found * found).sum() == pytest.approx(expected.fun, rel=2e-3)
    assert found == pytest.approx(expected.x, abs=5e-3)
