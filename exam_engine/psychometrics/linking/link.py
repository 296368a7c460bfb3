"""Put one calibration on the scale of another through their common items.

References
----------
Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., ch. 6; for the standard errors see
``sampling_covariance``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.anchors import AnchorItems, match_anchors
from exam_engine.psychometrics.linking.characteristic_curves import CriterionScale
from exam_engine.psychometrics.linking.constants import LinkingMethod, curve_function, linking_constants
from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance
from exam_engine.psychometrics.linking.sampling_covariance import bootstrap_covariance, delta_covariance
from exam_engine.psychometrics.linking.transformation import ScaleTransformation
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class AnchorResiduals:
    """How far each common item is from itself after linking, over the weights of the old scale.

    Parameters
    ----------
    names : J names in the new calibration.
    rmsd : (J,) root of the mean squared difference of the response functions, averaged over the categories; for a
        right/wrong item that of the probability of a right answer.
    signed_difference : (J,) mean difference of expected scores as a share of the item's highest score, new minus old;
        above 0 the item has become easier.
    largest_difference : (J,) largest absolute difference of expected scores as the same share.
    """

    names: tuple[str, ...]
    rmsd: FloatArray
    signed_difference: FloatArray
    largest_difference: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class LinkingResult:
    """A linked scale: constants, how they were found, and what to look at before they are used.

    Parameters
    ----------
    transformation : θ_old = A θ_new + B with its covariance.
    method : how it was found.
    scale : on which scale the characteristic curves were compared; None for the moment methods.
    old_weights, new_weights : ability distributions of the comparison, on the old and on the new scale.
    criterion : value of the criterion at the minimum; NaN for the moment methods.
    anchors : the common items as calibrated, before linking.
    residuals : difference of each common item after linking.
    errors_from : calibrations whose sampling error the covariance counts: ``new``, ``old``, both or none.
    """

    transformation: ScaleTransformation
    method: LinkingMethod
    scale: CriterionScale | None
    old_weights: Quadrature
    new_weights: Quadrature
    criterion: float
    anchors: AnchorItems
    residuals: AnchorResiduals
    errors_from: tuple[str, ...]

    def apply(self, items: ItemParameters) -> ItemParameters:
        """Items of the new calibration on the old scale."""
        return self.transformation.apply(items)

    def to_dict(self) -> dict[str, Any]:
        """JSON values, the weights with them: without its weights a curve criterion cannot be repeated."""
        return {
            **self.transformation.to_dict(),
            "method": self.method,
            "scale": self.scale,
            "criterion": self.criterion if np.isfinite(self.criterion) else None,
            "errors_from": list(self.errors_from),
            "old_weights": _quadrature_dict(self.old_weights),
            "new_weights": _quadrature_dict(self.new_weights),
            "anchors": [
                {
                    "new_name": new_name,
                    "old_name": old_name,
                    "rmsd": float(self.residuals.rmsd[j]),
                    "signed_difference": float(self.residuals.signed_difference[j]),
                    "largest_difference": float(self.residuals.largest_difference[j]),
                }
                for j, (new_name, old_name) in enumerate(
                    zip(self.anchors.new.names, self.anchors.old.names, strict=True)
                )
            ],
        }


def link_scales(
    new: ItemParameters,
    old: ItemParameters,
    *,
    anchors: Mapping[str, str] | Sequence[str] | None = None,
    method: LinkingMethod = "stocking-lord",
    scale: CriterionScale = "old",
    old_weights: Quadrature | None = None,
    new_weights: Quadrature | None = None,
    new_covariance: ParameterCovariance | None = None,
    old_covariance: ParameterCovariance | None = None,
    n_replications: int = 0,
    rng: np.random.Generator | None = None,
) -> LinkingResult:
    """Find A and B such that θ_old = A θ_new + B.

    Parameters
    ----------
    new, old : item parameters of the two calibrations, logistic metric. Tables printed in the normal metric (D = 1.7)
        have their slopes multiplied by 1.7 first.
    anchors : names of the common items or a mapping from new to old names; None takes the names in both.
    method : ``stocking-lord`` and ``haebara`` for all models; ``mean-mean`` and ``mean-sigma`` leave nominal items out.
    scale : where the curves are compared: on the ``old`` scale (Stocking & Lord 1983), on the ``new`` one, or on both
        (``symmetric``; linking old to new then gives the inverse).
    old_weights : ability distribution on the old scale; None is the standard normal distribution.
    new_weights : ability distribution on the new scale; None is the same as ``old_weights``.
    new_covariance, old_covariance : sampling covariances of item parameters; those of other items are left out. A
        calibration without one counts as known. The two calibrations count as independent.
    n_replications : 0 for the delta method; otherwise the covariance of A and B over so many parametric-bootstrap
        draws of the item parameters, which needs ``rng``.

    Raises
    ------
    LinkingError
        See its codes.
    """
    pairs = match_anchors(new, old, anchors)
    old_nodes = normal_quadrature() if old_weights is None else old_weights
    new_nodes = old_nodes if new_weights is None else new_weights
    for weights in (old_nodes, new_nodes):
        _check_weights(weights)
    function = curve_function(method, scale, old_nodes, new_nodes)
    slope, intercept = linking_constants(pairs, method, function)
    given = {"new": (new_covariance, pairs.new), "old": (old_covariance, pairs.old)}
    of_anchors = {
        side: covariance.of_items(table.names) for side, (covariance, table) in given.items() if covariance is not None
    }
    # A calibration whose anchor items were all held fixed has no error to count.
    covariances = {side: covariance for side, covariance in of_anchors.items() if covariance.labels}
    if n_replications and covariances:
        if rng is None or n_replications < 2:
            raise ValueError("the bootstrap needs rng, a numpy Generator, and at least 2 replications")
        covariance = bootstrap_covariance(pairs, method, function, (slope, intercept), covariances, n_replications, rng)
    else:
        covariance = delta_covariance(pairs, method, function, (slope, intercept), covariances)
    transformation = ScaleTransformation(slope=slope, intercept=intercept, covariance=covariance)
    return LinkingResult(
        transformation=transformation,
        method=method,
        scale=None if function is None else scale,
        old_weights=old_nodes,
        new_weights=new_nodes,
        criterion=np.nan if function is None else function.value(slope, intercept, pairs),
        anchors=pairs,
        residuals=anchor_residuals(pairs, transformation, old_nodes),
        errors_from=tuple(covariances),
    )


def anchor_residuals(anchors: AnchorItems, transformation: ScaleTransformation, weights: Quadrature) -> AnchorResiduals:
    """Differences of the common items on the old scale after a transformation."""
    width = int(anchors.new.n_categories.max())
    moved = category_probabilities(weights.nodes, transformation.apply(anchors.new))[:, :, :width]
    difference = moved - category_probabilities(weights.nodes, anchors.old)[:, :, :width]
    steps = (anchors.new.n_categories - 1).astype(np.float64)
    expected = difference @ np.arange(width, dtype=np.float64) / steps
    squared = (difference**2).sum(axis=2) / (steps + 1.0)
    share = weights.weights / weights.weights.sum()
    return AnchorResiduals(
        names=anchors.names,
        rmsd=np.sqrt(share @ squared),
        signed_difference=share @ expected,
        largest_difference=np.abs(expected).max(axis=0),
    )


def _check_weights(weights: Quadrature) -> None:
    if not (np.isfinite(weights.nodes).all() and np.isfinite(weights.weights).all()):
        raise LinkingError("bad_weights", "the nodes and weights of the abilities must be finite")
    if (weights.weights < 0.0).any() or not weights.weights.sum() > 0.0:
        raise LinkingError("bad_weights", "the weights of the abilities must not be negative, nor all 0")


def _quadrature_dict(weights: Quadrature) -> dict[str, Any]:
    return {"nodes": weights.nodes.tolist(), "weights": weights.weights.tolist()}
