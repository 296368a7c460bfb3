"""Linear change of the ability scale, with its error; chains of such changes.

References
----------
Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., ch. 6; Battauz (2013), Psychometrika 78, 464–480
(chains).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ScaleTransformation:
    """θ_old = slope · θ_new + intercept.

    Parameters
    ----------
    slope, intercept : the linking constants A and B.
    covariance : (2, 2) sampling covariance of (A, B); NaN where it was not estimated.
    """

    slope: float
    intercept: float
    covariance: FloatArray

    @property
    def standard_errors(self) -> tuple[float, float]:
        """Standard errors of slope and intercept, NaN where not estimated."""
        slope, intercept = np.sqrt(np.diag(self.covariance))
        return float(slope), float(intercept)

    @classmethod
    def exact(cls, slope: float, intercept: float) -> Self:
        """A change of scale that is known, not estimated."""
        return cls(slope=slope, intercept=intercept, covariance=np.zeros((2, 2)))

    def apply(self, items: ItemParameters) -> ItemParameters:
        """Parameters of items of the new calibration on the old scale; every probability stays what it was."""
        return items.transformed(self.slope, self.intercept)

    def apply_theta(self, theta: FloatArray) -> FloatArray:
        """Abilities (…,) of the new calibration on the old scale."""
        result: FloatArray = self.slope * np.asarray(theta, dtype=np.float64) + self.intercept
        return result

    def theta_standard_errors(self, theta: FloatArray) -> FloatArray:
        """Error (…,) that the linking constants alone add to a transformed ability."""
        theta = np.asarray(theta, dtype=np.float64)
        variance = theta**2 * self.covariance[0, 0] + 2.0 * theta * self.covariance[0, 1] + self.covariance[1, 1]
        result: FloatArray = np.sqrt(variance)
        return result

    def inverse(self) -> Self:
        """The way back, from the old scale to the new one; errors by the delta method."""
        gradient = np.array(
            [[-1.0 / self.slope**2, 0.0], [self.intercept / self.slope**2, -1.0 / self.slope]],
        )
        return type(self)(
            slope=1.0 / self.slope,
            intercept=-self.intercept / self.slope,
            covariance=gradient @ self.covariance @ gradient.T,
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what was not estimated is null."""
        errors = [error if np.isfinite(error) else None for error in self.standard_errors]
        covariance = float(self.covariance[0, 1])
        return {
            "slope": self.slope,
            "intercept": self.intercept,
            "slope_standard_error": errors[0],
            "intercept_standard_error": errors[1],
            "covariance": covariance if np.isfinite(covariance) else None,
        }


def chain(links: Sequence[ScaleTransformation]) -> ScaleTransformation:
    """One transformation for several in a row, the first applied first.

    Errors are propagated by the delta method as if the links were independent. They are when no calibration serves two
    links with the same anchor items; where one does, the errors are approximate (Battauz 2013).

    Raises
    ------
    ValueError
        When there is no link.
    """
    if not links:
        raise ValueError("a chain needs at least one link")
    slope, intercept, covariance = links[0].slope, links[0].intercept, links[0].covariance
    for link in links[1:]:
        inner = np.array([[link.slope, 0.0], [0.0, link.slope]])
        outer = np.array([[slope, 0.0], [intercept, 1.0]])
        covariance = inner @ covariance @ inner.T + outer @ link.covariance @ outer.T
        slope, intercept = slope * link.slope, link.slope * intercept + link.intercept
    return ScaleTransformation(slope=slope, intercept=intercept, covariance=covariance)
