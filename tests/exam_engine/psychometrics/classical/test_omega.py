import json

import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.classical import ClassicalDataError, omega_total, one_factor
from exam_engine.psychometrics.classical.omega import FactorMethod

# Lord's (1957) vocabulary tests, two of 15 items and two of 75 items with little time; N = 649. Covariances and the
# test of one factor as printed in Jöreskog (1971), Psychometrika 36, 109-133.
LORD = np.array(
    [
        [86.3979, 57.7751, 56.8651, 58.8986],
        [57.7751, 86.2632, 59.3177, 59.6683],
        [56.8651, 59.3177, 97.2850, 73.8201],
        [58.8986, 59.6683, 73.8201, 97.8192],
    ]
)
METHODS: tuple[FactorMethod, ...] = ("minres", "ml")


def names(n_items: int) -> tuple[str, ...]:
    return tuple(f"t{number}" for number in range(1, n_items + 1))


def test_lords_vocabulary_tests_are_not_congeneric() -> None:
    fit = one_factor(LORD, names(4), n_candidates=649, method="ml")

    assert fit.chi_squared == pytest.approx(36.21, abs=0.005)
    assert fit.df == 2
    assert fit.p_value < 1e-6
    assert fit.converged


@pytest.mark.parametrize("method", METHODS)
def test_loadings_that_made_the_covariances_are_found_again(method: FactorMethod) -> None:
    loadings, psi = np.array([0.5, 1.2, 0.8, 2.0, 0.3]), np.array([0.5, 0.7, 0.2, 3.0, 0.4])

    fit = one_factor(np.outer(loadings, loadings) + np.diag(psi), names(5), n_candidates=200, method=method)

    np.testing.assert_allclose(fit.loadings, loadings, atol=1e-6)
    np.testing.assert_allclose(fit.uniquenesses, psi, atol=1e-6)
    assert fit.omega == pytest.approx(loadings.sum() ** 2 / (loadings.sum() ** 2 + psi.sum()), abs=1e-7)
    assert fit.srmr < 1e-7
    assert fit.flags == ()


@pytest.mark.parametrize("method", METHODS)
def test_three_items_have_the_loadings_of_the_triad(method: FactorMethod) -> None:
    r = np.array([[1.0, 0.42, 0.35], [0.42, 1.0, 0.30], [0.35, 0.30, 1.0]])

    fit = one_factor(r, names(3), n_candidates=100, method=method)

    expected = np.sqrt([0.42 * 0.35 / 0.30, 0.42 * 0.30 / 0.35, 0.35 * 0.30 / 0.42])
    np.testing.assert_allclose(fit.loadings, expected, atol=1e-6)
    assert np.isnan(fit.chi_squared)


def test_maximum_likelihood_beats_its_neighbours() -> None:
    fit = one_factor(LORD, names(4), n_candidates=649, method="ml")

    def misfit(loadings: np.ndarray, psi: np.ndarray) -> float:
        sigma = np.outer(loadings, loadings) + np.diag(psi)
        return float(np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, LORD)))

    best = misfit(fit.loadings, fit.uniquenesses)
    for item in range(4):
        for step in (-1e-3, 1e-3):
            change = np.zeros(4)
            change[item] = step
            assert misfit(fit.loadings * (1 + change), fit.uniquenesses) > best
            assert misfit(fit.loadings, fit.uniquenesses * (1 + change)) > best


@pytest.mark.parametrize("method", METHODS)
def test_omega_does_not_depend_on_the_order_of_the_items(method: FactorMethod) -> None:
    order = np.array([2, 0, 3, 1])
    one = one_factor(LORD, names(4), n_candidates=649, method=method)
    other = one_factor(LORD[np.ix_(order, order)], names(4), n_candidates=649, method=method)

    assert other.omega == pytest.approx(one.omega, abs=1e-7)
    np.testing.assert_allclose(other.loadings, one.loadings[order], atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_heywood_case_is_flagged(method: FactorMethod) -> None:
    # The triad asks for a first loading of √(.72 · .72 / .4) = 1.14.
    r = np.array([[1.0, 0.72, 0.72], [0.72, 1.0, 0.40], [0.72, 0.40, 1.0]])

    fit = one_factor(r, names(3), n_candidates=100, method=method)

    assert "heywood_case" in fit.flags
    assert fit.uniquenesses.min() == pytest.approx(0.005)
    assert "not_converged" not in fit.flags


def test_omega_of_a_simulated_test_is_its_reliability() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(size=(20_000, 1))
    weights = np.array([10.0, 12.0, 6.0, 15.0])
    scores = np.clip(np.round(60 + true * weights + 10 * rng.normal(size=(20_000, 4))), 0, 120)

    fit = omega_total(ResponseMatrix.from_array(scores))

    assert fit.omega == pytest.approx(43**2 / (43**2 + 400), abs=0.005)


def test_items_that_run_against_the_factor_are_flagged() -> None:
    loadings = np.array([0.8, 0.7, -0.6, 0.5])
    fit = one_factor(np.outer(loadings, loadings) + np.diag(1 - loadings**2), names(4), n_candidates=100)

    assert fit.flags == ("negative_loadings",)
    np.testing.assert_allclose(fit.loadings, loadings, atol=1e-6)


def test_pairwise_covariances_leave_no_chi_squared() -> None:
    rng = np.random.default_rng(2)
    table = (rng.normal(size=(400, 1)) + rng.normal(size=(400, 5)) > 0).astype(int)
    table[:100, 0] = NOT_PRESENTED

    fit = omega_total(ResponseMatrix.from_array(table), method="ml")

    assert "pairwise_covariances" in fit.flags
    assert json.loads(json.dumps(fit.to_dict(), allow_nan=False))["chi_squared"] is None


def test_what_has_no_factor_is_refused() -> None:
    with pytest.raises(ClassicalDataError) as error:
        one_factor(np.eye(2), names(2), n_candidates=10)
    assert error.value.code == "too_few_items"
    with pytest.raises(ClassicalDataError, match="item 't2' does not vary") as error:
        one_factor(np.diag([1.0, 0.0, 1.0]), names(3), n_candidates=10)
    assert error.value.code == "item_constant"
    table = np.random.default_rng(3).integers(0, 2, size=(40, 3))
    twice = ResponseMatrix.from_array(np.column_stack([table, table[:, 0]]))
    with pytest.raises(ClassicalDataError, match="singular") as error:
        omega_total(twice, method="ml")
    assert error.value.code == "singular_correlations"
    assert "not_positive_definite" in omega_total(twice).flags
