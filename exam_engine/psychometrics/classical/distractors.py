"""Distractor analysis: who chose which option, by ability group and against the rest of the form.

References
----------
Haladyna & Rodriguez (2013), *Developing and Validating Test Items*, ch. 18. Haladyna & Downing (1993), Educational and
Psychological Measurement 53, 999–1010 (an option works when at least 5 % choose it and they are the less able).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value

OptionFlag = Literal["rarely_chosen", "attracts_able"]

RARELY_CHOSEN: Final = 0.05
"""Share of choices below which a distractor does no work."""
ABILITY_GROUPS: Final = 5
"""Groups of about equal size from the least to the most able."""

_MIN_VARIANCE = 1e-24
"""Rounding leaves a constant column with a variance of the order of eps²."""


@dataclass(frozen=True, eq=False, slots=True)
class OptionStatistics:
    """How one option was chosen, among the candidates who were shown the item.

    Attributes
    ----------
    label : the option, the empty string for a blank answer.
    credit : points that it earns.
    count, proportion : weighted candidates who chose it.
    criterion_mean : mean criterion of those who chose it; None when nobody did or nobody has a criterion.
    point_biserial : correlation of choosing it with the criterion; None when either does not vary.
    group_proportions : (G,) share of each ability group that chose it, least able first; NaN for an empty group.
    flags : of a distractor (no credit, not blank): ``rarely_chosen`` below 5 %, ``attracts_able`` when its
        point-biserial correlation is positive.
    """

    label: str
    credit: float
    count: float
    proportion: float
    criterion_mean: float | None
    point_biserial: float | None
    group_proportions: FloatArray
    flags: tuple[OptionFlag, ...]


@dataclass(frozen=True, eq=False, slots=True)
class DistractorTable:
    """All options of one item.

    Attributes
    ----------
    item : its name.
    n_responses : weighted number of candidates who were shown it.
    group_sizes : (G,) of whom in each ability group; those without a criterion are in none.
    options : each known option in order, then labels nobody expected, then blank answers if any.
    """

    item: str
    n_responses: float
    group_sizes: FloatArray
    options: tuple[OptionStatistics, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def distractor_analysis(
    chosen: NDArray[np.str_],
    credit: Mapping[str, str | Mapping[str, float]],
    options: Mapping[str, Sequence[str]],
    presented: BoolArray | None = None,
    *,
    weights: FloatArray | None = None,
    criterion: FloatArray | None = None,
    n_groups: int = ABILITY_GROUPS,
) -> tuple[DistractorTable, ...]:
    """Count every option of every item, by ability group and against a criterion.

    Parameters
    ----------
    chosen : (N, J) option labels, the empty string for a blank answer.
    credit : item name → key, or points by option for items with partial credit; in the order of the columns.
    options : item name → labels in the order shown.
    presented : (N, J) which items each candidate was shown; all when None. A blank answer to a presented item earns
        nothing.
    weights : (N,) how many candidates a row stands for; 1 when None.
    criterion : (N,) ability from elsewhere, NaN where unknown; the share of points on the candidate's *other* items
        when None, so that an item is not held against itself.
    n_groups : ability groups of about equal weight; candidates with equal criteria stay together.

    Raises
    ------
    ClassicalDataError
        ``shape_mismatch``, ``unknown_key`` or ``unknown_credit`` (an option with points that is not among the options).
    ValueError
        When n_groups is below 2.
    """
    if n_groups < 2:
        raise ValueError(f"n_groups is {n_groups}; at least 2 are needed")
    points = option_points(chosen, credit, options)
    n_candidates = chosen.shape[0]
    shown = np.ones(chosen.shape, dtype=np.bool_) if presented is None else presented
    own = np.ones(n_candidates) if weights is None else weights
    for name, array, shape in (("presented", shown, chosen.shape), ("weights", own, (n_candidates,))):
        if array.shape != shape:
            raise ClassicalDataError("shape_mismatch", f"{name} has shape {array.shape}, expected {shape}")
    if criterion is not None and criterion.shape != (n_candidates,):
        raise ClassicalDataError("shape_mismatch", f"criterion has shape {criterion.shape}, expected ({n_candidates},)")
    rest = rest_shares(chosen, points, shown) if criterion is None else None
    tables: list[DistractorTable] = []
    for column, (item, earned) in enumerate(points.items()):
        seen = shown[:, column]
        ability = rest[seen, column] if rest is not None else np.asarray(criterion, dtype=np.float64)[seen]
        tables.append(_table(item, earned, list(options[item]), chosen[seen, column], ability, own[seen], n_groups))
    return tuple(tables)


def option_points(
    chosen: NDArray[np.str_],
    credit: Mapping[str, str | Mapping[str, float]],
    options: Mapping[str, Sequence[str]],
) -> dict[str, dict[str, float]]:
    """Points of each option that earns any, by item, checked against the columns and the options."""
    if chosen.ndim != 2 or chosen.shape[1] != len(credit):
        columns = chosen.shape[1] if chosen.ndim == 2 else chosen.shape
        raise ClassicalDataError("shape_mismatch", f"{columns} columns of answers but {len(credit)} keys")
    result: dict[str, dict[str, float]] = {}
    for item, given in credit.items():
        labels = list(options.get(item, ()))
        if isinstance(given, str):
            if given not in labels:
                raise ClassicalDataError(
                    "unknown_key", f"item {item!r}: key {given!r} is not among its options {labels}", item=item
                )
            result[item] = {given: 1.0}
            continue
        for label, value in given.items():
            if label not in labels or not (np.isfinite(value) and value >= 0.0):
                raise ClassicalDataError(
                    "unknown_credit",
                    f"item {item!r}: {value} points for {label!r}, which must be one of {labels} and earn 0 or more",
                    item=item,
                )
        result[item] = {label: float(value) for label, value in given.items() if value > 0.0}
        if not result[item]:
            raise ClassicalDataError("unknown_credit", f"item {item!r}: no option earns points", item=item)
    return result


def rest_shares(
    chosen: NDArray[np.str_], points: Mapping[str, Mapping[str, float]], presented: BoolArray
) -> FloatArray:
    """(N, J) share of points on the candidate's presented items other than j; NaN when there is none."""
    scores = np.zeros(chosen.shape)
    for column, earned in enumerate(points.values()):
        for label, value in earned.items():
            scores[:, column] += value * (presented[:, column] & (chosen[:, column] == label))
    offered = presented * np.array([max(earned.values()) for earned in points.values()])
    others = offered.sum(axis=1, keepdims=True) - offered
    rest = np.full(chosen.shape, np.nan)
    # Points are few and mostly whole, but fractions of points may leave a residue where no other item was shown.
    some = presented.sum(axis=1, keepdims=True) - presented > 0
    np.divide(scores.sum(axis=1, keepdims=True) - scores, others, out=rest, where=some)
    return rest


def weighted_correlation(x: FloatArray, y: FloatArray, weights: FloatArray) -> float:
    """Product-moment correlation over the rows where y is known; NaN when either does not vary."""
    known = np.isfinite(y)
    if not known.any():
        return float("nan")
    x, y, weights = x[known], y[known], weights[known] / weights[known].sum()
    x, y = x - weights @ x, y - weights @ y
    spread = (float(weights @ x**2), float(weights @ y**2))
    return float(weights @ (x * y)) / (spread[0] * spread[1]) ** 0.5 if min(spread) > _MIN_VARIANCE else float("nan")


def _table(
    item: str,
    earned: Mapping[str, float],
    known: list[str],
    answers: NDArray[np.str_],
    ability: FloatArray,
    weights: FloatArray,
    n_groups: int,
) -> DistractorTable:
    labels = known + sorted(set(answers.tolist()) - set(known) - {""})
    if (answers == "").any():
        labels.append("")
    group = _ability_groups(ability, weights, n_groups)
    sizes: FloatArray = np.bincount(group[group >= 0], weights[group >= 0], n_groups).astype(np.float64)
    total = float(weights.sum())
    statistics: list[OptionStatistics] = []
    for label in labels:
        own = answers == label
        count = float(weights[own].sum())
        with_ability = own & np.isfinite(ability)
        correlation = weighted_correlation(own.astype(np.float64), ability, weights)
        by_group = np.bincount(group[with_ability], weights=weights[with_ability], minlength=n_groups)
        shares = np.full(n_groups, np.nan)
        np.divide(by_group, sizes, out=shares, where=sizes > 0.0)
        flags: list[OptionFlag] = []
        if label and not earned.get(label):
            if total > 0.0 and count < RARELY_CHOSEN * total:
                flags.append("rarely_chosen")
            if correlation > 0.0:
                flags.append("attracts_able")
        statistics.append(
            OptionStatistics(
                label=label,
                credit=earned.get(label, 0.0),
                count=count,
                proportion=count / total if total > 0.0 else 0.0,
                criterion_mean=float(np.average(ability[with_ability], weights=weights[with_ability]))
                if with_ability.any()
                else None,
                point_biserial=None if np.isnan(correlation) else correlation,
                group_proportions=shares,
                flags=tuple(flags),
            )
        )
    return DistractorTable(item=item, n_responses=total, group_sizes=sizes, options=tuple(statistics))


def _ability_groups(ability: FloatArray, weights: FloatArray, n_groups: int) -> IntArray:
    """(N,) group 0 … G−1 by the middle of the candidate's ties in the ranking; −1 without a criterion."""
    known = np.isfinite(ability)
    result = np.full(ability.size, -1, dtype=np.intp)
    if known.any():
        _, place = np.unique(ability[known], return_inverse=True)
        sizes = np.bincount(place, weights=weights[known])
        middle = (np.cumsum(sizes) - 0.5 * sizes) / sizes.sum()
        result[known] = np.minimum((middle * n_groups).astype(np.intp), n_groups - 1)[place]
    return result
