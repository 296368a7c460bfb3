"""A specification compiled for swaps of items and stimuli between forms and pool."""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
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
_ROUNDING: Final = 1e-9


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
        return int(self.counted.shape[1]) - 1

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


def _with_no_item(rows: FloatArray) -> FloatArray:
    return np.concatenate([rows, np.zeros((rows.shape[0], 1))], axis=1)


def _terms(
    pool: ItemPool, specification: TestSpecification, n_stimuli: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What items and stimuli add to the terms of which the largest is to be small, and where the terms start."""
    items: list[FloatArray] = []
    stimuli: list[FloatArray] = []
    offset: list[float] = []
    parts: list[tuple[Measure, float, float]] = []
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
            pass
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
