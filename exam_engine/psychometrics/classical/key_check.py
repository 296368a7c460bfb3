"""Whether the key of an item is the right one, from what able and less able candidates chose.

References
----------
Haladyna & Rodriguez (2013), *Developing and Validating Test Items*, ch. 18 (reading option counts and option means).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.classical.distractors import distractor_analysis, option_points, rest_shares
from exam_engine.psychometrics.classical.json_values import json_value

KeyFlag = Literal["negative_discrimination", "distractor_above_key", "key_not_chosen", "too_easy", "too_hard"]

TOO_EASY: Final = 0.95
"""Proportion correct above which an item separates nobody."""
TOO_HARD: Final = 0.10
"""Proportion correct below which an item is harder than guessing among many options."""
FEW_CHOICES: Final = 10
"""Candidates who must have chosen an option before its mean says anything."""
_SUSPICION = 2.0
"""Standard errors by which a distractor's mean must exceed the key's."""


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How one option was chosen.

    Attributes
    ----------
    label : the option, the empty string for a blank answer.
    count, proportion : of the candidates who were shown the item.
    rest_mean : mean proportion correct of those who chose it on their other items; None when nobody did or they were
        shown no other item.
    point_biserial : correlation of choosing it with that proportion; None when either does not vary.
    """

    label: str
    count: float
    proportion: float
    rest_mean: float | None
    point_biserial: float | None


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What the answers say about an item's key.

    Attributes
    ----------
    item, key : as given.
    n_responses : candidates who were shown the item.
    difficulty : proportion correct; None when nobody was shown the item.
    item_rest : correlation with the rest of the form; None when it is not defined.
    options : each known option in order, then labels nobody expected, then blank answers if any.
    flags : stable codes; ``negative_discrimination`` and ``distractor_above_key`` say that the key may be wrong.
    suspected_key : the distractor that the best candidates prefer to the key; None when none stands out.
    """

    item: str
    key: str
    n_responses: float
    difficulty: float | None
    item_rest: float | None
    options: tuple[OptionCount, ...]
    flags: tuple[KeyFlag, ...]
    suspected_key: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def key_check(
    chosen: NDArray[np.str_],
    keys: Mapping[str, str],
    options: Mapping[str, Sequence[str]],
    presented: BoolArray | None = None,
    *,
    weights: FloatArray | None = None,
) -> tuple[KeyCheck, ...]:
    """Compare each item's key with what able and less able candidates chose.

    Parameters
    ----------
    chosen : (N, J) option labels, the empty string for a blank answer.
    keys : item name → key, in the order of the columns; options : item name → labels in the order shown.
    presented : (N, J) which items each candidate was shown; all when None. A blank answer to a presented item is wrong.
    weights : (N,) how many candidates a row stands for; 1 when None.

    Raises
    ------
    ClassicalDataError
        When the columns and the keys differ in number (``shape_mismatch``), an item has no options, or its key is not
        one of them (``unknown_key``).
    """
    tables = distractor_analysis(chosen, keys, options, presented, weights=weights)
    shown = np.ones(chosen.shape, dtype=np.bool_) if presented is None else presented
    own = np.ones(chosen.shape[0]) if weights is None else weights
    rest = rest_shares(chosen, option_points(chosen, keys, options), shown)
    checks: list[KeyCheck] = []
    for column, (table, key) in enumerate(zip(tables, keys.values(), strict=True)):
        seen = shown[:, column]
        by_label = {option.label: option for option in table.options}
        difficulty = by_label[key].proportion if table.n_responses > 0.0 else None
        correlation = by_label[key].point_biserial
        suspected = _suspected_key(key, list(by_label), chosen[seen, column], rest[seen, column], own[seen])
        checks.append(
            KeyCheck(
                item=table.item,
                key=key,
                n_responses=table.n_responses,
                difficulty=difficulty,
                item_rest=correlation,
                options=tuple(
                    OptionCount(
                        label=option.label,
                        count=option.count,
                        proportion=option.proportion,
                        rest_mean=option.criterion_mean,
                        point_biserial=option.point_biserial,
                    )
                    for option in table.options
                ),
                flags=_flags(difficulty, correlation, suspected),
                suspected_key=suspected,
            )
        )
    return tuple(checks)


@dataclass(frozen=True, slots=True)
class _Choosers:
    """Weighted number, mean rest score and squared standard error of that mean of those who chose an option."""

    n: float
    mean: float
    squared_error: float


def _choosers(rests: FloatArray, weights: FloatArray) -> _Choosers:
    n = float(weights.sum())
    if n <= 1.0:
        return _Choosers(n, float(rests[0]) if rests.size else float("nan"), float("nan"))
    mean = float(np.average(rests, weights=weights))
    return _Choosers(n, mean, float(weights @ (rests - mean) ** 2) / (n - 1.0) / n)


def _suspected_key(
    key: str, labels: Sequence[str], answers: NDArray[np.str_], rests: FloatArray, weights: FloatArray
) -> str | None:
    """The distractor whose choosers did best elsewhere, if clearly better than those who chose the key."""
    known = np.isfinite(rests)
    groups = {
        label: _choosers(rests[known & (answers == label)], weights[known & (answers == label)])
        for label in labels
        if label
    }
    own = groups.pop(key)
    rivals = {label: group for label, group in groups.items() if group.n >= FEW_CHOICES}
    if not rivals:
        return None
    best = max(rivals, key=lambda label: rivals[label].mean)
    rival = rivals[best]
    if own.n < FEW_CHOICES:
        # Hardly anybody chose the key: the best liked distractor of able candidates is the likelier one.
        average = float(np.average(rests[known], weights=weights[known]))
        return best if rival.n > own.n and rival.mean > average else None
    error = (rival.squared_error + own.squared_error) ** 0.5
    return best if rival.mean - own.mean > _SUSPICION * error else None


def _flags(difficulty: float | None, correlation: float | None, suspected: str | None) -> tuple[KeyFlag, ...]:
    flags: list[KeyFlag] = []
    if correlation is not None and correlation < 0.0:
        flags.append("negative_discrimination")
    if suspected is not None:
        flags.append("distractor_above_key")
    if difficulty is not None:
        if difficulty == 0.0:
            flags.append("key_not_chosen")
        elif difficulty < TOO_HARD:
            flags.append("too_hard")
        elif difficulty > TOO_EASY:
            flags.append("too_easy")
    return tuple(flags)
