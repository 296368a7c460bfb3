"""Sampling covariance of the linking constants: delta method and parametric bootstrap.

References
----------
Ogasawara (2000), Economic Review (Otaru) 51, 1–23 (moment methods); Ogasawara (2001), Applied Psychological
Measurement 25, 53–67 (characteristic curves).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.anchors import AnchorItems
from exam_engine.psychometrics.linking.characteristic_curves import CurveFunction, minimise
from exam_engine.psychometrics.linking.constants import LinkingMethod, linking_constants
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance, draw_items, parameter_derivatives

_STEP = 1e-4


def delta_covariance(
    pairs: AnchorItems,
    method: LinkingMethod,
    function: CurveFunction | None,
    constants: tuple[float, float],
    covariances: Mapping[str, ParameterCovariance],
) -> FloatArray:
    """(2, 2) covariance of A and B from those of the item parameters by side; NaN without any."""
    if not covariances:
        return np.full((2, 2), np.nan)
    result: FloatArray = np.zeros((2, 2))
    for side, covariance in covariances.items():
        if function is None:

            def constants_at(items: ItemParameters, side: str = side) -> FloatArray:
                return np.array(linking_constants(_exchanged(pairs, side, items), method, None))

            derivatives = parameter_derivatives(
                constants_at, pairs.new if side == "new" else pairs.old, covariance.labels
            )
        else:
            # The gradient is 0 at the minimum whatever the parameters are, which gives the derivatives of A and B.
            inverse = np.linalg.inv(_hessian(function, constants, pairs)).astype(np.float64)
            derivatives = -_gradient_derivatives(function, constants, pairs, side, covariance.labels) @ inverse
        result = result + derivatives.T @ covariance.matrix @ derivatives
    return result


def _exchanged(pairs: AnchorItems, side: str, items: ItemParameters) -> AnchorItems:
    return AnchorItems(items, pairs.old) if side == "new" else AnchorItems(pairs.new, items)


def _gradient_derivatives(
    function: CurveFunction,
    constants: tuple[float, float],
    pairs: AnchorItems,
    side: str,
    labels: Sequence[tuple[str, str]],
) -> FloatArray:
    """(P, 2) derivatives of the criterion's gradient in (A, B) with respect to item parameters of one calibration.

    A parameter moves the residuals of its own item only, so single items are evaluated; the Stocking–Lord residuals add
    over items, those of Haebara stand side by side.
    """
    whole = function.residuals(*constants, pairs.new, pairs.old)
    rows = []
    for label in labels:
        j = (pairs.new if side == "new" else pairs.old).positions([label[0]])
        own = AnchorItems(pairs.new.take(j), pairs.old.take(j))

        def residuals(items: ItemParameters, own: AnchorItems = own) -> FloatArray:
            moved = _exchanged(own, side, items)
            values, jacobian = function.residuals(*constants, moved.new, moved.old)
            return np.column_stack([values, jacobian])

        values, jacobian = (
            whole if function.criterion == "stocking-lord" else function.residuals(*constants, own.new, own.old)
        )
        change = parameter_derivatives(residuals, own.new if side == "new" else own.old, [label])[0]
        rows.append(2.0 * (change[:, 0] @ jacobian + values @ change[:, 1:]))
    return np.array(rows).reshape(-1, 2)


def _hessian(function: CurveFunction, constants: tuple[float, float], pairs: AnchorItems) -> FloatArray:
    slope, intercept = constants
    columns = [
        function.gradient(slope + da, intercept + db, pairs.new, pairs.old)
        - function.gradient(slope - da, intercept - db, pairs.new, pairs.old)
        for da, db in ((_STEP, 0.0), (0.0, _STEP))
    ]
    hessian = np.array(columns) / (2.0 * _STEP)
    result: FloatArray = 0.5 * (hessian + hessian.T)
    return result


def bootstrap_covariance(
    pairs: AnchorItems,
    method: LinkingMethod,
    function: CurveFunction | None,
    start: tuple[float, float],
    covariances: Mapping[str, ParameterCovariance],
    n_replications: int,
    rng: np.random.Generator,
) -> FloatArray:
    """(2, 2) covariance of A and B over draws of the item parameters, found from start each time."""
    constants = []
    for new, old in zip(
        draw_items(pairs.new, covariances.get("new"), n_replications, rng),
        draw_items(pairs.old, covariances.get("old"), n_replications, rng),
        strict=True,
    ):
        drawn = AnchorItems(new, old)
        constants.append(
            linking_constants(drawn, method, None) if function is None else minimise(function, drawn, [start])
        )
    return np.asarray(np.cov(np.array(constants), rowvar=False), dtype=np.float64)
