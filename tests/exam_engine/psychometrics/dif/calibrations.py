"""Two calibrations of the same items with independent sampling errors of each item."""

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.linking.parameter_errors import item_labels

NAMES = ("q1", "q2", "q3", "q4")
A = np.array([1.1, 0.8, 1.4, 1.0])
B = np.array([-0.5, 0.3, 1.0, 0.1])
FOCAL_A = np.array([1.1, 0.8, 1.4, 0.7])
FOCAL_B = np.array([-0.5, 0.3, 1.0, 0.6])


def independent_covariance(items: ItemParameters, seed: int) -> ParameterCovariance:
    """A random positive definite block for each item, of standard errors near 0.1."""
    rng = np.random.default_rng(seed)
    blocks: list[FloatArray] = []
    for name in items.names:
        size = len(item_labels(items, name))
        root = rng.normal(size=(size, size + 2)) * 0.1
        blocks.append(root @ root.T / (size + 2))
    return ParameterCovariance.independent_items(items, blocks)


def difficulty_covariance(items: ItemParameters, covariance: ParameterCovariance, name: str) -> FloatArray:
    """(2, 2) covariance of (a, b) of a 2PL item from that of (a, d), b = −d/a."""
    place = int(items.positions([name])[0])
    a, b = float(items.a[place]), float(items.b[place, 0])
    jacobian = np.array([[1.0, 0.0], [-b / a, -1.0 / a]])
    result: FloatArray = jacobian @ covariance.of_items([name]).matrix @ jacobian.T
    return result
