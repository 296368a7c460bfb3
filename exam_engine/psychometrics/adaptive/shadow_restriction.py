"""What is left of a programme once reduced costs have fixed most of its variables: far fewer columns and rows.

References
----------
Crowder, Johnson & Padberg (1983), Operations Research 31, 803–834.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from exam_engine.psychometrics.adaptive.shadow_relaxation import Vertex
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.rows import SLACK
from exam_engine.psychometrics.assembly.solver import LinearProgramme


@dataclass(frozen=True, slots=True, eq=False)
class Restriction:
    """A programme in its free variables; the others stand at the bound where they must stay.

    Attributes
    ----------
    programme : in F variables.
    free : (F,) their places in the whole programme.
    at_bound : (V,) the whole point with zeros for the free variables.
    offset : cost of the variables that are not free.
    """

    programme: LinearProgramme
    free: IntArray
    at_bound: FloatArray
    offset: float

    def whole(self, x: FloatArray) -> FloatArray:
        """(V,) the point of the whole programme from (F,) values of the free variables."""
        point = self.at_bound.copy()
        point[self.free] = x
        return point


def fixed_by_reduced_costs(
    vertex: Vertex, lower: FloatArray, upper: FloatArray, value: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds without the variables that could not leave theirs and still improve on ``value``."""
    room = value - vertex.value
    return np.where(-vertex.reduced_cost > room, upper, lower), np.where(vertex.reduced_cost > room, lower, upper)


def restricted(programme: LinearProgramme, vertex: Vertex, value: float) -> Restriction:
    """The programme in which only points better than ``value`` are sought, given its relaxation's optimal vertex."""
    lower, upper = fixed_by_reduced_costs(vertex, programme.lower, programme.upper, value)
    free = np.flatnonzero(lower < upper)
    at_bound = lower.copy()
    at_bound[free] = 0.0
    settled = programme.matrix @ at_bound
    columns = programme.matrix[:, free]
    # A row that the free variables cannot break says nothing any more.
    signs = csr_array((np.maximum(columns.data, 0.0), columns.indices, columns.indptr), shape=columns.shape)
    most = signs.sum(axis=1)
    least = columns.sum(axis=1) - most
    row_lower, row_upper = programme.row_lower - settled, programme.row_upper - settled
    slack = SLACK * (1.0 + np.abs(settled))
    binding = np.flatnonzero((least < row_lower - slack) | (most > row_upper + slack))
    return Restriction(
        replace(
            programme,
            cost=programme.cost[free],
            matrix=columns[binding],
            row_lower=row_lower[binding],
            row_upper=row_upper[binding],
            lower=programme.lower[free],
            upper=programme.upper[free],
            is_integer=programme.is_integer[free],
        ),
        free,
        at_bound,
        float(programme.cost @ at_bound),
    )
