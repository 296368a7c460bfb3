"""An independent check of thousands of forms at once, recomputed from the pool with nothing of the drawing.

``check_forms`` says the same form by form and in words; this says only which forms fail, in a fraction of the time.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.exposure import incidence
from exam_engine.psychometrics.assembly.measures import Count, ExpectedScore, Information, Measure, Total
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.specification import (
    AllOrNone,
    EnemyLimit,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
)
from exam_engine.psychometrics.assembly.verification import ROUNDING
from exam_engine.psychometrics.response_functions import category_curves


class FormCheck:
    """A specification as sums over items, for checking forms; limits across forms are not looked at.

    Parameters
    ----------
    pool, specification : what forms are of and what they must meet.
    """

    def __init__(self, pool: ItemPool, specification: TestSpecification) -> None:
        self._pool = pool
        measured = [_recomputed(row.measure, pool) for row in specification.ranges]
        self._amounts = np.stack([items for items, _ in measured], axis=1)
        self._of_stimuli = np.stack([stimuli for _, stimuli in measured], axis=1)
        bounds = np.array([(row.minimum, row.maximum) for row in specification.ranges])
        room = np.where(np.isfinite(bounds), ROUNDING * np.maximum(1.0, np.abs(bounds)), 0.0)
        self._minimum, self._maximum = bounds[:, 0] - room[:, 0], bounds[:, 1] + room[:, 1]
        self._stimulus_sets = [row for row in specification.requirements if isinstance(row, StimulusSets)]
        self._meant = [
            np.unique(pool.stimulus_of[pool.matching(sets.where) & (pool.stimulus_of >= 0)])
            for sets in self._stimulus_sets
        ]
        # Each set of items with how many of them a form may hold: from … to, or none.
        sets: list[frozenset[str]] = []
        limits: list[tuple[float, float, bool]] = []
        for requirement in specification.requirements:
            match requirement:
                case EnemyLimit(maximum):
                    sets += pool.enemies
                    limits += [(0.0, maximum, False)] * len(pool.enemies)
                case MustInclude(items):
                    sets.append(items)
                    limits.append((len(items), len(items), False))
                case MustExclude(items, where):
                    meant = () if where is None else np.flatnonzero(pool.matching(where))
                    sets.append(items | {pool.item_ids[item] for item in meant})
                    limits.append((0.0, 0.0, False))
                case AllOrNone(items):
                    sets.append(items)
                    limits.append((len(items), len(items), True))
                case Range() | StimulusSets():
                    pass
        self._sets = _memberships(pool, sets)
        self._least = np.array([least for least, _, _ in limits])
        self._most = np.array([most for _, most, _ in limits])
        self._or_none = np.array([or_none for _, _, or_none in limits], dtype=np.bool_)

    def failing(self, forms: Sequence[IntArray]) -> IntArray:
        """Indices of the forms that miss a requirement; ``forms`` are item indices."""
        repeats = np.array([np.unique(form).size < len(form) for form in forms], dtype=np.bool_)
        holds = incidence(forms, len(self._pool.item_ids)).astype(np.float64)
        sizes = self._stimulus_sizes(forms)
        values = holds @ self._amounts + (sizes > 0) @ self._of_stimuli
        fails: BoolArray = repeats | ((values < self._minimum) | (values > self._maximum)).any(axis=1)
        for sets, meant in zip(self._stimulus_sets, self._meant, strict=True):
            own = sizes[:, meant]
            number = (own > 0).sum(axis=1)
            most = np.inf if sets.items_maximum is None else sets.items_maximum
            fails |= (number < sets.minimum) | (number > sets.maximum)
            fails |= ((own > 0) & ((own < sets.items_minimum) | (own > most))).any(axis=1)
        numbers = (holds @ self._sets).toarray()
        wrong = (numbers < self._least) | (numbers > self._most)
        fails |= (wrong & ~(self._or_none & (numbers == 0.0))).any(axis=1)
        return np.flatnonzero(fails)

    def _stimulus_sizes(self, forms: Sequence[IntArray]) -> IntArray:
        """(N, S) items of each stimulus in each form."""
        n_stimuli = len(self._pool.stimulus_ids)
        sizes = np.zeros((len(forms), n_stimuli), dtype=np.intp)
        for number, form in enumerate(forms if n_stimuli else ()):
            stimuli = self._pool.stimulus_of[form]
            np.add.at(sizes[number], stimuli[stimuli >= 0], 1)
        return sizes


def _recomputed(measure: Measure, pool: ItemPool) -> tuple[FloatArray, FloatArray]:
    """What each item (J,) and each stimulus (S,) adds, from the definition of the measure."""
    of_stimuli = np.zeros(len(pool.stimulus_ids))
    match measure:
        case Count(where):
            return pool.matching(where).astype(np.float64), of_stimuli
        case Total(quantity, where, with_stimuli):
            if with_stimuli:
                given = pool.stimulus_quantities.get(quantity, {})
                of_stimuli = np.array([given.get(stimulus, 0.0) for stimulus in pool.stimulus_ids])
            return np.asarray(pool.quantities[quantity]) * pool.matching(where), of_stimuli
        case Information(theta):
            curves = category_curves(np.array([theta]), pool.parameters)
            terms = np.divide(curves.slope**2, curves.p, out=np.zeros_like(curves.p), where=curves.p > 0.0)
            return terms[0].sum(axis=1), of_stimuli
        case ExpectedScore(theta):
            curves = category_curves(np.array([theta]), pool.parameters)
            return curves.p[0] @ np.arange(curves.p.shape[2]), of_stimuli


def _memberships(pool: ItemPool, sets: Sequence[frozenset[str]]) -> csr_array:
    """(J, sets) 1 where the item belongs to the set."""
    items = [pool.places[item] for members in sets for item in members]
    columns = [number for number, members in enumerate(sets) for _ in members]
    return coo_array((np.ones(len(items)), (items, columns)), shape=(len(pool.item_ids), len(sets))).tocsr()
