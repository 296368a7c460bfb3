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
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.dif.expected_scores import (
    EFFECT_NAME,
    expected_score_classes,
    expected_score_differences,
)
from exam_engine.psychometrics.dif.item_values import COMMON_SLOPE, lord_values
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, common_flags
from exam_engine.psychometrics.dif.two_calibrations import (
    TwoCalibrations,
    common_items,
    estimated_kinds,
    two_calibrations,
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
        model makes common (Rasch, 1PL, PCM, RSM).
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
    first, second = common_items(reference, focal)

    def test(chosen: BoolArray) -> DifResult:
        pair = two_calibrations(
            first,
            second,
            reference_covariance,
            focal_covariance,
            anchors=chosen,
            link=link,
            focal_density=focal_density,
        )
        return _test_items(pair, chosen, sample_sizes, group_names)

    return with_anchors(
        test,
        first.names,
        anchors=anchors,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
        outside_criterion=link is None,
    )


def _test_items(
    pair: TwoCalibrations, anchors: BoolArray, sample_sizes: tuple[float, float], group_names: tuple[str, str]
) -> DifResult:
    n_items = len(pair.reference)
    statistic, df, shift, shift_error = (np.full(n_items, np.nan) for _ in range(4))
    for item in range(n_items):
        steps = int(pair.reference.n_categories[item]) - 1
        kinds = [
            kind
            for kind in estimated_kinds(pair.reference, item, pair.reference_covariance)
            if kind in estimated_kinds(pair.focal, item, pair.focal_covariance)
            and not (kind == "a" and pair.reference.models[item] in COMMON_SLOPE)
        ]
        if not kinds:
            continue
        difference, covariance = pair.difference(item, partial(lord_values, kinds=kinds))
        if np.isfinite(difference).all():
            # Tied parameters leave the covariance a smaller rank, which is how much there is to test.
            df[item] = np.linalg.matrix_rank(covariance, hermitian=True)
            statistic[item] = difference @ np.linalg.pinv(covariance, hermitian=True) @ difference
        if pair.reference.families[item] != "nominal":
            mean, error = pair.difference(item, partial(_mean_threshold, steps=steps))
            shift[item], shift_error[item] = mean[0], np.sqrt(error[0, 0])
    p = chi2.sf(statistic, df)
    sizes = expected_score_differences(pair.reference, pair.focal_on_reference_scale, pair.density_on_reference_scale)
    n_reference, n_focal = (np.full(n_items, float(size)) for size in sample_sizes)
    return DifResult(
        method="Lord's chi-square",
        effect_name=EFFECT_NAME,
        reference=group_names[0],
        focal=group_names[1],
        item_names=pair.reference.names,
        statistic=statistic,
        df=df,
        p=p,
        effect=sizes.signed,
        standard_error=np.full(n_items, np.nan),
        classes=expected_score_classes(sizes, pair.reference.max_scores.astype(np.float64), p < 0.05),
        favoured=sizes.favoured,
        n_reference=n_reference,
        n_focal=n_focal,
        anchors=tuple(np.array(pair.reference.names)[anchors].tolist()),
        flags=tuple(map(tuple, common_flags(n_reference, n_focal, statistic))),
        details={"b_difference": shift, "b_standard_error": shift_error, "unsigned": sizes.unsigned},
    )


def _mean_threshold(one: ItemParameters, steps: int) -> FloatArray:
    return np.asarray(one.b[:, :steps].mean(axis=1), dtype=np.float64)
