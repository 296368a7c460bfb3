"""The same items calibrated in each group by itself, brought onto the scale of the reference group."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.dif.errors import DifError
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


def two_calibrations(
    reference: ItemParameters,
    focal: ItemParameters,
    reference_covariance: ParameterCovariance,
    focal_covariance: ParameterCovariance,
    *,
    anchors: BoolArray,
    link: LinkingMethod | None,
    focal_density: Quadrature | None,
) -> TwoCalibrations:
    """Link the focal to the reference calibration through the anchors.

    Parameters
    ----------
    reference, focal : the same items in the same order.
    reference_covariance, focal_covariance : covariances of their parameters; those of other items are left out.
    anchors : (J,) items through which to link.
    link : method of ``link_scales``; None when both calibrations are on one scale already.
    focal_density : on the focal scale, the standard normal distribution when None.
    """
    slope, intercept = 1.0, 0.0
    if link is not None:
        if not anchors.any():
            raise DifError("dif.no_anchors", "no item is left to link the calibrations through; name anchors")
        names = [name for name, chosen in zip(focal.names, anchors, strict=True) if chosen]
        transformation = link_scales(focal, reference, anchors=names, method=link).transformation
        slope, intercept = transformation.slope, transformation.intercept
    return TwoCalibrations(
        reference=reference,
        focal=focal,
        reference_covariance=reference_covariance,
        focal_covariance=focal_covariance,
        slope=slope,
        intercept=intercept,
        focal_density=normal_quadrature() if focal_density is None else focal_density,
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


def estimated_kinds(items: ItemParameters, item: int, covariance: ParameterCovariance) -> tuple[str, ...]:
    """Parameters of an item that have a sampling error, in the order a (or s1 …), d1 …, c, u."""
    known = set(covariance.labels)
    return tuple(label[1] for label in item_labels(items, items.names[item]) if label in known)
