"""A specification compiled once for drawing thousands of forms: cells of alike items, what items add to each range."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.exposure_limit import ItemUseLimit
from exam_engine.psychometrics.assembly.measures import amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, use_limits
from exam_engine.psychometrics.assembly.specification import (
    AllOrNone,
    EnemyLimit,
    StimulusSets,
    TestSpecification,
)

_SLACK: Final = 1e-9
"""Relative slack of float sums, far below what the checks of finished forms allow."""


@dataclass(frozen=True, slots=True, eq=False)
class StimulusRule:
    """How many of some stimuli stand in a form: bounds and the mean."""

    stimuli: frozenset[int]
    minimum: int
    maximum: int
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class FormPlan:
    """A specification compiled for drawing: R ranges, of which some only count items, J items, S stimuli, C cells.

    Items that no counting range tells apart make a cell: swapped for each other, they leave all counts as they are.

    Attributes
    ----------
    amounts, stimulus_amounts : (J, R) and (S, R) what items and stimuli add; S is 0 when stimuli do not matter.
    lower, upper : (R,) bounds, whole numbers where items are counted.
    counted, summed : indices of the ranges that count items, and of the others.
    sums : (J, summed) columns of ``amounts``.
    widths : (summed,) unit in which a sum misses its range.
    cell_of : (J,) cell, −1 for items that are not drawn one by one.
    cell_counts : (C + 1, counted) what an item of the cell counts for; the last cell is that of no item.
    held : anchors, which every form holds.
    groups : items that a form holds all together or not at all.
    stimulus_of : (J,) index of the stimulus, −1 for none.
    stimulus_items : for each stimulus, what may be drawn of it.
    stimulus_least, stimulus_most : (S,) items of the stimulus in a form that has it.
    stimulus_mean : the same on average over forms and stimuli.
    rules : numbers of stimuli.
    enemies_of : for each item, its enemy sets.
    enemies_most : items of an enemy set that a form may hold.
    least, most : (J,) forms that an item must and may stand in, out of ``n_forms``.
    overlap_most : items that two forms may share, None for any number.
    """

    amounts: FloatArray
    stimulus_amounts: FloatArray
    lower: FloatArray
    upper: FloatArray
    counted: IntArray
    summed: IntArray
    sums: FloatArray
    widths: FloatArray
    cell_of: IntArray
    cell_counts: FloatArray
    held: IntArray
    groups: tuple[IntArray, ...]
    stimulus_of: IntArray
    stimulus_items: tuple[IntArray, ...]
    stimulus_least: IntArray
    stimulus_most: IntArray
    stimulus_mean: float
    rules: tuple[StimulusRule, ...]
    enemies_of: tuple[tuple[int, ...], ...]
    enemies_most: int
    least: IntArray
    most: IntArray
    overlap_most: int | None
    n_forms: int


def form_plan(pool: ItemPool, specification: TestSpecification, rows: FormRows, limit: ItemUseLimit) -> FormPlan:
    """Compile a specification; ``rows`` and ``limit`` belong to it."""
    measured = [amounts_of(row.measure, pool) for row in specification.ranges]
    amounts = np.stack([amount.items for amount in measured], axis=1)
    stimulus_amounts = np.stack([amount.stimuli[: rows.n_stimuli] for amount in measured], axis=1)
    is_counted = np.isin(amounts, (0.0, 1.0)).all(axis=0) & ~stimulus_amounts.any(axis=0)
    counted, summed = np.flatnonzero(is_counted), np.flatnonzero(~is_counted)
    lower = np.array([row.minimum for row in specification.ranges])
    upper = np.array([row.maximum for row in specification.ranges])
    lower, upper = lower - _SLACK * (1.0 + np.abs(lower)), upper + _SLACK * (1.0 + np.abs(upper))
    lower[counted], upper[counted] = np.ceil(lower[counted]), np.floor(upper[counted])

    stimulus_of = rows.stimulus_of if rows.n_stimuli else np.full(rows.n_items, -1, dtype=np.intp)
    is_held, is_barred, groups = _bound_items(pool, specification, rows, stimulus_of)
    is_free = ~is_barred & ~is_held & (stimulus_of < 0)
    for group in groups:
        is_free[group] = False
    cell_of = np.full(rows.n_items, -1, dtype=np.intp)
    cells, cell_of[is_free] = np.unique(amounts[is_free][:, counted], axis=0, return_inverse=True)
    stimulus_items = tuple(np.flatnonzero((stimulus_of == stimulus) & ~is_barred) for stimulus in range(rows.n_stimuli))
    least, most, rules = _stimulus_rules(pool, specification, rows.n_stimuli, limit)
    stimulus_mean = float(limit.item_shares[stimulus_of >= 0].sum() / max(limit.stimulus_shares.sum(), 1e-9))
    limits = [rule.maximum for rule in specification.requirements if isinstance(rule, EnemyLimit)]
    enemies_of: list[list[int]] = [[] for _ in range(rows.n_items)]
    for number, enemies in enumerate(pool.enemy_places if limits else ()):
        for item in enemies.tolist():
            enemies_of[item].append(number)
    item_least, item_most = use_limits(pool, specification)
    item_most[is_barred] = 0
    finite = np.where(np.isfinite(lower), lower, upper), np.where(np.isfinite(upper), upper, lower)
    spread = amounts[is_free].std(axis=0) if is_free.any() else np.ones(amounts.shape[1])
    widths = np.maximum((finite[1] - finite[0]) / 2.0, spread / 4.0)
    return FormPlan(
        amounts=amounts,
        stimulus_amounts=stimulus_amounts,
        lower=lower,
        upper=upper,
        counted=counted,
        summed=summed,
        sums=np.ascontiguousarray(amounts[:, summed]),
        widths=np.where(widths > 0.0, widths, 1.0)[summed],
        cell_of=cell_of,
        cell_counts=np.vstack([cells, np.zeros(counted.size)]),
        held=np.flatnonzero(is_held),
        groups=groups,
        stimulus_of=stimulus_of,
        stimulus_items=stimulus_items,
        stimulus_least=least,
        stimulus_most=most,
        stimulus_mean=stimulus_mean,
        rules=rules,
        enemies_of=tuple(tuple(sets) for sets in enemies_of),
        enemies_most=min(limits, default=0),
        least=item_least,
        most=item_most,
        overlap_most=specification.overlap_maximum,
        n_forms=specification.n_forms,
    )


def _bound_items(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, stimulus_of: IntArray
) -> tuple[BoolArray, BoolArray, tuple[IntArray, ...]]:
    """Which items every form holds, which none does, and which stand together or not at all."""
    is_held = rows.variable_lower[: rows.n_items] > 0.0
    is_barred = rows.variable_upper[: rows.n_items] == 0.0
    groups: list[set[int]] = []
    for requirement in specification.requirements:
        if isinstance(requirement, AllOrNone):
            together = set(pool.indices(requirement.items).tolist())
            for group in [group for group in groups if group & together]:
                together |= group
                groups.remove(group)
            groups.append(together)
    free: list[IntArray] = []
    for group in groups:
        members = np.array(sorted(group), dtype=np.intp)
        if is_held[members].any():
            is_held[members] = True
        elif is_barred[members].any() or (stimulus_of[members] >= 0).any():
            # A group that reaches into a stimulus is left to the exact search, which is only asked when this one fails.
            is_barred[members] = True
        else:
            free.append(members)
    return is_held, is_barred, tuple(free)


def _stimulus_rules(
    pool: ItemPool, specification: TestSpecification, n_stimuli: int, limit: ItemUseLimit
) -> tuple[IntArray, IntArray, tuple[StimulusRule, ...]]:
    """Items of each stimulus at least and at most, and the numbers of stimuli."""
    least, most = np.ones(n_stimuli, dtype=np.intp), np.full(n_stimuli, len(pool.item_ids), dtype=np.intp)
    rules: list[StimulusRule] = []
    others = set(range(n_stimuli))
    for sets in specification.requirements:
        if isinstance(sets, StimulusSets):
            of_item = pool.stimulus_of[pool.matching(sets.where)]
            stimuli = np.unique(of_item[of_item >= 0])
            least[stimuli] = np.maximum(least[stimuli], sets.items_minimum)
            if sets.items_maximum is not None:
                most[stimuli] = np.minimum(most[stimuli], sets.items_maximum)
            mean = float(limit.stimulus_shares[stimuli].sum())
            rules.append(StimulusRule(frozenset(stimuli.tolist()), sets.minimum, sets.maximum, mean))
            others -= rules[-1].stimuli
    if others:
        mean = float(limit.stimulus_shares[sorted(others)].sum())
        rules.append(StimulusRule(frozenset(others), 0, n_stimuli, mean))
    return least, most, tuple(rules)
