"""The computation of a calibration: a pure function of choices, keys and options, run in another process."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exam_engine.core.jobs.computation import Tell
from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ItemParameters,
    ResponseMatrix,
    calibrate,
    estimate_eap,
    item_statistics,
    key_check,
)
from exam_engine.psychometrics.fit import FitError, rmsd, s_x2
from exam_engine.psychometrics.linking import LinkingError, anchor_drift, link_scales
from item_bank.calibration.options import CalibrationOptions
from item_bank.calibration.response_file import BLANK, NOT_SHOWN
from item_bank.items.content import OPTION_IDS
from item_bank.items.response_functions import StoredParameters, response_table

EMPIRICAL_GROUPS = 10
"""Groups of candidates of like ability whose share of right answers is drawn beside an item's curve."""
FEWEST_IN_GROUP = 5
FEWEST_ANCHORS = 5
"""Held items below which the error of the link itself is no longer small."""
FEWEST_FOR_DRIFT = 3
"""Held items below which none can be seen to move against the others."""
SMALLEST_DRIFT = 0.03
"""Root mean squared difference of the curves up to which an item that moved against very steady others is no matter."""
MOST_CURVE_PRODUCTS = 2**24
"""Items × nodes² up to which RMSD is computed; it takes some 40 bytes for each."""
MISFIT_P = 0.05
"""False discovery rate at which an item counts as misfitting."""
SECONDS_BETWEEN_WORDS = 0.25
_KEY_FLAGS = frozenset({"distractor_above_key", "too_easy", "too_hard"})
"""Flags of the classical analysis that the flags of the fit do not already say."""
_KEPT_ELSEWHERE = frozenset({"items", "covariance", "parameters", "excluded", "warnings", "certificate"})


@dataclass(frozen=True, slots=True)
class EstimationTask:
    """What the computation is given.

    Attributes
    ----------
    chosen : (N, J) indexes of chosen options, ``BLANK`` or ``NOT_SHOWN``.
    keys, option_counts : J indexes of right options and numbers of options.
    options : as chosen at the start.
    anchors : column → parameters in force at which the item is held.
    warnings : what is known against the run before it is computed.
    """

    chosen: NDArray[np.int8]
    keys: list[int]
    option_counts: list[int]
    options: CalibrationOptions = field(default_factory=CalibrationOptions)
    anchors: Mapping[int, StoredParameters] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemEstimate:
    """What was found for one item; estimates are None for an excluded one, errors also for a held one."""

    excluded_reason: str | None
    is_anchor: bool
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    c: float | None
    se_c: float | None
    p: float | None
    item_rest: float | None
    n: int
    flags: list[str]
    empirical: list[dict[str, float]]
    fit: dict[str, Any] | None
    drift: dict[str, Any] | None


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


def estimate(task: EstimationTask, *, tell: Tell) -> Estimation:
    """Calibrate and put every item's figures together.

    ``tell`` is sent ``{"stage": …}`` for each of the stages ``fit``, ``drift`` and ``item_fit``, within the first two
    with iteration, log-likelihood and largest change.
    """
    names = [str(position) for position in range(len(task.keys))]
    matrix = ResponseMatrix.from_array(score(task.chosen, task.keys), names)
    settings = task.options.settings()
    held = _held(task.anchors)
    try:
        result = calibrate(matrix, settings, fixed=held, progress=_Telling(tell, "fit"))
    except CalibrationError as error:
        return Estimation([], {}, [], failure={"code": error.code, "data": error.data})
    warnings = list(task.warnings)
    drift: dict[str, dict[str, Any]] = {}
    if held is not None and len(result.fixed_items) >= FEWEST_FOR_DRIFT:
        found = _drift(matrix, settings, held.select(result.fixed_items), result, _Telling(tell, "drift"))
        drift = found or {}
        if found is None:
            warnings.append({"code": "drift_not_measured", "data": {}})
    tell({"stage": "item_fit"})
    fit, is_tested = _item_fit(matrix, result)
    if not is_tested:
        warnings.append({"code": "fit_not_tested", "data": {}})
    whole = result.to_dict()
    groups, reliability = _ability_groups(matrix, result)
    return Estimation(
        _item_estimates(task, matrix, result, groups, fit, drift),
        {key: whole[key] for key in whole if key not in _KEPT_ELSEWHERE} | whole["certificate"],
        warnings + whole["warnings"],
        reliability,
    )


class _Telling:
    """Tells how a fit goes on, not oftener than anybody looks."""

    def __init__(self, tell: Tell, stage: str) -> None:
        self._tell, self._stage, self._last = tell, stage, float("-inf")

    def __call__(self, iteration: int, log_likelihood: float, change: float) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_WORDS:
            self._last = now
            self._tell(
                {"stage": self._stage, "iteration": iteration, "log_likelihood": log_likelihood, "change": change}
            )


def _held(anchors: Mapping[int, StoredParameters]) -> ItemParameters | None:
    if not anchors:
        return None
    return response_table([str(position) for position in anchors], list(anchors.values()))


def _drift(
    matrix: ResponseMatrix,
    settings: CalibrationSettings,
    held: ItemParameters,
    linked: CalibrationResult,
    progress: _Telling,
) -> dict[str, dict[str, Any]] | None:
    """Compare the held items with what this sample says of them when nothing is held; None when that cannot be said."""
    models = dict(zip(held.names, held.models, strict=True))
    try:
        free = calibrate(matrix, replace(settings, item_models=models, standard_errors="none"), progress=progress)
        common = [name for name in held.names if name in free.item_names]
        if not free.converged or len(common) < FEWEST_FOR_DRIFT:
            return None
        link = link_scales(free.items, held, anchors=common, old_weights=linked.quadrature)
    except (CalibrationError, LinkingError):
        return None
    table = anchor_drift(link.anchors, link.transformation, weights=linked.quadrature)
    moved = link.apply(link.anchors.new)
    rows: dict[str, dict[str, Any]] = {}
    for index, (name, row) in enumerate(zip(table.names, table.to_dict(), strict=True)):
        kept = ("difficulty_difference", "difficulty_z", "log_slope_z", "rmsd", "flags")
        rows[name] = {
            "a": float(moved.a[index]),
            "b": _finite(moved.b[index, 0]),
            "c": float(moved.c[index]) if moved.models[index] == "3PL" else None,
        } | {key: row[key] for key in kept}
    return rows


def _item_fit(matrix: ResponseMatrix, result: CalibrationResult) -> tuple[dict[str, dict[str, Any]], bool]:
    """Size of each item's misfit (RMSD) and the S-X² test of it; whether there were candidates to test it by.

    S-X² needs candidates who were shown the same items, the root mean squared deviation of the curves does not.
    """
    own = _columns(matrix, result)
    sizes = np.full(len(result.items), np.nan)
    if len(result.items) * result.quadrature.nodes.size**2 <= MOST_CURVE_PRODUCTS:
        # With every item given as fixed the size is the same, without the cost of a test that nobody asked for.
        sizes = rmsd(own, result.items, result.quadrature, fixed=result.item_names).rmsd
    rows: dict[str, dict[str, Any]] = {
        name: {"statistic": None, "df": None, "p_adjusted": None, "rmsea": None, "rmsd": _finite(size)}
        for name, size in zip(result.item_names, sizes, strict=True)
    }
    try:
        tests = s_x2(own, result.items, result.quadrature, fixed=result.fixed_items).to_dict()["items"]
    except FitError:
        return rows, False
    for test in tests:
        rows[test["name"]] |= {key: test[key] for key in ("statistic", "df", "p_adjusted", "rmsea")}
    return rows, True


def _item_estimates(
    task: EstimationTask,
    matrix: ResponseMatrix,
    result: CalibrationResult,
    groups: list[Any],
    fit: Mapping[str, dict[str, Any]],
    drift: Mapping[str, dict[str, Any]],
) -> list[ItemEstimate]:
    statistics = item_statistics(matrix)
    key_flags = _key_flags(task.chosen, matrix.item_names, task.keys, task.option_counts)
    place = {name: index for index, name in enumerate(result.item_names)}
    reasons = {item.name: item.reason for item in result.excluded}
    parameters, errors = result.items, result.standard_errors
    # An item without a lower asymptote has none, not one of zero.
    asymptotes = np.where([model == "3PL" for model in parameters.models], parameters.c, np.nan)
    estimates: list[ItemEstimate] = []
    for position, name in enumerate(matrix.item_names):
        index = place.get(name)
        held = task.anchors.get(position) if name in result.fixed_items else None
        # A held item keeps its very digits, which the working metric of the fit rounds.
        a, b, c = held or (_at(parameters.a, index), _at(parameters.b[:, 0], index), _at(asymptotes, index))
        flags: list[str] = [*(result.flags[index] if index is not None else ()), *key_flags[position]]
        test = fit.get(name)
        if test is not None and test["p_adjusted"] is not None and test["p_adjusted"] < MISFIT_P:
            flags.append("item_misfit")
        moved = drift.get(name)
        if moved is not None and moved["flags"] and moved["rmsd"] > SMALLEST_DRIFT:
            flags.append("anchor_drifted")
        estimates.append(
            ItemEstimate(
                excluded_reason=reasons.get(name),
                is_anchor=held is not None,
                a=a,
                se_a=None if errors is None else _at(errors.a, index),
                b=b,
                se_b=None if errors is None else _at(errors.b[:, 0], index),
                c=c,
                se_c=None if errors is None or c is None else _at(errors.c, index),
                p=_finite(statistics.difficulty[position]),
                item_rest=_finite(statistics.item_rest[position]),
                n=int(statistics.n_responses[position]),
                flags=flags,
                empirical=_empirical(matrix.scores[:, position], groups) if index is not None else [],
                fit=test,
                drift=moved,
            )
        )
    return estimates


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


def _columns(matrix: ResponseMatrix, result: CalibrationResult) -> ResponseMatrix:
    """The responses to the items that have parameters."""
    columns = [int(name) for name in result.item_names]
    return ResponseMatrix.from_array(matrix.scores[:, columns], result.item_names)


def _ability_groups(matrix: ResponseMatrix, result: CalibrationResult) -> tuple[list[Any], float]:
    """Candidates sorted into equal groups by EAP ability, and the marginal reliability of those abilities.

    The reliability is 1 − mean posterior variance over the variance of ability in the sample (Green et al. 1984,
    Journal of Educational Measurement 21, 347–360).
    """
    ability = estimate_eap(_columns(matrix, result), result.items, result.quadrature)
    order = np.argsort(ability.theta, kind="stable")
    groups = [(rows, ability.theta[rows]) for rows in np.array_split(order, EMPIRICAL_GROUPS)]
    return groups, float(1.0 - np.mean(ability.standard_error**2) / result.quadrature.sd**2)


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


def _at(values: NDArray[np.float64], index: int | None) -> float | None:
    return None if index is None else _finite(values[index])


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
