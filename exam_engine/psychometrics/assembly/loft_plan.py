"""What is worked out once before thousands of forms are drawn: cells of alike items, and how often to use each item."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.exposure_limit import ItemUseLimit
from exam_engine.psychometrics.assembly.exposure_shares import even_shares
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

_MARGINS: Final = (0.2, 0.15, 0.1, 0.05, 0.0)
"""By how much of its width a range of sums is drawn in at both ends for the mean of all forms, tried in this order:
forms scatter around their mean, and each of them must be inside."""

_NEARLY: Final = 0.02
"""A mean this far outside, in widths of the range, still serves: shares only guide, every form is checked."""


@dataclass(frozen=True, slots=True, eq=False)
class StimulusRule:
    """How many of some stimuli stand in a form: bounds and the mean."""

    stimuli: frozenset[int]
    minimum: int
    maximum: int
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class FormPlan:
    """A specification compiled for drawing forms: R ranges, of which some only count items, J items, S stimuli, C cells.

    Items that no counting range tells apart make a cell: swapped for each other, they leave all counts as they are.

    Attributes
    ----------
    amounts, stimulus_amounts : (J, R) and (S, R) what items and stimuli add; S is 0 when stimuli do not matter.
    lower, upper : (R,) bounds, whole numbers where items are counted.
    counted, summed : indices of the ranges that count items, and of the others.
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
    shares, group_shares, stimulus_shares : (J,), groups and (S,): share of the forms to stand in.
    most : (J,) forms that an item may stand in, out of ``n_forms``; ``aims`` are at most that, and are kept if possible.
    overlap_most : items that two forms may share, None for any number.
    """

    amounts: FloatArray
    stimulus_amounts: FloatArray
    lower: FloatArray
    upper: FloatArray
    counted: IntArray
    summed: IntArray
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
    shares: FloatArray
    group_shares: FloatArray
    stimulus_shares: FloatArray
    most: IntArray
    aims: IntArray
    overlap_most: int | None
    n_forms: int


def form_plan(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, limit: ItemUseLimit, aim: int
) -> FormPlan:
    """Compile a specification.

    Parameters
    ----------
    rows, limit : of the specification.
    aim : number of forms that an item is to stand in at most; forms that need more may have it up to the limits of
        the specification.
    """
    measured = [amounts_of(row.measure, pool) for row in specification.ranges]
    amounts = np.array([amount.items for amount in measured]).T
    stimulus_amounts = np.array([amount.stimuli[: rows.n_stimuli] for amount in measured]).T
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
    stimulus_items = tuple(
        np.flatnonzero((stimulus_of == stimulus) & ~is_barred) for stimulus in range(rows.n_stimuli)
    )
    least, most, rules = _stimulus_rules(pool, specification, rows.n_stimuli, limit)
    stimulus_mean = float(limit.item_shares[stimulus_of >= 0].sum() / max(limit.stimulus_shares.sum(), 1e-9))
    limits = [rule.maximum for rule in specification.requirements if isinstance(rule, EnemyLimit)]
    enemies_of: list[list[int]] = [[] for _ in range(rows.n_items)]
    for number, enemies in enumerate(pool.enemy_places if limits else ()):
        for item in enemies.tolist():
            enemies_of[item].append(number)
    item_most = np.minimum(use_limits(pool, specification)[1], specification.n_forms)
    item_most[is_barred] = 0
    finite = np.where(np.isfinite(lower), lower, upper), np.where(np.isfinite(upper), upper, lower)
    spread = amounts[is_free].std(axis=0) if is_free.any() else np.ones(amounts.shape[1])
    widths = np.maximum((finite[1] - finite[0]) / 2.0, spread / 4.0)
    plan = FormPlan(
        amounts=amounts,
        stimulus_amounts=stimulus_amounts,
        lower=lower,
        upper=upper,
        counted=counted,
        summed=summed,
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
        shares=np.zeros(rows.n_items),
        group_shares=np.zeros(len(groups)),
        stimulus_shares=np.zeros(rows.n_stimuli),
        most=item_most,
        aims=np.minimum(item_most, aim),
        overlap_most=specification.overlap_maximum,
        n_forms=specification.n_forms,
    )
    _set_shares(plan)
    return plan


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


def _set_shares(plan: FormPlan) -> None:
    """Fill in the most even shares, with the ranges of sums drawn in as far as the pool allows."""
    items = np.flatnonzero(plan.cell_of >= 0)
    columns, weights, caps, base = _units(plan, items)
    memberships = np.zeros((len(plan.rules), columns.shape[1]))
    minimum, maximum = np.zeros(len(plan.rules)), np.zeros(len(plan.rules))
    n_before = columns.shape[1] - plan.stimulus_shares.size
    for number, rule in enumerate(plan.rules):
        memberships[number, [n_before + stimulus for stimulus in rule.stimuli]] = 1.0
        minimum[number], maximum[number] = rule.minimum, rule.maximum
    matrix = np.vstack([columns, memberships])
    for margin in _MARGINS:
        lower, upper = plan.lower - base, plan.upper - base
        inside = margin * np.where(np.isfinite(upper - lower), upper - lower, 0.0)[plan.summed]
        lower[plan.summed] += inside
        upper[plan.summed] -= inside
        lower, upper = np.append(lower, minimum), np.append(upper, maximum)
        x = even_shares(matrix, lower, upper, weights=weights, caps=caps)
        sums = matrix @ x
        missed = np.maximum(lower - sums, sums - upper)
        units = np.ones(missed.size)
        units[plan.summed] = plan.widths
        if (missed <= _NEARLY * units).all():
            break
    plan.shares[items] = x[: items.size]
    plan.group_shares[:] = x[items.size : n_before]
    plan.stimulus_shares[:] = x[n_before:]
    for group, share in zip(plan.groups, plan.group_shares.tolist(), strict=True):
        plan.shares[group] = share
    for own, share in zip(plan.stimulus_items, plan.stimulus_shares.tolist(), strict=True):
        plan.shares[own] = share * min(1.0, plan.stimulus_mean / max(1, own.size))
    plan.shares[plan.held] = 1.0


def _units(plan: FormPlan, items: IntArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(R, U) columns, (U,) weights and caps of items, groups and stimuli, and (R,) what anchors add."""
    share_caps = plan.aims / plan.n_forms
    columns = [plan.amounts[items]]
    weights, caps = [np.ones(items.size)], [share_caps[items]]
    for group in plan.groups:
        columns.append(plan.amounts[group].sum(axis=0)[None, :])
        weights.append(np.full(1, float(group.size)))
        caps.append(np.full(1, share_caps[group].min()))
    for stimulus, own in enumerate(plan.stimulus_items):
        n_drawn = min(plan.stimulus_mean, own.size) if own.size >= plan.stimulus_least[stimulus] else 0.0
        is_anchored = np.isin(own, plan.held).any()
        mean = plan.amounts[own].mean(axis=0) if own.size else np.zeros(plan.amounts.shape[1])
        columns.append((plan.stimulus_amounts[stimulus] + n_drawn * mean)[None, :])
        weights.append(np.full(1, max(n_drawn**2 / max(1, own.size), 1e-9)))
        cap = share_caps[own].sum() / n_drawn if n_drawn else 0.0
        caps.append(np.full(1, 1.0 if is_anchored else min(1.0, cap)))
    base = plan.amounts[plan.held[plan.stimulus_of[plan.held] < 0]].sum(axis=0)
    return np.vstack(columns).T, np.concatenate(weights), np.concatenate(caps), base
