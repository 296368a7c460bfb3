"""Score categories as they are calibrated: all points or nothing, or those that somebody has."""

from dataclasses import replace

import numpy as np

from item_bank.calibration.options import PolytomousModel
from item_bank.calibration.sources.collected import Collected


def categorised(data: Collected, model: PolytomousModel) -> Collected:
    """Return responses in the categories of a model of items with several.

    With ``full_credit`` only the highest category counts as right. Otherwise categories that nobody has are closed up:
    nothing can be said of a threshold between answers that there are not. A warning tells of how many items.
    """
    scores = data.matrix.scores.copy()
    highest, merged = list(data.highest_scores), 0
    for column, most in enumerate(highest):
        if most == 1:
            continue
        given = scores[:, column] >= 0
        if model == "full_credit":
            scores[given, column] = scores[given, column] == most
            highest[column] = 1
            continue
        observed, ranks = np.unique(scores[given, column], return_inverse=True)
        if observed.size <= most:
            merged += 1
            scores[given, column] = ranks
            highest[column] = max(observed.size - 1, 1)
    warnings = [{"code": "categories_merged", "data": {"items": merged}}] if merged else []
    return replace(
        data,
        matrix=replace(data.matrix, scores=scores),
        highest_scores=tuple(highest),
        warnings=(*data.warnings, *warnings),
    )
