"""A specification as demands: single sides of named requirements that may be dropped one by one.

A demand speaks of every form. For several forms there are two programmes: the *symmetrised* one counts in how many
forms each item stands and asks the forms' rows of the sum of all forms, which every set of forms satisfies; the *full*
one has the forms themselves.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6 (aggregating over forms).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.sparse import csr_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.rows import RowName

Side = Literal["minimum", "maximum", "required"]
"""Which bound of a requirement is meant; ``required`` for those without bounds."""

HARD: Final = -1
"""In place of a demand: what nobody may drop, such as that an item stands with its stimulus."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One side of a requirement.

    Attributes
    ----------
    name : of the requirement.
    side : which side of it.
    bound : the figure, None where there is none.
    """

    name: RowName
    side: Side
    bound: float | None = None

    def __str__(self) -> str:
        """``NB at least 12``."""
        if self.bound is None:
            return self.name.label
        return f"{self.name.label} at {'least' if self.side == 'minimum' else 'most'} {self.bound:g}"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        data: Mapping[str, Any] = self.name.data
        return {
            "code": self.name.code,
            "label": self.name.label,
            "side": self.side,
            "bound": self.bound,
            "data": dict(data),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A demand that bounds variables directly: a floor or a ceiling for each of the columns."""

    demand: int
    columns: IntArray
    value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class DemandProgramme:
    """Demands over variables: lower ≤ matrix · v ≤ upper, floors and ceilings, each side owned by a demand.

    Attributes
    ----------
    demands : K demands.
    matrix, lower, upper : (R, V) and (R,) rows.
    lower_demand, upper_demand : (R,) index of the demand that owns each side, ``HARD`` for none.
    row_unit : (R,) how far a row's bound moves when the demand's bound moves by one.
    floors, ceilings : demands on single variables.
    variable_lower, variable_upper : (V,) bounds that always hold.
    is_integer : (V,).
    n_items, n_stimuli : J and S; the first J + S variables of each copy are items and stimuli.
    n_copies : 1 when symmetrised, else the number of forms.
    n_forms : F.
    """

    demands: tuple[Demand, ...]
    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    lower_demand: IntArray
    upper_demand: IntArray
    row_unit: FloatArray
    floors: tuple[Limit, ...]
    ceilings: tuple[Limit, ...]
    variable_lower: FloatArray
    variable_upper: FloatArray
    is_integer: BoolArray
    n_items: int
    n_stimuli: int
    n_copies: int
    n_forms: int

    def row_bounds(self, active: BoolArray) -> tuple[FloatArray, FloatArray]:
        """(R,) bounds of the rows with only the active demands."""
        is_lower = (self.lower_demand == HARD) | active[self.lower_demand]
        is_upper = (self.upper_demand == HARD) | active[self.upper_demand]
        return np.where(is_lower, self.lower, -math.inf), np.where(is_upper, self.upper, math.inf)

    def bounds(self, active: BoolArray) -> tuple[FloatArray, FloatArray]:
        """(V,) bounds of the variables with only the active demands; a floor may stand above a ceiling."""
        lower, upper = self.variable_lower.copy(), self.variable_upper.copy()
        for floor in self.floors:
            if active[floor.demand]:
                lower[floor.columns] = np.maximum(lower[floor.columns], floor.value)
        for ceiling in self.ceilings:
            if active[ceiling.demand]:
                upper[ceiling.columns] = np.minimum(upper[ceiling.columns], ceiling.value)
        return lower, upper
