"""Nodes and weights that stand for the ability distribution when it is integrated out."""

from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Quadrature:
    """A discrete ability distribution.

    Parameters
    ----------
    nodes : (Q,) abilities in logits, increasing and equally spaced.
    weights : (Q,) probabilities, summing to 1.
    """

    nodes: FloatArray
    weights: FloatArray

    @property
    def spacing(self) -> float:
        """Distance between neighbouring nodes, logits."""
        return float(self.nodes[1] - self.nodes[0])


def normal_quadrature(n_nodes: int = 61, lower: float = -6.0, upper: float = 6.0) -> Quadrature:
    """Equally spaced nodes with standard normal densities normalised to sum 1.

    The equally spaced rule converges geometrically for smooth integrands that vanish at the ends, and unlike
    Gauss–Hermite its spacing does not grow where candidates are.

    Raises
    ------
    ValueError
        When there are fewer than 3 nodes or the range is empty.
    """
    if n_nodes < 3:
        raise ValueError(f"n_nodes is {n_nodes}; at least 3 are needed")
    if not (np.isfinite(lower) and np.isfinite(upper) and lower < upper):
        raise ValueError(f"the range of abilities [{lower}, {upper}] is empty")
    nodes = np.linspace(lower, upper, n_nodes)
    density = np.exp(-0.5 * nodes**2)
    return Quadrature(nodes=nodes, weights=density / density.sum())
