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
    def mean(self) -> float:
        """Mean of the distribution, logits."""
        return float(self.weights @ self.nodes)

    @property
    def sd(self) -> float:
        """Standard deviation of the distribution, logits."""
        return float(np.sqrt(self.weights @ (self.nodes - self.mean) ** 2))

    @property
    def spacing(self) -> float:
        """Distance between neighbouring nodes, logits."""
        return float(self.nodes[1] - self.nodes[0])


def normal_quadrature(
    n_nodes: int = 61, lower: float = -6.0, upper: float = 6.0, *, mean: float = 0.0, sd: float = 1.0
) -> Quadrature:
    """Equally spaced nodes with normal densities normalised to sum 1; standard normal unless told otherwise.

    The equally spaced rule converges geometrically for smooth integrands that vanish at the ends, and unlike
    Gauss–Hermite its spacing does not grow where candidates are.

    Raises
    ------
    ValueError
        When there are fewer than 3 nodes, the range is empty or the standard deviation is not positive.
    """
    if n_nodes < 3:
        raise ValueError(f"n_nodes is {n_nodes}; at least 3 are needed")
    if not (np.isfinite(lower) and np.isfinite(upper) and lower < upper):
        raise ValueError(f"the range of abilities [{lower}, {upper}] is empty")
    if not (np.isfinite(mean) and sd > 0.0):
        raise ValueError(f"a normal distribution with mean {mean} and standard deviation {sd} does not exist")
    nodes = np.linspace(lower, upper, n_nodes)
    z = (nodes - mean) / sd
    # The largest exponent becomes 0, so that a narrow distribution between two nodes keeps its mass.
    density = np.exp(-0.5 * (z**2 - (z**2).min()))
    return Quadrature(nodes=nodes, weights=density / density.sum())
