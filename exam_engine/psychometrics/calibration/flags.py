"""What a calibration says against its own estimates, item by item and as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.em import DIVERGING_SLOPE
from exam_engine.psychometrics.item_parameters import ItemParameters

ExclusionReason = Literal["never_presented", "all_correct", "all_wrong", "one_category"]
ItemFlag = Literal[
    "negative_slope",
    "slope_near_zero",
    "slope_extreme",
    "slope_diverging",
    "difficulty_extreme",
    "steps_disordered",
    "asymptote_at_bound",
    "category_unused",
    "few_responses",
    "few_right_or_wrong",
    "few_in_category",
]
WarningCode = Literal[
    "not_converged",
    "information_singular",
    "quadrature_refined",
    "quadrature_coarse",
    "quadrature_range",
    "population_at_bound",
    "unlinked_items",
    "asymptotes_without_prior",
    "candidates_without_responses",
]

BOUND_FLAGS: Final[frozenset[ItemFlag]] = frozenset({"asymptote_at_bound", "slope_diverging"})
"""Flags of estimates that have no finite maximum."""
SLOPE_NEAR_ZERO: Final = 0.2
"""|a| below which an item says next to nothing about ability and its difficulty is not determined."""
SLOPE_EXTREME: Final = 4.0
"""|a| above which an estimate is more likely a local dependence or a small sample than an item."""
DIFFICULTY_EXTREME: Final = 6.0
"""|b| beyond which no candidate of a standard normal population is."""
AT_BOUND: Final = 1e-4
"""Distance from 0 or 1 at which an asymptote counts as being there."""
FEW_RESPONSES: Final = 200.0
"""Responses below which 2PL standard errors are too large for use in form assembly."""
FEW_IN_CATEGORY: Final = 10.0
"""Responses in a category below which the large-sample standard errors are not to be trusted."""


@dataclass(frozen=True, slots=True)
class ExcludedItem:
    """An item that was not estimated, because its likelihood has no finite maximum."""

    name: str
    reason: ExclusionReason


@dataclass(frozen=True, slots=True)
class FitWarning:
    """Something about the whole fit that a reader must know; ``data`` holds its figures."""

    code: WarningCode
    data: Mapping[str, float]


def item_flags(
    items: ItemParameters, category_counts: FloatArray, closed_up: frozenset[str], fixed: frozenset[str]
) -> tuple[tuple[ItemFlag, ...], ...]:
    """Flags of each item; of a fixed one only what the responses say.

    Parameters
    ----------
    category_counts : (J, K) weighted responses.
    closed_up : items in whose scores a gap was closed.
    """
    thresholds = items.b
    return tuple(
        (
            *(() if name in fixed else _estimate_flags(items, index, thresholds[index])),
            *(("category_unused",) if name in closed_up else ()),
            *_count_flags(category_counts[index, : int(items.n_categories[index])]),
        )
        for index, name in enumerate(items.names)
    )


def at_bound(items: ItemParameters) -> FloatArray:
    """(J, 2) whether the lower and the upper asymptote, where the model has them, are at 0 or 1."""
    has_lower = np.array([model in ("3PL", "4PL") for model in items.models], dtype=np.bool_)
    has_upper = np.array([model == "4PL" for model in items.models], dtype=np.bool_)
    lower = has_lower & ((items.c < AT_BOUND) | (items.c > 1.0 - AT_BOUND))
    upper = has_upper & ((items.u < AT_BOUND) | (items.u > 1.0 - AT_BOUND))
    return np.column_stack([lower, upper])


def _estimate_flags(items: ItemParameters, index: int, thresholds: FloatArray) -> list[ItemFlag]:
    flags: list[ItemFlag] = []
    family = items.families[index]
    steps = int(items.n_categories[index]) - 1
    slopes = items.s[index, :steps] if family == "nominal" else items.a[index : index + 1]
    # The slope of a nominal item's highest category stands for the item's direction.
    slope, largest = float(slopes[-1]), float(np.abs(slopes).max())
    if slope < 0.0:
        flags.append("negative_slope")
    if largest < SLOPE_NEAR_ZERO:
        flags.append("slope_near_zero")
    if largest > DIVERGING_SLOPE:
        flags.append("slope_diverging")
    elif largest > SLOPE_EXTREME * slopes.size:
        flags.append("slope_extreme")
    if (np.abs(thresholds[:steps]) > DIFFICULTY_EXTREME).any():
        flags.append("difficulty_extreme")
    if family == "partial" and slope > 0.0 and (np.diff(thresholds[:steps]) < 0.0).any():
        flags.append("steps_disordered")
    if at_bound(items)[index].any():
        flags.append("asymptote_at_bound")
    return flags


def _count_flags(counts: FloatArray) -> list[ItemFlag]:
    flags: list[ItemFlag] = []
    if counts.sum() < FEW_RESPONSES:
        flags.append("few_responses")
    if counts.min() < FEW_IN_CATEGORY:
        flags.append("few_right_or_wrong" if counts.size == 2 else "few_in_category")
    return flags
