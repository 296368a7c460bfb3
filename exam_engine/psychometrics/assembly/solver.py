"""Linear and mixed integer programmes, solved by HiGHS through highspy, or through scipy where that is not installed.

Nothing stops on wall time: the same programme gives the same answer on a busy machine, unless CPU seconds are limited.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray

try:
    import highspy
except ImportError:  # there is no wheel for every platform
    HAS_HIGHSPY = False
else:
    HAS_HIGHSPY = True

SolutionStatus = Literal["optimal", "gap", "limit", "infeasible", "cancelled"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearProgramme:
    """Minimise cost · v subject to row_lower ≤ matrix · v ≤ row_upper and lower ≤ v ≤ upper.

    Attributes
    ----------
    cost, lower, upper : (V,); a lower bound of −∞ or an upper bound of ∞ for none.
    matrix : (R, V).
    row_lower, row_upper : (R,).
    is_integer : (V,) which variables are whole numbers.
    """

    cost: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_integer: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SolverLimits:
    """When a search may stop before its proof is complete.

    Parameters
    ----------
    relative_gap : (value − bound) / |value| that is good enough.
    absolute_gap : value − bound that is good enough.
    nodes : branch-and-bound nodes; None for no limit.
    cpu_seconds : CPU time of this process; None for no limit. The only limit that depends on the machine.
    target : a value that is good enough, whatever the bound says; None for none.
    """

    relative_gap: float = 0.0
    absolute_gap: float = 0.0
    nodes: int | None = None
    cpu_seconds: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search is: best value so far (None before the first), proven bound, nodes."""

    value: float | None
    bound: float
    nodes: int


Tell = Callable[[SearchProgress], bool]
"""Called now and then during a search; returning True stops it."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the solver says; callers verify it.

    Attributes
    ----------
    status : ``optimal`` proved without gap, ``gap`` or target reached, ``limit`` of nodes or CPU, ``infeasible``,
        ``cancelled`` by the caller.
    x : (V,) best point found, whole numbers rounded; None when there is none.
    value : cost of x, ∞ without one.
    bound : proven lower bound of the cost, ∞ when infeasible.
    nodes : branch-and-bound nodes.
    """

    status: SolutionStatus
    x: FloatArray | None
    value: float
    bound: float
    nodes: int


class SolverError(RuntimeError):
    """The solver broke off for a reason of its own (numerical trouble, memory)."""


def solve(
    programme: LinearProgramme,
    limits: SolverLimits | None = None,
    *,
    start: FloatArray | None = None,
    tell: Tell | None = None,
    seed: int = 0,
    backend: Literal["highspy", "scipy"] | None = None,
) -> Solution:
    """Solve a programme; as a plain linear one when no variable is a whole number.

    Parameters
    ----------
    limits : none when None.
    start : (V,) a point to start from; its whole-number part is completed by the solver (highspy only).
    tell : hears of progress (highspy only).
    seed : of the solver's own tie-breaking.
    backend : the better one installed when None.

    Raises
    ------
    SolverError
    """
    limits = limits or SolverLimits()
    if backend == "scipy" or not HAS_HIGHSPY:
        return _solve_by_scipy(programme, limits)
    return _solve_by_highspy(programme, limits, start, tell, seed)


def highs_model(programme: LinearProgramme) -> Any:
    """The programme as a ``highspy.HighsLp``, row-wise; for callers that keep a solver warm between changes."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = programme.cost.size, programme.row_lower.size
    lp.col_cost_ = programme.cost
    lp.col_lower_, lp.col_upper_ = programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = programme.row_lower, programme.row_upper
    matrix = csr_array(programme.matrix)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if programme.is_integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(is_integer)] for is_integer in programme.is_integer]
    return lp


def quiet_highs(seed: int = 0) -> Any:
    """A silent, single-threaded HiGHS."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed)
    return highs


def _solve_by_highspy(
    programme: LinearProgramme, limits: SolverLimits, start: FloatArray | None, tell: Tell | None, seed: int
) -> Solution:
    highs = quiet_highs(seed)
    is_mip = bool(programme.is_integer.any())
    highs.setOptionValue("mip_rel_gap", limits.relative_gap)
    highs.setOptionValue("mip_abs_gap", max(limits.absolute_gap, 1e-9))
    if limits.nodes is not None:
        highs.setOptionValue("mip_max_nodes", limits.nodes)
    if limits.target is not None:
        highs.setOptionValue("objective_target", limits.target)
    highs.passModel(highs_model(programme))
    if start is not None and is_mip:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    cancelled = False
    if is_mip and (tell is not None or limits.cpu_seconds is not None):
        begin = time.process_time()

        def watch(event: Any) -> None:
            nonlocal cancelled
            data = event.data_out
            value = float(data.mip_primal_bound)
            if tell is not None and tell(
                SearchProgress(value if math.isfinite(value) else None, float(data.mip_dual_bound), data.mip_node_count)
            ):
                cancelled = True
            out_of_time = limits.cpu_seconds is not None and time.process_time() - begin > limits.cpu_seconds
            if cancelled or out_of_time:
                event.interrupt()

        highs.cbMipInterrupt.subscribe(watch)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    kinds = highspy.HighsModelStatus
    nodes = max(0, int(info.mip_node_count)) if is_mip else 0
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Solution("infeasible", None, math.inf, math.inf, nodes)
    known: dict[Any, SolutionStatus] = {
        kinds.kOptimal: "gap",
        kinds.kObjectiveTarget: "gap",
        kinds.kSolutionLimit: "limit",
        kinds.kTimeLimit: "limit",
        kinds.kIterationLimit: "limit",
        kinds.kInterrupt: "cancelled" if cancelled else "limit",
    }
    if status not in known:
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(highs.getSolution().col_value) if has_point else None
    bound = float(info.mip_dual_bound) if is_mip else float(info.objective_function_value)
    return _finished(programme, x, bound, known[status], nodes)


def _solve_by_scipy(programme: LinearProgramme, limits: SolverLimits) -> Solution:
    options: dict[str, Any] = {"mip_rel_gap": limits.relative_gap}
    if limits.nodes is not None:
        options["node_limit"] = limits.nodes
    constraints = None
    if programme.row_lower.size:
        constraints = LinearConstraint(programme.matrix, programme.row_lower, programme.row_upper)
    result = milp(
        programme.cost,
        integrality=programme.is_integer.astype(np.int64),
        bounds=Bounds(programme.lower, programme.upper),
        constraints=constraints,
        options=options,
    )
    nodes = int(result.mip_node_count or 0)
    if result.status == 2:
        return Solution("infeasible", None, math.inf, math.inf, nodes)
    # scipy does not know the status of a search that its node limit ended.
    if result.status not in (0, 1) and "limit reached" not in result.message:
        raise SolverError(f"HiGHS stopped: {result.message}")
    has_bound = result.mip_dual_bound is not None and programme.is_integer.any()
    bound = float(result.mip_dual_bound) if has_bound else float(result.fun) if result.status == 0 else -math.inf
    return _finished(programme, result.x, bound, "gap" if result.status == 0 else "limit", nodes)


def _finished(
    programme: LinearProgramme, x: FloatArray | None, bound: float, status: SolutionStatus, nodes: int
) -> Solution:
    if x is None:
        return Solution(status, None, math.inf, bound, nodes)
    x = np.where(programme.is_integer, np.round(x), x)
    value = float(programme.cost @ x)
    # Rounding may leave the bound a hair on the wrong side of the value.
    bound = min(bound, value)
    if status == "gap" and value - bound <= 1e-9 * max(1.0, abs(value)):
        status = "optimal"
    return Solution(status, x, value, bound, nodes)
