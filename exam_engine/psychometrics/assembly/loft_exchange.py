"""Makes room for an item that has stood in as many forms as it may: an earlier form gives it up for another one."""

from collections.abc import Sequence

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.loft_draft import Draft
from exam_engine.psychometrics.assembly.loft_plan import FormPlan


def exchange_item(
    plan: FormPlan, forms: Sequence[IntArray], holders: Sequence[list[int]], item: int, is_open: BoolArray
) -> tuple[int, int] | None:
    """An earlier form that can do without the item, and the item that takes its place; None when there is none.

    Parameters
    ----------
    forms : item indices of the forms so far.
    holders : for each item the forms that hold it.
    is_open : (J,) items that may stand in one more form.
    """
    if item in plan.held or any(item in group for group in plan.groups):
        return None
    stimulus = int(plan.stimulus_of[item])
    alike = plan.stimulus_of == stimulus if stimulus >= 0 else plan.cell_of >= 0
    substitutes = np.flatnonzero(is_open & alike)
    change = plan.amounts[substitutes] - plan.amounts[item]
    for form in holders[item]:
        items = forms[form]
        sums = _sums(plan, items)
        after = sums + change
        fits = ((after >= plan.lower) & (after <= plan.upper)).all(axis=1) & ~np.isin(substitutes, items)
        if not fits.any():
            continue
        draft = Draft(plan, None if plan.overlap_most is None else [_without(own, form) for own in holders])
        draft.extend(other for other in items.tolist() if other != item and other not in plan.held)
        for substitute in substitutes[fits].tolist():
            if draft.admits(substitute):
                return form, substitute
    return None


def _sums(plan: FormPlan, items: IntArray) -> FloatArray:
    stimuli = np.unique(plan.stimulus_of[items])
    result: FloatArray = plan.amounts[items].sum(axis=0) + plan.stimulus_amounts[stimuli[stimuli >= 0]].sum(axis=0)
    return result


def _without(forms: list[int], form: int) -> list[int]:
    return [other for other in forms if other != form]
