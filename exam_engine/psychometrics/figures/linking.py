"""Linking scatter: thresholds of common items in two calibrations with the line that links them; drift of the items."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.linking import AnchorItems, DriftCriteria, DriftTable, ScaleTransformation


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LinkingFigure:
    """Thresholds of T common steps of items, each on the scale of its own calibration.

    Parameters
    ----------
    item_names : T names, an item once for each of its thresholds; nominal items have none.
    new, old : (T,) thresholds in logits of the new and of the old scale.
    new_slopes, old_slopes : (T,) slopes per logit of the new and of the old scale.
    slope, intercept : θ_old = slope · θ_new + intercept.
    left_out : T whether the item was taken out of the anchor.
    """

    item_names: tuple[str, ...]
    new: FloatArray
    old: FloatArray
    new_slopes: FloatArray
    old_slopes: FloatArray
    slope: float
    intercept: float
    left_out: tuple[bool, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; a threshold that does not exist (slope 0) is null."""
        result: dict[str, Any] = json_value(self)
        return result


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DriftFigure:
    """Drift of J common items after linking.

    Parameters
    ----------
    item_names : J names in the new calibration.
    difficulty_difference : (J,) new less old mean threshold, logits of the old scale.
    difficulty_z : (J,) robust z of it.
    rmsd : (J,) root mean squared difference of the response functions.
    flagged : J whether the item broke a rule.
    left_out : J whether the item was taken out of the anchor.
    z_limit, rmsd_limit : where the rules draw the line, None for rules that were not applied.
    """

    item_names: tuple[str, ...]
    difficulty_difference: FloatArray
    difficulty_z: FloatArray
    rmsd: FloatArray
    flagged: tuple[bool, ...]
    left_out: tuple[bool, ...]
    z_limit: float | None
    rmsd_limit: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what could not be computed is null."""
        result: dict[str, Any] = json_value(self)
        return result


def linking_figure(
    anchors: AnchorItems, transformation: ScaleTransformation, *, left_out: Sequence[str] = ()
) -> LinkingFigure:
    """Scatter of the common items as calibrated, with the linking line.

    Parameters
    ----------
    anchors : common items, those taken out of the anchor included.
    transformation : the link.
    left_out : names, in the new calibration, of items that the link does not rest on.
    """
    item, step = np.nonzero(np.isfinite(anchors.new.b) & np.isfinite(anchors.old.b))
    names = tuple(anchors.names[index] for index in item)
    return LinkingFigure(
        item_names=names,
        new=anchors.new.b[item, step],
        old=anchors.old.b[item, step],
        new_slopes=anchors.new.a[item],
        old_slopes=anchors.old.a[item],
        slope=transformation.slope,
        intercept=transformation.intercept,
        left_out=tuple(name in set(left_out) for name in names),
    )


def drift_figure(
    drift: DriftTable, *, criteria: DriftCriteria | None = None, left_out: Sequence[str] = ()
) -> DriftFigure:
    """Drift of each common item with the limits it was held to.

    Parameters
    ----------
    drift : of ``anchor_drift`` or ``purify_anchors``.
    criteria : those the drift was measured with, the defaults when None.
    left_out : names of the items that were taken out of the anchor.
    """
    criteria = DriftCriteria() if criteria is None else criteria
    return DriftFigure(
        item_names=drift.names,
        difficulty_difference=drift.difficulty_difference,
        difficulty_z=drift.difficulty_z,
        rmsd=drift.rmsd,
        flagged=tuple(bool(flagged) for flagged in drift.flagged),
        left_out=tuple(name in set(left_out) for name in drift.names),
        z_limit=criteria.robust_z,
        rmsd_limit=criteria.rmsd,
    )
