"""Ability, expected score and the score scale of a report, each from the other.

References
----------
Lord (1980), *Applications of Item Response Theory*, ch. 4 (test characteristic curve); Kolen & Brennan (2014), *Test
Equating, Scaling, and Linking*, 3rd ed., ch. 6 and 9.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root

from exam_engine.psychometrics.ability.errors import ScoringError
from exam_engine.psychometrics.ability.likelihood import limiting_probabilities
from exam_engine.psychometrics.ability.search import search_grid
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import expected_item_scores


def expected_sum_scores(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """Expected sum score at each ability, the test characteristic curve; theta (N,), result (N,)."""
    result: FloatArray = expected_item_scores(theta, items).sum(axis=1)
    return result


def ability_at_expected_score(items: ItemParameters, scores: ArrayLike) -> FloatArray:
    """Ability whose expected sum score is the one given: the characteristic curve read backwards.

    Parameters
    ----------
    items : the items of one form.
    scores : (M,) sum scores from 0 to the highest possible, not necessarily whole.

    Returns
    -------
    (M,) logits; −∞ at or below the score that guessing alone is expected to give, +∞ at or above the upper limit.

    Raises
    ------
    ScoringError
        ``score_outside`` for a score that no candidate can have, ``not_increasing`` when the expected score falls
        somewhere as ability grows (items with negative slopes), because then no one ability belongs to a score.
    """
    wanted = np.asarray(scores, dtype=np.float64)
    highest = int(items.max_scores.sum())
    outside = ~((wanted >= 0.0) & (wanted <= highest))
    if outside.any():
        raise ScoringError("score_outside", f"score {wanted[outside][0]} is not between 0 and {highest}")
    nodes = search_grid(items)
    curve = expected_sum_scores(items, nodes)
    if (np.diff(curve) < -1e-9 * highest).any() or not curve[-1] > curve[0]:
        raise ScoringError(
            "not_increasing", "the expected score does not grow with ability; take items with negative slopes out"
        )
    lower, upper = (
        float((limiting_probabilities(items, direction) @ np.arange(items.d.shape[1] + 1.0)).sum())
        for direction in (-1.0, 1.0)
    )
    # A score that the far ends of the grid do not reach differs from a limit by rounding only.
    result = np.where(wanted <= max(lower, curve[0]), -np.inf, np.where(wanted >= min(upper, curve[-1]), np.inf, 0.0))
    inner = np.isfinite(result)
    place = np.clip(np.searchsorted(curve, wanted[inner]), 1, nodes.size - 1)

    def excess(theta: FloatArray, target: FloatArray) -> FloatArray:
        return expected_sum_scores(items, theta) - target

    if inner.any():
        root = find_root(excess, (nodes[place - 1], nodes[place]), args=(wanted[inner],))
        result[inner] = root.x
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScale:
    """A linear scale for reports: slope · θ + intercept, rounded, and cut off at its ends.

    Attributes
    ----------
    slope, intercept : points per logit and points at θ = 0.
    lowest, highest : ends of the scale, None for none; an infinite ability gets them.
    decimals : digits after the point; a half is rounded up, so that a cut on the scale means one thing.

    Raises
    ------
    ScoringError
        ``bad_scale`` when the slope is not positive or the ends are in the wrong order.
    """

    slope: float
    intercept: float
    lowest: float | None = None
    highest: float | None = None
    decimals: int = 0

    def __post_init__(self) -> None:
        """Check that greater ability cannot get a lower score."""
        ends = (
            -np.inf if self.lowest is None else self.lowest,
            np.inf if self.highest is None else self.highest,
        )
        if not (np.isfinite(self.slope) and self.slope > 0.0 and np.isfinite(self.intercept) and ends[0] < ends[1]):
            raise ScoringError(
                "bad_scale",
                f"a scale needs a positive slope and its lowest point below its highest, got slope {self.slope} from "
                f"{ends[0]} to {ends[1]}",
            )

    @classmethod
    def through(cls, first: tuple[float, float], second: tuple[float, float], **limits: Any) -> Self:
        """The scale on which two abilities have the scores wanted, such as the cut and the population's mean.

        Parameters
        ----------
        first, second : (ability, score), in either order.
        limits : ``lowest``, ``highest`` and ``decimals``.
        """
        if first[0] == second[0]:
            raise ScoringError("bad_scale", f"two points at the same ability {first[0]} make no scale")
        slope = (second[1] - first[1]) / (second[0] - first[0])
        return cls(slope=slope, intercept=first[1] - slope * first[0], **limits)

    def score(self, theta: ArrayLike) -> FloatArray:
        """Reported scores; NaN stays NaN, and an infinite ability needs an end of the scale.

        Raises
        ------
        ScoringError
            ``not_finite`` for an infinite ability when the scale has no end there.
        """
        points = self.slope * np.asarray(theta, dtype=np.float64) + self.intercept
        factor = 10.0**self.decimals
        result: FloatArray = np.clip(np.floor(points * factor + 0.5) / factor, self.lowest, self.highest)
        if np.isinf(result).any():
            raise ScoringError("not_finite", "an infinite ability needs a lowest and highest point of the scale")
        return result

    def standard_error(self, standard_error: ArrayLike) -> FloatArray:
        """Standard errors in points, not rounded."""
        result: FloatArray = self.slope * np.asarray(standard_error, dtype=np.float64)
        return result

    def to_dict(self) -> dict[str, float | int | None]:
        """The scale as a JSON object."""
        return {
            "slope": self.slope,
            "intercept": self.intercept,
            "lowest": self.lowest,
            "highest": self.highest,
            "decimals": self.decimals,
        }
