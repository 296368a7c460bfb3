"""The linking constants A and B by each method."""

from typing import Literal

from exam_engine.psychometrics.linking.anchors import AnchorItems
from exam_engine.psychometrics.linking.characteristic_curves import CriterionScale, CurveFunction, minimise
from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.linking.moments import mean_mean, mean_sigma
from exam_engine.psychometrics.quadrature import Quadrature

LinkingMethod = Literal["mean-mean", "mean-sigma", "haebara", "stocking-lord"]


def linking_constants(pairs: AnchorItems, method: LinkingMethod, function: CurveFunction | None) -> tuple[float, float]:
    """A and B; function is None for the moment methods."""
    if function is None:
        return mean_mean(pairs) if method == "mean-mean" else mean_sigma(pairs)
    starts = [(1.0, 0.0)]
    for moments in (mean_mean, mean_sigma):
        try:
            starts.insert(0, moments(pairs))
        except LinkingError:
            # Nominal or flat items have no moments; the curves may still have a minimum.
            continue
    return minimise(function, pairs, starts)


def curve_function(
    method: LinkingMethod, scale: CriterionScale, old_weights: Quadrature, new_weights: Quadrature
) -> CurveFunction | None:
    """The criterion of a characteristic-curve method, None for a moment method.

    Raises
    ------
    ValueError
        When the method or the scale has no such name.
    """
    if method in ("mean-mean", "mean-sigma"):
        return None
    if method not in ("haebara", "stocking-lord"):
        raise ValueError(f"method {method!r} is not one of mean-mean, mean-sigma, haebara, stocking-lord")
    if scale not in ("old", "new", "symmetric"):
        raise ValueError(f"scale {scale!r} is not one of old, new, symmetric")
    return CurveFunction(criterion=method, scale=scale, old_weights=old_weights, new_weights=new_weights)
