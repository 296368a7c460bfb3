"""Swaps that bring the sums of a drafted form (words, time, information) into their ranges and leave its counts met."""

from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.loft_draft import Draft
from exam_engine.psychometrics.assembly.loft_plan import FormPlan

_RANK: Final = 0.002
"""What one place further down in a cell's queue weighs against half the width of a range."""
_SWAPS: Final = 30
_PROGRESS: Final = 1e-9


def mend_sums(
    plan: FormPlan, draft: Draft, single: IntArray, spare: IntArray, ranks: FloatArray, sums: FloatArray
) -> bool:
    """Swap single items of a draft for spare ones until all sums are inside; False when swaps lead nowhere.

    First items of the same cell, which leaves counts as they are; where those lead nowhere, any two items whose swap
    leaves every count inside its range.

    Parameters
    ----------
    single : items of the draft that may leave; changed.
    spare : items that may enter; changed.
    ranks : places of the spare items in their queues.
    sums : (R,) of the draft; counts are met.
    """
    missed = float(_missed(plan, sums[plan.summed]))
    is_across = False
    leave, enter = np.nonzero(plan.cell_of[single][:, None] == plan.cell_of[spare])
    for _ in range(_SWAPS):
        if missed == 0.0:
            return True
        after = sums[plan.summed] + plan.sums[spare[enter]] - plan.sums[single[leave]]
        misses = _missed(plan, after)
        place = int((misses + _RANK * ranks[enter]).argmin()) if enter.size else 0
        if not enter.size or misses[place] > missed - _PROGRESS:
            if is_across:
                return False
            is_across = True
            leave, enter = _pairs_across(plan, single, spare, sums)
            continue
        one, other = int(leave[place]), int(enter[place])
        outgoing, incoming = int(single[one]), int(spare[other])
        if not draft.swap(outgoing, incoming):
            leave, enter = np.delete(leave, place), np.delete(enter, place)
            continue
        single[one], spare[other] = incoming, outgoing
        sums = sums + plan.amounts[incoming] - plan.amounts[outgoing]
        missed = float(misses[place])
        if is_across:
            leave, enter = _pairs_across(plan, single, spare, sums)
    return missed == 0.0


def _missed(plan: FormPlan, sums: FloatArray) -> FloatArray:
    """By how much sums (…, summed) miss their ranges, in units of the ranges' widths."""
    outside = np.maximum(plan.lower[plan.summed] - sums, sums - plan.upper[plan.summed])
    result: FloatArray = np.maximum(outside, 0.0) @ (1.0 / plan.widths)
    return result


def _pairs_across(plan: FormPlan, single: IntArray, spare: IntArray, sums: FloatArray) -> tuple[IntArray, IntArray]:
    """Pairs of items of different cells, too, that may be swapped without missing a count."""
    counted = sums[plan.counted]
    full = (counted > plan.upper[plan.counted] - 0.5).astype(np.float64)
    bare = (counted < plan.lower[plan.counted] + 0.5).astype(np.float64)
    out, into = plan.cell_counts[plan.cell_of[single]], plan.cell_counts[plan.cell_of[spare]]
    # A count is missed where it is full and only the entering item counts, or bare and only the leaving one does.
    misses = (into @ full) + (out @ bare)[:, None] - (out * (full + bare)) @ into.T
    leave, enter = np.nonzero(misses < 0.5)
    return leave, enter
