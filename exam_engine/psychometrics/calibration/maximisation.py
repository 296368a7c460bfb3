"""The M-step: Fisher scoring on the expected counts, all items at once, joint where parameters are tied."""

import numpy as np
from scipy.linalg import LinAlgError, solve
from scipy.sparse import block_diag

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.calibration.objective import (
    GroupStatistics,
    group_derivatives,
    group_objective,
)
from exam_engine.psychometrics.calibration.parameterisation import ItemGroup, Parameterisation
from exam_engine.psychometrics.calibration.priors import Priors

_MOST_STEPS = 20
_MOST_HALVINGS = 40
_STEP_TOLERANCE = 1e-3
"""A Newton step of this size leaves an error of its square, far less than the EM map itself moves."""
_LONGEST_STEP = 2.0
_SLACK = 1e-12
_RIDGE = 1e-9
_TINY = float(np.finfo(np.float64).tiny)


def maximise_items(
    layout: Parameterisation,
    statistics: tuple[GroupStatistics, ...],
    phi: FloatArray,
    nodes: FloatArray,
    priors: Priors,
) -> FloatArray:
    """Free parameters (P,) that maximise the expected log-posterior, starting from ``phi``.

    Items without ties are maximised apart but computed together; a step that would lower an item's objective is halved
    for that item. Fisher scoring is Newton's method for exponential families, whose objective is concave.
    """
    if layout.has_ties:
        return _maximise_tied(layout, statistics, phi, nodes, priors)
    result = phi.copy()
    omega = layout.omega(phi)
    for group, found in zip(layout.groups, statistics, strict=True):
        if group.is_free.any():
            omega[group.place] = _maximise_group(group, found, group.working(omega), nodes, priors).ravel()
    rows = layout.basis.tocoo()
    result[rows.col] = omega[rows.row]
    return result


def _maximise_group(
    group: ItemGroup, statistics: GroupStatistics, working: FloatArray, nodes: FloatArray, priors: Priors
) -> FloatArray:
    value: FloatArray = group_objective(group, statistics, working, nodes, priors)
    for _ in range(_MOST_STEPS):
        gradient, information = group_derivatives(group, statistics, working, nodes, priors)
        step = _bounded_steps(_solve_items(information, gradient, group.is_free))
        trial = group_objective(group, statistics, working + step, nodes, priors)
        for _ in range(_MOST_HALVINGS):
            worse = trial < value - _SLACK * np.abs(value)
            if not worse.any():
                break
            step[worse] *= 0.5
            trial = group_objective(group, statistics, working + step, nodes, priors)
        else:
            step[trial < value] = 0.0
            trial = np.where(trial < value, value, trial)
        working, value = np.add(working, step), trial
        if np.abs(step).max() < _STEP_TOLERANCE:
            break
    return working


def _solve_items(information: FloatArray, gradient: FloatArray, is_free: BoolArray) -> FloatArray:
    """(G, p) scoring steps; fixed parameters stay, and a direction without information moves little."""
    both_free = is_free[:, :, None] & is_free[:, None, :]
    information = np.where(both_free, information, 0.0)
    diagonal = np.arange(information.shape[1])
    own = information[:, diagonal, diagonal]
    # Where the weights sit on one node the information is singular; the ridge keeps the step finite.
    information[:, diagonal, diagonal] = np.where(is_free, own * (1.0 + _RIDGE) + _TINY**0.5, 1.0)
    steps = np.linalg.solve(information, np.where(is_free, gradient, 0.0)[:, :, None])[:, :, 0]
    return np.asarray(steps, dtype=np.float64)


def _bounded_steps(step: FloatArray) -> FloatArray:
    longest = np.abs(step).max(axis=1, keepdims=True)
    result: FloatArray = step * np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, _TINY))
    return result


def _maximise_tied(
    layout: Parameterisation,
    statistics: tuple[GroupStatistics, ...],
    phi: FloatArray,
    nodes: FloatArray,
    priors: Priors,
) -> FloatArray:
    def objective(at: FloatArray) -> float:
        omega = layout.omega(at)
        return float(
            sum(
                group_objective(group, found, group.working(omega), nodes, priors).sum()
                for group, found in zip(layout.groups, statistics, strict=True)
            )
        )

    value = objective(phi)
    for _ in range(_MOST_STEPS):
        gradient, information = free_derivatives(layout, statistics, phi, nodes, priors)
        step = _bounded_steps(_solve_tied(information, gradient)[None, :])[0]
        trial = objective(phi + step)
        for _ in range(_MOST_HALVINGS):
            if trial >= value - _SLACK * abs(value):
                break
            step = 0.5 * step
            trial = objective(phi + step)
        else:
            break
        phi, value = phi + step, trial
        if float(np.abs(step).max()) < _STEP_TOLERANCE:
            break
    return phi


def _solve_tied(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """(P,) scoring step; a direction without information moves little."""
    scale = np.sqrt(np.maximum(np.diag(information), _TINY))
    scaled = information / np.outer(scale, scale)
    scaled[np.diag_indices_from(scaled)] += _RIDGE
    try:
        step = solve(scaled, gradient / scale, assume_a="pos")
    except LinAlgError:
        # Where items say next to nothing about a parameter, rounding can make its information negative.
        values, vectors = np.linalg.eigh(scaled)
        step = vectors @ (vectors.T @ (gradient / scale) / np.maximum(np.abs(values), _RIDGE))
    return np.asarray(step / scale, dtype=np.float64)


def free_derivatives(
    layout: Parameterisation,
    statistics: tuple[GroupStatistics, ...],
    phi: FloatArray,
    nodes: FloatArray,
    priors: Priors,
    *,
    exact: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Gradient (P,) and information (P, P) of the expected log-posterior in the free parameters."""
    omega = layout.omega(phi)
    gradient = np.empty(omega.size)
    blocks: list[FloatArray] = []
    for group, found in zip(layout.groups, statistics, strict=True):
        own, information = group_derivatives(group, found, group.working(omega), nodes, priors, exact=exact)
        gradient[group.place] = own.ravel()
        blocks.extend(information)
    basis = layout.basis
    information = np.asarray((basis.T @ block_diag(blocks, format="csr") @ basis).todense())
    return layout.pull_back(gradient), information
