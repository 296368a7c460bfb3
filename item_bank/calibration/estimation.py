"""The computation of a calibration: a pure function of the choices and the keys, run in another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    ResponseMatrix,
    calibrate,
    estimate_eap,
    item_statistics,
    key_check,
)
from item_bank.calibration.response_file import BLANK, NOT_SHOWN
from item_bank.items.content import OPTION_IDS

EMPIRICAL_GROUPS = 10
"""Groups of candidates of like ability whose share of right answers is drawn beside an item's curve."""
FEWEST_IN_GROUP = 5
_KEY_FLAGS = frozenset({"distractor_above_key", "too_easy", "too_hard"})
"""Flags of the classical analysis that the 2PL flags do not already say."""
_KEPT_ELSEWHERE = frozenset({"items", "covariance", "parameters", "excluded", "warnings", "certificate"})


@dataclass(frozen=True, slots=True)
class ItemEstimate:
    """What was found for one item; estimates are None for an excluded one."""

    excluded_reason: str | None
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    p: float | None
    item_rest: float | None
    n: int
    flags: list[str]
    empirical: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class Estimation:
    """The whole outcome; ``failure`` holds the figures of data that cannot be calibrated."""

    items: list[ItemEstimate]
    figures: dict[str, Any]
    warnings: list[dict[str, Any]]
    marginal_reliability: float | None = None
    failure: dict[str, Any] | None = None


def score(chosen: NDArray[np.int8], keys: Sequence[int]) -> NDArray[np.int8]:
    """Return (N, J) scores: 1 for the key, 0 for another option or a blank, ``NOT_PRESENTED`` where not shown."""
    right = chosen == np.array(keys, dtype=np.int8)
    return np.where(chosen == NOT_SHOWN, NOT_PRESENTED, right).astype(np.int8)


def estimate(chosen: NDArray[np.int8], keys: Sequence[int], option_counts: Sequence[int]) -> Estimation:
    """Calibrate the 2PL and put every item's figures together.

    Parameters
    ----------
    chosen : (N, J) indexes of chosen options, ``BLANK`` or ``NOT_SHOWN``.
    keys, option_counts : J indexes of right options and numbers of options.
    """
    names = [str(position) for position in range(len(keys))]
    matrix = ResponseMatrix.from_array(score(chosen, keys), names)
    try:
        result = calibrate(matrix)
    except CalibrationError as error:
        return Estimation([], {}, [], failure={"code": error.code, **error.data})
    statistics = item_statistics(matrix)
    key_flags = _key_flags(chosen, names, keys, option_counts)
    place = {name: index for index, name in enumerate(result.item_names)}
    excluded = {item.name: item.reason for item in result.excluded}
    groups, reliability = _ability_groups(matrix, result)
    errors = result.standard_errors
    items = []
    for position, name in enumerate(names):
        index = place.get(name)
        items.append(
            ItemEstimate(
                excluded_reason=excluded.get(name),
                a=_at(result.items.a, index),
                se_a=None if errors is None else _at(errors.a, index),
                b=_at(result.items.b[:, 0], index),
                se_b=None if errors is None else _at(errors.b[:, 0], index),
                p=_finite(statistics.difficulty[position]),
                item_rest=_finite(statistics.item_rest[position]),
                n=int(statistics.n_responses[position]),
                flags=[*(result.flags[index] if index is not None else ()), *key_flags[position]],
                empirical=_empirical(matrix.scores[:, position], groups) if index is not None else [],
            )
        )
    whole = result.to_dict()
    figures = {key: whole[key] for key in whole if key not in _KEPT_ELSEWHERE} | whole["certificate"]
    return Estimation(items, figures, whole["warnings"], reliability)


def _key_flags(
    chosen: NDArray[np.int8], names: Sequence[str], keys: Sequence[int], option_counts: Sequence[int]
) -> list[list[str]]:
    labels = np.array([*OPTION_IDS, ""])
    letters = labels[np.where(chosen < 0, BLANK, chosen)]
    checks = key_check(
        letters,
        {name: OPTION_IDS[key] for name, key in zip(names, keys, strict=True)},
        {name: OPTION_IDS[:count] for name, count in zip(names, option_counts, strict=True)},
        presented=chosen != NOT_SHOWN,
    )
    return [[flag for flag in check.flags if flag in _KEY_FLAGS] for check in checks]


def _ability_groups(matrix: ResponseMatrix, result: CalibrationResult) -> tuple[list[Any], float]:
    """Candidates sorted into equal groups by EAP ability, and the marginal reliability of those abilities.

    The reliability is 1 − mean posterior variance, the prior variance being 1 (Green et al. 1984, Journal of
    Educational Measurement 21, 347–360).
    """
    columns = [int(name) for name in result.item_names]
    scores = ResponseMatrix.from_array(matrix.scores[:, columns], result.item_names)
    ability = estimate_eap(scores, result.items, result.quadrature)
    order = np.argsort(ability.theta, kind="stable")
    groups = [(rows, ability.theta[rows]) for rows in np.array_split(order, EMPIRICAL_GROUPS)]
    return groups, float(1.0 - np.mean(ability.standard_error**2))


def _empirical(scores: NDArray[np.int8], groups: list[Any]) -> list[dict[str, float]]:
    points = []
    for rows, theta in groups:
        shown = scores[rows] != NOT_PRESENTED
        if shown.sum() >= FEWEST_IN_GROUP:
            points.append(
                {
                    "theta": float(theta[shown].mean()),
                    "p": float((scores[rows][shown] == 1).mean()),
                    "n": int(shown.sum()),
                }
            )
    return points


def _at(values: NDArray[np.float64] | None, index: int | None) -> float | None:
    return None if values is None or index is None else _finite(values[index])


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
