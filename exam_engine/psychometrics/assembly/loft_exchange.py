"""Exchanges of single items in finished forms, for items that stand in as many forms as they may, or in too few."""

from collections.abc import Sequence

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.loft_draft import Draft
from exam_engine.psychometrics.assembly.loft_plan import FormPlan


class Exchanges:
    """Forms with what is needed to exchange items in them; the caller changes the forms.

    Parameters
    ----------
    plan : what every form meets, also after an exchange.
    forms : item indices of each form.
    holders : for each item the forms that hold it.
    """

    def __init__(self, plan: FormPlan, forms: Sequence[IntArray], holders: Sequence[list[int]]) -> None:
        self._plan, self._forms, self._holders = plan, forms, holders

    def without(self, item: int, is_open: BoolArray) -> tuple[int, int] | None:
        """A form that can do without the item, and the item that takes its place; None when there is none.

        Parameters
        ----------
        is_open : (J,) items that may stand in one more form.
        """
        substitutes = np.flatnonzero(is_open & self._alike(item))
        for form in self._holders[item] if substitutes.size else ():
            items = self._forms[form]
            new = substitutes[~np.isin(substitutes, items)]
            for substitute in new[self._fits(items, self._plan.amounts[new] - self._plan.amounts[item])].tolist():
                if self._is_admitted(form, item, substitute):
                    return form, substitute
        return None

    def with_more(self, item: int, is_spare: BoolArray) -> tuple[int, int] | None:
        """A form that can take the item, and the item that it gives up for it; None when there is none.

        Parameters
        ----------
        is_spare : (J,) items that may stand in one form less.
        """
        leaving = is_spare & self._alike(item)
        for form, items in enumerate(self._forms):
            old = items[leaving[items]]
            if not old.size or item in items:
                continue
            for outgoing in old[self._fits(items, self._plan.amounts[item] - self._plan.amounts[old])].tolist():
                if self._is_admitted(form, outgoing, item):
                    return form, outgoing
        return None

    def _alike(self, item: int) -> BoolArray:
        """(J,) items that may replace it: of the same stimulus, or on their own as it is."""
        plan = self._plan
        stimulus = plan.stimulus_of[item]
        if stimulus >= 0:
            alike: BoolArray = plan.stimulus_of == stimulus
            alike[plan.held] = False
            return alike if item not in plan.held else np.zeros_like(alike)
        return plan.cell_of >= 0 if plan.cell_of[item] >= 0 else np.zeros(plan.cell_of.size, dtype=np.bool_)

    def _fits(self, items: IntArray, change: FloatArray) -> BoolArray:
        plan = self._plan
        stimuli = np.unique(plan.stimulus_of[items])
        sums = plan.amounts[items].sum(axis=0) + plan.stimulus_amounts[stimuli[stimuli >= 0]].sum(axis=0) + change
        result: BoolArray = ((sums >= plan.lower) & (sums <= plan.upper)).all(axis=1)
        return result

    def _is_admitted(self, form: int, outgoing: int, incoming: int) -> bool:
        plan = self._plan
        holders = None
        if plan.overlap_most is not None:
            holders = [[other for other in own if other != form] for own in self._holders]
        draft = Draft(plan, holders)
        anchors = set(plan.held.tolist())
        draft.extend(item for item in self._forms[form].tolist() if item != outgoing and item not in anchors)
        return draft.admits(incoming)
