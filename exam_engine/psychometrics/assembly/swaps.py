"""Forms as running sums, and what every swap of two items, or of two stimuli with their items, would change in them.

A requirement that only counts items changes by −1, 0 or +1 with a swap, and an exponential of a sum factorises into the
item that leaves and the item that enters. The change of the cost is therefore one small matrix product for all pairs
of items of a form and of the pool at once.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, form_rows, use_limits
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Closeness,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
)

_STRUCTURAL: Final = frozenset({"stimuli", "stimulus_items", "stimulus_link"})
_BUNDLES_PER_STIMULUS: Final = 40
_STIMULUS_WEIGHT: Final = 100.0
"""A wrong number of items of a stimulus never pays: swaps of single items could hardly mend it later."""
_ROUNDING: Final = 1e-9
_NEGLIGIBLE: Final = 40.0
_BLOCK: Final = 200_000
"""Multiplications in one matrix product; OpenBLAS starts its threads at 2¹⁸."""


@dataclass(frozen=True, slots=True, eq=False)
class SwapModel:
    """A specification compiled for swaps; column J of every item array is "no item", which adds nothing.

    Attributes
    ----------
    counted : (B, J + 1) which items each counting requirement counts; ``count_lower`` and ``count_upper`` (B,).
    amounts : (G, J + 1) what items add to the other requirements, the last ``closeness`` ones being those over the set
        of forms; ``stimulus_amounts`` (G, S); ``amount_lower`` and ``amount_upper`` (G,), ``amount_scale`` (G,) what
        a typical item adds.
    terms : (T, J + 1) what items add to the terms of the objective, of which the largest is to be small;
        ``stimulus_terms`` (T, S); ``term_offset`` (T,).
    is_sum : whether the objective is the sum of its term over the forms, not the largest.
    stimulus_of : (J + 1,) −1 for items on their own.
    items_least, items_most : (S,) items of a chosen stimulus.
    set_members : (P, S) which stimuli each requirement on their number counts; ``set_least``, ``set_most`` (P,).
    bundles, bundle_stimulus : the ways to choose items of one stimulus, and which one it is.
    held, barred : (J + 1,) items of every form and of none.
    use_least, use_most : (J + 1,) forms that an item is in.
    shared : (J + 1,) whether an item counts as shared; ``overlap_most`` items that two forms may share.
    """

    n_forms: int
    counted: BoolArray
    count_lower: FloatArray
    count_upper: FloatArray
    amounts: FloatArray
    stimulus_amounts: FloatArray
    amount_lower: FloatArray
    amount_upper: FloatArray
    amount_scale: FloatArray
    closeness: tuple[Closeness, ...]
    terms: FloatArray
    stimulus_terms: FloatArray
    term_offset: FloatArray
    is_sum: bool
    stimulus_of: IntArray
    items_least: IntArray
    items_most: IntArray
    set_members: BoolArray
    set_least: FloatArray
    set_most: FloatArray
    bundles: tuple[IntArray, ...]
    bundle_stimulus: IntArray
    held: BoolArray
    barred: BoolArray
    use_least: IntArray
    use_most: IntArray
    shared: BoolArray
    overlap_most: float

    @property
    def n_items(self) -> int:
        """J, also the place of "no item"."""
        return self.counted.shape[1] - 1

    @property
    def n_stimuli(self) -> int:
        """S; 0 when no requirement speaks of stimuli."""
        return self.items_least.size


def swap_model(pool: ItemPool, specification: TestSpecification, rng: np.random.Generator) -> SwapModel:
    """Compile a specification for swaps.

    Parameters
    ----------
    rng : picks among the ways to choose items of a stimulus when there are too many of them.

    Raises
    ------
    SpecificationError
    """
    rows = form_rows(pool, specification)
    n_items, n_stimuli = rows.n_items, rows.n_stimuli
    matrix = rows.matrix.tocsr()
    is_count = np.zeros(len(rows.names), dtype=np.bool_)
    is_amount = np.zeros(len(rows.names), dtype=np.bool_)
    for number, name in enumerate(rows.names):
        if name.code in _STRUCTURAL:
            continue
        entries = slice(matrix.indptr[number], matrix.indptr[number + 1])
        only_counts = bool((matrix.data[entries] == 1.0).all() and (matrix.indices[entries] < n_items).all())
        is_count[number], is_amount[number] = only_counts, not only_counts
    counted = np.zeros((int(is_count.sum()), n_items + 1), dtype=np.bool_)
    counted[:, :-1] = matrix[is_count, :n_items].toarray() != 0.0

    dense = matrix[is_amount].toarray()
    close = [amounts_of(rule.measure, pool) for rule in specification.closeness]
    item_rows = [dense[:, :n_items], *(row.items[None, :] for row in close)]
    stimulus_rows = [dense[:, n_items:], *(row.stimuli[None, :n_stimuli] for row in close)]
    amounts = _with_no_item(np.concatenate(item_rows))
    typical = np.array([np.abs(row[row != 0.0]).mean() if row.any() else 1.0 for row in amounts])
    terms, stimulus_terms, offset = _terms(pool, specification, n_stimuli)
    least, most = use_limits(pool, specification)
    held, barred = rows.variable_lower[:n_items] > 0.0, rows.variable_upper[:n_items] == 0.0
    items_least, items_most, members, set_least, set_most = _stimulus_rules(rows)
    stimulus_of = np.append(rows.stimulus_of if n_stimuli else np.full(n_items, -1, dtype=np.intp), -1)
    bundles, bundle_stimulus = _bundles(stimulus_of[:-1], items_least, items_most, held, barred, rng)
    overlap = specification.overlap_maximum
    open_end = np.full(len(close), math.inf)
    return SwapModel(
        n_forms=specification.n_forms,
        counted=counted,
        count_lower=np.ceil(rows.lower[is_count] - _ROUNDING),
        count_upper=np.floor(rows.upper[is_count] + _ROUNDING),
        amounts=amounts,
        stimulus_amounts=np.concatenate(stimulus_rows),
        amount_lower=np.append(rows.lower[is_amount], -open_end),
        amount_upper=np.append(rows.upper[is_amount], open_end),
        amount_scale=typical,
        closeness=specification.closeness,
        terms=terms,
        stimulus_terms=stimulus_terms,
        term_offset=offset,
        is_sum=isinstance(specification.objective, Extreme),
        stimulus_of=stimulus_of,
        items_least=items_least,
        items_most=items_most,
        set_members=members,
        set_least=set_least,
        set_most=set_most,
        bundles=bundles,
        bundle_stimulus=bundle_stimulus,
        held=np.append(held, False),
        barred=np.append(barred, False),
        use_least=np.append(least, 0),
        use_most=np.append(most, specification.n_forms),
        shared=np.append(~held, False),
        overlap_most=math.inf if overlap is None else float(overlap),
    )


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

    def set_steepness(self, steepness: float) -> None:
        """Weigh the largest term more, or less."""
        self.steepness = steepness
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
            total += _outside(present @ model.set_members.T.astype(np.float64), model.set_least, model.set_most).sum(
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
        return np.asarray(np.exp(self.steepness * (terms - reference)).sum(axis=-1), dtype=np.float64)

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
        exponent = self.steepness * (self.terms[form] - reference)
        return float(np.exp(exponent[exponent + self._widest > -_NEGLIGIBLE]).sum())

    def _objective_factors(
        self, form: int, leave: IntArray, enter: IntArray, reference: float
    ) -> tuple[FloatArray, FloatArray]:
        exponent = self.steepness * (self.terms[form] - reference)
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


def _with_no_item(rows: FloatArray) -> FloatArray:
    return np.concatenate([rows, np.zeros((rows.shape[0], 1))], axis=1)


def _terms(
    pool: ItemPool, specification: TestSpecification, n_stimuli: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What items and stimuli add to the terms of which the largest is to be small, and where the terms start."""
    items: list[FloatArray] = []
    stimuli: list[FloatArray] = []
    offset: list[float] = []
    match specification.objective:
        case Maximin(measures, weights):
            parts = [(measure, -1.0 / weight, 0.0) for measure, weight in zip(measures, weights, strict=True)]
        case MinimaxTarget(measures, targets) as aim:
            parts = [
                (measure, sign / scale, -sign * target / scale)
                for measure, target, scale in zip(measures, targets, aim.scales, strict=True)
                for sign in (1.0, -1.0)
            ]
        case Extreme(measure, sense):
            parts = [(measure, -1.0 if sense == "maximise" else 1.0, 0.0)]
        case AnyForms():
            parts = []
    for measure, factor, start in parts:
        amounts = amounts_of(measure, pool)
        items.append(factor * amounts.items)
        stimuli.append(factor * amounts.stimuli[:n_stimuli])
        offset.append(start)
    n_items = len(pool.item_ids)
    return (
        _with_no_item(np.array(items).reshape(len(parts), n_items)),
        np.array(stimuli).reshape(len(parts), n_stimuli),
        np.array(offset),
    )


def _stimulus_rules(rows: FormRows) -> tuple[IntArray, IntArray, BoolArray, FloatArray, FloatArray]:
    """Items of each stimulus, and how many stimuli, from the rows that link them."""
    n_stimuli = rows.n_stimuli
    least, most = np.ones(n_stimuli, dtype=np.intp), np.full(n_stimuli, rows.n_items, dtype=np.intp)
    members: list[BoolArray] = []
    set_least: list[float] = []
    set_most: list[float] = []
    for number, name in enumerate(rows.names):
        if name.code not in _STRUCTURAL:
            continue
        entries = slice(rows.matrix.indptr[number], rows.matrix.indptr[number + 1])
        columns, values = rows.matrix.indices[entries], rows.matrix.data[entries]
        if name.code == "stimuli":
            member = np.zeros(n_stimuli, dtype=np.bool_)
            member[columns - rows.n_items] = True
            members.append(member)
            set_least.append(float(rows.lower[number]))
            set_most.append(float(rows.upper[number]))
            continue
        [place] = np.flatnonzero(columns >= rows.n_items)
        stimulus, factor = int(columns[place]) - rows.n_items, round(-float(values[place]))
        if rows.lower[number] == 0.0:
            least[stimulus] = max(least[stimulus], factor)
        elif columns.size > 2 or factor > 1:
            most[stimulus] = min(most[stimulus], factor)
    return (
        least,
        most,
        np.array(members, dtype=np.bool_).reshape(len(members), n_stimuli),
        np.array(set_least),
        np.array(set_most),
    )


def _bundles(
    stimulus_of: IntArray,
    least: IntArray,
    most: IntArray,
    held: BoolArray,
    barred: BoolArray,
    rng: np.random.Generator,
) -> tuple[tuple[IntArray, ...], IntArray]:
    """Ways to choose items of each stimulus; a sample where there are too many, of every size."""
    bundles: list[IntArray] = []
    owners: list[int] = []
    for stimulus in range(least.size):
        items = np.flatnonzero((stimulus_of == stimulus) & ~barred)
        must = items[held[items]]
        rest = items[~held[items]]
        sizes = range(max(int(least[stimulus]) - must.size, 0), min(int(most[stimulus]) - must.size, rest.size) + 1)
        ways = sum(math.comb(rest.size, size) for size in sizes)
        chosen: list[tuple[int, ...]] = []
        if ways <= _BUNDLES_PER_STIMULUS:
            chosen = [way for size in sizes for way in itertools.combinations(rest.tolist(), size)]
        else:
            for size in itertools.islice(itertools.cycle(sizes), _BUNDLES_PER_STIMULUS):
                chosen.append(tuple(sorted(rng.permutation(rest)[:size].tolist())))
        for way in sorted(set(chosen)):
            if must.size + len(way) > 0:
                bundles.append(np.array([*must.tolist(), *way], dtype=np.intp))
                owners.append(stimulus)
    return tuple(bundles), np.array(owners, dtype=np.intp)
