"""Wald test of item response theory: do an item's parameters differ between the groups by more than their errors.

References
----------
Lord (1980), ch. 14; Cai, Thissen & du Toit (2011), *IRTPRO* (conditional tests); Langer (2008), dissertation,
University of North Carolina, and Woods, Cai & Wang (2013), Educational and Psychological Measurement 73, 532-547 (two
stages without anchors; its false alarms, and the remedy by anchors).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.calibration import CalibrationResult, CalibrationSettings
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.expected_scores import (
    EFFECT_NAME,
    expected_score_classes,
    expected_score_differences,
)
from exam_engine.psychometrics.dif.free_items import cannot_be_free, fit_groupwise, one_group
from exam_engine.psychometrics.dif.groups import TwoGroups, item_mask, two_groups
from exam_engine.psychometrics.dif.item_values import COMMON_SLOPE, lord_values, slope_intercepts, wald_statistic
from exam_engine.psychometrics.dif.result import DifResult, common_flags
from exam_engine.psychometrics.dif.two_calibrations import TwoCalibrations, compared_kinds
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import ResponseMatrix


def wald_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    settings: CalibrationSettings | None = None,
    anchors: Sequence[str] | None = None,
) -> DifResult:
    """Compare the parameters of items in one calibration of both groups, with the covariance of that calibration.

    With anchors, all other items have parameters of their own in each group and the errors count that the anchors link
    the scales imperfectly. Without anchors in two stages: mean and spread of the focal group from a calibration with
    all items equal, then all items free at these values. The two stages need no anchors but count that link as known,
    and items with DIF bias it: many of them make the test raise false alarms. Then test with anchors that the two
    stages, or ``likelihood_ratio_dif`` with purification, suggest.

    Parameters
    ----------
    responses, groups, reference, focal, settings : as in ``likelihood_ratio_dif``; the covariance is what
        ``settings.standard_errors`` asks for.
    anchors : items that are the same in both groups; the others are tested. None tests all in two stages.

    Returns
    -------
    DifResult with details ``nonuniform`` (Wald's chi-square of slopes and asymptotes alone), ``nonuniform_df``,
    ``uniform`` (the rest of the statistic: of the intercepts given those), ``uniform_df`` and ``unsigned`` (mean
    absolute difference of expected scores). Effect and classes as in ``lord_dif``.

    Raises
    ------
    DifError
        ``dif.no_anchors``, ``dif.no_covariance`` when the calibration has no standard errors, others for groups.
    CalibrationError
        When the responses cannot be calibrated.
    """
    own_settings = settings or CalibrationSettings()
    if own_settings.standard_errors == "none":
        raise DifError("dif.no_covariance", "Wald's test needs the standard errors that the settings leave out")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    left_out = cannot_be_free(cut)
    if anchors is None:
        if left_out.all():
            raise DifError("dif.no_anchors", "no item has the same scores in both groups; nothing can be compared")
        return _result(cut, _two_stages(cut, own_settings, left_out), ~left_out, left_out, None)
    anchor_mask = item_mask(cut.item_names, anchors) & ~left_out
    if not anchor_mask.any():
        raise DifError("dif.no_anchors", "no anchor has responses in both groups; without one nothing links them")
    tested = ~anchor_mask & ~left_out
    if not tested.any():
        raise DifError("dif.option", "every item with responses in both groups is an anchor; none is left to test")
    return _result(cut, _joint(cut, own_settings, tested, left_out), tested, left_out, anchors)


def _two_stages(cut: TwoGroups, settings: CalibrationSettings, left_out: BoolArray) -> "_Differences":
    nothing_free = np.zeros_like(left_out)
    first = fit_groupwise(cut, replace(settings, standard_errors="none"), nothing_free, left_out)
    population = next(group for group in first.result.groups if group.name == cut.focal)
    # With mean and spread given nothing is common to the groups any more: each is a calibration by itself, the focal
    # one on a scale of its own, which these values turn into the reference scale. Under the Rasch model the unit is
    # that of the slopes, so only the mean is turned.
    has_rasch = "Rasch" in (settings.model, *settings.item_models.values())
    results = [
        fit_groupwise(one_group(cut, of_focal=of_focal), settings, nothing_free, left_out).result
        for of_focal in (False, True)
    ]
    pair = TwoCalibrations(
        reference=results[0].items,
        focal=results[1].items,
        reference_covariance=_covariance(results[0]),
        focal_covariance=_covariance(results[1]),
        slope=1.0 if has_rasch else population.sd,
        intercept=population.mean,
        focal_density=results[1].groups[0].quadrature,
    )
    return _Differences(
        reference=pair.reference,
        focal=pair.focal_on_reference_scale,
        density=pair.density_on_reference_scale,
        of_item=lambda place: _separate_difference(pair, place),
        converged=first.result.converged and all(result.converged for result in results),
    )


def _joint(cut: TwoGroups, settings: CalibrationSettings, free: BoolArray, left_out: BoolArray) -> "_Differences":
    fit = fit_groupwise(cut, settings, free, left_out)
    covariance = _covariance(fit.result)
    reference, focal = fit.parameters(np.flatnonzero(free).tolist())

    def of_item(place: int) -> _Difference:
        kinds = compared_kinds(reference, focal, place, covariance, covariance)
        index = {label: row for row, label in enumerate(covariance.labels)}
        rows = [[index[items.names[place], kind] for kind in kinds] for items in (reference, focal)]
        contrast = np.zeros((len(kinds), len(index)))
        contrast[np.arange(len(kinds)), rows[1]] = 1.0
        contrast[np.arange(len(kinds)), rows[0]] = -1.0
        estimates = [slope_intercepts(items.take(np.array([place])), kinds) for items in (reference, focal)]
        return _Difference(kinds, estimates[1] - estimates[0], contrast @ covariance.matrix @ contrast.T)

    return _Differences(
        reference=reference, focal=focal, density=fit.focal_density, of_item=of_item, converged=fit.result.converged
    )


class _Difference(NamedTuple):
    """Focal less reference values of the parameters of these kinds, and their covariance."""

    kinds: tuple[str, ...]
    value: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Differences:
    """Parameters of the tested items by group on one scale, the focal density there, and each item's difference."""

    reference: ItemParameters
    focal: ItemParameters
    density: Quadrature
    of_item: Callable[[int], _Difference]
    converged: bool


def _separate_difference(pair: TwoCalibrations, place: int) -> _Difference:
    kinds = compared_kinds(pair.reference, pair.focal, place, pair.reference_covariance, pair.focal_covariance)
    by_threshold = pair.reference.models[place] in COMMON_SLOPE
    function = partial(lord_values if by_threshold else slope_intercepts, kinds=kinds)
    value, covariance = pair.difference(place, function)
    # A rating-scale item gives one value for all its intercepts.
    return _Difference(kinds[-value.size :], value, covariance)


def _covariance(result: CalibrationResult) -> ParameterCovariance:
    if result.covariance is None:
        raise DifError("dif.no_covariance", "the information of the calibration is singular: no standard errors")
    return ParameterCovariance.of_calibration(result)


def _result(
    cut: TwoGroups,
    found: _Differences,
    tested: BoolArray,
    left_out: BoolArray,
    anchors: Sequence[str] | None,
) -> DifResult:
    n_items = len(cut.item_names)
    total, df, nonuniform, nonuniform_df = (np.full(n_items, np.nan) for _ in range(4))
    for place, item in enumerate(np.flatnonzero(tested)):
        kinds, value, covariance = found.of_item(place)
        first = np.array([kind[0] != "d" for kind in kinds], dtype=np.bool_)
        total[item], df[item] = wald_statistic(value, covariance)
        nonuniform[item], nonuniform_df[item] = wald_statistic(value[first], covariance[np.ix_(first, first)])
    sizes = expected_score_differences(found.reference, found.focal, found.density)
    p = chi2.sf(total, df)
    classes = expected_score_classes(sizes, found.reference.max_scores.astype(np.float64), p[tested])
    place_of = {int(item): place for place, item in enumerate(np.flatnonzero(tested))}
    used = np.array([cut.group_sizes(cut.presented[:, item]) for item in range(n_items)])
    flags = common_flags(used[:, 0], used[:, 1], np.where(tested | left_out, total, 0.0))
    for own, unlike in zip(flags, left_out, strict=True):
        own += ["not_converged"] * (not found.converged) + ["scores_differ"] * bool(unlike)
    return DifResult(
        method="IRT Wald, two stages" if anchors is None else "IRT Wald, anchors",
        effect_name=EFFECT_NAME,
        reference=cut.reference,
        focal=cut.focal,
        item_names=cut.item_names,
        statistic=total,
        df=df,
        p=p,
        effect=_spread(sizes.signed, tested),
        standard_error=np.full(n_items, np.nan),
        classes=tuple(classes[place_of[item]] if item in place_of else None for item in range(n_items)),
        favoured=tuple(sizes.favoured[place_of[item]] if item in place_of else None for item in range(n_items)),
        n_reference=used[:, 0],
        n_focal=used[:, 1],
        anchors=tuple(np.array(cut.item_names)[tested if anchors is None else ~tested & ~left_out].tolist()),
        flags=tuple(map(tuple, flags)),
        details={
            "nonuniform": nonuniform,
            "nonuniform_df": nonuniform_df,
            "uniform": total - nonuniform,
            "uniform_df": df - nonuniform_df,
            "unsigned": _spread(sizes.unsigned, tested),
        },
    )


def _spread(values: FloatArray, tested: BoolArray) -> FloatArray:
    """(J,) the values of the tested items, NaN for others."""
    result = np.full(tested.size, np.nan)
    result[tested] = values
    return result
