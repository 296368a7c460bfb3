"""How little the items of a pool can be used: the smallest cap on item use that any set of forms could keep.

Take the mean of forms that meet lower ≤ A v ≤ upper, and call u the largest share of the forms that an item stands in.
The mean divided by u is a point of the linear programme "as many forms as possible, every item once", which makes 1/u
forms of it. The optimum of that programme therefore bounds every set of forms, however it was made.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6 (all forms added up in one).
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.assembly.linear_optimum import RepeatedLinearProgramme
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, RowName, form_rows, use_limits
from exam_engine.psychometrics.assembly.solver import LinearProgramme
from exam_engine.psychometrics.assembly.specification import TestSpecification

_WEIGHTLESS: Final = 1e-6
_ENDLESS: Final = 1e6
"""Forms, where items do not limit their number."""

_STIMULUS_ONCE: Final = RowName("stimulus_link", {}, "a form holds a stimulus once")
_ITEM_USE: Final = RowName("item_use", {}, "use of some items")


@dataclass(frozen=True, slots=True)
class BindingRow:
    """A requirement that keeps the cap from being smaller.

    Attributes
    ----------
    name : the requirement.
    weight : its part in the limit: to ease it by 1 % lowers the limit by about ``weight`` %. Negative where the
        requirement helps; the weights of all requirements add up to 1.
    """

    name: RowName
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"code": self.name.code, "data": dict(self.name.data), "label": self.name.label, "weight": self.weight}


@dataclass(frozen=True, slots=True, eq=False)
class ItemUseLimit:
    """The smallest possible cap on item use, proved by a linear programme.

    Attributes
    ----------
    n_forms : forms that the cap is for.
    share : in no set of forms, of whatever number, is the most used item in a smaller share of them.
    cap : the same as a whole number out of ``n_forms``.
    binding : requirements that cause it, the weightiest first.
    item_shares, stimulus_shares : (J,) and (S,) shares of the forms that reach ``share``; anchors have 1.
    """

    n_forms: int
    share: float
    cap: int
    binding: tuple[BindingRow, ...]
    item_shares: FloatArray
    stimulus_shares: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values, without the shares."""
        binding = [row.to_dict() for row in self.binding]
        return {"n_forms": self.n_forms, "share": self.share, "cap": self.cap, "binding": binding}


def item_use_limit(
    pool: ItemPool, specification: TestSpecification, rows: FormRows | None = None
) -> ItemUseLimit | None:
    """The smallest cap on item use that forms of the specification could keep; None when no form meets it.

    Anchors do not count. Limits on the use of some items (``ItemUse`` with a condition) are kept; a limit on all items
    is what the answer is to be compared with.

    Parameters
    ----------
    rows : of one form, when the caller has them already.

    Raises
    ------
    SpecificationError, SolverError
    """
    rows = rows or form_rows(pool, specification)
    if (rows.variable_lower > rows.variable_upper).any():
        return None
    n_items, width = rows.n_items, rows.n_items + rows.n_stimuli
    anchors = rows.variable_lower[:n_items] > 0.0
    matrix, names = _homogeneous_rows(pool, specification, rows, anchors)
    cost, upper = np.zeros(width + 1), np.full(width + 1, _ENDLESS)
    cost[-1] = -1.0
    upper[:n_items] = np.where(anchors, 0.0, rows.variable_upper[:n_items])
    optimum = RepeatedLinearProgramme(
        LinearProgramme(
            cost=cost,
            matrix=matrix,
            row_lower=np.full(matrix.shape[0], -math.inf),
            row_upper=np.zeros(matrix.shape[0]),
            lower=np.zeros(width + 1),
            upper=upper,
            is_integer=np.zeros(width + 1, dtype=np.bool_),
        )
    ).solve()
    # With every item used once, less than one form is none.
    if optimum is None or optimum.x[-1] < 1.0 - _WEIGHTLESS:
        return None
    n_possible = float(optimum.x[-1])
    weights = optimum.row_prices * matrix[:, [width]].toarray()[:, 0]
    return ItemUseLimit(
        n_forms=specification.n_forms,
        share=1.0 / n_possible,
        cap=math.ceil(specification.n_forms / n_possible - _WEIGHTLESS),
        binding=_binding(names, -weights),
        item_shares=np.where(anchors, 1.0, optimum.x[:n_items] / n_possible),
        stimulus_shares=optimum.x[n_items:width] / n_possible,
    )


def _homogeneous_rows(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, anchors: BoolArray
) -> tuple[csr_array, list[RowName]]:
    """Rows ≤ 0 over (uses of items, uses of stimuli, number of forms F): A v ≤ F · upper, A v ≥ F · lower, s ≤ F."""
    n_items, width = rows.n_items, rows.n_items + rows.n_stimuli
    # Anchors stand in all F forms.
    held = rows.matrix[:, :n_items] @ anchors.astype(np.float64)
    above, below = np.flatnonzero(np.isfinite(rows.upper)), np.flatnonzero(np.isfinite(rows.lower))
    limited = [rule for rule in specification.item_uses if rule.where]
    capped = np.flatnonzero(np.any([pool.matching(rule.where) for rule in limited], axis=0)) if limited else above[:0]
    capped = capped[~anchors[capped]]
    single = np.concatenate([np.arange(n_items, width), capped])
    shares = use_limits(pool, specification)[1][capped] / specification.n_forms
    ones = coo_array((np.ones(single.size), (np.arange(single.size), single)), shape=(single.size, width))
    blocks = (
        (rows.matrix[above], (held - rows.upper)[above]),
        (-rows.matrix[below], (rows.lower - held)[below]),
        (ones, np.append(np.full(rows.n_stimuli, -1.0), -shares)),
    )
    names = [rows.names[row] for row in (*above, *below)]
    names += [_STIMULUS_ONCE] * rows.n_stimuli + [_ITEM_USE] * capped.size
    return vstack([hstack([left, csr_array(right[:, None])]) for left, right in blocks], format="csr"), names


def _binding(names: list[RowName], weights: FloatArray) -> tuple[BindingRow, ...]:
    """Rows of one requirement share their name; what they weigh together."""
    total: dict[int, float] = {}
    named = {id(name): name for name in names}
    for name, weight in zip(names, weights.tolist(), strict=True):
        total[id(name)] = total.get(id(name), 0.0) + weight
    binding = [BindingRow(named[key], weight) for key, weight in total.items() if abs(weight) > _WEIGHTLESS]
    return tuple(sorted(binding, key=lambda row: -abs(row.weight)))
