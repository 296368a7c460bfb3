"""Lord's chi-square: are the parameters of an item the same in two calibrations, one in each group.

References
----------
Lord (1980), *Applications of Item Response Theory to Practical Testing Problems*, ch. 14; Kim, Cohen & Park (1995),
Journal of Educational Measurement 32, 261-276; Cohen, Kim & Baker (1993), Applied Psychological Measurement 17,
335-350 (graded items).
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.item_values import lord_values, wald_statistic
from exam_engine.psychometrics.dif.result import DifResult
from exam_engine.psychometrics.dif.two_calibrations import (
    ItemStatistics,
    TwoCalibrations,
    compare_calibrations,
    compared_kinds,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import LinkingMethod, ParameterCovariance
from exam_engine.psychometrics.quadrature import Quadrature


def lord_dif(
    reference: ItemParameters,
    focal: ItemParameters,
    *,
    reference_covariance: ParameterCovariance,
    focal_covariance: ParameterCovariance,
    link: LinkingMethod | None = "stocking-lord",
    anchors: Sequence[str] | None = None,
    focal_density: Quadrature | None = None,
    sample_sizes: tuple[float, float] = (np.nan, np.nan),
    group_names: tuple[str, str] = ("reference", "focal"),
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Compare a, b and the asymptotes of each item after linking the focal to the reference scale.

    The link counts as known, as in Lord's test; with few anchors that makes it reject too often (``wald_dif`` with
    anchors allows for it). The effect is the difference of expected scores over the focal ability distribution.

    Parameters
    ----------
    reference, focal : parameters of the two calibrations; the items in both are tested.
    reference_covariance, focal_covariance : of the estimated parameters; ``ParameterCovariance.of_calibration`` takes
        them from a calibration. Parameters without a sampling error (a fixed c) are not tested, nor are slopes that the
        model makes common (Rasch, 1PL, PCM, RSM) or steps (RSM).
    link : how to link through the anchors; None when both calibrations are on one scale already.
    anchors : items to link through, None for all common items.
    focal_density : focal abilities on the focal scale, standard normal when None.
    sample_sizes : candidates of the reference and focal calibration, for the flag ``small_sample``.
    group_names : names of the groups in the result.
    purify, level, max_iterations : repeat link and test without items with p below the level as anchors.

    Returns
    -------
    DifResult with details ``b_difference`` (mean of the thresholds, focal less reference, logits), its
    ``b_standard_error``, ``unsigned`` (mean absolute difference of expected scores). Classes: by the unsigned
    difference per point of the highest score, B from .05, C from .10; A when p is not below .05.

    Raises
    ------
    DifError
        When there are no common items, or an item has two models.
    LinkingError
        When the anchors do not link the scales.
    """
    return compare_calibrations(
        reference,
        focal,
        _chi_squares,
        method="Lord's chi-square",
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


def _chi_squares(pair: TwoCalibrations) -> ItemStatistics:
    n_items = len(pair.reference)
    statistic, df, shift, shift_error = (np.full(n_items, np.nan) for _ in range(4))
    for item in range(n_items):
        kinds = compared_kinds(pair.reference, pair.focal, item, pair.reference_covariance, pair.focal_covariance)
        if not kinds:
            continue
        difference, covariance = pair.difference(item, partial(lord_values, kinds=kinds))
        if np.isfinite(difference).all():
            statistic[item], df[item] = wald_statistic(difference, covariance)
        if pair.reference.families[item] != "nominal":
            steps = int(pair.reference.n_categories[item]) - 1
            mean, error = pair.difference(item, partial(_mean_threshold, steps=steps))
            shift[item], shift_error[item] = mean[0], np.sqrt(error[0, 0])
    return ItemStatistics(statistic, df, {"b_difference": shift, "b_standard_error": shift_error})


def _mean_threshold(one: ItemParameters, steps: int) -> FloatArray:
    return np.asarray(one.b[:, :steps].mean(axis=1), dtype=np.float64)
