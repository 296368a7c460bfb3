"""The result of equating: what each score on the new form is worth on the old one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class EquatingTable:
    """Equivalents on form Y of the scores on form X.

    Parameters
    ----------
    method : how they were found.
    x_scores : (S,) scores on X.
    equivalents : (S,) scores on Y, neither rounded nor cut to the range of Y.
    standard_errors : (S,) standard errors of equating; NaN where not estimated or not defined.
    y_lowest, y_highest : range of possible scores on Y.
    x, y : distributions of both forms in the target population; None where the method has none (chains, true scores).
    parameters : named quantities of the method, such as slope, intercept or bandwidths.
    gradient : (S, P) derivatives of the equivalents in the probabilities of the design; None without a design.
    covariance : (P, P) sampling covariance of those probabilities.
    """

    method: str
    x_scores: FloatArray
    equivalents: FloatArray
    standard_errors: FloatArray
    y_lowest: float
    y_highest: float
    x: ScoreDistribution | None = None
    y: ScoreDistribution | None = None
    parameters: dict[str, float]
    gradient: FloatArray | None = None
    covariance: FloatArray | None = None

    @property
    def increasing(self) -> bool:
        """Whether a higher score on X is always worth more on Y; a table that is not must not be used for reporting."""
        return bool((np.diff(self.equivalents) > 0.0).all())

    def rounded(self, decimals: int = 0, *, within_range: bool = True) -> FloatArray:
        """(S,) equivalents rounded half up and, unless told otherwise, cut to the range of Y."""
        unit = 10.0**decimals
        # Halves go up, as score reports expect; numpy would round them to even. 1e-9 forgives 0.5 stored as 0.49999….
        result = np.floor(self.equivalents * unit + 0.5 + 1e-9) / unit
        if within_range:
            result = np.clip(result, self.y_lowest, self.y_highest)
        return np.asarray(result, dtype=np.float64)

    def apply(self, scores: ArrayLike, *, within_range: bool = True) -> FloatArray:
        """Equivalents (…,) of scores on X; between two scores of the table on the line between their equivalents.

        Raises
        ------
        EquatingError
            ``score_outside`` when a score is outside the table.
        """
        values = np.asarray(scores, dtype=np.float64)
        outside = ~((values >= self.x_scores[0]) & (values <= self.x_scores[-1]))
        if outside.any():
            raise EquatingError(
                "score_outside",
                f"score {values[outside].flat[0]} is outside the table's {self.x_scores[0]:g} … {self.x_scores[-1]:g}",
            )
        result = np.interp(values, self.x_scores, self.equivalents)
        if within_range:
            result = np.clip(result, self.y_lowest, self.y_highest)
        return np.asarray(result, dtype=np.float64)

    def percent_relative_errors(self, n_moments: int = 10) -> FloatArray:
        """(n_moments,) percentages by which moments of the equivalents miss those of Y (von Davier et al. 2004, p. 66).

        Raises
        ------
        EquatingError
            ``design_differs`` when the method has no distributions in a common target population.
        """
        if self.x is None or self.y is None:
            raise EquatingError("design_differs", "this method has no target population to compare moments in")
        powers = np.arange(1, n_moments + 1)[:, None]
        reached = (self.equivalents**powers) @ self.x.probabilities
        wanted = (self.y.scores**powers) @ self.y.probabilities
        return np.asarray(100.0 * (reached - wanted) / wanted, dtype=np.float64)

    def rows(self, decimals: int = 0) -> list[dict[str, float | bool | None]]:
        """One row a score for export: score, equivalent, its error, the rounded equivalent, whether it was cut."""
        reported = self.rounded(decimals)
        uncut = self.rounded(decimals, within_range=False)
        return [
            {
                "score": float(self.x_scores[row]),
                "equivalent": float(equivalent) if np.isfinite(equivalent) else None,
                "standard_error": float(error) if np.isfinite(error) else None,
                "rounded": float(reported[row]) if np.isfinite(reported[row]) else None,
                "cut_to_range": bool(reported[row] != uncut[row]),
            }
            for row, (equivalent, error) in enumerate(zip(self.equivalents, self.standard_errors, strict=True))
        ]

    def to_dict(self, decimals: int = 0) -> dict[str, Any]:
        """JSON values."""
        return {
            "method": self.method,
            "y_lowest": self.y_lowest,
            "y_highest": self.y_highest,
            "increasing": self.increasing,
            "parameters": {name: value if np.isfinite(value) else None for name, value in self.parameters.items()},
            "rows": self.rows(decimals),
        }


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class EquatingDifference:
    """Difference of two equating functions on the same data.

    Parameters
    ----------
    x_scores : (S,) scores on X.
    difference : (S,) first less second, Y scores.
    standard_errors : (S,) standard errors of the difference; within two of them the simpler function will do.
    """

    x_scores: FloatArray
    difference: FloatArray
    standard_errors: FloatArray


def equating_difference(first: EquatingTable, second: EquatingTable) -> EquatingDifference:
    """Compare two methods on one design, with the error of the difference (von Davier et al. 2004, ch. 5).

    Raises
    ------
    EquatingError
        ``design_differs`` when the tables do not come from one design object.
    """
    if first.covariance is None or first.covariance is not second.covariance:
        raise EquatingError("design_differs", "both tables must come from the same design object")
    if first.gradient is None or second.gradient is None:
        raise EquatingError("design_differs", "both methods must carry their derivatives")
    gradient = first.gradient - second.gradient
    return EquatingDifference(
        x_scores=first.x_scores,
        difference=first.equivalents - second.equivalents,
        standard_errors=propagated_errors(gradient, first.covariance),
    )


def propagated_errors(gradient: FloatArray, covariance: FloatArray) -> FloatArray:
    """(S,) standard errors of functions with derivatives gradient (S, P)."""
    variance = np.einsum("sp,pq,sq->s", gradient, covariance, gradient)
    # Rounding can leave −1e-20 where the error is 0; NaN stays NaN.
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float64)
