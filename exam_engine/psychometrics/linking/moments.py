"""Linking by moments of the item parameters: mean–mean and mean–sigma.

Every logistic, graded and partial-credit item gives one slope and its category thresholds b. Nominal items give
neither: they have no slope of their own, so they enter the characteristic-curve methods only.

References
----------
Loyd & Hoover (1980), Journal of Educational Measurement 17, 179–193 (mean–mean); Marco (1977), Journal of Educational
Measurement 14, 139–160 (mean–sigma); Kim & Lee (2006), Journal of Educational Measurement 43, 53–76 (mixed formats).
"""

import numpy as np

from exam_engine.psychometrics.linking.anchors import AnchorItems
from exam_engine.psychometrics.linking.errors import LinkingError


def mean_mean(anchors: AnchorItems) -> tuple[float, float]:
    """Slope from the means of the slopes, intercept from the means of the thresholds.

    Raises
    ------
    LinkingError
        ``moments_undefined`` when no item has a slope, or a mean of slopes is not positive.
    """
    _check(anchors)
    slopes = float(np.nanmean(anchors.new.a)), float(np.nanmean(anchors.old.a))
    if min(slopes) <= 0.0:
        raise LinkingError(
            "moments_undefined", f"the mean slopes {slopes[0]:.4g} (new) and {slopes[1]:.4g} (old) must be positive"
        )
    slope = slopes[0] / slopes[1]
    return slope, float(np.nanmean(anchors.old.b) - slope * np.nanmean(anchors.new.b))


def mean_sigma(anchors: AnchorItems) -> tuple[float, float]:
    """Slope from the standard deviations of the thresholds, intercept from their means.

    Raises
    ------
    LinkingError
        ``moments_undefined`` when no item has thresholds, or the thresholds of one calibration are all equal.
    """
    _check(anchors)
    spread = float(np.nanstd(anchors.new.b)), float(np.nanstd(anchors.old.b))
    if min(spread) <= 0.0:
        raise LinkingError(
            "moments_undefined",
            "mean–sigma needs at least two different thresholds in each calibration; use mean-mean",
        )
    slope = spread[1] / spread[0]
    return slope, float(np.nanmean(anchors.old.b) - slope * np.nanmean(anchors.new.b))


def _check(anchors: AnchorItems) -> None:
    for table, which in ((anchors.new, "new"), (anchors.old, "old")):
        with_slope = np.isfinite(table.a)
        if not with_slope.any():
            raise LinkingError(
                "moments_undefined",
                "all anchor items are nominal and have no slope or thresholds; use Haebara or Stocking–Lord",
            )
        flat = with_slope & (table.a == 0.0)
        if flat.any():
            name = table.names[int(np.argmax(flat))]
            raise LinkingError(
                "moments_undefined",
                f"anchor item {name!r} has slope 0 in the {which} calibration, so its threshold is infinite; "
                "leave it out of the anchor",
            )
