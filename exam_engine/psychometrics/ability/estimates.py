"""Ability estimates of candidates with their standard errors and what is doubtful about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray

AbilityMethod = Literal["EAP", "EAPsum", "MAP", "MLE", "WLE"]
AbilityFlag = Literal[
    "no_information", "infinite", "at_bound", "multimodal", "not_converged", "coarse_grid", "edge_of_grid"
]
ABILITY_FLAGS: Final[tuple[AbilityFlag, ...]] = get_args(AbilityFlag)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AbilityEstimates:
    """One estimate a candidate, in the order of the responses.

    Attributes
    ----------
    method : how the estimates were made.
    theta : (N,) logits; ±∞ where the likelihood rises without end, NaN where nothing is known.
    standard_error : (N,) logits; ∞ where theta is not finite.
    n_items : (N,) items presented.
    flagged : (N, F) which of ``ABILITY_FLAGS`` hold for each candidate.
    candidate_ids : N ids, or None when the responses had none.
    """

    method: AbilityMethod
    theta: FloatArray
    standard_error: FloatArray
    n_items: IntArray
    flagged: BoolArray
    candidate_ids: tuple[str, ...] | None

    def with_flag(self, flag: AbilityFlag) -> BoolArray:
        """(N,) for whom the flag holds."""
        result: BoolArray = self.flagged[:, ABILITY_FLAGS.index(flag)]
        return result

    def flags(self, row: int) -> tuple[AbilityFlag, ...]:
        """Everything that is doubtful about one estimate."""
        return tuple(flag for flag, holds in zip(ABILITY_FLAGS, self.flagged[row], strict=True) if holds)

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object per candidate; an estimate that is not finite is null and its flags say why."""
        return [
            {
                "candidate": None if self.candidate_ids is None else self.candidate_ids[row],
                "theta": _finite(self.theta[row]),
                "standard_error": _finite(self.standard_error[row]),
                "n_items": int(self.n_items[row]),
                "flags": list(self.flags(row)),
            }
            for row in range(self.theta.size)
        ]


def flag_table(n_candidates: int, flags: Mapping[AbilityFlag, BoolArray]) -> BoolArray:
    """(N, F) table for ``AbilityEstimates.flagged`` from the (N,) masks of those flags that can hold."""
    table = np.zeros((n_candidates, len(ABILITY_FLAGS)), dtype=np.bool_)
    for flag, holds in flags.items():
        table[:, ABILITY_FLAGS.index(flag)] = holds
    return table


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
