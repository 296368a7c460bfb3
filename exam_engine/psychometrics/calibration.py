"""Calibration: marginal maximum likelihood estimates of item parameters, with the evidence that they are good."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.design import ResponseBlock, item_totals, linked_item_sets, response_blocks
from exam_engine.psychometrics.em import DIVERGING_SLOPE, EmRun, Progress, run_em
from exam_engine.psychometrics.m_step import maximise_items, maximise_with_common_slope
from exam_engine.psychometrics.marginal_likelihood import (
    expectation,
    gradient,
    observed_information,
    posterior_spread,
)
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix

ModelName = Literal["2PL", "1PL"]
ExclusionReason = Literal["never_presented", "all_correct", "all_wrong"]
ItemFlag = Literal[
    "negative_slope",
    "slope_near_zero",
    "slope_extreme",
    "slope_diverging",
    "difficulty_extreme",
    "few_responses",
    "few_right_or_wrong",
]
WarningCode = Literal[
    "not_converged",
    "information_singular",
    "quadrature_refined",
    "quadrature_coarse",
    "quadrature_range",
    "unlinked_items",
    "candidates_without_responses",
]

SLOPE_NEAR_ZERO: Final = 0.2
"""|a| below which an item says next to nothing about ability and its difficulty is not determined."""
SLOPE_EXTREME: Final = 4.0
"""|a| above which an estimate is more likely a local dependence or a small sample than an item."""
DIFFICULTY_EXTREME: Final = 6.0
"""|b| beyond which no candidate of a standard normal population is."""
FEW_RESPONSES: Final = 200.0
"""Responses below which 2PL standard errors are too large for use in form assembly."""
FEW_RIGHT_OR_WRONG: Final = 10.0
"""Right, or wrong, answers below which the large-sample standard errors are not to be trusted."""

FORMAT: Final = "exam-engine/calibration"
FORMAT_VERSION: Final = 1

_MOST_NODES = 961
_WORST_EDGE_MASS = 1e-3


class CalibrationError(ValueError):
    """The responses cannot be calibrated; ``code`` is stable, ``data`` holds the figures of the message."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSettings:
    """How to estimate.

    Parameters
    ----------
    model : ``2PL``, or ``1PL`` where all items share one slope, for samples too small for one slope each.
    n_nodes, theta_min, theta_max : equally spaced quadrature nodes for the standard normal ability distribution.
    max_iterations : EM maps after which the fit stops unconverged.
    parameter_tolerance : largest change of any a or d in an EM map at convergence, logits.
    gradient_tolerance : largest gradient component at convergence, per candidate.
    accelerate : extrapolate between EM maps (SQUAREM); the estimates are the same, the passes fewer.
    standard_errors : compute the observed information.
    refine_quadrature : halve the node spacing when it exceeds the smallest posterior standard deviation.
    block_rows : candidates per block; memory use is about 8 × block_rows × (n_nodes + 4 × items) bytes.

    Raises
    ------
    ValueError
        When a number is out of range.
    """

    model: ModelName = "2PL"
    n_nodes: int = 61
    theta_min: float = -6.0
    theta_max: float = 6.0
    max_iterations: int = 1000
    parameter_tolerance: float = 1e-6
    gradient_tolerance: float = 1e-6
    accelerate: bool = True
    standard_errors: bool = True
    refine_quadrature: bool = True
    block_rows: int = 2048

    def __post_init__(self) -> None:
        """Refuse values that cannot work."""
        if self.model not in get_args(ModelName):
            raise ValueError(f"model {self.model!r} is not one of {', '.join(get_args(ModelName))}")
        for name, least in (("n_nodes", 3), ("max_iterations", 1), ("block_rows", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; at least {least} is needed")
        for name in ("parameter_tolerance", "gradient_tolerance"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be positive")
        if not self.theta_min < self.theta_max:
            raise ValueError(f"theta_min {self.theta_min} is not below theta_max {self.theta_max}")


@dataclass(frozen=True, slots=True)
class ExcludedItem:
    """An item that was not estimated, because its likelihood has no finite maximum."""

    name: str
    reason: ExclusionReason


@dataclass(frozen=True, slots=True)
class FitWarning:
    """Something about the whole fit that a reader must know; ``data`` holds its figures."""

    code: WarningCode
    data: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationResult:
    """Estimates with what is needed to judge them. Arrays are (J,) over the estimated items.

    Attributes
    ----------
    item_names : estimated items, in the order of the response matrix.
    a, b, d : slope, difficulty b = −d/a (NaN where a is exactly 0; logits) and intercept.
    se_a, se_b, se_d : standard errors from the observed information, b by the delta method; None when not asked for
        or when the information is not positive definite.
    covariance : (2J, 2J) of the estimates, slopes first, then intercepts; None as above. Of a 1PL it has rank J + 1.
    n_responses, proportion_correct : weighted responses to each item and the share of right ones.
    flags : for each item, what makes its estimates doubtful.
    excluded : items that could not be estimated.
    warnings : what makes the whole fit doubtful.
    log_likelihood, n_parameters, aic, bic : at the estimates; BIC counts ``n_candidates``.
    n_candidates : weighted number of candidates with a response to an estimated item.
    converged : parameter change and gradient both met their tolerances.
    max_change, max_gradient : the largest at the end; the gradient is that of the log-likelihood at the estimates, in
        the model's own parameters.
    newton_decrement : by how much the log-likelihood would still rise, to second order; None without information.
    condition_number : of the observed information scaled to unit diagonal; None without information.
    iterations, e_steps : EM maps and passes over the responses.
    log_likelihood_trace : after each accepted iteration.
    quadrature : the nodes in use at the end.
    settings : as asked for.
    """

    item_names: tuple[str, ...]
    a: FloatArray
    b: FloatArray
    d: FloatArray
    se_a: FloatArray | None
    se_b: FloatArray | None
    se_d: FloatArray | None
    covariance: FloatArray | None
    n_responses: FloatArray
    proportion_correct: FloatArray
    flags: tuple[tuple[ItemFlag, ...], ...]
    excluded: tuple[ExcludedItem, ...]
    warnings: tuple[FitWarning, ...]
    log_likelihood: float
    n_parameters: int
    n_candidates: float
    converged: bool
    max_change: float
    max_gradient: float
    newton_decrement: float | None
    condition_number: float | None
    iterations: int
    e_steps: int
    log_likelihood_trace: tuple[float, ...]
    quadrature: Quadrature
    settings: CalibrationSettings

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2.0 * self.n_parameters - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's information criterion."""
        return float(np.log(self.n_candidates)) * self.n_parameters - 2.0 * self.log_likelihood

    def to_dict(self) -> dict[str, Any]:
        """JSON values only; numbers keep every digit, values that are not finite become null.

        ``covariance`` is stored as the rows of its lower triangle, the quadrature as its size and range.
        """
        covariance = None
        if self.covariance is not None:
            covariance = [row[: index + 1].tolist() for index, row in enumerate(self.covariance)]
        nodes = self.quadrature.nodes
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "model": self.settings.model,
            "items": [
                {
                    "name": name,
                    "a": _json_number(self.a[index]),
                    "b": _json_number(self.b[index]),
                    "d": _json_number(self.d[index]),
                    "se_a": None if self.se_a is None else _json_number(self.se_a[index]),
                    "se_b": None if self.se_b is None else _json_number(self.se_b[index]),
                    "se_d": None if self.se_d is None else _json_number(self.se_d[index]),
                    "n_responses": float(self.n_responses[index]),
                    "proportion_correct": float(self.proportion_correct[index]),
                    "flags": list(self.flags[index]),
                }
                for index, name in enumerate(self.item_names)
            ],
            "excluded": [{"name": item.name, "reason": item.reason} for item in self.excluded],
            "warnings": [{"code": warning.code, "data": dict(warning.data)} for warning in self.warnings],
            "covariance": covariance,
            "log_likelihood": self.log_likelihood,
            "n_parameters": self.n_parameters,
            "n_candidates": self.n_candidates,
            "aic": self.aic,
            "bic": self.bic,
            "converged": self.converged,
            "max_change": self.max_change,
            "max_gradient": self.max_gradient,
            "newton_decrement": self.newton_decrement,
            "condition_number": self.condition_number,
            "iterations": self.iterations,
            "e_steps": self.e_steps,
            "log_likelihood_trace": list(self.log_likelihood_trace),
            "quadrature": {"n_nodes": nodes.size, "theta_min": float(nodes[0]), "theta_max": float(nodes[-1])},
            "settings": dataclasses.asdict(self.settings),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote.

        Raises
        ------
        CalibrationError
            ``unknown_format`` when the mapping is not a calibration of this version.
        """
        if stored.get("format") != FORMAT or stored.get("version") != FORMAT_VERSION:
            raise CalibrationError(
                "unknown_format",
                f"expected {FORMAT} version {FORMAT_VERSION}, "
                f"got {stored.get('format')!r} version {stored.get('version')!r}",
                format=stored.get("format"),
                version=stored.get("version"),
            )
        items = stored["items"]

        def column(key: str) -> FloatArray:
            return np.array([np.nan if item[key] is None else item[key] for item in items], dtype=np.float64)

        covariance = None
        if stored["covariance"] is not None:
            covariance = np.zeros((len(stored["covariance"]),) * 2)
            for index, row in enumerate(stored["covariance"]):
                covariance[index, : index + 1] = covariance[: index + 1, index] = row
        return cls(
            item_names=tuple(item["name"] for item in items),
            a=column("a"),
            b=column("b"),
            d=column("d"),
            se_a=None if covariance is None else column("se_a"),
            se_b=None if covariance is None else column("se_b"),
            se_d=None if covariance is None else column("se_d"),
            covariance=covariance,
            n_responses=column("n_responses"),
            proportion_correct=column("proportion_correct"),
            flags=tuple(tuple(item["flags"]) for item in items),
            excluded=tuple(ExcludedItem(item["name"], item["reason"]) for item in stored["excluded"]),
            warnings=tuple(FitWarning(warning["code"], warning["data"]) for warning in stored["warnings"]),
            log_likelihood=stored["log_likelihood"],
            n_parameters=stored["n_parameters"],
            n_candidates=stored["n_candidates"],
            converged=stored["converged"],
            max_change=stored["max_change"],
            max_gradient=stored["max_gradient"],
            newton_decrement=stored["newton_decrement"],
            condition_number=stored["condition_number"],
            iterations=stored["iterations"],
            e_steps=stored["e_steps"],
            log_likelihood_trace=tuple(stored["log_likelihood_trace"]),
            quadrature=normal_quadrature(
                stored["quadrature"]["n_nodes"], stored["quadrature"]["theta_min"], stored["quadrature"]["theta_max"]
            ),
            settings=CalibrationSettings(**stored["settings"]),
        )


def calibrate(
    responses: ResponseMatrix,
    settings: CalibrationSettings | None = None,
    *,
    progress: Progress | None = None,
) -> CalibrationResult:
    """Estimate item parameters by marginal maximum likelihood, abilities standard normal.

    Parameters
    ----------
    responses : any design; what was not presented is missing at random.
    settings : defaults when None.
    progress : called after every iteration with (iteration, log-likelihood, largest change).

    Raises
    ------
    CalibrationError
        ``too_few_items`` when fewer than three items (1PL: two) have both right and wrong answers; with fewer, slopes
        are not identified.

    References
    ----------
    Bock & Aitkin (1981), Psychometrika 46, 443–459.
    """
    settings = settings or CalibrationSettings()
    estimable, excluded = _estimable_items(responses)
    needed = 3 if settings.model == "2PL" else 2
    if estimable.sum() < needed:
        raise CalibrationError(
            "too_few_items",
            f"{int(estimable.sum())} item(s) have both right and wrong answers; "
            f"the {settings.model} needs at least {needed}",
            estimable=int(estimable.sum()),
            needed=needed,
        )
    presented = responses.presented[:, estimable]
    answered = presented.any(axis=1)
    scores, presented = responses.scores[answered][:, estimable], presented[answered]
    weights = responses.weights[answered]
    names = tuple(name for name, keep in zip(responses.item_names, estimable, strict=True) if keep)
    n_candidates = float(weights.sum())

    warnings: list[FitWarning] = []
    if not answered.all():
        silent = float(responses.weights[~answered].sum())
        warnings.append(FitWarning("candidates_without_responses", {"candidates": silent}))

    blocks = response_blocks(scores, presented, weights, settings.block_rows)
    n_responses, n_right = item_totals(blocks, len(names))
    proportion_correct = n_right / n_responses
    n_sets = linked_item_sets(blocks, len(names))
    if n_sets > 1:
        # Their scales meet only by the assumption that the candidates of each set are equally able.
        warnings.append(FitWarning("unlinked_items", {"sets": n_sets}))
    run, quadrature, quadrature_warnings = _fit(blocks, proportion_correct, n_candidates, settings, progress)
    warnings.extend(quadrature_warnings)

    a, d = run.a, run.d
    b = _difficulty(a, d)
    at_end = expectation(blocks, a, d, quadrature)
    free = _free_directions(settings.model, a.size)
    slope = gradient(at_end, a, d, quadrature) @ free
    max_gradient = float(np.abs(slope).max())
    converged = run.is_stationary and max_gradient <= settings.gradient_tolerance * n_candidates
    if not converged:
        warnings.append(FitWarning("not_converged", {"max_change": run.max_change, "max_gradient": max_gradient}))
    covariance = condition = decrement = None
    if settings.standard_errors:
        information = free.T @ observed_information(blocks, a, d, quadrature) @ free
        inverse, condition = _invert_information(information)
        if inverse is None:
            warnings.append(FitWarning("information_singular", {}))
        else:
            covariance = free @ inverse @ free.T
            decrement = max(0.5 * float(slope @ inverse @ slope), 0.0)
    se_a, se_b, se_d = _standard_errors(covariance, a, b)
    return CalibrationResult(
        item_names=names,
        a=a,
        b=b,
        d=d,
        se_a=se_a,
        se_b=se_b,
        se_d=se_d,
        covariance=covariance,
        n_responses=n_responses,
        proportion_correct=proportion_correct,
        flags=tuple(_item_flags(*values) for values in zip(a, b, n_responses, n_right, strict=True)),
        excluded=excluded,
        warnings=tuple(warnings),
        log_likelihood=at_end.log_likelihood,
        n_parameters=free.shape[1],
        n_candidates=n_candidates,
        converged=converged,
        max_change=run.max_change,
        max_gradient=max_gradient,
        newton_decrement=decrement,
        condition_number=condition,
        iterations=run.iterations,
        e_steps=run.e_steps + 1,
        log_likelihood_trace=(*run.log_likelihood_trace, at_end.log_likelihood),
        quadrature=quadrature,
        settings=settings,
    )


def _estimable_items(responses: ResponseMatrix) -> tuple[BoolArray, tuple[ExcludedItem, ...]]:
    n_presented = responses.presented.sum(axis=0)
    n_right = (responses.scores == 1).sum(axis=0)
    reasons: list[ExclusionReason | None] = []
    for presented, right in zip(n_presented.tolist(), n_right.tolist(), strict=True):
        if presented == 0:
            reasons.append("never_presented")
        elif right == presented:
            reasons.append("all_correct")
        elif right == 0:
            reasons.append("all_wrong")
        else:
            reasons.append(None)
    excluded = tuple(
        ExcludedItem(name, reason)
        for name, reason in zip(responses.item_names, reasons, strict=True)
        if reason is not None
    )
    return np.array([reason is None for reason in reasons], dtype=np.bool_), excluded


def _fit(
    blocks: list[ResponseBlock],
    proportion_correct: FloatArray,
    n_candidates: float,
    settings: CalibrationSettings,
    progress: Progress | None,
) -> tuple[EmRun, Quadrature, list[FitWarning]]:
    """Iterate to the maximum, on finer nodes while a posterior is narrower than the node spacing.

    The equally spaced rule integrates a bell of standard deviation s with relative error 2 exp(−2π²s²/h²) at spacing
    h: 5e-9 for s = h, but 1 % for s = h/2.
    """
    quadrature = normal_quadrature(settings.n_nodes, settings.theta_min, settings.theta_max)
    # A slope of 1, and the intercept that gives the observed proportion at that slope (normal approximation).
    start_a = np.ones_like(proportion_correct)
    start_d = np.log(proportion_correct / (1.0 - proportion_correct)) * np.sqrt(1.0 + 0.346 * start_a**2)
    a, d = start_a, start_d
    iterations = e_steps = 0
    while True:
        run = run_em(
            blocks,
            a,
            d,
            quadrature,
            max_iterations=settings.max_iterations,
            parameter_tolerance=settings.parameter_tolerance,
            gradient_tolerance=settings.gradient_tolerance * n_candidates,
            accelerate=settings.accelerate,
            maximise=maximise_items if settings.model == "2PL" else maximise_with_common_slope,
            free=_free_directions(settings.model, start_a.size),
            progress=progress,
        )
        iterations, e_steps = iterations + run.iterations, e_steps + run.e_steps
        spread = posterior_spread(blocks, run.a, run.d, quadrature)
        n_nodes = 2 * quadrature.nodes.size - 1
        too_coarse = spread.smallest_sd < quadrature.spacing
        may_refine = settings.refine_quadrature and n_nodes <= _MOST_NODES
        if not (too_coarse and may_refine and (run.is_stationary or run.has_diverged)):
            break
        # A slope that ran away between two coarse nodes may have a maximum on finer ones.
        a, d = (start_a, start_d) if run.has_diverged else (run.a, run.d)
        quadrature = normal_quadrature(n_nodes, settings.theta_min, settings.theta_max)
    # Likelihoods on different nodes do not compare, so the trace is that of the last ones; the work is that of all.
    run = dataclasses.replace(run, iterations=iterations, e_steps=e_steps)

    warnings: list[FitWarning] = []
    figures = {"spacing": quadrature.spacing, "smallest_posterior_sd": spread.smallest_sd}
    if too_coarse:
        warnings.append(FitWarning("quadrature_coarse", figures))
    elif quadrature.nodes.size > settings.n_nodes:
        warnings.append(FitWarning("quadrature_refined", {"n_nodes": quadrature.nodes.size, **figures}))
    if spread.largest_edge_mass > _WORST_EDGE_MASS:
        warnings.append(FitWarning("quadrature_range", {"largest_edge_mass": spread.largest_edge_mass}))
    return run, quadrature, warnings


def _free_directions(model: ModelName, n_items: int) -> FloatArray:
    """(2J, P) how a model's P parameters move the J slopes and J intercepts."""
    if model == "2PL":
        return np.eye(2 * n_items)
    free = np.zeros((2 * n_items, n_items + 1))
    free[:n_items, 0] = 1.0
    free[n_items:, 1:] = np.eye(n_items)
    return free


def _difficulty(a: FloatArray, d: FloatArray) -> FloatArray:
    b = np.full_like(a, np.nan)
    np.divide(-d, a, out=b, where=a != 0.0)
    return b


def _invert_information(information: FloatArray) -> tuple[FloatArray | None, float | None]:
    """Covariance and condition number; None and the condition when the matrix is not positive definite.

    The matrix is scaled to unit diagonal first, so that the condition does not depend on the items' own scales.
    """
    diagonal = np.diag(information)
    if (diagonal <= 0.0).any():
        return None, None
    scale = np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    smallest, largest = float(values[0]), float(values[-1])
    if smallest <= largest * values.size * np.finfo(np.float64).eps:
        return None, None
    inverse = (vectors / values) @ vectors.T
    return inverse / np.outer(scale, scale), largest / smallest


def _standard_errors(
    covariance: FloatArray | None, a: FloatArray, b: FloatArray
) -> tuple[FloatArray | None, FloatArray | None, FloatArray | None]:
    if covariance is None:
        return None, None, None
    n_items = a.size
    variance = np.diag(covariance)
    var_a, var_d = variance[:n_items], variance[n_items:]
    cov_ad = np.diag(covariance, k=n_items)
    # b = −d/a has the derivatives ∂b/∂a = −b/a and ∂b/∂d = −1/a.
    se_b = np.full_like(a, np.nan)
    np.divide(np.sqrt(b**2 * var_a + 2.0 * b * cov_ad + var_d), np.abs(a), out=se_b, where=a != 0.0)
    return np.sqrt(var_a), se_b, np.sqrt(var_d)


def _item_flags(a: float, b: float, n_responses: float, n_right: float) -> tuple[ItemFlag, ...]:
    flags: list[ItemFlag] = []
    if a < 0.0:
        flags.append("negative_slope")
    if abs(a) < SLOPE_NEAR_ZERO:
        flags.append("slope_near_zero")
    if abs(a) > DIVERGING_SLOPE:
        flags.append("slope_diverging")
    elif abs(a) > SLOPE_EXTREME:
        flags.append("slope_extreme")
    if abs(b) > DIFFICULTY_EXTREME:
        flags.append("difficulty_extreme")
    if n_responses < FEW_RESPONSES:
        flags.append("few_responses")
    if min(n_right, n_responses - n_right) < FEW_RIGHT_OR_WRONG:
        flags.append("few_right_or_wrong")
    return tuple(flags)


def _json_number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
