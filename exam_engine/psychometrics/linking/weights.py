"""Ability distributions over which characteristic curves are compared."""

import numpy as np

from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.quadrature import Quadrature


def uniform_quadrature(n_nodes: int = 81, lower: float = -4.0, upper: float = 4.0) -> Quadrature:
    """Equally spaced nodes with equal weights.

    Raises
    ------
    LinkingError
        ``bad_weights`` when there are fewer than 2 nodes or the range is empty.
    """
    if n_nodes < 2 or not (np.isfinite(lower) and np.isfinite(upper) and lower < upper):
        raise LinkingError("bad_weights", f"{n_nodes} nodes on [{lower}, {upper}] do not make a grid of abilities")
    return Quadrature(nodes=np.linspace(lower, upper, n_nodes), weights=np.full(n_nodes, 1.0 / n_nodes))
