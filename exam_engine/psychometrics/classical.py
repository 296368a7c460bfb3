"""Classical item analysis: difficulty, discrimination, and whether the key is the right one.

References
----------
Lord & Novick (1968), *Statistical Theories of Mental Test Scores*, ch. 15.
Haladyna & Rodriguez (2013), *Developing and Validating Test Items*, ch. 18 (reading option counts and option means).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.responses import ResponseMatrix

KeyFlag = Literal["negative_discrimination", "distractor_above_key", "key_not_chosen", "too_easy", "too_hard"]

TOO_EASY: Final = 0.95
"""Proportion correct above which an item separates nobody."""
TOO_HARD: Final = 0.10
"""Proportion correct below which an item is harder than guessing among many options."""
FEW_CHOICES: Final = 10
"""Candidates who must have chosen an option before its mean says anything."""
_SUSPICION = 2.0
"""Standard errors by which a distractor's mean must exceed the key's."""


@dataclass(frozen=True, eq=False)
class ItemStatistics:
    """Classical statistics of each item, (J,).

    Attributes
    ----------
    n_responses : weighted number of candidates who were shown the item.
    difficulty : proportion correct p; NaN when nobody was shown the item.
    item_rest : correlation of the item with the proportion correct on the candidate's other items; NaN when either
        does not vary.
    """

    n_responses: FloatArray
    difficulty: FloatArray
    item_rest: FloatArray


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How one option was chosen.

    Attributes
    ----------
    label : the option, the empty string for a blank answer.
    count, proportion : of the candidates who were shown the item.
    rest_mean : mean proportion correct of those who chose it on their other items; None when nobody did or they were
        shown no other item.
    """

    label: str
    count: int
    proportion: float
    rest_mean: float | None


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
    n_responses: int
    difficulty: float | None
    item_rest: float | None
    options: tuple[OptionCount, ...]
    flags: tuple[KeyFlag, ...]
    suspected_key: str | None


def item_statistics(responses: ResponseMatrix) -> ItemStatistics:
    """Difficulty and item-rest correlation of every item.

    The rest score is a proportion, so candidates with different items compare; where all saw the same items the
    correlation equals the usual one with the number right.
    """
    presented, right = responses.presented, responses.scores == 1
    weights = responses.weights
    n_responses = weights @ presented
    difficulty = np.full(n_responses.size, np.nan)
    np.divide(weights @ right, n_responses, out=difficulty, where=n_responses > 0)
    rest = _rest_scores(presented, right)
    item_rest = np.array(
        [
            _weighted_correlation(right[:, item].astype(np.float64), rest[:, item], weights, presented[:, item])
            for item in range(n_responses.size)
        ]
    )
    return ItemStatistics(n_responses, difficulty, item_rest)


def key_check(
    chosen: NDArray[np.str_],
    keys: Mapping[str, str],
    options: Mapping[str, Sequence[str]],
    presented: BoolArray | None = None,
) -> tuple[KeyCheck, ...]:
    """Compare each item's key with what able and less able candidates chose.

    Parameters
    ----------
    chosen : (N, J) option labels, the empty string for a blank answer.
    keys : item name → key, in the order of the columns; options : item name → labels in the order shown.
    presented : (N, J) which items each candidate was shown; all when None. A blank answer to a presented item is wrong.

    Raises
    ------
    ValueError
        When the columns and the keys differ in number, an item has no options, or its key is not one of them.
    """
    n_candidates, n_items = chosen.shape
    if len(keys) != n_items:
        raise ValueError(f"{n_items} columns of answers but {len(keys)} keys")
    for name, key in keys.items():
        if key not in options.get(name, ()):
            raise ValueError(f"item {name!r}: key {key!r} is not among its options {list(options.get(name, ()))}")
    shown = np.ones((n_candidates, n_items), dtype=np.bool_) if presented is None else presented
    right = shown & (chosen == np.array(list(keys.values())))
    rest = _rest_scores(shown, right)
    weights = np.ones(n_candidates)
    checks: list[KeyCheck] = []
    for column, (name, key) in enumerate(keys.items()):
        seen = shown[:, column]
        answers, rests = chosen[seen, column], rest[seen, column]
        labels = list(options[name]) + sorted(set(answers.tolist()) - set(options[name]) - {""})
        if (answers == "").any():
            labels.append("")
        counts = tuple(_option_count(label, answers, rests) for label in labels)
        correlation = _weighted_correlation(right[:, column].astype(np.float64), rest[:, column], weights, seen)
        difficulty = float(right[seen, column].mean()) if seen.any() else None
        suspected = _suspected_key(key, labels, answers, rests)
        checks.append(
            KeyCheck(
                item=name,
                key=key,
                n_responses=int(seen.sum()),
                difficulty=difficulty,
                item_rest=None if np.isnan(correlation) else correlation,
                options=counts,
                flags=_flags(difficulty, correlation, suspected),
                suspected_key=suspected,
            )
        )
    return tuple(checks)


def _rest_scores(presented: BoolArray, right: BoolArray) -> FloatArray:
    """(N, J) proportion correct on the candidate's presented items other than j; NaN when there is none."""
    others = presented.sum(axis=1, keepdims=True) - presented
    right_others = right.sum(axis=1, keepdims=True) - right
    rest = np.full(presented.shape, np.nan)
    np.divide(right_others, others, out=rest, where=others > 0)
    return rest


def _weighted_correlation(x: FloatArray, y: FloatArray, weights: FloatArray, use: BoolArray) -> float:
    use = use & np.isfinite(y)
    if not use.any():
        return float("nan")
    x, y, weights = x[use], y[use], weights[use] / weights[use].sum()
    x, y = x - weights @ x, y - weights @ y
    spread = float((weights @ x**2) * (weights @ y**2))
    # Rounding leaves a constant column with a variance of the order of eps².
    return float(weights @ (x * y)) / spread**0.5 if spread > 1e-24 else float("nan")


def _option_count(label: str, answers: NDArray[np.str_], rests: FloatArray) -> OptionCount:
    own = answers == label
    known = rests[own & np.isfinite(rests)]
    return OptionCount(
        label=label,
        count=int(own.sum()),
        proportion=float(own.mean()) if answers.size else 0.0,
        rest_mean=float(known.mean()) if known.size else None,
    )


def _suspected_key(key: str, labels: Sequence[str], answers: NDArray[np.str_], rests: FloatArray) -> str | None:
    """The distractor whose choosers did best elsewhere, if clearly better than those who chose the key."""
    groups = {label: rests[(answers == label) & np.isfinite(rests)] for label in labels if label}
    means = {label: float(group.mean()) for label, group in groups.items() if group.size >= FEW_CHOICES}
    own = groups.pop(key)
    rivals = [label for label in groups if label in means]
    if not rivals:
        return None
    best = max(rivals, key=lambda label: means[label])
    if own.size < FEW_CHOICES:
        # Hardly anybody chose the key: the best liked distractor of able candidates is the likelier one.
        return best if groups[best].size > own.size and means[best] > float(np.nanmean(rests)) else None
    error = float(np.sqrt(groups[best].var(ddof=1) / groups[best].size + own.var(ddof=1) / own.size))
    return best if means[best] - means[key] > _SUSPICION * error else None


def _flags(difficulty: float | None, correlation: float, suspected: str | None) -> tuple[KeyFlag, ...]:
    flags: list[KeyFlag] = []
    if correlation < 0.0:
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
