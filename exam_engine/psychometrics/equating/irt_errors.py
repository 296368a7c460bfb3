"""Standard errors of IRT equating from the sampling errors of item parameters, linking included.

References
----------
Ogasawara (2001), Journal of Educational and Behavioral Statistics 26, 31–50; Ogasawara (2003), Psychometrika 68,
193–211.
"""

from collections.abc import Callable

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.table import EquatingTable, propagated_errors
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance, draw_items, parameter_derivatives
from exam_engine.psychometrics.linking.transformation import ScaleTransformation


def irt_equating_errors(
    x_items: ItemParameters,
    y_items: ItemParameters,
    equate: Callable[[ItemParameters, ItemParameters], EquatingTable],
    *,
    x_covariance: ParameterCovariance | None = None,
    y_covariance: ParameterCovariance | None = None,
    link: Callable[[ItemParameters, ItemParameters], ScaleTransformation] | None = None,
    n_replications: int = 0,
    rng: np.random.Generator | None = None,
) -> FloatArray:
    """Standard errors of equivalents that follow from item parameters.

    Parameters
    ----------
    x_items, y_items : all items of each form, each on the scale it was calibrated on.
    equate : takes both forms on one scale, for example ``irt_true_score_equating``.
    x_covariance, y_covariance : sampling covariances of the parameters; a form without one counts as known.
    link : takes both forms and returns the transformation of X to the scale of Y; it is found anew for every change of
        a parameter, so that the errors of linking and of the forms, which share the anchor, are counted together. None
        when both forms were calibrated on one scale.
    n_replications : 0 for the delta method, otherwise the number of parametric-bootstrap draws, which need ``rng``.

    Returns
    -------
    (S,) standard errors in the scores of Y.
    """

    def equivalents(x: ItemParameters, y: ItemParameters) -> FloatArray:
        return equate(x if link is None else link(x, y).apply(x), y).equivalents

    if n_replications:
        if rng is None or n_replications < 2:
            raise ValueError("the bootstrap needs rng, a numpy Generator, and at least 2 replications")
        draws = zip(
            draw_items(x_items, x_covariance, n_replications, rng),
            draw_items(y_items, y_covariance, n_replications, rng),
            strict=True,
        )
        drawn = [equivalents(x, y) for x, y in draws]
        return np.asarray(np.std(drawn, axis=0, ddof=1), dtype=np.float64)
    size = equivalents(x_items, y_items).size
    variance = np.zeros(size)
    for covariance, items, function in (
        (x_covariance, x_items, lambda x: equivalents(x, y_items)),
        (y_covariance, y_items, lambda y: equivalents(x_items, y)),
    ):
        if covariance is not None:
            variance += (
                propagated_errors(parameter_derivatives(function, items, covariance.labels).T, covariance.matrix) ** 2
            )
    return np.asarray(np.sqrt(variance), dtype=np.float64)
