"""How often items were shown and how much forms have in common."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from exam_engine.psychometrics.arrays import BoolArray, IntArray

_BLOCK: Final = 512
"""Forms compared with all others at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFigures:
    """Use of a pool by a set of forms; anchors and excluded items do not count.

    Attributes
    ----------
    n_forms : forms.
    n_items : items that forms could hold.
    items_used : items that some form holds.
    use_max : forms that hold the most used item.
    exposure_max : the same as a share of the forms.
    exposure_chi_square : Σ (r − r̄)² / r̄ over the items, r their exposure rates; 0 when all are used alike.
    overlap_mean, overlap_max : items that two forms share, over all pairs; 0 for a single form.
    """

    n_forms: int
    n_items: int
    items_used: int
    use_max: int
    exposure_max: float
    exposure_chi_square: float
    overlap_mean: float
    overlap_max: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def exposure_figures(forms: Sequence[IntArray], counts: BoolArray) -> ExposureFigures:
    """Exposure of items and overlap of forms.

    Parameters
    ----------
    forms : item indices of each form, at least one form.
    counts : (J,) which items count; anchors would hide the differences between the others.

    References
    ----------
    Chang & Ying (1999), a-stratified multistage computerized adaptive testing, *Applied Psychological Measurement*
    23(3), for the χ². Chen, Ankenmann & Spray (2003), The relationship between item exposure and test overlap,
    *Journal of Educational Measurement* 40(2), for the mean overlap.
    """
    n_forms, n_items = len(forms), int(counts.sum())
    holds = incidence(forms, counts.size)[:, np.flatnonzero(counts)]
    uses = np.asarray(holds.sum(axis=0)).ravel()
    rates = uses / n_forms
    mean = float(rates.mean()) if n_items else 0.0
    n_pairs = n_forms * (n_forms - 1) / 2.0
    overlap_max = 0
    for start in range(0, n_forms, _BLOCK):
        shared = (holds[start : start + _BLOCK] @ holds.T).tocoo()
        others = shared.coords[0] + start < shared.coords[1]
        overlap_max = max(overlap_max, int(shared.data[others].max(initial=0)))
    return ExposureFigures(
        n_forms=n_forms,
        n_items=n_items,
        items_used=int((uses > 0).sum()),
        use_max=int(uses.max(initial=0)),
        exposure_max=float(rates.max(initial=0.0)),
        exposure_chi_square=float(((rates - mean) ** 2).sum() / mean) if mean > 0.0 else 0.0,
        overlap_mean=float((uses * (uses - 1.0)).sum() / 2.0 / n_pairs) if n_pairs else 0.0,
        overlap_max=overlap_max,
    )


def incidence(forms: Sequence[IntArray], n_items: int) -> csr_array:
    """(N, J) how often each form holds each item, 0 or 1 unless a form repeats one."""
    starts = np.cumsum([0, *(len(form) for form in forms)])
    items = np.concatenate([np.asarray(form, dtype=np.intp) for form in forms]) if forms else np.zeros(0, dtype=np.intp)
    matrix = csr_array((np.ones(items.size, dtype=np.int32), items, starts), shape=(len(forms), n_items))
    matrix.sum_duplicates()
    return matrix
