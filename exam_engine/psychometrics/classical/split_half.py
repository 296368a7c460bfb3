"""Split-half reliability: odd–even, first–last, random splits or all of them.

References
----------
Spearman (1910), British Journal of Psychology 3, 271–295; Brown (1910), ibid. 296–322. Rulon (1939), Harvard
Educational Review 9, 99–103 (equal to Guttman's λ4 of the split). Horst (1951), Educational and Psychological
Measurement 11, 368–371 (halves of unequal length). Cronbach (1951), Psychometrika 16, 297–334 (alpha is the mean of
Rulon's coefficient over all splits).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Final, Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.covariance import MissingRule, item_covariance
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.responses import ResponseMatrix

SplitMethod = Literal["odd_even", "first_last", "random", "all"]

MAX_SPLITS: Final = 100_000
"""Most splits that ``method="all"`` goes through: 18 items have 24310, 20 have 92378."""


@dataclass(frozen=True, eq=False, slots=True)
class SplitHalf:
    """Reliability of the whole test from two halves; the mean over the splits where there are several.

    Attributes
    ----------
    method : how the test was split.
    n_splits : number of splits.
    correlation : between the halves.
    spearman_brown : stepped up to the whole test, by Horst's formula when the halves differ in length.
    rulon : 1 − var(difference) / var(total), which needs no equal variances.
    rulon_sd, rulon_min, rulon_max : over the splits, the sd NaN for one; the maximum over all splits is Guttman's λ4.
    """

    method: SplitMethod
    n_splits: int
    correlation: float
    spearman_brown: float
    rulon: float
    rulon_sd: float
    rulon_min: float
    rulon_max: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def split_half(
    responses: ResponseMatrix,
    method: SplitMethod = "odd_even",
    *,
    n_splits: int = 1000,
    rng: np.random.Generator | None = None,
    missing: MissingRule = "pairwise",
) -> SplitHalf:
    """Split the items in two and step the correlation of the halves up to the whole test.

    Parameters
    ----------
    method : ``odd_even`` for items in order of difficulty or content, ``first_last`` only for tests without fatigue or
        time pressure, ``random`` the mean over ``n_splits`` splits drawn with ``rng``, ``all`` every split.

    Raises
    ------
    ClassicalDataError
        Of ``item_covariance``; ``too_many_splits`` for ``all``; ``total_constant`` when a half or the whole does not
        vary.
    ValueError
        When random splits are asked for without ``rng`` or ``n_splits`` is below 1.
    """
    cov = item_covariance(responses, missing=missing)
    halves = _halves(len(cov.item_names), method, n_splits, rng)
    others = 1.0 - halves
    first = ((halves @ cov.covariance) * halves).sum(axis=1)
    second = ((others @ cov.covariance) * others).sum(axis=1)
    between = ((halves @ cov.covariance) * others).sum(axis=1)
    total = first + second + 2.0 * between
    if not min(first.min(), second.min(), total.min()) > 1e-20:
        raise ClassicalDataError("total_constant", "the scores of a half do not vary: no split-half reliability exists")
    correlation = between / np.sqrt(first * second)
    stepped = _stepped_up(correlation, halves.mean(axis=1))
    rulon = 4.0 * between / total
    return SplitHalf(
        method=method,
        n_splits=len(halves),
        correlation=float(correlation.mean()),
        spearman_brown=float(stepped.mean()),
        rulon=float(rulon.mean()),
        rulon_sd=float(rulon.std(ddof=1)) if len(halves) > 1 else float("nan"),
        rulon_min=float(rulon.min()),
        rulon_max=float(rulon.max()),
    )


def spearman_brown(reliability: float, length: float) -> float:
    """Reliability of a test ``length`` times as long, made of parallel parts.

    Raises
    ------
    ValueError
        When the length is not positive or the reliability is not in (−1, 1].
    """
    if not (length > 0.0 and -1.0 < reliability <= 1.0):
        raise ValueError(f"a test {length} times as long with reliability {reliability} does not exist")
    return length * reliability / (1.0 + (length - 1.0) * reliability)


def _halves(n_items: int, method: SplitMethod, n_splits: int, rng: np.random.Generator | None) -> FloatArray:
    """(S, J) 1 where the item is in the first half."""
    smaller = n_items // 2
    place = np.arange(n_items)
    if method in ("odd_even", "first_last"):
        chosen_items = place % 2 == 0 if method == "odd_even" else place < n_items - smaller
        one: FloatArray = chosen_items.astype(np.float64)[None, :]
        return one
    if method == "random":
        if rng is None or n_splits < 1:
            raise ValueError(f"random splits need rng and at least one split, got rng={rng}, n_splits={n_splits}")
        order = rng.permuted(np.broadcast_to(place, (n_splits, n_items)), axis=1)
        drawn: FloatArray = (order < smaller).astype(np.float64)
        return drawn
    number = comb(n_items, smaller) // (1 if n_items % 2 else 2)
    if number > MAX_SPLITS:
        raise ClassicalDataError(
            "too_many_splits",
            f"{n_items} items have {number} splits, more than {MAX_SPLITS}; draw some with method='random'",
            n_splits=number,
        )
    # Half of an even number of items fixes the other half, so item 1 is always in the first.
    if n_items % 2:
        chosen = np.array(list(combinations(range(n_items), smaller)), dtype=np.intp)
    else:
        chosen = np.array([(0, *rest) for rest in combinations(range(1, n_items), smaller - 1)], dtype=np.intp)
    halves = np.zeros((number, n_items))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    return halves


def _stepped_up(r: FloatArray, share: FloatArray) -> FloatArray:
    """Horst's formula, which is Spearman–Brown's for halves of equal length."""
    pq = share * (1.0 - share)
    r2 = r**2
    perfect = r2 >= 1.0 - 1e-15
    unequal = (np.sqrt(r2**2 + 4.0 * pq * r2 * (1.0 - r2)) - r2) / np.where(perfect, 1.0, 2.0 * pq * (1.0 - r2))
    equal = 2.0 * r / np.where(r <= -1.0 + 1e-15, np.nan, 1.0 + r)
    # Horst's square root would lose the sign of a negative correlation; Spearman–Brown keeps it.
    result: FloatArray = np.where((pq == 0.25) | (r < 0.0), equal, np.where(perfect, 1.0, unequal))
    return result
