"""Exposure control: the rules, and the counts of earlier candidates that two of them need.

References
----------
Sympson & Hetter (1985), Proceedings of the 27th annual meeting of the Military Testing Association, 973–977; Stocking &
Lewis (1998), Journal of Educational and Behavioral Statistics 23, 57–75 (conditional on ability); Revuelta & Ponsoda
(1998), Journal of Educational Measurement 35, 311–327 (restrictive); van der Linden & Veldkamp (2004), Journal of
Educational and Behavioral Statistics 29, 273–291, and (2007), ibid. 32, 398–418 (eligibility, conditional, fading).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SympsonHetter:
    """An item that the criterion selects is given with its probability only; else it is set aside for the candidate.

    Parameters
    ----------
    probabilities : (S, J) probability of giving each item once it is selected, for candidates in each segment of
        ability; found by ``calibrate_sympson_hetter``.
    segment_bounds : S − 1 increasing abilities between the segments; none when the probabilities hold for everybody.
    """

    probabilities: FloatArray
    segment_bounds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check that these are probabilities, one row a segment."""
        _check_bounds(self.segment_bounds)
        p = self.probabilities
        if p.ndim != 2 or p.shape[0] != len(self.segment_bounds) + 1:
            raise AdaptiveTestError(
                "bad_exposure",
                f"Sympson–Hetter probabilities of shape {p.shape} need {len(self.segment_bounds) + 1} rows, one a "
                "segment of ability, and a column for each item",
            )
        if not ((p >= 0.0) & (p <= 1.0)).all():
            raise AdaptiveTestError("bad_exposure", "Sympson–Hetter probabilities must be between 0 and 1")

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "rule": "sympson_hetter",
            "probabilities": self.probabilities.tolist(),
            "segment_bounds": list(self.segment_bounds),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEligibility:
    """Before each test, items are drawn to be eligible with probabilities that hold exposure rates below a maximum.

    Parameters
    ----------
    maximum_rate : r, the highest exposure rate, in each segment of ability.
    fading : weight w of the counts before each further candidate, in (0, 1]; at w < 1 the counts are of about
        1 / (1 − w) candidates, so that the probabilities follow a changing population.
    segment_bounds : S − 1 increasing abilities between the segments of the interim estimate.
    """

    maximum_rate: float
    fading: float = 1.0
    segment_bounds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the rates."""
        _check_rate(self.maximum_rate)
        _check_bounds(self.segment_bounds)
        if not 0.0 < self.fading <= 1.0:
            raise AdaptiveTestError("bad_exposure", f"fading {self.fading} must be above 0 and at most 1")

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "rule": "item_eligibility",
            "maximum_rate": self.maximum_rate,
            "fading": self.fading,
            "segment_bounds": list(self.segment_bounds),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedRate:
    """Items whose exposure rate so far is at or above a maximum are left out for the next candidates.

    Parameters
    ----------
    maximum_rate : r.
    """

    maximum_rate: float
    segment_bounds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the rate."""
        _check_rate(self.maximum_rate)
        _check_bounds(self.segment_bounds)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "rule": "restricted_rate",
            "maximum_rate": self.maximum_rate,
            "segment_bounds": list(self.segment_bounds),
        }


ExposureControl = SympsonHetter | ItemEligibility | RestrictedRate


def exposure_control_from_dict(data: Mapping[str, Any]) -> ExposureControl:
    """Read what ``to_dict`` of a rule wrote.

    Raises
    ------
    AdaptiveTestError
        ``bad_exposure`` for an unknown rule.
    """
    bounds = tuple(data["segment_bounds"])
    match data["rule"]:
        case "sympson_hetter":
            return SympsonHetter(probabilities=np.array(data["probabilities"], dtype=np.float64), segment_bounds=bounds)
        case "item_eligibility":
            return ItemEligibility(maximum_rate=data["maximum_rate"], fading=data["fading"], segment_bounds=bounds)
        case "restricted_rate":
            return RestrictedRate(maximum_rate=data["maximum_rate"], segment_bounds=bounds)
        case unknown:
            raise AdaptiveTestError("bad_exposure", f"there is no exposure rule {unknown!r}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ExposureRecord:
    """What earlier candidates were given, in each of S segments of ability.

    Attributes
    ----------
    visits : (S,) candidates whose interim estimate was in the segment at some selection.
    taken : (S, J) of them, those who were given the item there.
    eligible : (S, J) of them, those for whom the item was eligible.
    """

    visits: FloatArray
    taken: FloatArray
    eligible: FloatArray

    @classmethod
    def empty(cls, control: ItemEligibility | RestrictedRate, n_items: int) -> Self:
        """Nobody has been tested yet."""
        n_segments = len(control.segment_bounds) + 1
        nothing = np.zeros((n_segments, n_items))
        return cls(visits=np.zeros(n_segments), taken=nothing, eligible=nothing)

    def after(
        self, control: ItemEligibility | RestrictedRate, items: IntArray, segment: IntArray, ineligible: BoolArray
    ) -> Self:
        """The record after m further candidates, in the order of the rows.

        Parameters
        ----------
        control : the rule; eligibility may fade.
        items : (m, L) positions of the items given, J where a test was shorter.
        segment : (m, L) segment in which each was selected.
        ineligible : (m, S, J) items that were left out.
        """
        fading = control.fading if isinstance(control, ItemEligibility) else 1.0
        n_new = items.shape[0]
        weights = fading ** np.arange(n_new - 1, -1, -1.0)
        visited, taken = segment_counts(items, segment, self.taken.shape, weights)
        faded = fading**n_new
        return replace(
            self,
            visits=faded * self.visits + visited.sum(axis=0),
            taken=faded * self.taken + taken,
            eligible=faded * self.eligible + np.einsum("ms,msj->sj", visited, ~ineligible),
        )

    def ineligible(self, control: ItemEligibility | RestrictedRate, uniform: FloatArray) -> BoolArray:
        """(m, S, J) which items are left out for m candidates.

        Parameters
        ----------
        control : the rule.
        uniform : (m, J) draws from [0, 1), which decide eligibility; the restrictive rule draws nothing.

        Raises
        ------
        AdaptiveTestError
            ``bad_exposure`` when the record is of another pool or other segments.
        """
        expected = (len(control.segment_bounds) + 1, uniform.shape[1])
        if self.taken.shape != expected:
            raise AdaptiveTestError(
                "bad_exposure",
                f"the exposure record has {self.taken.shape[0]} segments and {self.taken.shape[1]} items, the test "
                f"{expected[0]} and {expected[1]}; keep one record for each test",
            )
        if isinstance(control, RestrictedRate):
            barred = self.taken >= control.maximum_rate * self.visits[:, None]
            barred &= self.visits[:, None] > 0.0
            result: BoolArray = np.broadcast_to(barred, (uniform.shape[0], *barred.shape))
            return result
        return uniform[:, None, :] >= self.eligibility(control)

    def eligibility(self, control: ItemEligibility) -> FloatArray:
        """(S, J) probabilities min(1, r · eligible / taken) with which items are eligible for the next candidate."""
        allowed = control.maximum_rate * self.eligible
        return np.minimum(1.0, np.divide(allowed, self.taken, out=np.ones_like(allowed), where=self.taken > 0.0))

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"visits": self.visits.tolist(), "taken": self.taken.tolist(), "eligible": self.eligible.tolist()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        return cls(**{name: np.array(data[name], dtype=np.float64) for name in ("visits", "taken", "eligible")})


def segments(theta: FloatArray, bounds: tuple[float, ...]) -> IntArray:
    """(N,) segment of each ability; one at a bound is in the segment above it."""
    if not bounds:
        return np.zeros(theta.size, dtype=np.intp)
    return np.searchsorted(np.array(bounds), theta, side="right")


def segment_counts(
    items: IntArray, segment: IntArray, shape: tuple[int, int], weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Who visited which segments of ability, and what was given there.

    Parameters
    ----------
    items : (m, L) positions of the items given, J where a test was shorter.
    segment : (m, L) segment in which each was selected.
    shape : S segments, J items.
    weights : (m,) of the candidates.

    Returns
    -------
    (m, S) the candidate's weight where they visited the segment, else 0; (S, J) weights of those given the item there.
    """
    n_segments, n_items = shape
    given = items < n_items
    visited = np.zeros((items.shape[0], n_segments))
    visited[np.nonzero(given)[0], segment[given]] = 1.0
    visited *= weights[:, None]
    each = np.broadcast_to(weights[:, None], items.shape)[given]
    taken = np.bincount((segment * n_items + items)[given], each, n_segments * n_items)
    return visited, taken.reshape(n_segments, n_items).astype(np.float64)


def _check_rate(rate: float) -> None:
    if not 0.0 < rate <= 1.0:
        raise AdaptiveTestError("bad_exposure", f"a maximum exposure rate of {rate} must be above 0 and at most 1")


def _check_bounds(bounds: tuple[float, ...]) -> None:
    if not np.isfinite(bounds).all() or (np.diff(bounds) <= 0.0).any():
        raise AdaptiveTestError("bad_exposure", f"segment bounds {list(bounds)} must be finite and increase")
