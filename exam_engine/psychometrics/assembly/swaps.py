"""Forms as running sums, and what every swap of two items, or of two stimuli with their items, would change in them.

A requirement that only counts items changes by −1, 0 or +1 with a swap, and an exponential of a sum factorises into the
item that leaves and the item that enters. The change of the cost is therefore one small matrix product for all pairs
of items of a form and of the pool at once.
"""

import math
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.swap_model import SwapModel

_STIMULUS_WEIGHT: Final = 100.0
"""A wrong number of items of a stimulus never pays: swaps of single items could hardly mend it later."""
_ROUNDING: Final = 1e-9
_NEGLIGIBLE: Final = 40.0
_LARGEST_EXPONENT: Final = 200.0
_BLOCK: Final = 200_000
"""Multiplications in one matrix product; OpenBLAS starts its threads at 2¹⁸."""


class Forms:
    """Forms under construction: which items they hold, and all sums that the requirements and the objective need.

    Attributes
    ----------
    chosen : (F, J + 1).
    counts, sums, terms : (F, B), (F, G), (F, T).
    stimulus_counts : (F, S) items of each stimulus.
    use : (J + 1,) forms that hold each item.
    overlap : (F, F) items that two forms share.
    sum_lower, sum_upper : (G,) bounds in force; those of closeness move with the forms.
    steepness : of the exponential that stands for the largest term.
    penalty : cost of one unit of violation.
    """

    def __init__(self, model: SwapModel, *, penalty: float) -> None:
        n_forms, n_items = model.n_forms, model.n_items
        self.model = model
        self.penalty = penalty
        self.chosen: BoolArray = np.zeros((n_forms, n_items + 1), dtype=np.bool_)
        self.counts: FloatArray = np.zeros((n_forms, model.counted.shape[0]))
        self.sums: FloatArray = np.zeros((n_forms, model.amounts.shape[0]))
        self.terms: FloatArray = np.tile(model.term_offset, (n_forms, 1))
        self.stimulus_counts: IntArray = np.zeros((n_forms, model.n_stimuli), dtype=np.intp)
        self.use: IntArray = np.zeros(n_items + 1, dtype=np.intp)
        self.overlap: FloatArray = np.zeros((n_forms, n_forms))
        self.sum_lower, self.sum_upper = model.amount_lower.copy(), model.amount_upper.copy()
        self.count_weights: FloatArray = np.ones_like(self.counts)
        self.sum_weights: FloatArray = np.tile(1.0 / model.amount_scale, (n_forms, 1))
        self.set_steepness(1.0)

    @property
    def steepest(self) -> float:
        """The steepness up to which no exponential overflows."""
        largest = float(np.abs(self.model.terms).max(initial=0.0))
        return _LARGEST_EXPONENT / largest if largest > 0.0 else math.inf

    def set_steepness(self, steepness: float) -> None:
        """Weigh the largest term more, or less; never beyond ``steepest``."""
        self.steepness = steepness = min(steepness, self.steepest)
        self._enter: FloatArray = np.exp(steepness * self.model.terms)
        self._leave: FloatArray = np.exp(-steepness * self.model.terms)
        self._widest: FloatArray = steepness * np.ptp(self.model.terms, axis=1)

    def items(self, form: int) -> IntArray:
        """Items of a form."""
        return np.flatnonzero(self.chosen[form])

    def change(self, form: int, leave: IntArray, enter: IntArray) -> None:
        """Take items out of a form and put others in."""
        model = self.model
        for items, sign in ((leave, -1), (enter, 1)):
            items = items[items < model.n_items]
            if items.size == 0:
                continue
            self.chosen[form, items] = sign > 0
            self.use[items] += sign
            self.counts[form] += sign * model.counted[:, items].sum(axis=1)
            self.sums[form] += sign * model.amounts[:, items].sum(axis=1)
            self.terms[form] += sign * model.terms[:, items].sum(axis=1)
            if model.overlap_most < math.inf:
                shared = items[model.shared[items]]
                step = sign * self.chosen[:, shared].sum(axis=1)
                step[form] = 0
                self.overlap[form] += step
                self.overlap[:, form] += step
            stimuli = model.stimulus_of[items]
            for stimulus in stimuli[stimuli >= 0].tolist():
                before = self.stimulus_counts[form, stimulus]
                self.stimulus_counts[form, stimulus] = before + sign
                if (before == 0) != (before + sign == 0):
                    self.sums[form] += sign * model.stimulus_amounts[:, stimulus]
                    self.terms[form] += sign * model.stimulus_terms[:, stimulus]

    def weigh_violations(self) -> None:
        """Make what is broken now count for more, so that a search can leave where it is stuck."""
        model = self.model
        self.count_weights += _outside(self.counts, model.count_lower, model.count_upper) > 0.0
        self.sum_weights += (self._sum_violation(self.sums) > 0.0) / model.amount_scale

    def violation(self) -> FloatArray:
        """(F,) by how much each form breaks requirements, in weighted items; an overlap counts half in either form."""
        model = self.model
        total = (_outside(self.counts, model.count_lower, model.count_upper) * self.count_weights).sum(axis=1)
        total += (self._sum_violation(self.sums) * self.sum_weights).sum(axis=1)
        if model.n_stimuli:
            present = self.stimulus_counts > 0
            broken = _outside(self.stimulus_counts, model.items_least, model.items_most)
            total += _STIMULUS_WEIGHT * np.where(present, broken, 0.0).sum(axis=1)
            total += _outside(present.astype(np.float64) @ model.set_members.T, model.set_least, model.set_most).sum(
                axis=1
            )
        if model.overlap_most < math.inf:
            total += np.maximum(self.overlap - model.overlap_most, 0.0).sum(axis=1) / 2.0
        return np.asarray(total, dtype=np.float64)

    def total_violation(self) -> float:
        """Of all forms, with items that are in too few or too many of them."""
        model = self.model
        use = self.use[:-1]
        missing = np.maximum(model.use_least[:-1] - use, 0) + np.maximum(use - model.use_most[:-1], 0)
        return float(self.violation().sum() + missing.sum())

    def objective_cost(self, terms: FloatArray, reference: float) -> FloatArray:
        """(…,) cost of the terms (…, T): their sum, or soft maximum, relative to a reference term."""
        exponent = np.minimum(self.steepness * (terms - reference), _LARGEST_EXPONENT)
        return np.asarray(np.exp(exponent).sum(axis=-1), dtype=np.float64)

    def centre_closeness(self) -> None:
        """Set the bounds of closeness around the forms as they are, with equal room on both sides."""
        n_close = len(self.model.closeness)
        first = self.sums.shape[1] - n_close
        for number, rule in enumerate(self.model.closeness, start=first):
            least, greatest = float(self.sums[:, number].min()), float(self.sums[:, number].max())
            if rule.relative is not None:
                lower = (least + greatest) / (2.0 + rule.relative)
                self.sum_lower[number], self.sum_upper[number] = lower, lower * (1.0 + rule.relative)
            else:
                middle, half = (least + greatest) / 2.0, (rule.absolute or 0.0) / 2.0
                self.sum_lower[number], self.sum_upper[number] = middle - half, middle + half

    def swap_changes(
        self, form: int, leave: IntArray, enter: IntArray, reference: float, other: int | None = None
    ) -> FloatArray:
        """(len(leave), len(enter)) change of the form's cost by each swap.

        Parameters
        ----------
        other : the form that takes the items that leave and gives those that enter; None when they are free ones.
        """
        model = self.model
        left, right = self._objective_factors(form, leave, enter, reference)
        members, more, fewer = self._active_counts(form, other)
        in_leave = members[:, leave].astype(np.float64)
        in_enter = members[:, enter].astype(np.float64)
        own = self.penalty * (fewer @ in_leave) - self._own_cost(form, reference)
        # An item that enters adds one where none leaves; where one leaves too, nothing changes after all.
        both = self.penalty * (more[:, None] - (more + fewer)[:, None] * in_leave)
        changes = _product(np.concatenate([left, both]), np.concatenate([right, in_enter]))
        if other is None and model.use_least.any():
            changes -= self.penalty * (self.use[enter] < model.use_least[enter])
            own = own + self.penalty * (self.use[leave] <= model.use_least[leave])
        changes += own[:, None]
        for row in self._active_sums(form, leave, enter):
            now = self.sums[form, row]
            after = (now - model.amounts[row, leave])[:, None] + model.amounts[row, enter]
            worse = np.maximum(self.sum_lower[row] - after, after - self.sum_upper[row])
            np.maximum(worse, 0.0, out=worse)
            worse[worse <= _ROUNDING * (1.0 + abs(now))] = 0.0
            worse -= float(self._sum_violation(self.sums[form])[row])
            changes += (self.penalty * self.sum_weights[form, row]) * worse
        return np.asarray(changes, dtype=np.float64)

    def set_changes(
        self, form: int, stimulus: int, bundles: IntArray, reference: float, other: int | None = None
    ) -> FloatArray:
        """(len(bundles),) change of the form's cost when bundles replace a stimulus and its items; −1 for none."""
        model = self.model
        own = self.items(form)
        leave = own[model.stimulus_of[own] == stimulus] if stimulus >= 0 else own[:0]
        sizes = [model.bundles[bundle] for bundle in bundles.tolist()]
        places = np.concatenate(sizes)
        starts = np.cumsum([0, *(items.size for items in sizes[:-1])])
        entering = model.bundle_stimulus[bundles]

        def summed(columns: FloatArray | BoolArray) -> FloatArray:
            return np.add.reduceat(columns[:, places].astype(np.float64), starts, axis=1).T

        counts = self.counts[form] - model.counted[:, leave].sum(axis=1) + summed(model.counted)
        gone = model.stimulus_amounts[:, stimulus] if stimulus >= 0 else 0.0
        sums = self.sums[form] - model.amounts[:, leave].sum(axis=1) - gone
        sums = sums + summed(model.amounts) + model.stimulus_amounts[:, entering].T
        gone = model.stimulus_terms[:, stimulus] if stimulus >= 0 else 0.0
        terms = self.terms[form] - model.terms[:, leave].sum(axis=1) - gone
        terms = terms + summed(model.terms) + model.stimulus_terms[:, entering].T
        broken = _outside(counts, model.count_lower, model.count_upper)
        broken = (broken - _outside(self.counts[form], model.count_lower, model.count_upper)) @ self.count_weights[form]
        broken += (self._sum_violation(sums) - self._sum_violation(self.sums[form])) @ self.sum_weights[form]
        present = self.stimulus_counts[form] > 0
        per_rule = model.set_members @ present.astype(np.float64)
        after = per_rule + model.set_members[:, entering].T
        if stimulus >= 0:
            after = after - model.set_members[:, stimulus]
        broken += _outside(after, model.set_least, model.set_most).sum(axis=1)
        broken -= _outside(per_rule, model.set_least, model.set_most).sum()
        if model.overlap_most < math.inf:
            others = np.ones(model.n_forms, dtype=np.bool_)
            others[[form] if other is None else [form, other]] = False
            overlap = self.overlap[form] - self.chosen[:, leave[model.shared[leave]]].sum(axis=1)
            after = overlap + summed(self.chosen & model.shared)
            broken += np.maximum(after - model.overlap_most, 0.0)[:, others].sum(axis=1)
            broken -= np.maximum(self.overlap[form] - model.overlap_most, 0.0)[others].sum()
        if other is None and model.use_least.any():
            missing = (self.use < model.use_least)[None, :]
            broken += (self.use[leave] <= model.use_least[leave]).sum() - summed(missing)[:, 0]
        change = self.objective_cost(terms, reference) - self._own_cost(form, reference)
        return np.asarray(change + self.penalty * broken, dtype=np.float64)

    def _own_cost(self, form: int, reference: float) -> float:
        exponent = np.minimum(self.steepness * (self.terms[form] - reference), _LARGEST_EXPONENT)
        return float(np.exp(exponent[exponent + self._widest > -_NEGLIGIBLE]).sum())

    def _objective_factors(
        self, form: int, leave: IntArray, enter: IntArray, reference: float
    ) -> tuple[FloatArray, FloatArray]:
        exponent = np.minimum(self.steepness * (self.terms[form] - reference), _LARGEST_EXPONENT)
        # Terms too small to matter after any swap are left out; as denormal numbers they would slow down everything.
        matters = np.flatnonzero(exponent + self._widest > -_NEGLIGIBLE)
        now = np.exp(exponent[matters])
        return now[:, None] * self._leave[np.ix_(matters, leave)], self._enter[np.ix_(matters, enter)]

    def _active_counts(self, form: int, other: int | None) -> tuple[BoolArray, FloatArray, FloatArray]:
        """Counting rows that one item more or less would break or mend, with the change of violation by each."""
        model = self.model
        now = self.counts[form]
        broken = _outside(now, model.count_lower, model.count_upper)
        weight = self.count_weights[form]
        more = weight * (_outside(now + 1.0, model.count_lower, model.count_upper) - broken)
        fewer = weight * (_outside(now - 1.0, model.count_lower, model.count_upper) - broken)
        active = np.flatnonzero((more != 0.0) | (fewer != 0.0))
        members = [model.counted[active]]
        steps = [(more[active], fewer[active])]
        for stimulus in np.flatnonzero(self.stimulus_counts[form]).tolist():
            around = self.stimulus_counts[form, stimulus] + np.array([0, 1, -1])
            broken = _STIMULUS_WEIGHT * _outside(around, model.items_least[stimulus], model.items_most[stimulus])
            members.append((model.stimulus_of == stimulus)[None, :])
            steps.append((broken[1:2] - broken[0], broken[2:] - broken[0]))
        if model.overlap_most < math.inf:
            tight = np.flatnonzero(self.overlap[form] >= model.overlap_most)
            tight = tight[(tight != form) & (tight != (-1 if other is None else other))]
            members.append(self.chosen[tight] & model.shared)
            above = (self.overlap[form, tight] > model.overlap_most).astype(np.float64)
            steps.append((np.ones(tight.size), -above))
        return (
            np.concatenate(members),
            np.concatenate([step[0] for step in steps]),
            np.concatenate([step[1] for step in steps]),
        )

    def _active_sums(self, form: int, leave: IntArray, enter: IntArray) -> list[int]:
        """Rows of sums that some swap could break or that are broken."""
        amounts = self.model.amounts
        if amounts.shape[0] == 0 or leave.size == 0 or enter.size == 0:
            return []
        now = self.sums[form]
        going, coming = amounts[:, leave], amounts[:, enter]
        highest = now - going.min(axis=1) + coming.max(axis=1)
        lowest = now - going.max(axis=1) + coming.min(axis=1)
        return [int(row) for row in np.flatnonzero((highest > self.sum_upper) | (lowest < self.sum_lower))]

    def _sum_violation(self, sums: FloatArray) -> FloatArray:
        broken = _outside(sums, self.sum_lower, self.sum_upper)
        return np.where(broken <= _ROUNDING * (1.0 + np.abs(sums)), 0.0, broken)


def _product(left: FloatArray, right: FloatArray) -> FloatArray:
    """leftᵀ · right in blocks small enough that the library does not spread them over threads that only wait."""
    width = max(1, _BLOCK // max(1, left.size))
    product = np.empty((left.shape[1], right.shape[1]))
    for start in range(0, right.shape[1], width):
        np.matmul(left.T, right[:, start : start + width], out=product[:, start : start + width])
    return product


def _outside(values: FloatArray | IntArray, lower: FloatArray | IntArray, upper: FloatArray | IntArray) -> FloatArray:
    """By how much values lie outside their bounds."""
    return np.maximum(np.maximum(lower - values, values - upper), 0.0)
