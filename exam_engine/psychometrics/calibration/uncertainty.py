"""From the information to standard errors of everything that is reported."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, eye_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.calibration.density import LatentDensity, NormalDensity
from exam_engine.psychometrics.calibration.em import Point
from exam_engine.psychometrics.calibration.flags import at_bound
from exam_engine.psychometrics.calibration.information import ScoreMoments
from exam_engine.psychometrics.calibration.maximisation import free_derivatives
from exam_engine.psychometrics.calibration.parameterisation import Parameterisation
from exam_engine.psychometrics.calibration.priors import Priors
from exam_engine.psychometrics.calibration.result import ItemStandardErrors, ParameterLabel
from exam_engine.psychometrics.item_parameters import ItemParameters

_LEAST_INFORMATION = 1e-16
"""Information of a parameter below which nothing is known of it: its standard error would be a hundred million."""
_NOISE = 1e-10
"""Share of the largest eigenvalue below which the sums over candidates have no digits left."""


@dataclass(frozen=True, eq=False)
class Information:
    """Observed information and cross-product of scores, (P + D, P + D) in the free parameters."""

    observed: FloatArray
    cross_product: FloatArray


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Covariances in the metric of the report.

    Attributes
    ----------
    labels : of the rows of ``covariance`` (R, R).
    items : standard errors in the layout of the item parameters.
    groups : for each population the standard errors of mean and sd, None where not estimated.
    """

    labels: tuple[ParameterLabel, ...]
    covariance: FloatArray
    items: ItemStandardErrors
    groups: tuple[tuple[float | None, float | None], ...]


def observed_information(
    layout: Parameterisation, point: Point, moments: ScoreMoments, nodes: FloatArray, priors: Priors
) -> Information:
    """Complete-data information, with that of the priors, less what not knowing ability costs."""
    n_free = layout.n_free
    n_density = moments.missing.shape[0] - layout.offset.size
    basis = block_diag([layout.basis, eye_array(n_density)], format="csr") if n_density else layout.basis
    _, of_items = free_derivatives(layout, point.statistics, point.state.phi, nodes, priors, exact=True)
    complete = np.zeros((n_free + n_density, n_free + n_density))
    complete[:n_free, :n_free] = of_items
    place = n_free
    for density, mass in zip(point.state.densities, point.expectation.mass, strict=True):
        if isinstance(density, NormalDensity):
            size = density.vector().size
            own = slice(place, place + size)
            complete[own, own] = density.complete_information(mass, nodes)
            place += size
    observed = complete - basis.T @ moments.missing @ basis
    return Information(0.5 * (observed + observed.T), basis.T @ moments.cross_product @ basis)


def invert(information: FloatArray) -> tuple[FloatArray | None, float | None]:
    """Inverse and condition number; None for both when the matrix is not positive definite.

    The matrix is scaled to unit diagonal first, so that the condition does not depend on the parameters' own scales.
    """
    diagonal = np.diag(information)
    if not information.size:
        return information, None
    if not (diagonal > _LEAST_INFORMATION).all():
        return None, None
    scale = np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    smallest, largest = float(values[0]), float(values[-1])
    if smallest <= largest * _NOISE:
        return None, None
    inverse = (vectors / values) @ vectors.T
    return inverse / np.outer(scale, scale), largest / smallest


def free_of_bounds(
    layout: Parameterisation, items: ItemParameters, densities: tuple[LatentDensity, ...], nodes: FloatArray
) -> BoolArray:
    """(P + D,) free parameters that are not asymptotes at 0 or 1, where the likelihood is flat in the logit.

    Nor means and spreads of populations that ran away, nor spreads at the least that is allowed.
    """
    bound = at_bound(items)
    kinds = layout.parameter_kinds
    rows = layout.basis.tocoo()
    inside = np.ones(layout.n_free, dtype=np.bool_)
    for density in densities:
        if isinstance(density, NormalDensity):
            own = np.full(density.vector().size, not density.has_run_away(nodes))
            own[-1:] &= not density.has_no_spread
            inside = np.concatenate([inside, own])
    for row, column in zip(rows.row.tolist(), rows.col.tolist(), strict=True):
        if kinds[row] in ("lower", "upper") and bound[layout.owner[row], 0 if kinds[row] == "lower" else 1]:
            inside[column] = False
    return inside


def uncertainty(
    layout: Parameterisation,
    items: ItemParameters,
    densities: tuple[LatentDensity, ...],
    group_names: tuple[str, ...],
    covariance: FloatArray,
    estimated: BoolArray,
) -> Uncertainty:
    """Carry the covariance (P + D, P + D) of the free parameters over to what is reported.

    ``estimated`` (P + D,) are the parameters that the covariance knows; rows of others are zero.
    """
    working, n_free = layout.offset.size, layout.n_free
    basis = layout.basis.toarray()
    n_density = covariance.shape[0] - n_free
    carry = np.zeros((working + n_density, covariance.shape[0]))
    carry[:working, :n_free], carry[working:, n_free:] = basis, np.eye(n_density)
    known = (np.abs(carry) @ estimated) > 0.0
    labels: list[ParameterLabel] = []
    rate = np.ones(working + n_density)
    for row, (item, name) in enumerate(zip(layout.owner.tolist(), _row_names(layout), strict=True)):
        labels.append(ParameterLabel(layout.names[item], name))
        if name in ("c", "u"):
            value = items.c[item] if name == "c" else items.u[item]
            rate[row] = value * (1.0 - value)
    row = working
    for group, density in zip(group_names, densities, strict=True):
        if isinstance(density, NormalDensity):
            for kind, is_free in (("mean", density.free_mean), ("sd", density.free_sd)):
                if is_free:
                    labels.append(ParameterLabel(group, kind))
                    rate[row] = density.sd if kind == "sd" else 1.0
                    row += 1
    carry *= rate[:, None]
    full = carry @ covariance @ carry.T
    full = 0.5 * (full + full.T)
    full[~known] = full[:, ~known] = np.nan
    # Rows are reported item by item, not by kind of item.
    order = np.concatenate([np.argsort(layout.owner, kind="stable"), np.arange(working, full.shape[0])])
    order = order[known[order]]
    found = {label: full[index, index] for index, label in enumerate(labels) if known[index]}
    groups = tuple(
        (_root(found.get(ParameterLabel(name, "mean"))), _root(found.get(ParameterLabel(name, "sd"))))
        for name in group_names
    )
    return Uncertainty(
        labels=tuple(labels[index] for index in order),
        covariance=full[np.ix_(order, order)],
        items=_item_standard_errors(layout, items, full),
        groups=groups,
    )


def _item_standard_errors(layout: Parameterisation, items: ItemParameters, full: FloatArray) -> ItemStandardErrors:
    n_items, width = items.d.shape
    a, c, u = (np.full(n_items, np.nan) for _ in range(3))
    d, b, s = (np.full((n_items, width), np.nan) for _ in range(3))
    error = np.sqrt(np.maximum(np.diag(full), 0.0))
    error[np.isnan(np.diag(full))] = np.nan
    thresholds = items.b
    for group in layout.groups:
        p = len(group.parameter_kinds)
        rows = group.place.start + np.arange(group.items.size * p).reshape(-1, p)
        steps, own = group.n_steps, group.items
        if group.kind == "nominal":
            s[own, :steps], d[own, :steps] = error[rows[:, :steps]], error[rows[:, steps:]]
            continue
        a[own], d[own, :steps] = error[rows[:, 0]], error[rows[:, 1 : 1 + steps]]
        if group.kind in ("lower", "asymptotes"):
            c[own] = error[rows[:, 2]]
        if group.kind == "asymptotes":
            u[own] = error[rows[:, 3]]
        # b = −d/a has the derivatives ∂b/∂a = −b/a and ∂b/∂d = −1/a; a given slope has no error.
        slope_row, intercept_rows = rows[:, :1], rows[:, 1 : 1 + steps]
        at = thresholds[own, :steps]
        variance = at**2 * np.nan_to_num(full[slope_row, slope_row]) + full[intercept_rows, intercept_rows]
        variance += 2.0 * at * np.nan_to_num(full[slope_row, intercept_rows])
        with np.errstate(divide="ignore", invalid="ignore"):
            b[own, :steps] = np.sqrt(np.maximum(variance, 0.0)) / np.abs(items.a[own])[:, None]
    return ItemStandardErrors(a, d, b, c, u, s)


def _row_names(layout: Parameterisation) -> list[str]:
    names: list[str] = []
    for group in layout.groups:
        steps = range(1, group.n_steps + 1)
        if group.kind == "nominal":
            own = [*(f"s{step}" for step in steps), *(f"d{step}" for step in steps)]
        else:
            own = ["a", *(f"d{step}" for step in steps), *{"lower": "c", "asymptotes": "cu"}.get(group.kind, "")]
        names.extend(own * group.items.size)
    return names


def _root(variance: float | None) -> float | None:
    return None if variance is None or np.isnan(variance) else float(np.sqrt(variance))
