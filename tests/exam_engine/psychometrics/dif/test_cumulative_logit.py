import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.cumulative_logit import fit_cumulative_logit


def _log_likelihood(parameters: FloatArray, design: FloatArray, counts: FloatArray) -> float:
    n_cuts = counts.shape[1] - 1
    above = expit(parameters[:n_cuts] + (design @ parameters[n_cuts:])[:, None])
    bounds = np.column_stack([np.ones(len(above)), above, np.zeros(len(above))])
    return float((counts * np.log(np.maximum(-np.diff(bounds, axis=1), 1e-300))).sum())


def _data(n_scores: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(n_scores)
    design = rng.normal(size=(60, 2))
    latent = design @ np.array([0.8, -0.5]) + rng.logistic(size=(20, 60))
    score = np.digitize(latent, np.linspace(-1.0, 1.5, n_scores - 1)) if n_scores > 2 else (latent > 0.3).astype(int)
    counts = np.stack([(score == k).sum(axis=0) for k in range(n_scores)], axis=1).astype(np.float64)
    return design, counts


@pytest.mark.parametrize("n_scores", [2, 3, 5])
def test_the_fit_is_the_maximum_that_a_general_optimiser_finds(n_scores: int) -> None:
    design, counts = _data(n_scores)
    start = np.concatenate([np.linspace(1.0, -1.0, n_scores - 1), np.zeros(2)])

    fit = fit_cumulative_logit(design, counts)
    found = minimize(lambda at: -_log_likelihood(at, design, counts), start, method="BFGS", options={"gtol": 1e-4})

    assert fit.converged
    assert not fit.separated
    assert fit.log_likelihood == pytest.approx(-found.fun, abs=1e-6)
    np.testing.assert_allclose(fit.coefficients, found.x[n_scores - 1 :], atol=1e-4)


def test_for_two_scores_the_covariance_is_the_inverse_information_of_logistic_regression() -> None:
    design, counts = _data(2)

    fit = fit_cumulative_logit(design, counts)

    x = np.column_stack([np.ones(60), design])
    share = counts[:, 1].sum() / counts.sum()
    beta = np.array([np.log(share / (1 - share)), 0.0, 0.0])
    information = np.eye(3)
    for _ in range(50):
        p = expit(x @ beta)
        information = (x * (counts.sum(axis=1) * p * (1 - p))[:, None]).T @ x
        beta = beta + np.linalg.solve(information, x.T @ (counts[:, 1] - counts.sum(axis=1) * p))
    np.testing.assert_allclose(fit.coefficients, beta[1:], rtol=1e-7)
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(information)[1:, 1:], rtol=1e-5)


def test_a_covariate_that_decides_the_score_is_reported_as_separation() -> None:
    design = np.array([[-1.0], [-0.5], [0.5], [1.0]])
    counts = np.array([[5.0, 0.0], [5.0, 0.0], [0.0, 5.0], [0.0, 5.0]])

    fit = fit_cumulative_logit(design, counts)

    assert fit.separated
    assert fit.log_likelihood == pytest.approx(0.0, abs=1e-6)


def test_a_covariate_that_does_not_vary_is_reported_as_separation() -> None:
    _, counts = _data(2)

    fit = fit_cumulative_logit(np.ones((60, 1)), counts)

    assert fit.separated
    assert np.isnan(fit.covariance).all()
