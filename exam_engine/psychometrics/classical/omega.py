"""Omega total: reliability of a sum score under one common factor, fitted by least squares or maximum likelihood.

The factor model is fitted to correlations and scaled back, so that omega describes the sum of the raw item scores:
ω = (Σλ)² / ((Σλ)² + Σψ).

References
----------
McDonald (1999), *Test Theory: A Unified Treatment*, ch. 6. Harman & Jones (1966), Psychometrika 31, 351–368 (minres).
Jöreskog (1967), Psychometrika 32, 443–482 (maximum likelihood); Jöreskog (1971), Psychometrika 36, 109–133 (congeneric
tests).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtrc

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.covariance import MissingRule, item_covariance
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.responses import ResponseMatrix

FactorMethod = Literal["minres", "ml"]
OmegaFlag = Literal[
    "heywood_case", "not_converged", "pairwise_covariances", "negative_loadings", "not_positive_definite"
]

SMALLEST_UNIQUENESS: Final = 0.005
"""Lowest uniqueness, as a share of the item's variance, that a fit may reach; reaching it raises ``heywood_case``."""
_GRADIENT = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class OneFactorFit:
    """One common factor behind the items.

    Attributes
    ----------
    item_names, loadings, uniquenesses : J names, (J,) loadings and unique variances in points of the items.
    omega : reliability of the sum score.
    method : ``minres`` or ``ml``.
    srmr : root mean squared residual correlation.
    chi_squared, df, p_value : likelihood ratio against the unrestricted covariances with the multiplier n − 1; NaN for
        minres, for three items (df 0) and for pairwise covariances, which have no likelihood.
    converged : whether the gradient vanished.
    flags : ``heywood_case`` (a uniqueness at its bound: omega is too high), ``not_converged``, ``negative_loadings``
        (items run against the factor: omega of the sum is not meaningful), ``pairwise_covariances``,
        ``not_positive_definite``.
    """

    item_names: tuple[str, ...]
    loadings: FloatArray
    uniquenesses: FloatArray
    omega: float
    method: FactorMethod
    srmr: float
    chi_squared: float
    df: int
    p_value: float
    converged: bool
    flags: tuple[OmegaFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def omega_total(
    responses: ResponseMatrix, *, method: FactorMethod = "minres", missing: MissingRule = "pairwise"
) -> OneFactorFit:
    """Omega of the sum score of all items.

    Raises
    ------
    ClassicalDataError
        Of ``item_covariance`` and ``one_factor``.
    """
    cov = item_covariance(responses, missing=missing)
    return one_factor(
        cov.covariance,
        cov.item_names,
        n_candidates=cov.n_candidates,
        method=method,
        complete=cov.complete,
    )


def one_factor(
    covariance: FloatArray,
    item_names: tuple[str, ...],
    *,
    n_candidates: float,
    method: FactorMethod = "minres",
    complete: bool = True,
) -> OneFactorFit:
    """Fit one factor to (J, J) covariances.

    Raises
    ------
    ClassicalDataError
        ``too_few_items`` (fewer than three: the loadings are not determined), ``item_constant``, or
        ``singular_correlations`` when maximum likelihood meets a singular matrix.
    """
    n_items = len(item_names)
    if n_items < 3:
        raise ClassicalDataError("too_few_items", f"one factor needs at least 3 items, got {n_items}", n_items=n_items)
    variances = np.diagonal(covariance)
    if not (variances > 1e-20).all():
        name = item_names[int(np.argmin(variances))]
        raise ClassicalDataError("item_constant", f"item {name!r} does not vary; leave it out", item=name)
    sd = np.sqrt(variances)
    r = covariance / np.outer(sd, sd)
    flags: list[OmegaFlag] = [] if complete else ["pairwise_covariances"]
    definite = float(np.linalg.eigvalsh(r)[0]) > 1e-10
    if not definite:
        flags.append("not_positive_definite")
        if method == "ml":
            raise ClassicalDataError(
                "singular_correlations",
                "the correlations of the items are singular: maximum likelihood does not exist; use method='minres' "
                "or leave out items that repeat others",
            )
    loadings, uniquenesses, converged = _minres(r)
    if method == "ml":
        loadings, uniquenesses, converged = _maximum_likelihood(r, loadings)
    if loadings.sum() < 0.0:
        loadings = -loadings
    if uniquenesses.min() <= SMALLEST_UNIQUENESS * (1.0 + 1e-6):
        flags.append("heywood_case")
    if not converged:
        flags.append("not_converged")
    if loadings.min() < 0.0:
        flags.append("negative_loadings")
    residual = r - np.outer(loadings, loadings)
    df = n_items * (n_items - 3) // 2
    statistic = p_value = float("nan")
    if method == "ml" and complete and df > 0:
        discrepancy = _ml_objective(np.concatenate([loadings, np.log(uniquenesses)]), r)[0]
        statistic = (n_candidates - 1.0) * (discrepancy - float(np.linalg.slogdet(r)[1]) - n_items)
        p_value = float(chdtrc(df, statistic))
    common = float(loadings @ sd) ** 2
    return OneFactorFit(
        item_names=item_names,
        loadings=loadings * sd,
        uniquenesses=uniquenesses * variances,
        omega=common / (common + float(uniquenesses @ variances)),
        method=method,
        srmr=float(np.sqrt(np.mean(residual[np.triu_indices(n_items, 1)] ** 2))),
        chi_squared=statistic,
        df=df,
        p_value=p_value,
        converged=converged,
        flags=tuple(flags),
    )


def _minres(r: FloatArray) -> tuple[FloatArray, FloatArray, bool]:
    n_items = len(r)
    off = r - np.eye(n_items)

    def objective(loadings: FloatArray) -> tuple[float, FloatArray]:
        residual = off - np.outer(loadings, loadings)
        np.fill_diagonal(residual, 0.0)
        return 0.25 * float((residual**2).sum()), -(residual @ loadings)

    # The first principal axis, shrunk into the bounds, has the right signs.
    values, vectors = np.linalg.eigh(r)
    limit = (1.0 - SMALLEST_UNIQUENESS) ** 0.5
    start = np.clip(vectors[:, -1] * max(values[-1] - 1.0, 0.1) ** 0.5, -0.9, 0.9)
    fit = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-limit, limit)] * n_items,
        options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 5000, "maxcor": 30},
    )
    return fit.x, 1.0 - fit.x**2, _is_stationary(fit.x, objective(fit.x)[1], -limit, limit)


def _maximum_likelihood(r: FloatArray, start: FloatArray) -> tuple[FloatArray, FloatArray, bool]:
    n_items = len(r)
    lowest = float(np.log(SMALLEST_UNIQUENESS))
    at = np.clip(start, -0.95, 0.95)
    fit = minimize(
        _ml_objective,
        np.concatenate([at, np.log(1.0 - at**2)]),
        args=(r,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * n_items + [(lowest, None)] * n_items,
        options={"ftol": 1e-16, "gtol": 1e-9, "maxiter": 5000, "maxcor": 30},
    )
    gradient = _ml_objective(fit.x, r)[1]
    lower = np.concatenate([np.full(n_items, -np.inf), np.full(n_items, lowest)])
    return fit.x[:n_items], np.exp(fit.x[n_items:]), _is_stationary(fit.x, gradient, lower, np.inf)


def _ml_objective(parameters: FloatArray, r: FloatArray) -> tuple[float, FloatArray]:
    """Log-determinant and trace, and their gradient in loadings and log uniquenesses."""
    n_items = len(r)
    loadings, psi = parameters[:n_items], np.exp(parameters[n_items:])
    # Σ⁻¹ = Ψ⁻¹ − s s′ / k with s = Ψ⁻¹λ and k = 1 + λ′s (Sherman–Morrison), so nothing here needs J³ operations.
    s = loadings / psi
    k = 1.0 + float(loadings @ s)
    rs = r @ s
    srs = float(s @ rs)
    value = float(parameters[n_items:].sum() + np.log(k) + (1.0 / psi).sum() - srs / k)
    slope_loadings = s / k - (rs / psi - s * (srs / k)) / k
    slope_psi = (1.0 / psi - s**2 / k) - (1.0 / psi**2 - 2.0 * s * rs / (psi * k) + s**2 * (srs / k**2))
    return value, np.concatenate([2.0 * slope_loadings, slope_psi * psi])


def _is_stationary(x: FloatArray, gradient: FloatArray, lower: FloatArray | float, upper: FloatArray | float) -> bool:
    held = ((x <= lower) & (gradient > 0.0)) | ((x >= upper) & (gradient < 0.0))
    return bool(np.abs(np.where(held, 0.0, gradient)).max() < _GRADIENT)
