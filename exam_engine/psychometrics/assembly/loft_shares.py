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

_NEARLY: Final = 0.02
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
    columns, weights, caps, base = _units(plan, items, most)
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
        x = even_shares(matrix, lower, upper, weights=weights, caps=caps)
        sums = matrix @ x
        if (np.maximum(lower - sums, sums - upper) <= _NEARLY * units).all():
            break
    shares = np.zeros(plan.cell_of.size)
    shares[items] = x[: items.size]
    for group, share in zip(plan.groups, x[items.size : n_before].tolist(), strict=True):
        shares[group] = share
    for own, share in zip(plan.stimulus_items, x[n_before:].tolist(), strict=True):
        shares[own] = share * min(1.0, plan.stimulus_mean / max(1, own.size))
    shares[plan.held] = 1.0
    return UseShares(np.maximum(shares, least), x[items.size : n_before], x[n_before:])


def _units(plan: FormPlan, items: IntArray, most: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(R, U) columns, (U,) weights and caps of items, groups and stimuli, and (R,) what anchors add."""
    columns = [plan.amounts[items]]
    weights, caps = [np.ones(items.size)], [most[items]]
    for group in plan.groups:
        columns.append(plan.amounts[group].sum(axis=0)[None, :])
        weights.append(np.full(1, float(group.size)))
        caps.append(np.full(1, most[group].min()))
    for stimulus, own in enumerate(plan.stimulus_items):
        n_drawn = min(plan.stimulus_mean, own.size) if own.size >= plan.stimulus_least[stimulus] else 0.0
        mean = plan.amounts[own].mean(axis=0) if own.size else np.zeros(plan.amounts.shape[1])
        columns.append((plan.stimulus_amounts[stimulus] + n_drawn * mean)[None, :])
        weights.append(np.full(1, max(n_drawn**2 / max(1, own.size), 1e-9)))
        cap = most[own].sum() / n_drawn if n_drawn else 0.0
        caps.append(np.full(1, 1.0 if np.isin(own, plan.held).any() else min(1.0, cap)))
    base = plan.amounts[plan.held[plan.stimulus_of[plan.held] < 0]].sum(axis=0)
    return np.vstack(columns).T, np.concatenate(weights), np.concatenate(caps), base
