"""The computation of a calibration: a pure function of responses, items and options, run in another process."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from exam_engine.core.jobs.computation import Tell
from exam_engine.psychometrics import (
    NOT_PRESENTED,
    CalibrationError,
    CalibrationResult,
    ItemModel,
    ResponseMatrix,
    calibrate,
    estimate_eap,
    item_statistics,
    key_check,
)
from exam_engine.psychometrics.fit import FitError, rmsd, s_x2
from item_bank.calibration import response_matrix
from item_bank.calibration.anchoring import (
    FEWEST_FOR_DRIFT,
    SMALLEST_DRIFT,
    AnchorDrift,
    held_items,
    measure_drift,
    without_drifted,
)
from item_bank.calibration.options import CalibrationOptions
from item_bank.calibration.telling import Telling
from item_bank.items.content import OPTION_IDS
from item_bank.items.response_functions import StoredParameters

EMPIRICAL_GROUPS = 10
"""Groups of candidates of like ability whose share of right answers is drawn beside an item's curve."""
FEWEST_IN_GROUP = 5
MOST_CURVE_PRODUCTS = 2**24
"""Items × nodes² up to which RMSD is computed; it takes some 40 bytes for each."""
MISFIT_P = 0.05
"""False discovery rate at which an item counts as misfitting."""
_KEY_FLAGS = frozenset({"distractor_above_key", "too_easy", "too_hard"})
"""Flags of the classical analysis that the flags of the fit do not already say."""
_KEPT_ELSEWHERE = frozenset({"items", "covariance", "parameters", "excluded", "warnings", "certificate"})


@dataclass(frozen=True, slots=True)
class TaskItem:
    """What the computation must know of an item.

    Attributes
    ----------
    highest_score : highest score category, 1 for an item that is right or wrong.
    option_count, key : options of a single-choice item and the place of the right one; 0 and −1 for other kinds.
    module : content area, of which the anchor keeps at least one item.
    """

    highest_score: int = 1
    option_count: int = 0
    key: int = -1
    module: str = ""


@dataclass(frozen=True, slots=True)
class EstimationTask:
    """What the computation is given.

    Attributes
    ----------
    responses : of N persons to J items.
    items : J items in the order of its columns.
    options : as chosen at the start.
    anchors : column → parameters in force at which the item is held.
    warnings : what is known against the run before it is computed.
    """

    responses: response_matrix.ResponseMatrix
    items: list[TaskItem]
    options: CalibrationOptions = field(default_factory=CalibrationOptions)
    anchors: Mapping[int, StoredParameters] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()

    def item_models(self) -> dict[str, ItemModel]:
        """Return the models of the items that do not follow the model of the options, by column.

        Nobody guesses what is typed or put in order, so under the 3PL only single choice has a lower asymptote.
        """
        models: dict[str, ItemModel] = {}
        for place, item in enumerate(self.items):
            if item.highest_score > 1 and self.options.polytomous != "full_credit":
                models[str(place)] = self.options.polytomous
            elif self.options.model == "3PL" and not item.option_count:
                models[str(place)] = "2PL"
        return models


@dataclass(frozen=True, slots=True)
class ItemEstimate:
    """What was found for one item; estimates are None for an excluded one, errors also for a held one.

    ``steps`` are the thresholds of an item with several score categories, ``b`` is then their mean.
    """

    excluded_reason: str | None
    is_anchor: bool
    model: str | None
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    c: float | None
    se_c: float | None
    steps: list[float] | None
    se_steps: list[float | None] | None
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


def software() -> dict[str, str]:
    """Return the versions of what computes, so that a run can be repeated with the same."""
    return {
        "exam_engine": version("exam-engine"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def estimate(task: EstimationTask, *, tell: Tell) -> Estimation:
    """Calibrate and put every item's figures together.

    ``tell`` is sent ``{"stage": …}`` for each of the stages ``fit``, ``drift`` and ``item_fit``, within the first two
    with iteration, log-likelihood and largest change.
    """
    names = [str(place) for place in range(len(task.items))]
    matrix = ResponseMatrix.from_array(task.responses.estimation_scores(task.options.not_reached), names)
    settings = task.options.settings(task.item_models())
    held, warnings, drift = held_items(task.anchors), list(task.warnings), AnchorDrift()
    is_measured = held is None or len(held) < FEWEST_FOR_DRIFT
    try:
        if held is not None and task.options.drops_drifted and not is_measured:
            modules = {name: task.items[int(name)].module for name in held.names}
            found = without_drifted(matrix, settings, held, modules, Telling(tell, "drift"))
            if found is not None:
                drift, is_measured = found, True
                held = held.select([name for name in held.names if name not in drift.dropped])
                warnings += drift.warnings()
        result = calibrate(matrix, settings, fixed=held, progress=Telling(tell, "fit"))
    except CalibrationError as error:
        return Estimation([], {}, [], failure={"code": error.code, "data": error.data})
    if held is not None and not is_measured and len(result.fixed_items) >= FEWEST_FOR_DRIFT:
        found = measure_drift(matrix, settings, held.select(result.fixed_items), result, Telling(tell, "drift"))
        drift, is_measured = found or drift, found is not None
        if not is_measured:
            warnings.append({"code": "drift_not_measured", "data": {}})
    tell({"stage": "item_fit"})
    fit, is_tested = _item_fit(matrix, result)
    if not is_tested:
        warnings.append({"code": "fit_not_tested", "data": {}})
    if polytomous := int((result.items.n_categories > 2).sum()):
        warnings.append({"code": "polytomous_not_assembled", "data": {"items": polytomous}})
    whole = result.to_dict()
    groups, reliability = _ability_groups(matrix, result)
    figures = {key: whole[key] for key in whole if key not in _KEPT_ELSEWHERE} | whole["certificate"]
    return Estimation(
        _item_estimates(task, matrix, result, groups, fit, drift),
        figures | {"software": software()},
        warnings + whole["warnings"],
        reliability,
    )


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
    drift: AnchorDrift,
) -> list[ItemEstimate]:
    statistics = item_statistics(matrix)
    key_flags = _key_flags(task)
    reasons = {item.name: item.reason for item in result.excluded}
    places = {name: index for index, name in enumerate(result.item_names)}
    estimates: list[ItemEstimate] = []
    for position, name in enumerate(matrix.item_names):
        index = places.get(name)
        held = task.anchors.get(position) if name in result.fixed_items else None
        highest = 1 if index is None else int(result.items.max_scores[index])
        flags: list[str] = [*(result.flags[index] if index is not None else ()), *key_flags.get(position, ())]
        test, moved = fit.get(name), drift.rows.get(name)
        if test is not None and test["p_adjusted"] is not None and test["p_adjusted"] < MISFIT_P:
            flags.append("item_misfit")
        if name in drift.dropped:
            flags.append("anchor_dropped")
        elif moved is not None and moved["flags"] and moved["rmsd"] > SMALLEST_DRIFT:
            flags.append("anchor_drifted")
        estimates.append(
            ItemEstimate(
                excluded_reason=reasons.get(name),
                is_anchor=held is not None,
                **_parameters(result, index, held),
                p=_finite(statistics.difficulty[position]),
                item_rest=_finite(statistics.item_rest[position]),
                n=int(statistics.n_responses[position]),
                flags=flags,
                empirical=_empirical(matrix.scores[:, position], groups, highest) if index is not None else [],
                fit=test,
                drift=moved,
            )
        )
    return estimates


def _parameters(result: CalibrationResult, index: int | None, held: StoredParameters | None) -> dict[str, Any]:
    """Columns of an item's estimates; a held item keeps its very digits, which the working metric of the fit rounds."""
    if index is None:
        return dict.fromkeys(("model", "a", "se_a", "b", "se_b", "c", "se_c", "steps", "se_steps"))
    items, errors = result.items, result.standard_errors
    model, count = items.models[index], int(items.max_scores[index])
    thresholds = items.b[index, :count].tolist()
    is_polytomous = count > 1
    stored = held or StoredParameters(
        float(items.a[index]),
        float(np.mean(thresholds)),
        # An item without a lower asymptote has none, not one of zero.
        float(items.c[index]) if model == "3PL" else None,
        model,
        tuple(thresholds) if is_polytomous else None,
    )
    se_steps = None if errors is None else [_finite(error) for error in errors.b[index, :count]]
    return {
        "model": model,
        "a": _finite(stored.a),
        "se_a": None if errors is None else _finite(errors.a[index]),
        "b": _finite(stored.b),
        "se_b": None if se_steps is None else _location_error(result, index) if is_polytomous else se_steps[0],
        "c": stored.c,
        "se_c": None if errors is None or stored.c is None else _finite(errors.c[index]),
        "steps": list(stored.steps) if stored.steps else None,
        "se_steps": se_steps if is_polytomous else None,
    }


def _location_error(result: CalibrationResult, index: int) -> float | None:
    """Standard error of the mean threshold −mean(d)/a, by the delta method; None for a held item."""
    items, count = result.items, int(result.items.max_scores[index])
    if result.covariance is None or items.names[index] in result.fixed_items:
        return None
    steps = [f"d{step}" for step in range(1, count + 1)]
    a, d = float(items.a[index]), items.d[index, :count]
    gradient = [float(d.mean()) / a**2, *([-1.0 / (count * a)] * count)]
    try:
        rows = result.positions(items.names[index], ["a", *steps])
    except KeyError:
        return None
    return _finite(float(np.sqrt(gradient @ result.covariance[np.ix_(rows, rows)] @ gradient)))


def _key_flags(task: EstimationTask) -> dict[int, list[str]]:
    """Flags of single-choice items by column, where the source says which options were chosen."""
    chosen, scores = task.responses.chosen, task.responses.scores
    columns = [place for place, item in enumerate(task.items) if item.option_count]
    if chosen is None or not columns:
        return {}
    labels = np.array([*OPTION_IDS, ""])
    checks = key_check(
        labels[chosen[:, columns]],
        {str(place): OPTION_IDS[task.items[place].key] for place in columns},
        {str(place): OPTION_IDS[: task.items[place].option_count] for place in columns},
        presented=scores[:, columns] != response_matrix.NOT_PRESENTED,
    )
    return {int(check.item): [flag for flag in check.flags if flag in _KEY_FLAGS] for check in checks}


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


def _empirical(scores: NDArray[np.int8], groups: list[Any], highest: int) -> list[dict[str, float]]:
    """Mean score of each group as a share of the highest, the share of right answers of an item right or wrong."""
    points = []
    for rows, theta in groups:
        shown = scores[rows] != NOT_PRESENTED
        if shown.sum() >= FEWEST_IN_GROUP:
            points.append(
                {
                    "theta": float(theta[shown].mean()),
                    "p": float(scores[rows][shown].mean() / highest),
                    "n": int(shown.sum()),
                }
            )
    return points


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
