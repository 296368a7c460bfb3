"""Swaps across forms on a soft maximum of the objective's terms, with kicks out of local optima.

The largest term over all forms is what counts, but no single swap can improve many equal terms at once. The sum of
exponentials of all terms falls with every useful swap; its steepness grows until only the largest terms matter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.swaps import Forms

_IMPROVEMENT: Final = 1e-9
_CANDIDATES: Final = 1_000
"""Free items looked at for one form at a time; a random sample of a larger pool does as well and takes less."""
_FIRST_STEEPNESS: Final = 50.0
_MENDING: Final = 200
_PARTNERS: Final = 6
_CHOICES: Final = 8
_REPAIRS: Final = 6
_LAST_STEEPNESS: Final = 2_000.0
"""Per unit of the objective's size: 1/50 of it is one step of the exponential at first, 1/2,000 at last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchGoal:
    """When a local search may stop.

    Parameters
    ----------
    term : largest term that is good enough, all requirements met.
    scale : size of the objective, for the steepness.
    evaluations : neighbourhoods looked at.
    stagnation : neighbourhoods looked at without a better set of forms.
    patience : neighbourhoods looked at without any that met all requirements.
    """

    term: float
    scale: float
    evaluations: int
    stagnation: int
    patience: int


Watch = Callable[["LocalSearch"], bool]
"""Looks at a search now and then; returning True stops it."""


class LocalSearch:
    """Improves forms in place; ``best`` keeps the best that met all requirements."""

    def __init__(self, forms: Forms, goal: SearchGoal, rng: np.random.Generator, watch: Watch) -> None:
        self.forms = forms
        self.goal = goal
        self.rng = rng
        self.watch = watch
        self._is_stopped = False
        self.evaluations = 0
        self.best: list[IntArray] | None = None
        self.best_cost = math.inf
        self.best_term = math.inf
        self._log: list[tuple[int, IntArray, IntArray]] = []
        self._reference = 0.0
        self._bundle_sizes = np.array([bundle.size for bundle in forms.model.bundles], dtype=np.intp)
        self._bundle_items = np.concatenate([*forms.model.bundles, np.zeros(0, dtype=np.intp)])
        self._bundle_starts = np.cumsum(self._bundle_sizes) - self._bundle_sizes
        self._last_better = 0

    def run(self) -> None:
        """Search until the goal, or a limit."""
        forms, goal = self.forms, self.goal
        steepest = min(_LAST_STEEPNESS / goal.scale, forms.steepest)
        forms.set_steepness(_FIRST_STEEPNESS / goal.scale)
        while not self._is_over():
            self._rebase()
            before = float(self._costs().sum())
            moved = self._sweep()
            self._record()
            if moved and float(self._costs().sum()) < 0.98 * before:
                continue
            self._mend()
            if forms.steepness >= steepest:
                break
            forms.set_steepness(min(steepest, 2.0 * forms.steepness))
        while not self._is_over():
            self._rebase()
            self._mend()
            for _ in range(20):
                if self._is_over():
                    return
                self._attempt()
                self._record()

    def _mend(self) -> None:
        """Disturb forms until requirements that swaps could not meet are met; what stays broken weighs ever more."""
        for _ in range(_MENDING):
            if self._is_over() or self.forms.total_violation() == 0.0:
                return
            self._attempt()
            self._record()
            self.forms.weigh_violations()

    def _is_over(self) -> bool:
        goal = self.goal
        self._is_stopped = self._is_stopped or self.watch(self)
        return (
            self._is_stopped
            or (self.best is not None and self.best_term <= goal.term)
            or self.evaluations >= goal.evaluations
            or self.evaluations - self._last_better >= (goal.patience if self.best is None else goal.stagnation)
        )

    def _rebase(self) -> None:
        """Costs are relative to the largest term, lest exponentials overflow; forms should be as close as they are."""
        self.forms.centre_closeness()
        terms = self.forms.terms
        self._reference = float(terms.max()) if terms.size else 0.0

    def _costs(self) -> FloatArray:
        forms = self.forms
        return forms.objective_cost(forms.terms, self._reference) + forms.penalty * forms.violation()

    def _record(self) -> None:
        """Keep the forms when they are the best so far."""
        forms = self.forms
        if forms.model.is_sum:
            term = float(forms.terms.mean())
        else:
            term = float(forms.terms.max()) if forms.terms.size else -math.inf
        if term >= self.best_term and self.best is not None:
            return
        forms.centre_closeness()
        if forms.total_violation() > 0.0:
            return
        self.best_term = term
        self.best = [forms.items(form) for form in range(forms.model.n_forms)]
        self._last_better = self.evaluations

    def _sweep(self) -> bool:
        """Every form, the worst first: swaps with free items, exchanges with other forms, whole stimuli."""
        forms = self.forms
        order = self._unsettled()
        n_forms = forms.model.n_forms
        moved = False
        for form in order:
            moved |= self._descend(form, 40)
        for form in order[: max(1, n_forms // 3)]:
            for other in self.rng.permutation(n_forms)[: _PARTNERS + 1].tolist():
                if other != form:
                    moved |= self._exchange(form, other)
        if not moved:
            for form in order:
                for stimulus in [*np.flatnonzero(forms.stimulus_counts[form]).tolist(), -1]:
                    moved |= self._replace_set(form, stimulus, forced=False)
                if forms.violation()[form] > 0.0:
                    moved |= self._drop_set(form)
        return moved

    def _unsettled(self) -> list[int]:
        """Forms that break requirements or are not good enough yet, the worst first."""
        forms = self.forms
        is_open = forms.violation() > 0.0
        if forms.model.is_sum:
            is_open[:] = True
        elif forms.terms.size:
            is_open |= forms.terms.max(axis=1) > self.goal.term
        order = np.argsort(-self._costs(), kind="stable")
        return [int(form) for form in order[is_open[order]]]

    def _descend(self, form: int, most: int) -> bool:
        moved = False
        for _ in range(most):
            if not self._swap(form):
                break
            moved = True
        return moved

    # -- moves ---------------------------------------------------------------------------------------------------

    def _change(self, form: int, leave: IntArray, enter: IntArray) -> None:
        self.forms.change(form, leave, enter)
        self._log.append((form, leave, enter))

    def _undo(self) -> None:
        for form, leave, enter in reversed(self._log):
            self.forms.change(form, enter, leave)
        self._log.clear()

    def _swap(self, form: int) -> bool:
        leave, enter = self._leaving(form), self._entering(form)
        changes = self.forms.swap_changes(form, leave, enter, self._reference)
        self.evaluations += 1
        return self._take_best(form, leave, enter, changes)

    def _take_best(self, form: int, leave: IntArray, enter: IntArray, changes: FloatArray) -> bool:
        row, column = divmod(int(changes.argmin()), enter.size)
        if not changes[row, column] < -_IMPROVEMENT:
            return False
        self._change(form, leave[row : row + 1], enter[column : column + 1])
        return True

    def _exchange(self, form: int, other: int, forced: bool = False) -> bool:
        forms = self.forms
        leave, enter = self._leaving(form, only_single=True), self._leaving(other, only_single=True)
        leave, enter = leave[~forms.chosen[other, leave]], enter[~forms.chosen[form, enter]]
        changes = forms.swap_changes(form, leave, enter, self._reference, other)
        changes = changes + forms.swap_changes(other, enter, leave, self._reference, form).T
        self.evaluations += 1
        if forced:
            row = int(self.rng.integers(leave.size))
            column = int(changes[row, :-1].argmin()) if enter.size > 1 else 0
        else:
            row, column = divmod(int(changes.argmin()), enter.size)
            if not changes[row, column] < -_IMPROVEMENT:
                return False
        gone, come = leave[row : row + 1], enter[column : column + 1]
        self._change(form, gone, come[:0])
        self._change(other, come, gone)
        self._change(form, come[:0], come)
        return True

    def _replace_set(self, form: int, stimulus: int, *, forced: bool) -> bool:
        """Put another choice of items, or another stimulus, in the place of a stimulus; −1 adds one."""
        forms, model = self.forms, self.forms.model
        own = forms.items(form)
        mine = own[model.stimulus_of[own] == stimulus] if stimulus >= 0 else own[:0]
        bundles = self._free_bundles(form, stimulus, mine)
        if bundles.size == 0 or model.held[mine].any():
            return False
        changes = forms.set_changes(form, stimulus, bundles, self._reference)
        self.evaluations += 1
        if forced:
            place = int(self.rng.choice(np.argsort(changes, kind="stable")[: max(1, changes.size // 10)]))
        else:
            place = int(changes.argmin())
            if not changes[place] < -_IMPROVEMENT:
                return False
        self._change(form, mine, model.bundles[bundles[place]])
        return True

    def _drop_set(self, form: int) -> bool:
        """Take a stimulus out when that mends more than it breaks."""
        forms, model = self.forms, self.forms.model
        for stimulus in np.flatnonzero(forms.stimulus_counts[form]).tolist():
            own = forms.items(form)
            mine = own[model.stimulus_of[own] == stimulus]
            before = self._total()
            forms.change(form, mine, mine[:0])
            if self._total() < before - _IMPROVEMENT:
                self._log.append((form, mine, mine[:0]))
                return True
            forms.change(form, mine[:0], mine)
        return False

    def _exchange_sets(self, form: int, other: int) -> bool:
        """Let two forms trade a stimulus each, with its items."""
        forms, model = self.forms, self.forms.model
        one = np.flatnonzero((forms.stimulus_counts[form] > 0) & (forms.stimulus_counts[other] == 0))
        two = np.flatnonzero((forms.stimulus_counts[other] > 0) & (forms.stimulus_counts[form] == 0))
        if one.size == 0 or two.size == 0:
            return False
        gone = self._items_of(form, int(self.rng.choice(one)))
        come = self._items_of(other, int(self.rng.choice(two)))
        if model.held[gone].any() or model.held[come].any():
            return False
        self._change(form, gone, come[:0])
        self._change(other, come, gone)
        self._change(form, come[:0], come)
        return True

    # -- kicks ---------------------------------------------------------------------------------------------------

    def _attempt(self) -> None:
        """Disturb a bad form, repair, and keep the outcome only when the forms are no worse for it."""
        rng, n_forms = self.rng, self.forms.model.n_forms
        self._log.clear()
        before = self._total()
        bad = self._unsettled() or list(range(n_forms))
        # The worst every other time; the rest in turn, for the worst may be stuck.
        form = bad[0] if rng.random() < 0.5 else int(rng.choice(bad))
        other = (form + 1 + int(rng.integers(n_forms - 1))) % n_forms if n_forms > 1 else form
        self._kick(form, other)
        for _ in range(_REPAIRS):
            moved = self._descend(form, 6)
            if self._total() < before - _IMPROVEMENT:
                return
            if n_forms > 1:
                moved |= self._exchange(form, other)
                moved |= self._descend(other, 6)
            if not moved:
                break
        if self._total() > before + _IMPROVEMENT:
            self._undo()

    def _kick(self, form: int, other: int) -> None:
        rng, n_forms = self.rng, self.forms.model.n_forms
        present = np.flatnonzero(self.forms.stimulus_counts[form])
        draw = rng.random()
        if draw < 0.15 and present.size:
            self._replace_set(form, int(rng.choice(present)), forced=True)
        elif draw < 0.3 and n_forms > 1 and present.size:
            self._exchange_sets(form, other)
        elif draw < 0.65 and n_forms > 1:
            self._exchange(form, other, forced=True)
        else:
            for _ in range(int(rng.integers(1, 4))):
                self._forced_swap(form)

    def _forced_swap(self, form: int) -> None:
        """Send a random item out for one of the best others."""
        leave, enter = self._leaving(form), self._entering(form)
        if leave.size < 2:
            return
        place = int(self.rng.integers(leave.size - 1))
        changes = self.forms.swap_changes(form, leave[place : place + 1], enter, self._reference)
        self.evaluations += 1
        column = int(self.rng.choice(np.argsort(changes[0], kind="stable")[:_CHOICES]))
        self._change(form, leave[place : place + 1], enter[column : column + 1])

    def _total(self) -> float:
        forms = self.forms
        return float(forms.objective_cost(forms.terms, self._reference).sum()) + forms.penalty * forms.total_violation()

    # -- candidates ----------------------------------------------------------------------------------------------

    def _items_of(self, form: int, stimulus: int) -> IntArray:
        return np.flatnonzero(self.forms.chosen[form] & (self.forms.model.stimulus_of == stimulus))

    def _leaving(self, form: int, *, only_single: bool = False) -> IntArray:
        """Items that a form may give up, and "no item"."""
        model, own = self.forms.model, self.forms.items(form)
        own = own[~model.held[own]]
        if only_single:
            own = own[model.stimulus_of[own] < 0]
        return np.append(own, model.n_items)

    def _entering(self, form: int) -> IntArray:
        """Free items that a form may take, a sample of them, and "no item"."""
        forms, model = self.forms, self.forms.model
        # The last place answers for items on their own, whose stimulus is −1.
        present = np.append(forms.stimulus_counts[form] > 0, True)
        free = (forms.use < model.use_most) & ~forms.chosen[form] & ~model.barred & present[model.stimulus_of]
        items = np.flatnonzero(free[:-1])
        if items.size > _CANDIDATES:
            items = np.sort(self.rng.choice(items, _CANDIDATES, replace=False))
        return np.append(items, model.n_items)

    def _free_bundles(self, form: int, stimulus: int, mine: IntArray) -> IntArray:
        forms, model = self.forms, self.forms.model
        if self._bundle_sizes.size == 0:
            return self._bundle_sizes
        free = (forms.use < model.use_most) & ~forms.chosen[form]
        free[mine] = True
        whole = np.logical_and.reduceat(free[self._bundle_items], self._bundle_starts)
        absent = forms.stimulus_counts[form][model.bundle_stimulus] == 0
        fits: BoolArray = whole & (absent | (model.bundle_stimulus == stimulus))
        return np.flatnonzero(fits)
