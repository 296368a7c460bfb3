"""Each kind of look at a sitting: what it compares, what it lists, and what it lists among honest candidates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from exam_engine.forensics.settings import LEVEL
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.fit.chi_squares import adjusted

Kind = Literal["neighbours", "elsewhere", "person_fit", "response_times", "answer_changes", "departures"]
KINDS: tuple[Kind, ...] = ("neighbours", "elsewhere", "person_fit", "response_times", "answer_changes", "departures")


@dataclass(frozen=True, eq=False, slots=True)
class Listing:
    """The units of a family of tests with their tails, and which are listed."""

    p: FloatArray
    q: FloatArray
    listed: BoolArray

    @classmethod
    def of(cls, p: FloatArray, tested: BoolArray) -> "Listing":
        """List units by Benjamini & Hochberg among those tested; (U,) each."""
        q = adjusted(np.where(tested, p, np.nan))
        return cls(p, q, np.nan_to_num(q, nan=1.0) <= LEVEL)

    @property
    def strongest_first(self) -> IntArray:
        """Numbers of the listed units."""
        found = np.flatnonzero(self.listed)
        return found[np.argsort(self.p[found], kind="stable")]


def not_enough(code: str, **params: float) -> dict[str, Any]:
    """Return a kind that cannot be looked at, with the reason."""
    return {"state": "not_enough_data", "reason": code, "params": params, "tested": 0, "findings": []}


def done(
    listing: Listing, tested: BoolArray, finding: Callable[[int], dict[str, Any]], honest: list[int]
) -> dict[str, Any]:
    """Return a kind that was looked at.

    Parameters
    ----------
    finding : what to say of a listed unit.
    honest : how many units each simulated sitting of honest candidates listed.
    """
    size = int(tested.sum())
    counts = np.array(honest, dtype=np.float64)
    return {
        "state": "done",
        "reason": None,
        "params": {},
        "tested": size,
        "false_alarms": {
            "replications": len(honest),
            "listed": float(counts.mean()) if honest else None,
            "any": float((counts > 0).mean()) if honest else None,
        },
        "findings": [
            {"p": float(listing.p[unit]), "q": float(listing.q[unit]), **finding(int(unit))}
            for unit in listing.strongest_first
        ],
    }
