"""Items of the aggregate solution dealt to forms so that all of them come out alike."""

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.swaps import Forms


def deal(forms: Forms, uses: FloatArray, stimulus_uses: FloatArray, rng: np.random.Generator) -> None:
    """Give every item to as many forms as the aggregate solution uses it, each time to the form that lacks it most.

    Parameters
    ----------
    forms : empty; requirements may be broken afterwards, for swaps to mend.
    uses, stimulus_uses : (J,) and (S,) forms that each stands in; fractions are rounded up with that probability.
    """
    model = forms.model
    copies = np.append(_rounded(uses, rng), 0)
    copies[model.held] = model.n_forms
    everywhere = np.flatnonzero(model.held)
    for form in range(model.n_forms):
        forms.change(form, everywhere[:0], everywhere)
    _deal_stimuli(forms, copies, _rounded(stimulus_uses, rng), rng)
    mean = _Mean(forms, copies)
    single = np.flatnonzero((copies > 0) & ~model.held & (model.stimulus_of < 0))
    for item in rng.permutation(single).tolist():
        lack = mean.lack_of(forms, item)
        lack[forms.chosen[:, item]] = -np.inf
        for form in np.argsort(-lack, kind="stable")[: copies[item]].tolist():
            forms.change(form, everywhere[:0], np.array([item]))


def _deal_stimuli(forms: Forms, copies: IntArray, sets: IntArray, rng: np.random.Generator) -> None:
    model = forms.model
    for stimulus in rng.permutation(np.flatnonzero(sets > 0)).tolist():
        items = np.flatnonzero((model.stimulus_of == stimulus) & ~model.held & ~model.barred)
        present = forms.stimulus_counts > 0
        rules = np.flatnonzero(model.set_members[:, stimulus])
        full = (present @ model.set_members[rules].T >= model.set_most[rules]).any(axis=1)
        order = np.lexsort((rng.random(model.n_forms), present.sum(axis=1), full, ~present[:, stimulus]))
        takers = order[: sets[stimulus]]
        left = {item: int(copies[item]) for item in items.tolist()}
        _add_copies(forms, stimulus, left, takers.size)
        for form in takers.tolist():
            forms.change(form, items[:0], _choice(forms, form, stimulus, left, int(model.items_least[stimulus])))
        for form in takers.tolist():
            room = int(model.items_most[stimulus] - forms.stimulus_counts[form, stimulus])
            forms.change(form, items[:0], _choice(forms, form, stimulus, left, room))
            if forms.stimulus_counts[form, stimulus] < model.items_least[stimulus]:
                forms.change(form, items[forms.chosen[form, items]], items[:0])


def _add_copies(forms: Forms, stimulus: int, left: dict[int, int], n_takers: int) -> None:
    """Rounding may have left too few copies of a stimulus's items; take more of those least in use."""
    model = forms.model
    held = int((model.held & (model.stimulus_of == stimulus)).sum())
    missing = (int(model.items_least[stimulus]) - held) * n_takers - sum(min(n, n_takers) for n in left.values())
    for _ in range(missing):
        spare = {item: min(int(model.use_most[item]), n_takers) - copies for item, copies in left.items()}
        item = max(spare, key=lambda item: (spare[item], -item))
        if spare[item] <= 0:
            return
        left[item] += 1


def _choice(forms: Forms, form: int, stimulus: int, left: dict[int, int], count: int) -> IntArray:
    """Up to so many items of a stimulus for a form; those of which most copies are left."""
    free = [item for item, copies in left.items() if copies > 0 and not forms.chosen[form, item]]
    chosen = sorted(free, key=lambda item: (-left[item], item))[:count]
    for item in chosen:
        left[item] -= 1
    return np.array(chosen, dtype=np.intp)


class _Mean:
    """What a form holds on average, and how much of it each form still lacks in terms of an item."""

    def __init__(self, forms: Forms, copies: IntArray) -> None:
        model = forms.model
        single = np.where(model.stimulus_of < 0, copies, 0) * ~model.held
        share = single / model.n_forms
        self._rows = np.concatenate([model.counted.astype(np.float64), model.amounts, model.terms])
        self._goal = self._rows @ share + np.concatenate([forms.counts, forms.sums, forms.terms], axis=1).mean(axis=0)
        size = np.sqrt((self._rows**2 * single).sum(axis=1) / max(1, int(single.sum())))
        spread = np.maximum(np.abs(self._rows @ share), size)
        self._weight = 1.0 / np.maximum(spread * size, 1e-12)

    def lack_of(self, forms: Forms, item: int) -> FloatArray:
        held = np.concatenate([forms.counts, forms.sums, forms.terms], axis=1)
        return np.asarray((self._goal - held) @ (self._weight * self._rows[:, item]), dtype=np.float64)


def _rounded(uses: FloatArray, rng: np.random.Generator) -> IntArray:
    """Whole numbers with the same total, near enough: running sums rounded from a random start."""
    order = rng.permutation(uses.size)
    steps = np.floor(np.cumsum(uses[order]) + rng.random() + 1e-9)
    rounded = np.empty(uses.size, dtype=np.intp)
    rounded[order] = np.diff(steps, prepend=0.0)
    return rounded
