"""Raju's areas between the curves of an item in two calibrations, one in each group.

References
----------
Raju (1988), Psychometrika 53, 495-502, and Raju (1990), Applied Psychological Measurement 14, 197-207 (closed forms and
their errors); Kim & Cohen (1991), Applied Psychological Measurement 15, 269-278 (areas over an interval); Cohen, Kim &
Baker (1993), Applied Psychological Measurement 17, 335-350 (expected scores of graded items).
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.result import DifResult
from exam_engine.psychometrics.dif.two_calibrations import ItemStatistics, TwoCalibrations, compare_calibrations
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import LinkingMethod, ParameterCovariance
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores

_POINTS = 4001
_TAIL = 35.0
"""Logits beyond the outermost threshold at which a curve of slope 1 is within 1e-15 of its asymptote."""


def raju_dif(
    reference: ItemParameters,
    focal: ItemParameters,
    *,
    reference_covariance: ParameterCovariance,
    focal_covariance: ParameterCovariance,
    area: Literal["unsigned", "signed"] = "unsigned",
    interval: tuple[float, float] | None = None,
    link: LinkingMethod | None = "stocking-lord",
    anchors: Sequence[str] | None = None,
    focal_density: Quadrature | None = None,
    sample_sizes: tuple[float, float] = (np.nan, np.nan),
    group_names: tuple[str, str] = ("reference", "focal"),
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test the area between the expected-score curves of each item after linking.

    The statistic is the squared ratio of the area and its standard error (1 degree of freedom), the standard error by
    the delta method: for right/wrong items with equal asymptotes exactly Raju's. The law of the unsigned area is normal
    only where the curves differ clearly; near no difference its test rejects too rarely or too often, and Lord's
    chi-square is the better test.

    Parameters
    ----------
    reference, focal, reference_covariance, focal_covariance, link, anchors, focal_density, sample_sizes, group_names,
    purify, level, max_iterations : as in ``lord_dif``.
    area : ``unsigned`` counts differences in both directions, ``signed`` lets them cancel (reference less focal curve:
        positive when the item is harder for the focal group).
    interval : abilities on the reference scale between which the area is taken; None for all abilities, where the area
        is finite only when the asymptotes are equal (else flagged ``not_estimable``).

    Returns
    -------
    DifResult with details ``area``, ``area_standard_error`` and ``unsigned`` (mean absolute difference of expected
    scores over the focal abilities). Effect and classes as in ``lord_dif``.

    Raises
    ------
    DifError
        When there are no common items, an item has two models, or the interval is empty.
    LinkingError
        When the anchors do not link the scales.
    """
    if area not in ("unsigned", "signed"):
        raise DifError("dif.option", f"area {area!r} is neither unsigned nor signed")
    if interval is not None and not -np.inf < interval[0] < interval[1] < np.inf:
        raise DifError("dif.option", f"the interval {interval} of abilities is empty or not finite")
    return compare_calibrations(
        reference,
        focal,
        partial(_areas, interval=interval, signed=area == "signed"),
        method=f"Raju's {area} area",
        reference_covariance=reference_covariance,
        focal_covariance=focal_covariance,
        link=link,
        anchors=anchors,
        focal_density=focal_density,
        sample_sizes=sample_sizes,
        group_names=group_names,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
    )


def _areas(pair: TwoCalibrations, interval: tuple[float, float] | None, *, signed: bool) -> ItemStatistics:
    places = range(len(pair.reference))
    area, error = np.array([_area(pair, place, interval, signed=signed) for place in places]).T
    positive = error > 0.0
    statistic = np.where(positive, (area / np.where(positive, error, 1.0)) ** 2, np.nan)
    df = np.where(positive, 1.0, np.nan)
    return ItemStatistics(statistic, df, {"area": area, "area_standard_error": error})


def _area(
    pair: TwoCalibrations, item: int, interval: tuple[float, float] | None, *, signed: bool
) -> tuple[float, float]:
    """Area of one item, reference less focal, and its standard error."""
    one = np.array([item])
    reference, focal = pair.reference.take(one), pair.focal_on_reference_scale.take(one)
    if interval is None:
        asymptotes_differ = reference.c[0] != focal.c[0] or reference.u[0] != focal.u[0]
        slopes = np.array([reference.a[0], focal.a[0]])
        if reference.families[0] == "nominal" or asymptotes_differ or not (slopes > 0.0).all():
            return np.nan, np.nan
        thresholds = np.concatenate([reference.b[0], focal.b[0]])
        tail = _TAIL / float(slopes.min())
        interval = float(np.nanmin(thresholds)) - tail, float(np.nanmax(thresholds)) + tail
    theta, weights, sign = _cells(reference, focal, interval)
    direction = np.ones_like(sign) if signed else sign

    def integral(items: ItemParameters) -> FloatArray:
        return np.atleast_1d((weights * direction) @ expected_item_scores(theta, items)[:, 0])

    # Where the sign of the difference changes the difference is 0, so moving that point does not change the area and
    # the directions may be held fixed under the derivatives.
    difference, covariance = pair.difference(item, integral)
    return -float(difference[0]), float(np.sqrt(covariance[0, 0]))


def _cells(
    reference: ItemParameters, focal: ItemParameters, interval: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes and weights of Gauss–Legendre rules on cells that end where the curves cross, and the sign of each cell."""

    def difference(theta: FloatArray) -> FloatArray:
        result: FloatArray = (expected_item_scores(theta, reference) - expected_item_scores(theta, focal))[:, 0]
        return result

    ends = np.linspace(*interval, _POINTS)
    at_ends = difference(ends)
    place = np.flatnonzero(at_ends[:-1] * at_ends[1:] < 0.0)
    low, high, at_low = ends[place], ends[place + 1], at_ends[place]
    for _ in range(60):
        middle = 0.5 * (low + high)
        same = np.sign(difference(middle)) == np.sign(at_low)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    ends = np.sort(np.concatenate([ends, 0.5 * (low + high)]))
    x, w = np.polynomial.legendre.leggauss(4)
    half = 0.5 * np.diff(ends)[:, None]
    theta = (ends[:-1, None] + half + half * x).ravel()
    sign = np.sign(difference(0.5 * (ends[:-1] + ends[1:])))
    return theta, (half * w).ravel(), np.repeat(sign, x.size)
