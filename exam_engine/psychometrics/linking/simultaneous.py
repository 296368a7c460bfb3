"""Link several calibrations at once from all their common items.

References
----------
Haberman (2009), ETS Research Report RR-09-40: additive regressions of log slopes and of rescaled thresholds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.linking.transformation import ScaleTransformation


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class SimultaneousLinks:
    """One transformation to the reference scale for each calibration.

    Parameters
    ----------
    reference : the calibration whose scale all are moved to.
    transformations : by calibration; errors are not estimated.
    log_slope_residuals : (R,) differences of log slopes from the common ones after linking.
    threshold_residuals : (T,) differences of thresholds from the common ones after linking, logits of the reference.
    """

    reference: str
    transformations: Mapping[str, ScaleTransformation]
    log_slope_residuals: FloatArray
    threshold_residuals: FloatArray


def link_simultaneously(calibrations: Mapping[str, ItemParameters], *, reference: str) -> SimultaneousLinks:
    """Least-squares linking constants for all calibrations; items with the same name are the same item.

    Parameters
    ----------
    calibrations : item parameters by calibration. Nominal items and items with a slope of 0 or less are left out.
    reference : the calibration that keeps its scale.

    Raises
    ------
    LinkingError
        ``anchor_missing`` when the reference is not among them, ``too_few_anchors`` when a calibration is not connected
        to it through common items, ``anchor_items_differ`` when an item has different numbers of categories.
    """
    if reference not in calibrations:
        raise LinkingError("anchor_missing", f"the reference {reference!r} is not among the calibrations")
    forms = [reference, *(name for name in calibrations if name != reference)]
    items: dict[str, int] = {}
    thresholds: dict[tuple[int, int], int] = {}
    slope_rows: list[tuple[int, int, float]] = []
    threshold_rows: list[tuple[int, int, float]] = []
    categories: dict[str, int] = {}
    for form, name in enumerate(forms):
        table = calibrations[name]
        for j, item in enumerate(table.names):
            if not table.a[j] > 0.0:
                continue
            steps = int(table.n_categories[j]) - 1
            if categories.setdefault(item, steps) != steps:
                raise LinkingError("anchor_items_differ", f"item {item!r} has different numbers of categories")
            place = items.setdefault(item, len(items))
            slope_rows.append((form, place, float(np.log(table.a[j]))))
            for k in range(steps):
                step = thresholds.setdefault((place, k), len(thresholds))
                threshold_rows.append((form, step, float(table.b[j, k])))
    _check_connected(forms, slope_rows, len(items))
    log_slopes, slope_residuals = _two_way(slope_rows, len(forms), len(items))
    rescaled = [(form, step, float(np.exp(log_slopes[form])) * b) for form, step, b in threshold_rows]
    shifts, threshold_residuals = _two_way(rescaled, len(forms), len(thresholds))
    return SimultaneousLinks(
        reference=reference,
        transformations={
            name: ScaleTransformation(
                slope=float(np.exp(log_slopes[form])),
                intercept=float(-shifts[form]),
                covariance=np.zeros((2, 2)) if form == 0 else np.full((2, 2), np.nan),
            )
            for form, name in enumerate(forms)
        },
        log_slope_residuals=slope_residuals,
        threshold_residuals=threshold_residuals,
    )


def _two_way(rows: list[tuple[int, int, float]], n_forms: int, n_items: int) -> tuple[FloatArray, FloatArray]:
    """(n_forms,) form effects of an additive model, the first 0, and the residuals."""
    form, item, value = (np.array(column) for column in zip(*rows, strict=True))
    design = np.zeros((len(rows), n_forms + n_items))
    design[np.arange(len(rows)), form] = 1.0
    design[np.arange(len(rows)), n_forms + item] = 1.0
    coefficients = np.linalg.lstsq(design[:, 1:], value, rcond=None)[0]
    effects: FloatArray = np.concatenate([[0.0], coefficients[: n_forms - 1]])
    return effects, value - design[:, 1:] @ coefficients


def _check_connected(forms: list[str], rows: list[tuple[int, int, float]], n_items: int) -> None:
    form: IntArray = np.array([row[0] for row in rows], dtype=np.intp)
    item: IntArray = np.array([row[1] for row in rows], dtype=np.intp) + len(forms)
    size = len(forms) + n_items
    labels = connected_components(coo_array((np.ones(len(rows)), (form, item)), shape=(size, size)), directed=False)[1]
    apart = np.flatnonzero(labels[: len(forms)] != labels[0])
    if apart.size:
        raise LinkingError(
            "too_few_anchors",
            f"calibration {forms[apart[0]]!r} shares no item with the reference, directly or through others",
        )
