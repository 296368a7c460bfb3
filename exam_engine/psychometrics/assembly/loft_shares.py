"""How often each item, group and stimulus is to be used in the forms still to be drawn."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.exposure_shares import even_shares
from exam_engine.psychometrics.assembly.loft_plan import FormPlan

_MARGINS: Final = (0.2, 0.15, 0.1, 0.05, 0.0)
"""By how much of its width a range of sums is drawn in at both ends for the mean of all forms, tried in this order:
forms scatter around their mean, and each of them must be inside."""

_NEARLY: Final = 0.1
"""A mean this far outside, in widths of the range, still serves: shares only guide, every form is checked."""


@dataclass(frozen=True, slots=True, eq=False)
class UseShares:
    """Shares of the forms to stand in, (J,) items, (S,) stimuli and one for each group of the plan."""

    items: FloatArray
    groups: FloatArray
    stimuli: FloatArray


def use_shares(plan: FormPlan, least: FloatArray, most: FloatArray) -> UseShares:
    """The most even shares with which the mean of the forms meets the plan.

    Ranges of sums are drawn in as far as the pool allows. Where no shares meet the plan, those that miss it least.

    Parameters
    ----------
    least, most : (J,) smallest and greatest share of the forms for each item.
    """
    items = np.flatnonzero(plan.cell_of >= 0)
    columns, weights, floors, caps, base = _units(plan, items, least, most)
    n_before = items.size + len(plan.groups)
    memberships = np.zeros((len(plan.rules), columns.shape[1]))
    for number, rule in enumerate(plan.rules):
        memberships[number, [n_before + stimulus for stimulus in rule.stimuli]] = 1.0
    matrix = np.vstack([columns, memberships])
    units = np.ones(len(matrix))
    units[plan.summed] = plan.widths
    widths = np.where(np.isfinite(plan.upper - plan.lower), plan.upper - plan.lower, 0.0)[plan.summed]
    x = np.zeros(columns.shape[1])
    for margin in _MARGINS:
        lower, upper = plan.lower - base, plan.upper - base
        lower[plan.summed] += margin * widths
        upper[plan.summed] -= margin * widths
        lower = np.append(lower, [rule.minimum for rule in plan.rules])
        upper = np.append(upper, [rule.maximum for rule in plan.rules])
        x = even_shares(matrix, lower, upper, weights=weights, floors=floors, caps=caps)
        sums = matrix @ x
        if (np.maximum(lower - sums, sums - upper) <= _NEARLY * units).all():
            break
    shares = np.zeros(plan.cell_of.size)
    shares[items] = x[: items.size]
    for group, share in zip(plan.groups, x[items.size : n_before].tolist(), strict=True):
        shares[group] = share
    for own, share in zip(plan.stimulus_items, x[n_before:].tolist(), strict=True):
        shares[own] = share * min(1.0, max(plan.stimulus_mean, 1.0) / max(1, own.size))
    shares[plan.held] = 1.0
    return UseShares(shares, x[items.size : n_before], x[n_before:])


def _units(
    plan: FormPlan, items: IntArray, least: FloatArray, most: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """(R, U) columns, (U,) weights, floors and caps of items, groups and stimuli, and (R,) what anchors add."""
    columns = [plan.amounts[items]]
    weights, floors, caps = [np.ones(items.size)], [least[items]], [most[items]]
    for group in plan.groups:
        columns.append(plan.amounts[group].sum(axis=0)[None, :])
        weights.append(np.full(1, float(group.size)))
        floors.append(np.full(1, least[group].max()))
        caps.append(np.full(1, most[group].min()))
    n_stimuli = len(plan.stimulus_items)
    of_stimuli = plan.stimulus_amounts.copy()
    weight, floor, cap = np.ones(n_stimuli), np.zeros(n_stimuli), np.zeros(n_stimuli)
    for stimulus, own in enumerate(plan.stimulus_items):
        if not own.size or own.size < plan.stimulus_least[stimulus]:
            continue
        n_drawn = min(max(plan.stimulus_mean, 1.0), own.size)
        of_stimuli[stimulus] += n_drawn * plan.amounts[own].mean(axis=0)
        weight[stimulus] = n_drawn**2 / own.size
        is_anchored = np.isin(own, plan.held).any()
        cap[stimulus] = 1.0 if is_anchored else min(1.0, most[own].sum() / n_drawn)
        floor[stimulus] = 1.0 if is_anchored else min(cap[stimulus], least[own].max() * own.size / n_drawn)
    base = plan.amounts[plan.held[plan.stimulus_of[plan.held] < 0]].sum(axis=0)
    return (
        np.vstack([*columns, of_stimuli]).T,
        np.concatenate([*weights, weight]),
        np.concatenate([*floors, floor]),
        np.concatenate([*caps, cap]),
        base,
    )
