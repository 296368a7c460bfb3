"""Held items: their table, how far this sample disagrees with them, and which of them to let go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from exam_engine.psychometrics import (
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    ResponseMatrix,
    calibrate,
)
from exam_engine.psychometrics.linking import (
    DriftTable,
    LinkingError,
    ScaleTransformation,
    anchor_drift,
    link_scales,
    purify_anchors,
)
from exam_engine.psychometrics.quadrature import Quadrature
from item_bank.calibration.telling import Telling
from item_bank.items.response_functions import StoredParameters, response_table

FEWEST_ANCHORS: Final = 5
"""Held items below which the error of the link itself is no longer small."""
FEWEST_FOR_DRIFT: Final = 3
"""Held items below which none can be seen to move against the others."""
SMALLEST_DRIFT: Final = 0.03
"""Root mean squared difference of the curves up to which an item that moved against very steady others is no matter."""
LARGEST_SHARE_DROPPED: Final = 0.34
"""Share of the anchor that may be let go; when more has drifted, the scale itself is in doubt and people must look."""
_KEPT = ("difficulty_difference", "difficulty_z", "log_slope_z", "rmsd", "signed_area", "flags")


@dataclass(frozen=True, slots=True)
class AnchorDrift:
    """What this sample says of the held items, by column.

    Attributes
    ----------
    rows : parameters from this sample alone on the bank's scale, and how far they are from those in force.
    dropped : columns of items that were let go.
    kept_despite_flag : drifted items that stay, because too few or none of their module would be left.
    """

    rows: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    kept_despite_flag: int = 0

    def warnings(self) -> list[dict[str, Any]]:
        """Return what the board must know of items that were let go or could not be."""
        warnings: list[dict[str, Any]] = []
        if self.dropped:
            kept = len(self.rows) - len(self.dropped)
            warnings.append({"code": "anchors_dropped", "data": {"anchors": len(self.dropped), "kept": kept}})
        if self.kept_despite_flag:
            warnings.append({"code": "drifted_anchors_kept", "data": {"anchors": self.kept_despite_flag}})
        return warnings


def held_items(anchors: Mapping[int, StoredParameters]) -> ItemParameters | None:
    """Return the parameters at which columns are held; None when there are none."""
    if not anchors:
        return None
    return response_table([str(position) for position in anchors], list(anchors.values()))


def measure_drift(
    matrix: ResponseMatrix,
    settings: CalibrationSettings,
    held: ItemParameters,
    linked: CalibrationResult,
    progress: Telling,
) -> AnchorDrift | None:
    """Compare the held items with what this sample says of them when nothing is held; None when that cannot be said."""
    free = _free(matrix, settings, held, progress)
    if free is None:
        return None
    common = [name for name in held.names if name in free.item_names]
    try:
        link = link_scales(free.items, held, anchors=common, old_weights=linked.quadrature)
    except LinkingError:
        return None
    table = anchor_drift(link.anchors, link.transformation, weights=linked.quadrature)
    return AnchorDrift(_rows(table, free.items, link.transformation))


def without_drifted(
    matrix: ResponseMatrix,
    settings: CalibrationSettings,
    held: ItemParameters,
    modules: Mapping[str, str],
    progress: Telling,
) -> AnchorDrift | None:
    """Say which held items to let go: the one that drifted most, one after another, within limits.

    Each module keeps at least one held item. None when drift cannot be measured.
    """
    free = _free(matrix, settings, held, progress)
    if free is None:
        return None
    common = [name for name in held.names if name in free.item_names]
    try:
        # Where the candidates are on the bank's scale is known only from a first link.
        first = link_scales(free.items, held, anchors=common).transformation
        nodes = first.slope * free.quadrature.nodes + first.intercept
        found = purify_anchors(
            free.items,
            held,
            anchors=common,
            old_weights=Quadrature(nodes, free.quadrature.weights),
            largest_share=LARGEST_SHARE_DROPPED,
            fewest_anchors=min(FEWEST_ANCHORS, len(common)),
            content_areas={name: modules[name] for name in common},
        )
    except LinkingError:
        return None
    rows = _rows(found.drift, free.items, found.link.transformation)
    # Among very steady items one stands out by a robust z that means nothing; letting it go would cost more than it.
    return AnchorDrift(
        rows,
        frozenset(item.name for item in found.dropped if rows[item.name]["rmsd"] > SMALLEST_DRIFT),
        sum(rows[name]["rmsd"] > SMALLEST_DRIFT for name, _ in found.kept_despite_flag),
    )


def _free(
    matrix: ResponseMatrix, settings: CalibrationSettings, held: ItemParameters, progress: Telling
) -> CalibrationResult | None:
    models = {**settings.item_models, **dict(zip(held.names, held.models, strict=True))}
    try:
        free = calibrate(matrix, replace(settings, item_models=models, standard_errors="none"), progress=progress)
    except CalibrationError:
        return None
    common = [name for name in held.names if name in free.item_names]
    return free if free.converged and len(common) >= FEWEST_FOR_DRIFT else None


def _rows(table: DriftTable, free: ItemParameters, transformation: ScaleTransformation) -> dict[str, dict[str, Any]]:
    moved = transformation.apply(free.select(table.names))
    rows: dict[str, dict[str, Any]] = {}
    for index, (name, row) in enumerate(zip(table.names, table.to_dict(), strict=True)):
        count = int(moved.max_scores[index])
        thresholds = moved.b[index, :count]
        rows[name] = {
            "a": float(moved.a[index]),
            "b": float(thresholds.mean()) if np.isfinite(thresholds).all() else None,
            "c": float(moved.c[index]) if moved.models[index] == "3PL" else None,
            "steps": thresholds.tolist() if count > 1 else None,
        } | {key: row[key] for key in _KEPT}
    return rows
