"""The same items calibrated in each group by itself, brought onto the scale of the reference group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.expected_scores import (
    EFFECT_NAME,
    expected_score_classes,
    expected_score_differences,
)
from exam_engine.psychometrics.dif.item_values import COMMON_SLOPE
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, common_flags
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import LinkingMethod, ParameterCovariance, link_scales
from exam_engine.psychometrics.linking.parameter_errors import item_labels, parameter_derivatives
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TwoCalibrations:
    """Parameters of J common items from two calibrations with their sampling covariances.

    Parameters
    ----------
    reference, focal : the items in the same order, each on the scale of its own calibration.
    reference_covariance, focal_covariance : of these parameters.
    slope, intercept : θ on the reference scale = slope · θ on the focal scale + intercept.
    focal_density : ability distribution of the focal group on the focal scale.
    """

    reference: ItemParameters
    focal: ItemParameters
    reference_covariance: ParameterCovariance
    focal_covariance: ParameterCovariance
    slope: float
    intercept: float
    focal_density: Quadrature

    @property
    def focal_on_reference_scale(self) -> ItemParameters:
        """Focal parameters after linking."""
        return self.focal.transformed(self.slope, self.intercept)

    @property
    def density_on_reference_scale(self) -> Quadrature:
        """Focal ability distribution after linking."""
        density = self.focal_density
        return Quadrature(self.slope * density.nodes + self.intercept, density.weights)

    def difference(self, item: int, function: Callable[[ItemParameters], FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Focal less reference value (R,) of a function of one item's parameters, and its covariance (R, R).

        The two samples are independent, and the link counts as known.
        """
        values, covariances = [], []
        for items, covariance, moved in (
            (self.reference, self.reference_covariance, False),
            (self.focal, self.focal_covariance, True),
        ):
            one = items.take(np.array([item]))

            def at(parameters: ItemParameters, moved: bool = moved) -> FloatArray:
                return function(parameters.transformed(self.slope, self.intercept) if moved else parameters)

            part = covariance.of_items(one.names)
            derivatives = parameter_derivatives(at, one, part.labels)
            values.append(at(one))
            covariances.append(derivatives.T @ part.matrix @ derivatives)
        return values[1] - values[0], covariances[0] + covariances[1]


class ItemStatistics(NamedTuple):
    """Statistic and degrees of freedom (J,) of a method, and further (J,) figures by name."""

    statistic: FloatArray
    df: FloatArray
    details: Mapping[str, FloatArray]


def compare_calibrations(
    reference: ItemParameters,
    focal: ItemParameters,
    evaluate: Callable[[TwoCalibrations], ItemStatistics],
    *,
    method: str,
    reference_covariance: ParameterCovariance,
    focal_covariance: ParameterCovariance,
    link: LinkingMethod | None,
    anchors: Sequence[str] | None,
    focal_density: Quadrature | None,
    sample_sizes: tuple[float, float],
    group_names: tuple[str, str],
    purify: bool,
    level: float,
    max_iterations: int,
) -> DifResult:
    """Link the focal to the reference calibration and evaluate the items, once or until the anchors stay the same.

    Parameters
    ----------
    reference, focal : parameters of the two calibrations.
    evaluate : the method, ``method`` its name.
    others : as in ``lord_dif``.
    """
    first, second = common_items(reference, focal)

    def test(chosen: BoolArray) -> DifResult:
        slope, intercept = 1.0, 0.0
        if link is not None:
            if not chosen.any():
                raise DifError("dif.no_anchors", "no item is left to link the calibrations through; name anchors")
            names = np.array(first.names)[chosen].tolist()
            transformation = link_scales(second, first, anchors=names, method=link).transformation
            slope, intercept = transformation.slope, transformation.intercept
        pair = TwoCalibrations(
            reference=first,
            focal=second,
            reference_covariance=reference_covariance,
            focal_covariance=focal_covariance,
            slope=slope,
            intercept=intercept,
            focal_density=normal_quadrature() if focal_density is None else focal_density,
        )
        return _result(pair, evaluate(pair), method, chosen, sample_sizes, group_names)

    return with_anchors(
        test,
        first.names,
        anchors=anchors,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
        outside_criterion=link is None,
    )


def _result(
    pair: TwoCalibrations,
    found: ItemStatistics,
    method: str,
    anchors: BoolArray,
    sample_sizes: tuple[float, float],
    group_names: tuple[str, str],
) -> DifResult:
    n_items = len(pair.reference)
    p = chi2.sf(found.statistic, found.df)
    sizes = expected_score_differences(pair.reference, pair.focal_on_reference_scale, pair.density_on_reference_scale)
    n_reference, n_focal = (np.full(n_items, float(size)) for size in sample_sizes)
    return DifResult(
        method=method,
        effect_name=EFFECT_NAME,
        reference=group_names[0],
        focal=group_names[1],
        item_names=pair.reference.names,
        statistic=found.statistic,
        df=found.df,
        p=p,
        effect=sizes.signed,
        standard_error=np.full(n_items, np.nan),
        classes=expected_score_classes(sizes, pair.reference.max_scores.astype(np.float64), p),
        favoured=sizes.favoured,
        n_reference=n_reference,
        n_focal=n_focal,
        anchors=tuple(np.array(pair.reference.names)[anchors].tolist()),
        flags=tuple(map(tuple, common_flags(n_reference, n_focal, found.statistic))),
        details={**found.details, "unsigned": sizes.unsigned},
    )


def common_items(reference: ItemParameters, focal: ItemParameters) -> tuple[ItemParameters, ItemParameters]:
    """The items of both calibrations, in the order of the reference.

    Raises
    ------
    DifError
        ``dif.no_common_items`` when there is none, ``dif.models_differ`` naming an item with two models.
    """
    names = [name for name in reference.names if name in set(focal.names)]
    if not names:
        raise DifError("dif.no_common_items", "the two calibrations have no item in common")
    first, second = reference.select(names), focal.select(names)
    for index, name in enumerate(names):
        if first.models[index] != second.models[index] or first.n_categories[index] != second.n_categories[index]:
            raise DifError(
                "dif.models_differ",
                f"item {name!r} is {first.models[index]} with {first.n_categories[index]} categories in the reference "
                f"and {second.models[index]} with {second.n_categories[index]} in the focal calibration",
            )
    return first, second


def compared_kinds(
    reference: ItemParameters,
    focal: ItemParameters,
    place: int,
    reference_covariance: ParameterCovariance,
    focal_covariance: ParameterCovariance,
) -> tuple[str, ...]:
    """Parameters of an item that were estimated in both groups, slopes and asymptotes before intercepts.

    Slopes that the model makes common to all items are no property of this one and left out.
    """
    known = [
        {kind for label, kind in covariance.labels if label == items.names[place]}
        for items, covariance in ((reference, reference_covariance), (focal, focal_covariance))
    ]
    kinds = [
        kind
        for _, kind in item_labels(reference, reference.names[place])
        if all(kind in own for own in known) and not (kind == "a" and reference.models[place] in COMMON_SLOPE)
    ]
    return tuple(sorted(kinds, key=lambda kind: kind[0] == "d"))
