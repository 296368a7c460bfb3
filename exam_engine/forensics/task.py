"""What the computation of a report is given: a sitting as tables, without names and without keys."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from exam_engine.forensics.neighbours import SeatPlace
from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray

ParameterSource = Literal["bank", "sitting", "none"]
NO_SCORE: Final = -1


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ForensicsTask:
    """A finished sitting of N candidates and J item versions.

    Parameters
    ----------
    candidates : N registrations.
    places : N seats.
    items : J names of item versions; ``codes`` are theirs in the bank.
    n_options : (J,) options of single-choice items, 0 of others.
    scores : (N, J) 1 for full points, 0 for less, ``NO_SCORE`` where the item was not shown or nobody marked it.
    chosen, first : (N, J) places of the final and of the first chosen option, −1 where there is none.
    seconds : (N, J) time with the item in sight of those who answered it; NaN otherwise.
    departures, away_seconds : (N,) how often and how long the page was without focus.
    parameters : calibrated items of the bank among these, by name; None where there is no bank.
    seed, replications : of the simulations.
    """

    candidates: tuple[str, ...]
    places: tuple[SeatPlace, ...]
    items: tuple[str, ...]
    codes: tuple[str, ...]
    n_options: IntArray
    scores: ScoreArray
    chosen: ScoreArray
    first: ScoreArray
    seconds: FloatArray
    departures: IntArray
    away_seconds: FloatArray
    parameters: ItemParameters | None
    seed: int
    replications: int

    @property
    def right(self) -> IntArray:
        """(J,) place of the option that earned full points; −1 where nobody chose it or the item has no options."""
        found = np.full(len(self.items), -1, dtype=np.intp)
        rows, columns = np.nonzero((self.scores == 1) & (self.chosen >= 0))
        found[columns] = self.chosen[rows, columns]
        return np.where(self.n_options >= 2, found, -1)
